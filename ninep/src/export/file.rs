use std::sync::Arc;

use bytes::Bytes;

use super::blocking;
use super::content::OpenFile;
use super::locks::Holder;
use crate::tree::{Answer, File, Peer};
use crate::wire::{FileLock, LockStatus};

/// The longest read that is tried without leaving the task: copying more than this would hold up the connection's other
/// requests for longer than a thread takes to wake.
const AT_ONCE: usize = 64 << 10;

/// An open plain file as a fid has it.
pub(super) struct Content {
    file: Arc<OpenFile>,
    locks: Holder,
}

impl Content {
    pub(super) fn new(file: OpenFile, locks: Holder) -> Self {
        Self {
            file: Arc::new(file),
            locks,
        }
    }
}

impl File for Content {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count <= AT_ONCE
            && let Some(data) = self.file.read_cached(offset, count)
        {
            return Answer::ok(data);
        }
        let file = Arc::clone(&self.file);
        blocking(move || file.read(offset, count))
    }

    fn write(&self, peer: &Peer, offset: u64, data: Bytes) -> Answer<u32> {
        let (file, peer) = (Arc::clone(&self.file), peer.clone());
        blocking(move || file.write(&peer, offset, &data))
    }

    fn fsync(&self, _: &Peer, data_only: bool) -> Answer<()> {
        let file = Arc::clone(&self.file);
        blocking(move || file.sync(data_only))
    }

    fn lock(&self, _: &Peer, lock: FileLock) -> Answer<LockStatus> {
        self.locks.set(&lock).into()
    }

    fn getlock(&self, _: &Peer, lock: FileLock) -> Answer<FileLock> {
        self.locks.test(lock).into()
    }

    fn clunk(&self, _: &Peer) -> Answer<()> {
        // Reads and writes that are still under way hold the file; nothing may hold its locks.
        self.locks.release();
        Answer::ok(())
    }
}
