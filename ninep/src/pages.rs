//! Bytes of a file that go to a socket without being copied: *splice(2)* moves the kernel's pages of the file into a pipe,
//! and from there to the socket. A read that is answered so costs its server a third of one that passes through a buffer.
//!
//! *splice(2)* cannot be told to spare the process a `SIGPIPE` when the other side is gone: a process that serves has to ignore
//! that signal, as every program of Rust's does unless it undoes that.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

use crate::error::{Errno, Result};

/// From here on moving pages costs less than copying bytes.
const LARGE: usize = 32 << 10;
/// Bytes that a pipe has room for, if all of its pages are full: what every user may ask for (`pipe-max-size`, *pipe(7)*).
const ROOM: usize = 1 << 20;
/// The smallest page that Linux has; larger ones are moved whole, or in pieces of this size.
const PAGE: usize = 4096;
/// Pipes at a time: answers are sent as they are made, so that one or two are at work, and more only while a client does
/// not take what it asked for.
const MOST: usize = 8;

/// Bytes of a file, taken up but not copied. What somebody writes to the file before the client has them may be among
/// them; their number is settled, and what is cut off meanwhile stays in them.
pub struct Pages {
    pipe: Option<Pipe>,
    left: usize,
    stock: Arc<Pipes>,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

/// Pipes, used again.
#[derive(Debug)]
pub(crate) struct Pipes(Mutex<Stock>);

#[derive(Debug)]
struct Stock {
    idle: Vec<Pipe>,
    /// How many more may be made.
    more: usize,
}

/// An empty pipe, but within [`Pages`].
#[derive(Debug)]
struct Pipe {
    from: OwnedFd,
    into: OwnedFd,
}

impl Pipe {
    fn new() -> Result<Self> {
        let (from, into) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        if fcntl_setpipe_size(&into, ROOM)? < ROOM {
            return Err(Errno::PERM.into());
        }
        Ok(Self { from, into })
    }
}

impl Pipes {
    /// A stock for a process that may hold `descriptors`: at most one in thirty of them belongs to a pipe.
    pub(crate) fn new(descriptors: usize) -> Self {
        Self(Mutex::new(Stock {
            idle: Vec::new(),
            more: MOST.min(descriptors / 64),
        }))
    }

    /// Takes up `count` bytes of `file` from `offset` on, fewer where it ends. `None` where that cannot be, or is not worth
    /// it: then they are read. Waits for the disk that the file is on.
    pub(crate) fn take(
        self: &Arc<Self>,
        file: BorrowedFd<'_>,
        mut offset: u64,
        count: usize,
    ) -> Option<Pages> {
        let into_page = usize::try_from(offset % PAGE as u64).unwrap_or(0);
        if count < LARGE || into_page.checked_add(count)? > ROOM {
            return None;
        }
        let mut pages = Pages {
            pipe: Some(self.pipe()?),
            left: 0,
            stock: Arc::clone(self),
        };
        let into = pages.pipe.as_ref().map(|pipe| pipe.into.as_fd())?;
        while pages.left < count {
            let from = Some(&mut offset);
            match splice(
                file,
                from,
                into,
                None,
                count - pages.left,
                SpliceFlags::NONBLOCK,
            ) {
                Ok(0) => return Some(pages),
                Ok(more) => pages.left += more,
                Err(Errno::INTR) => {}
                // What was taken up so far goes with the pipe.
                Err(_) => return None,
            }
        }
        Some(pages)
    }

    fn pipe(&self) -> Option<Pipe> {
        let mut stock = self.lock();
        if let Some(idle) = stock.idle.pop() {
            return Some(idle);
        }
        stock.more = stock.more.checked_sub(1)?;
        Pipe::new()
            .inspect_err(|error| {
                tracing::debug!("a large read is copied: no pipe for it: {error}");
                // A user who has as much in pipes as they may is not asked again; a want of descriptors passes.
                let refused = error.errno() == Errno::PERM;
                stock.more = if refused { 0 } else { stock.more + 1 };
            })
            .ok()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pages {
    /// Bytes that are left to send.
    pub fn len(&self) -> usize {
        self.left
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Sends what `socket`, which does not block, takes now; gives how many bytes that were.
    ///
    /// # Errors
    /// Those of *send(2)*, `EAGAIN` when it takes none.
    pub(crate) fn send(&mut self, socket: impl AsFd) -> Result<usize, Errno> {
        let Some(pipe) = &self.pipe else {
            return Ok(0);
        };
        loop {
            let flags = SpliceFlags::NONBLOCK;
            match splice(&pipe.from, None, &socket, None, self.left, flags) {
                Err(Errno::INTR) => {}
                sent => {
                    let sent = sent?;
                    self.left = self.left.saturating_sub(sent);
                    return Ok(sent);
                }
            }
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let mut stock = self.stock.lock();
        match self.pipe.take() {
            Some(pipe) if self.left == 0 => stock.idle.push(pipe),
            // It has bytes in it that nobody will have.
            Some(_) => stock.more += 1,
            None => {}
        }
    }
}
