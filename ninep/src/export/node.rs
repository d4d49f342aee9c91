use std::any::Any;
use std::sync::Arc;

use bytes::Bytes;
use rustix::fs::{AtFlags, Gid, Mode, OFlags, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, Uid};

use super::Shared;
use super::content::OpenFile;
use super::file::Content;
use super::folder::Listing;
use super::handle::Handle;
use super::observer::Kind;
use super::pace::{Medium, blocking};
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, Created, File, Node, OpenFlags, Peer};
use crate::wire::{Attr, Qid, SetAttr, Statfs, Time};

/// A file, folder or link of an export.
pub(super) struct Entry {
    shared: Arc<Shared>,
    handle: Arc<Handle>,
}

impl Entry {
    pub(super) fn new(shared: Arc<Shared>, handle: Arc<Handle>) -> Self {
        Self { shared, handle }
    }

    /// Runs `work` on this folder, off the task.
    fn here<T: Send + 'static>(
        &self,
        peer: &Peer,
        work: impl FnOnce(&Arc<Shared>, &Peer, &Arc<Handle>) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        let (shared, handle, peer) = (
            Arc::clone(&self.shared),
            Arc::clone(&self.handle),
            peer.clone(),
        );
        blocking(move || work(&shared, &peer, &handle))
    }

    /// Runs `work`, which changes this file or folder.
    fn change<T: Send + 'static>(
        &self,
        peer: &Peer,
        work: impl FnOnce(&Arc<Shared>, &Peer, &Arc<Handle>) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        self.shared.change(peer, &self.handle, work)
    }

    fn child(shared: &Arc<Shared>, handle: impl Into<Arc<Handle>>) -> Arc<dyn Node> {
        Arc::new(Self::new(Arc::clone(shared), handle.into()))
    }
}

impl Node for Entry {
    fn qid(&self) -> Qid {
        self.handle.qid(&self.shared.root)
    }

    fn getattr(&self, _: &Peer, mask: u64) -> Answer<Attr> {
        self.handle.attr(&self.shared.root, mask).into()
    }

    fn walk(&self, peer: &Peer, name: &str) -> Answer<Arc<dyn Node>> {
        if self.handle.kind() != Kind::Folder {
            return Answer::err(Errno::NOTDIR, format!("walk to {name}"));
        }
        if self.shared.medium(&self.handle) == Medium::Memory
            && let Some(known) = self.shared.known.child(&self.handle, name)
        {
            return Answer::ok(Self::child(&self.shared, known));
        }
        match self.handle.cached_child(name, &self.shared.budget) {
            Err(error) if error.errno() == Errno::AGAIN => {}
            known => return known.map(|handle| Self::child(&self.shared, handle)).into(),
        }
        let name = name.to_owned();
        self.here(peer, move |shared, _, folder| {
            folder
                .child(&name, &shared.budget)
                .map(|handle| Self::child(shared, handle))
        })
    }

    fn open(&self, peer: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        if self.handle.kind() == Kind::Folder && flags.writes() {
            return Answer::err(Errno::ISDIR, "open for writing");
        }
        if flags.has(OpenFlags::TRUNC) {
            return self.change(peer, move |shared, peer, handle| {
                open(shared, peer, handle, flags, OFlags::empty())
            });
        }
        let at_once = match self.shared.medium(&self.handle) {
            Medium::Memory => true,
            // The kernel holds the inode already, so a file that is only read asks no disk.
            Medium::Disk => self.handle.kind() == Kind::File && !flags.writes(),
            Medium::Other => false,
        };
        if at_once {
            // Refused when the file must be waited for because somebody has a lease on it (fcntl(2)).
            match open(&self.shared, peer, &self.handle, flags, OFlags::NONBLOCK) {
                Err(error) if error.errno() == Errno::AGAIN => {}
                opened => return opened.into(),
            }
        }
        self.here(peer, move |shared, peer, handle| {
            open(shared, peer, handle, flags, OFlags::empty())
        })
    }

