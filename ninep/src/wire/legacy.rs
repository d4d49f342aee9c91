//! 9P2000, Plan 9's own dialect, for Plan 9 tools: the messages of *intro(5)*.

use bytes::Bytes;

use super::table::messages;
use super::{DecodeError, Decoder, Encoder, Field, Qid, Str};

/// Bits of a Plan 9 mode above the permissions (*stat(5)*).
pub mod mode {
    /// A folder.
    pub const DIR: u32 = 0x8000_0000;
    /// Writes go to the end.
    pub const APPEND: u32 = 0x4000_0000;
    /// One opener at a time.
    pub const EXCLUSIVE: u32 = 0x2000_0000;
}

/// Bits of the mode of `Topen` and `Tcreate` (*open(5)*); the lowest two are read, write, both, execute.
pub mod open {
    /// Write only.
    pub const WRITE: u8 = 1;
    /// Read and write.
    pub const RDWR: u8 = 2;
    /// Execute: read, and say so.
    pub const EXEC: u8 = 3;
    /// Cut to nothing first.
    pub const TRUNC: u8 = 0x10;
    /// Remove the file when the fid is clunked.
    pub const RCLOSE: u8 = 0x40;
}

/// What `Rstat` says of a file, and `Twstat` wants of it (*stat(5)*).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// The file.
    pub qid: Qid,
    /// Permissions, and the bits of [`mode`].
    pub mode: u32,
    /// Last read, in seconds since 1970.
    pub atime: u32,
    /// Last change, in seconds since 1970.
    pub mtime: u32,
    /// Bytes; 0 of folders and synthetic files.
    pub length: u64,
    /// Last name of the file; `/` of the root.
    pub name: Str,
    /// Owner.
    pub uid: Str,
    /// Group.
    pub gid: Str,
    /// Who changed it last.
    pub muid: Str,
}

impl Stat {
    /// A stat that asks `Twstat` to change nothing.
    pub fn dont_touch() -> Self {
        Self {
            qid: Qid {
                kind: super::QidKind(u8::MAX),
                version: u32::MAX,
                path: u64::MAX,
            },
            mode: u32::MAX,
            atime: u32::MAX,
            mtime: u32::MAX,
            length: u64::MAX,
            name: Str::default(),
            uid: Str::default(),
            gid: Str::default(),
            muid: Str::default(),
        }
    }

    fn body(&self) -> Vec<u8> {
        let mut out = Encoder::new(0, 0);
        0_u16.put(&mut out); // type and dev are for the kernel of a Plan 9 machine
        0_u32.put(&mut out);
        self.qid.put(&mut out);
        self.mode.put(&mut out);
        self.atime.put(&mut out);
        self.mtime.put(&mut out);
        self.length.put(&mut out);
        self.name.put(&mut out);
        self.uid.put(&mut out);
        self.gid.put(&mut out);
        self.muid.put(&mut out);
        out.finish().to_vec().split_off(super::HEADER)
    }

    /// The stat as a folder's content has it: with its size before it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = self.body();
        let size = u16::try_from(body.len()).unwrap_or(u16::MAX);
        [&size.to_le_bytes()[..], &body].concat()
    }

    /// All stats of a folder's content.
    ///
    /// # Errors
    /// When a stat is cut or malformed.
    pub fn decode_all(data: Bytes) -> Result<Vec<Self>, DecodeError> {
        const RREAD: u8 = 117;
        let mut from = Decoder::new(RREAD, data);
        let mut stats = Vec::new();
        while !from.at_end() {
            stats.push(Self::get_sized(&mut from, RREAD)?);
        }
        Ok(stats)
    }

    fn get_sized(from: &mut Decoder, kind: u8) -> Result<Self, DecodeError> {
        let size = u16::get(from)?;
        let mut body = Decoder::new(kind, from.take(usize::from(size))?);
        let _type = u16::get(&mut body)?;
        let _dev = u32::get(&mut body)?;
        let stat = Self {
            qid: Field::get(&mut body)?,
            mode: Field::get(&mut body)?,
            atime: Field::get(&mut body)?,
            mtime: Field::get(&mut body)?,
            length: Field::get(&mut body)?,
            name: Field::get(&mut body)?,
            uid: Field::get(&mut body)?,
            gid: Field::get(&mut body)?,
            muid: Field::get(&mut body)?,
        };
        body.finish()?;
        Ok(stat)
    }
}

/// In a message a stat is counted twice: `n[2]` of the field, then its own size.
impl Field for Stat {
    fn put(&self, out: &mut Encoder) {
        let bytes = self.to_bytes();
        u16::try_from(bytes.len()).unwrap_or(u16::MAX).put(out);
        out.raw(&bytes);
    }
    fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
        const RSTAT: u8 = 125;
        let n = u16::get(from)?;
        let mut inner = Decoder::new(RSTAT, from.take(usize::from(n))?);
        let stat = Self::get_sized(&mut inner, RSTAT)?;
        inner.finish()?;
        Ok(stat)
    }
}

messages! {
    /// A request of 9P2000.
    Tmsg {
        /// Agree on a dialect and a frame size.
        100 Version { msize: u32, version: Str },
        /// Begin authentication.
        102 Auth { afid: u32, uname: Str, aname: Str },
        /// Get a fid for the root.
        104 Attach { fid: u32, afid: u32, uname: Str, aname: Str },
        /// Cancel a request.
        108 Flush { oldtag: u16 },
        /// Walk names.
        110 Walk { fid: u32, newfid: u32, names: Vec<Str> },
        /// Open for I/O, with the bits of [`open`].
        112 Open { fid: u32, mode: u8 },
        /// Create in the folder `fid` and open: `fid` becomes the new file.
        114 Create { fid: u32, name: Str, perm: u32, mode: u8 },
        /// Read bytes; of a folder, whole stats.
        116 Read { fid: u32, offset: u64, count: u32 },
        /// Write bytes.
        118 Write { fid: u32, offset: u64, data: Bytes },
        /// Forget a fid.
        120 Clunk { fid: u32 },
        /// Remove the file of a fid and forget the fid.
        122 Remove { fid: u32 },
        /// Attributes.
        124 Stat { fid: u32 },
        /// Change attributes.
        126 Wstat { fid: u32, stat: Stat },
    }
}

messages! {
    /// An answer of 9P2000.
    Rmsg {
        /// Answers `Tversion`.
        101 Version { msize: u32, version: Str },
        /// Answers `Tauth`.
        103 Auth { aqid: Qid },
        /// Answers `Tattach`.
        105 Attach { qid: Qid },
        /// The request failed, for this reason.
        107 Error { ename: Str },
        /// Answers `Tflush`.
        109 Flush {},
        /// Answers `Twalk`.
        111 Walk { qids: Vec<Qid> },
        /// Answers `Topen`.
        113 Open { qid: Qid, iounit: u32 },
        /// Answers `Tcreate`.
        115 Create { qid: Qid, iounit: u32 },
        /// Answers `Tread`.
        117 Read { data: Bytes },
        /// Answers `Twrite`.
        119 Write { count: u32 },
        /// Answers `Tclunk`.
        121 Clunk {},
        /// Answers `Tremove`.
        123 Remove {},
        /// Answers `Tstat`.
        125 Stat { stat: Stat },
        /// Answers `Twstat`.
        127 Wstat {},
    }
}
