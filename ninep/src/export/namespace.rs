//! Changes of names: files, folders and links that are made, moved and removed. Everything here may block.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};

use super::content::OpenFile;
use super::handle::{self, Handle, STEP};
use super::inodes::Entered;
use super::observer::{Kind, Observer, Renamed};
use super::pace::Medium;
use super::{Shared, check_name};
use crate::error::{Errno, Error, Result};
use crate::tree::{OpenFlags, Peer};
use crate::wire::Time;

/// Permission bits that a client gives to what it makes; the set-id bits are never born.
fn permissions(mode: u32) -> Mode {
    Mode::from_raw_mode(mode & 0o1777)
}

impl Shared {
    /// The observer, with the names held still for it until the guard is dropped; none if nobody listens.
    fn observing(&self) -> Option<(&Arc<dyn Observer>, MutexGuard<'_, ()>)> {
        let observer = self.observer.as_ref()?;
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        Some((observer, names))
    }

    /// Tells that `name` was made in `dir`: `made`, unless there is no descriptor left to say more of it.
    fn tell_made(&self, peer: &Peer, dir: &Handle, name: &str, kind: Kind, made: Option<&Handle>) {
        if let Some(observer) = &self.observer {
            let when = Self::changed(&[dir, made.unwrap_or(dir)]);
            observer.made(peer, &self.path_in(dir, name), kind, when);
        }
    }

    /// Tells that attributes of `handle` changed.
    pub(super) fn tell_touched(&self, peer: &Peer, handle: &Handle) -> Result<()> {
        if let Some(observer) = &self.observer {
            let stat = handle::stat(handle.fd()?)?;
            observer.touched(peer, handle::time(stat.stx_ctime));
        }
        Ok(())
    }

    /// The path of `name` in `dir`, relative to the root, for telling.
    fn path_in(&self, dir: &Handle, name: &str) -> String {
        let mut path = self.path_of(dir);
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        path
    }

    /// The path of `file`, relative to the root, for telling.
    pub(super) fn path_of(&self, file: &Handle) -> String {
        let root = self.root.path(&self.proc);
        let path = file.path(&self.proc);
        let below = path.strip_prefix(root.as_slice()).unwrap_or(&path);
        String::from_utf8_lossy(below.strip_prefix(b"/").unwrap_or(below)).into_owned()
    }

    /// When any of `touched` last changed: a name is a change of its folder, and a kernel may stamp one after the other.
    fn changed(touched: &[&Handle]) -> Time {
        let ctime = |handle: &&Handle| {
            let stat = handle.fd().and_then(handle::stat);
            stat.ok().map(|stat| handle::time(stat.stx_ctime))
        };
        touched.iter().filter_map(ctime).max().unwrap_or_default()
    }

    /// Makes and opens `name`, or opens it if it is there and `flags` allow.
    pub(super) fn create(
        self: &Arc<Self>,
        peer: &Peer,
        dir: &Arc<Handle>,
        name: &str,
        flags: OpenFlags,
        mode: u32,
    ) -> Result<(Arc<Handle>, OpenFile)> {
        check_name(name)?;
        let tell = |error: Error| error.context(format!("create {name}"));
        let place = self.budget.take().map_err(tell)?;
        let observing = self.observing();
        let how = super::content::open_flags(flags)
            | OFlags::CREATE
            | OFlags::EXCL
            | OFlags::NOFOLLOW
            | OFlags::CLOEXEC;
        match rustix::fs::openat2(dir.fd()?, name, how, permissions(mode), STEP) {
            Ok(fd) => {
                let handle = Arc::new(Handle::at(place, fd).map_err(tell)?);
                let file = OpenFile::created(self, peer, &handle, dir, flags).map_err(tell)?;
                self.tell_made(peer, dir, name, Kind::File, Some(&handle));
                Ok((handle, file))
            }
            Err(Errno::EXIST) if !flags.has(OpenFlags::EXCL) => {
                let handle = Arc::new(dir.child(name, &self.budget).map_err(tell)?);
                if handle.kind() == Kind::Folder {
                    return Err(tell(Errno::ISDIR.into()));
                }
                drop(observing);
                let file =
                    OpenFile::open(self, peer, &handle, flags, OFlags::empty()).map_err(tell)?;
                Ok((handle, file))
            }
            Err(errno) => Err(tell(errno.into())),
        }
    }

    pub(super) fn mkdir(
        &self,
        peer: &Peer,
        dir: &Arc<Handle>,
        name: &str,
        mode: u32,
    ) -> Result<Handle> {
        check_name(name)?;
        let _observing = self.observing();
        rustix::fs::mkdirat(dir.fd()?, name, permissions(mode))
            .map_err(|errno| Error::new(errno, format!("mkdir {name}")))?;
        let made = dir.child(name, &self.budget);
        self.tell_made(peer, dir, name, Kind::Folder, made.as_ref().ok());
        made
    }

    pub(super) fn symlink(
        &self,
        peer: &Peer,
        dir: &Arc<Handle>,
        name: &str,
        target: &str,
    ) -> Result<Handle> {
        check_name(name)?;
        let _observing = self.observing();
        rustix::fs::symlinkat(target, dir.fd()?, name)
            .map_err(|errno| Error::new(errno, format!("symlink {name}")))?;
        let made = dir.child(name, &self.budget);
        self.tell_made(peer, dir, name, Kind::Link, made.as_ref().ok());
        made
    }

