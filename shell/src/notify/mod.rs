//! Notifications: what programs and goblin's own services have to say.
//!
//! [`queue`] holds the rules, [`server`] speaks D-Bus, [`own`] turns the events of our trees into words,
//! [`selection`] asks the compositor's questions, [`view`] draws one popup.

pub mod hints;
pub mod markup;

pub mod own;
pub mod queue;
pub mod selection;
pub mod server;
pub mod view;

use std::time::Duration;

pub use crate::picture::Picture;

/// How much a notification matters; it orders popups and decides how long they stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Urgency {
    /// Of little matter.
    Low,
    /// What most are.
    #[default]
    Normal,
    /// Stays until the person closes it.
    Critical,
}

/// How long a notification asks to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Timeout {
    /// The sender leaves it to us (`-1`).
    #[default]
    Default,
    /// It never expires (`0`).
    Never,
    /// So long.
    After(Duration),
}

/// Something the person may choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What the sender is told; `default` is a click on the popup itself.
    pub key: String,
    /// What the button says.
    pub label: String,
}

/// The key of the action of a click on the popup itself.
pub const DEFAULT_ACTION: &str = "default";

/// One notification, its texts already safe to draw.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notification {
    /// Who says it, as the sender names itself.
    pub app: String,
    /// One line.
    pub summary: String,
    /// Plain text, may be empty.
    pub body: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// How long it asks to stay.
    pub timeout: Timeout,
    /// What can be done about it.
    pub actions: Vec<Action>,
    /// Stays after an action was chosen.
    pub resident: bool,
    /// It asks the person something, and whoever asks waits for the answer.
    pub asks: bool,
    /// What is drawn beside the text.
    pub picture: Option<Picture>,
}

impl Notification {
    /// Whether a click on the popup means something to the sender.
    pub fn has_default(&self) -> bool {
        self.actions
            .iter()
            .any(|action| action.key == DEFAULT_ACTION)
    }

    /// The actions that get a button of their own.
    pub fn buttons(&self) -> impl Iterator<Item = &Action> {
        self.actions
            .iter()
            .filter(|action| action.key != DEFAULT_ACTION && !action.label.is_empty())
    }
}
