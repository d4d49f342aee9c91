//! Files that are known by their names.
//!
//! On a file system in memory a plain file that was walked to is not opened: its folder, its name and its inode are kept, and
//! a descriptor is had when something asks for one. Who only looks at a file costs two system calls instead of four, and no
//! descriptor. What must hold all the same: a fid stays with its file. So whoever takes a name away through the export first
//! has the files opened that are known by it ([`Names::taking`]).

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags, Stat};

use super::budget::{Budget, Place};
use super::check_name;
use super::handle::{Handle, Id, id, look};
use crate::error::{Errno, Error, Result};

/// The names that files are known by.
#[derive(Debug)]
pub(super) struct Names {
    budget: Budget,
    hasher: RandomState,
    /// By the hash of folder and name; two that share one are only opened sooner than need be.
    known: Mutex<HashMap<u64, Vec<Weak<Handle>>>>,
}

/// Where a plain file was found.
#[derive(Debug)]
pub(super) struct Found {
    folder: Arc<Handle>,
    name: Box<str>,
    /// Where it is known by its name, and under which hash.
    known: Option<(Arc<Names>, u64)>,
}

impl Names {
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            budget,
            hasher: RandomState::new(),
            known: Mutex::default(),
        }
    }

    /// The child `name` of `folder`, known by its name, if it is a plain file of the folder's own file system. None says
    /// nothing; the child is then to be had as ever.
    pub(super) fn child(self: &Arc<Self>, folder: &Arc<Handle>, name: &str) -> Option<Arc<Handle>> {
        check_name(name).ok()?;
        let hash = self.hash(folder, name);
        // Held from the look to the note, so that nobody takes the name away between the two.
        let mut known = self.lock();
        let stat = named(folder, name).ok()?;
        let found = Found {
            folder: Arc::clone(folder),
            name: name.into(),
            known: Some((Arc::clone(self), hash)),
        };
        let child = Arc::new(Handle::known(&stat, found)?);
        known.entry(hash).or_default().push(Arc::downgrade(&child));
        Some(child)
    }

    /// Runs `take`, which takes away the names given, each of a folder. The files that are known by them are opened before.
    ///
    /// # Errors
    /// `ENFILE` when there is no descriptor left for one of them: then nothing was taken away. Else those of `take`.
    pub(super) fn taking<T>(
        &self,
        names: &[(&Arc<Handle>, &str)],
        take: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        // Declared first, dropped last: the last hold on a handle wants the lock.
        let mut files: Vec<Arc<Handle>> = Vec::new();
        let known = self.lock();
        for (folder, name) in names {
            let handles = known.get(&self.hash(folder, name)).into_iter().flatten();
            files.extend(handles.filter_map(Weak::upgrade));
        }
        for file in &files {
            match file.fd() {
                // Somebody else has taken it away already.
                Err(error) if error.errno() != Errno::NOENT => return Err(error),
                _ => {}
            }
        }
        let taken = take();
        drop(known);
        taken
    }

    fn forget(&self, hash: u64, file: *const Handle) {
        let mut known = self.lock();
        if let Some(handles) = known.get_mut(&hash) {
            handles.retain(|handle| !std::ptr::eq(handle.as_ptr(), file));
            if handles.is_empty() {
                known.remove(&hash);
            }
        }
    }

    fn hash(&self, folder: &Handle, name: &str) -> u64 {
        self.hasher.hash_one((folder.id(), name))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Vec<Weak<Handle>>>> {
        // Each change is one step, so a panic elsewhere cannot have spoiled it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Found {
    /// The file of a handle that has its own descriptor.
    pub(super) fn held(folder: &Arc<Handle>, name: &str) -> Self {
        Self {
            folder: Arc::clone(folder),
            name: name.into(),
            known: None,
        }
    }

    /// Of its folder.
    pub(super) fn device(&self) -> u64 {
        self.folder.id().dev
    }

    /// What the kernel says of the file that has the name, if that is `file`.
    ///
    /// # Errors
    /// `ENOENT` when it is another or none.
    pub(super) fn look(&self, file: Id) -> Result<Stat> {
        let stat = named(&self.folder, &self.name).map_err(|error| self.gone_if_absent(error))?;
        if id(&stat) == file {
            Ok(stat)
        } else {
            Err(self.gone())
        }
    }

    /// Opens what has the name, if it is `file`, and tells what it is like.
    ///
    /// # Errors
    /// `ENOENT` when it is another or none, or those of *open(2)*.
    pub(super) fn open(&self, file: Id, flags: OFlags) -> Result<(OwnedFd, Stat)> {
        let mut flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        if !flags.contains(OFlags::PATH) {
            // A fifo that took the name must not be waited for.
            flags |= OFlags::NOCTTY | OFlags::NONBLOCK;
        }
        // The name is one name, checked when the file was found, and what it leads to is no link: openat2(2) with all its bounds
        // would come to the same, and takes longer.
        let fd = rustix::fs::openat(self.folder.fd()?, &*self.name, flags, Mode::empty())
            .map_err(|errno| self.gone_if_absent(errno.into()))?;
        let stat = look(&fd)?;
        if id(&stat) == file {
            Ok((fd, stat))
        } else {
            Err(self.gone())
        }
    }

    /// A place for the descriptor of a file that is known by its name.
    pub(super) fn place(&self) -> Result<Place> {
        match &self.known {
            Some((names, _)) => names.budget.take(),
            None => Err(self.gone()),
        }
    }

    /// What `file` was known by is known no more.
    pub(super) fn forget(&self, file: *const Handle) {
        if let Some((names, hash)) = &self.known {
            names.forget(*hash, file);
        }
    }

    fn gone_if_absent(&self, error: Error) -> Error {
        match error.errno() {
            Errno::NOENT | Errno::LOOP | Errno::NOTDIR => self.gone(),
            _ => error.context(self.name.to_string()),
        }
    }

    fn gone(&self) -> Error {
        Error::new(
            Errno::NOENT,
            format!(
                "{} was moved or removed by other means than the export",
                self.name
            ),
        )
    }
}

/// What the kernel says of `name` in `folder`, itself if it is a link.
fn named(folder: &Handle, name: &str) -> Result<Stat> {
    rustix::fs::statat(folder.fd()?, name, AtFlags::SYMLINK_NOFOLLOW).map_err(Error::from)
}
