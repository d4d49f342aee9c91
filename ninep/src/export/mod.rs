//! Export: a real folder as a tree of [`Node`]s.
//!
//! A node is a handle, as a rule an `O_PATH` descriptor of the file itself, and never a path. A name that came over the wire is
//! resolved beneath the descriptor of its folder by *openat2(2)* with `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
//! RESOLVE_NO_MAGICLINKS`, one name at a time. What follows from it:
//!
//! - `..`, a symbolic link, or one that is swapped in while a request runs leads nowhere. Links are shown as links
//!   ([`Node::readlink`]) and followed by the client or by nobody.
//! - A node stays what it is when its folder is renamed, and a file that was removed stays readable through the fids that
//!   reached it.
//! - Only plain files and folders open. A device node, fifo or socket in the folder can be seen and removed, not opened.
//! - On a file system in memory a plain file that was walked to is known by folder, name and inode until something needs a
//!   descriptor of it: an open, a change, or a client that takes the name away, which then comes second. A file that was not
//!   opened, and that something else than the export moved or removed, is gone (`ENOENT`), never another one.
//! - A write takes set-user-id and set-group-id bits away first.
//! - Extended attributes are those of users (`user.*`). Byte-range locks bind the clients of one export among themselves.
//!
//! What may wait for a disk runs on the blocking pool of tokio; attributes, and names and bytes that the kernel has in its
//! caches, are answered at once, and on a file system in memory (tmpfs) everything is.
//!
//! Names on disk that are not UTF-8 cannot be said in 9P and are not listed. Who moves a folder out of the export by
//! other means than the export moves it together with the nodes that clients have in it. Inodes serve as qid
//! paths, so a file that takes over the inode of a removed one is told apart by the qid version (from `ctime`) alone.
//!
//! A large read of a file in memory whose answer goes to a unix or TCP socket is not copied: the kernel moves the file's pages
//! there ([`File::pages`](crate::tree::File::pages)). Its length is that at the time of the read; what somebody writes there before
//! the client has the answer may be in it.
//!
//! An [`Observer`] hears of every change, before the client that made it has its answer.
//!
//! ```no_run
//! # fn main() -> ninep::Result<()> {
//! use ninep::export::{Budget, Export};
//! use std::{path::Path, sync::Arc};
//!
//! let export = Export::open(Path::new("/srv/pictures"), Arc::new(()), Budget::of_process())?;
//! let root = export.root(); // ready for `ninep::server::Server`
//! # Ok(()) }
//! ```

mod budget;
mod buffers;
mod content;
mod file;
mod folder;
mod handle;
mod inodes;
mod locks;
mod names;
mod namespace;
mod node;
mod observer;
mod pace;
mod xattr;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags};

use crate::error::{Errno, Error, Result};
use crate::tree::Node;

pub use budget::Budget;
pub use observer::{Kind, Observer, Renamed};

use buffers::Buffers;
use handle::Handle;
use inodes::Inodes;
use locks::Locks;
use names::Names;
use pace::Medium;

/// A folder that is served. Cheap to clone.
#[derive(Clone)]
pub struct Export(Arc<Shared>);

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Export")
            .field(&self.0.root.path(&self.0.proc))
            .finish()
    }
}

/// What all nodes of one export share.
struct Shared {
    root: Arc<Handle>,
    /// `/proc/self/fd`: the way from an `O_PATH` descriptor to one that reads and writes (*proc(5)*).
    proc: OwnedFd,
    budget: Budget,
    inodes: Arc<Inodes>,
    locks: Arc<Locks>,
    /// Whether a file may be given a second name.
    hard_links: AtomicBool,
    /// None if nobody listens.
    observer: Option<Arc<dyn Observer>>,
    medium: Medium,
    buffers: Arc<Buffers>,
    /// The files that are known by their names.
    known: Arc<Names>,
    /// Held by whoever changes which names there are, so that what the observer is told is what was done.
    names: Mutex<()>,
    /// Held for reading by every change, for writing by [`Export::settled`].
    gate: RwLock<()>,
}

