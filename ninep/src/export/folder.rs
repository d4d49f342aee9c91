use std::sync::{Arc, Mutex, PoisonError};

use rustix::fd::OwnedFd;
use rustix::fs::{OFlags, RawDir, SeekFrom};

use super::Shared;
use super::budget::Place;
use super::handle::{Handle, entry_qid};
use super::pace::{Medium, blocking};
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, File, Peer};
use crate::wire::{DirEntry, Str};

/// An open folder as a fid has it.
pub(super) struct Listing(Arc<Inner>);

struct Inner {
    /// Its position is the kernel's place in the folder, so one listing at a time moves it.
    fd: Mutex<OwnedFd>,
    dev: u64,
    root_dev: u64,
    in_memory: bool,
    _place: Place,
}

impl Listing {
    /// Opens the folder of `handle`.
    ///
    /// # Errors
    /// As [`Handle::reopen`].
    pub(super) fn open(shared: &Shared, handle: &Handle) -> Result<Self> {
        let place = shared.budget.take()?;
        let fd = handle.reopen(&shared.proc, OFlags::RDONLY | OFlags::DIRECTORY)?;
        Ok(Self(Arc::new(Inner {
            fd: Mutex::new(fd),
            dev: handle.id().dev,
            root_dev: shared.root.id().dev,
            in_memory: shared.medium(handle) == Medium::Memory,
            _place: place,
        })))
    }
}

impl Inner {
    /// Entries from `offset`, a place that the kernel gave, worth at most `count` bytes.
    fn list(&self, offset: u64, count: usize) -> Result<Vec<DirEntry>> {
        const ROOM: usize = 32 << 10;
        // More at a time would hold up others, and saves nobody anything.
        const PAGE: usize = 128 << 10;
        let count = count.min(PAGE);
        let tell = |errno: Errno| Error::new(errno, "readdir");
        let fd = self.fd.lock().unwrap_or_else(PoisonError::into_inner);
        rustix::fs::seek(&*fd, SeekFrom::Start(offset)).map_err(tell)?;
        let mut room = Vec::with_capacity(count.clamp(1024, ROOM));
        let mut names = RawDir::new(&*fd, room.spare_capacity_mut());
        let mut entries = Vec::new();
        let mut left = count;
        while let Some(entry) = names.next() {
            let entry = entry.map_err(tell)?;
            let name = match entry.file_name().to_str() {
                Ok("." | "..") => continue,
                Ok(name) => name,
                Err(_) => {
                    tracing::debug!("{:?} is not UTF-8 and is not listed", entry.file_name());
                    continue;
                }
            };
            let listed = DirEntry {
                qid: entry_qid(entry.file_type(), entry.ino(), self.dev, self.root_dev),
                offset: entry.next_entry_cookie(),
                name: Str::from(name),
            };
            if listed.wire_len() > left {
                if entries.is_empty() {
                    return Err(Error::new(
                        Errno::INVAL,
                        format!("readdir: {count} bytes do not hold one name"),
                    ));
                }
                break;
            }
            left -= listed.wire_len();
            entries.push(listed);
        }
        Ok(entries)
    }
}

impl File for Listing {
    fn readdir(&self, _: &Peer, offset: u64, count: u32) -> Answer<Vec<DirEntry>> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if self.0.in_memory {
            return self.0.list(offset, count).into();
        }
        let folder = Arc::clone(&self.0);
        blocking(move || folder.list(offset, count))
    }

    fn fsync(&self, _: &Peer, _: bool) -> Answer<()> {
        let folder = Arc::clone(&self.0);
        blocking(move || {
            let fd = folder.fd.lock().unwrap_or_else(PoisonError::into_inner);
            rustix::fs::fsync(&*fd).map_err(|errno| Error::new(errno, "fsync"))
        })
    }
}
