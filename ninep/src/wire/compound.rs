//! 9P2000.L.goblin1: what takes several messages of 9P2000.L, in one round trip.
//!
//! The dialect is 9P2000.L with the messages of this module beside its own. A client asks for it in `Tversion`; a server
//! that does not know it answers `9P2000.L`, and the client does the same with more messages. In each, `names` are walked
//! from `fid` as by `Twalk`, all of them or none.
//!
//! [`Tmsg::Once`] makes any request safe to send again after a lost connection: the server keeps the answer under the number
//! that the client chose, and gives it again instead of doing the work twice.

use bytes::{Bytes, BytesMut};

use super::table::messages;
use super::{Attr, DecodeError, Decoder, Encoder, Field, Qid, Str};

/// The name of the dialect.
pub const VERSION: &str = "9P2000.L.goblin1";

messages! {
    /// A request of the dialect.
    Tmsg {
        /// Walk and stat. With `newfid` [`NO_FID`](super::NO_FID) no fid is made.
        200 Walkattr { fid: u32, newfid: u32, names: Vec<Str> },
        /// Walk, open, read `count` bytes from `offset`, close. Makes no fid.
        202 Get { fid: u32, names: Vec<Str>, offset: u64, count: u32 },
        /// Walk to the folder of the last name; create that file, or cut it to nothing; write; with `sync` make it durable; close.
        204 Put { fid: u32, names: Vec<Str>, mode: u32, sync: u8, data: Bytes },
        /// Entries of a folder, each with its attributes.
        206 Readdirattr { fid: u32, offset: u64, count: u32 },
        /// Do `request` (its type byte and its body), unless it was done under this number. `client` is a random number
        /// that a client keeps over its connections, `number` counts its requests.
        208 Once { client: u64, number: u64, request: Bytes },
    }
}

messages! {
    /// An answer of the dialect. `Tonce` is answered by the answer to its request.
    Rmsg {
        /// Answers `Twalkattr`.
        201 Walkattr { attr: Attr },
        /// Answers `Tget`.
        203 Get { attr: Attr, data: Bytes },
        /// Answers `Tput`.
        205 Put { qid: Qid },
        /// Answers `Treaddirattr` with [`EntryAttr`]s.
        207 Readdirattr { data: Bytes },
    }
}

/// One entry of a folder with its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryAttr {
    /// Where a later `Treaddirattr` goes on after this entry.
    pub offset: u64,
    /// Its name.
    pub name: Str,
    /// Its attributes.
    pub attr: Attr,
}

impl EntryAttr {
    /// Bytes on the wire beside the name.
    const FIXED: usize = 8 + 2 + 153;

    /// Bytes on the wire.
    pub fn wire_len(&self) -> usize {
        Self::FIXED + self.name.len()
    }

    /// The payload of an `Rreaddirattr`: as many of `entries` as fit into `count` bytes.
    pub fn encode_all<'a>(entries: impl IntoIterator<Item = &'a Self>, count: u32) -> Bytes {
        let room = usize::try_from(count).unwrap_or(usize::MAX);
        let mut all = BytesMut::new();
        for entry in entries {
            if all.len() + entry.wire_len() > room {
                break;
            }
            let mut out = Encoder::new(0, 0);
            entry.offset.put(&mut out);
            entry.name.put(&mut out);
            entry.attr.put(&mut out);
            all.extend_from_slice(&out.finish().head[super::HEADER..]);
        }
        all.freeze()
    }

    /// The entries of the payload of an `Rreaddirattr`.
    ///
    /// # Errors
    /// When an entry is cut or malformed.
    pub fn decode_all(data: Bytes) -> Result<Vec<Self>, DecodeError> {
        const RREADDIRATTR: u8 = 207;
        let mut from = Decoder::new(RREADDIRATTR, data);
        let mut entries = Vec::new();
        while !from.at_end() {
            entries.push(Self {
                offset: Field::get(&mut from)?,
                name: Field::get(&mut from)?,
                attr: Field::get(&mut from)?,
            });
        }
        Ok(entries)
    }
}
