//! The step between the manager and a program it starts: `goblin-manager exec PARENT PROGRAM [ARGUMENTS…]`.
//!
//! A process can only ask for itself to be ended together with its parent (*PR_SET_PDEATHSIG(2const)*), and Rust has no
//! safe way to run anything between fork and exec. So the manager starts itself once more, single-threaded, which asks
//! and then becomes the program. A manager that is killed, in whatever way, leaves no half session behind.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal};

/// The first argument that asks for this.
const WORD: &str = "exec";

/// The arguments that make our own program become `program`; its arguments follow.
pub fn words(program: &Path) -> [OsString; 3] {
    let parent = getpid().as_raw_pid().to_string();
    [WORD.into(), parent.into(), program.as_os_str().to_owned()]
}

/// Whether the arguments of this process ask for it.
pub fn is_asked(mut arguments: impl Iterator<Item = OsString>) -> bool {
    arguments
        .nth(1)
        .is_some_and(|word| word == OsStr::new(WORD))
}

/// Ties the life of this process to its parent's and becomes the program.
///
/// SIGKILL, because nothing can refuse it: everything a session runs is made to lose nothing by it, and a session without
/// a manager must not go on.
///
/// # Errors
/// When it cannot become the program. On success it does not return.
pub fn become_program(arguments: impl Iterator<Item = OsString>) -> Result<Infallible> {
    let mut arguments = arguments.skip(2);
    let parent = arguments
        .next()
        .and_then(|word| word.to_str()?.parse().ok())
        .and_then(Pid::from_raw);
    let program = arguments
        .next()
        .context("exec: PARENT and PROGRAM are missing")?;
    set_parent_process_death_signal(Some(Signal::KILL)).context("PR_SET_PDEATHSIG")?;
    if getppid() != parent {
        bail!("the manager ended before {} began", program.display());
    }
    let error = Command::new(&program).args(arguments).exec();
    Err(error).with_context(|| format!("{} cannot be run", program.display()))
}
