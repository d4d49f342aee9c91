//! Bytes on their way from one domain to another. They go through the compositor, so that a source
//! that says nothing, or a reader that takes nothing, hangs nobody: after a while the pipe is closed.

use std::cell::{Cell, RefCell};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;

use calloop::generic::Generic;
use calloop::{Interest, Mode, PostAction, RegistrationToken};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use tracing::debug;

use crate::clock::Due;
use crate::goblin::Goblin;

/// How long nothing may move in a transfer before it is ended.
pub(crate) const STALLED_AFTER: Duration = Duration::from_secs(10);
/// What is read at a time, in bytes: a pipe of Linux holds as much.
const PIECE: usize = 64 << 10;
/// Transfers at once; what is asked for beyond gets nothing.
pub(super) const MOST: usize = 64;

struct Transfer {
    from: OwnedFd,
    to: OwnedFd,
    /// Read and not written yet.
    pending: RefCell<Vec<u8>>,
    /// Pieces moved so far.
    moved: Cell<u64>,
    /// What it waits for; none once it has ended.
    waits: Cell<Option<RegistrationToken>>,
    /// When it is looked after next.
    watched: RefCell<Option<Due>>,
}

/// Waiting for the source.
struct Reading(Rc<Transfer>);
/// Waiting for the reader.
struct Writing(Rc<Transfer>);

impl AsFd for Reading {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.from.as_fd()
    }
}

impl AsFd for Writing {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.to.as_fd()
    }
}

/// What a transfer does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Read,
    Write,
    End,
}

impl Transfer {
    /// Moves one piece as far as it goes.
    fn step(&self) -> Next {
        let mut pending = self.pending.borrow_mut();
        if pending.is_empty() {
            let mut piece = vec![0; PIECE];
            match rustix::io::read(&self.from, &mut piece) {
                Ok(0) => return Next::End,
                Ok(read) => piece.truncate(read),
                Err(Errno::AGAIN | Errno::INTR) => return Next::Read,
                Err(_) => return Next::End,
            }
            *pending = piece;
        }
        match rustix::io::write(&self.to, &pending) {
            Ok(written) => {
                pending.drain(..written);
                self.moved.set(self.moved.get() + 1);
                if pending.is_empty() {
                    Next::Read
                } else {
                    Next::Write
                }
            }
            Err(Errno::AGAIN | Errno::INTR) => Next::Write,
            // The reader has gone.
            Err(_) => Next::End,
        }
    }
}

/// A pipe for a source to write to, and our end of it.
pub(super) fn pipe() -> Option<(OwnedFd, OwnedFd)> {
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC).ok()?;
    unblocked(&ours).ok()?;
    Some((ours, theirs))
}

fn unblocked(fd: &OwnedFd) -> rustix::io::Result<()> {
    fcntl_setfl(fd, fcntl_getfl(fd)? | OFlags::NONBLOCK)
}

impl Goblin {
    /// Moves everything that comes out of `from` into `to`, and closes both.
    pub(super) fn begin_transfer(&mut self, from: OwnedFd, to: OwnedFd) {
        if let Err(error) = unblocked(&to) {
            debug!("what a client would read with cannot be written to: {error}");
            return;
        }
        let transfer = Rc::new(Transfer {
            from,
            to,
            pending: RefCell::default(),
            moved: Cell::new(0),
            waits: Cell::new(None),
            watched: RefCell::default(),
        });
        self.selections.transfers += 1;
        self.go_on_with(&transfer, Next::Read);
        self.watch_transfer(transfer);
    }

    /// Waits for what a transfer needs next.
    fn go_on_with(&mut self, transfer: &Rc<Transfer>, next: Next) {
        let handle = self.loop_handle.clone();
        let inserted = match next {
            Next::Read => {
                let side = Reading(Rc::clone(transfer));
                let source = Generic::new(side, Interest::READ, Mode::Level);
                handle
                    .insert_source(source, |_, side, goblin| {
                        Ok(goblin.moved(&side.0, Next::Read))
                    })
                    .map_err(|error| error.error)
            }
            Next::Write => {
                let side = Writing(Rc::clone(transfer));
                let source = Generic::new(side, Interest::WRITE, Mode::Level);
                handle
                    .insert_source(source, |_, side, goblin| {
                        Ok(goblin.moved(&side.0, Next::Write))
                    })
                    .map_err(|error| error.error)
            }
            Next::End => return self.end_transfer(transfer),
        };
        match inserted {
            Ok(token) => transfer.waits.set(Some(token)),
            // A file that cannot be waited for, or no more of anything: whoever reads finds the end.
            Err(error) => {
                debug!("a transfer ends early: {error}");
                self.end_transfer(transfer);
            }
        }
    }

    /// One side of a transfer is ready, the one that it waited for.
    fn moved(&mut self, transfer: &Rc<Transfer>, waited_for: Next) -> PostAction {
        let next = transfer.step();
        if next == waited_for {
            return PostAction::Continue;
        }
        transfer.waits.set(None);
        self.go_on_with(transfer, next);
        PostAction::Remove
    }

    fn end_transfer(&mut self, transfer: &Rc<Transfer>) {
        if let Some(due) = transfer.watched.take() {
            self.call_off(&due);
        }
        self.selections.transfers = self.selections.transfers.saturating_sub(1);
    }

    /// Ends a transfer in which nothing has moved since the last look.
    fn watch_transfer(&mut self, transfer: Rc<Transfer>) {
        if transfer.waits.get().is_none() {
            return;
        }
        let (seen, watched) = (transfer.moved.get(), Rc::clone(&transfer));
        let due = self.later(STALLED_AFTER, move |goblin| {
            transfer.watched.take();
            if transfer.moved.get() != seen {
                return goblin.watch_transfer(transfer);
            }
            if let Some(token) = transfer.waits.take() {
                debug!("nothing moves between two domains: the pipe is closed");
                goblin.loop_handle.remove(token);
                goblin.end_transfer(&transfer);
            }
        });
        *watched.watched.borrow_mut() = due;
    }
}
