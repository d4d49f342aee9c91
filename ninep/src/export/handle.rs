//! Handles: files held by a descriptor.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat, Statx, StatxFlags, StatxTimestamp,
};

use super::budget::{Budget, Place};
use super::check_name;
use super::names::Found;
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

/// A file, folder or link of the export, found once and the same since.
#[derive(Debug)]
pub(super) struct Handle {
    /// Empty as long as the file is known [by its name](super::names).
    held: OnceLock<Held>,
    kind: Kind,
    id: Id,
    /// Of the last look at the attributes.
    version: AtomicU32,
    /// Of a plain file that was walked to.
    found: Option<Found>,
}

/// A descriptor of the file.
#[derive(Debug)]
struct Held {
    /// `O_PATH`, or the open file itself if it was created here or opened first of all for reading.
    fd: OwnedFd,
    /// If it was opened for reading: whom the file let do so.
    reads: Option<Access>,
    _place: Place,
}

impl Drop for Handle {
    fn drop(&mut self) {
        if let Some(found) = &self.found {
            found.forget(self);
        }
    }
}

/// All that says who may read a file, or shows that it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Access {
    mode: u32,
    uid: u32,
    gid: u32,
    ctime: (i64, u64),
}

impl Access {
    fn of(stat: &Stat) -> Self {
        Self {
            mode: stat.st_mode,
            uid: stat.st_uid,
            gid: stat.st_gid,
            ctime: (stat.st_ctime, stat.st_ctime_nsec),
        }
    }
}

impl Handle {
    /// Takes `fd` in.
    pub(super) fn new(fd: OwnedFd, budget: &Budget) -> Result<Self> {
        Self::at(budget.take()?, fd)
    }

    /// Takes `fd` in, at a place kept for it.
    pub(super) fn at(place: Place, fd: OwnedFd) -> Result<Self> {
        let stat = look(&fd)?;
        let held = Held {
            fd,
            reads: None,
            _place: place,
        };
        Ok(Self::seen(&stat, OnceLock::from(held), None))
    }

    fn seen(stat: &Stat, held: OnceLock<Held>, found: Option<Found>) -> Self {
        Self {
            held,
            kind: kind(FileType::from_raw_mode(stat.st_mode)),
            id: id(stat),
            version: AtomicU32::new(version(stat.st_ctime, stat.st_ctime_nsec)),
            found,
        }
    }

    /// The file of `stat`, known by where it was found; none if that is not for it: folders, links and devices are held, and so
    /// is what was mounted on a name.
    pub(super) fn known(stat: &Stat, found: Found) -> Option<Self> {
        let plain = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
            && id(stat).dev == found.device();
        plain.then(|| Self::seen(stat, OnceLock::new(), Some(found)))
    }

