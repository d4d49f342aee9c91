//! What a binding, a frame's button and a verb of `/desktop` do.

use tracing::warn;
use trees::desktop::Event;

use crate::config::Action;
use crate::goblin::Goblin;
use crate::layout::{Placement, Tile, WindowId};

impl Goblin {
    /// Carries out what a binding says.
    pub(crate) fn act(&mut self, action: &Action) {
        match action {
            Action::Event(name) => self.publish(&Event::Binding { name: name.clone() }),
            Action::Spawn(argv) => {
                if let Err(reason) = self.spawn(argv) {
                    warn!("{reason}");
                }
            }
            Action::NextWindow => self.switch_window(1),
            Action::PreviousWindow => self.switch_window(-1),
            Action::Restore => self.restore_last(),
            Action::Quit => self.quit(),
            Action::Close
            | Action::Maximize
            | Action::Fullscreen
            | Action::Minimize
            | Action::TileLeft
            | Action::TileRight => {
                if let Some(id) = self.layout.focused() {
                    self.act_on(action, id);
                }
            }
        }
    }

    fn act_on(&mut self, action: &Action, id: WindowId) {
        match action {
            Action::Close => return self.close_window(id),
            Action::Maximize => return self.toggle_maximised(id),
            Action::Fullscreen => {
                let on = self
                    .layout
                    .window(id)
                    .is_some_and(crate::layout::Window::is_fullscreen);
                self.layout.set_fullscreen(id, !on, None);
            }
            Action::Minimize => self.restore_or_minimise(id),
            Action::TileLeft => self.toggle_tiled(id, Tile::Left),
            Action::TileRight => self.toggle_tiled(id, Tile::Right),
            Action::Event(_)
            | Action::Spawn(_)
            | Action::NextWindow
            | Action::PreviousWindow
            | Action::Restore
            | Action::Quit => return,
        }
        self.layout_changed();
    }

    /// Down: a window that fills the work area floats again, a floating one is hidden.
    fn restore_or_minimise(&mut self, id: WindowId) {
        let placement = self.layout.window(id).map(crate::layout::Window::placement);
        if placement == Some(Placement::Floating) {
            self.layout.set_minimised(id, true);
        } else {
            self.layout.set_placement(id, Placement::Floating);
        }
    }

    fn toggle_tiled(&mut self, id: WindowId, tile: Tile) {
        let now = self.layout.window(id).map(crate::layout::Window::placement);
        let placement = Placement::Tiled(tile);
        let back = now == Some(placement);
        self.layout
            .set_placement(id, if back { Placement::Floating } else { placement });
    }

    /// Shows the window that was hidden last.
    fn restore_last(&mut self) {
        let hidden = |id: &&WindowId| {
            self.layout
                .window(**id)
                .is_some_and(crate::layout::Window::is_minimised)
        };
        if let Some(id) = self.layout.focus_history().iter().find(hidden).copied() {
            self.focus_window(id);
        }
    }

    /// Asks a window's client to close it.
    pub(crate) fn close_window(&mut self, id: WindowId) {
        if let Some(window) = self.windows.get(id) {
            window.toplevel.send_close();
        }
    }
}
