//! Dynamic workspaces: on each output a row of them that ends with an empty one.

use trees::desktop::WorkspaceTarget;

use super::tiling::Tiling;
use super::{Layout, OutputId, Place, Window, WindowId, Workspace, WorkspaceId};

impl Layout {
    /// The workspace with this number.
    #[must_use]
    pub fn workspace(&self, id: WorkspaceId) -> Option<&Workspace> {
        self.workspaces.get(&id)
    }

    /// The workspaces of an output, in order. The last one is empty.
    #[must_use]
    pub fn workspaces(&self, output: OutputId) -> &[WorkspaceId] {
        self.output(output).map_or(&[], |output| &output.workspaces)
    }

    /// The workspace that an output shows.
    #[must_use]
    pub fn active_workspace(&self, output: OutputId) -> Option<WorkspaceId> {
        self.output(output).map(|output| output.active)
    }

    /// The place of a workspace in the row of its output, from 0.
    #[must_use]
    pub fn workspace_index(&self, id: WorkspaceId) -> Option<usize> {
        let output = self.workspaces.get(&id)?.output?;
        self.workspaces(output)
            .iter()
            .position(|other| *other == id)
    }

    /// The windows of a workspace, by id.
    pub fn windows_in(&self, id: WorkspaceId) -> impl Iterator<Item = WindowId> {
        let here = move |window: &&Window| window.place == Place::Workspace(id);
        self.windows.values().filter(here).map(Window::id)
    }

    /// The output the person is at: where the focus or the pointer went last.
    #[must_use]
    pub fn current_output(&self) -> Option<OutputId> {
        self.current
            .filter(|id| self.output(*id).is_some())
            .or_else(|| self.outputs.first().map(|output| output.id))
    }

    /// The person went to another output. The focus stays.
    pub fn set_current_output(&mut self, id: OutputId) {
        if self.output(id).is_some() {
            self.current = Some(id);
        }
    }

    /// The workspace of an output that a target means.
    #[must_use]
    pub fn workspace_at(&self, output: OutputId, target: WorkspaceTarget) -> Option<WorkspaceId> {
        let output = self.output(output)?;
        let row = &output.workspaces;
        let active = row.iter().position(|id| *id == output.active)?;
        let index = match target {
            WorkspaceTarget::Number(number) => usize::try_from(number).ok()?.checked_sub(1)?,
            WorkspaceTarget::Next => active + 1,
            WorkspaceTarget::Previous => active.saturating_sub(1),
        };
        row.get(index.min(row.len().saturating_sub(1))).copied()
    }

    /// Shows a workspace on its output and gives the focus to the window that had it there last.
    pub fn activate_workspace(&mut self, id: WorkspaceId) {
        let Some(output) = self.workspaces.get(&id).and_then(|of| of.output) else {
            return;
        };
        self.current = Some(output);
        self.show_workspace(id);
        self.refocus();
        self.settle();
    }

    /// Shows a workspace on its output; whoever calls this sees to the focus.
    pub(super) fn show_workspace(&mut self, id: WorkspaceId) {
        let output = self.workspaces.get(&id).and_then(|of| of.output);
        let mut outputs = self.outputs.iter_mut();
        if let Some(output) = outputs.find(|of| Some(of.id) == output) {
            output.active = id;
        }
    }

    /// Gives a workspace a name, or takes it away. No two have the same: the other one loses it.
    pub fn name_workspace(&mut self, id: WorkspaceId, name: Option<&str>) {
        for workspace in self.workspaces.values_mut() {
            if workspace.id == id {
                workspace.name = name.map(str::to_owned);
            } else if workspace.name.as_deref() == name {
                workspace.name = None;
            }
        }
    }

    /// Moves a window with its family to a workspace. The focus stays where the window was, or
    /// goes to what is shown there now.
    pub fn send_to_workspace(&mut self, id: WindowId, target: WorkspaceId) {
        let Some(output) = self.workspaces.get(&target).map(|of| of.output) else {
            return;
        };
        let root = self.root_of(id);
        for member in self.family_below(root) {
            self.put(member, Place::Workspace(target), output);
        }
        self.settle();
    }

