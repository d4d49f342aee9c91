//! X11 clients: all of them are of the board. What one of them has is shown to the board as a
//! subsystem's is; what anybody else has, they see as the board does.

use std::os::fd::OwnedFd;

use smithay::wayland::selection::SelectionTarget;

use super::Source;
use crate::domain::{Domain, SelectionKind, Verdict, Way};
use crate::goblin::Goblin;
use crate::handlers::kind_of;

/// What smithay calls a kind.
pub(super) fn target_of(kind: SelectionKind) -> SelectionTarget {
    match kind {
        SelectionKind::Primary => SelectionTarget::Primary,
        SelectionKind::Clipboard | SelectionKind::Drag => SelectionTarget::Clipboard,
    }
}

impl Goblin {
    /// An X11 client set a selection, or has it no more.
    pub(crate) fn x11_selected(&mut self, target: SelectionTarget, types: Option<Vec<String>>) {
        let kind = kind_of(target);
        let current = self.selections.current(kind);
        let was_theirs = current.is_some_and(|selection| selection.source == Source::X11);
        // What another has is not theirs to take away.
        if types.is_none() && !was_theirs {
            return;
        }
        self.select(kind, types.map(|types| (Domain::Board, types, Source::X11)));
        self.show_board(kind);
    }

    /// An X11 client asks for what another has. Where it gets nothing, the pipe is closed.
    pub(crate) fn x11_receives(&mut self, target: SelectionTarget, mime: String, fd: OwnedFd) {
        let kind = kind_of(target);
        let number = self.selections.current(kind).map(|current| current.number);
        if let Some(number) = number {
            self.receive(kind, &Domain::Board, mime, fd, number);
        }
    }

    /// Shows X11 clients what another has, if the rules let the board know.
    pub(super) fn show_x11(&mut self, kind: SelectionKind) {
        let current = self.selections.current(kind);
        if current.is_some_and(|selection| selection.source == Source::X11) {
            return;
        }
        let shown = current.filter(|selection| {
            let way = Way::new(&selection.from, &Domain::Board, kind);
            self.selections.policy.verdict(&way) != Verdict::Deny
        });
        let types = shown.map(|selection| selection.types.clone());
        self.serve_x11_selection(target_of(kind), types);
    }
}
