//! How a client of 9P2000 reads a folder, stat by stat.

use ninep::wire::legacy::Stat;
use ninep::wire::{Attr, Qid, QidKind};

use super::tree::LISTED;

/// A place in a folder, and what has been looked up beyond it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it.
    pub at: u64,
    /// Stats before it.
    done: usize,
    /// The entries have been looked up.
    looked: bool,
    /// There are known to be no more.
    end: bool,
}

/// What came of a read: where it leads, and how many stats it gives.
pub struct Read {
    pub to: Place,
    pub count: usize,
}

impl Place {
    /// Reads on with `room` bytes; a folder that is `slow` is listed slowly, and to look up its entries always is. Gives
    /// whether it is slow, and what comes of it: none when the next stat does not fit.
    fn read(mut self, room: u64, slow: bool) -> (bool, Option<Read>) {
        let mut late = false;
        while !self.end && self.ready() < room {
            late |= slow || !self.looked;
            self.end = self.looked;
            self.looked = true;
        }
        let (mut to, mut count) = (self, 0);
        for name in &LISTED[self.done..] {
            let next = to.at + length(name);
            if next - self.at > room {
                break;
            }
            (to.at, to.done, count) = (next, to.done + 1, count + 1);
        }
        let fits = count > 0 || self.done == LISTED.len();
        (late, fits.then_some(Read { to, count }))
    }

    /// Bytes of stats that are looked up and not read.
    fn ready(self) -> u64 {
        if !self.looked {
            return 0;
        }
        LISTED[self.done..].iter().map(|name| length(name)).sum()
    }
}

/// The places that a folder may be read on from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Behind the last read.
    pub now: Place,
    /// Before it: its answer may not have been waited for.
    pub before: Place,
}

impl Reading {
    /// Reads from `offset`. None if that is no place.
    pub fn read(self, offset: u64, room: u64, slow: bool) -> Option<(bool, Option<Read>)> {
        let from = if offset == 0 {
            Place::default()
        } else if offset == self.now.at {
            self.now
        } else if offset == self.before.at {
            self.before
        } else {
            return None;
        };
        Some(from.read(room, slow))
    }

    /// A read led to `to`.
    pub fn moved(&mut self, to: Place) {
        (self.before, self.now) = (self.now, to);
    }
}

/// Bytes of the stat of the entry `name`.
fn length(name: &str) -> u64 {
    let qid = Qid {
        kind: QidKind::FILE,
        version: 0,
        path: 0,
    };
    let owner = Attr::synthetic(qid, 0);
    let stat = Stat {
        name: name.into(),
        uid: owner.uid.to_string().into(),
        gid: owner.gid.to_string().into(),
        ..Stat::dont_touch()
    };
    stat.to_bytes().len() as u64
}
