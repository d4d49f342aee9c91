//! Windows and the tiles of their workspaces: which window has a tile, and what is done with it.

use trees::desktop::{Axis, Direction};

use super::tiling::{Join, Line};
use super::{Edges, Layout, Place, Placement, Pos, Rect, Window, WindowId, WorkspaceId};

/// An edge of a tile that is being dragged.
#[derive(Debug, Clone)]
pub(super) struct TileResize {
    pub(super) window: WindowId,
    workspace: WorkspaceId,
    column: Option<Line>,
    split: Option<Line>,
}

impl Layout {
    /// Switches a workspace between tiles and floating windows. Windows keep the place where they
    /// float for when they float again.
    pub fn set_tiling(&mut self, id: WorkspaceId, tiling: bool) {
        let Some(workspace) = self.workspaces.get_mut(&id) else {
            return;
        };
        if workspace.tiling == tiling {
            return;
        }
        workspace.tiling = tiling;
        let mut windows: Vec<WindowId> = self.windows_in(id).collect();
        // From left to right as they lie.
        windows.sort_by_key(|id| self.frame_rect(*id).map(|rect| (rect.loc.x, rect.loc.y)));
        for window_id in windows {
            let Some(window) = self.windows.get_mut(&window_id) else {
                continue;
            };
            window.tiled = tiling && window.suits_tiling();
            window.slot = None;
            window.resize = None;
            if window.tiled {
                window.snap = None;
                window.maximised = false;
            }
            self.sync_tile(window_id);
        }
        if let (Some(focused), Some(workspace)) = (self.focused, self.workspaces.get_mut(&id)) {
            workspace.tiles.show(focused);
        }
        self.settle();
    }

