//! Choosing a window by its picture: the switcher (Alt+Tab) and the overview.
//!
//! The model here knows no Wayland type, no clock and no pixels: [`arrange`] says where pictures go,
//! [`Switcher`] and [`Overview`] say what a person has chosen so far, [`Panel`] and [`Sheet`] say what
//! lies where on an output. `act` opens and leaves and carries out what is chosen;
//! `input::choosing` hands keys, pointer and touch to the model while one of the two is open;
//! `render::choosing` draws it.
//!
//! Nothing here moves by itself: every place is a function of the layout. An effect that lets windows
//! fly to their places has to ask for the places only, and blend them with those on the desktop.

mod act;
mod arrange;
mod panel;
mod sheet;
mod spread;
mod switcher;

pub(crate) use act::Chooser;
pub(crate) use panel::Panel;
pub(crate) use sheet::{Sheet, Spot, close_button};
pub(crate) use spread::Overview;
pub(crate) use switcher::{Held, Switcher};

use crate::layout::WindowId;

/// What is open, if anything is.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Mode {
    /// Neither.
    #[default]
    Closed,
    /// The switcher.
    Switching(Switcher),
    /// The overview.
    Overview(Overview),
}

/// The picture of a window, and where it lies in the plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thumbnail {
    pub(crate) window: WindowId,
    /// Where the window with its frame is drawn.
    pub(crate) rect: crate::layout::Rect,
    /// Where its title is written; empty where there is no room for one.
    pub(crate) label: crate::layout::Rect,
}
