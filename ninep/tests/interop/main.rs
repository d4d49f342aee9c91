//! Interop with Debian's diod: its client tools against our server, and our client against it; and a client of 9P2000 that is not ours
//! against our server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod our_client;
mod our_server;
mod plain_client;
