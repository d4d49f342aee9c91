use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::error::{Errno, Error, Result};
use crate::wire::Encoded;

/// Most pieces of one `writev` (`IOV_MAX` is 1024; a few dozen are as good).
const BATCH: usize = 64;

/// Messages on their way out.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    ready: Notify,
    space: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    pieces: VecDeque<Bytes>,
    bytes: usize,
    closed: bool,
}

impl Outbox {
    /// Queues a message; never waits.
    pub(crate) fn push(&self, message: Encoded) {
        let mut queue = self.lock();
        queue.bytes += message.len();
        queue.pieces.push_back(message.head);
        if !message.tail.is_empty() {
            queue.pieces.push_back(message.tail);
        }
        drop(queue);
        self.ready.notify_one();
    }

    /// Waits until fewer than `limit` bytes are unread.
    pub(crate) async fn wait_below(&self, limit: usize) {
        loop {
            let mut space = std::pin::pin!(self.space.notified());
            space.as_mut().enable();
            if self.lock().bytes < limit {
                return;
            }
            space.await;
        }
    }

    /// Nothing follows; the writer ends when the queue is empty.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_one();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is queued until the box is closed and empty.
    ///
    /// # Errors
    /// Those of the transport; `ETIMEDOUT` when the client takes nothing for `stall`.
    pub(crate) async fn drain<W: AsyncWrite + Unpin>(
        &self,
        writer: &mut W,
        stall: Duration,
    ) -> Result<()> {
        let mut batch: VecDeque<Bytes> = VecDeque::new();
        loop {
            let closed = {
                let mut queue = self.lock();
                std::mem::swap(&mut batch, &mut queue.pieces);
                queue.closed
            };
            if batch.is_empty() {
                if closed {
                    writer.shutdown().await?;
                    return Ok(());
                }
                self.ready.notified().await;
                continue;
            }
            while !batch.is_empty() {
                let slices: Vec<IoSlice<'_>> = batch
                    .iter()
                    .take(BATCH)
                    .map(|piece| IoSlice::new(piece))
                    .collect();
                let written = tokio::time::timeout(stall, writer.write_vectored(&slices))
                    .await
                    .map_err(|_| {
                        Error::new(
                            Errno::TIMEDOUT,
                            "the other side does not read what it is sent",
                        )
                    })??;
                if written == 0 {
                    return Err(Error::new(
                        Errno::PIPE,
                        "the other side takes no more bytes",
                    ));
                }
                advance(&mut batch, written);
                self.lock().bytes -= written;
                self.space.notify_waiters();
            }
        }
    }
}

/// Drops the first `written` bytes of `batch`.
fn advance(batch: &mut VecDeque<Bytes>, mut written: usize) {
    while written > 0 {
        let Some(first) = batch.front_mut() else {
            return;
        };
        if first.len() > written {
            first.advance(written);
            return;
        }
        written -= first.len();
        batch.pop_front();
    }
}
