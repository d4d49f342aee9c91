//! One process: made, listened to, and told of when it ends.

use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::net::unix::pipe;
use tokio::process::Command;
use tokio::sync::mpsc;

use super::journal::Journal;
use super::lines::Lines;
use super::throttle::Throttle;
use super::{Happened, Message};
use crate::lifecycle::{Exit, Run};

/// Bytes that are read at a time: few, because everybody else waits while their lines are told.
const READ: usize = 4 << 10;
/// Bytes that are still read after the process ended: all that a pipe can hold (*pipe(7)*).
const REST: usize = 1 << 20;

/// What to run.
pub(super) struct Launch<'a> {
    /// The program that ties its life to ours and becomes the wanted one (see [`crate::exec`]).
    pub(super) helper: &'a Path,
    /// The wanted program.
    pub(super) program: PathBuf,
    pub(super) arguments: &'a [OsString],
    pub(super) environment: Vec<(OsString, Option<OsString>)>,
    /// The line that says that it answers.
    pub(super) says: Option<String>,
    pub(super) place: usize,
    pub(super) run: Run,
}

/// A process that was made. Its end is told as a [`Message`].
#[derive(Debug)]
pub(super) struct Process {
    pub(super) run: Run,
    pub(super) pid: i32,
    /// Names this very process, even when its number is given to another one.
    pidfd: OwnedFd,
}

impl Process {
    /// Sends a signal. One that has ended already needs none.
    pub(super) fn signal(&self, signal: Signal) {
        if let Err(errno) = pidfd_send_signal(&self.pidfd, signal) {
            tracing::debug!("process {} gets no {signal:?}: {errno}", self.pid);
        }
    }
}

/// Makes the process, in a process group of its own, so that keys typed at the terminal of the session do not reach it.
///
/// # Errors
/// Why there is none, in one line.
pub(super) fn spawn(
    launch: Launch<'_>,
    journal: Arc<Journal>,
    tell: mpsc::Sender<Message>,
) -> Result<Process, String> {
    let program = launch.program.display().to_string();
    let fail = |what: &str, why: &dyn std::fmt::Display| {
        format!("{program} cannot be started: {what}: {why}")
    };
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC).map_err(|errno| fail("pipe", &errno))?;
    let heard = pipe::Receiver::from_owned_fd(ours).map_err(|error| fail("pipe", &error))?;
    let also_theirs = theirs.try_clone().map_err(|error| fail("pipe", &error))?;
    let mut command = Command::new(launch.helper);
    command
        .args(crate::exec::words(&launch.program))
        .args(launch.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::from(theirs))
        .stderr(Stdio::from(also_theirs))
        .process_group(0)
        .kill_on_drop(true);
    for (name, value) in &launch.environment {
        match value {
            Some(value) => command.env::<&OsStr, &OsStr>(name, value),
            None => command.env_remove(name),
        };
    }
    let child = command.spawn().map_err(|error| fail("spawn", &error))?;
    // The command holds our copies of the pipe's other end.
    drop(command);
    let pid = child
        .id()
        .and_then(|pid| i32::try_from(pid).ok())
        .and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| fail("spawn", &"it ended at once"))?;
    // Nobody has waited for the child yet, so the number is still its own.
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(|errno| fail("pidfd_open", &errno))?;
    let process = Process {
        run: launch.run,
        pid: pid.as_raw_pid(),
        pidfd,
    };
    let Launch {
        says, place, run, ..
    } = launch;
    let attendant = Attendant {
        child,
        heard,
        journal,
        says,
        answers: false,
        place,
        run,
        tell,
        lines: Lines::default(),
        throttle: Throttle::new(Duration::ZERO),
        began: Instant::now(),
    };
    tokio::spawn(attendant.attend());
    Ok(process)
}

/// Listens to a process until it has ended and nobody can say anything in its name any more.
struct Attendant {
    child: tokio::process::Child,
    heard: pipe::Receiver,
    journal: Arc<Journal>,
    says: Option<String>,
    /// It said that line.
    answers: bool,
    place: usize,
    run: Run,
    tell: mpsc::Sender<Message>,
    lines: Lines,
    throttle: Throttle,
    began: Instant,
}

impl Attendant {
    async fn attend(mut self) {
        let mut open = true;
        let status = loop {
            tokio::select! {
                status = self.child.wait() => break status,
                ready = self.heard.readable(), if open => {
                    open = ready.is_ok() && self.hear().is_some();
                    self.tell_answer().await;
                    // One that never pauses must not keep the others waiting.
                    tokio::task::yield_now().await;
                }
            }
        };
        // What it said last lies in the pipe, and belongs to its end.
        let mut rest = REST;
        while open && rest > 0 {
            match self.hear() {
                Some(0) => break,
                Some(count) => rest = rest.saturating_sub(count),
                None => open = false,
            }
            tokio::task::yield_now().await;
        }
        self.tell_rest();
        let exit = status.map_or_else(
            |error| {
                tracing::error!("process {} cannot be waited for: {error}", self.run);
                Exit::Code(-1)
            },
            Exit::from,
        );
        let last_words = self.journal.take_last();
        self.happened(Happened::Exited { exit, last_words }).await;
        // Whoever it left behind may go on to speak.
        while open && self.heard.readable().await.is_ok() {
            open = self.hear().is_some();
            tokio::task::yield_now().await;
        }
        self.tell_rest();
    }

    /// Reads what is there, without waiting: how many bytes, or none when nobody holds the other end.
    fn hear(&mut self) -> Option<usize> {
        let mut buffer = [0; READ];
        let count = match self.heard.try_read(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Some(0),
            Err(error) => {
                tracing::warn!("process {} is not heard any more: {error}", self.run);
                return None;
            }
        };
        let mut lines = Vec::new();
        self.lines.feed(&buffer[..count], |line| lines.push(line));
        if let Some(says) = &self.says {
            self.answers |= lines.iter().any(|line| line.starts_with(says.as_str()));
        }
        let lines = self.throttle.pass(lines, self.began.elapsed());
        self.journal.lines(&lines);
        Some(count)
    }

    /// There will be no more: tells what is still held back.
    fn tell_rest(&mut self) {
        let mut lines = Vec::new();
        self.lines.rest(|line| lines.push(line));
        let mut told = self.throttle.pass(lines, self.began.elapsed());
        told.extend(self.throttle.end());
        self.journal.lines(&told);
    }

    async fn tell_answer(&mut self) {
        if self.answers && self.says.take().is_some() {
            self.happened(Happened::Answered { status: None }).await;
        }
    }

    async fn happened(&self, what: Happened) {
        // The supervisor is gone only when the session is over.
        let _ = self
            .tell
            .send(Message::Happened {
                place: self.place,
                run: self.run,
                what,
            })
            .await;
    }
}
