//! Interactive move and resize: the mathematics, without the pointer.

use super::{Extent, Layout, Placement, Pos, Rect, Tile, WindowId};

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

/// Where a window dropped at a screen's edge goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapTarget {
    /// The top edge.
    Maximise,
    /// The left or right edge.
    Tile(Tile),
}

impl Layout {
    /// Begins to resize a floating window by some of its edges. Anything else stays as it is;
    /// returns whether the resize began.
    pub fn begin_resize(&mut self, id: WindowId, edges: Edges) -> bool {
        let Some(content) = self.content_rect(id) else {
            return false;
        };
        let Some(window) = self.windows.get_mut(&id) else {
            return false;
        };
        let free = window.placement == Placement::Floating && !window.fullscreen;
        if !free || !edges.any() || window.minimised {
            return false;
        }
        window.displaced = None;
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

    /// A drag of a maximised or tiled window begins: it floats again, at its old size, under the
    /// pointer. Returns where the pointer holds the content, relative to its top left.
    pub fn begin_move(&mut self, id: WindowId, pointer: Pos) -> Option<Pos> {
        let content = self.content_rect(id)?;
        let window = self.windows.get_mut(&id)?;
        if window.fullscreen || window.minimised {
            return None;
        }
        let mut hold = pointer - content.loc;
        if window.placement != Placement::Floating {
            // Held at the same fraction of the bar, so that the pointer stays on the window.
            let width = content.size.w.max(1);
            hold.x = i32::try_from(
                i64::from(hold.x) * i64::from(window.floating.size.w) / i64::from(width),
            )
            .unwrap_or(0);
            window.placement = Placement::Floating;
        }
        window.resize = None;
        window.floating.loc = pointer - hold;
        Some(hold)
    }

    /// Where a window would go if it were dropped with the pointer at `pointer`.
    #[must_use]
    pub fn snap_at(&self, pointer: Pos) -> Option<SnapTarget> {
        const REACH: i32 = 2;
        let area = self.output_near(pointer)?.geometry;
        // An edge that another output lies beyond is no edge of the screen.
        let beyond = |pos: Pos| {
            self.outputs
                .iter()
                .any(|output| output.geometry.contains(pos))
        };
        if pointer.y < area.loc.y + REACH && !beyond(Pos::from((pointer.x, area.loc.y - 1))) {
            return Some(SnapTarget::Maximise);
        }
        if pointer.x < area.loc.x + REACH && !beyond(Pos::from((area.loc.x - 1, pointer.y))) {
            return Some(SnapTarget::Tile(Tile::Left));
        }
        let right = area.loc.x + area.size.w;
        if pointer.x >= right - REACH && !beyond(Pos::from((right, pointer.y))) {
            return Some(SnapTarget::Tile(Tile::Right));
        }
        None
    }
}
