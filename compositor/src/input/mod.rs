//! From devices, real or injected, to focus, bindings, grabs and clients.

mod act;
mod candidates;
mod choosing;
mod constrain;
mod device;
mod flood;
mod focus;
mod gesture;
mod grab;
mod hit;
mod keyboard;
mod keymap;
mod motion;
mod pointer;
mod tablet;
mod touch;

use smithay::backend::input::TouchSlot;
use smithay::desktop::PopupGrab;
use smithay::input::keyboard::Keycode;
use smithay::input::pointer::{CursorIcon, CursorImageStatus};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{IsAlive, Logical, Point, Serial};
use smithay::wayland::shell::xdg::PopupSurface;

use crate::goblin::Goblin;
use crate::layout::{FramePart, WindowId};
use motion::Motion;

pub(crate) use flood::{Flood, PAUSE};
#[cfg(test)]
pub(crate) use gesture::Gesture;
pub(crate) use grab::Grab;
pub(crate) use keymap::{Chord, KeyTable, KeymapError};
pub(crate) use pointer::{LEFT, MIDDLE, RIGHT};
#[cfg(test)]
pub(crate) use tablet::ToolAxes;

/// The part of a frame under the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hover {
    pub(crate) window: WindowId,
    pub(crate) part: FramePart,
    /// The button went down on it and is held.
    pub(crate) pressed: bool,
}

/// What is dragged with the pointer, as its client draws it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DragIcon {
    pub(crate) surface: WlSurface,
    /// Where it lies, seen from the point that points: its commits move it.
    pub(crate) offset: Point<i32, Logical>,
}

/// What input is about at the moment.
pub(crate) struct InputState {
    /// The devices of the machine.
    pub(crate) devices: Vec<trees::desktop::Device>,
    /// The pointer's picture as the client under it wants it.
    pub(crate) client_cursor: CursorImageStatus,
    pub(crate) hover: Option<Hover>,
    pub(crate) grab: Grab,
    pub(crate) dnd_icon: Option<DragIcon>,
    /// Surfaces that want the session kept awake while they are seen, once for each wish.
    pub(crate) idle_inhibitors: Vec<WlSurface>,
    /// The menu that has all input.
    pub(crate) menu: Option<PopupGrab<Goblin>>,
    /// A popup that asked for all input before it had a parent, and by which press.
    pub(crate) early_grab: Option<(PopupSurface, Serial)>,
    /// A surface has committed or is gone: something else may lie under the pointer.
    pub(crate) scene_changed: bool,
    /// Motions of the pointer so far.
    pub(crate) motions: u64,
    /// Those of this turn that nobody was told of.
    motion: Option<Motion>,
    /// The fingers that are down on surfaces.
    fingers: Vec<(TouchSlot, WlSurface)>,
    /// Where the pointer is; `None` until it first moves, and it is not drawn before.
    shown_at: Option<Point<f64, Logical>>,
    /// Where a device that knows places was last: how far it went since is told to games.
    device_at: Option<Point<f64, Logical>>,
    /// The surface that the pointer was last given to, and where its origin lies.
    pointer_origin: Option<(WlSurface, Point<f64, Logical>)>,
    /// A layer surface that took the keyboard when it was clicked.
    layer_focus: Option<WlSurface>,
    /// The last press on a title bar, for double clicks: when and on which window.
    last_press: Option<(u32, WindowId)>,
    /// Keys and buttons whose press a binding took: their release is not the client's either.
    taken_keys: Vec<Keycode>,
    taken_buttons: Vec<u32>,
    /// Super went down and nothing else since.
    super_alone: bool,
    /// The shape over frames and during our own grabs.
    own_cursor: Option<CursorIcon>,
}

impl Default for InputState {
    fn default() -> Self {
        Self {
            devices: Vec::new(),
            client_cursor: CursorImageStatus::default_named(),
            hover: None,
            grab: Grab::None,
            dnd_icon: None,
            idle_inhibitors: Vec::new(),
            menu: None,
            early_grab: None,
            scene_changed: false,
            motions: 0,
            motion: None,
            fingers: Vec::new(),
            shown_at: None,
            device_at: None,
            pointer_origin: None,
            layer_focus: None,
            last_press: None,
            taken_keys: Vec::new(),
            taken_buttons: Vec::new(),
            super_alone: false,
            own_cursor: None,
        }
    }
}

impl InputState {
    /// The picture of the pointer.
    pub(crate) fn cursor(&self) -> CursorImageStatus {
        if let Some(icon) = self.own_cursor {
            return CursorImageStatus::Named(icon);
        }
        match &self.client_cursor {
            CursorImageStatus::Surface(surface) if !surface.alive() => {
                CursorImageStatus::default_named()
            }
            cursor => cursor.clone(),
        }
    }

    /// Where to draw the pointer.
    pub(crate) fn pointer_shown_at(&self) -> Option<Point<f64, Logical>> {
        self.shown_at
    }

    /// Whether a window is being moved or resized.
    pub(crate) fn is_dragging(&self) -> bool {
        matches!(self.grab, Grab::Move { .. } | Grab::Resize { .. })
    }

    /// A surface is gone.
    pub(crate) fn forget_surface(&mut self, surface: &WlSurface) {
        if self.layer_focus.as_ref() == Some(surface) {
            self.layer_focus = None;
        }
        if self
            .pointer_origin
            .as_ref()
            .is_some_and(|(other, _)| other == surface)
        {
            self.pointer_origin = None;
        }
        self.dnd_icon.take_if(|icon| icon.surface == *surface);
        if self.client_cursor == CursorImageStatus::Surface(surface.clone()) {
            self.client_cursor = CursorImageStatus::default_named();
        }
    }
}
