//! Keeps the counts of one space up to date from what its export does, and announces it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ninep::export::{Kind, Observer, Renamed};
use ninep::tree::{Feed, Peer};
use ninep::wire::Time;
use tokio::sync::watch;
use trees::mirror::{Action, Event, Space, Who};

use crate::counts::Counts;

/// The counts of one space.
#[derive(Debug)]
pub(crate) struct Tally {
    name: String,
    feed: Feed,
    state: Mutex<State>,
    /// Whether the counts are those of the disk.
    counted: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    counts: Counts,
    /// Changes of the sums heard of; tells whether any came while somebody counted.
    changes: u64,
    /// What happened before the counts were known, in order.
    waiting: Vec<Happened>,
}

/// An event but for the state of its space.
#[derive(Debug)]
struct Happened {
    action: Action,
    path: String,
    from: Option<String>,
    bytes: u64,
    who: Who,
}

/// Who is at the other end of a connection.
pub(crate) fn who(peer: &Peer) -> Who {
    Who {
        uid: peer.uid,
        user: peer.uname.clone(),
        program: peer.program.as_deref().map(str::to_owned),
    }
}

impl Tally {
    /// The tally of the space `name`, whose counts nobody knows yet.
    pub(crate) fn new(name: &str, feed: Feed) -> Self {
        Self {
            name: name.to_owned(),
            feed,
            state: Mutex::default(),
            counted: watch::Sender::new(false),
        }
    }

    /// How many changes of the sums were heard of.
    pub(crate) fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Takes `counts` as the truth, if no change was heard of since there were `changes`.
    ///
    /// # Errors
    /// [`Moved`] when there was one; nothing is taken.
    pub(crate) fn set_unless_moved(
        &self,
        counts: Counts,
        changes: u64,
    ) -> Result<Option<Counts>, Moved> {
        let state = self.lock();
        if state.changes == changes {
            Ok(self.take_in(state, counts))
        } else {
            Err(Moved)
        }
    }

    /// Takes `counts` as the truth; nothing may change meanwhile. What waited is announced. Gives the counts before, if
    /// they were known.
    pub(crate) fn set(&self, counts: Counts) -> Option<Counts> {
        self.take_in(self.lock(), counts)
    }

    fn take_in(&self, mut state: MutexGuard<'_, State>, counts: Counts) -> Option<Counts> {
        let before = std::mem::replace(&mut state.counts, counts);
        let known = self.counted.send_replace(true);
        for happened in std::mem::take(&mut state.waiting) {
            self.push(&state.counts, happened);
        }
        known.then_some(before)
    }

    /// The status of the space; waits for the first count.
    pub(crate) async fn status(&self) -> Space {
        // The sender lives as long as this, so the wait ends with a count and not with an error.
        let _ = self.counted.subscribe().wait_for(|counted| *counted).await;
        self.lock().counts.status(&self.name)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic between two sums is the worst that could have happened; a recount mends it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in one change.
    fn note(&self, when: Time, change: impl FnOnce(&mut Counts), happened: Option<Happened>) {
        let mut state = self.lock();
        state.changes += 1;
        change(&mut state.counts);
        state.counts.touch(when);
        if let Some(happened) = happened {
            self.announce(&mut state, happened);
        }
    }

    fn announce(&self, state: &mut State, happened: Happened) {
        if *self.counted.borrow() {
            self.push(&state.counts, happened);
        } else {
            state.waiting.push(happened);
        }
    }

    fn push(&self, counts: &Counts, happened: Happened) {
        let Happened {
            action,
            path,
            from,
            bytes,
            who,
        } = happened;
        let space = counts.status(&self.name);
        if let Err(error) = self.feed.push(&Event::File {
            space,
            action,
            path,
            from,
            bytes,
            who,
        }) {
            tracing::warn!("an event of {} is lost: {error}", self.name);
        }
    }
}

/// Something changed while it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved;

fn happened(peer: &Peer, action: Action, path: &str, bytes: u64) -> Happened {
    Happened {
        action,
        path: path.to_owned(),
        from: None,
        bytes,
        who: who(peer),
    }
}

impl Observer for Tally {
    fn made(&self, peer: &Peer, path: &str, kind: Kind, when: Time) {
        let happened = match kind {
            // A file is announced when it has its content.
            Kind::File => None,
            Kind::Folder => Some(happened(peer, Action::Folder, path, 0)),
            Kind::Link | Kind::Other => Some(happened(peer, Action::Created, path, 0)),
        };
        self.note(when, |counts| counts.add(kind, 0), happened);
    }

    fn written(&self, _: &Peer, from: u64, to: u64, when: Time) {
        self.note(when, |counts| counts.resize(from, to), None);
    }

    fn closed(&self, peer: &Peer, path: &str, created: bool, bytes: u64, when: Time) {
        let action = if created {
            Action::Created
        } else {
            Action::Changed
        };
        let mut state = self.lock();
        state.counts.touch(when);
        // The sums know already: this is no change that a count could miss.
        self.announce(&mut state, happened(peer, action, path, bytes));
    }

    fn renamed(&self, peer: &Peer, renamed: &Renamed, when: Time) {
        let mut happened = happened(peer, Action::Renamed, &renamed.to, renamed.bytes);
        happened.from = Some(renamed.from.clone());
        let replaced = |counts: &mut Counts| {
            if let Some((kind, bytes)) = renamed.replaced {
                counts.take(kind, bytes);
            }
        };
        self.note(when, replaced, Some(happened));
    }

    fn removed(&self, peer: &Peer, path: &str, kind: Kind, bytes: u64, when: Time) {
        let happened = happened(peer, Action::Removed, path, 0);
        self.note(when, |counts| counts.take(kind, bytes), Some(happened));
    }

    fn touched(&self, _: &Peer, when: Time) {
        self.lock().counts.touch(when);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time { sec: 1000, nsec: 0 };

    fn counted() -> Counts {
        Counts {
            files: 5,
            folders: 1,
            bytes: 50,
            changed: Time::default(),
        }
    }

    #[test]
    fn nothing_is_announced_before_the_counts_are_known() {
        let feed = Feed::new(1, 4096);
        let (tally, peer, begin) = (
            Tally::new("home", feed.clone()),
            Peer::default(),
            feed.end(),
        );
        tally.made(&peer, "new", Kind::File, NOW);
        tally.written(&peer, 0, 10, NOW);
        tally.closed(&peer, "new", true, 10, NOW);
        assert_eq!(feed.end(), begin);
        assert_eq!(tally.set(counted()), None);
        let announced = feed.end();
        assert!(announced > begin);
        tally.closed(&peer, "new", false, 10, NOW);
        assert!(feed.end() > announced, "and from then on at once");
        assert_eq!(tally.set(counted()).map(|before| before.files), Some(5));
    }

    #[test]
    fn a_count_that_something_changed_under_is_not_taken() {
        let (tally, peer) = (Tally::new("home", Feed::new(1, 4096)), Peer::default());
        let changes = tally.changes();
        tally.closed(&peer, "file", false, 10, NOW);
        tally.touched(&peer, NOW);
        assert_eq!(
            tally.set_unless_moved(counted(), changes),
            Ok(None),
            "no sum changed"
        );
        tally.removed(&peer, "file", Kind::File, 10, NOW);
        assert_eq!(tally.set_unless_moved(counted(), changes), Err(Moved));
        let sums = tally.lock().counts;
        assert_eq!((sums.files, sums.bytes), (4, 40));
    }
}
