//! The rows, by what they are about.

pub(crate) mod data;
pub(crate) mod events;
pub(crate) mod fids;
pub(crate) mod names;
pub(crate) mod session;

/// Numbers of *errno(3)*, as they are on the wire.
pub(crate) mod errno {
    pub(crate) const EBADF: u32 = 9;
    pub(crate) const EEXIST: u32 = 17;
    pub(crate) const ENOTEMPTY: u32 = 39;
}