    /// Makes a window a tile of its workspace, at its old place if it had one; or floats it out.
    /// Does nothing on a floating workspace.
    pub fn set_tiled(&mut self, id: WindowId, tiled: bool) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if window.tiled == tiled || (tiled && self.tiling_place(window).is_none()) {
            return;
        }
        if let Some(window) = self.windows.get_mut(&id) {
            window.tiled = tiled;
            window.resize = None;
            if tiled {
                window.snap = None;
                window.maximised = false;
            }
        }
        self.sync_tile(id);
        self.keep_reachable(id);
        self.settle();
    }

    /// The tiling workspace that a window is on.
    pub(super) fn tiling_place(&self, window: &Window) -> Option<WorkspaceId> {
        match window.place {
            Place::Workspace(id) if self.workspaces.get(&id)?.tiling => Some(id),
            Place::Workspace(_) | Place::Sticky | Place::Scratch => None,
        }
    }

    /// The workspace that has a tile for this window.
    fn tile_home(&self, id: WindowId) -> Option<WorkspaceId> {
        let holds = |of: &&super::Workspace| of.tiles.spot(id).is_some();
        self.workspaces
            .values()
            .find(holds)
            .map(super::Workspace::id)
    }

    /// Gives a window its tile, or takes it away, as its state says.
    pub(super) fn sync_tile(&mut self, id: WindowId) {
        let window = self.windows.get(&id);
        let target = window
            .filter(|window| window.tiled && !window.minimised)
            .and_then(|window| self.tiling_place(window));
        let now = self.tile_home(id);
        if target == now {
            return;
        }
        self.tile_resize = None;
        if let Some(workspace) = now.and_then(|now| self.workspaces.get_mut(&now)) {
            let memory = workspace.tiles.remove(id);
            if let Some(window) = self.windows.get_mut(&id)
                && window.place == Place::Workspace(workspace.id)
            {
                window.slot = memory;
            }
        }
        let memory = self
            .windows
            .get_mut(&id)
            .and_then(|window| window.slot.take_if(|_| target.is_some()));
        let history = &self.history;
        if let Some(workspace) = target.and_then(|target| self.workspaces.get_mut(&target)) {
            let tiles = &mut workspace.tiles;
            match memory {
                Some(memory) => tiles.restore(id, &memory),
                None => {
                    let after = history
                        .iter()
                        .copied()
                        .find(|other| tiles.spot(*other).is_some());
                    tiles.add(id, after);
                }
            }
        }
        for workspace in [now, target].into_iter().flatten() {
            self.tiles_changed(workspace);
        }
    }

    /// After a change of the tiles: a line that is being dragged may be gone, and windows may have
    /// become tabs.
    fn tiles_changed(&mut self, id: WorkspaceId) {
        self.tile_resize = None;
        let Some(workspace) = self.workspaces.get(&id) else {
            return;
        };
        for window in self.windows.values_mut() {
            if window.place == Place::Workspace(id) {
                let split = workspace.tiles.split_of(window.id);
                window.tabbed = split.is_some_and(|split| split.tabs.len() > 1);
            }
        }
    }

    /// The tile of a window: its frame fills it.
    pub(super) fn tile_rect(&self, window: &Window) -> Option<Rect> {
        let workspace = self.workspaces.get(&self.tiling_place(window)?)?;
        workspace
            .tiles
            .slot_of(window.id, self.work_area_of(window), self.options.gap)
    }

    /// The tabs of a window's tile and which of them is shown. `None` where it has no others.
    #[must_use]
    pub fn tabs(&self, id: WindowId) -> Option<(&[WindowId], usize)> {
        let window = self.windows.get(&id).filter(|window| window.tabbed)?;
        let workspace = self.workspaces.get(&self.tiling_place(window)?)?;
        let split = workspace.tiles.split_of(id)?;
        Some((&split.tabs, split.shown))
    }

    /// Changes the tiles of a window's workspace; what it leaves is put in order.
    fn change_tiles(
        &mut self,
        id: WindowId,
        change: impl FnOnce(&mut super::tiling::Tiling) -> bool,
    ) -> bool {
        let workspace = self.windows.get(&id).filter(|window| window.tiled);
        let Some(workspace) = workspace.and_then(|window| self.tiling_place(window)) else {
            return false;
        };
        let changed = self
            .workspaces
            .get_mut(&workspace)
            .is_some_and(|of| of.tiles.spot(id).is_some() && change(&mut of.tiles));
        if changed {
            self.tiles_changed(workspace);
            self.settle();
        }
        changed
    }

    /// Moves a tile in a direction; returns whether there was somewhere to go on its workspace.
    pub(super) fn shift_tile(&mut self, id: WindowId, direction: Direction) -> bool {
        self.change_tiles(id, |tiles| tiles.shift(id, direction))
    }

    /// A tile joins the next column sideways, as its lowest split.
    pub fn join_column(&mut self, id: WindowId, direction: Direction) -> bool {
        self.change_tiles(id, |tiles| tiles.join_column(id, direction))
    }

    /// The splits of a tile's column become tabs, or its tabs become splits.
    pub fn toggle_tabs(&mut self, id: WindowId) -> bool {
        let changed = self.change_tiles(id, |tiles| tiles.toggle_tabs(id));
        // Tabs that became splits may have a maximised one among them.
        if changed && self.focused == Some(id) {
            self.focus(id);
        }
        changed
    }

    /// The window `step` tabs further in the tile of `id`, going round.
    #[must_use]
    pub fn tab_beside(&self, id: WindowId, step: i32) -> Option<WindowId> {
        let window = self.windows.get(&id)?;
        let workspace = self.workspaces.get(&self.tiling_place(window)?)?;
        workspace.tiles.tab_beside(id, step)
    }

    /// Makes a window larger or smaller by so many pixels: a tile at the cost of its neighbour.
    pub fn grow(&mut self, id: WindowId, axis: Axis, by: i32) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if window.placement() != Placement::Tiled {
            if window.placement() == Placement::Floating {
                let size = window.floating.size;
                let size = match axis {
                    Axis::Width => (size.w.saturating_add(by).max(1), size.h),
                    Axis::Height => (size.w, size.h.saturating_add(by).max(1)),
                };
                self.resize_to(id, size.into());
            }
            return;
        }
        let (near, far) = match axis {
            Axis::Width => (
                Edges {
                    left: true,
                    ..Edges::default()
                },
                Edges {
                    right: true,
                    ..Edges::default()
                },
            ),
            Axis::Height => (
                Edges {
                    top: true,
                    ..Edges::default()
                },
                Edges {
                    bottom: true,
                    ..Edges::default()
                },
            ),
        };
        let delta = |by: i32| match axis {
            Axis::Width => Pos::from((by, 0)),
            Axis::Height => Pos::from((0, by)),
        };
        // By the far edge, or at the end of the row by the near one.
        for (edges, by) in [(far, by), (near, by.saturating_neg())] {
            if self.begin_tile_resize(id, edges) {
                self.update_tile_resize(id, delta(by));
                self.tile_resize = None;
                return;
            }
        }
    }

    /// Begins to drag some edges of a tile; returns whether there is a line to drag.
    pub(super) fn begin_tile_resize(&mut self, id: WindowId, edges: Edges) -> bool {
        let Some(window) = self.windows.get(&id) else {
            return false;
        };
        let area = self.work_area_of(window);
        let Some(workspace) = self
            .tiling_place(window)
            .and_then(|id| self.workspaces.get(&id))
        else {
            return false;
        };
        let (column, split) = workspace.tiles.lines_at(id, edges, area, self.options.gap);
        if column.is_none() && split.is_none() {
            return false;
        }
        self.tile_resize = Some(TileResize {
            window: id,
            workspace: workspace.id,
            column,
            split,
        });
        true
    }

    /// The pointer has moved by `delta` since the drag of a tile's edge began.
    pub(super) fn update_tile_resize(&mut self, id: WindowId, delta: Pos) -> bool {
        let Some(drag) = self.tile_resize.as_ref().filter(|drag| drag.window == id) else {
            return false;
        };
        let Some(workspace) = self.workspaces.get_mut(&drag.workspace) else {
            return false;
        };
        let before = workspace.tiles.clone();
        for (line, delta) in [(&drag.column, delta.x), (&drag.split, delta.y)] {
            if let Some(line) = line {
                workspace.tiles.drag_line(line, delta);
            }
        }
        workspace.tiles != before
    }

    /// Where a window would go if it were dropped on the tiles with the pointer at `pointer`:
    /// workspace, column, split and side. A window that was a tile before goes to the nearest tile,
    /// any other only at an edge of one, so that it can also float above them.
    fn tile_at(&self, pointer: Pos, was_tile: bool) -> Option<(WorkspaceId, usize, usize, Join)> {
        /// How near an edge a floating window must be dropped to become a tile.
        const EDGE: i32 = 24;
        let output = self.output_near(pointer)?;
        let workspace = self.workspaces.get(&output.active).filter(|of| of.tiling)?;
        let slots = workspace.tiles.slots(output.work_area, self.options.gap);
        let away = |rect: &Rect| {
            let reach = |at: i32, start: i32, len: i32| {
                i64::from((start - at).max(at - (start + len - 1)).max(0))
            };
            reach(pointer.x, rect.loc.x, rect.size.w) + reach(pointer.y, rect.loc.y, rect.size.h)
        };
        let Some(slot) = slots.iter().min_by_key(|slot| away(&slot.rect)) else {
            return was_tile.then_some((workspace.id, 0, 0, Join::Right));
        };
        let rect = slot.rect;
        let sides = [
            (pointer.x - rect.loc.x, rect.size.w, Join::Left),
            (
                rect.loc.x + rect.size.w - 1 - pointer.x,
                rect.size.w,
                Join::Right,
            ),
            (pointer.y - rect.loc.y, rect.size.h, Join::Above),
            (
                rect.loc.y + rect.size.h - 1 - pointer.y,
                rect.size.h,
                Join::Below,
            ),
        ];
        let part = |(distance, len, _): &(i32, i32, Join)| {
            i64::from(*distance) * 1000 / i64::from((*len).max(1))
        };
        let (distance, len, side) = sides.into_iter().min_by_key(part)?;
        let join = if was_tile {
            if part(&(distance, len, side)) < 250 {
                side
            } else {
                Join::Tab
            }
        } else if rect.contains(pointer) && distance < EDGE {
            side
        } else {
            return None;
        };
        Some((workspace.id, slot.column, slot.split, join))
    }

    /// Drops a window on the tiles at `pointer`; returns whether it became one.
    pub(super) fn drop_on_tiles(&mut self, id: WindowId, pointer: Pos, was_tile: bool) -> bool {
        let Some((workspace, column, split, join)) = self.tile_at(pointer, was_tile) else {
            return false;
        };
        let here = |window: &Window| window.place == Place::Workspace(workspace);
        let Some(window) = self.windows.get(&id).filter(|window| here(window)) else {
            return false;
        };
        // A window that is a tile is not being dragged.
        if window.minimised || window.fullscreen || window.tiled {
            return false;
        }
        if let Some(window) = self.windows.get_mut(&id) {
            window.tiled = true;
            window.snap = None;
            window.maximised = false;
            window.resize = None;
        }
        if let Some(of) = self.workspaces.get_mut(&workspace) {
            of.tiles.join(id, column, split, join);
        }
        self.tiles_changed(workspace);
        self.settle();
        true
    }
}
