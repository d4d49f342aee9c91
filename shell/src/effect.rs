//! What the shell wants done outside of itself. The state decides; the edges carry it out.

use iced_core::window;
use iced_exwlshell::actions::ExWlShellCustomAction;
use trees::shell::Event;

use crate::notify::server::Signal;

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Write a line to a `ctl`.
    Order(Order),
    /// Show a panel, starting the panels' process if it does not run.
    OpenPanel(&'static str),
    /// Ask the window loop for something: a new surface, or a change of this one.
    Surface(Option<window::Id>, ExWlShellCustomAction),
    /// Put the keyboard into the search field of the launcher.
    FocusSearch,
    /// Scroll the launcher to this share of its list.
    Reveal(f32),
    /// Tell programs on D-Bus.
    Signal(Signal),
    /// Tell who follows `/shell/event`.
    Post(Event),
    /// End the shell.
    Quit,
}

/// A line for a `ctl`, and what the person wanted by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The `ctl`.
    pub path: String,
    /// The line.
    pub line: String,
    /// What it is for, to say so if it fails.
    pub purpose: Purpose,
}

/// What a person wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// To start the application of this name.
    Start(String),
    /// To do something to a window.
    Window,
    /// To answer a question about a selection.
    Answer,
    /// To see the panel of this name.
    Panel(&'static str),
}
