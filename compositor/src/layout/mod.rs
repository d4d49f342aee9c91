//! Where every window is: a pure model that knows no Wayland type, no clock and no pixels.
//!
//! The rest of the compositor asks the model two things: where to draw a window
//! ([`Layout::content_rect`], [`Layout::frame_rect`], [`Layout::stacking`]) and what to tell its
//! client ([`Layout::wanted`]). It tells the model what happened: a window was mapped, committed a
//! size, was dragged; an output came or went.
//!
//! Principles:
//! 1. A client decides the size it draws, we decide the place. Between a request for a size and the
//!    commit that follows it, the window is drawn where and as large as it last was.
//! 2. Unplugging an output and plugging it in again changes nothing: windows go to another output
//!    meanwhile and return, unless the person moved them.
//! 3. A floating window can always be grabbed: some of its title bar stays within the work area.
//! 4. A transient window (a dialog) lies above its parent, hides and shows with it.
//!
//! All coordinates are logical and global: the outputs lie side by side in one plane.

mod focus;
pub mod frame;
mod grab;
mod invariants;
mod mode;
mod outputs;
mod placement;
mod stacking;
mod window;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use smithay::utils::{Logical, Point, Rectangle, Size};

pub use frame::{FrameMetrics, FramePart};
pub use grab::{Edges, SnapTarget};
pub use mode::Wanted;
pub use outputs::{Output, OutputId};
pub use placement::NewWindow;
pub use window::{Placement, SizeLimits, Tile, Window, WindowId};

/// A rectangle in logical, global coordinates.
pub type Rect = Rectangle<i32, Logical>;
/// A point in logical, global coordinates.
pub type Pos = Point<i32, Logical>;
/// A size in logical pixels.
pub type Extent = Size<i32, Logical>;

/// The whole model. See the module's documentation.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    outputs: Vec<Output>,
    windows: BTreeMap<WindowId, Window>,
    /// Bottom to top.
    stacking: Vec<WindowId>,
    /// Most recently focused first; holds every window once.
    history: Vec<WindowId>,
    focused: Option<WindowId>,
    metrics: FrameMetrics,
}

impl Layout {
    /// An empty layout with the given sizes of window frames.
    #[must_use]
    pub fn new(metrics: FrameMetrics) -> Self {
        Self {
            metrics,
            ..Self::default()
        }
    }

    /// The sizes of window frames.
    #[must_use]
    pub fn metrics(&self) -> FrameMetrics {
        self.metrics
    }

    /// The window, if it is mapped.
    #[must_use]
    pub fn window(&self, id: WindowId) -> Option<&Window> {
        self.windows.get(&id)
    }

    /// All windows, by id.
    pub fn windows(&self) -> impl Iterator<Item = &Window> {
        self.windows.values()
    }

    /// Where the client's window geometry is drawn.
    #[must_use]
    pub fn content_rect(&self, id: WindowId) -> Option<Rect> {
        let window = self.windows.get(&id)?;
        Some(self.content_rect_of(window))
    }

    /// The content together with its server-side frame, if it has one.
    #[must_use]
    pub fn frame_rect(&self, id: WindowId) -> Option<Rect> {
        let window = self.windows.get(&id)?;
        let insets = self.metrics.insets(window);
        Some(insets.around(self.content_rect_of(window)))
    }

    /// Whether the window is to be drawn at all.
    #[must_use]
    pub fn is_visible(&self, id: WindowId) -> bool {
        self.windows
            .get(&id)
            .is_some_and(|window| !window.minimised && window.output.is_some())
    }

    fn content_rect_of(&self, window: &Window) -> Rect {
        if window.fullscreen {
            // A client may draw less than the screen: it is centred on black.
            let area = self.geometry_of(window);
            let x = area.loc.x + (area.size.w - window.size.w).max(0) / 2;
            let y = area.loc.y + (area.size.h - window.size.h).max(0) / 2;
            return Rect::new((x, y).into(), window.size);
        }
        let loc = match window.placement {
            Placement::Floating => window.floating.loc,
            Placement::Maximised | Placement::Tiled(_) => self.wanted_content(window).loc,
        };
        Rect::new(loc, window.size)
    }

    /// The content rectangle that a window's mode asks for, whatever the client has drawn so far.
    fn wanted_content(&self, window: &Window) -> Rect {
        if window.fullscreen {
            return self.geometry_of(window);
        }
        let area = match window.placement {
            Placement::Floating => return window.floating,
            Placement::Maximised => self.work_area_of(window),
            Placement::Tiled(tile) => tile.part_of(self.work_area_of(window)),
        };
        let inner = self.metrics.insets(window).within(area);
        Rect::new(inner.loc, window.limits.clamp(inner.size))
    }

    fn geometry_of(&self, window: &Window) -> Rect {
        self.output_of(window)
            .map_or_else(Rect::default, |output| output.geometry)
    }

    fn work_area_of(&self, window: &Window) -> Rect {
        self.output_of(window)
            .map_or_else(Rect::default, |output| output.work_area)
    }

    fn output_of(&self, window: &Window) -> Option<&Output> {
        let id = window.output?;
        self.outputs.iter().find(|output| output.id == id)
    }
}
