//! Byte-range locks (*fcntl(2)*) between the clients of one export. Pure but for the mutex; nothing here waits.
//!
//! The owner of a lock is a process on a client's machine. What it locks through a fid goes when the fid is clunked, at the
//! latest with its connection. Programs on the machine that serves the folder neither see nor feel these locks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handle::Id;
use crate::error::{Errno, Error, Result};
use crate::wire::{FileLock, LockStatus, Str};

/// The kinds of a [`FileLock`].
const READ: u8 = 0;
const WRITE: u8 = 1;
const UNLOCK: u8 = 2;

/// Ranges that one file may be locked in. A client that locks every other byte runs into this, not out of our memory.
const MOST: usize = 4096;

/// All locks of one export.
#[derive(Debug, Default)]
pub(super) struct Locks {
    files: Mutex<HashMap<Id, Vec<Held>>>,
    next: AtomicU64,
}

/// A locked range. Those of one file and owner never overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    owner: Owner,
    /// The open file that it was locked through.
    through: u64,
    write: bool,
    first: u64,
    last: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    client: Str,
    process: u32,
}

/// What an open file locks through; drops its locks when it goes.
#[derive(Debug)]
pub(super) struct Holder {
    locks: Arc<Locks>,
    file: Id,
    through: u64,
    /// Whether a lock was ever asked for through this: hardly any file is locked, and all are closed.
    used: AtomicBool,
}

