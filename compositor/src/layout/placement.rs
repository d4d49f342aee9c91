//! Where a new window goes, and how far a floating one may stray.

use trees::desktop::Snap;

use super::window::MAX_SIDE;
use super::{
    Extent, Layout, OutputId, Place, Placement, Pos, Rect, SizeLimits, Wanted, Window, WindowId,
    WorkspaceId,
};

/// The part of a floating window's title bar that always stays within the work area, in pixels.
pub(super) const REACHABLE: i32 = 64;

/// What is known of a window when it is mapped.
#[derive(Debug, Clone, Copy)]
pub struct NewWindow {
    /// Its number.
    pub id: WindowId,
    /// The size of its first content.
    pub size: Extent,
    /// The client's limits.
    pub limits: SizeLimits,
    /// The window it is a dialog of.
    pub parent: Option<WindowId>,
    /// Whether we draw its frame.
    pub decorated: bool,
    /// Its frame says where it comes from: it always has one, fullscreen too.
    pub marked: bool,
    /// The output the person is at; a dialog goes where its parent is.
    pub output: Option<OutputId>,
    /// The client asked to be maximised before it was mapped.
    pub maximised: bool,
    /// The client asked to be fullscreen before it was mapped.
    pub fullscreen: bool,
    /// What else is wanted of it, by a rule.
    pub opening: Opening,
}

/// What a rule wants of a window when it is mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opening {
    /// The workspace; `None`: the one that its output shows.
    pub workspace: Option<WorkspaceId>,
    /// A tile or floating, where the workspace is a tiling one; `None`: a tile if it can be one.
    pub tiled: Option<bool>,
    /// The size at which it floats.
    pub size: Option<Extent>,
    /// Where its content floats, counted from its output's corner; `None`: where there is room.
    pub at: Option<Pos>,
    /// The part of the work area it fills.
    pub snap: Option<Snap>,
    /// On all workspaces of its output.
    pub sticky: bool,
    /// Above all others.
    pub on_top: bool,
    /// On the scratch workspace.
    pub scratch: bool,
    /// Not shown at first.
    pub minimised: bool,
}

impl Layout {
    /// Maps a window on top of the others. It is not focused by this.
    pub fn insert(&mut self, new: NewWindow) {
        self.remove(new.id);
        let parent = new
            .parent
            .filter(|parent| self.windows.contains_key(parent));
        let opening = new.opening;
        let size: Extent = (new.size.w.clamp(1, MAX_SIDE), new.size.h.clamp(1, MAX_SIDE)).into();
        let parent_model = parent.and_then(|id| self.windows.get(&id));
        let parent_place = parent_model.map(|window| (window.place, window.output));
        let parent_minimised = parent_model.is_some_and(|window| window.minimised);
        let asked = opening
            .workspace
            .and_then(|id| self.workspaces.get(&id)?.output)
            .or(new.output.filter(|id| self.output(*id).is_some()))
            .or(self.current_output());
        let (place, output) = match parent_place {
            Some(place) => place,
            None if opening.scratch => (Place::Scratch, asked),
            None if opening.sticky => (Place::Sticky, asked),
            None => match opening
                .workspace
                .filter(|id| self.workspaces.contains_key(id))
            {
                Some(workspace) => (Place::Workspace(workspace), asked),
                None => (self.shown_place(asked), asked),
            },
        };
        let mut window = Window {
            id: new.id,
            output,
            parent,
            decorated: new.decorated,
            marked: new.marked,
            place,
            tiled: false,
            tabbed: false,
            slot: None,
            maximised: new.maximised,
            snap: opening.snap.filter(|_| !new.maximised),
            on_top: opening.on_top,
            fullscreen: new.fullscreen,
            // A dialog of a hidden window waits hidden with it.
            minimised: opening.minimised || parent_minimised,
            size,
            floating: Rect::from_size(size),
            limits: new.limits,
            resize: None,
            displaced: Vec::new(),
        };
        window.tiled = self.tiling_place(&window).is_some()
            && window.snap.is_none()
            && opening.tiled.unwrap_or(true)
            && (window.suits_tiling() || opening.tiled == Some(true));
        let size = match opening.size {
            Some(size) => window.limits.clamp(size),
            None => self.first_floating_size(&window),
        };
        let corner = self.geometry_of(&window).loc;
        let loc = match opening.at {
            Some(at) => corner + at,
            None => self.place(&window, size),
        };
        let floating = Rect::new(loc, size);
        self.windows.insert(new.id, Window { floating, ..window });
        self.stacking.push(new.id);
        self.history.push(new.id);
        self.sync_tile(new.id);
        if self.tabs(new.id).is_none() && self.focused.is_none() {
            self.current = output.or(self.current);
        }
        self.keep_reachable(new.id);
        self.settle();
    }

