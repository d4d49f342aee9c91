//! 9P for goblin: the one protocol between its parts.
//!
//! Layers, each usable without the ones above it:
//!
//! - [`wire`]: the messages of 9P2000.L as types; no I/O.
//! - [`tree`]: what a server serves; ready-made `status`, `ctl`, `event` and `log` files.
//! - [`server`]: answers one connection or a listening socket from a tree.
//! - [`client`]: a pipelined client, and a namespace of many services.
//! - [`transport`]: unix sockets with the peer's uid.
//! - [`export`]: a real folder as a tree.
//!
//! This crate knows nothing of goblin.

pub mod client;
mod error;
pub mod export;
mod outbox;
pub mod server;
pub mod transport;
pub mod tree;
pub mod wire;

pub use error::{Errno, Error, Result};
