use std::sync::Arc;

use bytes::Bytes;

use super::blocking;
use super::content::OpenFile;
use crate::tree::{Answer, File, Peer};

/// The longest read that is tried without leaving the task: copying more than this would hold up the connection's other
/// requests for longer than a thread takes to wake.
const AT_ONCE: usize = 64 << 10;

/// An open plain file as a fid has it.
pub(super) struct Content(Arc<OpenFile>);

impl Content {
    pub(super) fn new(file: OpenFile) -> Self {
        Self(Arc::new(file))
    }
}

impl File for Content {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count <= AT_ONCE
            && let Some(data) = self.0.read_cached(offset, count)
        {
            return Answer::ok(data);
        }
        let file = Arc::clone(&self.0);
        blocking(move || file.read(offset, count))
    }

    fn write(&self, peer: &Peer, offset: u64, data: Bytes) -> Answer<u32> {
        let (file, peer) = (Arc::clone(&self.0), peer.clone());
        blocking(move || file.write(&peer, offset, &data))
    }

    fn fsync(&self, _: &Peer, data_only: bool) -> Answer<()> {
        let file = Arc::clone(&self.0);
        blocking(move || file.sync(data_only))
    }
}