    /// What the client of a window would be asked for if the window were mapped now.
    #[must_use]
    pub fn preview(&self, new: NewWindow) -> Option<Wanted> {
        let mut other = self.clone();
        other.insert(new);
        other.wanted(new.id)
    }

    /// Forgets a window. The focus goes to the window that had it before.
    pub fn remove(&mut self, id: WindowId) {
        let Some(gone) = self.windows.remove(&id) else {
            return;
        };
        self.sync_tile(id);
        self.stacking.retain(|other| *other != id);
        self.history.retain(|other| *other != id);
        for window in self
            .windows
            .values_mut()
            .filter(|window| window.parent == Some(id))
        {
            window.parent = gone.parent;
        }
        if self.focused == Some(id) {
            self.refocus();
        }
        self.settle();
    }

    /// The client became, or is no longer, a dialog of another window.
    pub fn set_parent(&mut self, id: WindowId, parent: Option<WindowId>) {
        let parent = parent.filter(|parent| {
            self.windows.contains_key(parent) && !self.is_descendant(*parent, id) && *parent != id
        });
        let Some(window) = self.windows.get_mut(&id) else {
            return;
        };
        window.parent = parent;
        if let Some(above) = parent.and_then(|id| self.windows.get(&id)) {
            let (place, output, minimised) = (above.place, above.output, above.minimised);
            // It goes where its parent is, and floats above it.
            for member in self.family_below(id) {
                self.put(member, place, output);
            }
            if let Some(window) = self.windows.get_mut(&id) {
                window.tiled = false;
            }
            self.sync_tile(id);
            if minimised {
                self.mark_minimised(id, true);
            }
        }
        self.settle();
    }

    /// The client set new limits on its size.
    pub fn set_limits(&mut self, id: WindowId, limits: SizeLimits) {
        if let Some(window) = self.windows.get_mut(&id) {
            window.limits = limits;
        }
    }

    /// Whether we draw the frame of this window.
    pub fn set_decorated(&mut self, id: WindowId, decorated: bool) {
        if let Some(window) = self.windows.get_mut(&id) {
            window.decorated = decorated;
            self.keep_reachable(id);
        }
    }

    /// The size at which a new window floats, now or once it no longer fills its output: then no
    /// size of its own is known, and a good part of the work area is taken.
    fn first_floating_size(&self, window: &Window) -> Extent {
        let fills = window.fullscreen || window.placement() != Placement::Floating;
        let area = self.work_area_of(window).size;
        if !fills || area.is_empty() {
            return window.size;
        }
        window.limits.clamp((area.w * 2 / 3, area.h * 2 / 3).into())
    }

