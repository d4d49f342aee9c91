//! What must hold of a layout after whatever happened to it.

use std::collections::BTreeSet;

use super::placement::REACHABLE;
use super::tiling::usable_gap;
use super::{Layout, Output, Place, Placement, Rect, Window, WindowId, Workspace, WorkspaceId};

impl Layout {
    /// Checks all that must hold; the text names the first thing that does not.
    ///
    /// # Errors
    /// A sentence that says which rule is broken, and by which window, workspace or output.
    pub fn verify_invariants(&self) -> Result<(), String> {
        let ids: BTreeSet<WindowId> = self.windows.keys().copied().collect();
        for (what, list) in [("stacking", &self.stacking), ("history", &self.history)] {
            let set: BTreeSet<WindowId> = list.iter().copied().collect();
            if set != ids || list.len() != ids.len() {
                return Err(format!(
                    "the {what} holds {list:?}, the windows are {ids:?}"
                ));
            }
        }
        self.verify_levels()?;
        self.verify_focus()?;
        self.verify_rows()?;
        self.outputs
            .iter()
            .try_for_each(|output| self.verify_output(output))?;
        self.workspaces
            .values()
            .try_for_each(|workspace| self.verify_tiles(workspace))?;
        self.windows
            .values()
            .try_for_each(|window| self.verify_window(window))
    }

    fn verify_levels(&self) -> Result<(), String> {
        let levels: Vec<u8> = self.stacking.iter().map(|id| self.level(*id)).collect();
        if levels.is_sorted() {
            return Ok(());
        }
        Err(format!("the levels are mixed: {:?}", self.stacking))
    }

    fn verify_focus(&self) -> Result<(), String> {
        let Some(id) = self.focused else {
            return Ok(());
        };
        if !self.windows.contains_key(&id) {
            return Err(format!("window {id} has the focus and does not exist"));
        }
        if !self.is_shown(id) {
            return Err(format!("window {id} has the focus and is not shown"));
        }
        if self.history.first() != Some(&id) {
            return Err(format!(
                "window {id} has the focus, the history says otherwise"
            ));
        }
        Ok(())
    }

    /// Every workspace is in one row, and the rows hold workspaces that exist.
    fn verify_rows(&self) -> Result<(), String> {
        let names: BTreeSet<_> = self.outputs.iter().map(|output| output.id).collect();
        if names.len() != self.outputs.len() {
            return Err("two outputs have one number".to_owned());
        }
        if !self.orphans.is_empty() && !self.outputs.is_empty() {
            return Err(format!("{:?} are on no output", self.orphans));
        }
        let mut listed: Vec<WorkspaceId> = self
            .outputs
            .iter()
            .flat_map(|output| output.workspaces.iter().copied())
            .chain(self.orphans.iter().copied())
            .collect();
        listed.sort_unstable();
        let names: Vec<&str> = self
            .workspaces
            .values()
            .filter_map(Workspace::name)
            .collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        if distinct.len() != names.len() {
            return Err(format!("two workspaces have one name: {names:?}"));
        }
        let known: Vec<WorkspaceId> = self.workspaces.keys().copied().collect();
        if listed != known {
            return Err(format!("the rows hold {listed:?}, there are {known:?}"));
        }
        Ok(())
    }

    fn verify_output(&self, output: &Output) -> Result<(), String> {
        let name = &output.name;
        if !output.geometry.contains_rect(output.work_area) {
            return Err(format!("the work area of {name} leaves the output"));
        }
        if !output.workspaces.contains(&output.active) {
            return Err(format!("{name} shows a workspace of another output"));
        }
        for (index, id) in output.workspaces.iter().enumerate() {
            let last = index + 1 == output.workspaces.len();
            let empty = self.windows_in(*id).next().is_none();
            if empty != last && (last || *id != output.active) {
                return Err(format!(
                    "workspace {index} of {name}: empty is {empty}, last is {last}"
                ));
            }
            let of = self.workspaces.get(id).and_then(|of| of.output);
            if of != Some(output.id) {
                return Err(format!("workspace {index} of {name} says it is on {of:?}"));
            }
        }
        Ok(())
    }

    /// Those and only those are tiles that should be, and they cover the work area exactly.
    fn verify_tiles(&self, workspace: &Workspace) -> Result<(), String> {
        let id = workspace.id;
        workspace
            .tiles
            .verify()
            .map_err(|reason| format!("workspace {id:?}: {reason}"))?;
        let tiles: BTreeSet<WindowId> = workspace.tiles.windows().collect();
        let wanted: BTreeSet<WindowId> = self
            .windows
            .values()
            .filter(|window| window.tiled && !window.minimised)
            .filter(|window| workspace.tiling && window.place == Place::Workspace(id))
            .map(Window::id)
            .collect();
        if tiles != wanted {
            return Err(format!("the tiles of {id:?} are {tiles:?}, not {wanted:?}"));
        }
        let Some(output) = workspace.output.and_then(|id| self.output(id)) else {
            return Ok(());
        };
        self.verify_cover(workspace, output.work_area)
    }

