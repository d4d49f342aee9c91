//! The command `goblin` as a person types it, against real servers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod copies;
mod faults;
mod look;
mod mount;
mod orders;
mod rig;
mod tail;
