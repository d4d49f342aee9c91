//! What the verbs of a window do, written to its `ctl` or bound to a key.

use ninep::tree::ctl::Refusal;
use trees::desktop::{Direction, Snap, WindowVerb};

use super::{gone, verbs::refused};
use crate::goblin::Goblin;
use crate::layout::{Extent, Placement, Window, WindowId};

impl Goblin {
    /// Checks what can be refused before anything is done.
    pub(super) fn check_window_verb(&self, verb: &WindowVerb) -> Result<(), Refusal> {
        match verb {
            WindowVerb::Resize { width, height } if *width < 1 || *height < 1 => {
                Err(refused("a window has at least one pixel").would_work("resize 800 600"))
            }
            WindowVerb::Join {
                direction: Direction::Up | Direction::Down,
            } => {
                Err(refused("a column has others to its left and right only")
                    .would_work("join left"))
            }
            WindowVerb::SendToOutput { to }
                if direction(to).is_none() && self.output_named(to).is_none() =>
            {
                Err(gone(format_args!("output {to:?}")))
            }
            _ => Ok(()),
        }
    }

    /// Carries out a verb of a window. The caller sees to `layout_changed`.
    pub(crate) fn window_verb(&mut self, id: WindowId, verb: &WindowVerb) -> Result<(), Refusal> {
        self.check_window_verb(verb)?;
        let Some(window) = self.layout.window(id).cloned() else {
            return Err(gone(format_args!("window {id}")));
        };
        let layout = &mut self.layout;
        match verb {
            WindowVerb::Close {} => self.close_window(id),
            WindowVerb::Focus {} => self.focus_window(id),
            WindowVerb::Move { x, y } => {
                self.float(id);
                self.layout.move_to(id, (*x, *y).into());
            }
            WindowVerb::Resize { width, height } => {
                self.float(id);
                self.layout.resize_to(id, Extent::from((*width, *height)));
            }
            WindowVerb::Maximize {} => {
                layout.set_minimised(id, false);
                layout.set_placement(id, Placement::Maximised);
            }
            WindowVerb::Fullscreen {} => {
                layout.set_minimised(id, false);
                layout.set_fullscreen(id, true, None);
            }
            WindowVerb::Minimize {} => layout.set_minimised(id, true),
            WindowVerb::Restore {} if window.is_minimised() => self.focus_window(id),
            WindowVerb::Restore {} => {
                layout.set_fullscreen(id, false, None);
                layout.set_placement(id, Placement::Floating);
            }
            WindowVerb::ToggleMaximize {} => self.toggle_maximised(id),
            WindowVerb::ToggleFullscreen {} => {
                let on = window.is_fullscreen();
                layout.set_fullscreen(id, !on, None);
            }
            WindowVerb::RestoreOrMinimize {} => match window.placement() {
                Placement::Floating | Placement::Tiled => layout.set_minimised(id, true),
                Placement::Maximised | Placement::Snapped(_) => {
                    layout.set_placement(id, Placement::Floating);
                }
            },
            WindowVerb::Snap { part } => self.snap(id, *part),
            WindowVerb::Tile {} => layout.set_tiled(id, true),
            WindowVerb::Float {} => layout.set_tiled(id, false),
            WindowVerb::ToggleFloating {} => {
                let tiled = window.is_tiled();
                layout.set_tiled(id, !tiled);
                layout.raise(id);
            }
            WindowVerb::Sticky { on } => {
                let on = on.unwrap_or(!window.is_sticky());
                layout.set_sticky(id, on);
            }
            WindowVerb::OnTop { on } => {
                let on = on.unwrap_or(!window.is_on_top());
                layout.set_on_top(id, on);
            }
            WindowVerb::SendToScratch { on } => {
                let on = on.unwrap_or(!window.is_scratch());
                layout.set_scratch(id, on);
            }
            WindowVerb::SendToWorkspace { to } => {
                let target = window.output().and_then(|of| layout.workspace_at(of, *to));
                if let Some(target) = target {
                    layout.send_to_workspace(id, target);
                }
            }
            WindowVerb::SendToOutput { to } => self.send_to_output(id, to),
            WindowVerb::Shift { direction } => layout.shift(id, *direction),
            WindowVerb::Join { direction } => drop(layout.join_column(id, *direction)),
            WindowVerb::ToggleTabs {} => drop(layout.toggle_tabs(id)),
            WindowVerb::Grow { axis, by } => layout.grow(id, *axis, *by),
        }
        Ok(())
    }

    /// A floating window fills a part of the work area, or no longer; a tile moves that way.
    fn snap(&mut self, id: WindowId, part: Snap) {
        let placement = self.layout.window(id).map(Window::placement);
        let towards = match part {
            Snap::Left => Some(Direction::Left),
            Snap::Right => Some(Direction::Right),
            Snap::Top => Some(Direction::Up),
            Snap::Bottom => Some(Direction::Down),
            _ => None,
        };
        match (placement, towards) {
            (Some(Placement::Tiled), Some(direction)) => self.layout.shift(id, direction),
            (Some(Placement::Snapped(now)), _) if now == part => {
                self.layout.set_placement(id, Placement::Floating);
            }
            _ => self.layout.set_placement(id, Placement::Snapped(part)),
        }
    }

    fn send_to_output(&mut self, id: WindowId, to: &str) {
        let target = match direction(to) {
            Some(direction) => {
                let from = self.layout.window(id).and_then(Window::output);
                from.and_then(|from| self.layout.output_towards(from, direction))
            }
            None => self.output_named(to).map(|output| output.id),
        };
        if let Some(target) = target {
            self.layout.send_to_output(id, target);
        }
    }

    /// The window floats, whatever it filled.
    fn float(&mut self, id: WindowId) {
        self.layout.set_fullscreen(id, false, None);
        self.layout.set_placement(id, Placement::Floating);
        self.layout.set_tiled(id, false);
    }
}

fn direction(word: &str) -> Option<Direction> {
    Direction::ALL
        .iter()
        .copied()
        .find(|direction| direction.word() == word)
}