    fn create(&self, peer: &Peer, name: &str, flags: OpenFlags, mode: u32) -> Answer<Created> {
        let name = name.to_owned();
        self.change(peer, move |shared, peer, folder| {
            let (handle, file) = shared.create(peer, folder, &name, flags, mode)?;
            let locks = shared.locks.holder(handle.id());
            Ok(Created {
                node: Arc::new(Self::new(Arc::clone(shared), handle)),
                file: Arc::new(Content::new(file, locks)),
            })
        })
    }

    fn mkdir(&self, peer: &Peer, name: &str, mode: u32) -> Answer<Qid> {
        let name = name.to_owned();
        self.change(peer, move |shared, peer, folder| {
            shared
                .mkdir(peer, folder, &name, mode)
                .map(|made| made.qid(&shared.root))
        })
    }

    fn symlink(&self, peer: &Peer, name: &str, target: &str) -> Answer<Qid> {
        let (name, target) = (name.to_owned(), target.to_owned());
        self.change(peer, move |shared, peer, folder| {
            shared
                .symlink(peer, folder, &name, &target)
                .map(|made| made.qid(&shared.root))
        })
    }

    fn link(&self, peer: &Peer, target: &Arc<dyn Node>, name: &str) -> Answer<()> {
        let target = match target.as_any().downcast_ref::<Self>() {
            Some(target) if Arc::ptr_eq(&target.shared, &self.shared) => Arc::clone(&target.handle),
            _ => return Answer::err(Errno::XDEV, format!("link {name}: not from another tree")),
        };
        let name = name.to_owned();
        self.change(peer, move |shared, peer, folder| {
            shared.link(peer, &target, folder, &name)
        })
    }

    fn unlink(&self, peer: &Peer, name: &str, dir: bool) -> Answer<()> {
        let name = name.to_owned();
        self.change(peer, move |shared, peer, folder| {
            shared.unlink(peer, folder, &name, dir)
        })
    }

    fn rename(&self, peer: &Peer, name: &str, to: &Arc<dyn Node>, new_name: &str) -> Answer<()> {
        let to = match to.as_any().downcast_ref::<Self>() {
            Some(to) if Arc::ptr_eq(&to.shared, &self.shared) => Arc::clone(&to.handle),
            _ => return Answer::err(Errno::XDEV, format!("rename {name}: not into another tree")),
        };
        let (name, new_name) = (name.to_owned(), new_name.to_owned());
        self.change(peer, move |shared, peer, folder| {
            shared.rename(peer, folder, &name, &to, &new_name)
        })
    }

    fn readlink(&self, _: &Peer) -> Answer<String> {
        if self.handle.kind() != Kind::Link {
            return Answer::err(Errno::INVAL, "readlink: not a symbolic link");
        }
        let target = self
            .handle
            .fd()
            .and_then(|fd| Ok(rustix::fs::readlinkat(fd, c"", Vec::new())?));
        let text = target.and_then(|target| {
            target
                .into_string()
                .map_err(|_| Error::new(Errno::ILSEQ, "the link's target is not UTF-8"))
        });
        text.map_err(|error| error.context("readlink")).into()
    }

    fn setattr(&self, peer: &Peer, change: SetAttr) -> Answer<()> {
        self.change(peer, move |shared, peer, handle| {
            set_attributes(shared, peer, handle, &change)
        })
    }

    fn statfs(&self, _: &Peer) -> Answer<Statfs> {
        let disk = self
            .handle
            .fd()
            .and_then(|fd| Ok(rustix::fs::fstatfs(fd)?))
            .map_err(|error| error.context("statfs"));
        disk.map(|disk| Statfs {
            // Magic numbers and block sizes are 32 bits wide by their nature; the kernel's types are wider.
            kind: u32::try_from(disk.f_type & 0xFFFF_FFFF).unwrap_or_default(),
            bsize: u32::try_from(disk.f_bsize).unwrap_or(u32::MAX),
            blocks: disk.f_blocks,
            bfree: disk.f_bfree,
            bavail: disk.f_bavail,
            files: disk.f_files,
            ffree: disk.f_ffree,
            fsid: self.handle.id().dev,
            namelen: u32::try_from(disk.f_namelen).unwrap_or(255),
        })
        .into()
    }

