//! Halves and quarters of a work area, and the screen's edges that lead to them.

use trees::desktop::Snap;

use super::{Edges, Layout, Pos, Rect};

/// How near the pointer must come to an edge of the screen.
const REACH: i32 = 2;
/// How far along an edge, from its end, the corner reaches.
const CORNER: i32 = 96;

/// The part of `area` that a snapped window covers. Opposite parts never overlap and leave no gap.
#[must_use]
pub(super) fn part_of(snap: Snap, area: Rect) -> Rect {
    let sides = sides_of(snap);
    let half = |start: i32, len: i32, near: bool, far: bool| match (near, far) {
        (true, false) => (start, len / 2),
        (false, true) => (start + len / 2, len - len / 2),
        _ => (start, len),
    };
    let (x, w) = half(area.loc.x, area.size.w, sides.left, sides.right);
    let (y, h) = half(area.loc.y, area.size.h, sides.top, sides.bottom);
    Rect::new((x, y).into(), (w, h).into())
}

/// The sides of the work area that a snapped window touches.
#[must_use]
pub(super) fn sides_of(snap: Snap) -> Edges {
    let has = |of: &[Snap]| of.contains(&snap);
    use Snap::{Bottom, BottomLeft, BottomRight, Left, Right, Top, TopLeft, TopRight};
    Edges {
        left: !has(&[Right, TopRight, BottomRight]),
        right: !has(&[Left, TopLeft, BottomLeft]),
        top: !has(&[Bottom, BottomLeft, BottomRight]),
        bottom: !has(&[Top, TopLeft, TopRight]),
    }
}

/// Where a window dropped at a screen's edge goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapTarget {
    /// The top edge.
    Maximise,
    /// Another edge, or a corner.
    Part(Snap),
}

impl Layout {
    /// Where a window would go if it were dropped with the pointer at `pointer`: the left and right
    /// edges of the screen give halves, the corners quarters, the top the whole.
    #[must_use]
    pub fn snap_at(&self, pointer: Pos) -> Option<SnapTarget> {
        let area = self.output_near(pointer)?.geometry;
        // An edge that another output lies beyond is no edge of the screen.
        let free = |pos: Pos| {
            !self
                .outputs
                .iter()
                .any(|output| output.geometry.contains(pos))
        };
        let (right, bottom) = (area.loc.x + area.size.w, area.loc.y + area.size.h);
        let at_left = pointer.x < area.loc.x + REACH && free((area.loc.x - 1, pointer.y).into());
        let at_right = pointer.x >= right - REACH && free((right, pointer.y).into());
        let at_top = pointer.y < area.loc.y + REACH && free((pointer.x, area.loc.y - 1).into());
        let at_bottom = pointer.y >= bottom - REACH && free((pointer.x, bottom).into());
        let (near_left, near_right) =
            (pointer.x < area.loc.x + CORNER, pointer.x >= right - CORNER);
        let (near_top, near_bottom) = (
            pointer.y < area.loc.y + CORNER,
            pointer.y >= bottom - CORNER,
        );
        let corner = |x: bool, y: bool, at_x: bool, at_y: bool| x && y && (at_x || at_y);
        let part = if corner(near_left, near_top, at_left, at_top) {
            Snap::TopLeft
        } else if corner(near_right, near_top, at_right, at_top) {
            Snap::TopRight
        } else if corner(near_left, near_bottom, at_left, at_bottom) {
            Snap::BottomLeft
        } else if corner(near_right, near_bottom, at_right, at_bottom) {
            Snap::BottomRight
        } else if at_top {
            return Some(SnapTarget::Maximise);
        } else if at_left {
            Snap::Left
        } else if at_right {
            Snap::Right
        } else {
            return None;
        };
        Some(SnapTarget::Part(part))
    }
}
