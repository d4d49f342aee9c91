use std::any::Any;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::net::{SendAncillaryBuffer, SendFlags, sendmsg};
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream, tcp, unix};

use crate::error::Result;
use crate::pages::Pages;

/// A socket of the kernel, which takes a file's pages without a copy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Socket<'a> {
    Unix(&'a UnixStream),
    Tcp(&'a TcpStream),
}

impl<'a> Socket<'a> {
    /// The socket that `writer` writes to. `None` for whatever wraps one, which may have to see the bytes.
    pub(crate) fn of<W: Any>(writer: &'a W) -> Option<Self> {
        let writer: &dyn Any = writer;
        let unix = writer.downcast_ref::<unix::OwnedWriteHalf>();
        let tcp = writer.downcast_ref::<tcp::OwnedWriteHalf>();
        unix.map(|half| Self::Unix(half.as_ref()))
            .or_else(|| tcp.map(|half| Self::Tcp(half.as_ref())))
    }

    /// Sends a part of `bytes`, behind which more is sent at once: the kernel may let them wait for it. Gives how many
    /// bytes it took.
    ///
    /// # Errors
    /// Those of *send(2)*.
    pub(crate) async fn send_head(self, bytes: &[IoSlice<'_>]) -> Result<usize> {
        self.writing(|socket| {
            let mut nothing = SendAncillaryBuffer::default();
            let flags = SendFlags::MORE | SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
            Ok(sendmsg(socket, bytes, &mut nothing, flags)?)
        })
        .await
    }

    /// Sends a part of `pages`, when the socket takes some; gives how many bytes that were.
    ///
    /// # Errors
    /// Those of *send(2)*.
    pub(crate) async fn send(self, pages: &mut Pages) -> Result<usize> {
        self.writing(|socket| Ok(pages.send(socket)?)).await
    }

    async fn writing(
        self,
        mut send: impl FnMut(BorrowedFd<'_>) -> io::Result<usize>,
    ) -> Result<usize> {
        let ready = Interest::WRITABLE;
        Ok(match self {
            Self::Unix(socket) => socket.async_io(ready, || send(socket.as_fd())).await,
            Self::Tcp(socket) => socket.async_io(ready, || send(socket.as_fd())).await,
        }?)
    }
}
