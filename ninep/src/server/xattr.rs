use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

use crate::error::{Errno, Error};
use crate::tree::{Answer, File, Node, Peer};
use crate::wire::Str;

/// The longest value of an extended attribute that is taken (Linux's `XATTR_SIZE_MAX`).
pub(super) const MAX_VALUE: u64 = 65_536;

/// An extended attribute opened for reading.
pub(super) struct Value(pub(super) Bytes);

impl File for Value {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(self.0.len());
        let to = from
            .saturating_add(usize::try_from(count).unwrap_or(usize::MAX))
            .min(self.0.len());
        Answer::ok(self.0.slice(from..to))
    }
}

/// Collects the value of an extended attribute, and sets it when the fid is clunked (`Txattrcreate`).
pub(super) struct Setter {
    pub(super) node: Arc<dyn Node>,
    pub(super) name: Str,
    pub(super) size: u64,
    pub(super) flags: u32,
    pub(super) value: Mutex<BytesMut>,
}

impl File for Setter {
    fn write(&self, _: &Peer, offset: u64, data: Bytes) -> Answer<u32> {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        if offset != value.len() as u64 || offset + data.len() as u64 > self.size {
            return Answer::err(
                Errno::INVAL,
                "an extended attribute is written in order and not beyond its size",
            );
        }
        value.extend_from_slice(&data);
        Answer::ok(u32::try_from(data.len()).unwrap_or(u32::MAX))
    }

    fn clunk(&self, peer: &Peer) -> Answer<()> {
        let value = self
            .value
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .split()
            .freeze();
        if value.len() as u64 != self.size {
            return Answer::Now(Err(Error::new(
                Errno::IO,
                "the extended attribute was not written whole",
            )));
        }
        self.node.set_xattr(peer, &self.name, value, self.flags)
    }
}
