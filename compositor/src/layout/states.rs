//! Minimised, sticky, always on top, and the scratch workspace.

use super::{Layout, OutputId, Place, WindowId};

impl Layout {
    /// Hides a window with its dialogs, or shows it again where it was.
    pub fn set_minimised(&mut self, id: WindowId, minimised: bool) {
        if !self.windows.contains_key(&id) {
            return;
        }
        self.mark_minimised(id, minimised);
        self.settle();
    }

    pub(super) fn mark_minimised(&mut self, id: WindowId, minimised: bool) {
        // A dialog is shown together with what it belongs to.
        let root = if minimised { id } else { self.root_of(id) };
        for member in self.family_below(root) {
            if let Some(window) = self.windows.get_mut(&member) {
                window.minimised = minimised;
                window.resize = None;
            }
            self.sync_tile(member);
        }
    }

    /// Keeps a window with its family on all workspaces of its output, or leaves it on the one
    /// shown.
    pub fn set_sticky(&mut self, id: WindowId, sticky: bool) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if sticky == (window.place == Place::Sticky) {
            return;
        }
        let output = window.output;
        let place = if sticky {
            Place::Sticky
        } else {
            self.shown_place(output)
        };
        self.put_family(id, place, output);
    }

    /// Keeps a window above all that are not.
    pub fn set_on_top(&mut self, id: WindowId, on_top: bool) {
        if let Some(window) = self.windows.get_mut(&id) {
            window.on_top = on_top;
        }
        self.restack();
    }

    /// Sends a window with its family to the scratch workspace, or takes it from there to the
    /// workspace shown.
    pub fn set_scratch(&mut self, id: WindowId, scratch: bool) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if scratch == (window.place == Place::Scratch) {
            return;
        }
        let output = window.output;
        let place = if scratch {
            Place::Scratch
        } else {
            self.shown_place(output)
        };
        self.put_family(id, place, output);
    }

    /// Whether the scratch workspace is shown.
    #[must_use]
    pub fn is_scratch_shown(&self) -> bool {
        self.scratch_shown
    }

    /// Shows the scratch workspace over an output, or hides it.
    pub fn show_scratch(&mut self, output: Option<OutputId>) {
        self.scratch_shown = output.is_some();
        if let Some(output) = output.filter(|id| self.output(*id).is_some()) {
            let ids: Vec<WindowId> = self.scratch_windows();
            for id in ids {
                self.put(id, Place::Scratch, Some(output));
            }
            self.current = Some(output);
            let recent = |id: &&WindowId| {
                self.windows
                    .get(id)
                    .is_some_and(|window| window.place == Place::Scratch && !window.minimised)
            };
            if let Some(id) = self.history.iter().find(recent).copied() {
                self.focus(id);
                self.raise(id);
            }
        }
        self.settle();
    }

    fn scratch_windows(&self) -> Vec<WindowId> {
        let windows = self.windows.values();
        windows
            .filter(|window| window.place == Place::Scratch)
            .map(super::Window::id)
            .collect()
    }

    fn put_family(&mut self, id: WindowId, place: Place, output: Option<OutputId>) {
        let root = self.root_of(id);
        for member in self.family_below(root) {
            self.put(member, place, output);
        }
        self.settle();
    }

    /// The place of what lies on the workspace that an output shows.
    pub(super) fn shown_place(&mut self, output: Option<OutputId>) -> Place {
        let active = output.and_then(|output| self.active_workspace(output));
        let id = match active {
            Some(id) => id,
            None => self.orphan_workspace(),
        };
        Place::Workspace(id)
    }
}
