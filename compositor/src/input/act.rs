//! What a binding does: verbs of `/desktop`, the same that a script writes.

use tracing::warn;
use trees::desktop::Verb;

use crate::config::Action;
use crate::goblin::Goblin;
use crate::layout::{OutputId, WindowId};
use crate::shell::Shell;

impl Goblin {
    /// Carries out what a binding says: a window's verb on the focused window, or on the one that is
    /// selected in the overview.
    pub(crate) fn act(&mut self, action: &Action) {
        match action {
            Action::Desktop(Verb::Switch { to }) => self.switch_by_key(*to, self.held_now()),
            Action::Desktop(verb) => {
                if let Err(refusal) = self.desktop_verb(verb) {
                    warn!("{}", refusal.why);
                }
            }
            Action::Window(verb) => {
                if let Some(id) = self.selected().or(self.layout.focused()) {
                    if let Err(refusal) = self.window_verb(id, verb) {
                        warn!("{}", refusal.why);
                    }
                    self.layout_changed();
                }
            }
        }
    }

    /// The output that things without an output of their own go to.
    pub(crate) fn current_output(&self) -> Option<OutputId> {
        self.layout
            .current_output()
            .or_else(|| self.output_of_pointer())
    }

    /// Shows the window that was hidden last.
    pub(crate) fn restore_last(&mut self) {
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
        match self.windows.get(id).map(|window| &window.shell) {
            Some(Shell::Xdg { toplevel, .. }) => toplevel.send_close(),
            Some(Shell::X11(side)) => self.close_x11(side.xid),
            None => {}
        }
    }
}
