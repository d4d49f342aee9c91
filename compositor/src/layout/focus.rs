//! Who has the keyboard among windows, and who had it before.

use super::{Layout, Place, WindowId};

impl Layout {
    /// The focused window. Layer surfaces and popups may hold the keyboard meanwhile.
    #[must_use]
    pub fn focused(&self) -> Option<WindowId> {
        self.focused
    }

    /// Windows by how recently they were focused, the most recent first.
    #[must_use]
    pub fn focus_history(&self) -> &[WindowId] {
        &self.history
    }

    /// Focuses a window and shows where it is: a minimised one is restored, its workspace or the
    /// scratch workspace shown, its tab chosen. Does not raise it.
    pub fn focus(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        let (place, output) = (window.place, window.output);
        if window.minimised {
            self.mark_minimised(id, false);
        }
        match place {
            Place::Workspace(workspace) => {
                self.show_workspace(workspace);
                if let Some(workspace) = self.workspaces.get_mut(&workspace) {
                    workspace.tiles.show(id);
                }
            }
            Place::Scratch => self.scratch_shown = true,
            Place::Sticky => {}
        }
        // A maximised tile is one only for as long as no other tile has the focus.
        if self.windows.get(&id).is_some_and(|window| window.tiled) {
            let others = self.windows.values_mut();
            for other in
                others.filter(|other| other.place == place && other.tiled && other.id != id)
            {
                other.maximised = false;
            }
        }
        self.focused = Some(id);
        self.current = output.or(self.current);
        self.history.retain(|other| *other != id);
        self.history.insert(0, id);
        self.tidy_workspaces();
        self.restack();
    }

    /// Focuses nothing; the history stays. A fullscreen window no longer covers those that are always on top.
    pub fn unfocus(&mut self) {
        self.focused = None;
        self.restack();
    }

    /// Focuses the window of the current output that had the focus last and is shown, if there is
    /// one.
    pub(super) fn refocus(&mut self) {
        self.focused = None;
        let recent = match self.current_output() {
            Some(output) => self.recent_on(output),
            None => self.history.iter().find(|id| self.is_shown(**id)).copied(),
        };
        match recent {
            Some(id) => self.focus(id),
            None => self.restack(),
        }
    }
}
