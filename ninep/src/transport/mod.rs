//! Transports: what carries a 9P connection.
//!
//! [`Server::connection`](crate::server::Server::connection) and [`Client::over`](crate::client::Client::over) take any pair of byte streams; this
//! module has those that need more than that, and [`dial`], the addresses of both.

pub mod dial;
mod halves;
mod socket;
pub mod tcp;
pub mod unix;

use std::fmt;
use std::future::Future;

use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) use socket::Socket;

use crate::error::Result;
use crate::tree::Peer;

/// A socket that connections come in at.
pub trait Listen: fmt::Display + Send + Sync {
    /// What is read from.
    type Reader: AsyncRead + Unpin + Send + 'static;
    /// What is written to.
    type Writer: AsyncWrite + Unpin + Send + 'static;

    /// The next connection that is let in, and who is at its other end.
    ///
    /// # Errors
    /// Those of *accept(2)*.
    fn accept(&self) -> impl Future<Output = Result<(Self::Reader, Self::Writer, Peer)>> + Send;
}
