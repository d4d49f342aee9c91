//! Waiting for a file that a program writes.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;

use crate::session::LIMIT;

/// A folder whose changes are told by the kernel (inotify(7)), from the moment this is made.
pub struct Watched {
    fd: OwnedFd,
    folder: PathBuf,
}

impl Watched {
    /// Begins to watch a folder.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn new(folder: &Path) -> Result<Self> {
        let watch = || -> rustix::io::Result<OwnedFd> {
            let fd = inotify::init(inotify::CreateFlags::CLOEXEC)?;
            let done = inotify::WatchFlags::CLOSE_WRITE | inotify::WatchFlags::MOVED_TO;
            inotify::add_watch(&fd, folder, done)?;
            Ok(fd)
        };
        let fd = watch().with_context(|| format!("{} cannot be watched", folder.display()))?;
        Ok(Self {
            fd,
            folder: folder.to_owned(),
        })
    }

    /// Waits until `check` passes, which is tried after each file of the folder that was written.
    ///
    /// # Errors
    /// What `check` last failed with, when that is still so after [`LIMIT`].
    pub fn until(&self, mut check: impl FnMut() -> Result<()>) -> Result<()> {
        let end = Instant::now() + LIMIT;
        let mut buffer = [MaybeUninit::uninit(); 4096];
        loop {
            let Err(failed) = check() else { return Ok(()) };
            let rest = end.saturating_duration_since(Instant::now());
            let rest = Timespec::try_from(rest).context("a limit beyond all time")?;
            let ready = poll(&mut [PollFd::new(&self.fd, PollFlags::IN)], Some(&rest))
                .with_context(|| format!("{} cannot be waited on", self.folder.display()))?;
            if ready == 0 {
                return Err(failed);
            }
            let mut events = inotify::Reader::new(&self.fd, &mut buffer);
            events
                .next()
                .with_context(|| format!("{} gives no event", self.folder.display()))?;
        }
    }
}