    /// A descriptor of it, for looking, not for reading; opened if it was known by its name so far.
    ///
    /// # Errors
    /// `ENFILE` when there is none to be had, `ENOENT` when somebody took the name away by other means than the export.
    pub(super) fn fd(&self) -> Result<BorrowedFd<'_>> {
        if let Some(held) = self.held.get() {
            return Ok(held.fd.as_fd());
        }
        let found = self.found()?;
        let place = found.place()?;
        let (fd, _) = found.open(self.id, OFlags::PATH)?;
        Ok(self.hold(fd, None, place))
    }

    /// Keeps `fd`, if somebody else was not faster.
    fn hold(&self, fd: OwnedFd, reads: Option<Access>, place: Place) -> BorrowedFd<'_> {
        let held = Held {
            fd,
            reads,
            _place: place,
        };
        self.held.get_or_init(|| held).fd.as_fd()
    }

    fn found(&self) -> Result<&Found> {
        self.found
            .as_ref()
            .ok_or_else(|| Error::new(Errno::BADF, "neither a descriptor nor a name is known"))
    }

    /// The child `name`, itself if it is a link.
    ///
    /// # Errors
    /// Those of *openat2(2)*.
    pub(super) fn child(self: &Arc<Self>, name: &str, budget: &Budget) -> Result<Self> {
        self.resolve(name, STEP, budget)
    }

    /// The child `name` if the kernel knows it without asking a disk.
    ///
    /// # Errors
    /// `EAGAIN` when it does not know.
    pub(super) fn cached_child(self: &Arc<Self>, name: &str, budget: &Budget) -> Result<Self> {
        self.resolve(name, STEP | ResolveFlags::CACHED, budget)
    }

    fn resolve(self: &Arc<Self>, name: &str, how: ResolveFlags, budget: &Budget) -> Result<Self> {
        check_name(name)?;
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat2(self.fd()?, name, flags, Mode::empty(), how)
            .map_err(|errno| Error::new(errno, name.to_owned()))?;
        let mut child = Self::new(fd, budget)?;
        if child.kind == Kind::File {
            child.found = Some(Found::held(self, name));
        }
        Ok(child)
    }

    /// Makes sure that its own descriptor is open for reading, if an *open(2)* now would come to the same; true if it is. What
    /// is known by its name is opened for it.
    ///
    /// # Errors
    /// Those of *open(2)*.
    pub(super) fn read_through(&self) -> Result<bool> {
        if let Some(held) = self.held.get() {
            // Somebody else may have changed the permissions since.
            let same = |then| look(&held.fd).is_ok_and(|now| Access::of(&now) == then);
            return Ok(held.reads.is_some_and(same));
        }
        let found = self.found()?;
        let place = found.place()?;
        let (fd, stat) = found.open(self.id, OFlags::RDONLY)?;
        self.hold(fd, Some(Access::of(&stat)), place);
        // If somebody else was faster, what they opened need not be for reading.
        Ok(self.held.get().is_some_and(|held| held.reads.is_some()))
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
        // Held first, so that the fid it is opened for stays with its file whoever takes the name away.
        let number = self.number()?;
        let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
        // By the name that it was found by, which takes the kernel less than the way through `/proc`. While this handle holds the
        // file, no other has its number.
        if let Some(found) = &self.found
            && let Ok((fd, _)) = found.open(self.id, flags)
        {
            return Ok(fd);
        }
        // The one magic link followed on purpose: it leads to the descriptor's file by construction, not by name.
        rustix::fs::openat(proc, number, flags, Mode::empty())
            .map_err(|errno| Error::new(errno, "open"))
    }

    /// The name of this handle's descriptor in `/proc/self/fd`.
    pub(super) fn number(&self) -> Result<String> {
        Ok(self.fd()?.as_raw_fd().to_string())
    }

    /// Where the kernel says that the file lies now; for telling people, not for finding it again.
    pub(super) fn path(&self, proc: &OwnedFd) -> Vec<u8> {
        let path = self
            .number()
            .and_then(|number| Ok(rustix::fs::readlinkat(proc, number, Vec::new())?));
        path.map(|path| path.into_bytes()).unwrap_or_default()
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

    /// Attributes as they are now; of those beside the basic ones, what `mask` asks for.
    ///
    /// # Errors
    /// As [`Self::fd`], and those of *statx(2)*.
    pub(super) fn attr(&self, root: &Self, mask: u64) -> Result<Attr> {
        if mask & BTIME != 0 {
            let stat = stat(self.fd()?)?;
            let ctime = stat.stx_ctime;
            return Ok(full(
                &stat,
                self.qid_at(root, ctime.tv_sec, ctime.tv_nsec.into()),
            ));
        }
        let stat = match self.held.get() {
            Some(held) => look(&held.fd)?,
            None => self.found()?.look(self.id)?,
        };
        let qid = self.qid_at(root, stat.st_ctime, stat.st_ctime_nsec);
        Ok(basic(&stat, qid))
    }

    /// The qid after a look that saw this `ctime`.
    fn qid_at(&self, root: &Self, ctime: i64, nsec: u64) -> Qid {
        self.version.store(version(ctime, nsec), Ordering::Relaxed);
        self.qid(root)
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

/// What *fstat(2)* says, which is less, and costs less.
pub(super) fn look(fd: impl AsFd) -> Result<Stat> {
    rustix::fs::fstat(fd).map_err(|errno| Error::new(errno, "stat"))
}

fn kind(file: FileType) -> Kind {
    match file {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}

fn full(stat: &Statx, qid: Qid) -> Attr {
    let ctime = stat.stx_ctime;
    Attr {
        valid: Attr::BASIC | BTIME | DATA_VERSION,
        qid,
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
        ctime: time(ctime),
        btime: time(stat.stx_btime),
        generation: 0,
        data_version: nanoseconds(ctime.tv_sec, ctime.tv_nsec.into()),
    }
}

/// The same without the time of birth.
fn basic(stat: &Stat, qid: Qid) -> Attr {
    Attr {
        valid: Attr::BASIC | DATA_VERSION,
        qid,
        mode: stat.st_mode,
        uid: stat.st_uid,
        gid: stat.st_gid,
        nlink: wide(stat.st_nlink),
        rdev: device(
            rustix::fs::major(stat.st_rdev),
            rustix::fs::minor(stat.st_rdev),
        ),
        size: wide(stat.st_size),
        blksize: wide(stat.st_blksize),
        blocks: wide(stat.st_blocks),
        atime: moment(stat.st_atime, stat.st_atime_nsec),
        mtime: moment(stat.st_mtime, stat.st_mtime_nsec),
        ctime: moment(stat.st_ctime, stat.st_ctime_nsec),
        btime: Time::default(),
        generation: 0,
        data_version: nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
    }
}

/// A number whose type is another on other machines, and which is never negative.
fn wide(number: impl TryInto<u64>) -> u64 {
    number.try_into().unwrap_or_default()
}

/// Bytes that the file counts for: those of its content.
pub(super) fn bytes(stat: &Statx) -> u64 {
    if FileType::from_raw_mode(u32::from(stat.stx_mode)) == FileType::RegularFile {
        stat.stx_size
    } else {
        0
    }
}

pub(super) fn id(stat: &Stat) -> Id {
    Id {
        dev: device(
            rustix::fs::major(stat.st_dev),
            rustix::fs::minor(stat.st_dev),
        ),
        ino: stat.st_ino,
    }
}

fn device(major: u32, minor: u32) -> u64 {
    u64::from(major) << 32 | u64::from(minor)
}

pub(super) fn time(at: StatxTimestamp) -> Time {
    moment(at.tv_sec, at.tv_nsec.into())
}

/// Times before 1970 cannot be said on the wire.
fn moment(sec: i64, nsec: u64) -> Time {
    u64::try_from(sec).map_or_else(|_| Time::default(), |sec| Time { sec, nsec })
}

fn nanoseconds(sec: i64, nsec: u64) -> u64 {
    sec.cast_unsigned()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(nsec)
}

/// Changes whenever `ctime` does; 0 would forbid caching.
fn version(ctime: i64, nsec: u64) -> u32 {
    let at = nanoseconds(ctime, nsec);
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
