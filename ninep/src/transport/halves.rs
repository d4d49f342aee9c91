use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendFlags, Shutdown, sendmsg, shutdown};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tokio::time::Sleep;

use crate::error::Result;

/// The kernel tells whoever watches a unix socket for room of every answer that the other side takes, also where there was
/// room all along (`unix_write_space`): with tokio's own stream, which always watches for both, a server would be woken twice
/// for each request. So this watches for bytes alone; [`Writer`] watches for room while it has none. tokio's types
/// that watch for one thing alone are those for the ends of a pipe, and they serve a socket as well.
type Watched = pipe::Receiver;

/// How long to wait for room where there is no descriptor left to watch for it with.
const PAUSE: Duration = Duration::from_millis(5);

/// The half of a connection that bytes come from.
#[derive(Debug)]
pub struct Reader(Arc<Watched>);

/// The half of a connection that bytes go to. The other side is told of the end when this is dropped or shut down.
#[derive(Debug)]
pub struct Writer {
    socket: Arc<Watched>,
    waiting: Option<Waiting>,
}

/// What a writer waits for that had no room.
#[derive(Debug)]
enum Waiting {
    Room(pipe::Sender),
    Time(Pin<Box<Sleep>>),
}

/// The two halves of a connection that was made elsewhere, one end of a *socketpair(2)*, say.
///
/// # Errors
/// Those of *epoll_ctl(2)*.
pub fn split(stream: UnixStream) -> Result<(Reader, Writer)> {
    let stream = stream.into_std()?;
    let socket = Arc::new(Watched::from_owned_fd_unchecked(stream.into())?);
    let writer = Writer {
        socket: Arc::clone(&socket),
        waiting: None,
    };
    Ok((Reader(socket), writer))
}

impl AsyncRead for Reader {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.0.poll_read_ready(cx))?;
            match self.0.try_read_buf(buf) {
                Err(error) if is_to_be_repeated(&error) => {}
                read => return Poll::Ready(read.map(drop)),
            }
        }
    }
}

impl Writer {
    /// What `send`, which does not wait, comes to when there is room.
    ///
    /// # Errors
    /// Those of `send`, but for `EAGAIN` and `EINTR`.
    pub(super) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        mut send: impl FnMut(BorrowedFd<'_>) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            let socket = self.socket.as_fd();
            let sent = match &mut self.waiting {
                None => send(socket),
                Some(Waiting::Room(room)) => {
                    ready!(room.poll_write_ready(cx))?;
                    room.try_io(|| send(socket))
                }
                Some(Waiting::Time(sleep)) => {
                    ready!(sleep.as_mut().poll(cx));
                    self.waiting = None;
                    continue;
                }
            };
            match sent {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.waiting.is_none() {
                        self.waiting = Some(wait_for_room(socket)?);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                sent => {
                    self.waiting = None;
                    return Poll::Ready(sent);
                }
            }
        }
    }
}

fn wait_for_room(socket: BorrowedFd<'_>) -> io::Result<Waiting> {
    Ok(match socket.try_clone_to_owned() {
        Ok(again) => Waiting::Room(pipe::Sender::from_owned_fd_unchecked(again)?),
        Err(error) => {
            tracing::debug!("a full socket cannot be watched: {error}");
            Waiting::Time(Box::pin(tokio::time::sleep(PAUSE)))
        }
    })
}

impl AsyncWrite for Writer {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .poll_send(cx, |socket| send(socket, bufs, SendFlags::empty()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(shutdown(&*self.socket, Shutdown::Write)?))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // It fails only where the other side has hung up already.
        let _ = shutdown(&*self.socket, Shutdown::Write);
    }
}

/// Sends a part of `bytes`, if the socket takes some now; a socket that nobody reads is an error and no signal.
///
/// # Errors
/// Those of *send(2)*.
pub(super) fn send(
    socket: BorrowedFd<'_>,
    bytes: &[IoSlice<'_>],
    more: SendFlags,
) -> io::Result<usize> {
    let flags = more | SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    let mut nothing = SendAncillaryBuffer::default();
    Ok(sendmsg(socket, bytes, &mut nothing, flags)?)
}

fn is_to_be_repeated(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}
