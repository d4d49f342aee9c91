//! TCP, on the loopback: for `goblin export` and for clients. Whoever reaches the port is let in, so nothing else listens.
//!
//! The kernel asks a silent other side after two minutes whether it is still there (`SO_KEEPALIVE`, *tcp(7)*), and ends the connection
//! if it is not; neither process wakes for it.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::Listen;
use crate::error::{Errno, Error, Result};
use crate::tree::Peer;

/// A TCP socket that is listened on.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    /// Whom connections are taken to be.
    peer: Peer,
}

impl Listener {
    /// Listens at `host` and `port`; port 0 takes a free one. Every connection counts as this process's own user.
    ///
    /// # Errors
    /// `EACCES` when the host is not a loopback address; those of *bind(2)*. Each names the address.
    pub async fn bind(host: &str, port: u16) -> Result<Self> {
        let tell = |error: Error| error.context(format!("listen at tcp!{host}!{port}"));
        let mut addresses = tokio::net::lookup_host((host, port))
            .await
            .map_err(|error| tell(error.into()))?;
        let address = addresses
            .next()
            .ok_or_else(|| tell(Errno::ADDRNOTAVAIL.into()))?;
        if !address.ip().is_loopback() {
            let why =
                "9P over TCP has no authentication and listens on the loopback only; use 127.0.0.1";
            return Err(tell(Error::new(Errno::ACCESS, why)));
        }
        let socket = TcpListener::bind(address)
            .await
            .map_err(|error| tell(error.into()))?;
        let address = socket.local_addr().map_err(|error| tell(error.into()))?;
        let peer = Peer {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            ..Peer::default()
        };
        Ok(Self {
            socket,
            address,
            peer,
        })
    }

    /// Where it listens, with the port it got.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tcp!{}!{}", self.address.ip(), self.address.port())
    }
}

impl Listen for Listener {
    type Reader = OwnedReadHalf;
    type Writer = OwnedWriteHalf;

    async fn accept(&self) -> Result<(OwnedReadHalf, OwnedWriteHalf, Peer)> {
        let (stream, _) = self.socket.accept().await?;
        stream.set_nodelay(true)?;
        keep_alive(&stream);
        bound_sent(&stream);
        let (reader, writer) = stream.into_split();
        Ok((reader, writer, self.peer.clone()))
    }
}

/// Keeps the kernel from letting answers pile up in a connection over the loopback: there is no distance to fill, and what
/// lies there for long has left the processor's caches when it is read.
fn bound_sent(stream: &TcpStream) {
    const SENT: usize = 512 << 10;
    // Where that is refused, the kernel's own measure serves as well, only slower.
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(stream, SENT);
}

/// Connects to `host` at `port`.
///
/// # Errors
/// Those of *connect(2)*, with the address.
pub async fn connect(host: &str, port: u16) -> Result<TcpStream> {
    let tell =
        |error: std::io::Error| Error::from(error).context(format!("connect to tcp!{host}!{port}"));
    let stream = TcpStream::connect((host, port)).await.map_err(tell)?;
    stream.set_nodelay(true).map_err(tell)?;
    keep_alive(&stream);
    Ok(stream)
}

/// Lets the kernel find out that the machine at the other end is gone: a read that waits for an event would never notice.
fn keep_alive(stream: &TcpStream) {
    use rustix::net::sockopt;
    const IDLE: Duration = Duration::from_secs(120);
    const AGAIN: Duration = Duration::from_secs(20);
    const TRIES: u32 = 3;
    // Where that is refused, a lost connection is found out by the next request.
    let _ = sockopt::set_socket_keepalive(stream, true)
        .and_then(|()| sockopt::set_tcp_keepidle(stream, IDLE))
        .and_then(|()| sockopt::set_tcp_keepintvl(stream, AGAIN))
        .and_then(|()| sockopt::set_tcp_keepcnt(stream, TRIES));
}

#[cfg(test)]
mod tests {
    use rustix::net::sockopt;

    use super::*;

    #[tokio::test]
    async fn both_ends_find_out_when_the_other_is_gone() {
        let listener = Listener::bind("127.0.0.1", 0).await.unwrap();
        let port = listener.address().port();
        let (dialled, accepted) = tokio::join!(connect("127.0.0.1", port), listener.accept());
        let (dialled, (reader, _, _)) = (dialled.unwrap(), accepted.unwrap());
        for stream in [&dialled, reader.as_ref()] {
            assert_eq!(sockopt::socket_keepalive(stream), Ok(true));
            assert_eq!(sockopt::tcp_keepidle(stream), Ok(Duration::from_secs(120)));
        }
    }
}
