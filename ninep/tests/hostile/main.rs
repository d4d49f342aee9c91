//! Hostile clients against a server in a process of its own: its memory stays bounded, it says what was wrong, and whoever
//! behaves is served meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod floods;
mod sizes;
mod victim;