    /// Moves one window to a place on an output, at the same spot relative to it.
    pub(super) fn put(&mut self, id: WindowId, place: Place, output: Option<OutputId>) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if window.place == place && window.output == output {
            return;
        }
        let from = self.output_of(window).map(|output| output.geometry.loc);
        let to = output
            .and_then(|id| self.output(id))
            .map(|output| output.geometry.loc);
        let tiles = |place: Place| match place {
            Place::Workspace(id) => self.workspaces.get(&id).is_some_and(|of| of.tiling),
            Place::Sticky | Place::Scratch => false,
        };
        // What was floated out of tiles stays so; what could only float is tiled now.
        let tiled = tiles(place) && window.suits_tiling() && (window.tiled || !tiles(window.place));
        if let Some(window) = self.windows.get_mut(&id) {
            if let (Some(from), Some(to)) = (from, to) {
                window.floating.loc += to - from;
            }
            window.place = place;
            window.output = output;
            window.tiled = tiled;
            window.snap = window.snap.filter(|_| !tiled);
            window.slot = None;
            window.displaced.clear();
            window.resize = None;
        }
        self.sync_tile(id);
        self.keep_reachable(id);
    }

    /// Moves a workspace with its windows to another output and shows it there.
    pub fn send_workspace_to_output(&mut self, id: WorkspaceId, target: OutputId) {
        let from = self.workspaces.get(&id).and_then(|of| of.output);
        let Some(from) = from.filter(|from| *from != target && self.output(target).is_some())
        else {
            return;
        };
        self.detach_workspace(id, from);
        self.attach_workspace(id, target);
        if let Some(workspace) = self.workspaces.get_mut(&id) {
            workspace.past.clear();
        }
        let windows: Vec<WindowId> = self.windows_in(id).collect();
        for window in windows {
            self.put(window, Place::Workspace(id), Some(target));
        }
        self.current = Some(target);
        self.show_workspace(id);
        self.settle();
    }

    /// Takes a workspace out of the row of its output; a neighbour is shown if it was shown.
    pub(super) fn detach_workspace(&mut self, id: WorkspaceId, from: OutputId) {
        let fresh = self.fresh_id();
        let Some(output) = self.outputs.iter_mut().find(|output| output.id == from) else {
            return;
        };
        let Some(index) = output.workspaces.iter().position(|other| *other == id) else {
            return;
        };
        output.workspaces.remove(index);
        if output.workspaces.is_empty() {
            output.workspaces.push(fresh);
            self.workspaces
                .insert(fresh, self.empty_workspace(fresh, Some(from)));
        }
        let Some(output) = self.outputs.iter_mut().find(|output| output.id == from) else {
            return;
        };
        if output.active == id {
            let beside = output.workspaces.get(index.saturating_sub(1));
            output.active = beside
                .or(output.workspaces.last())
                .copied()
                .unwrap_or(fresh);
        }
    }

    /// Puts a workspace at the end of the row of an output, before the empty one.
    pub(super) fn attach_workspace(&mut self, id: WorkspaceId, to: OutputId) {
        let last_is_empty = self
            .workspaces(to)
            .last()
            .is_some_and(|last| self.windows_in(*last).next().is_none());
        if let Some(output) = self.outputs.iter_mut().find(|output| output.id == to) {
            let end = output.workspaces.len() - usize::from(last_is_empty);
            output.workspaces.insert(end, id);
        }
        if let Some(workspace) = self.workspaces.get_mut(&id) {
            workspace.output = Some(to);
        }
    }

    /// A number that no workspace had before.
    pub(super) fn fresh_id(&mut self) -> WorkspaceId {
        self.last_workspace += 1;
        WorkspaceId(self.last_workspace)
    }

    pub(super) fn empty_workspace(&self, id: WorkspaceId, output: Option<OutputId>) -> Workspace {
        Workspace {
            id,
            output,
            tiling: self.options.tiling,
            tiles: Tiling::default(),
            name: None,
            past: Vec::new(),
        }
    }

    /// Where a new window goes while there is no output.
    pub(super) fn orphan_workspace(&mut self) -> WorkspaceId {
        if let Some(id) = self.orphans.first() {
            return *id;
        }
        let id = self.fresh_id();
        self.workspaces.insert(id, self.empty_workspace(id, None));
        self.orphans.push(id);
        id
    }

    /// After any change: rows end with one empty workspace and hold no other that is not shown; the
    /// focus is on something that is shown; the order of the windows holds.
    pub(super) fn settle(&mut self) {
        self.tidy_workspaces();
        if self.focused.is_some_and(|id| !self.is_shown(id)) {
            self.refocus();
        }
        self.restack();
    }

    pub(super) fn tidy_workspaces(&mut self) {
        let used: std::collections::BTreeSet<WorkspaceId> = self
            .windows
            .values()
            .filter_map(|window| match window.place {
                Place::Workspace(id) => Some(id),
                Place::Sticky | Place::Scratch => None,
            })
            .collect();
        let mut ends = Vec::new();
        for output in &mut self.outputs {
            let last = output.workspaces.last().copied();
            let kept =
                |id: &WorkspaceId| used.contains(id) || *id == output.active || Some(*id) == last;
            output.workspaces.retain(kept);
            // The one shown is the empty one at the end, if the one before the end is shown.
            let row = &mut output.workspaces;
            if let [.., shown, end] = row.as_slice()
                && *shown == output.active
                && !used.contains(shown)
                && !used.contains(end)
            {
                row.pop();
            }
            if output
                .workspaces
                .last()
                .is_none_or(|last| used.contains(last))
            {
                ends.push(output.id);
            }
        }
        for id in ends {
            let fresh = self.fresh_id();
            let workspace = self.empty_workspace(fresh, Some(id));
            self.workspaces.insert(fresh, workspace);
            if let Some(output) = self.outputs.iter_mut().find(|output| output.id == id) {
                output.workspaces.push(fresh);
            }
        }
        self.orphans.retain(|id| used.contains(id));
        let listed: std::collections::BTreeSet<WorkspaceId> = self
            .outputs
            .iter()
            .flat_map(|output| output.workspaces.iter().copied())
            .chain(self.orphans.iter().copied())
            .collect();
        self.workspaces.retain(|id, _| listed.contains(id));
    }
}
