use std::fs::File;

use ninep::{Error, Result};
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};

use super::mounts::FILE;

/// Waits for mounts and unmounts: the kernel tells them as a priority event on `/proc/self/mountinfo`
/// (*proc_pid_mounts(5)*). Costs nothing while there are none.
#[derive(Debug)]
pub struct MountWatch {
    file: AsyncFd<File>,
}

impl MountWatch {
    /// Begins to watch; what changes from now on is told.
    ///
    /// # Errors
    /// When the file cannot be opened or watched.
    pub fn new() -> Result<Self> {
        let tell = |error: std::io::Error| Error::from(error).context(format!("watch {FILE}"));
        let file = File::open(FILE).map_err(tell)?;
        #[expect(
            deprecated,
            reason = "the new name is unsafe for types whose descriptor may change; a File's cannot"
        )]
        let file =
            AsyncFd::with_interest(file, Interest::PRIORITY | Interest::ERROR).map_err(tell)?;
        Ok(Self { file })
    }

    /// Waits until something was mounted or unmounted.
    ///
    /// # Errors
    /// When the runtime is shutting down.
    pub async fn changed(&mut self) -> Result<()> {
        let mut ready = self
            .file
            .ready_mut(Interest::PRIORITY | Interest::ERROR)
            .await?;
        ready.clear_ready_matching(Ready::PRIORITY | Ready::ERROR);
        Ok(())
    }
}
