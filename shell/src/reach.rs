//! Whether a tree can be reached, and what its follower tells.

use trees::desktop::{SelectionQuestion, WindowStatus};
use trees::time::Millis;

/// Whether a tree answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reach {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It answers.
    Up,
    /// It is out of reach.
    Down {
        /// Since when.
        since: Millis,
    },
}

/// The state of `/desktop` as far as the shell shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Desktop {
    /// `light` or `dark`.
    pub theme: String,
    /// Its windows.
    pub windows: Vec<WindowStatus>,
    /// What is wrong with its configuration file: file, line and reason.
    pub fault: Option<String>,
    /// What it asks a person.
    pub questions: Vec<SelectionQuestion>,
}

/// What the follower of one tree tells: `S` is its state as it was read, `E` an event of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Told<S, E> {
    /// The tree answers, and this is its state; events follow.
    Up(S),
    /// Something happened.
    Event(E),
    /// The tree is out of reach.
    Down {
        /// Since when.
        since: Millis,
    },
}

impl<S, E> Told<S, E> {
    /// The reach after this was told, if it says anything about it.
    pub fn reach(&self) -> Option<Reach> {
        match self {
            Self::Up(_) => Some(Reach::Up),
            Self::Event(_) => None,
            Self::Down { since } => Some(Reach::Down { since: *since }),
        }
    }
}
