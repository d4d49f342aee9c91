//! Who has the keyboard among windows, and who had it before.

use super::{Layout, WindowId};

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

    /// Focuses a window; a minimised one is restored. Does not raise it.
    pub fn focus(&mut self, id: WindowId) {
        if !self.windows.contains_key(&id) {
            return;
        }
        if self.windows.get(&id).is_some_and(|window| window.minimised) {
            self.set_minimised(id, false);
        }
        self.focused = Some(id);
        self.history.retain(|other| *other != id);
        self.history.insert(0, id);
    }

    /// Focuses nothing; the history stays.
    pub fn unfocus(&mut self) {
        self.focused = None;
    }

    /// The window `steps` back in the history, going round (Alt+Tab). Minimised windows count, so
    /// that they can be reached.
    #[must_use]
    pub fn recent(&self, order: &[WindowId], steps: i32) -> Option<WindowId> {
        let alive: Vec<WindowId> = order
            .iter()
            .copied()
            .filter(|id| self.windows.contains_key(id))
            .collect();
        let len = i32::try_from(alive.len()).ok().filter(|len| *len > 0)?;
        let index = usize::try_from(steps.rem_euclid(len)).ok()?;
        alive.get(index).copied()
    }

    /// Focuses a window that was chosen from `order` (Alt+Tab): the windows passed on the way keep
    /// the place in the history that they had in it.
    pub fn choose(&mut self, order: &[WindowId], id: WindowId) {
        self.focus(id);
        let place = |other: &WindowId| order.iter().position(|window| window == other);
        let mut rest: Vec<WindowId> = self
            .history
            .iter()
            .copied()
            .filter(|other| *other != id)
            .collect();
        rest.sort_by_key(|other| place(other).unwrap_or(usize::MAX));
        if self.focused == Some(id) {
            self.history = std::iter::once(id).chain(rest).collect();
        }
    }

    /// Focuses the most recently focused window that is not minimised, if there is one.
    pub(super) fn focus_most_recent(&mut self) {
        let visible = |id: &&WindowId| self.windows.get(id).is_some_and(|window| !window.minimised);
        self.focused = self.history.iter().find(visible).copied();
        if let Some(id) = self.focused {
            self.focus(id);
        }
    }
}
