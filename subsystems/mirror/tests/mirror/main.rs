//! The mirror through its 9P face: the real program, real sockets, real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod counts;
mod endings;
mod events;
mod files;
mod harness;
mod spaces;
