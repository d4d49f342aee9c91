//! `xdg_session_manager_v1`: an application's windows are where they were when it is started again. What is
//! remembered, and for how long, is in [`sessions`](crate::sessions).
//!
//! The errors `invalid_session_id` and `invalid_name` are never sent: a text that is not UTF-8 does not reach
//! us as it was, and is a session or a window that nobody knows.

use std::path::PathBuf;
use std::time::Duration;

use rustix::rand::{GetRandomFlags, getrandom};
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_toplevel::XdgToplevel;
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum,
};
use tracing::warn;

use super::xdg_session::server::{
    xdg_session_manager_v1::{self, XdgSessionManagerV1},
    xdg_session_v1::{self, XdgSessionV1},
    xdg_toplevel_session_v1::{self, XdgToplevelSessionV1},
};
use crate::client::{domain_of, sees};
use crate::goblin::Goblin;
use crate::layout::{NewWindow, Place, Placement, WindowId};
use crate::sessions::{Belongs, Book, Fills, Key, Memory, Reason, file};
use crate::windows::Window;

/// So long after a window changed it is written down where: whoever drags one does not wait for the
/// disk.
const WRITE_DELAY: Duration = Duration::from_secs(2);

/// The state of the global.
pub(crate) struct SessionManagement {
    _global: GlobalId,
    book: Book,
    /// Where the book lies; without it, it lasts as long as the compositor.
    path: Option<PathBuf>,
    /// The book is to be written, by what is due.
    pending: bool,
    /// The write that runs on a thread of its own.
    writer: Option<std::thread::JoinHandle<()>>,
    open: Vec<Open>,
    /// A window may have changed since it was last remembered.
    pub(crate) dirty: bool,
}

/// A session that a client has open.
struct Open {
    object: XdgSessionV1,
    key: Key,
    reason: Reason,
    windows: Vec<Entry>,
}

/// A window of a session.
struct Entry {
    object: XdgToplevelSessionV1,
    toplevel: XdgToplevel,
    name: String,
    /// What it is to be when it opens.
    restoring: Option<Memory>,
}

impl SessionManagement {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, XdgSessionManagerV1, _>(1, ()),
            book: Book::default(),
            path: None,
            pending: false,
            writer: None,
            open: Vec::new(),
            dirty: false,
        }
    }

    fn of(&mut self, object: &XdgSessionV1) -> Option<&mut Open> {
        self.open.iter_mut().find(|open| open.object == *object)
    }

    fn is_added(&self, toplevel: &XdgToplevel) -> bool {
        let mut windows = self.open.iter().flat_map(|open| &open.windows);
        windows.any(|entry| entry.toplevel == *toplevel)
    }

    /// What a window is to be when it opens, and why.
    fn restoring(&self, toplevel: &XdgToplevel) -> Option<(&Memory, Reason)> {
        self.open.iter().find_map(|open| {
            let mut windows = open.windows.iter();
            let entry = windows.find(|entry| entry.toplevel == *toplevel)?;
            Some((entry.restoring.as_ref()?, open.reason))
        })
    }

    fn entry_of(&mut self, toplevel: &XdgToplevel) -> Option<&mut Entry> {
        let mut windows = self.open.iter_mut().flat_map(|open| &mut open.windows);
        windows.find(|entry| entry.toplevel == *toplevel)
    }
}

impl Goblin {
    /// Keeps the book in a file from now on, and takes up what is there.
    pub(crate) fn remember_in(&mut self, path: PathBuf) {
        let sessions = &mut self.globals.sessions;
        match file::read(&path) {
            Ok(book) => sessions.book = book,
            Err(error) => warn!(
                "what {} says of applications' windows is lost: {error}",
                path.display()
            ),
        }
        sessions.path = Some(path);
    }

