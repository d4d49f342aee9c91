//! The files that are being written: one state for all fids that share a file.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handle::{self, Handle, Id};
use crate::error::Result;

/// The files that somebody has entered, by what the kernel knows them by.
#[derive(Debug, Default)]
pub(super) struct Inodes(Mutex<HashMap<Id, Slot>>);

#[derive(Debug)]
struct Slot {
    state: Arc<Mutex<State>>,
    users: usize,
}

/// What is known of a file while it may change.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Bytes, as the observer knows them.
    pub(super) size: u64,
    /// Fids that write it, or that made it.
    pub(super) open: usize,
    /// One of them made it.
    pub(super) created: bool,
    /// It was written since it was last told to be closed.
    pub(super) dirty: bool,
    /// It has no name any more, so what becomes of it concerns no count.
    pub(super) gone: bool,
}

/// A hold on the state of one file; the last to be dropped forgets it.
#[derive(Debug)]
pub(super) struct Entered {
    inodes: Arc<Inodes>,
    id: Id,
    state: Arc<Mutex<State>>,
}

impl Inodes {
    /// Holds the state of `file`. Must be held by whoever changes its size or takes its name away.
    ///
    /// # Errors
    /// Those of *statx(2)*.
    pub(super) fn enter(self: &Arc<Self>, file: &Handle) -> Result<Entered> {
        let mut slots = self.lock();
        // Measured under the lock: nobody changes the file before they are in the table themselves.
        let state = match slots.get_mut(&file.id()) {
            Some(slot) => {
                slot.users += 1;
                Arc::clone(&slot.state)
            }
            None => {
                let size = handle::bytes(&handle::stat(file.fd()?)?);
                let state = Arc::new(Mutex::new(State {
                    size,
                    ..State::default()
                }));
                slots.insert(
                    file.id(),
                    Slot {
                        state: Arc::clone(&state),
                        users: 1,
                    },
                );
                state
            }
        };
        Ok(Entered {
            inodes: Arc::clone(self),
            id: file.id(),
            state,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Slot>> {
        // Each change of the table is one step, so a panic elsewhere cannot have spoiled it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entered {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut slots = self.inodes.lock();
        if let Some(slot) = slots.get_mut(&self.id) {
            slot.users -= 1;
            if slot.users == 0 {
                slots.remove(&self.id);
            }
        }
    }
}
