//! The geometry of a server-side frame: its insets, its parts and what lies under a point.

use super::{Edges, Layout, Placement, Pos, Rect, Window, WindowId};

/// The sizes of a window frame, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameMetrics {
    /// Height of the title bar.
    pub title_bar: i32,
    /// Width of the visible line around the content.
    pub border: i32,
    /// Width of the edge of a marked window that fills its output.
    pub edge: i32,
    /// How far outside the frame an edge can still be grabbed.
    pub grip: i32,
    /// How far along an edge, from its end, the corner reaches.
    pub corner: i32,
    /// Side of the square in which a button answers to the pointer.
    pub button: i32,
    /// Space between the right-most button and the frame's edge.
    pub button_margin: i32,
}

impl Default for FrameMetrics {
    fn default() -> Self {
        Self {
            title_bar: 36,
            border: 1,
            edge: 3,
            grip: 7,
            corner: 18,
            button: 32,
            button_margin: 4,
        }
    }
}

/// What a frame adds on each side of the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Insets {
    /// Above.
    pub top: i32,
    /// Below.
    pub bottom: i32,
    /// To the left.
    pub left: i32,
    /// To the right.
    pub right: i32,
}

impl Insets {
    /// The rectangle with these insets added on each side.
    #[must_use]
    pub fn around(self, rect: Rect) -> Rect {
        Rect::new(
            (rect.loc.x - self.left, rect.loc.y - self.top).into(),
            (
                rect.size.w + self.left + self.right,
                rect.size.h + self.top + self.bottom,
            )
                .into(),
        )
    }

    /// The rectangle with these insets taken away on each side; never smaller than one pixel.
    #[must_use]
    pub fn within(self, rect: Rect) -> Rect {
        Rect::new(
            (rect.loc.x + self.left, rect.loc.y + self.top).into(),
            (
                (rect.size.w - self.left - self.right).max(1),
                (rect.size.h - self.top - self.bottom).max(1),
            )
                .into(),
        )
    }
}

/// A part of a frame that the pointer can be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FramePart {
    /// The bar itself: drag to move, double click to maximise.
    TitleBar,
    /// Hides the window.
    Minimise,
    /// Maximises the window, or restores it.
    Maximise,
    /// Asks the client to close.
    Close,
    /// An edge or a corner: drag to resize.
    Edge(Edges),
    /// One of the tabs that the bar of a tile shows: press to bring it to the front.
    Tab(usize),
}

impl FramePart {
    /// The buttons, from the right.
    pub const BUTTONS: [FramePart; 3] =
        [FramePart::Close, FramePart::Maximise, FramePart::Minimise];

    /// Whether it is grabbed to resize. Edges reach out to where nothing of the frame is seen.
    #[must_use]
    pub fn is_edge(self) -> bool {
        matches!(self, FramePart::Edge(_))
    }
}

impl FrameMetrics {
    /// What the frame of this window adds around its content.
    #[must_use]
    pub fn insets(&self, window: &Window) -> Insets {
        if window.has_edge() {
            return Insets {
                top: self.edge,
                bottom: self.edge,
                left: self.edge,
                right: self.edge,
            };
        }
        if !window.has_frame() {
            return Insets::default();
        }
        match window.placement() {
            Placement::Floating | Placement::Tiled => Insets {
                top: self.title_bar,
                bottom: self.border,
                left: self.border,
                right: self.border,
            },
            Placement::Maximised | Placement::Snapped(_) => Insets {
                top: self.title_bar,
                ..Insets::default()
            },
        }
    }

    /// What the frame of this window adds when it floats.
    #[must_use]
    pub(super) fn floating_insets(&self, window: &Window) -> Insets {
        if !window.decorated && !window.marked {
            return Insets::default();
        }
        Insets {
            top: self.title_bar,
            bottom: self.border,
            left: self.border,
            right: self.border,
        }
    }

    /// The square of a button, relative to the top left of a title bar of the given width. `None`
    /// where the bar is too narrow for it, and for what is no button.
    #[must_use]
    pub fn button_rect(&self, part: FramePart, bar_width: i32) -> Option<Rect> {
        let index = FramePart::BUTTONS
            .iter()
            .position(|button| *button == part)?;
        let index = i32::try_from(index).ok()?;
        let x = bar_width - self.button_margin - self.button * (index + 1);
        let y = (self.title_bar - self.button) / 2;
        (x >= 0).then(|| Rect::new((x, y).into(), (self.button, self.button).into()))
    }

