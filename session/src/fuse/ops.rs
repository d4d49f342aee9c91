//! What each request of the kernel comes to, in terms of fids.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use fuser::FileAttr;
use ninep::client::Entry;
use ninep::tree::OpenFlags;
use ninep::wire::{Attr, FileLock, LockStatus, Statfs};
use ninep::{Errno, Error, Result};

use super::attr::{self, Wanted};
use super::handles::{Handles, OpenFile};
use super::inodes::{Found, Inode, Inodes, ROOT};

/// How long the kernel may believe the attributes of data: others change it, too.
const DATA_TTL: Duration = Duration::from_secs(1);
/// The kind of `FileLock` that drops a lock.
const UNLOCK: u8 = 2;

/// The mount's state and its work.
#[derive(Debug)]
pub(super) struct Ops {
    pub(super) inodes: Inodes,
    pub(super) handles: Handles,
}

/// A file for the kernel: its attributes, and for how long they hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) attr: FileAttr,
    pub(super) ttl: Duration,
}

/// A file that is open now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    pub(super) handle: u64,
    /// Nothing of it may be cached.
    pub(super) direct: bool,
}

fn known(ino: u64, attr: &Attr) -> Known {
    let ttl = if attr.qid.version == 0 {
        Duration::ZERO
    } else {
        DATA_TTL
    };
    Known {
        attr: attr::to_kernel(ino, attr),
        ttl,
    }
}

/// The flags that mean something to a server: how to read and write, and `EXCL`, `TRUNC`, `APPEND`.
fn server_flags(flags: i32) -> OpenFlags {
    let mask = 3 | OpenFlags::EXCL.0 | OpenFlags::TRUNC.0 | OpenFlags::APPEND.0;
    OpenFlags(flags.cast_unsigned() & mask)
}

impl Ops {
    pub(super) async fn lookup(&self, parent: u64, name: &str) -> Result<Known> {
        let (fid, attr) = if self.inodes.is_services(parent) {
            let fid = self.inodes.namespace().fid(&format!("/{name}")).await?;
            let attr = fid.getattr().await?;
            (fid, attr)
        } else {
            self.inodes.fid(parent).await?.walk_stat(name).await?
        };
        let inode = self.inodes.enter(Found {
            parent,
            name,
            qid: attr.qid,
            fid: Some(fid),
        });
        Ok(known(inode.ino, &attr))
    }

    pub(super) async fn getattr(&self, ino: u64, handle: Option<u64>) -> Result<Known> {
        if self.inodes.is_services(ino) {
            let qid = ninep::tree::synthetic_qid(ninep::wire::QidKind::DIR);
            return Ok(known(ROOT, &Attr::synthetic(qid, 0o500)));
        }
        // What was unlinked while it is open is known by its handle alone.
        if let Some(open) = handle.and_then(|handle| self.handles.file(handle).ok()) {
            return Ok(known(ino, &open.file.fid().getattr().await?));
        }
        Ok(known(ino, &self.inodes.fid(ino).await?.getattr().await?))
    }

    pub(super) async fn setattr(
        &self,
        ino: u64,
        handle: Option<u64>,
        wanted: Wanted,
    ) -> Result<Known> {
        let change = attr::to_server(wanted);
        match handle.and_then(|handle| self.handles.file(handle).ok()) {
            Some(open) => open.file.fid().setattr(change).await?,
            None => self.inodes.fid(ino).await?.setattr(change).await?,
        }
        self.getattr(ino, handle).await
    }

    pub(super) async fn open(&self, ino: u64, flags: i32) -> Result<Opened> {
        let synthetic = self.inodes.get(ino)?.is_synthetic();
        let mut flags = server_flags(flags);
        if synthetic {
            flags = flags | OpenFlags::NONBLOCK;
        }
        let file = self
            .inodes
            .fid(ino)
            .await?
            .walk("")
            .await?
            .open(flags)
            .await?;
        Ok(Opened {
            handle: self.handles.add_file(file),
            direct: synthetic,
        })
    }

    pub(super) async fn create(
        &self,
        parent: u64,
        name: &str,
        mode: u32,
        flags: i32,
    ) -> Result<(Known, Opened)> {
        let folder = self.inodes.fid(parent).await?;
        let file = folder
            .walk("")
            .await?
            .create(name, server_flags(flags), mode & 0o7777)
            .await?;
        let (fid, attr) = folder.walk_stat(name).await?;
        let inode = self.inodes.enter(Found {
            parent,
            name,
            qid: attr.qid,
            fid: Some(fid),
        });
        let opened = Opened {
            handle: self.handles.add_file(file),
            direct: inode.is_synthetic(),
        };
        Ok((known(inode.ino, &attr), opened))
    }

    pub(super) async fn release(&self, handle: u64) -> Result<()> {
        match self.handles.remove(handle).map(Arc::into_inner) {
            Some(Some(open)) => open.file.clunk().await,
            // A read is still under way: its end is the clunk.
            _ => Ok(()),
        }
    }

    pub(super) async fn opendir(&self, ino: u64) -> Result<u64> {
        let entries = if self.inodes.is_services(ino) {
            self.inodes.namespace().list("/").await?
        } else {
            self.inodes.fid(ino).await?.list("").await?
        };
        Ok(self.handles.add_folder(entries))
    }

