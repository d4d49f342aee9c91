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
//! 5. Every window is in one place: on a workspace, on all workspaces of an output (sticky), or on
//!    the scratch workspace. On a tiling workspace it is a tile or floats above them.
//! 6. The tiles of a workspace cover its work area without overlap, whatever their clients draw.
//! 7. Only what is shown can have the focus; focusing a window shows it.
//!
//! Each output has a row of workspaces that ends with an empty one: it becomes used by putting a
//! window there, and a workspace that is left empty is gone.
//!
//! All coordinates are logical and global: the outputs lie side by side in one plane.

mod direction;
mod focus;
pub mod frame;
mod grab;
mod invariants;
mod mode;
mod outputs;
mod placement;
mod snap;
mod stacking;
mod states;
mod tiles;
mod tiling;
mod window;
mod workspace;
mod workspaces;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use smithay::utils::{Logical, Point, Rectangle, Size};

pub(crate) use direction::towards;
pub use frame::{FrameMetrics, FramePart, Insets};
pub use grab::Edges;
pub use mode::Wanted;
pub use outputs::{Output, OutputId};
pub use placement::{NewWindow, Opening};
pub use snap::SnapTarget;
pub use window::{Placement, SizeLimits, Window, WindowId};
pub use workspace::{Place, TileColumn, Workspace, WorkspaceId};

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
    /// The output the person is at.
    current: Option<OutputId>,
    workspaces: BTreeMap<WorkspaceId, Workspace>,
    /// The workspaces while there is no output.
    orphans: Vec<WorkspaceId>,
    last_workspace: u64,
    scratch_shown: bool,
    /// The focused window went with its output, and the focus to another.
    away: Option<outputs::Away>,
    /// The edge of a tile that is being dragged.
    tile_resize: Option<tiles::TileResize>,
    metrics: FrameMetrics,
    options: Options,
}

/// What a person can choose about the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// New workspaces are tiling ones.
    pub tiling: bool,
    /// The space between tiles and around them, in logical pixels.
    pub gap: i32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tiling: false,
            gap: 8,
        }
    }
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

    /// Changes what a person can choose. Workspaces that are in use keep their kind.
    pub fn set_options(&mut self, options: Options) {
        self.tile_resize = None;
        if options.tiling != self.options.tiling {
            let used: Vec<WorkspaceId> = self
                .windows
                .values()
                .filter_map(|window| match window.place {
                    Place::Workspace(id) => Some(id),
                    Place::Sticky | Place::Scratch => None,
                })
                .collect();
            let empty = self.workspaces.values_mut();
            for workspace in empty.filter(|workspace| !used.contains(&workspace.id)) {
                workspace.tiling = options.tiling;
            }
        }
        self.options = Options {
            gap: options.gap.clamp(0, 256),
            ..options
        };
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
        if window.has_edge() {
            return Some(self.geometry_of(window));
        }
        let insets = self.metrics.insets(window);
        Some(insets.around(self.seen_content_of(window)))
    }

    /// What the client's own pixels, popups left out, may not leave; `None` where there is no frame
    /// of ours that they could lie on, and no neighbour of a tile.
    #[must_use]
    pub fn client_area(&self, id: WindowId) -> Option<Rect> {
        let window = self.windows.get(&id)?;
        if window.has_edge() {
            return Some(self.wanted_content(window));
        }
        let seen = self.seen_content_of(window);
        let cut = window.has_frame() || seen != self.content_rect_of(window);
        cut.then_some(seen)
    }

    /// Whether the window is to be drawn at all.
    #[must_use]
    pub fn is_visible(&self, id: WindowId) -> bool {
        self.is_shown(id)
            && self
                .windows
                .get(&id)
                .is_some_and(|window| window.output.is_some())
    }

    /// Whether a window could be seen if its output were there: not minimised, and its workspace and
    /// its tab are the ones shown.
    pub(crate) fn is_shown(&self, id: WindowId) -> bool {
        let Some(window) = self.windows.get(&id).filter(|window| !window.minimised) else {
            return false;
        };
        match window.place {
            Place::Sticky => true,
            Place::Scratch => self.scratch_shown,
            Place::Workspace(place) => {
                let Some(workspace) = self.workspaces.get(&place) else {
                    return false;
                };
                let active = match workspace.output {
                    Some(output) => self.active_workspace(output) == Some(place),
                    None => true,
                };
                active && (!window.tabbed || workspace.tiles.is_shown(id))
            }
        }
    }

    fn content_rect_of(&self, window: &Window) -> Rect {
        if window.fullscreen {
            // A client may draw less than the screen: it is centred on black.
            let area = self.wanted_content(window);
            let x = area.loc.x + (area.size.w - window.size.w).max(0) / 2;
            let y = area.loc.y + (area.size.h - window.size.h).max(0) / 2;
            return Rect::new((x, y).into(), window.size);
        }
        let loc = match window.placement() {
            Placement::Floating => window.floating.loc,
            _ => self.wanted_content(window).loc,
        };
        Rect::new(loc, window.size)
    }

    /// The part of the content that is shown: a tile ends where the next one begins, whatever its client
    /// has drawn.
    fn seen_content_of(&self, window: &Window) -> Rect {
        let content = self.content_rect_of(window);
        if window.fullscreen || window.placement() != Placement::Tiled {
            return content;
        }
        let tile = self.tile_rect(window);
        let inner = tile.map(|tile| self.metrics.insets(window).within(tile));
        inner
            .and_then(|inner| content.intersection(inner))
            .unwrap_or(content)
    }

    /// The content rectangle that a window's mode asks for, whatever the client has drawn so far.
    fn wanted_content(&self, window: &Window) -> Rect {
        if window.fullscreen {
            let area = self.geometry_of(window);
            if area.is_empty() {
                return area;
            }
            return self.metrics.insets(window).within(area);
        }
        let area = match window.placement() {
            Placement::Floating => return window.floating,
            Placement::Maximised => self.work_area_of(window),
            Placement::Snapped(snap) => snap::part_of(snap, self.work_area_of(window)),
            Placement::Tiled => match self.tile_rect(window) {
                Some(rect) => rect,
                // Minimised: it keeps its size.
                None => return Rect::new(window.floating.loc, window.size),
            },
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
