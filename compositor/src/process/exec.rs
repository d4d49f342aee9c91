//! What happens in a new process before it becomes the program. The one place for it, because it
//! takes `unsafe`: between fork and exec only a few calls are allowed.
#![expect(
    unsafe_code,
    reason = "std offers no other way to act between fork and exec"
)]

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Resource, setrlimit, setsid};

/// Gives the program a session of its own and the limit of open files that we were started with.
pub(super) fn prepare(command: &mut Command) {
    let limit = super::limits::given();
    let before_exec = move || -> io::Result<()> {
        // A new process leads no group: this cannot fail.
        setsid()?;
        if let Some(limit) = limit {
            setrlimit(Resource::Nofile, limit)?;
        }
        Ok(())
    };
    // SAFETY: the closure makes two system calls through rustix and copies a value that holds no
    // heap memory: nothing that is not async-signal-safe (signal-safety(7)).
    unsafe {
        command.pre_exec(before_exec);
    }
}

/// Gives the program some of our descriptors, under the numbers that they have here, besides what
/// [`prepare`] gives every program.
pub(crate) fn hand_over(command: &mut Command, descriptors: Vec<OwnedFd>) {
    prepare(command);
    let before_exec = move || -> io::Result<()> {
        for descriptor in &descriptors {
            fcntl_setfd(descriptor, FdFlags::empty())?;
        }
        Ok(())
    };
    // SAFETY: the closure makes one system call through rustix for each descriptor that it owns:
    // nothing that is not async-signal-safe (signal-safety(7)).
    unsafe {
        command.pre_exec(before_exec);
    }
}