    /// Enters an entry of a listing, as a lookup would.
    pub(super) fn enter_listed(&self, parent: u64, entry: &Entry) -> Known {
        let inode = self.inodes.enter(Found {
            parent,
            name: &entry.name,
            qid: entry.attr.qid,
            fid: None,
        });
        known(inode.ino, &entry.attr)
    }

    pub(super) async fn mkdir(&self, parent: u64, name: &str, mode: u32) -> Result<Known> {
        self.inodes
            .fid(parent)
            .await?
            .mkdir(name, mode & 0o7777)
            .await?;
        self.lookup(parent, name).await
    }

    pub(super) async fn symlink(&self, parent: u64, name: &str, target: &str) -> Result<Known> {
        self.inodes.fid(parent).await?.symlink(name, target).await?;
        self.lookup(parent, name).await
    }

    pub(super) async fn link(&self, ino: u64, parent: u64, name: &str) -> Result<Known> {
        let (folder, target) = (self.inodes.fid(parent).await?, self.inodes.fid(ino).await?);
        folder.link(&target, name).await?;
        self.lookup(parent, name).await
    }

    pub(super) async fn unlink(&self, parent: u64, name: &str, dir: bool) -> Result<()> {
        self.inodes.fid(parent).await?.unlink(name, dir).await
    }

    pub(super) async fn rename(
        &self,
        from: (u64, &str),
        to: (u64, &str),
        no_replace: bool,
    ) -> Result<()> {
        let (old, new) = (self.inodes.fid(from.0).await?, self.inodes.fid(to.0).await?);
        if no_replace && new.stat(to.1).await.is_ok() {
            return Err(Errno::EXIST.into());
        }
        old.rename(from.1, &new, to.1).await
    }

    pub(super) async fn readlink(&self, ino: u64) -> Result<String> {
        self.inodes.fid(ino).await?.readlink().await
    }

    pub(super) async fn statfs(&self, ino: u64) -> Result<Statfs> {
        if self.inodes.is_services(ino) {
            return Ok(Statfs {
                kind: 0,
                bsize: 4096,
                blocks: 0,
                bfree: 0,
                bavail: 0,
                files: 0,
                ffree: 0,
                fsid: 0,
                namelen: 255,
            });
        }
        self.inodes.fid(ino).await?.statfs().await
    }

    /// An extended attribute; with an empty name, the list of names.
    pub(super) async fn xattr(&self, ino: u64, name: &str) -> Result<Bytes> {
        if ino == ROOT || self.inodes.get(ino)?.is_synthetic() {
            return Err(Errno::OPNOTSUPP.into());
        }
        self.inodes.fid(ino).await?.xattr(name).await
    }

    pub(super) async fn set_xattr(
        &self,
        ino: u64,
        name: &str,
        value: Bytes,
        flags: u32,
    ) -> Result<()> {
        self.inodes
            .fid(ino)
            .await?
            .set_xattr(name, value, flags)
            .await
    }

    /// The open file waits for more: returns when a read would give something.
    pub(super) async fn more(&self, ino: u64) -> Result<()> {
        let inode: Arc<Inode> = self.inodes.get(ino)?;
        let (parent, name) = inode.place();
        let end = self
            .inodes
            .fid(parent)
            .await?
            .walk(&format!("{name}@end"))
            .await?;
        let feed = end.open(OpenFlags::RDONLY).await?;
        feed.read_at(0, 1).await.map(|_| ())
    }

    /// Takes or drops a lock; with `wait`, as soon as it is to be had.
    pub(super) async fn set_lock(&self, open: &OpenFile, lock: FileLock, wait: bool) -> Result<()> {
        // A server never parks a lock (v9fs polls as well): asked again at growing intervals.
        let mut pause = Duration::from_millis(10);
        open.locked.store(true, Ordering::Relaxed);
        loop {
            let status = open.file.lock(lock.clone()).await?;
            if status == LockStatus::Success as u8 {
                return Ok(());
            }
            if status != LockStatus::Blocked as u8 && status != LockStatus::Grace as u8 {
                return Err(Errno::NOLCK.into());
            }
            if !wait {
                return Err(Errno::AGAIN.into());
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(1));
        }
    }

    /// What close(2) promises: the locks of the owner on this file are gone.
    pub(super) async fn flush(&self, handle: u64, owner: u32) -> Result<()> {
        let open = self.handles.file(handle)?;
        if open.locked.load(Ordering::Relaxed) {
            open.file.lock(lock(UNLOCK, 0, 0, owner)).await?;
        }
        Ok(())
    }
}

/// A lock of `owner` on `length` bytes from `start`; 0 bytes reach to the end.
pub(super) fn lock(kind: u8, start: u64, length: u64, owner: u32) -> FileLock {
    FileLock {
        kind,
        start,
        length,
        proc_id: owner,
        client_id: "goblin-mount".into(),
    }
}

/// The refusal of a name that is not UTF-8, which 9P cannot carry.
pub(super) fn not_text() -> Error {
    Error::new(Errno::ILSEQ, "a name that is not UTF-8")
}
