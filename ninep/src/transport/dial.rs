//! Addresses as Plan 9 writes them (*dial(2)*): `unix!PATH`, `tcp!HOST!PORT`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::{Errno, Error};

/// The port of 9P (IANA: `9pfs`), when an address names none.
pub const PORT: u16 = 564;

/// Where a service is reached.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// A host name or IP address, and a port.
    Tcp(String, u16),
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| {
            Error::new(
                Errno::INVAL,
                format!("{text:?} is no address: {why}; write unix!PATH or tcp!HOST!PORT"),
            )
        };
        match text.split_once('!') {
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(path.into())),
            Some(("tcp", rest)) => {
                let (host, port) = match rest.rsplit_once('!') {
                    Some((host, port)) => (
                        host,
                        port.parse().map_err(|_| bad("the port is not a number"))?,
                    ),
                    None => (rest, PORT),
                };
                if host.is_empty() {
                    return Err(bad("the host is missing"));
                }
                Ok(Self::Tcp(host.to_owned(), port))
            }
            _ => Err(bad("it names no network")),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix!{}", path.display()),
            Self::Tcp(host, port) => write!(f, "tcp!{host}!{port}"),
        }
    }
}
