use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;

use crate::error::{Errno, Error, Result};
use crate::pages::Pages;
use crate::wire::{Attr, DirEntry, FileLock, LockStatus, Qid, SetAttr, Statfs};

/// Who is asking: what the kernel and the attach say of the other end of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// User id, from `SO_PEERCRED` (*unix(7)*) on a unix socket.
    pub uid: u32,
    /// Group id, likewise.
    pub gid: u32,
    /// Process that connected, likewise. It may have ended since.
    pub pid: Option<i32>,
    /// Program that it ran when it connected, cut to 15 bytes (`comm` in *proc(5)*): a label, never a credential.
    pub program: Option<Arc<str>>,
    /// The user name given in `Tattach`: a label, never a credential.
    pub uname: String,
}

/// A boxed future of a result, as the later forms of an [`Answer`] carry it.
pub type Pending<T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'static>>;

/// How a handler answers: at once, later, or when something happens.
///
/// The server runs the handler itself on the task that reads the connection. What is [`Answer::Now`] costs no task and no
/// wake-up; a handler that may block in any way answers [`Answer::Later`]. A read that waits for an event
/// answers [`Answer::Parked`]: it holds a tag and a waker and counts against no budget of work. Both are dropped when
/// the client flushes the request or goes away, so a future must be safe to drop at any `await`.
pub enum Answer<T> {
    /// The result.
    Now(Result<T>),
    /// Work that ends by itself.
    Later(Pending<T>),
    /// Waits for something that may never happen.
    Parked(Pending<T>),
}

impl<T> Answer<T> {
    /// A result that is there.
    pub fn ok(value: T) -> Self {
        Self::Now(Ok(value))
    }

    /// A refusal.
    pub fn err(errno: Errno, what: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::Now(Err(Error::new(errno, what)))
    }

    /// Work that ends by itself.
    pub fn later(work: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Self::Later(Box::pin(work))
    }

    /// A wait for an event.
    pub fn parked(wait: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        Self::Parked(Box::pin(wait))
    }

    /// Begins `work` here and now. What never has to wait is answered at once; the rest goes on beside.
    pub fn start(work: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        let mut work: Pending<T> = Box::pin(work);
        // Whoever takes the rest polls it again before it sleeps, and is then the one that is woken.
        let mut context = Context::from_waker(Waker::noop());
        match work.as_mut().poll(&mut context) {
            Poll::Ready(result) => Self::Now(result),
            Poll::Pending => Self::Later(work),
        }
    }

    /// Runs to the end, whichever form it has.
    ///
    /// # Errors
    /// Those of the handler.
    pub async fn get(self) -> Result<T> {
        match self {
            Self::Now(result) => result,
            Self::Later(work) | Self::Parked(work) => work.await,
        }
    }

    /// The same answer with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U + Send + 'static) -> Answer<U>
    where
        T: Send + 'static,
    {
        match self {
            Self::Now(result) => Answer::Now(result.map(change)),
            Self::Later(work) => Answer::later(async move { work.await.map(change) }),
            Self::Parked(work) => Answer::parked(async move { work.await.map(change) }),
        }
    }
}

impl<T> From<Result<T>> for Answer<T> {
    fn from(result: Result<T>) -> Self {
        Self::Now(result)
    }
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(result) => f.debug_tuple("Now").field(result).finish(),
            Self::Later(_) => f.write_str("Later"),
            Self::Parked(_) => f.write_str("Parked"),
        }
    }
}

/// Flags of `Tlopen` and `Tlcreate`: those of *open(2)* in the numbers of x86 and arm, which the protocol uses everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFlags(pub u32);

impl OpenFlags {
    /// Read only.
    pub const RDONLY: Self = Self(0);
    /// Write only.
    pub const WRONLY: Self = Self(1);
    /// Read and write.
    pub const RDWR: Self = Self(2);
    /// The file must not exist yet.
    pub const EXCL: Self = Self(0o200);
    /// Cut to nothing at open.
    pub const TRUNC: Self = Self(0o1000);
    /// Every write goes to the end.
    pub const APPEND: Self = Self(0o2000);
    /// A read that would park fails with `EAGAIN` instead.
    pub const NONBLOCK: Self = Self(0o4000);

    /// Whether all bits of `flag` are set.
    pub fn has(self, flag: Self) -> bool {
        self.0 & flag.0 == flag.0
    }

