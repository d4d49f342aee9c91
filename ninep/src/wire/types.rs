use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};

use super::{DecodeError, Decoder, Encoder, Field, Str};

/// The kind of a file in its qid: the top byte of Plan 9's mode (*stat(5)*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QidKind(pub u8);

impl QidKind {
    /// A folder.
    pub const DIR: Self = Self(0x80);
    /// Writes go to the end, whatever their offset.
    pub const APPEND: Self = Self(0x40);
    /// One opener at a time.
    pub const EXCLUSIVE: Self = Self(0x20);
    /// A symbolic link.
    pub const SYMLINK: Self = Self(0x02);
    /// A plain file.
    pub const FILE: Self = Self(0x00);

    /// Whether the file is a folder.
    pub fn is_dir(self) -> bool {
        self.0 & Self::DIR.0 != 0
    }

    /// The `d_type` of a directory entry (*readdir(3)*).
    pub fn d_type(self) -> u8 {
        if self.is_dir() {
            4
        } else if self.0 & Self::SYMLINK.0 != 0 {
            10
        } else {
            8
        }
    }
}

/// The server's unique name of a file (*intro(5)*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Qid {
    /// What kind of file it is.
    pub kind: QidKind,
    /// Changes with the content; 0 on synthetic files, which no client may cache.
    pub version: u32,
    /// Unique among all files of the tree, for ever.
    pub path: u64,
}

/// A point in time as the wire carries it: seconds since 1970 and nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Time {
    /// Seconds since the Unix epoch.
    pub sec: u64,
    /// Nanoseconds within the second.
    pub nsec: u64,
}

impl Time {
    /// The clock now.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// The same time for the standard library.
    pub fn to_system_time(self) -> SystemTime {
        let nsec = u32::try_from(self.nsec).unwrap_or(0).min(999_999_999);
        UNIX_EPOCH
            .checked_add(Duration::new(self.sec, nsec))
            .unwrap_or(UNIX_EPOCH)
    }
}

impl From<SystemTime> for Time {
    /// Times before 1970 become 1970.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            sec: since.as_secs(),
            nsec: u64::from(since.subsec_nanos()),
        }
    }
}

macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* }
        impl Field for $name {
            fn put(&self, out: &mut Encoder) { $(self.$field.put(out);)* }
            fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
                Ok(Self { $($field: Field::get(from)?,)* })
            }
        }
    };
}

impl Field for Time {
    fn put(&self, out: &mut Encoder) {
        self.sec.put(out);
        self.nsec.put(out);
    }
    fn get(from: &mut Decoder) -> Result<Self, DecodeError> {
        Ok(Self {
            sec: Field::get(from)?,
            nsec: Field::get(from)?,
        })
    }
}

record! {
    /// What `Rgetattr` says of a file; the fields of *stat(2)* and a few more.
    Attr {
        /// Which fields are filled in, as `P9_GETATTR_*` bits.
        valid: u64,
        /// The file.
        qid: Qid,
        /// Type and permission bits (*inode(7)*).
        mode: u32,
        /// Owner.
        uid: u32,
        /// Group.
        gid: u32,
        /// Hard links.
        nlink: u64,
        /// Device number of a device node.
        rdev: u64,
        /// Bytes; 0 on synthetic files.
        size: u64,
        /// Best size of a read, in bytes.
        blksize: u64,
        /// Blocks of 512 bytes in use.
        blocks: u64,
        /// Last read.
        atime: Time,
        /// Last change of the content.
        mtime: Time,
        /// Last change of the attributes.
        ctime: Time,
        /// Creation; zero where it is not known.
        btime: Time,
        /// Generation of the inode; 0 where there is none.
        generation: u64,
        /// Counts changes of the content; 0 where nobody counts.
        data_version: u64,
    }
}

impl Attr {
    /// The bits of a plain *stat(2)* (`P9_GETATTR_BASIC`).
    pub const BASIC: u64 = 0x7ff;

    /// Attributes of a synthetic file: owned by this process, without a size, dated now.
    pub fn synthetic(qid: Qid, permissions: u32) -> Self {
        let kind = if qid.kind.is_dir() {
            0o040_000
        } else {
            0o100_000
        };
        let now = Time::now();
        Self {
            valid: Self::BASIC,
            qid,
            mode: kind | permissions,
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            nlink: 1,
            rdev: 0,
            size: 0,
            blksize: 4096,
            blocks: 0,
            atime: now,
            mtime: now,
            ctime: now,
            btime: Time::default(),
            generation: 0,
            data_version: 0,
        }
    }

    /// Whether the file is a folder.
    pub fn is_dir(&self) -> bool {
        self.qid.kind.is_dir()
    }
}