    /// What is remembered of a window that opens, as its client asks.
    pub(crate) fn recalled(&self, window: &Window, mut new: NewWindow) -> NewWindow {
        let sessions = &self.globals.sessions;
        let toplevel = window.shell.toplevel();
        let found = toplevel.and_then(|toplevel| sessions.restoring(toplevel.xdg_toplevel()));
        let Some((memory, reason)) = found else {
            return new;
        };
        memory.apply(&mut new, reason);
        let named = memory.output.as_deref();
        let output = named.and_then(|name| self.output_named(name));
        if let Some(output) = output {
            new.output = Some(output.id);
        }
        if let (Belongs::Workspace(number), Reason::Recover, Some(output)) =
            (memory.belongs, reason, new.output)
        {
            let target = trees::desktop::WorkspaceTarget::Number(number);
            new.opening.workspace = self.layout.workspace_at(output, target);
        }
        new
    }

    /// A window is about to be told its first size: whether that is what is remembered of it.
    pub(crate) fn tell_recalled(&mut self, id: WindowId) {
        let window = self.windows.get(id);
        let Some(toplevel) = window.and_then(|window| window.shell.toplevel()) else {
            return;
        };
        if let Some(entry) = self.globals.sessions.entry_of(toplevel.xdg_toplevel())
            && entry.restoring.is_some()
        {
            entry.object.restored();
        }
    }

    /// A window has opened: what it was to be it is, and may change from here on.
    pub(crate) fn recall_done(&mut self, id: WindowId) {
        let window = self.windows.get(id);
        if let Some(toplevel) = window.and_then(|window| window.shell.toplevel()) {
            if let Some(entry) = self.globals.sessions.entry_of(toplevel.xdg_toplevel()) {
                entry.restoring = None;
            }
            self.globals.sessions.dirty = true;
        }
    }

    /// Remembers windows as they are now.
    pub(crate) fn refresh_sessions(&mut self) {
        if !std::mem::take(&mut self.globals.sessions.dirty)
            || self.globals.sessions.open.is_empty()
        {
            return;
        }
        let mut news = Vec::new();
        for open in &self.globals.sessions.open {
            for entry in &open.windows {
                let window = self.windows.iter().find(|window| {
                    let toplevel = window.shell.toplevel();
                    toplevel.is_some_and(|one| *one.xdg_toplevel() == entry.toplevel)
                });
                if let Some(memory) = window.and_then(|window| self.memory_of(window.id)) {
                    news.push((open.key.clone(), entry.name.clone(), memory));
                }
            }
        }
        let mut changed = false;
        for (key, name, memory) in news {
            changed |= self.globals.sessions.book.remember(&key, &name, memory);
        }
        if changed {
            self.write_soon();
        }
    }

    fn memory_of(&self, id: WindowId) -> Option<Memory> {
        let model = self.layout.window(id)?;
        let output = model.output().and_then(|id| self.layout.output(id));
        let belongs = match model.place() {
            Place::Sticky => Belongs::Sticky,
            Place::Scratch => Belongs::Scratch,
            Place::Workspace(id) => {
                let index = self.layout.workspace_index(id)?;
                Belongs::Workspace(u32::try_from(index + 1).ok()?)
            }
        };
        let rect = self.layout.floating_rect(id)?;
        let place = rect.loc - output.map(|output| output.geometry.loc).unwrap_or_default();
        let snapped = match model.placement() {
            Placement::Snapped(part) => Some(part.word().to_owned()),
            Placement::Floating | Placement::Tiled | Placement::Maximised => None,
        };
        Some(Memory {
            output: output.map(|output| output.name.clone()),
            belongs,
            place: (place.x, place.y),
            size: (rect.size.w, rect.size.h),
            fills: match model.placement() {
                Placement::Maximised => Fills::WorkArea,
                Placement::Tiled => Fills::Tile,
                Placement::Floating | Placement::Snapped(_) => Fills::Nothing,
            },
            snapped,
            fullscreen: model.is_fullscreen(),
            minimised: model.is_minimised(),
            on_top: model.is_on_top(),
        })
    }

    /// The book is written a little later, once for all that changes until then.
    fn write_soon(&mut self) {
        let sessions = &mut self.globals.sessions;
        if sessions.path.is_none() || std::mem::replace(&mut sessions.pending, true) {
            return;
        }
        self.after(WRITE_DELAY, |goblin| {
            goblin.write_sessions();
        });
    }

