//! `/panels`: the storage, sync and subsystems panels; served by the panels' process while it runs.
//!
//! ```text
//! /panels/{status,ctl,event}
//! /panels/NAME/{screen,ctl}
//! ```
//!
//! `NAME` is `storage`, `sync` or `subsystems`. `screen` is one [`Screen`](crate::screen::Screen), and empty while the panel is closed.

use ninep::verbs;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Name of the tree.
pub const NAME: &str = "panels";

/// The panels, in the order they are offered.
pub const PANELS: [&str; 3] = ["storage", "sync", "subsystems"];

/// `app_id` of a panel's window.
pub fn app_id(panel: &str) -> String {
    format!("goblin.panel.{panel}")
}

/// `/panels/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Counts decisions and changes of life cycle.
    pub rev: u64,
    /// Since when the process runs.
    pub since: Millis,
    /// Language of its texts, such as `zh-CN`.
    pub language: String,
    /// The panels that are open.
    pub open: Vec<String>,
    /// What draws: `wgpu` or `tiny-skia`.
    pub renderer: String,
}

/// A line of `/panels/event`; `seq` and `time` come with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A panel was drawn with other content than before.
    Screen {
        /// The panel.
        name: String,
        /// The screen's `rev`.
        rev: u64,
    },
    /// A panel opened.
    Opened {
        /// The panel.
        name: String,
    },
    /// A panel closed.
    Closed {
        /// The panel.
        name: String,
    },
}

verbs! {
    /// `/panels/ctl`.
    pub enum Verb {
        /// End the process.
        "quit" => Quit {},
    }
}

verbs! {
    /// `/panels/NAME/ctl`.
    pub enum PanelVerb {
        /// Show the panel, or bring it to the front.
        "open" => Open {},
        /// Close it.
        "close" => Close {},
        /// Go to a place in it: in storage `SPACE/PATH`, in subsystems a name.
        "navigate" => Navigate { place: String },
    }
}
