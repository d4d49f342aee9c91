use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::error::{Errno, Error, Result};
use crate::pages::Pipes;

/// How many descriptors exports may hold, so that clients with many fids cannot take those that the process needs to
/// accept the next connection. Clones share one count.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Count>);

#[derive(Debug)]
struct Count {
    used: AtomicUsize,
    limit: usize,
    /// Not counted: they are few.
    pipes: Arc<Pipes>,
}

/// A descriptor's place in the budget; dropping it gives the place back.
#[derive(Debug)]
pub(super) struct Place(Arc<Count>);

impl Budget {
    /// At most `limit` descriptors.
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Count {
            used: AtomicUsize::new(0),
            limit,
            pipes: Arc::new(Pipes::new(limit)),
        }))
    }

    /// Three quarters of what the process may have open now (`RLIMIT_NOFILE`, *getrlimit(2)*).
    pub fn of_process() -> Self {
        let limit = getrlimit(Resource::Nofile)
            .current
            .unwrap_or(u64::from(u32::MAX));
        Self::new(usize::try_from(limit / 4 * 3).unwrap_or(usize::MAX))
    }

    /// The same, after what the process may have open was raised to what the system lets it raise that to. Debian's shells
    /// start with 1,024, which one kernel client with a cache of names uses up; for a program that serves and does little else.
    pub fn of_raised_process() -> Self {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        // Where it is not raised, there is the less to hand out.
        let _ = setrlimit(Resource::Nofile, raised);
        Self::of_process()
    }

    /// Descriptors in use.
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    /// The pipes for reads that are not copied.
    pub(super) fn pipes(&self) -> &Arc<Pipes> {
        &self.0.pipes
    }

    /// A place for one more descriptor.
    ///
    /// # Errors
    /// `ENFILE` when there is none.
    pub(super) fn take(&self) -> Result<Place> {
        let limit = self.0.limit;
        let more = |used: usize| (used < limit).then_some(used + 1);
        match self
            .0
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
        {
            Ok(_) => Ok(Place(Arc::clone(&self.0))),
            Err(_) => Err(Error::new(
                Errno::NFILE,
                format!("{limit} files are in use, which is all that this server may hold"),
            )),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.used.fetch_sub(1, Ordering::Relaxed);
    }
}
