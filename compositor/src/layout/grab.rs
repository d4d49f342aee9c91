//! Interactive move and resize: the mathematics, without the pointer.

use super::{Extent, Layout, Placement, Pos, Rect, SnapTarget, WindowId};

/// The edges of a rectangle that a resize moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Edges {
    /// The left edge.
    pub left: bool,
    /// The right edge.
    pub right: bool,
    /// The top edge.
    pub top: bool,
    /// The bottom edge.
    pub bottom: bool,
}

impl Edges {
    /// Whether there is any edge.
    #[must_use]
    pub fn any(self) -> bool {
        self.left || self.right || self.top || self.bottom
    }

    /// The corner of `rect` that is nearest to `pos`, or the edge where `pos` is in the middle
    /// third of it (Super and the right button anywhere in a window).
    #[must_use]
    pub fn nearest(rect: Rect, pos: Pos) -> Self {
        let third = |value: i32, start: i32, len: i32| match value - start {
            offset if offset < len / 3 => (true, false),
            offset if offset >= len - len / 3 => (false, true),
            _ => (false, false),
        };
        let (left, right) = third(pos.x, rect.loc.x, rect.size.w);
        let (top, bottom) = third(pos.y, rect.loc.y, rect.size.h);
        let edges = Self {
            left,
            right,
            top,
            bottom,
        };
        if edges.any() {
            edges
        } else {
            Self {
                right: true,
                bottom: true,
                ..Self::default()
            }
        }
    }
}

/// An interactive resize, from the press until the client drew the last size asked for.
#[derive(Debug, Clone)]
pub(super) struct Resize {
    edges: Edges,
    start: Rect,
    /// The size asked for last.
    pub(super) size: Extent,
    /// The button was released; only the client's answer is awaited.
    pub(super) ended: bool,
}

impl Resize {
    /// Where the content goes so that the edges which do not move stay where they are.
    pub(super) fn anchored(&self, loc: Pos, size: Extent) -> Pos {
        let right = self.start.loc.x + self.start.size.w;
        let bottom = self.start.loc.y + self.start.size.h;
        let x = if self.edges.left {
            right - size.w
        } else {
            loc.x
        };
        let y = if self.edges.top {
            bottom - size.h
        } else {
            loc.y
        };
        (x, y).into()
    }
}

impl Layout {
    /// Begins to resize a floating window or a tile by some of its edges. Anything else stays as it
    /// is; returns whether the resize began.
    pub fn begin_resize(&mut self, id: WindowId, edges: Edges) -> bool {
        self.tile_resize = None;
        if !self.is_shown(id) {
            return false;
        }
        let Some(content) = self.content_rect(id) else {
            return false;
        };
        let Some(window) = self.windows.get_mut(&id) else {
            return false;
        };
        let free = window.placement() == Placement::Floating && !window.fullscreen;
        if window.placement() == Placement::Tiled && !window.fullscreen {
            return self.begin_tile_resize(id, edges);
        }
        if !free || !edges.any() {
            return false;
        }
        window.displaced.clear();
        window.resize = Some(Resize {
            edges,
            start: content,
            size: content.size,
            ended: false,
        });
        true
    }

    /// The pointer has moved by `delta` since the resize began. Returns whether the size to ask
    /// the client for has changed.
    pub fn update_resize(&mut self, id: WindowId, delta: Pos) -> bool {
        if self.tile_resize.is_some() {
            return self.update_tile_resize(id, delta);
        }
        let Some(window) = self.windows.get_mut(&id) else {
            return false;
        };
        let limits = window.limits;
        let Some(resize) = window.resize.as_mut().filter(|resize| !resize.ended) else {
            return false;
        };
        let grow = |len: i32, delta: i32, start: bool, end: bool| match (start, end) {
            (true, _) => len.saturating_sub(delta),
            (_, true) => len.saturating_add(delta),
            _ => len,
        };
        let wanted = Extent::from((
            grow(
                resize.start.size.w,
                delta.x,
                resize.edges.left,
                resize.edges.right,
            )
            .max(1),
            grow(
                resize.start.size.h,
                delta.y,
                resize.edges.top,
                resize.edges.bottom,
            )
            .max(1),
        ));
        let size = limits.clamp(wanted);
        let changed = resize.size != size;
        resize.size = size;
        changed
    }

    /// The button was released. The edges stay anchored until [`Layout::finish_resize`].
    pub fn end_resize(&mut self, id: WindowId) {
        self.tile_resize = None;
        if let Some(resize) = self
            .windows
            .get_mut(&id)
            .and_then(|window| window.resize.as_mut())
        {
            resize.ended = true;
        }
    }

    /// The client has drawn the last size it was asked for: what it committed now stands.
    pub fn finish_resize(&mut self, id: WindowId) {
        if let Some(window) = self.windows.get_mut(&id)
            && window.resize.as_ref().is_some_and(|resize| resize.ended)
        {
            window.resize = None;
        }
    }

    /// A drag of a window begins: one that fills something or is a tile floats again, at its old
    /// size, under the pointer. Returns where the pointer holds the content, relative to its top
    /// left.
    pub fn begin_move(&mut self, id: WindowId, pointer: Pos) -> Option<Pos> {
        let content = self.content_rect(id)?;
        if !self.is_shown(id) {
            return None;
        }
        let window = self.windows.get_mut(&id)?;
        if window.fullscreen {
            return None;
        }
        let mut hold = pointer - content.loc;
        if window.placement() != Placement::Floating {
            // Held at the same fraction of the bar, so that the pointer stays on the window.
            let width = content.size.w.max(1);
            hold.x = i32::try_from(
                i64::from(hold.x) * i64::from(window.floating.size.w) / i64::from(width),
            )
            .unwrap_or(0);
            window.maximised = false;
            window.snap = None;
        }
        window.resize = None;
        window.floating.loc = pointer - hold;
        self.set_tiled(id, false);
        self.keep_reachable(id);
        self.restack();
        Some(hold)
    }

    /// A drag of a window ends with the pointer at `pointer`: on tiles it becomes one, at an edge of
    /// the screen it fills a part of it. `was_tile`: it was one when the drag began.
    pub fn drop_window(&mut self, id: WindowId, pointer: Pos, was_tile: bool) {
        if self.drop_on_tiles(id, pointer, was_tile) {
            return;
        }
        match self.snap_at(pointer) {
            Some(SnapTarget::Maximise) => self.set_placement(id, Placement::Maximised),
            Some(SnapTarget::Part(part)) => self.set_placement(id, Placement::Snapped(part)),
            None => {}
        }
    }

    /// What the frame of a window would fill if it were dropped now; `None` where it would stay as
    /// it is.
    #[must_use]
    pub fn drop_preview(&self, id: WindowId, pointer: Pos, was_tile: bool) -> Option<Rect> {
        let mut other = self.clone();
        other.drop_window(id, pointer, was_tile);
        let window = other.windows.get(&id)?;
        if window.placement() == Placement::Floating {
            return None;
        }
        let rect = other.wanted_content(window);
        Some(other.metrics.insets(window).around(rect))
    }
}
