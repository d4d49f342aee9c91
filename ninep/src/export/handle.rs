//! Handles: files held by a descriptor.

use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, ResolveFlags, Statx, StatxFlags, StatxTimestamp,
};

use super::budget::{Budget, Place};
use super::check_name;
use super::observer::Kind;
use crate::error::{Errno, Error, Result};
use crate::wire::{Attr, Qid, QidKind, Time};

/// How every name is resolved: one step down, never through a link.
pub(super) const STEP: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS);

/// Device and inode: what the kernel knows a file by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Id {
    pub(super) dev: u64,
    pub(super) ino: u64,
}

/// A file, folder or link of the export, found once and held since.
#[derive(Debug)]
pub(super) struct Handle {
    /// `O_PATH`, or the open file itself if it was created here.
    fd: OwnedFd,
    kind: Kind,
    id: Id,
    /// Of the last look at the attributes.
    version: AtomicU32,
    _place: Place,
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Handle {
    /// Takes `fd` in.
    pub(super) fn new(fd: OwnedFd, budget: &Budget) -> Result<Self> {
        Self::at(budget.take()?, fd)
    }

    /// Takes `fd` in, at a place kept for it.
    pub(super) fn at(place: Place, fd: OwnedFd) -> Result<Self> {
        let stat = stat(&fd)?;
        Ok(Self {
            fd,
            kind: kind(&stat),
            id: id(&stat),
            version: AtomicU32::new(version(&stat)),
            _place: place,
        })
    }

    /// The child `name`, itself if it is a link.
    ///
    /// # Errors
    /// Those of *openat2(2)*.
    pub(super) fn child(&self, name: &str, budget: &Budget) -> Result<Self> {
        self.resolve(name, STEP, budget)
    }

    /// The child `name` if the kernel knows it without asking a disk.
    ///
    /// # Errors
    /// `EAGAIN` when it does not know.
    pub(super) fn cached_child(&self, name: &str, budget: &Budget) -> Result<Self> {
        self.resolve(name, STEP | ResolveFlags::CACHED, budget)
    }

    fn resolve(&self, name: &str, how: ResolveFlags, budget: &Budget) -> Result<Self> {
        check_name(name)?;
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat2(self, name, flags, Mode::empty(), how)
            .map_err(|errno| Error::new(errno, name.to_owned()))?;
        Self::new(fd, budget)
    }

    /// Opens the very file this is a handle of, whatever its name is now and whether or not it has one.
    ///
    /// # Errors
    /// `EPERM` for what is neither a plain file nor a folder, `ELOOP` for a link; else those of *open(2)*.
    pub(super) fn reopen(&self, proc: &OwnedFd, flags: OFlags) -> Result<OwnedFd> {
        match self.kind {
            Kind::File | Kind::Folder => {}
            Kind::Link => {
                return Err(Error::new(
                    Errno::LOOP,
                    "open: a symbolic link is read with readlink",
                ));
            }
            Kind::Other => {
                return Err(Error::new(
                    Errno::PERM,
                    "open: device nodes, fifos and sockets are not served",
                ));
            }
        }
        // The one magic link followed on purpose: it leads to the descriptor's file by construction, not by name.
        let flags = flags.difference(OFlags::NOFOLLOW) | OFlags::CLOEXEC | OFlags::NOCTTY;
        rustix::fs::openat(proc, self.number(), flags, Mode::empty())
            .map_err(|errno| Error::new(errno, "open"))
    }

    /// The name of this handle's descriptor in `/proc/self/fd`.
    pub(super) fn number(&self) -> String {
        self.fd.as_raw_fd().to_string()
    }

    /// Where the kernel says that the file lies now; for telling people, not for finding it again.
    pub(super) fn path(&self, proc: &OwnedFd) -> Vec<u8> {
        rustix::fs::readlinkat(proc, self.number(), Vec::new())
            .map(|path| path.into_bytes())
            .unwrap_or_default()
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn id(&self) -> Id {
        self.id
    }

    pub(super) fn qid(&self, root: &Self) -> Qid {
        Qid {
            kind: qid_kind(self.kind),
            version: self.version.load(Ordering::Relaxed),
            path: qid_path(self.id, root.id.dev),
        }
    }

    /// Attributes as they are now.
    pub(super) fn attr(&self, root: &Self) -> Result<Attr> {
        let stat = stat(self)?;
        self.version.store(version(&stat), Ordering::Relaxed);
        Ok(Attr {
            valid: Attr::BASIC | BTIME | DATA_VERSION,
            qid: self.qid(root),
            mode: u32::from(stat.stx_mode),
            uid: stat.stx_uid,
            gid: stat.stx_gid,
            nlink: u64::from(stat.stx_nlink),
            rdev: device(stat.stx_rdev_major, stat.stx_rdev_minor),
            size: stat.stx_size,
            blksize: u64::from(stat.stx_blksize),
            blocks: stat.stx_blocks,
            atime: time(stat.stx_atime),
            mtime: time(stat.stx_mtime),
            ctime: time(stat.stx_ctime),
            btime: time(stat.stx_btime),
            generation: 0,
            data_version: nanoseconds(stat.stx_ctime),
        })
    }
}

/// `P9_GETATTR_BTIME` and `P9_GETATTR_DATA_VERSION`.
const BTIME: u64 = 0x800;
const DATA_VERSION: u64 = 0x2000;

/// What *statx(2)* says of the file that `fd` is a descriptor of.
pub(super) fn stat(fd: impl AsFd) -> Result<Statx> {
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    rustix::fs::statx(fd, c"", AtFlags::EMPTY_PATH, wanted)
        .map_err(|errno| Error::new(errno, "stat"))
}

pub(super) fn kind(stat: &Statx) -> Kind {
    match FileType::from_raw_mode(u32::from(stat.stx_mode)) {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

/// Bytes that the file counts for: those of its content.
pub(super) fn bytes(stat: &Statx) -> u64 {
    if kind(stat) == Kind::File {
        stat.stx_size
    } else {
        0
    }
}

pub(super) fn id(stat: &Statx) -> Id {
    Id {
        dev: device(stat.stx_dev_major, stat.stx_dev_minor),
        ino: stat.stx_ino,
    }
}

fn device(major: u32, minor: u32) -> u64 {
    u64::from(major) << 32 | u64::from(minor)
}

pub(super) fn time(at: StatxTimestamp) -> Time {
    // Times before 1970 cannot be said on the wire.
    u64::try_from(at.tv_sec).map_or_else(
        |_| Time::default(),
        |sec| Time {
            sec,
            nsec: u64::from(at.tv_nsec),
        },
    )
}

fn nanoseconds(at: StatxTimestamp) -> u64 {
    at.tv_sec
        .cast_unsigned()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(u64::from(at.tv_nsec))
}

/// Changes whenever `ctime` does; 0 would forbid caching.
fn version(stat: &Statx) -> u32 {
    let at = nanoseconds(stat.stx_ctime);
    // Both halves count, and the low one, which moves faster, is kept whole.
    let folded = (at ^ (at >> 32).wrapping_mul(0x9E37_79B9)) & u64::from(u32::MAX);
    u32::try_from(folded).unwrap_or(1).max(1)
}

fn qid_kind(kind: Kind) -> QidKind {
    match kind {
        Kind::Folder => QidKind::DIR,
        Kind::Link => QidKind::SYMLINK,
        Kind::File | Kind::Other => QidKind::FILE,
    }
}

/// The qid path of a file: its inode, and for a file on another device than the root's a mark of the device in the upper
/// bits. The top bit is left to synthetic files.
pub(super) fn qid_path(id: Id, root_dev: u64) -> u64 {
    const BELOW_TOP: u64 = !(1 << 63);
    let other = id.dev ^ root_dev;
    let mark = other.wrapping_mul(0x9E37_79B9_7F4A_7C15) & (0x7F_FFFF << 40);
    (id.ino ^ mark) & BELOW_TOP
}

/// The qid of a folder's entry, as far as the folder itself knows it: without a version.
pub(super) fn entry_qid(kind: FileType, ino: u64, dev: u64, root_dev: u64) -> Qid {
    let kind = match kind {
        FileType::Directory => QidKind::DIR,
        FileType::Symlink => QidKind::SYMLINK,
        _ => QidKind::FILE,
    };
    Qid {
        kind,
        version: 0,
        path: qid_path(Id { dev, ino }, root_dev),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qid_paths_leave_the_top_bit_and_tell_devices_apart() {
        let root = 8 << 32;
        let same = qid_path(Id { dev: root, ino: 42 }, root);
        let other = qid_path(
            Id {
                dev: 9 << 32,
                ino: 42,
            },
            root,
        );
        assert_eq!(same, 42);
        assert_ne!(same, other);
        assert_eq!(
            qid_path(
                Id {
                    dev: 7,
                    ino: u64::MAX
                },
                root
            ) >> 63,
            0
        );
    }
}
