use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::IoSlice;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::error::{Errno, Error, Result};
use crate::wire::Encoded;

/// Most pieces of one `writev` (`IOV_MAX` is 1024; a few dozen are as good).
const BATCH: usize = 64;
/// Payloads up to here are copied behind the message before them, which costs less than a piece of their own.
const SMALL: usize = 512;
/// Room for small messages that is made at a time.
const ROOM: usize = 4 << 10;

/// Messages on their way out.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    /// Bytes in the queue, and in what the writer has taken and not yet written. Whoever waits for fewer has enlisted in
    /// `space` before it looks, and `space` is told after the change: no order beside that is needed.
    bytes: AtomicUsize,
    space: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    pieces: VecDeque<Bytes>,
    /// Small messages and heads, one behind the other. They go out after all of `pieces`.
    gathered: BytesMut,
    closed: bool,
    /// The writer, while it has nothing to write.
    writer: Option<Waker>,
    /// The writer is polled next and need not be woken.
    watched: bool,
    /// The reader lets the writer go first.
    handed_over: bool,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.gathered.is_empty()
    }

    /// Makes a piece of what was gathered.
    fn seal(&mut self) {
        if !self.gathered.is_empty() {
            let gathered = self.gathered.split().freeze();
            self.pieces.push_back(gathered);
        }
    }
}

impl Outbox {
    /// Queues a message; never waits.
    pub(crate) fn push(&self, message: Encoded) {
        self.push_with(|head| {
            head.extend_from_slice(&message.head);
            message.tail
        });
    }

    /// Queues the message that `encode` appends the head of, and gives the payload of; never waits.
    pub(crate) fn push_with(&self, encode: impl FnOnce(&mut BytesMut) -> Bytes) {
        let mut queue = self.lock();
        if queue.gathered.capacity() - queue.gathered.len() < ROOM / 4 {
            queue.gathered.reserve(ROOM);
        }
        let before = queue.gathered.len();
        let payload = encode(&mut queue.gathered);
        let more = queue.gathered.len() - before + payload.len();
        self.bytes.fetch_add(more, Ordering::Relaxed);
        if payload.len() <= SMALL {
            queue.gathered.extend_from_slice(&payload);
        } else {
            queue.seal();
            queue.pieces.push_back(payload);
        }
        self.wake(queue);
    }

    /// Whether `lot` bytes or more are unread.
    pub(crate) fn holds(&self, lot: usize) -> bool {
        self.bytes.load(Ordering::Relaxed) >= lot
    }

    /// Waits until fewer than `limit` bytes are unread.
    pub(crate) async fn wait_below(&self, limit: usize) {
        if self.bytes.load(Ordering::Relaxed) < limit {
            return;
        }
        loop {
            let mut space = pin!(self.space.notified());
            // Enlisted before the look, so that room made between the two is not slept over.
            space.as_mut().enable();
            if self.bytes.load(Ordering::Relaxed) < limit {
                return;
            }
            space.await;
        }
    }

    /// Nothing follows; the writer ends when the queue is empty.
    pub(crate) fn close(&self) {
        let mut queue = self.lock();
        queue.closed = true;
        self.wake(queue);
    }

    fn wake(&self, mut queue: std::sync::MutexGuard<'_, Queue>) {
        let writer = if queue.watched {
            None
        } else {
            queue.writer.take()
        };
        drop(queue);
        if let Some(writer) = writer {
            writer.wake();
        }
    }

    /// Polls `reading`, which queues messages, and then `writing`, which [drains](Self::drain) them, on one task: what the
    /// first queues costs no wake-up of the second. Gives what `reading` came to as `Ok`, or what `writing` came to if
    /// that ends first.
    pub(crate) async fn join<R, W>(
        &self,
        mut reading: std::pin::Pin<&mut impl Future<Output = R>>,
        mut writing: std::pin::Pin<&mut impl Future<Output = W>>,
    ) -> Result<R, W> {
        poll_fn(|cx| {
            loop {
                self.lock().watched = true;
                let read = reading.as_mut().poll(cx);
                let again = {
                    let mut queue = self.lock();
                    queue.watched = false;
                    std::mem::take(&mut queue.handed_over)
                };
                if let Poll::Ready(read) = read {
                    return Poll::Ready(Ok(read));
                }
                if let Poll::Ready(written) = writing.as_mut().poll(cx) {
                    return Poll::Ready(Err(written));
                }
                if !again {
                    return Poll::Pending;
                }
            }
        })
        .await
    }

    /// Within [`Self::join`]: lets the writer write what is queued, as far as the transport takes it, before the reader
    /// goes on.
    pub(crate) async fn hand_over(&self) {
        let mut first = true;
        poll_fn(|_| {
            let mut queue = self.lock();
            if !std::mem::take(&mut first) || queue.is_empty() {
                return Poll::Ready(());
            }
            queue.handed_over = true;
            Poll::Pending
        })
        .await;
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
        while poll_fn(|cx| self.poll_take(cx, &mut batch)).await {
            while !batch.is_empty() {
                let written = write(writer, &batch, stall).await?;
                if written == 0 {
                    return Err(Error::new(
                        Errno::PIPE,
                        "the other side takes no more bytes",
                    ));
                }
                advance(&mut batch, written);
                self.bytes.fetch_sub(written, Ordering::Relaxed);
                self.space.notify_waiters();
            }
        }
        writer.shutdown().await?;
        Ok(())
    }

    /// Moves what is queued to `batch`, which is empty; false when the box is closed and nothing is left.
    fn poll_take(&self, cx: &Context<'_>, batch: &mut VecDeque<Bytes>) -> Poll<bool> {
        let mut queue = self.lock();
        queue.seal();
        if !queue.pieces.is_empty() {
            std::mem::swap(batch, &mut queue.pieces);
            return Poll::Ready(true);
        }
        if queue.closed {
            return Poll::Ready(false);
        }
        queue.writer = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// Writes the first pieces of `batch`; gives how many bytes were taken.
async fn write<W: AsyncWrite + Unpin>(
    writer: &mut W,
    batch: &VecDeque<Bytes>,
    stall: Duration,
) -> Result<usize> {
    let mut slices = [IoSlice::new(&[]); BATCH];
    for (slice, piece) in slices.iter_mut().zip(batch) {
        *slice = IoSlice::new(piece);
    }
    let mut write = pin!(writer.write_vectored(&slices[..batch.len().min(BATCH)]));
    // A timer is worth its setting up only when the transport does not take the bytes at once.
    if let Poll::Ready(written) = futures_util::poll!(write.as_mut()) {
        return Ok(written?);
    }
    Ok(tokio::time::timeout(stall, write).await.map_err(|_| {
        Error::new(
            Errno::TIMEDOUT,
            "the other side does not read what it is sent",
        )
    })??)
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
