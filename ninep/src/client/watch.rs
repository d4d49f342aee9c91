use std::ffi::{OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::error::{Errno, Error, Result};

/// Watches a folder of sockets for names that appear (*inotify(7)*): waiting for a service costs nothing.
#[derive(Debug)]
pub(super) struct Watch {
    fd: AsyncFd<OwnedFd>,
    /// The folder itself is not there yet: this name on the way to it is waited for.
    way: Option<OsString>,
}

impl Watch {
    /// Starts to watch; what appears from now on is not missed. A folder that is not there yet is waited for, too.
    ///
    /// # Errors
    /// Those of *inotify_add_watch(2)*.
    pub(super) fn new(dir: &Path) -> Result<Self> {
        let mut way = None;
        let mut there = dir;
        while let (false, Some(above), Some(name)) =
            (there.exists(), there.parent(), there.file_name())
        {
            way = Some(name.to_owned());
            there = above;
        }

        let tell = |error: Error| error.context(format!("watch {}", dir.display()));
        let fd = inotify::init(inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC)
            .map_err(|errno| tell(errno.into()))?;
        let what = inotify::WatchFlags::CREATE
            | inotify::WatchFlags::MOVED_TO
            | inotify::WatchFlags::ONLYDIR;
        inotify::add_watch(&fd, there, what).map_err(|errno| tell(errno.into()))?;
        #[expect(
            deprecated,
            reason = "the new name is unsafe for types whose descriptor may change; an OwnedFd's cannot"
        )]
        let fd =
            AsyncFd::with_interest(fd, Interest::READABLE).map_err(|error| tell(error.into()))?;
        Ok(Self { fd, way })
    }

    /// Waits until `name` appears, or the next step on the way to the folder.
    ///
    /// # Errors
    /// Those of *read(2)*.
    pub(super) async fn appeared(&mut self, name: &str) -> Result<()> {
        let wanted = self.way.clone().unwrap_or_else(|| name.into());
        loop {
            let mut ready = self.fd.readable_mut().await?;
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut events = inotify::Reader::new(ready.get_inner(), &mut buffer);
            loop {
                match events.next() {
                    Ok(event) => {
                        let named = event
                            .file_name()
                            .map(|file| OsStr::from_bytes(file.to_bytes()));
                        if named == Some(wanted.as_os_str()) {
                            return Ok(());
                        }
                    }
                    Err(Errno::AGAIN) => break,
                    Err(errno) => return Err(errno.into()),
                }
            }
            ready.clear_ready();
        }
    }
}
