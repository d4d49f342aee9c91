//! Copies between this machine and a tree, many files at a time.

mod down;
mod progress;
mod resume;
mod up;

use anyhow::{Error, Result, anyhow};

use crate::fault;
use progress::Progress;

pub(crate) use down::get;
pub(crate) use up::put;

/// Files that are in flight together.
const WINDOW: usize = 32;
/// The most of one file that is in memory at a time.
const PIECE: u32 = 1 << 20;
/// Failures that are told one by one.
const TOLD: usize = 10;

/// What went wrong with single files, while the others go on.
#[derive(Debug, Default)]
struct Failures {
    count: usize,
    /// The service is gone: no other file would fare better.
    fatal: Option<Error>,
}

impl Failures {
    /// Takes what became of one file; says whether to go on.
    fn take(&mut self, done: Result<()>, progress: &mut Progress) -> bool {
        let Err(error) = done else { return true };
        if error
            .downcast_ref::<ninep::Error>()
            .is_some_and(ninep::Error::is_disconnect)
        {
            self.fatal = Some(error);
            return false;
        }
        self.count += 1;
        if self.count <= TOLD {
            progress.note(&format!("goblin: {}", fault::line(&error)));
        }
        true
    }

    fn result(self) -> Result<()> {
        match (self.fatal, self.count) {
            (Some(error), _) => Err(error),
            (None, 0) => Ok(()),
            (None, 1) => Err(anyhow!("one file was not copied")),
            (None, count) => Err(anyhow!("{count} files were not copied")),
        }
    }
}