impl Locks {
    /// A holder for one open file.
    pub(super) fn holder(self: &Arc<Self>, file: Id) -> Holder {
        Holder {
            locks: Arc::clone(self),
            file,
            through: self.next.fetch_add(1, Ordering::Relaxed),
            used: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Vec<Held>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holder {
    /// Takes or drops a lock.
    ///
    /// # Errors
    /// `EINVAL` for a range that is none, `ENOLCK` when the file has too many.
    pub(super) fn set(&self, lock: &FileLock) -> Result<LockStatus> {
        let wanted = wanted(lock, self.through)?;
        let mut files = self.locks.lock();
        self.used.store(true, Ordering::Relaxed);
        let held = files.entry(self.file).or_default();
        let status = if lock.kind == UNLOCK {
            carve(held, &wanted);
            LockStatus::Success
        } else if conflict(held, &wanted).is_some() {
            LockStatus::Blocked
        } else if held.len() >= MOST {
            return Err(Error::new(
                Errno::NOLCK,
                format!("lock: the file is locked in {MOST} ranges already"),
            ));
        } else {
            carve(held, &wanted);
            held.push(wanted);
            LockStatus::Success
        };
        if held.is_empty() {
            files.remove(&self.file);
        }
        Ok(status)
    }

    /// The lock that stands in the way of `lock`, or the same as an unlock.
    ///
    /// # Errors
    /// `EINVAL` for a range that is none.
    pub(super) fn test(&self, lock: FileLock) -> Result<FileLock> {
        let wanted = wanted(&lock, self.through)?;
        let files = self.locks.lock();
        let stands = files
            .get(&self.file)
            .and_then(|held| conflict(held, &wanted));
        Ok(match stands {
            None => FileLock {
                kind: UNLOCK,
                ..lock
            },
            Some(held) => FileLock {
                kind: if held.write { WRITE } else { READ },
                start: held.first,
                length: if held.last == u64::MAX {
                    0
                } else {
                    held.last - held.first + 1
                },
                proc_id: held.owner.process,
                client_id: held.owner.client.clone(),
            },
        })
    }

    /// Drops all locks that were taken through this.
    pub(super) fn release(&self) {
        if !self.used.load(Ordering::Relaxed) {
            return;
        }
        let mut files = self.locks.lock();
        if let Some(held) = files.get_mut(&self.file) {
            held.retain(|held| held.through != self.through);
            if held.is_empty() {
                files.remove(&self.file);
            }
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.release();
    }
}

fn wanted(lock: &FileLock, through: u64) -> Result<Held> {
    if lock.kind > UNLOCK {
        return Err(Error::new(
            Errno::INVAL,
            format!("lock: kind {}", lock.kind),
        ));
    }
    let last = match lock.length {
        0 => u64::MAX,
        length => lock
            .start
            .checked_add(length - 1)
            .ok_or_else(|| Error::new(Errno::OVERFLOW, "lock: the range has no end"))?,
    };
    Ok(Held {
        owner: Owner {
            client: lock.client_id.detached(),
            process: lock.proc_id,
        },
        through,
        write: lock.kind == WRITE,
        first: lock.start,
        last,
    })
}

/// The first of `held` that `wanted` has to wait for.
fn conflict<'a>(held: &'a [Held], wanted: &Held) -> Option<&'a Held> {
    held.iter()
        .filter(|held| held.owner != wanted.owner && (held.write || wanted.write))
        .filter(|held| held.first <= wanted.last && wanted.first <= held.last)
        .min_by_key(|held| held.first)
}

/// Takes the range of `cut` out of what its owner holds; a lock in the middle of which it lies falls in two.
fn carve(held: &mut Vec<Held>, cut: &Held) {
    let mut rest = Vec::new();
    held.retain(|held| {
        let apart = held.owner != cut.owner || held.last < cut.first || cut.last < held.first;
        if !apart {
            if held.first < cut.first {
                rest.push(Held {
                    last: cut.first - 1,
                    ..held.clone()
                });
            }
            if cut.last < held.last {
                rest.push(Held {
                    first: cut.last + 1,
                    ..held.clone()
                });
            }
        }
        apart
    });
    held.append(&mut rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Id = Id { dev: 1, ino: 2 };

    fn lock(process: u32, kind: u8, start: u64, length: u64) -> FileLock {
        FileLock {
            kind,
            start,
            length,
            proc_id: process,
            client_id: "board".into(),
        }
    }

    #[test]
    fn owners_exclude_each_other_and_never_themselves() {
        let locks = Arc::new(Locks::default());
        let (ann, bob) = (locks.holder(FILE), locks.holder(FILE));
        assert_eq!(ann.set(&lock(1, WRITE, 0, 10)), Ok(LockStatus::Success));
        assert_eq!(bob.set(&lock(2, READ, 9, 5)), Ok(LockStatus::Blocked));
        assert_eq!(bob.set(&lock(2, WRITE, 10, 5)), Ok(LockStatus::Success));
        assert_eq!(
            bob.set(&lock(1, READ, 0, 3)),
            Ok(LockStatus::Success),
            "the same process"
        );
        assert_eq!(bob.test(lock(2, WRITE, 0, 0)).unwrap(), lock(1, READ, 0, 3));
        assert_eq!(
            bob.test(lock(2, READ, 0, 3)).unwrap().kind,
            UNLOCK,
            "two may read"
        );
        assert_eq!(bob.test(lock(2, READ, 3, 1)).unwrap(), lock(1, WRITE, 3, 7));
    }

    #[test]
    fn a_hole_falls_out_of_the_middle_and_a_clunk_drops_the_rest() {
        let locks = Arc::new(Locks::default());
        let (ann, bob) = (locks.holder(FILE), locks.holder(FILE));
        ann.set(&lock(1, WRITE, 0, 0)).unwrap();
        ann.set(&lock(1, UNLOCK, 100, 50)).unwrap();
        assert_eq!(bob.set(&lock(2, WRITE, 100, 50)), Ok(LockStatus::Success));
        assert_eq!(bob.set(&lock(2, WRITE, 150, 1)), Ok(LockStatus::Blocked));
        assert_eq!(
            bob.test(lock(2, WRITE, 200, 1)).unwrap(),
            lock(1, WRITE, 150, 0)
        );
        drop(ann);
        assert_eq!(bob.set(&lock(2, WRITE, 0, 0)), Ok(LockStatus::Success));
        drop(bob);
        assert!(
            locks.lock().is_empty(),
            "nothing is left of a file that nobody locks"
        );
    }

    #[test]
    fn ranges_without_end_and_without_number_are_refused() {
        let locks = Arc::new(Locks::default());
        let ann = locks.holder(FILE);
        assert_eq!(
            ann.set(&lock(1, WRITE, u64::MAX, 2)).unwrap_err().errno(),
            Errno::OVERFLOW
        );
        assert_eq!(
            ann.set(&lock(1, 7, 0, 1)).unwrap_err().errno(),
            Errno::INVAL
        );
        for at in 0..MOST as u64 {
            ann.set(&lock(1, WRITE, at * 2, 1)).unwrap();
        }
        assert_eq!(
            ann.set(&lock(1, WRITE, 0, 1)).unwrap_err().errno(),
            Errno::NOLCK
        );
        assert_eq!(ann.set(&lock(1, UNLOCK, 0, 0)), Ok(LockStatus::Success));
        assert!(locks.lock().is_empty());
    }
}