record! {
    /// What `Tsetattr` asks for; only the fields named in `valid` count.
    SetAttr {
        /// `P9_SETATTR_*` bits.
        valid: u32,
        /// New permission bits.
        mode: u32,
        /// New owner.
        uid: u32,
        /// New group.
        gid: u32,
        /// New size in bytes.
        size: u64,
        /// New time of last access.
        atime: Time,
        /// New time of last change.
        mtime: Time,
    }
}

impl SetAttr {
    /// `mode` counts.
    pub const MODE: u32 = 1;
    /// `uid` counts.
    pub const UID: u32 = 2;
    /// `gid` counts.
    pub const GID: u32 = 4;
    /// `size` counts.
    pub const SIZE: u32 = 8;
    /// The time of access is to be set: to `atime` with [`Self::ATIME_SET`], else to now.
    pub const ATIME: u32 = 16;
    /// The time of change is to be set: to `mtime` with [`Self::MTIME_SET`], else to now.
    pub const MTIME: u32 = 32;
    /// `ctime` is to be set to now.
    pub const CTIME: u32 = 64;
    /// `atime` holds the value.
    pub const ATIME_SET: u32 = 128;
    /// `mtime` holds the value.
    pub const MTIME_SET: u32 = 256;

    /// Asks for nothing.
    pub fn none() -> Self {
        Self {
            valid: 0,
            mode: 0,
            uid: 0,
            gid: 0,
            size: 0,
            atime: Time::default(),
            mtime: Time::default(),
        }
    }

    /// Asks for a size alone.
    pub fn size(size: u64) -> Self {
        Self {
            valid: Self::SIZE,
            size,
            ..Self::none()
        }
    }

    /// Whether `bit` is among what is asked for.
    pub fn has(&self, bit: u32) -> bool {
        self.valid & bit != 0
    }
}

record! {
    /// What `Rstatfs` says of the disk below a file (*statfs(2)*).
    Statfs {
        /// Magic number of the file system.
        kind: u32,
        /// Bytes of a block.
        bsize: u32,
        /// Blocks in all.
        blocks: u64,
        /// Blocks free.
        bfree: u64,
        /// Blocks free to ordinary users.
        bavail: u64,
        /// Inodes in all.
        files: u64,
        /// Inodes free.
        ffree: u64,
        /// Id of the file system.
        fsid: u64,
        /// Longest name, in bytes.
        namelen: u32,
    }
}

record! {
    /// A POSIX byte-range lock as `Tlock` and `Tgetlock` carry it.
    FileLock {
        /// 0 read, 1 write, 2 unlock.
        kind: u8,
        /// First byte.
        start: u64,
        /// Bytes; 0 means to the end.
        length: u64,
        /// The owner's process, on its own machine.
        proc_id: u32,
        /// The owner's machine.
        client_id: Str,
    }
}

/// How a lock request ended (`Rlock`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum LockStatus {
    /// Held now.
    Success = 0,
    /// Somebody else holds it; ask again.
    Blocked = 1,
    /// Refused for good.
    Error = 2,
    /// The server is restarting.
    Grace = 3,
}

/// One entry of a folder as `Rreaddir` lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirEntry {
    /// The file.
    pub qid: Qid,
    /// Where a later `Treaddir` goes on after this entry.
    pub offset: u64,
    /// Its name.
    pub name: Str,
}

impl DirEntry {
    /// Bytes on the wire.
    pub fn wire_len(&self) -> usize {
        13 + 8 + 1 + 2 + self.name.len()
    }

    /// As many of `entries`, from the first, as fit into `count` bytes.
    pub fn encode_all<'a>(entries: impl IntoIterator<Item = &'a Self>, count: u32) -> Bytes {
        let room = usize::try_from(count).unwrap_or(usize::MAX);
        let mut out = BytesMut::new();
        for entry in entries {
            if out.len() + entry.wire_len() > room {
                break;
            }
            out.extend_from_slice(&[entry.qid.kind.0]);
            out.extend_from_slice(&entry.qid.version.to_le_bytes());
            out.extend_from_slice(&entry.qid.path.to_le_bytes());
            out.extend_from_slice(&entry.offset.to_le_bytes());
            out.extend_from_slice(&[entry.qid.kind.d_type()]);
            // Names are bounded by MAX_NAME long before a u16 could overflow.
            let len = u16::try_from(entry.name.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&len.to_le_bytes());
            out.extend_from_slice(entry.name.as_bytes());
        }
        out.freeze()
    }

    /// The entries of the payload of an `Rreaddir`.
    pub fn decode_all(data: Bytes) -> Result<Vec<Self>, DecodeError> {
        const RREADDIR: u8 = 41;
        let mut entries = Vec::new();
        let mut decoder = Decoder::new(RREADDIR, data);
        while !decoder.at_end() {
            let qid = Qid::get(&mut decoder)?;
            let offset = u64::get(&mut decoder)?;
            let _d_type = u8::get(&mut decoder)?;
            let name = Str::get(&mut decoder)?;
            entries.push(Self { qid, offset, name });
        }
        Ok(entries)
    }
}