    fn verify_cover(&self, workspace: &Workspace, area: Rect) -> Result<(), String> {
        let slots = workspace.tiles.slots(area, self.options.gap);
        let columns = &workspace.tiles.columns;
        let gap = usable_gap(area.size.w, self.options.gap, columns.len());
        let mut x = area.loc.x + gap;
        for (index, column) in columns.iter().enumerate() {
            let rects: Vec<Rect> = slots
                .iter()
                .filter(|slot| slot.column == index)
                .map(|slot| slot.rect)
                .collect();
            let width = rects.first().map_or(0, |rect| rect.size.w);
            let inner = usable_gap(area.size.h, self.options.gap, column.splits.len());
            let mut y = area.loc.y + inner;
            for rect in &rects {
                if (rect.loc.x, rect.loc.y, rect.size.w) != (x, y, width) {
                    return Err(format!(
                        "{:?}: a tile lies at {rect:?}, not at {x},{y}",
                        workspace.id
                    ));
                }
                y += rect.size.h + inner;
            }
            if y != area.loc.y + area.size.h {
                return Err(format!("{:?}: column {index} ends at {y}", workspace.id));
            }
            x += width + gap;
        }
        if !columns.is_empty() && x != area.loc.x + area.size.w {
            return Err(format!("{:?}: the columns end at {x}", workspace.id));
        }
        Ok(())
    }

    fn verify_window(&self, window: &Window) -> Result<(), String> {
        let id = window.id;
        match window.output {
            None if !self.outputs.is_empty() => {
                return Err(format!(
                    "window {id} is on no output although there are some"
                ));
            }
            Some(output) if self.output(output).is_none() => {
                return Err(format!(
                    "window {id} is on {output:?}, which does not exist"
                ));
            }
            _ => {}
        }
        match window.place {
            Place::Workspace(place) => {
                let Some(workspace) = self.workspaces.get(&place) else {
                    return Err(format!("window {id} is on {place:?}, which does not exist"));
                };
                if workspace.output != window.output {
                    return Err(format!("window {id} and its {place:?} are on two outputs"));
                }
                if window.tiled && !workspace.tiling {
                    return Err(format!("window {id} is a tile of a floating workspace"));
                }
            }
            Place::Sticky | Place::Scratch if window.tiled => {
                return Err(format!("window {id} is a tile of no workspace"));
            }
            Place::Sticky | Place::Scratch => {}
        }
        if window.snap.is_some() && (window.tiled || window.maximised) {
            return Err(format!("window {id} fills two things"));
        }
        let tabs = self.tabs(id).map_or(1, |(tabs, _)| tabs.len());
        if window.tabbed != (tabs > 1) {
            return Err(format!("window {id}: tabbed is {}", window.tabbed));
        }
        self.verify_family(window)?;
        self.verify_reach(window)
    }

    fn verify_family(&self, window: &Window) -> Result<(), String> {
        let id = window.id;
        let Some(parent) = window.parent else {
            return Ok(());
        };
        let place = |id| self.stacking.iter().position(|other| *other == id);
        if place(parent) >= place(id) {
            return Err(format!("window {id} lies below its parent {parent}"));
        }
        let parent = self.windows.get(&parent);
        if parent.is_some_and(|parent| parent.minimised && !window.minimised) {
            return Err(format!(
                "window {id} is shown although its parent is hidden"
            ));
        }
        Ok(())
    }

    fn verify_reach(&self, window: &Window) -> Result<(), String> {
        let id = window.id;
        let area = self.work_area_of(window);
        if area.is_empty() {
            return Ok(());
        }
        if window.placement() == Placement::Maximised && !window.fullscreen {
            let wanted = self
                .metrics
                .insets(window)
                .around(self.wanted_content(window));
            if wanted.loc != area.loc {
                return Err(format!(
                    "window {id} is maximised at {wanted:?}, not at {area:?}"
                ));
            }
        }
        let insets = self.metrics.floating_insets(window);
        let frame = insets.around(window.floating);
        let bar = Rect::new(frame.loc, (frame.size.w, insets.top.max(1)).into());
        let reach = bar.intersection(area).map_or(0, |part| part.size.w);
        if reach < REACHABLE.min(frame.size.w).min(area.size.w) {
            return Err(format!(
                "window {id} cannot be grabbed: its bar is at {bar:?} of {area:?}"
            ));
        }
        Ok(())
    }
}
