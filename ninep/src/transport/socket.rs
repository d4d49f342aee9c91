use std::any::Any;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::net::SendFlags;
use tokio::io::Interest;
use tokio::net::{TcpStream, tcp};

use super::halves::{self, Writer};
use crate::error::Result;
use crate::pages::Pages;

/// A socket of the kernel, which takes a file's pages without a copy.
#[derive(Debug)]
pub(crate) enum Socket<'a> {
    Unix(&'a mut Writer),
    Tcp(&'a TcpStream),
}

impl<'a> Socket<'a> {
    /// The socket that `writer` writes to. `None` for whatever wraps one, which may have to see the bytes.
    pub(crate) fn of<W: Any>(writer: &'a mut W) -> Option<Self> {
        let writer: &mut dyn Any = writer;
        if writer.is::<Writer>() {
            return writer.downcast_mut().map(Self::Unix);
        }
        let tcp = writer.downcast_ref::<tcp::OwnedWriteHalf>();
        tcp.map(|half| Self::Tcp(half.as_ref()))
    }

    /// Sends a part of `bytes`, behind which more is sent at once: the kernel may let them wait for it. Gives how many
    /// bytes it took.
    ///
    /// # Errors
    /// Those of *send(2)*.
    pub(crate) async fn send_head(self, bytes: &[IoSlice<'_>]) -> Result<usize> {
        self.writing(|socket| halves::send(socket, bytes, SendFlags::MORE))
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
        Ok(match self {
            Self::Unix(writer) => poll_fn(|cx| writer.poll_send(cx, &mut send)).await,
            Self::Tcp(socket) => {
                let send = || send(socket.as_fd());
                socket.async_io(Interest::WRITABLE, send).await
            }
        }?)
    }
}
