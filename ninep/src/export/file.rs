use std::sync::Arc;

use bytes::Bytes;

use super::content::OpenFile;
use super::locks::Holder;
use super::pace::blocking;
use crate::tree::{Answer, File, Pages, Peer};
use crate::wire::{FileLock, LockStatus};

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
        let mut buffer = self.file.buffer(count);
        // The answer has to pass through the connection in one piece anyway, so its copying is done where it is sent.
        if self.file.in_memory() {
            return self.file.read(offset, count, buffer).into();
        }
        if self.file.read_cached(offset, count, &mut buffer) {
            return Answer::ok(buffer.into_bytes());
        }
        let file = Arc::clone(&self.file);
        // Memory is not held while nothing is in it: as many reads as a client likes may wait for a thread.
        let begun = (buffer.filled() > 0).then_some(buffer);
        blocking(move || {
            let buffer = begun.unwrap_or_else(|| file.buffer(count));
            file.read(offset, count, buffer)
        })
    }

    fn pages(&self, _: &Peer, offset: u64, count: u32) -> Option<Pages> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        self.file.pages(offset, count)
    }

    fn write(&self, peer: &Peer, offset: u64, data: Bytes) -> Answer<u32> {
        self.file
            .change(peer, move |file, peer| file.write(peer, offset, &data))
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
