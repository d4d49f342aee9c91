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
use crate::pages::Pages;
use crate::transport::Socket;
use crate::wire::Encoded;

/// Most pieces of one `writev` (`IOV_MAX` is 1024; a few dozen are as good).
const BATCH: usize = 64;
/// Payloads up to here are copied behind the message before them, which costs less than a piece of their own.
const SMALL: usize = 512;
/// Room for small messages that is made at a time.
const ROOM: usize = 4 << 10;

/// What is written with one call.
#[derive(Debug)]
enum Piece {
    Bytes(Bytes),
    Pages(Pages),
}

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
    pieces: VecDeque<Piece>,
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
            self.pieces.push_back(Piece::Bytes(gathered));
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
            queue.pieces.push_back(Piece::Bytes(payload));
        }
        self.wake(queue);
    }

    /// Queues `pages` behind the head that `encode` appends for so many bytes; never waits. Only where the writer has a
    /// [`Socket`].
    pub(crate) fn push_pages(&self, pages: Pages, encode: impl FnOnce(usize, &mut BytesMut)) {
        let mut queue = self.lock();
        let before = queue.gathered.len();
        encode(pages.len(), &mut queue.gathered);
        let more = queue.gathered.len() - before + pages.len();
        self.bytes.fetch_add(more, Ordering::Relaxed);
        if !pages.is_empty() {
            queue.seal();
            queue.pieces.push_back(Piece::Pages(pages));
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

    /// Writes what is queued until the box is closed and empty; pages go to the [`Socket`] of `writer`.
    ///
    /// # Errors
    /// Those of the transport; `ETIMEDOUT` when the client takes nothing for `stall`.
    pub(crate) async fn drain<W: AsyncWrite + Unpin + 'static>(
        &self,
        writer: &mut W,
        stall: Duration,
    ) -> Result<()> {
        let mut batch: VecDeque<Piece> = VecDeque::new();
        while poll_fn(|cx| self.poll_take(cx, &mut batch)).await {
            while !batch.is_empty() {
                let written = match batch.front_mut() {
                    Some(Piece::Pages(pages)) => send(Socket::of(writer), pages, stall).await?,
                    _ => write(writer, &batch, stall).await?,
                };
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
    fn poll_take(&self, cx: &Context<'_>, batch: &mut VecDeque<Piece>) -> Poll<bool> {
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
async fn write<W: AsyncWrite + Unpin + 'static>(
    writer: &mut W,
    batch: &VecDeque<Piece>,
    stall: Duration,
) -> Result<usize> {
    let bytes = batch.iter().map_while(|piece| match piece {
        Piece::Bytes(bytes) => Some(bytes),
        Piece::Pages(_) => None,
    });
    let mut slices = [IoSlice::new(&[]); BATCH];
    let mut count = 0;
    for (slice, bytes) in slices.iter_mut().zip(bytes) {
        *slice = IoSlice::new(bytes);
        count += 1;
    }
    let slices = &slices[..count];
    // Pages follow: their head is to arrive with them, not to wake the other side by itself.
    match Socket::of(writer).filter(|_| count < batch.len()) {
        Some(socket) => unless_stalled(socket.send_head(slices), stall).await?,
        None => Ok(unless_stalled(writer.write_vectored(slices), stall).await??),
    }
}

/// Sends a part of `pages`; gives how many bytes were taken.
async fn send(socket: Option<Socket<'_>>, pages: &mut Pages, stall: Duration) -> Result<usize> {
    match socket {
        Some(socket) => unless_stalled(socket.send(pages), stall).await?,
        None => Err(Error::new(
            Errno::IO,
            "pages were taken up for what is no socket",
        )),
    }
}

/// What `sending` comes to, unless it takes longer than `stall`.
async fn unless_stalled<T>(sending: impl Future<Output = T>, stall: Duration) -> Result<T> {
    let mut sending = pin!(sending);
    // A timer is worth its setting up only when the transport does not take the bytes at once.
    if let Poll::Ready(sent) = futures_util::poll!(sending.as_mut()) {
        return Ok(sent);
    }
    tokio::time::timeout(stall, sending).await.map_err(|_| {
        Error::new(
            Errno::TIMEDOUT,
            "the other side does not read what it is sent",
        )
    })
}

/// Drops the first `written` bytes of `batch`.
fn advance(batch: &mut VecDeque<Piece>, mut written: usize) {
    while written > 0 {
        let Some(first) = batch.front_mut() else {
            return;
        };
        let left = match first {
            Piece::Bytes(bytes) => {
                let part = bytes.len().min(written);
                bytes.advance(part);
                written -= part;
                bytes.len()
            }
            // They know what they sent, and are sent alone.
            Piece::Pages(pages) => {
                written = 0;
                pages.len()
            }
        };
        if left == 0 {
            batch.pop_front();
        }
    }
}
