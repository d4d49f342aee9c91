//! What is remembered of the windows of applications, for their next start (`xdg_session_management_v1`):
//! plain data that knows no Wayland type. The protocol is in `protocols/session_management.rs`, the
//! file in [`file`].
//!
//! A session is known by its id and by the domain whose client made it: who comes from elsewhere and
//! knows the id has another session by it. All of it is bounded, each domain by itself: what was used
//! longest ago is forgotten first.

pub(crate) mod file;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use trees::desktop::Snap;

use crate::layout::NewWindow;

/// Domains that are remembered.
const DOMAINS: usize = 32;
/// Sessions of a domain that are remembered.
const SESSIONS: usize = 64;
/// Windows of a session that are remembered.
const WINDOWS: usize = 64;
/// No window of a longer name is remembered, in bytes.
const LONGEST_NAME: usize = 256;
/// No window is larger, or lies farther out, in logical pixels.
const FAR: i32 = 16_384;

/// Why an application asks for what is remembered of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The person started it: its windows open where the person is.
    Launch,
    /// It crashed, or the session is put up again: its windows are where they were.
    Recover,
}

/// Which session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) domain: String,
    pub(crate) id: String,
}

/// What a window fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fills {
    /// Nothing: it floats.
    #[default]
    Nothing,
    /// A tile of its workspace.
    Tile,
    /// The work area.
    WorkArea,
}

/// Where a window belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Belongs {
    /// On the workspace with this number of its output, from 1.
    Workspace(u32),
    /// On all workspaces of its output.
    #[default]
    Sticky,
    /// On the scratch workspace.
    Scratch,
}

/// What is remembered of a window.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    /// The name of its output.
    pub(crate) output: Option<String>,
    pub(crate) belongs: Belongs,
    /// Where its content floats, counted from its output's corner.
    pub(crate) place: (i32, i32),
    /// The size of that.
    pub(crate) size: (i32, i32),
    pub(crate) fills: Fills,
    /// The part of the work area it fills, such as `left`.
    pub(crate) snapped: Option<String>,
    pub(crate) fullscreen: bool,
    pub(crate) minimised: bool,
    pub(crate) on_top: bool,
}

impl Memory {
    /// The same with numbers that a layout can bear: a file may say anything.
    fn bounded(mut self) -> Self {
        let (x, y) = self.place;
        self.place = (x.clamp(-FAR, FAR), y.clamp(-FAR, FAR));
        let (w, h) = self.size;
        self.size = (w.clamp(1, FAR), h.clamp(1, FAR));
        self
    }

    /// Makes a window that opens be what it was. Its output and its workspace are the caller's to find.
    pub(crate) fn apply(&self, new: &mut NewWindow, reason: Reason) {
        new.maximised |= self.fills == Fills::WorkArea;
        new.fullscreen |= self.fullscreen;
        let opening = &mut new.opening;
        opening.tiled = match self.fills {
            Fills::Nothing => Some(false),
            Fills::Tile => Some(true),
            Fills::WorkArea => None,
        };
        opening.size = Some(self.size.into());
        opening.at = Some(self.place.into());
        let snapped = self.snapped.as_deref();
        let mut parts = Snap::ALL.iter().copied();
        opening.snap = parts.find(|part| Some(part.word()) == snapped);
        opening.sticky = self.belongs == Belongs::Sticky;
        opening.scratch = self.belongs == Belongs::Scratch;
        opening.on_top = self.on_top;
        // Who starts a program wants to see it.
        opening.minimised = self.minimised && reason == Reason::Recover;
    }
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Session {
    /// The larger, the later it was used.
    used: u64,
    windows: BTreeMap<String, Memory>,
}

/// All that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Book {
    /// By domain, then by id.
    domains: BTreeMap<String, BTreeMap<String, Session>>,
}

impl Book {
    /// Whether a session is known. It counts as used now.
    pub(crate) fn take_up(&mut self, key: &Key) -> bool {
        let turn = self.turn();
        let sessions = self.domains.get_mut(&key.domain);
        let session = sessions.and_then(|sessions| sessions.get_mut(&key.id));
        session.map(|session| session.used = turn).is_some()
    }

    /// Begins a session.
    pub(crate) fn begin(&mut self, key: &Key) {
        let session = Session {
            used: self.turn(),
            windows: BTreeMap::new(),
        };
        let sessions = self.domains.entry(key.domain.clone()).or_default();
        sessions.insert(key.id.clone(), session);
        self.forget_oldest();
    }

    /// Forgets a session.
    pub(crate) fn remove(&mut self, key: &Key) {
        if let Some(sessions) = self.domains.get_mut(&key.domain) {
            sessions.remove(&key.id);
            if sessions.is_empty() {
                self.domains.remove(&key.domain);
            }
        }
    }

    /// What is remembered of a window.
    pub(crate) fn window(&self, key: &Key, name: &str) -> Option<&Memory> {
        self.session(key)?.windows.get(name)
    }

    /// Remembers a window; returns whether that is anything new.
    pub(crate) fn remember(&mut self, key: &Key, name: &str, memory: Memory) -> bool {
        let Some(session) = self.session_mut(key) else {
            return false;
        };
        let room = session.windows.len() < WINDOWS && name.len() <= LONGEST_NAME;
        match session.windows.get_mut(name) {
            Some(before) if *before == memory => false,
            Some(before) => {
                *before = memory;
                true
            }
            None if room => session.windows.insert(name.to_owned(), memory).is_none(),
            None => false,
        }
    }