    /// Whether the file is opened for reading.
    pub fn reads(self) -> bool {
        matches!(self.0 & 3, 0 | 2)
    }

    /// Whether the file is opened for writing.
    pub fn writes(self) -> bool {
        matches!(self.0 & 3, 1 | 2)
    }
}

impl std::ops::BitOr for OpenFlags {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A file or folder of a tree: what a fid stands for until it is opened.
///
/// A node is a handle, not a path: it stays valid when its file is renamed, and there is no way for a name that came over
/// the wire to mean anything but a child of a node. The server itself answers `..` (it remembers how a fid was
/// reached) and refuses names that are empty, `.`, longer than 255 bytes, or hold `/` or NUL before a node sees them.
///
/// Every method but [`Node::qid`] and [`Node::getattr`] has a default that refuses with the errno a file system would
/// give, so a service writes only what its files can do.
pub trait Node: Send + Sync + 'static {
    /// The unique name of the file. Must be cheap.
    fn qid(&self) -> Qid;

    /// Attributes. `mask` names the fields the client wants (`P9_GETATTR_*`); more may be filled in.
    fn getattr(&self, peer: &Peer, mask: u64) -> Answer<Attr>;

    /// The child called `name`. `ENOTDIR` unless overridden.
    fn walk(&self, peer: &Peer, name: &str) -> Answer<Arc<dyn Node>> {
        let _ = peer;
        Answer::err(Errno::NOTDIR, format!("walk to {name}"))
    }

    /// Opens for I/O. On a folder the [`File`] answers `readdir`.
    fn open(&self, peer: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>>;

    /// Creates `name` in this folder and opens it.
    fn create(&self, peer: &Peer, name: &str, flags: OpenFlags, mode: u32) -> Answer<Created> {
        let _ = (peer, flags, mode);
        Answer::err(
            Errno::PERM,
            format!("create {name}: files are not created here"),
        )
    }

    /// Makes the folder `name` in this folder.
    fn mkdir(&self, peer: &Peer, name: &str, mode: u32) -> Answer<Qid> {
        let _ = (peer, mode);
        Answer::err(
            Errno::PERM,
            format!("mkdir {name}: folders are not made here"),
        )
    }

    /// Makes the symbolic link `name`, pointing at `target`.
    fn symlink(&self, peer: &Peer, name: &str, target: &str) -> Answer<Qid> {
        let _ = (peer, target);
        Answer::err(
            Errno::PERM,
            format!("symlink {name}: links are not made here"),
        )
    }

    /// Gives `target`, another node of the same tree, the further name `name` in this folder.
    fn link(&self, peer: &Peer, target: &Arc<dyn Node>, name: &str) -> Answer<()> {
        let _ = (peer, target);
        Answer::err(
            Errno::PERM,
            format!("link {name}: hard links are not made here"),
        )
    }

    /// Removes the child `name`; with `dir`, it must be an empty folder, without, it must not be one.
    fn unlink(&self, peer: &Peer, name: &str, dir: bool) -> Answer<()> {
        let _ = (peer, dir);
        Answer::err(
            Errno::PERM,
            format!("remove {name}: nothing is removed here"),
        )
    }

    /// Moves the child `name` to `to`, a folder of the same tree, under `new_name`, replacing what is there.
    fn rename(&self, peer: &Peer, name: &str, to: &Arc<dyn Node>, new_name: &str) -> Answer<()> {
        let _ = (peer, to, new_name);
        Answer::err(
            Errno::PERM,
            format!("rename {name}: nothing is renamed here"),
        )
    }

    /// Where a symbolic link points.
    fn readlink(&self, peer: &Peer) -> Answer<String> {
        let _ = peer;
        Answer::err(Errno::INVAL, "readlink: not a symbolic link")
    }

    /// Changes attributes. The default accepts a truncation and refuses everything else, which is what the files that
    /// take commands need: `echo verb > ctl` truncates before it writes.
    fn setattr(&self, peer: &Peer, change: SetAttr) -> Answer<()> {
        let _ = peer;
        let only_truncation =
            change.valid & !(SetAttr::SIZE | SetAttr::MTIME | SetAttr::CTIME) == 0;
        if only_truncation && change.size == 0 && !self.qid().kind.is_dir() {
            Answer::ok(())
        } else {
            Answer::err(
                Errno::PERM,
                "setattr: the attributes of this file are fixed",
            )
        }
    }

    /// The disk below the file. The default describes a synthetic tree, which has none.
    fn statfs(&self, peer: &Peer) -> Answer<Statfs> {
        let _ = peer;
        const V9FS_MAGIC: u32 = 0x0102_1997;
        Answer::ok(Statfs {
            kind: V9FS_MAGIC,
            bsize: 4096,
            blocks: 0,
            bfree: 0,
            bavail: 0,
            files: 0,
            ffree: 0,
            fsid: 0,
            namelen: 255,
        })
    }

    /// Opens the extended attribute `name` for reading, or the NUL-separated list of names when `name` is empty; gives its bytes.
    fn xattr(&self, peer: &Peer, name: &str) -> Answer<Bytes> {
        let _ = (peer, name);
        Answer::err(Errno::OPNOTSUPP, "extended attributes are not kept here")
    }

    /// Sets the extended attribute `name` (flags of *setxattr(2)*). An empty value with `XATTR_REPLACE` removes it: so
    /// Linux's client says *removexattr(2)*.
    fn set_xattr(&self, peer: &Peer, name: &str, value: Bytes, flags: u32) -> Answer<()> {
        let _ = (peer, name, value, flags);
        Answer::err(Errno::OPNOTSUPP, "extended attributes are not kept here")
    }

    /// For downcasting in [`Node::rename`] and [`Node::link`], whose target is a node of the same tree.
    fn as_any(&self) -> &dyn std::any::Any;
}

/// What [`Node::create`] made.
#[derive(Clone)]
pub struct Created {
    /// The new file.
    pub node: Arc<dyn Node>,
    /// The same, open.
    pub file: Arc<dyn File>,
}

impl fmt::Debug for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Created({:?})", self.node.qid())
    }
}

