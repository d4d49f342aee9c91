//! The bar: launcher button, windows, lights, clock. One on each output.

pub mod clock;
pub mod lights;
pub mod view;
pub mod windows;

use jiff::Timestamp;
use trees::desktop::{self, WindowId};
use trees::subsystems::Subsystem;
use trees::time::Millis;
use trees::{mirror, subsystems};

use crate::reach::Reach;
use windows::Windows;

/// What the bars show; every bar shows the same.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Whether `/desktop` answers.
    pub desktop: Reach,
    /// Whether `/mirror` answers.
    pub mirror: Reach,
    /// Whether `/subsystems` answers.
    pub subsystems: Reach,
    /// The windows; empty while `/desktop` is out of reach.
    pub windows: Windows,
    /// The subsystems as they were last told; empty while `/subsystems` is out of reach.
    pub parts: Vec<Subsystem>,
    /// The time of the clock, to the minute.
    pub now: Timestamp,
}

impl Bar {
    /// A bar that knows nothing but the time.
    pub fn new(now: Timestamp) -> Self {
        Self {
            desktop: Reach::Unknown,
            mirror: Reach::Unknown,
            subsystems: Reach::Unknown,
            windows: Windows::default(),
            parts: Vec::new(),
            now,
        }
    }

    /// What the manager knows of the mirror.
    pub fn mirror_part(&self) -> Option<&Subsystem> {
        self.parts.iter().find(|part| part.name == mirror::NAME)
    }

    /// Takes the newest word on a subsystem.
    pub fn take_part(&mut self, part: Subsystem) {
        match self.parts.iter_mut().find(|known| known.name == part.name) {
            Some(known) => *known = part,
            None => self.parts.push(part),
        }
    }
}

/// What a person does to a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Pressed the launcher button.
    Launcher,
    /// Chose a window.
    Focus(WindowId),
    /// Closed a window.
    Close(WindowId),
    /// Pressed a light.
    Panel(&'static str),
}

/// The panel behind the mirror's light.
pub const MIRROR_PANEL: &str = "storage";

/// The panel behind the light of all subsystems.
pub const SUBSYSTEMS_PANEL: &str = subsystems::NAME;

/// The `ctl` of a window.
pub fn window_ctl(id: WindowId) -> String {
    format!("/{}/windows/{id}/ctl", desktop::NAME)
}

/// Since when the windows are not known, if they are not.
pub fn lost_since(reach: &Reach) -> Option<Millis> {
    match reach {
        Reach::Down { since } => Some(*since),
        Reach::Unknown | Reach::Up => None,
    }
}
