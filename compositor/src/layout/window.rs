//! One window as the layout sees it.

use trees::desktop::Snap;

use super::tiling::Memory;
use super::{Extent, OutputId, Place, Rect, grab::Resize};

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
    /// It is one of the tiles of its workspace.
    Tiled,
    /// It fills the work area.
    Maximised,
    /// It fills a half or a quarter of the work area.
    Snapped(Snap),
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
    /// Its frame says where it comes from: it always has one, fullscreen too.
    pub(super) marked: bool,
    /// Where it belongs.
    pub(super) place: Place,
    /// It is a tile of its tiling workspace; while it is minimised, it has no tile there.
    pub(super) tiled: bool,
    /// It shares its tile with others, as tabs.
    pub(super) tabbed: bool,
    /// The tile it had and returns to.
    pub(super) slot: Option<Memory>,
    pub(super) maximised: bool,
    /// Only ever of a window that is no tile and not maximised.
    pub(super) snap: Option<Snap>,
    /// Always on top.
    pub(super) on_top: bool,
    pub(super) fullscreen: bool,
    pub(super) minimised: bool,
    /// The size the client last committed.
    pub(super) size: Extent,
    /// Where the content is, or returns to, when it floats.
    pub(super) floating: Rect,
    pub(super) limits: SizeLimits,
    pub(super) resize: Option<Resize>,
    /// The outputs it was on when they went away, the last one last.
    pub(super) displaced: Vec<Displaced>,
}

/// The output a window was on when that output went away, and its place on it.
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
        match (self.maximised, self.snap) {
            (true, _) => Placement::Maximised,
            (_, Some(snap)) => Placement::Snapped(snap),
            _ if self.tiled => Placement::Tiled,
            _ => Placement::Floating,
        }
    }

    /// Where it belongs.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Whether it is one of the tiles of its workspace, maximised or not.
    #[must_use]
    pub fn is_tiled(&self) -> bool {
        self.tiled
    }

    /// Whether it is kept on all workspaces of its output.
    #[must_use]
    pub fn is_sticky(&self) -> bool {
        self.place == Place::Sticky
    }

    /// Whether it is on the scratch workspace.
    #[must_use]
    pub fn is_scratch(&self) -> bool {
        self.place == Place::Scratch
    }

    /// Whether it is kept above all that are not.
    #[must_use]
    pub fn is_on_top(&self) -> bool {
        self.on_top
    }

    /// Whether we draw a frame around it: its own choice, but tabs need a bar to be seen in, and a
    /// mark a frame to stand on.
    #[must_use]
    pub fn has_frame(&self) -> bool {
        (self.decorated || self.tabbed || self.marked) && !self.fullscreen
    }

    /// Whether we draw an edge around it that says where it comes from: what a marked window has in
    /// place of a frame while it fills its output.
    #[must_use]
    pub fn has_edge(&self) -> bool {
        self.marked && self.fullscreen
    }

    /// Whether it can be a tile at all: a dialog or a window of one fixed size cannot.
    pub(super) fn suits_tiling(&self) -> bool {
        let (min, max) = (self.limits.min, self.limits.max);
        let fixed = max.w > 0 && max.h > 0 && min == max;
        self.parent.is_none() && !fixed
    }

    /// Whether it fills its output.
    #[must_use]
    pub fn is_fullscreen(&self) -> bool {
        self.fullscreen
    }

    /// Whether it fills the work area (fullscreen or not).
    #[must_use]
    pub fn is_maximised(&self) -> bool {
        self.maximised
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
