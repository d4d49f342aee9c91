//! The window and the output that lie in a direction, and moving there.

use trees::desktop::Direction;

use super::{Layout, OutputId, Place, Placement, Pos, Rect, WindowId};

/// How far a floating window moves at once, in logical pixels.
const STEP: i32 = 64;

impl Layout {
    /// The window that lies next in a direction: among tiles by their structure, else by place; at
    /// the end, what had the focus last on the next output.
    #[must_use]
    pub fn window_towards(&self, from: WindowId, direction: Direction) -> Option<WindowId> {
        let window = self.windows.get(&from)?;
        let among_tiles = self
            .tiling_place(window)
            .filter(|_| window.tiled)
            .and_then(|id| self.workspaces.get(&id))
            .and_then(|of| of.tiles.beside(from, direction, self.work_area_of(window)));
        among_tiles
            .or_else(|| self.nearest_towards(from, direction))
            .or_else(|| {
                let output = self.output_towards(window.output?, direction)?;
                self.recent_on(output)
            })
    }

    /// The nearest window of the same output whose middle lies in a direction.
    fn nearest_towards(&self, from: WindowId, direction: Direction) -> Option<WindowId> {
        let window = self.windows.get(&from)?;
        let start = middle(self.frame_rect(from)?);
        let candidates = self.windows.values().filter(|other| {
            other.id != from && other.output == window.output && self.is_visible(other.id)
        });
        // Between two tiles their structure decides alone.
        let candidates = candidates.filter(|other| !(window.tiled && other.tiled));
        candidates
            .filter_map(|other| {
                let to = middle(self.frame_rect(other.id)?);
                Some((distance(start, to, direction)?, other.id))
            })
            .min()
            .map(|(_, id)| id)
    }

    /// The output that lies next in a direction.
    #[must_use]
    pub fn output_towards(&self, from: OutputId, direction: Direction) -> Option<OutputId> {
        let start = middle(self.output(from)?.geometry);
        let others = self.outputs.iter().filter(|output| output.id != from);
        others
            .filter_map(|output| {
                Some((
                    distance(start, middle(output.geometry), direction)?,
                    output.id,
                ))
            })
            .min()
            .map(|(_, id)| id)
    }

    /// The window shown on an output that had the focus last; a tile that hides it, if one does.
    #[must_use]
    pub fn recent_on(&self, output: OutputId) -> Option<WindowId> {
        let here = |id: &&WindowId| {
            let window = self.windows.get(id);
            window.is_some_and(|window| window.output == Some(output)) && self.is_shown(**id)
        };
        let recent = self.history.iter().find(here).copied()?;
        let tile = self.windows.get(&recent).filter(|window| window.tiled);
        let over = tile.and_then(|tile| {
            let mut tiles = self.windows.values().filter(|other| other.tiled);
            tiles.find(|other| {
                other.maximised && other.place == tile.place && self.is_shown(other.id)
            })
        });
        Some(over.map_or(recent, |over| over.id))
    }

    /// Goes to an output: what had the focus there last has it again.
    pub fn focus_output(&mut self, output: OutputId) {
        if self.output(output).is_none() {
            return;
        }
        self.current = Some(output);
        match self.recent_on(output) {
            Some(id) => self.focus(id),
            None => self.unfocus(),
        }
    }

    /// Moves a window in a direction: a tile among the tiles, a floating one by a step; from the
    /// last column on to the next output.
    pub fn shift(&mut self, id: WindowId, direction: Direction) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        let loc = window.floating.loc;
        let placement = Some(window.placement()).filter(|_| !window.fullscreen);
        if placement == Some(Placement::Tiled) && self.shift_tile(id, direction) {
            return;
        }
        if placement == Some(Placement::Floating) {
            let (dx, dy) = match direction {
                Direction::Left => (-STEP, 0),
                Direction::Right => (STEP, 0),
                Direction::Up => (0, -STEP),
                Direction::Down => (0, STEP),
            };
            return self.move_to(id, loc + Pos::from((dx, dy)));
        }
        let next =
            window_output(self, id).and_then(|output| self.output_towards(output, direction));
        if let Some(next) = next {
            self.send_to_output(id, next);
            self.focus(id);
        }
    }

    /// Moves a window with its family to another output: to the workspace shown there.
    pub fn send_to_output(&mut self, id: WindowId, target: OutputId) {
        let Some(active) = self.active_workspace(target) else {
            return;
        };
        let root = self.root_of(id);
        for member in self.family_below(root) {
            let place = match self.windows.get(&member) {
                Some(window) if window.output == Some(target) => continue,
                Some(window) => window.place,
                None => continue,
            };
            let place = match place {
                Place::Workspace(_) => Place::Workspace(active),
                other => other,
            };
            self.put(member, place, Some(target));
            self.bring_into_view(member);
        }
        self.settle();
    }
}

fn window_output(layout: &Layout, id: WindowId) -> Option<OutputId> {
    layout.windows.get(&id)?.output
}

/// How far one place lies from another in a direction, by their middles; `None` where it does not.
pub(crate) fn towards(from: Rect, to: Rect, direction: Direction) -> Option<i64> {
    distance(middle(from), middle(to), direction)
}

fn middle(rect: Rect) -> Pos {
    rect.loc + Pos::from((rect.size.w / 2, rect.size.h / 2))
}

/// How far `to` lies from `from` in a direction, what lies aside counting double. `None` where it
/// lies more aside than ahead.
fn distance(from: Pos, to: Pos, direction: Direction) -> Option<i64> {
    let (dx, dy) = (
        i64::from(to.x) - i64::from(from.x),
        i64::from(to.y) - i64::from(from.y),
    );
    let (ahead, aside) = match direction {
        Direction::Left => (-dx, dy.abs()),
        Direction::Right => (dx, dy.abs()),
        Direction::Up => (-dy, dx.abs()),
        Direction::Down => (dy, dx.abs()),
    };
    (ahead > 0 && aside <= ahead.saturating_mul(2)).then(|| ahead + 2 * aside)
}
