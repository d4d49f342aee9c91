//! Export of a folder in memory that nobody observes: it answers at once, and must do all that it does otherwise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

/// As in `tests/export`.
const IN_MEMORY: bool = true;

mod at_once;
#[path = "../export/escapes.rs"]
mod escapes;
#[expect(
    dead_code,
    reason = "what an observer heard is looked at in tests/export"
)]
#[path = "../export/fixture.rs"]
mod fixture;
#[path = "../export/handles.rs"]
mod handles;
mod known;
#[path = "../export/model.rs"]
mod model;
mod pages;
#[path = "../export/posix.rs"]
mod posix;