/// An open file: one for each open fid. Dropping it closes it.
pub trait File: Send + Sync + 'static {
    /// At most `count` bytes from `offset`; empty at the end.
    fn read(&self, peer: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let _ = (peer, offset, count);
        Answer::err(Errno::INVAL, "read: this file is not read")
    }

    /// The same, taken up at once and without copying, if the file can do that: asked where the answer goes to a socket of
    /// the kernel. `None`, the default, has it [read](Self::read).
    fn pages(&self, peer: &Peer, offset: u64, count: u32) -> Option<Pages> {
        let _ = (peer, offset, count);
        None
    }

    /// Writes `data` at `offset`; gives how many bytes were taken.
    fn write(&self, peer: &Peer, offset: u64, data: Bytes) -> Answer<u32> {
        let _ = (peer, offset, data);
        Answer::err(Errno::INVAL, "write: this file is not written")
    }

    /// Entries of a folder, from where `offset` (of the last entry had, or 0) says, worth at most `count` bytes.
    fn readdir(&self, peer: &Peer, offset: u64, count: u32) -> Answer<Vec<DirEntry>> {
        let _ = (peer, offset, count);
        Answer::err(Errno::NOTDIR, "readdir")
    }

    /// Makes what was written through any fid durable.
    fn fsync(&self, peer: &Peer, data_only: bool) -> Answer<()> {
        let _ = (peer, data_only);
        Answer::ok(())
    }

    /// Attributes of the open file, if it knows better than its node (a file that was unlinked, say).
    fn getattr(&self, peer: &Peer) -> Option<Answer<Attr>> {
        let _ = peer;
        None
    }

    /// Takes or drops a byte-range lock; never waits.
    fn lock(&self, peer: &Peer, lock: FileLock) -> Answer<LockStatus> {
        let _ = (peer, lock);
        Answer::err(Errno::OPNOTSUPP, "locks are not kept here")
    }

    /// The lock that stands in the way of `lock`, or the same with kind 2 (unlock) if none does.
    fn getlock(&self, peer: &Peer, lock: FileLock) -> Answer<FileLock> {
        let _ = (peer, lock);
        Answer::err(Errno::OPNOTSUPP, "locks are not kept here")
    }

    /// Called once when the fid is clunked or its connection ends, before the drop. What it answers is not waited for by
    /// other requests, but the clunk is answered with it.
    fn clunk(&self, peer: &Peer) -> Answer<()> {
        let _ = peer;
        Answer::ok(())
    }
}
