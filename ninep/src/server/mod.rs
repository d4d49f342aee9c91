//! The server: answers requests from a tree, many at a time.
//!
//! One task reads a connection and runs every handler that can answer at once ([`Answer::Now`](crate::tree::Answer)); what takes time
//! runs beside it, so a slow handler never holds up another request. The same task writes. What holds:
//!
//! - The first message is `Tversion`, and comes within [`Limits::hello`]; a later one resets the connection.
//! - A frame that is no request costs its sender the connection and nobody else anything.
//! - A request is answered exactly once, or, when a `Tflush` comes first, not at all. A flush is answered at once: the
//!   flushed work is dropped, or, where it is a transaction of a `ctl`, goes on without an audience.
//! - Fids, requests, the bytes they hold, parked reads and unread answers are bounded by [`Limits`]; a client that does not read its answers
//!   is not read from either.
//! - `..` never leaves the root, and no name that means more than one child reaches a tree.
//! - When a connection ends, its open files are clunked.

mod compound;
mod connection;
mod effect;
mod fids;
mod input;
mod live;
mod numbers;
mod once;
mod ops;
mod plain;
mod reply;
mod request;
mod walk;
mod xattr;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use crate::error::{Errno, Error, Result};
use crate::transport::Listen;
use crate::tree::{Node, Peer};
use connection::Setting;

/// What one connection may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest frame agreed to, in bytes.
    pub msize: u32,
    /// Fids at a time.
    pub fids: usize,
    /// Requests at a time.
    pub requests: usize,
    /// Reads that wait for an event, at a time.
    pub parked: usize,
    /// Bytes of answers that may wait for the client to read them.
    pub unread: usize,
    /// Bytes that requests under way may hold: those of payloads that came with them, and, counted apart, those of the
    /// answers that they may come to. Reads beyond it begin when others have ended, and hold up nothing else; writes beyond
    /// it are left in the transport.
    pub held: usize,
    /// How long a new connection may be silent.
    pub hello: Duration,
    /// How long a client may refuse to take a byte of an answer.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            msize: (1 << 20) + crate::wire::IO_HEADER,
            fids: 65_536,
            requests: 1024,
            parked: 64,
            unread: 256 << 10,
            held: 16 << 20,
            hello: Duration::from_secs(5),
            stall: Duration::from_secs(30),
        }
    }
}

/// The trees of a service: says which root an attach gets.
pub trait Roots: Send + Sync + 'static {
    /// The root for `peer` that asks for `aname`.
    ///
    /// # Errors
    /// The errno that the attach is refused with.
    fn root(&self, peer: &Peer, aname: &str) -> Result<Arc<dyn Node>>;
}

impl Roots for Arc<dyn Roots> {
    fn root(&self, peer: &Peer, aname: &str) -> Result<Arc<dyn Node>> {
        self.as_ref().root(peer, aname)
    }
}

/// One tree for everybody; it has no other name than the empty one and `/`.
impl Roots for Arc<dyn Node> {
    fn root(&self, _: &Peer, aname: &str) -> Result<Arc<dyn Node>> {
        match aname {
            "" | "/" => Ok(Self::clone(self)),
            other => Err(Error::new(
                Errno::NOENT,
                format!("attach: there is no tree {other:?} here"),
            )),
        }
    }
}

/// Serves trees to any number of connections.
#[derive(Clone)]
pub struct Server {
    roots: Arc<dyn Roots>,
    limits: Limits,
    ledger: Arc<once::Ledger>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// A server of `roots` with the default [`Limits`].
    pub fn new(roots: impl Roots) -> Self {
        Self {
            roots: Arc::new(roots),
            limits: Limits::default(),
            ledger: Arc::default(),
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves one connection until it ends, over any pair of byte streams.
    ///
    /// # Errors
    /// Why the connection was given up: what the client did wrong, or the transport's error. A client that hangs up
    /// between frames is no error.
    pub async fn connection<R, W>(&self, reader: R, writer: W, peer: Peer) -> Result<()>
    where
        R: AsyncRead + Unpin + Send,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let (roots, limits, ledger) = (
            Arc::clone(&self.roots),
            self.limits.clone(),
            Arc::clone(&self.ledger),
        );
        connection::run(
            reader,
            writer,
            Setting {
                peer,
                roots,
                limits,
                ledger,
            },
        )
        .await
    }

    /// Serves every connection of a socket, until the future is dropped: then all of them end, and the socket goes.
    ///
    /// A connection that ends badly is told to the log and to nobody else.
    pub async fn serve<L: Listen>(&self, listener: L) {
        /// How long to leave *accept(2)* alone when it fails, for want of descriptors, say.
        const PAUSE: Duration = Duration::from_millis(200);
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next() => continue,
            };
            let (reader, writer, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!("{listener}: {error}");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            let server = self.clone();
            connections.spawn(async move {
                let who = format!("uid {} pid {}", peer.uid, peer.pid.unwrap_or(0));
                match server.connection(reader, writer, peer).await {
                    Ok(()) => {}
                    // A client that was killed, or left with answers unread, is no fault of anybody's.
                    Err(error) if error.is_disconnect() => {
                        tracing::debug!("9P connection of {who} ended: {error}");
                    }
                    Err(error) => tracing::warn!("9P connection of {who} closed: {error}"),
                }
            });
        }
    }
}
