//! One window as the layout sees it.

use super::{Extent, OutputId, Rect, grab::Resize};

/// The largest side of a window that we ask a client for, in logical pixels.
pub(super) const MAX_SIDE: i32 = 16_384;

/// A window's number: given once in a session, never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowId(pub u64);

impl std::fmt::Display for WindowId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How a window is placed when it is neither minimised nor fullscreen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placement {
    /// Where the person put it.
    #[default]
    Floating,
    /// It fills the work area.
    Maximised,
    /// It fills a half of the work area.
    Tiled(Tile),
}

/// A half of a work area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tile {
    /// The left half.
    Left,
    /// The right half.
    Right,
}

impl Tile {
    /// The part of `area` that this tile covers. The two halves never overlap and leave no gap.
    #[must_use]
    pub fn part_of(self, area: Rect) -> Rect {
        let left = area.size.w / 2;
        match self {
            Tile::Left => Rect::new(area.loc, (left, area.size.h).into()),
            Tile::Right => Rect::new(
                (area.loc.x + left, area.loc.y).into(),
                (area.size.w - left, area.size.h).into(),
            ),
        }
    }
}

/// The limits a client set on its own size. Zero means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SizeLimits {
    /// The smallest size.
    pub min: Extent,
    /// The largest size.
    pub max: Extent,
}

impl SizeLimits {
    /// The nearest size within the limits; never below one pixel, never above 16,384. Where
    /// a client's minimum exceeds its maximum the minimum holds.
    #[must_use]
    pub fn clamp(&self, size: Extent) -> Extent {
        let side = |value: i32, min: i32, max: i32| {
            let max = if max > 0 { max.min(MAX_SIDE) } else { MAX_SIDE };
            value.min(max).max(min.clamp(1, MAX_SIDE))
        };
        (
            side(size.w, self.min.w, self.max.w),
            side(size.h, self.min.h, self.max.h),
        )
            .into()
    }
}

/// One mapped window.
#[derive(Debug, Clone)]
pub struct Window {
    pub(super) id: WindowId,
    /// None only while there is no output at all.
    pub(super) output: Option<OutputId>,
    pub(super) parent: Option<WindowId>,
    pub(super) decorated: bool,
    pub(super) placement: Placement,
    pub(super) fullscreen: bool,
    pub(super) minimised: bool,
    /// The size the client last committed.
    pub(super) size: Extent,
    /// Where the content is, or returns to, when it floats.
    pub(super) floating: Rect,
    pub(super) limits: SizeLimits,
    pub(super) resize: Option<Resize>,
    pub(super) displaced: Option<Displaced>,
}

/// The output a window was on when that output went away.
#[derive(Debug, Clone)]
pub(super) struct Displaced {
    pub(super) output: String,
    pub(super) floating: Rect,
}

impl Window {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> WindowId {
        self.id
    }

    /// The output it belongs to.
    #[must_use]
    pub fn output(&self) -> Option<OutputId> {
        self.output
    }

    /// The window it is a dialog of.
    #[must_use]
    pub fn parent(&self) -> Option<WindowId> {
        self.parent
    }

    /// Whether we draw its frame.
    #[must_use]
    pub fn is_decorated(&self) -> bool {
        self.decorated
    }

    /// The size of the content that the client last committed.
    #[must_use]
    pub fn size(&self) -> Extent {
        self.size
    }

    /// How it is placed when it is neither minimised nor fullscreen.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// Whether it fills its output.
    #[must_use]
    pub fn is_fullscreen(&self) -> bool {
        self.fullscreen
    }

    /// Whether it fills the work area (fullscreen or not).
    #[must_use]
    pub fn is_maximised(&self) -> bool {
        self.placement == Placement::Maximised
    }

    /// Whether it is hidden until it is restored.
    #[must_use]
    pub fn is_minimised(&self) -> bool {
        self.minimised
    }

    /// Whether an interactive resize is under way.
    #[must_use]
    pub fn is_resizing(&self) -> bool {
        self.resize.as_ref().is_some_and(|resize| !resize.ended)
    }
}