    /// Gives the file of `target` the further name `name` in `dir`.
    pub(super) fn link(
        &self,
        peer: &Peer,
        target: &Handle,
        dir: &Arc<Handle>,
        name: &str,
    ) -> Result<()> {
        check_name(name)?;
        let tell = |errno: Errno| Error::new(errno, format!("link {name}"));
        if !self.hard_links.load(Ordering::Relaxed) || target.kind() == Kind::Folder {
            return Err(tell(Errno::PERM));
        }
        let _observing = self.observing();
        // The magic link leads to the very file, whatever its name is now.
        let follow = AtFlags::SYMLINK_FOLLOW;
        rustix::fs::linkat(&self.proc, target.number()?, dir.fd()?, name, follow).map_err(tell)?;
        self.tell_made(peer, dir, name, target.kind(), Some(target));
        Ok(())
    }

    pub(super) fn unlink(
        &self,
        peer: &Peer,
        dir: &Arc<Handle>,
        name: &str,
        folder: bool,
    ) -> Result<()> {
        check_name(name)?;
        let tell = |error: Error| error.context(format!("remove {name}"));
        let flags = if folder {
            AtFlags::REMOVEDIR
        } else {
            AtFlags::empty()
        };
        let remove = || {
            self.taking(&[(dir, name)], || {
                Ok(rustix::fs::unlinkat(dir.fd()?, name, flags)?)
            })
        };
        let Some((observer, _names)) = self.observing() else {
            return remove().map_err(tell);
        };
        let child = dir.child(name, &self.budget).map_err(tell)?;
        let path = self.path_in(dir, name);
        let ending = self.ending(&child).map_err(tell)?;
        let bytes = ending.end(remove).map_err(tell)?;
        observer.removed(peer, &path, child.kind(), bytes, Self::changed(&[dir]));
        Ok(())
    }

    pub(super) fn rename(
        &self,
        peer: &Peer,
        dir: &Arc<Handle>,
        name: &str,
        to: &Arc<Handle>,
        new_name: &str,
    ) -> Result<()> {
        check_name(name)?;
        check_name(new_name)?;
        let tell = |error: Error| error.context(format!("rename {name} to {new_name}"));
        let rename = || {
            self.taking(&[(dir, name), (to, new_name)], || {
                let (from, to) = (dir.fd()?, to.fd()?);
                let how = RenameFlags::empty();
                Ok(rustix::fs::renameat_with(from, name, to, new_name, how)?)
            })
        };
        let Some((observer, _names)) = self.observing() else {
            return rename().map_err(tell);
        };
        let child = dir.child(name, &self.budget).map_err(tell)?;
        let target = match to.child(new_name, &self.budget) {
            Ok(target) => Some(target),
            Err(error) if error.errno() == Errno::NOENT => None,
            Err(error) => return Err(tell(error)),
        };
        let (from, now) = (self.path_in(dir, name), self.path_in(to, new_name));
        // Two names of one file: rename(2) leaves both, and so nothing has changed.
        if target
            .as_ref()
            .is_some_and(|target| target.id() == child.id())
        {
            return rename().map_err(tell);
        }
        let replaced = match &target {
            Some(target) => {
                let ending = self.ending(target).map_err(tell)?;
                Some((target.kind(), ending.end(rename).map_err(tell)?))
            }
            None => {
                rename().map_err(tell)?;
                None
            }
        };
        let bytes = child
            .fd()
            .and_then(handle::stat)
            .map(|stat| handle::bytes(&stat))
            .unwrap_or_default();
        let renamed = Renamed {
            from,
            to: now,
            kind: child.kind(),
            bytes,
            replaced,
        };
        observer.renamed(peer, &renamed, Self::changed(&[dir, to, &child]));
        Ok(())
    }

    /// Runs `take`, which takes away `names`, after the files that are known by them were opened.
    fn taking<T>(
        &self,
        names: &[(&Arc<Handle>, &str)],
        take: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        // Only files in memory are known by their names, and whoever walks there must not wait for a disk mounted below.
        let in_memory = |(dir, _): &(&Arc<Handle>, &str)| self.medium(dir) == Medium::Memory;
        if !names.iter().any(in_memory) {
            return take();
        }
        self.known.taking(names, take)
    }

    /// Prepares for `file` to lose a name.
    fn ending(&self, file: &Handle) -> Result<Ending> {
        if file.kind() != Kind::File {
            return Ok(Ending {
                entered: None,
                last_name: true,
            });
        }
        let last_name = handle::stat(file.fd()?)?.stx_nlink <= 1;
        Ok(Ending {
            entered: Some(self.inodes.enter(file)?),
            last_name,
        })
    }
}

/// A file that is about to lose a name.
struct Ending {
    /// None for what has no content.
    entered: Option<Entered>,
    last_name: bool,
}

impl Ending {
    /// Takes the name away by `remove`, while nobody changes the file's size. Gives the bytes that are gone.
    fn end(self, remove: impl FnOnce() -> Result<()>) -> Result<u64> {
        let Some(entered) = self.entered else {
            return remove().map(|()| 0);
        };
        let mut state = entered.lock();
        remove()?;
        state.gone = self.last_name;
        Ok(state.size)
    }
}
