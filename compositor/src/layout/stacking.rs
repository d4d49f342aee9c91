//! Who lies above whom.

use super::{Layout, Place, Pos, WindowId};

impl Layout {
    /// The windows from bottom to top.
    #[must_use]
    pub fn stacking(&self) -> &[WindowId] {
        &self.stacking
    }

    /// Puts a window, with its dialogs and the windows it is a dialog of, above all others.
    pub fn raise(&mut self, id: WindowId) {
        if !self.windows.contains_key(&id) {
            return;
        }
        let root = self.root_of(id);
        let family = |this: &Self, other: WindowId| this.root_of(other) == root;
        let (mut rest, mut raised): (Vec<_>, Vec<_>) = self
            .stacking
            .iter()
            .copied()
            .partition(|other| !family(self, *other));
        // Within the family the window itself goes on top, then `restack` lifts its dialogs.
        raised.retain(|other| *other != id);
        raised.push(id);
        rest.append(&mut raised);
        self.stacking = rest;
        self.restack();
    }

    /// The topmost window whose frame, or the grip around it, is at `pos`.
    #[must_use]
    pub fn window_at(&self, pos: Pos) -> Option<WindowId> {
        self.stacking.iter().rev().copied().find(|id| {
            self.is_visible(*id)
                && (self.frame_rect(*id).is_some_and(|rect| rect.contains(pos))
                    || self.frame_part_at(*id, pos).is_some())
        })
    }

    /// How far up a window lies: tiles, a maximised tile, floating windows, those always on top. A
    /// dialog lies no lower than its parent.
    pub(super) fn level(&self, id: WindowId) -> u8 {
        let Some(window) = self.windows.get(&id) else {
            return 0;
        };
        let front = window.on_top
            || window.place == Place::Scratch
            || (window.fullscreen && self.focused == Some(id));
        let own = if front {
            3
        } else if window.fullscreen || !window.tiled {
            2
        } else {
            u8::from(window.maximised)
        };
        window
            .parent
            .map_or(own, |parent| own.max(self.level(parent)))
    }

    /// Restores the order of the levels, and principle 4: each dialog somewhere above its parent.
    /// The order is kept otherwise.
    pub(super) fn restack(&mut self) {
        let mut stacking = std::mem::take(&mut self.stacking);
        stacking.sort_by_key(|id| self.level(*id));
        self.stacking = stacking;
        let mut ordered: Vec<WindowId> = Vec::with_capacity(self.stacking.len());
        let mut waiting: Vec<WindowId> = Vec::new();
        for id in std::mem::take(&mut self.stacking) {
            let parent = self.windows.get(&id).and_then(|window| window.parent);
            if parent.is_some_and(|parent| !ordered.contains(&parent)) {
                waiting.push(id);
                continue;
            }
            ordered.push(id);
            // What waited for this window, or for one that waited for it, follows at once.
            while let Some(index) = waiting.iter().position(|other| {
                let parent = self.windows.get(other).and_then(|window| window.parent);
                parent.is_none_or(|parent| ordered.contains(&parent))
            }) {
                ordered.push(waiting.remove(index));
            }
        }
        ordered.append(&mut waiting);
        self.stacking = ordered;
    }

    /// The window at the end of the chain of parents.
    pub(super) fn root_of(&self, id: WindowId) -> WindowId {
        let mut root = id;
        while let Some(parent) = self.windows.get(&root).and_then(|window| window.parent) {
            root = parent;
        }
        root
    }

    /// Whether `id` is a dialog of `ancestor`, however far removed.
    pub(super) fn is_descendant(&self, id: WindowId, ancestor: WindowId) -> bool {
        let mut current = self.windows.get(&id).and_then(|window| window.parent);
        while let Some(parent) = current {
            if parent == ancestor {
                return true;
            }
            current = self.windows.get(&parent).and_then(|window| window.parent);
        }
        false
    }

    /// The window and all its dialogs.
    pub(super) fn family_below(&self, id: WindowId) -> Vec<WindowId> {
        let mine = |other: &WindowId| *other == id || self.is_descendant(*other, id);
        self.windows.keys().copied().filter(mine).collect()
    }
}