    /// Writes the book if anything is new in it, on a thread of its own: disks take their time.
    fn write_sessions(&mut self) {
        let sessions = &mut self.globals.sessions;
        let Some(path) = sessions.path.clone() else {
            return;
        };
        if !std::mem::take(&mut sessions.pending) {
            return;
        }
        let before = sessions.writer.take();
        let book = sessions.book.clone();
        sessions.writer = std::thread::Builder::new()
            .name("sessions".to_owned())
            .spawn(move || {
                // One after the other. One that panicked has said so.
                let _ = before.map(std::thread::JoinHandle::join);
                if let Err(error) = file::write(&path, &book) {
                    warn!("{} could not be written: {error}", path.display());
                }
            })
            .inspect_err(|error| warn!("where windows are could not be written down: {error}"))
            .ok();
    }

    /// Writes the book if anything is new in it, and waits until it is on the disk.
    pub(crate) fn finish_sessions(&mut self) {
        self.write_sessions();
        if let Some(writer) = self.globals.sessions.writer.take() {
            // One that panicked has said so.
            let _ = writer.join();
        }
    }

    fn get_session(
        &mut self,
        client: &Client,
        object: XdgSessionV1,
        reason: Reason,
        id: Option<String>,
    ) {
        let domain = domain_of(client).name().to_owned();
        let sessions = &mut self.globals.sessions;
        let known = id.map(|id| Key {
            domain: domain.clone(),
            id,
        });
        let known = known.filter(|key| sessions.book.take_up(key));
        let key = if let Some(key) = known {
            if let Some(at) = sessions.open.iter().position(|open| open.key == key) {
                sessions.open.remove(at).object.replaced();
            }
            object.restored();
            key
        } else {
            let Some(id) = random_id() else { return };
            let key = Key { domain, id };
            sessions.book.begin(&key);
            object.created(key.id.clone());
            key
        };
        sessions.open.push(Open {
            object,
            key,
            reason,
            windows: Vec::new(),
        });
        self.write_soon();
    }

    /// A window joins a session. `restore`: it is to be what is remembered by that name.
    fn join_session(
        &mut self,
        session: &XdgSessionV1,
        object: XdgToplevelSessionV1,
        toplevel: XdgToplevel,
        name: String,
        restore: bool,
    ) {
        use xdg_session_v1::Error;
        let window = self.globals.xdg_shell.get_toplevel(&toplevel);
        let begun = window
            .as_ref()
            .and_then(|window| self.windows.of_surface(window.wl_surface()))
            .is_some_and(|window| window.mapped || !window.shell.awaits_first_configure());
        let sessions = &mut self.globals.sessions;
        let added = sessions.is_added(&toplevel);
        let Some(at) = sessions
            .open
            .iter()
            .position(|open| open.object == *session)
        else {
            // It was replaced, or never began: its objects do nothing.
            return;
        };
        let (open, book) = (&mut sessions.open[at], &sessions.book);
        let memory = book.window(&open.key, &name);
        let mut windows = open.windows.iter();
        let held = windows.any(|entry| entry.name == name && entry.toplevel.is_alive());
        if added {
            session.post_error(Error::AlreadyAdded, "the window is in a session already");
        } else if held || memory.is_some() && !restore {
            session.post_error(Error::NameInUse, "another window has this name");
        } else if restore && begun {
            let why = "it is too late: the window had its first commit";
            session.post_error(Error::AlreadyMapped, why);
        } else {
            let restoring = memory.filter(|_| restore).cloned();
            open.windows.retain(|entry| entry.toplevel.is_alive());
            open.windows.push(Entry {
                object,
                toplevel,
                name,
                restoring,
            });
            sessions.dirty = true;
        }
    }

