//! Handles: files held by a descriptor.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat, Statx, StatxFlags, StatxTimestamp,
};

use super::budget::{Budget, Place};
use super::check_name;
use super::habit::Habit;
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
    /// `O_PATH`, or the open file itself if it was created here or opened [ahead](Self::ahead).
    fd: OwnedFd,
    kind: Kind,
    id: Id,
    /// Of the last look at the attributes.
    version: AtomicU32,
    /// Of a plain file.
    found: Option<Found>,
    /// If the descriptor was opened for reading before anybody asked: whom the file let do so.
    ahead: Option<Access>,
    /// Of a folder: what becomes of the files that are found in it.
    habit: Habit,
    _place: Place,
}

/// Where a plain file was found: the shortest way to open it, as long as it is still there.
#[derive(Debug)]
struct Found {
    folder: Arc<Handle>,
    name: Box<str>,
    /// Whether it was opened for reading since.
    read: AtomicBool,
}

impl Drop for Found {
    fn drop(&mut self) {
        if !*self.read.get_mut() {
            self.folder.habit.left();
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
        let stat = look(&fd)?;
        Ok(Self::seen(place, fd, &stat))
    }

    /// The same, with what [`look`] said of it.
    fn seen(place: Place, fd: OwnedFd, stat: &Stat) -> Self {
        Self {
            kind: kind(FileType::from_raw_mode(stat.st_mode)),
            id: id(stat),
            version: AtomicU32::new(version(stat.st_ctime, stat.st_ctime_nsec)),
            fd,
            found: None,
            ahead: None,
            habit: Habit::default(),
            _place: place,
        }
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
        let fd = rustix::fs::openat2(self, name, flags, Mode::empty(), how)
            .map_err(|errno| Error::new(errno, name.to_owned()))?;
        Ok(Self::new(fd, budget)?.found(self, name))
    }

    /// The child `name`, if it is a plain file that, as things have been lately, is likely to be opened for reading next: open for
    /// that already. None says nothing; the child is then to be had as ever. Asks the disk, if there is one.
    pub(super) fn child_ahead(self: &Arc<Self>, name: &str, budget: &Budget) -> Option<Self> {
        if !self.habit.foresees() || check_name(name).is_err() {
            return None;
        }
        // What is no plain file must not be touched: who opens a fifo or a device is felt at its other end.
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
        let named = rustix::fs::statx(self, name, flags, StatxFlags::TYPE).ok()?;
        if FileType::from_raw_mode(u32::from(named.stx_mode)) != FileType::RegularFile {
            return None;
        }
        let place = budget.take().ok()?;
        let fd = self.open_child(name, OFlags::RDONLY).ok()?;
        let stat = look(&fd).ok()?;
        let mut child = Self::seen(place, fd, &stat);
        if child.kind != Kind::File {
            return None;
        }
        child.ahead = Some(Access::of(&stat));
        Some(child.found(self, name))
    }

    /// Notes where it was found, if that may be of use.
    fn found(mut self, folder: &Arc<Self>, name: &str) -> Self {
        if self.kind == Kind::File {
            self.found = Some(Found {
                folder: Arc::clone(folder),
                name: name.into(),
                read: AtomicBool::new(false),
            });
        }
        self
    }

    /// Opens `name`, which was a plain file a moment ago.
    fn open_child(&self, name: &str, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        // A fifo that took the name must not be waited for.
        let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        rustix::fs::openat2(self, name, flags, Mode::empty(), STEP)
    }

    /// Whether its descriptor is open for reading, and an *open(2)* now would come to the same.
    pub(super) fn is_open(&self) -> bool {
        // Somebody else may have changed the permissions since.
        self.ahead
            .is_some_and(|then| look(self).is_ok_and(|now| Access::of(&now) == then))
    }

    /// It was opened for reading.
    pub(super) fn note_read(&self) {
        if let Some(found) = &self.found
            && !found.read.swap(true, Ordering::Relaxed)
        {
            found.folder.habit.read();
        }
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
        let flags = flags | OFlags::CLOEXEC | OFlags::NOCTTY;
        if let Some(fd) = self.open_where_found(flags) {
            return Ok(fd);
        }
        // The one magic link followed on purpose: it leads to the descriptor's file by construction, not by name.
        rustix::fs::openat(proc, self.number(), flags, Mode::empty())
            .map_err(|errno| Error::new(errno, "open"))
    }

    /// Opens the file by the name it was found by, which takes the kernel less than the way through `/proc`. None if another
    /// file has the name by now, or it cannot be opened at once.
    fn open_where_found(&self, flags: OFlags) -> Option<OwnedFd> {
        let Found { folder, name, .. } = self.found.as_ref()?;
        let fd = folder.open_child(name, flags).ok()?;
        // While this handle holds the file, no other has its number.
        (id(&look(&fd).ok()?) == self.id).then_some(fd)
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
        let ctime = stat.stx_ctime;
        self.version.store(
            version(ctime.tv_sec, ctime.tv_nsec.into()),
            Ordering::Relaxed,
        );
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
            data_version: nanoseconds(ctime.tv_sec, ctime.tv_nsec.into()),
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

/// What *fstat(2)* says, which is less, and costs less.
fn look(fd: impl AsFd) -> Result<Stat> {
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

/// Bytes that the file counts for: those of its content.
pub(super) fn bytes(stat: &Statx) -> u64 {
    if FileType::from_raw_mode(u32::from(stat.stx_mode)) == FileType::RegularFile {
        stat.stx_size
    } else {
        0
    }
}

fn id(stat: &Stat) -> Id {
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
    // Times before 1970 cannot be said on the wire.
    u64::try_from(at.tv_sec).map_or_else(
        |_| Time::default(),
        |sec| Time {
            sec,
            nsec: u64::from(at.tv_nsec),
        },
    )
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
