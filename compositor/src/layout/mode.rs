//! Maximise, tile, fullscreen and minimise, and what a client is to be told of them.

use super::{Extent, Layout, OutputId, Placement, Pos, Rect, Tile, WindowId};

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
    /// It fills a half of the work area.
    pub tiled: Option<Tile>,
    /// An interactive resize is under way.
    pub resizing: bool,
    /// It has the focus.
    pub activated: bool,
    /// It is hidden.
    pub suspended: bool,
}

impl Layout {
    /// What the window's client is to be asked for now.
    #[must_use]
    pub fn wanted(&self, id: WindowId) -> Option<Wanted> {
        let window = self.windows.get(&id)?;
        let area = self.work_area_of(window);
        let free = window.placement == Placement::Floating && !window.fullscreen;
        let size = match &window.resize {
            Some(resize) if free => resize.size,
            _ => self.wanted_content(window).size,
        };
        Some(Wanted {
            size: (size.w > 0 && size.h > 0).then_some(size),
            bounds: (!area.is_empty()).then(|| self.metrics.insets(window).within(area).size),
            maximised: window.placement == Placement::Maximised && !window.fullscreen,
            fullscreen: window.fullscreen,
            tiled: match window.placement {
                Placement::Tiled(tile) if !window.fullscreen => Some(tile),
                _ => None,
            },
            resizing: window.is_resizing(),
            activated: self.focused == Some(id),
            suspended: window.minimised,
        })
    }

    /// Sets how a window is placed. Leaving fullscreen is separate.
    pub fn set_placement(&mut self, id: WindowId, placement: Placement) {
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        if window.placement != placement {
            window.placement = placement;
            window.resize = None;
        }
        self.keep_reachable(id);
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
    }

    /// Hides a window with its dialogs, or shows it again.
    pub fn set_minimised(&mut self, id: WindowId, minimised: bool) {
        if !self.windows.contains_key(&id) {
            return;
        }
        // A dialog is shown together with what it belongs to.
        let root = if minimised { id } else { self.root_of(id) };
        for member in self.family_below(root) {
            if let Some(window) = self.windows.get_mut(&member) {
                window.minimised = minimised;
                window.resize = None;
            }
        }
        let hidden = |id: WindowId| self.windows.get(&id).is_some_and(|window| window.minimised);
        if self.focused.is_some_and(hidden) {
            self.focused = None;
            self.focus_most_recent();
        }
    }

    /// Moves a window to another output, at the same place relative to it.
    pub fn send_to_output(&mut self, id: WindowId, target: OutputId) {
        let Some(to) = self.output(target).map(|output| output.geometry.loc) else {
            return;
        };
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        if window.output == Some(target) {
            return;
        }
        let from = self.geometry_of(window).loc;
        if let Some(window) = self.windows.get_mut(&id) {
            window.output = Some(target);
            window.floating.loc += to - from;
            window.displaced = None;
            window.resize = None;
        }
        self.keep_reachable(id);
    }

    /// Moves a floating window's content to a place; the output follows the window's middle.
    pub fn move_to(&mut self, id: WindowId, loc: Pos) {
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        window.floating.loc = bounded(loc);
        window.displaced = None;
        let size = window.floating.size;
        let middle = window.floating.loc + Pos::from((size.w / 2, size.h / 2));
        let output = self.output_near(middle).map(|output| output.id);
        if let Some(window) = self.windows.get_mut(&id)
            && !window.fullscreen
            && window.placement == Placement::Floating
        {
            window.output = output;
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

    /// The client committed a size.
    pub fn committed(&mut self, id: WindowId, size: Extent) {
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        let free = window.placement == Placement::Floating && !window.fullscreen;
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
