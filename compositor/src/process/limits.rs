//! Open files: each client and each of its buffers is one. We raise our own limit, and give
//! programs that we start the one we were given: some allocate by it, some break above 1024.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::warn;

static GIVEN: OnceLock<Rlimit> = OnceLock::new();

/// Raises the number of files that we may hold open as far as the system lets us.
pub(crate) fn raise_file_limit() {
    let given = *GIVEN.get_or_init(|| getrlimit(Resource::Nofile));
    let raised = Rlimit {
        current: given.maximum,
        maximum: given.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        warn!(
            "the limit of open files stays at {:?}: {error}",
            given.current
        );
    }
}

/// The limit as it was given to us.
pub(super) fn given() -> Option<Rlimit> {
    GIVEN.get().copied()
}
