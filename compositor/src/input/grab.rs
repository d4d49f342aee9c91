//! Moving and resizing windows with the pointer.

use smithay::input::pointer::CursorIcon;
use smithay::utils::{Logical, Point};

use crate::goblin::Goblin;
use crate::layout::{Edges, Placement, Pos, WindowId};

/// How far the pointer moves on a title bar before the window comes along, in logical pixels.
const SLACK: f64 = 4.0;

/// What the pointer does to a window while a button is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Grab {
    /// Nothing.
    None,
    /// It went down on a title bar and has not moved yet.
    Pressed {
        window: WindowId,
        at: Point<f64, Logical>,
    },
    /// It moves a window, held at this place of its content.
    Move {
        window: WindowId,
        hold: Pos,
        /// It was a tile before.
        was_tile: bool,
    },
    /// It resizes a window.
    Resize {
        window: WindowId,
        start: Point<f64, Logical>,
    },
}

impl Grab {
    /// The window that is moved, and whether it was a tile before.
    pub(crate) fn moved(self) -> Option<(WindowId, bool)> {
        match self {
            Grab::Move {
                window, was_tile, ..
            } => Some((window, was_tile)),
            Grab::None | Grab::Pressed { .. } | Grab::Resize { .. } => None,
        }
    }

    pub(crate) fn window(self) -> Option<WindowId> {
        match self {
            Grab::None => None,
            Grab::Pressed { window, .. }
            | Grab::Move { window, .. }
            | Grab::Resize { window, .. } => Some(window),
        }
    }
}

impl Goblin {
    /// The pointer takes hold of a window to move it, by what is at `pos`.
    pub(crate) fn begin_move(&mut self, id: WindowId, pos: Point<f64, Logical>) {
        let model = self.layout.window(id);
        let was_tile = model.is_some_and(|window| window.placement() == Placement::Tiled);
        let Some(hold) = self.layout.begin_move(id, pos.to_i32_floor()) else {
            return;
        };
        self.layout.raise(id);
        self.input.grab = Grab::Move {
            window: id,
            hold,
            was_tile,
        };
        self.input.own_cursor = Some(CursorIcon::Grabbing);
        self.take_pointer();
        self.layout_changed();
    }

    /// The pointer takes hold of some edges of a window at `pos` to resize it.
    pub(crate) fn begin_resize(&mut self, id: WindowId, edges: Edges, pos: Point<f64, Logical>) {
        if !self.layout.begin_resize(id, edges) {
            return;
        }
        self.input.grab = Grab::Resize {
            window: id,
            start: pos,
        };
        self.input.own_cursor = Some(edge_cursor(edges));
        self.take_pointer();
        self.layout_changed();
    }

    /// The pointer has moved; returns whether a grab has used that up.
    pub(crate) fn move_grab(&mut self, pos: Point<f64, Logical>) -> bool {
        match self.input.grab {
            Grab::None => return false,
            Grab::Pressed { window, at } => {
                let moved = pos - at;
                if moved.x.hypot(moved.y) >= SLACK {
                    self.input.grab = Grab::None;
                    self.begin_move(window, at);
                    return self.move_grab(pos);
                }
            }
            Grab::Move { window, hold, .. } => {
                self.layout
                    .move_to(window, pos.to_i32_floor::<i32>() - hold);
                self.layout_changed();
            }
            Grab::Resize { window, start } => {
                let delta = (pos - start).to_i32_round();
                if self.layout.update_resize(window, delta) {
                    self.layout_changed();
                }
            }
        }
        true
    }

    /// The last button was released; returns whether there was a grab.
    pub(crate) fn end_grab(&mut self, pos: Point<f64, Logical>) -> bool {
        let grab = std::mem::replace(&mut self.input.grab, Grab::None);
        match grab {
            Grab::None => return false,
            Grab::Pressed { .. } => {}
            Grab::Move {
                window, was_tile, ..
            } => self
                .layout
                .drop_window(window, pos.to_i32_floor(), was_tile),
            Grab::Resize { window, .. } => self.layout.end_resize(window),
        }
        self.input.own_cursor = None;
        self.layout_changed();
        true
    }

    /// A window goes away: what the pointer does to it ends.
    pub(crate) fn end_grab_of(&mut self, id: WindowId) {
        if self.input.grab.window() == Some(id) {
            self.input.grab = Grab::None;
            self.input.own_cursor = None;
        }
        if self.input.hover.is_some_and(|hover| hover.window == id) {
            self.input.hover = None;
        }
    }
}

/// The pointer's shape over an edge.
pub(super) fn edge_cursor(edges: Edges) -> CursorIcon {
    match (edges.left, edges.right, edges.top, edges.bottom) {
        (true, _, true, _) => CursorIcon::NwResize,
        (_, true, true, _) => CursorIcon::NeResize,
        (true, _, _, true) => CursorIcon::SwResize,
        (_, true, _, true) => CursorIcon::SeResize,
        (true, ..) => CursorIcon::WResize,
        (_, true, ..) => CursorIcon::EResize,
        (_, _, true, _) => CursorIcon::NResize,
        _ => CursorIcon::SResize,
    }
}
