//! The codec: every message of 9P2000.L, and in [`legacy`] of 9P2000, as a typed value, without I/O.
//!
//! The layouts follow Plan 9's *intro(5)* and, for the Linux dialect, the kernel's `include/net/9p/9p.h`. Every frame is
//! `size[4] type[1] tag[2] body`, little endian, and `size` counts itself.
//!
//! What holds for every decode:
//!
//! - A length on the wire is compared with the bytes that are there before anything is allocated.
//! - A body must be used up exactly; a byte too many is as bad as a byte too few.
//! - The decoder is given a direction: a server decodes only [`Tmsg`], a client only [`Rmsg`].
//! - Strings and payloads are slices of the received frame ([`Str`], [`Bytes`](bytes::Bytes)): nothing is copied.

pub mod compound;
mod fields;
pub mod legacy;
mod messages;
mod table;
mod text;
mod types;

pub use fields::{DecodeError, Decoder, Encoded, Encoder, Field};
pub use messages::{Rmsg, Tmsg};
pub use text::Str;
pub use types::{Attr, DirEntry, FileLock, LockStatus, Qid, QidKind, SetAttr, Statfs, Time};

/// Bytes before the body of a message: `size[4] type[1] tag[2]`.
pub const HEADER: usize = 7;
/// Room that `Rread` and `Twrite` need beside their payload, as the kernel counts it (`P9_IOHDRSZ`).
pub const IO_HEADER: u32 = 24;
/// The tag of `Tversion`, which belongs to no request.
pub const NO_TAG: u16 = u16::MAX;
/// "No fid": the `afid` of an attach without authentication.
pub const NO_FID: u32 = u32::MAX;
/// "No numeric user" in `Tattach`.
pub const NO_UID: u32 = u32::MAX;
/// The most names that one `Twalk` may carry (`MAXWELEM` of *walk(5)*).
pub const MAX_WALK: usize = 16;
/// The longest name of a file, in bytes.
pub const MAX_NAME: usize = 255;
/// The Linux dialect.
pub const VERSION_L: &str = "9P2000.L";
/// Plan 9's own dialect.
pub const VERSION_PLAIN: &str = "9P2000";

/// The head of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Bytes of the whole frame, these seven included.
    pub size: u32,
    /// Number of the message; requests are even, answers odd.
    pub kind: u8,
    /// The tag that joins an answer to its request.
    pub tag: u16,
}

impl Header {
    /// Reads the head of a frame.
    pub fn parse(bytes: [u8; HEADER]) -> Self {
        let [s0, s1, s2, s3, kind, t0, t1] = bytes;
        Self {
            size: u32::from_le_bytes([s0, s1, s2, s3]),
            kind,
            tag: u16::from_le_bytes([t0, t1]),
        }
    }
}
