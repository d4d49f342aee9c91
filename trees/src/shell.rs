//! `/shell`: the bar, the launcher and the notifications; served by the shell.
//!
//! ```text
//! /shell/{status,event}
//! /shell/bar/screen
//! /shell/launcher/{screen,ctl}
//! /shell/notifications/{screen,ctl}
//! ```
//!
//! `screen` is a [`Screen`](crate::screen::Screen) for each surface, one JSON object to a line.

use ninep::verbs;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Name of the tree.
pub const NAME: &str = "shell";

/// Namespace of the bar's layer surface.
pub const BAR_SURFACE: &str = "goblin-bar";
/// Namespace of the launcher's layer surface.
pub const LAUNCHER_SURFACE: &str = "goblin-launcher";
/// Namespace of a notification's layer surface.
pub const NOTIFICATION_SURFACE: &str = "goblin-notification";

/// `/shell/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Counts decisions and changes of life cycle.
    pub rev: u64,
    /// Since when the shell runs.
    pub since: Millis,
    /// Language of its texts, such as `zh-CN`.
    pub language: String,
    /// Whether the launcher is open.
    pub launcher: bool,
    /// The notifications shown.
    pub notifications: Vec<Notification>,
    /// Whether it is the session's notification server, and if not, why.
    pub notification_server: Result<(), String>,
}

/// A notification that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Number of the notification.
    pub id: u32,
    /// The program that sent it.
    pub app: String,
    /// First line.
    pub summary: String,
    /// Text.
    pub body: String,
    /// When it came.
    pub at: Millis,
}

/// A line of `/shell/event`; `seq` and `time` come with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A surface was drawn with other content than before.
    Screen {
        /// `bar`, `launcher` or `notifications`.
        name: String,
        /// The screen's `rev`.
        rev: u64,
    },
    /// The launcher opened or closed.
    Launcher {
        /// Whether it is open.
        open: bool,
    },
    /// A notification came.
    Notified {
        /// The notification.
        notification: Notification,
    },
    /// A notification went.
    Dismissed {
        /// Its number.
        id: u32,
    },
}

verbs! {
    /// `/shell/launcher/ctl`.
    pub enum LauncherVerb {
        /// Show the launcher.
        "open" => Open {},
        /// Hide it.
        "close" => Close {},
        /// Show it with this search text.
        "search" => Search { text: String },
        /// Start an entry: an application's desktop id, or `panel:NAME`.
        "start" => Start { entry: String },
    }
}

verbs! {
    /// `/shell/notifications/ctl`.
    pub enum NotificationVerb {
        /// Dismiss one.
        "dismiss" => Dismiss { id: u32 },
        /// Dismiss all.
        "clear" => Clear {},
        /// Invoke an action of one; without a key its default.
        "invoke" => Invoke { id: u32, action: Option<String> },
    }
}
