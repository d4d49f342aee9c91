//! Maximise, snap and fullscreen, and what a client is to be told of them.

use super::snap::sides_of;
use super::window::MAX_SIDE;
use super::{Edges, Extent, Layout, OutputId, Place, Placement, Pos, Rect, WindowId};

/// What a client is to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The size of the content; `None` leaves it to the client.
    pub size: Option<Extent>,
    /// The largest content that would fit the work area.
    pub bounds: Option<Extent>,
    /// It fills the work area.
    pub maximised: bool,
    /// It fills the output.
    pub fullscreen: bool,
    /// The sides at which it meets others or the end of the work area, and has no size of its own.
    pub tiled: Edges,
    /// An interactive resize is under way.
    pub resizing: bool,
    /// It has the focus.
    pub activated: bool,
    /// It is hidden.
    pub suspended: bool,
}

impl Wanted {
    /// Its size is not the client's to choose.
    #[must_use]
    pub fn fills(&self) -> bool {
        self.maximised || self.fullscreen || self.tiled.any()
    }
}

impl Layout {
    /// What the window's client is to be asked for now.
    #[must_use]
    pub fn wanted(&self, id: WindowId) -> Option<Wanted> {
        let window = self.windows.get(&id)?;
        let area = self.work_area_of(window);
        let placement = window.placement();
        let free = placement == Placement::Floating && !window.fullscreen;
        let size = match &window.resize {
            Some(resize) if free => resize.size,
            _ => self.wanted_content(window).size,
        };
        Some(Wanted {
            size: (size.w > 0 && size.h > 0).then_some(size),
            bounds: (!area.is_empty()).then(|| self.metrics.insets(window).within(area).size),
            maximised: placement == Placement::Maximised && !window.fullscreen,
            fullscreen: window.fullscreen,
            tiled: match placement {
                Placement::Snapped(snap) if !window.fullscreen => sides_of(snap),
                Placement::Tiled if !window.fullscreen => Edges {
                    left: true,
                    right: true,
                    top: true,
                    bottom: true,
                },
                _ => Edges::default(),
            },
            resizing: window.is_resizing()
                || self
                    .tile_resize
                    .as_ref()
                    .is_some_and(|drag| drag.window == id),
            activated: self.focused == Some(id),
            suspended: !self.is_shown(id),
        })
    }

    /// Sets how a window is placed. `Floating` takes back what it fills: a tile that was maximised
    /// is a tile again. Leaving fullscreen is separate.
    pub fn set_placement(&mut self, id: WindowId, placement: Placement) {
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        if window.placement() == placement {
            return;
        }
        window.resize = None;
        window.maximised = placement == Placement::Maximised;
        window.snap = match placement {
            Placement::Snapped(snap) => Some(snap),
            Placement::Floating | Placement::Tiled | Placement::Maximised => None,
        };
        match placement {
            Placement::Snapped(_) => self.set_tiled(id, false),
            Placement::Tiled => self.set_tiled(id, true),
            // Another tile that is maximised makes way.
            Placement::Maximised if self.focused == Some(id) => self.focus(id),
            Placement::Maximised => self.yield_to(id),
            Placement::Floating => {}
        }
        self.keep_reachable(id);
        self.settle();
    }

    /// A tile that has not the focus is maximised only where no other tile is.
    fn yield_to(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(&id).filter(|window| window.tiled) else {
            return;
        };
        let place = window.place;
        for other in self.windows.values_mut() {
            if other.tiled && other.place == place && other.id != id {
                other.maximised = false;
            }
        }
    }

    /// Fills an output with the window, or gives it back to its placement.
    pub fn set_fullscreen(&mut self, id: WindowId, fullscreen: bool, output: Option<OutputId>) {
        let target = output.filter(|output| self.output(*output).is_some());
        if let (true, Some(target)) = (fullscreen, target) {
            self.send_to_output(id, target);
        }
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        window.fullscreen = fullscreen;
        window.resize = None;
        self.keep_reachable(id);
        self.restack();
    }

    /// Moves a floating window's content to a place; output and workspace follow the window's
    /// middle.
    pub fn move_to(&mut self, id: WindowId, loc: Pos) {
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        window.floating.loc = bounded(loc);
        window.displaced.clear();
        let size = window.floating.size;
        let middle = window.floating.loc + Pos::from((size.w / 2, size.h / 2));
        let free = !window.fullscreen && window.placement() == Placement::Floating;
        let (place, before) = (window.place, window.output);
        let output = self.output_near(middle).map(|output| output.id);
        if free && output != before {
            let place = match place {
                Place::Workspace(_) => self.shown_place(output),
                other => other,
            };
            let loc = self.windows.get(&id).map(|window| window.floating.loc);
            self.put(id, place, output);
            if let (Some(loc), Some(window)) = (loc, self.windows.get_mut(&id)) {
                // `put` keeps the place relative to the output; this one is absolute.
                window.floating.loc = loc;
                window.tiled = false;
            }
            self.sync_tile(id);
            if self.focused == Some(id) {
                self.current = output;
            }
            self.keep_reachable(id);
            return self.settle();
        }
        self.keep_reachable(id);
    }

    /// Asks for a size of a floating window's content, as a script does.
    pub fn resize_to(&mut self, id: WindowId, size: Extent) {
        if let Some(window) = self.windows.get_mut(&id) {
            window.floating.size = window.limits.clamp(size);
            window.resize = None;
        }
        self.keep_reachable(id);
    }

    /// The client committed content of this size that it drew before it heard how it is placed now: it is no
    /// wish for that size.
    pub fn committed_before(&mut self, id: WindowId, size: Extent) {
        if let Some(window) = self.windows.get_mut(&id) {
            window.size = (size.w.clamp(1, MAX_SIDE), size.h.clamp(1, MAX_SIDE)).into();
        }
    }

    /// The client committed a size.
    pub fn committed(&mut self, id: WindowId, size: Extent) {
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        let size = (size.w.clamp(1, MAX_SIDE), size.h.clamp(1, MAX_SIDE)).into();
        let free = window.placement() == Placement::Floating && !window.fullscreen;
        window.size = size;
        if !free {
            return;
        }
        if let Some(resize) = &window.resize {
            window.floating.loc = resize.anchored(window.floating.loc, size);
        }
        window.floating.size = size;
        self.keep_reachable(id);
    }

    /// The place the content returns to when it floats again.
    #[must_use]
    pub fn floating_rect(&self, id: WindowId) -> Option<Rect> {
        self.windows.get(&id).map(|window| window.floating)
    }
}

/// Keeps a place that a script or a pointer asked for within what arithmetic can bear.
fn bounded(pos: Pos) -> Pos {
    const FAR: i32 = 1 << 20;
    (pos.x.clamp(-FAR, FAR), pos.y.clamp(-FAR, FAR)).into()
}
