//! Export: a real folder, through the nodes that a server would ask.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

/// Whether the folder lies in memory, with nobody listening: `tests/export_in_memory` runs the same tests so.
const IN_MEMORY: bool = false;

mod escapes;
mod fixture;
mod handles;
mod model;
mod observed;
mod posix;
