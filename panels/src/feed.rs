//! What the trees say, as it reaches the panels.

use jiff::Timestamp;
use serde::Deserialize;
use trees::time::Millis;
use trees::{mirror, subsystems};

/// A line of an `event` file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line<Event> {
    /// Counts the lines of one run of the service.
    pub seq: u64,
    /// When it was written.
    pub time: Millis,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Something heard of one tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard<Status, Event> {
    /// It answers, and this is its state.
    Status(Status),
    /// Something happened in it.
    Event(Line<Event>),
    /// It is out of reach.
    Down {
        /// Since when.
        since: Timestamp,
        /// Why, in one line.
        cause: String,
    },
}

/// Something heard of any tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Feed {
    /// Of `/mirror`.
    Mirror(Heard<mirror::Status, mirror::Event>),
    /// Of `/subsystems`.
    Subsystems(Heard<subsystems::Status, subsystems::Event>),
    /// The theme of `/desktop`: `light` or `dark`.
    Theme(String),
}