    /// Start and width of a tab, relative to the left of a title bar of the given width. The tabs
    /// share what the buttons leave.
    #[must_use]
    pub fn tab_span(&self, index: usize, count: usize, bar_width: i32) -> (i32, i32) {
        let buttons = FramePart::BUTTONS
            .iter()
            .filter_map(|part| self.button_rect(*part, bar_width));
        let free = buttons
            .map(|rect| rect.loc.x)
            .fold(bar_width, i32::min)
            .max(0);
        let edge = |index: usize| {
            let index = i64::try_from(index).unwrap_or(0);
            let count = i64::try_from(count.max(1)).unwrap_or(1);
            i32::try_from(i64::from(free) * index / count).unwrap_or(0)
        };
        (edge(index), edge(index + 1) - edge(index))
    }

    fn tab_at(&self, x: i32, count: usize, bar_width: i32) -> Option<usize> {
        (0..count).find(|index| {
            let (start, width) = self.tab_span(*index, count, bar_width);
            (start..start + width).contains(&x)
        })
    }
}

impl Layout {
    /// The part of the window's frame at `pos`; `None` over the content and away from the window.
    ///
    /// The edges of a floating window reach a little outside its frame, also where the client
    /// draws its own, so that they can be grabbed.
    #[must_use]
    pub fn frame_part_at(&self, id: WindowId, pos: Pos) -> Option<FramePart> {
        let window = self.windows.get(&id)?;
        if window.fullscreen || !self.is_visible(id) {
            return None;
        }
        let content = self.content_rect(id)?;
        let frame = self.frame_rect(id)?;
        if content.contains(pos) {
            return None;
        }
        let bar = Rect::new(
            frame.loc,
            (frame.size.w, content.loc.y - frame.loc.y).into(),
        );
        if bar.contains(pos) {
            let inside = pos - bar.loc;
            let button = FramePart::BUTTONS.into_iter().find(|part| {
                self.metrics
                    .button_rect(*part, bar.size.w)
                    .is_some_and(|rect| rect.contains(inside))
            });
            if let Some(part) = button {
                return Some(part);
            }
        }
        if window.has_frame()
            && matches!(window.placement(), Placement::Floating | Placement::Tiled)
            && let Some(edges) = self.edges_at(frame, pos)
        {
            return Some(FramePart::Edge(edges));
        }
        if !bar.contains(pos) {
            return None;
        }
        let tab = self.tabs(id).and_then(|(tabs, _)| {
            let index = self
                .metrics
                .tab_at(pos.x - bar.loc.x, tabs.len(), bar.size.w)?;
            Some(FramePart::Tab(index))
        });
        Some(tab.unwrap_or(FramePart::TitleBar))
    }

    /// The edges of a floating frame that a press at `pos` would grab.
    fn edges_at(&self, frame: Rect, pos: Pos) -> Option<Edges> {
        let metrics = &self.metrics;
        let grip = metrics.grip;
        let reach = Rect::new(
            (frame.loc.x - grip, frame.loc.y - grip).into(),
            (frame.size.w + 2 * grip, frame.size.h + 2 * grip).into(),
        );
        if !reach.contains(pos) {
            return None;
        }
        // Within the frame only the line itself and a little of the title bar's top is an edge.
        let (right, bottom) = (frame.loc.x + frame.size.w, frame.loc.y + frame.size.h);
        let mut edges = Edges {
            left: pos.x < frame.loc.x + metrics.border,
            right: pos.x >= right - metrics.border,
            top: pos.y < frame.loc.y + metrics.border.max(2),
            bottom: pos.y >= bottom - metrics.border,
        };
        if !edges.any() {
            return None;
        }
        if edges.left || edges.right {
            edges.top |= pos.y < frame.loc.y + metrics.corner;
            edges.bottom |= !edges.top && pos.y >= bottom - metrics.corner;
        }
        if edges.top || edges.bottom {
            edges.left |= pos.x < frame.loc.x + metrics.corner;
            edges.right |= !edges.left && pos.x >= right - metrics.corner;
        }
        Some(edges)
    }
}
