//! Export: a real folder, through the nodes that a server would ask.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod escapes;
mod fixture;
mod handles;
mod model;
mod observed;
mod posix;