    /// The top left of a new floating window's content: over its parent, else in the middle of the
    /// work area, a step further down for each window whose title bar it would hide. Where the area ends it goes on at the
    /// top, a little further to the right each time: what fits into the area is opened within it.
    fn place(&self, window: &Window, size: Extent) -> Pos {
        let area = self.work_area_of(window);
        let insets = self.metrics.floating_insets(window);
        let outer = insets.around(Rect::from_size(size)).size;
        let around = window
            .parent
            .and_then(|parent| self.frame_rect(parent))
            .unwrap_or(area);
        let centred: Pos = (
            around.loc.x + (around.size.w - outer.w) / 2,
            around.loc.y + (around.size.h - outer.h) / 2,
        )
            .into();
        let loc: Pos = (centred.x.max(area.loc.x), centred.y.max(area.loc.y)).into();
        let inner = Pos::from((insets.left, insets.top));
        if window.parent.is_some() {
            return loc + inner;
        }
        let step = self.metrics.title_bar.max(8);
        let taken: Vec<Pos> = self
            .windows
            .values()
            .filter(|other| {
                other.output == window.output && other.place == window.place && !other.minimised
            })
            .filter_map(|other| match other.tiled {
                // Where it will float.
                true => Some(self.metrics.floating_insets(other).around(other.floating)),
                false => self.frame_rect(other.id),
            })
            .map(|rect| rect.loc)
            .collect();
        let hides = |loc: Pos| {
            taken.iter().any(|other| {
                (other.x - loc.x).abs() < step / 2 && (other.y - loc.y).abs() < step / 2
            })
        };
        let down = |from: Pos, last: Pos| {
            let below = move |at: &Pos| Some(*at + Pos::from((step, step)));
            std::iter::successors(Some(from), below)
                .take_while(move |at| at.x <= last.x && at.y <= last.y)
        };
        // The furthest at which all of it lies within, and at which its bar can still be grabbed: for one that is too large, or
        // where there is no more room.
        let room = |whole: i32, taken: i32| (whole - taken).max(0);
        let within = area.loc + Pos::from((room(area.size.w, outer.w), room(area.size.h, outer.h)));
        let reachable = area.loc + Pos::from((area.size.w - REACHABLE, area.size.h - step));
        let at_the_top = (area.loc.x..=within.x).step_by(usize::try_from(2 * step).unwrap_or(1));
        let free = std::iter::once(loc)
            .chain(at_the_top.map(|x| (x, area.loc.y).into()))
            .flat_map(|start| down(start, within))
            .chain(down(loc, reachable))
            .find(|at| !hides(*at));
        free.unwrap_or(area.loc) + inner
    }

    /// Moves a floating window just so far that all of it lies in the work area, or its top left corner where
    /// it is larger: someone who sends it to a smaller output, or makes its output smaller, wants to see it there.
    pub(super) fn bring_into_view(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        let area = self.work_area_of(window);
        if area.is_empty() {
            return;
        }
        let insets = self.metrics.floating_insets(window);
        let frame = insets.around(window.floating);
        let within = |at: i32, length: i32, start: i32, room: i32| {
            at.min(start.saturating_add(room.saturating_sub(length)))
                .max(start)
        };
        let x = within(frame.loc.x, frame.size.w, area.loc.x, area.size.w);
        let y = within(frame.loc.y, frame.size.h, area.loc.y, area.size.h);
        if let Some(window) = self.windows.get_mut(&id) {
            window.floating.loc = (x + insets.left, y + insets.top).into();
        }
    }

    /// Moves a floating window just so far that it can be grabbed (principle 3).
    pub(super) fn keep_reachable(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(&id) else {
            return;
        };
        let area = self.work_area_of(window);
        if area.is_empty() {
            return;
        }
        let insets = self.metrics.floating_insets(window);
        let frame = insets.around(window.floating);
        let margin = REACHABLE.min(frame.size.w);
        let bar = insets.top.max(1);
        let left = area.loc.x - frame.size.w + margin;
        let right = (area.loc.x + area.size.w - margin).max(left);
        let top = area.loc.y;
        let bottom = (area.loc.y + area.size.h - bar).max(top);
        let x = frame.loc.x.clamp(left, right);
        let y = frame.loc.y.clamp(top, bottom);
        if let Some(window) = self.windows.get_mut(&id) {
            window.floating.loc = (x + insets.left, y + insets.top).into();
        }
    }
}
