//! Where work runs: on the task that asks, where nothing can make it wait, or else on the blocking pool.

use std::sync::{Arc, PoisonError, TryLockError};

use rustix::fd::AsFd;
use tokio::task::JoinSet;

use super::Shared;
use super::handle::Handle;
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, Peer};

/// What a file system keeps its files on, as far as it tells how long they are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// Memory: nothing is waited for.
    Memory,
    /// A disk of this machine: what the kernel holds in its caches is had without it.
    Disk,
    /// Another machine, or a program: anything may be waited for.
    Other,
}

impl Medium {
    /// What `fd` lies on (*statfs(2)*).
    pub(super) fn of(fd: impl AsFd) -> Self {
        // The numbers of `linux/magic.h`.
        match rustix::fs::fstatfs(fd).map(|disk| disk.f_type) {
            // tmpfs, ramfs.
            Ok(0x0102_1994 | 0x8584_58f6) => Self::Memory,
            // ext2 to ext4, XFS, Btrfs.
            Ok(0xEF53 | 0x5846_5342 | 0x9123_683E) => Self::Disk,
            _ => Self::Other,
        }
    }
}

impl Shared {
    /// What the file of `handle` lies on. What is mounted below the root is not looked at more closely.
    pub(super) fn medium(&self, handle: &Handle) -> Medium {
        if handle.id().dev == self.root.id().dev {
            self.medium
        } else {
            Medium::Other
        }
    }

    /// Whether changes of `handle` wait for nothing. An observer is heard under locks that others may hold for as long
    /// as their disks take.
    fn changes_at_once(&self, handle: &Handle) -> bool {
        self.medium(handle) == Medium::Memory && self.observer.is_none()
    }

    /// Runs `work`, which changes something about `handle` or in it: [`super::Export::settled`] waits for its end.
    pub(super) fn change<T: Send + 'static>(
        self: &Arc<Self>,
        peer: &Peer,
        handle: &Arc<Handle>,
        work: impl FnOnce(&Arc<Self>, &Peer, &Arc<Handle>) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        if self.changes_at_once(handle) {
            let free = match self.gate.try_read() {
                Ok(changing) => Some(changing),
                Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            };
            if let Some(_changing) = free {
                return work(self, peer, handle).into();
            }
        }
        let (shared, peer, handle) = (Arc::clone(self), peer.clone(), Arc::clone(handle));
        blocking(move || {
            let _changing = shared.gate.read().unwrap_or_else(PoisonError::into_inner);
            work(&shared, &peer, &handle)
        })
    }
}

/// Runs `work` on the blocking pool. Once begun it runs to its end, whoever waits for it; what nobody waits for any more is
/// not begun.
pub(super) fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Answer<T> {
    Answer::later(async move {
        // A set of one, because that lets go of it when it is dropped.
        let mut set = JoinSet::new();
        set.spawn_blocking(work);
        match set.join_next().await {
            Some(Ok(result)) => result,
            _ => Err(Error::new(Errno::IO, "the server is shutting down")),
        }
    })
}
