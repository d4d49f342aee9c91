//! The client: many requests in flight on one connection, cancelled by dropping them.
//!
//! [`Client`] is one connection, [`Fid`] a file on it, [`RemoteFile`] an open one. [`Namespace`] is a folder of sockets seen as one
//! tree, and what most programs use:
//!
//! ```no_run
//! # async fn example() -> ninep::Result<()> {
//! use ninep::client::{Followed, From, Namespace};
//!
//! let ns = Namespace::new("/run/user/1000/goblin/srv".into());
//! let status: serde_json::Value = ns.read_json("/mirror/status").await?;
//! let mut events = ns.follow::<serde_json::Value>("/mirror/event", From::Now);
//! while let Some(followed) = events.next().await {
//!     match followed {
//!         Followed::Up => { /* read the status: from here on nothing is missed */ }
//!         Followed::Event(event) => println!("{event}"),
//!         Followed::Lost => { /* read the status again */ }
//!         Followed::Down { why, .. } => eprintln!("{why}"),
//!     }
//! }
//! # Ok(()) }
//! ```
//!
//! What holds: a call whose future is dropped is flushed, and a fid it would have made is clunked; a dropped [`Fid`] is clunked;
//! when the connection ends every call fails with an error for which [`Error::is_disconnect`](crate::Error::is_disconnect) is true.

mod connection;
mod fid;
mod file;
mod follow;
mod namespace;
mod paths;
mod resume;
mod shared;
mod watch;

pub use connection::Client;
pub use fid::Fid;
pub use file::RemoteFile;
pub use follow::{Follow, Followed, From};
pub use namespace::{CtlError, Entry, Namespace};
pub use resume::Resumable;