    /// Forgets a window.
    pub(crate) fn forget(&mut self, key: &Key, name: &str) {
        if let Some(session) = self.session_mut(key) {
            session.windows.remove(name);
        }
    }

    /// A window has another name from now on.
    pub(crate) fn rename(&mut self, key: &Key, from: &str, to: &str) {
        if let Some(session) = self.session_mut(key)
            && let Some(memory) = session.windows.remove(from)
            && to.len() <= LONGEST_NAME
        {
            session.windows.insert(to.to_owned(), memory);
        }
    }

    fn session(&self, key: &Key) -> Option<&Session> {
        self.domains.get(&key.domain)?.get(&key.id)
    }

    fn session_mut(&mut self, key: &Key) -> Option<&mut Session> {
        self.domains.get_mut(&key.domain)?.get_mut(&key.id)
    }

    /// The number of the next use.
    fn turn(&self) -> u64 {
        let sessions = self.domains.values().flat_map(BTreeMap::values);
        let last = sessions.map(|session| session.used).max();
        last.unwrap_or(0).saturating_add(1)
    }

    /// The same within the bounds. What was used last stays.
    fn bounded(mut self) -> Self {
        for session in self.domains.values_mut().flat_map(BTreeMap::values_mut) {
            session.windows.retain(|name, _| name.len() <= LONGEST_NAME);
            while session.windows.len() > WINDOWS {
                session.windows.pop_last();
            }
            for memory in session.windows.values_mut() {
                *memory = std::mem::take(memory).bounded();
            }
        }
        self.domains.retain(|_, sessions| !sessions.is_empty());
        self.forget_oldest();
        self
    }

    fn forget_oldest(&mut self) {
        let newest = |sessions: &BTreeMap<String, Session>| {
            sessions.values().map(|session| session.used).max()
        };
        while self.domains.len() > DOMAINS {
            let oldest = self.domains.iter().min_by_key(|(_, of)| newest(of));
            let Some(name) = oldest.map(|(name, _)| name.clone()) else {
                return;
            };
            self.domains.remove(&name);
        }
        for sessions in self.domains.values_mut() {
            while sessions.len() > SESSIONS {
                let oldest = sessions.iter().min_by_key(|(_, session)| session.used);
                let Some(id) = oldest.map(|(id, _)| id.clone()) else {
                    break;
                };
                sessions.remove(&id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn key(domain: &str, id: &str) -> Key {
        Key {
            domain: domain.to_owned(),
            id: id.to_owned(),
        }
    }

    fn at(x: i32) -> Memory {
        Memory {
            place: (x, 0),
            size: (10, 10),
            ..Memory::default()
        }
    }

    #[test]
    fn a_domain_knows_its_own_sessions_only() {
        let mut book = Book::default();
        let (mine, theirs) = (key("board", "a"), key("debian", "a"));
        book.begin(&mine);
        assert!(book.remember(&mine, "main", at(1)));
        assert!(!book.remember(&mine, "main", at(1)), "it is no news");
        assert!(!book.take_up(&theirs));
        assert!(!book.remember(&theirs, "main", at(2)));
        book.begin(&theirs);
        assert_eq!(book.window(&theirs, "main"), None);
        book.remove(&theirs);
        assert_eq!(book.window(&mine, "main"), Some(&at(1)));
    }

    #[test]
    fn a_name_changes_and_is_forgotten() {
        let mut book = Book::default();
        let key = key("board", "a");
        book.begin(&key);
        book.remember(&key, "old", at(1));
        book.rename(&key, "old", "new");
        assert_eq!(book.window(&key, "old"), None);
        assert_eq!(book.window(&key, "new"), Some(&at(1)));
        book.forget(&key, "new");
        assert_eq!(book.window(&key, "new"), None);
    }

    #[test]
    fn a_domain_that_begins_without_end_pushes_out_its_own_sessions() {
        let mut book = Book::default();
        let mine = key("board", "mine");
        book.begin(&mine);
        for number in 0..1000 {
            book.begin(&key("debian", &number.to_string()));
        }
        assert!(book.take_up(&mine));
        assert_eq!(book.domains["debian"].len(), SESSIONS);
        assert!(book.take_up(&key("debian", "999")));
        assert!(!book.take_up(&key("debian", "0")));
    }

    proptest! {
        #[test]
        fn whatever_is_done_it_stays_within_bounds(
            steps in prop::collection::vec((0..6_u8, 0..40_u8, 0..100_u8, 0..100_u8), 0..400)
        ) {
            let mut book = Book::default();
            for (what, domain, id, name) in steps {
                let key = key(&domain.to_string(), &id.to_string());
                let name = "n".repeat(usize::from(name) * 4);
                match what {
                    0 | 1 => book.begin(&key),
                    2 => drop(book.take_up(&key)),
                    3 => drop(book.remember(&key, &name, at(i32::from(id)))),
                    4 => book.rename(&key, "n", &name),
                    _ => book.remove(&key),
                }
                prop_assert!(book.domains.len() <= DOMAINS);
            }
            prop_assert_eq!(book.clone().bounded(), book, "there is nothing to cut");
        }
    }
}