    fn rename_in_session(&mut self, object: &XdgToplevelSessionV1, to: String) {
        let sessions = &mut self.globals.sessions;
        let holds = |open: &&mut Open| open.windows.iter().any(|entry| entry.object == *object);
        let Some(open) = sessions.open.iter_mut().find(holds) else {
            return;
        };
        let others = open.windows.iter().filter(|entry| entry.object != *object);
        let taken = others.map(|entry| &entry.name).any(|name| *name == to)
            || sessions.book.window(&open.key, &to).is_some();
        let Some(entry) = open
            .windows
            .iter_mut()
            .find(|entry| entry.object == *object)
        else {
            return;
        };
        if entry.name == to {
            return;
        }
        if taken {
            // The error is the session's, and its number is told by the object that it happened to.
            let error = xdg_session_v1::Error::NameInUse as u32;
            return object.post_error(error, "another window has this name");
        }
        let from = std::mem::replace(&mut entry.name, to);
        sessions.book.rename(&open.key, &from, &entry.name);
        self.write_soon();
    }
}

/// An id that nobody guesses.
fn random_id() -> Option<String> {
    let mut bytes = [0; 16];
    match getrandom(&mut bytes, GetRandomFlags::empty()) {
        Ok(count) if count == bytes.len() => {}
        other => {
            warn!("a session could not be given an id: {other:?}");
            return None;
        }
    }
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

impl GlobalDispatch<XdgSessionManagerV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<XdgSessionManagerV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<XdgSessionManagerV1>(&client)
    }
}

impl Dispatch<XdgSessionManagerV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        manager: &XdgSessionManagerV1,
        request: xdg_session_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        use xdg_session_manager_v1::{Error, Reason as Asked, Request};
        let Request::GetSession {
            id,
            reason,
            session_id,
        } = request
        else {
            return;
        };
        let object = data_init.init(id, ());
        let reason = match reason {
            WEnum::Value(Asked::Launch) => Reason::Launch,
            WEnum::Value(Asked::Recover | Asked::SessionRestore) => Reason::Recover,
            _ => return manager.post_error(Error::InvalidReason, "there is no such reason"),
        };
        let mut open = goblin.globals.sessions.open.iter();
        let domain = domain_of(client);
        let same = |open: &Open| {
            Some(&open.key.id) == session_id.as_ref()
                && open.key.domain == domain.name()
                && open.object.client().as_ref() == Some(client)
        };
        if open.any(same) {
            return manager.post_error(Error::InUse, "this client uses the session already");
        }
        goblin.get_session(client, object, reason, session_id);
    }
}

impl Dispatch<XdgSessionV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        session: &XdgSessionV1,
        request: xdg_session_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        use xdg_session_v1::Request;
        match request {
            Request::AddToplevel { id, toplevel, name } => {
                let object = data_init.init(id, ());
                goblin.join_session(session, object, toplevel, name, false);
            }
            Request::RestoreToplevel { id, toplevel, name } => {
                let object = data_init.init(id, ());
                goblin.join_session(session, object, toplevel, name, true);
            }
            Request::RemoveToplevel { name } => {
                let sessions = &mut goblin.globals.sessions;
                if let Some(open) = sessions.of(session) {
                    open.windows.retain(|entry| entry.name != name);
                    let key = open.key.clone();
                    sessions.book.forget(&key, &name);
                    goblin.write_soon();
                }
            }
            Request::Remove => {
                let sessions = &mut goblin.globals.sessions;
                if let Some(open) = sessions.of(session) {
                    let key = open.key.clone();
                    sessions.book.remove(&key);
                    goblin.write_soon();
                }
            }
            _ => {}
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, session: &XdgSessionV1, (): &()) {
        // What is not remembered yet: it is all that is known of it from here on.
        goblin.refresh_sessions();
        let sessions = &mut goblin.globals.sessions;
        sessions.open.retain(|open| open.object != *session);
    }
}

impl Dispatch<XdgToplevelSessionV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        object: &XdgToplevelSessionV1,
        request: xdg_toplevel_session_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        if let xdg_toplevel_session_v1::Request::Rename { name } = request {
            goblin.rename_in_session(object, name);
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &XdgToplevelSessionV1, (): &()) {
        for open in &mut goblin.globals.sessions.open {
            open.windows.retain(|entry| entry.object != *object);
        }
    }
}