    fn xattr(&self, peer: &Peer, name: &str) -> Answer<Bytes> {
        let name = name.to_owned();
        self.here(peer, move |shared, _, handle| shared.xattr(handle, &name))
    }

    fn set_xattr(&self, peer: &Peer, name: &str, value: Bytes, flags: u32) -> Answer<()> {
        let name = name.to_owned();
        self.change(peer, move |shared, peer, handle| {
            shared.set_xattr(peer, handle, &name, &value, flags)
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Opens the file or folder of `handle`; `how` has flags beside those that the client may ask for.
fn open(
    shared: &Arc<Shared>,
    peer: &Peer,
    handle: &Arc<Handle>,
    flags: OpenFlags,
    how: OFlags,
) -> Result<Arc<dyn File>> {
    if handle.kind() == Kind::Folder {
        let listing = Listing::open(shared, handle)?;
        return Ok(Arc::new(listing));
    }
    let file = OpenFile::open(shared, peer, handle, flags, how)?;
    let locks = shared.locks.holder(handle.id());
    Ok(Arc::new(Content::new(file, locks)))
}

/// Changes what `change` names: owner, mode, size, times, in the order that lets the later ones stand.
fn set_attributes(shared: &Shared, peer: &Peer, handle: &Handle, change: &SetAttr) -> Result<()> {
    if change.has(SetAttr::UID | SetAttr::GID) {
        let uid = change.has(SetAttr::UID).then(|| Uid::from_raw(change.uid));
        let gid = change.has(SetAttr::GID).then(|| Gid::from_raw(change.gid));
        rustix::fs::chownat(handle.fd()?, c"", uid, gid, AtFlags::EMPTY_PATH)
            .map_err(|errno| Error::new(errno, "chown"))?;
    }
    if change.has(SetAttr::MODE) {
        if handle.kind() == Kind::Link {
            return Err(Error::new(
                Errno::OPNOTSUPP,
                "chmod: a symbolic link has no mode",
            ));
        }
        let mode = Mode::from_raw_mode(change.mode & 0o7777);
        rustix::fs::chmodat(&shared.proc, handle.number()?, mode, AtFlags::empty())
            .map_err(|errno| Error::new(errno, "chmod"))?;
    }
    if change.has(SetAttr::SIZE) {
        shared.truncate(peer, handle, change.size)?;
    }
    if change.has(SetAttr::ATIME | SetAttr::MTIME) {
        let times = Timestamps {
            last_access: stamp(change, SetAttr::ATIME, SetAttr::ATIME_SET, change.atime),
            last_modification: stamp(change, SetAttr::MTIME, SetAttr::MTIME_SET, change.mtime),
        };
        rustix::fs::utimensat(handle.fd()?, c"", &times, AtFlags::EMPTY_PATH)
            .map_err(|errno| Error::new(errno, "set times"))?;
    }
    if change.valid & !(SetAttr::SIZE | SetAttr::CTIME) != 0 {
        shared.tell_touched(peer, handle)?;
    }
    Ok(())
}

/// A time for *utimensat(2)*: as given, now, or left alone.
fn stamp(change: &SetAttr, wanted: u32, given: u32, at: Time) -> Timespec {
    if !change.has(wanted) {
        Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_OMIT,
        }
    } else if change.has(given) {
        let nsec = at.nsec.min(999_999_999);
        Timespec {
            tv_sec: i64::try_from(at.sec).unwrap_or(i64::MAX),
            // Fits: it is below a thousand million.
            tv_nsec: nsec.cast_signed(),
        }
    } else {
        Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_NOW,
        }
    }
}