impl Export {
    /// Serves the folder at `dir`; symbolic links in `dir` itself are followed.
    ///
    /// # Errors
    /// `ENOTDIR`, `ENOENT` or `EACCES` for a `dir` that is no folder or cannot be reached; `ENOSYS` on a kernel without
    /// *openat2(2)* (before 5.6); `ENOENT` that names `/proc` where it is not mounted.
    pub fn open(dir: &Path, observer: Arc<dyn Observer>, budget: Budget) -> Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(CWD, dir, flags, Mode::empty())
            .map_err(|errno| Error::from(errno).context(format!("export {}", dir.display())))?;
        Self::beneath(fd, observer, budget)
    }

    /// Serves the folder that `folder` is a descriptor of.
    ///
    /// # Errors
    /// As [`Export::open`].
    pub fn beneath(folder: OwnedFd, observer: Arc<dyn Observer>, budget: Budget) -> Result<Self> {
        let root = Handle::new(folder, &budget)?;
        if root.kind() != Kind::Folder {
            return Err(Error::new(Errno::NOTDIR, "export: only a folder is served"));
        }
        let medium = Medium::of(root.fd()?);
        let shared = Shared {
            root: Arc::new(root),
            proc: open_proc()?,
            known: Arc::new(Names::new(budget.clone())),
            budget,
            inodes: Arc::default(),
            locks: Arc::default(),
            hard_links: AtomicBool::new(false),
            observer: observer.listens().then_some(observer),
            medium,
            buffers: Arc::default(),
            names: Mutex::new(()),
            gate: RwLock::new(()),
        };
        // A kernel that cannot keep names beneath the root is told now, not at the first walk.
        match shared.root.child(".probe", &shared.budget) {
            Err(error) if error.errno() == Errno::NOSYS => {
                Err(error
                    .context("export: the kernel has no openat2(2); Linux 5.6 or later is needed"))
            }
            _ => Ok(Self(Arc::new(shared))),
        }
    }

    /// Lets clients give a file a second name. They may not unless this is called: the sums that an [`Observer`] hears are
    /// of files with one name each.
    #[must_use]
    pub fn with_hard_links(self) -> Self {
        self.0.hard_links.store(true, Ordering::Relaxed);
        self
    }

    /// The folder's node.
    pub fn root(&self) -> Arc<dyn Node> {
        Arc::new(node::Entry::new(
            Arc::clone(&self.0),
            Arc::clone(&self.0.root),
        ))
    }

    /// A descriptor of the folder (`O_PATH`).
    #[expect(
        clippy::expect_used,
        reason = "a handle that was made from a descriptor has it for good"
    )]
    pub fn folder(&self) -> BorrowedFd<'_> {
        self.0
            .root
            .fd()
            .expect("the root was made from a descriptor, and a handle never lets go of one")
    }

    /// Runs `look` while no change is under way through this export: changes that clients ask for meanwhile wait. Blocks;
    /// not for use on a task.
    pub fn settled<T>(&self, look: impl FnOnce() -> T) -> T {
        let _still = self.0.gate.write().unwrap_or_else(PoisonError::into_inner);
        look()
    }
}

fn open_proc() -> Result<OwnedFd> {
    let tell =
        |errno: Errno| Error::from(errno).context("export: /proc/self/fd (is /proc mounted?)");
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(CWD, "/proc/self/fd", flags, Mode::empty()).map_err(tell)?;
    if rustix::fs::fstatfs(&fd).map_err(tell)?.f_type != rustix::fs::PROC_SUPER_MAGIC {
        return Err(tell(Errno::NOENT));
    }
    Ok(fd)
}

/// A name of one file in one folder, whatever the caller let through.
fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) {
        return Err(Error::new(
            Errno::INVAL,
            format!("{name:?} is not the name of a file"),
        ));
    }
    Ok(())
}
