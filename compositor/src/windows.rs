//! The clients' side of windows: surfaces, titles, and keeping clients and layout in step.

use std::collections::BTreeMap;

use smithay::desktop::PopupManager;
use smithay::desktop::utils::with_surfaces_surface_tree;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_toplevel::State;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Physical, Point, Rectangle, Serial, Size};
use smithay::wayland::compositor::{SurfaceData, send_surface_state};
use smithay::wayland::fractional_scale::with_fractional_scale;

use crate::domain::Domain;
use crate::goblin::Goblin;
use crate::layers::layer_map_for_output;
use crate::layout::{OutputId, Pos, Wanted, WindowId};
use crate::outputs::OutputState;
use crate::render::Tab;
use crate::shell::{Parent, Shell};

/// One window of a client, mapped or not yet.
pub(crate) struct Window {
    pub(crate) id: WindowId,
    pub(crate) shell: Shell,
    pub(crate) title: String,
    pub(crate) app_id: String,
    pub(crate) domain: Domain,
    pub(crate) pid: Option<i32>,
    /// Whether it has content and so a place in the layout.
    pub(crate) mapped: bool,
    /// The client draws its own frame.
    pub(crate) client_side: bool,
    /// Asked for before it was mapped.
    pub(crate) wants: Wants,
    /// The configure that ends an interactive resize: once acknowledged, the place stands.
    pub(crate) resize_end: Option<Serial>,
    /// It has been: the next commit has the last size.
    pub(crate) finish_resize: bool,
    /// What the client was last asked for.
    pub(crate) sent: Wanted,
    /// The configure that last told it that it fills something, or does so no longer, until it is acknowledged.
    pub(crate) turned: Option<Serial>,
    /// Where its geometry begins, counted from its surface's corner, as of its last commit.
    pub(crate) offset: Point<i32, Logical>,
    /// Where it lay before its client took its content away.
    pub(crate) last_place: Option<Pos>,
    /// The outputs its surfaces were told they are on.
    pub(crate) on: Vec<OutputId>,
    /// What its client calls this window among its own (`xdg_toplevel_tag_v1`), and what that is in
    /// a person's words.
    pub(crate) tag: Option<String>,
    pub(crate) description: Option<String>,
    /// It rang and has not had the keyboard since.
    pub(crate) rang: bool,
}

/// What a client asked for before its window was mapped.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wants {
    pub(crate) maximised: bool,
    pub(crate) fullscreen: bool,
    pub(crate) minimised: bool,
    pub(crate) output: Option<OutputId>,
}

impl Window {
    /// A window that has just been made and has no content yet.
    pub(crate) fn new(id: WindowId, shell: Shell, domain: Domain, pid: Option<i32>) -> Self {
        Self {
            id,
            shell,
            title: String::new(),
            app_id: String::new(),
            domain,
            pid,
            mapped: false,
            client_side: true,
            wants: Wants::default(),
            sent: Wanted::default(),
            turned: None,
            resize_end: None,
            finish_resize: false,
            offset: Point::default(),
            last_place: None,
            on: Vec::new(),
            tag: None,
            description: None,
            rang: false,
        }
    }

    /// A configure has asked the client for this.
    pub(crate) fn asked(&mut self, wanted: Wanted, serial: Option<Serial>) {
        if wanted.fills() != self.sent.fills() {
            self.turned = serial;
        }
        self.sent = wanted;
    }

    /// Whether the client draws with the knowledge of whether it fills something, which the layout `wants` now.
    pub(crate) fn knows(&self, wants: &Wanted) -> bool {
        self.turned.is_none()
            && self.sent.fills() == wants.fills()
            && self.shell.answers(&self.sent)
    }

    pub(crate) fn surface(&self) -> &WlSurface {
        self.shell.surface()
    }

    /// The part of its surface that counts as the window.
    pub(crate) fn geometry(&self) -> Rectangle<i32, Logical> {
        self.shell.geometry()
    }
}

/// All windows, mapped or not.
#[derive(Default)]
pub(crate) struct Windows {
    entries: BTreeMap<WindowId, Window>,
    last: u64,
}

impl Windows {
    /// A number that no window had before.
    pub(crate) fn next_id(&mut self) -> WindowId {
        self.last += 1;
        WindowId(self.last)
    }

    pub(crate) fn insert(&mut self, window: Window) {
        self.entries.insert(window.id, window);
    }

    pub(crate) fn remove(&mut self, id: WindowId) -> Option<Window> {
        self.entries.remove(&id)
    }

    pub(crate) fn get(&self, id: WindowId) -> Option<&Window> {
        self.entries.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: WindowId) -> Option<&mut Window> {
        self.entries.get_mut(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Window> {
        self.entries.values()
    }

    pub(crate) fn of_surface(&self, surface: &WlSurface) -> Option<&Window> {
        self.entries
            .values()
            .find(|window| window.surface() == surface)
    }

    pub(crate) fn id_of(&self, surface: &WlSurface) -> Option<WindowId> {
        self.of_surface(surface).map(|window| window.id)
    }

    /// The mapped window that another is a dialog of.
    pub(crate) fn parent_of(&self, window: &Window) -> Option<WindowId> {
        let parent = match window.shell.parent()? {
            Parent::Surface(surface) => self.of_surface(&surface)?,
            Parent::Window(id) => self.get(id)?,
        };
        parent.mapped.then_some(parent.id)
    }
}

impl Goblin {
    /// Whether any of a window is to be drawn on an output.
    pub(crate) fn is_shown_on(&self, id: WindowId, output: &OutputState) -> bool {
        if !self.layout.is_visible(id) {
            return false;
        }
        let Some(model) = self.layout.window(id) else {
            return false;
        };
        if model.is_fullscreen() || model.is_maximised() || model.is_tiled() {
            return model.output() == Some(output.id);
        }
        let Some(window) = self.windows.get(id) else {
            return false;
        };
        let Some(geometry) = self.layout.output(output.id).map(|output| output.geometry) else {
            return false;
        };
        let (Some(frame), Some(content)) =
            (self.layout.frame_rect(id), self.layout.content_rect(id))
        else {
            return false;
        };
        if geometry.overlaps(frame) {
            return true;
        }
        let mut surfaces = window.shell.extent();
        surfaces.loc += content.loc - window.geometry().loc;
        geometry.overlaps(surfaces)
    }

    /// The tabs of a window's tile, and which of them is shown; empty without tabs.
    pub(crate) fn tabs_of(&self, id: WindowId) -> (Vec<Tab>, usize) {
        let Some((tabs, shown)) = self.layout.tabs(id) else {
            return Default::default();
        };
        let tab = |id: &WindowId| {
            let window = self.windows.get(*id);
            Tab {
                title: window
                    .map(|window| window.title.clone())
                    .unwrap_or_default(),
                domain: window
                    .map(|window| window.domain.clone())
                    .unwrap_or_default(),
            }
        };
        (tabs.iter().map(tab).collect(), shown)
    }

    /// Whether the topmost window of an output fills it.
    pub(crate) fn fullscreen_on_top(&self, output: OutputId) -> bool {
        let mine = |id: &&WindowId| {
            self.layout.is_visible(**id)
                && self
                    .layout
                    .window(**id)
                    .is_some_and(|window| window.output() == Some(output))
        };
        let top = self.layout.stacking().iter().rev().find(mine);
        top.and_then(|id| self.layout.window(*id))
            .is_some_and(crate::layout::Window::is_fullscreen)
    }

    /// Size in pixels and scale of a picture of a window with its frame.
    pub(crate) fn window_picture_size(&self, id: WindowId) -> Option<(Size<i32, Physical>, f64)> {
        let model = self.layout.window(id)?;
        let scale = model
            .output()
            .and_then(|output| self.output_state(output))
            .map_or(1.0, OutputState::scale);
        let size = self.layout.frame_rect(id)?.size;
        let pixels: Size<i32, Physical> = size.to_f64().to_physical(scale).to_i32_round();
        Some(((pixels.w.max(1), pixels.h.max(1)).into(), scale))
    }

    /// Tells each client what the layout now wants of it. Does nothing where nothing changed.
    pub(crate) fn refresh_layout(&mut self) {
        if !std::mem::take(&mut self.layout_dirty) {
            return;
        }
        self.globals.foreign_toplevels.dirty = true;
        self.globals.workspaces.dirty = true;
        self.globals.sessions.dirty = true;
        let ids: Vec<WindowId> = self
            .layout
            .windows()
            .map(crate::layout::Window::id)
            .collect();
        for id in ids {
            let Some(mut wanted) = self.layout.wanted(id) else {
                continue;
            };
            // The scale first: what the client draws for the configure is to have it.
            self.refresh_outputs_of(id);
            // What is hidden but pictured goes on drawing.
            wanted.suspended &= !self.is_pictured(id);
            let drawn = self.layout.window(id).map(|window| window.size());
            let Some(window) = self.windows.get_mut(id) else {
                continue;
            };
            // A client that took another size than it was asked for is not asked for that one in
            // turn: the two would chase each other.
            let same = Wanted {
                size: window.sent.size,
                bounds: window.sent.bounds,
                ..wanted
            };
            let settled =
                same == window.sent && (wanted.size == drawn || wanted.size == window.sent.size);
            if !settled {
                let ended = window.sent.resizing && !wanted.resizing;
                let serial = window.shell.configure(wanted);
                window.asked(wanted, serial);
                if ended {
                    window.resize_end = serial;
                    window.finish_resize = serial.is_none() && wanted.size != drawn;
                    if serial.is_none() && wanted.size == drawn {
                        self.layout.finish_resize(id);
                    }
                }
            }
        }
        self.refresh_pointer();
    }

    /// Tells a window's surfaces which outputs they are on and at what scale to draw.
    fn refresh_outputs_of(&mut self, id: WindowId) {
        let shown: Vec<OutputId> = self
            .outputs
            .iter()
            .filter(|output| self.is_shown_on(id, output))
            .map(|output| output.id)
            .collect();
        let Some(window) = self.windows.get(id) else {
            return;
        };
        let surface = window.surface().clone();
        for state in &self.outputs {
            let (now, before) = (shown.contains(&state.id), window.on.contains(&state.id));
            with_surfaces_surface_tree(&surface, |surface, _| {
                if now {
                    state.output.enter(surface);
                } else if before {
                    state.output.leave(surface);
                }
            });
        }
        if let Some(window) = self.windows.get_mut(id) {
            window.on = shown;
        }
        self.send_scale(
            &surface,
            self.layout
                .window(id)
                .and_then(crate::layout::Window::output),
        );
    }

    /// The scale of an output changed, or how it is turned: what lies on it is told before it is asked for
    /// another size. Windows are at the end of this turn.
    pub(crate) fn scale_changed(&self, id: OutputId) {
        let Some(state) = self.output_state(id) else {
            return;
        };
        let map = layer_map_for_output(&state.output);
        let mut roots: Vec<WlSurface> = map
            .layers()
            .map(|layer| layer.wl_surface().clone())
            .collect();
        drop(map);
        roots.extend(self.globals.lock.surface_on(id).cloned());
        roots
            .iter()
            .for_each(|root| self.send_scale(root, Some(id)));
    }

    /// Tells a surface, its subsurfaces and its popups the scale of the output they are on.
    pub(crate) fn send_scale(&self, surface: &WlSurface, output: Option<OutputId>) {
        let output = output
            .and_then(|id| self.output_state(id))
            .or_else(|| self.outputs.first());
        let Some(state) = output else { return };
        let scale = state.output.current_scale();
        let transform = state.output.current_transform();
        let tell = |surface: &WlSurface, states: &SurfaceData| {
            send_surface_state(surface, states, scale.integer_scale(), transform);
            with_fractional_scale(states, |fractional| {
                fractional.set_preferred_scale(scale.fractional_scale());
            });
        };
        with_surfaces_surface_tree(surface, tell);
        for (popup, _) in PopupManager::popups_for_surface(surface) {
            with_surfaces_surface_tree(popup.wl_surface(), tell);
        }
    }
}

/// Writes what the layout wants into the state that the next configure carries.
pub(crate) fn apply(wanted: Wanted, state: &mut smithay::wayland::shell::xdg::ToplevelState) {
    state.size = wanted.size;
    state.bounds = wanted.bounds;
    let tiled = wanted.tiled;
    let flags = [
        (State::Maximized, wanted.maximised),
        (State::Fullscreen, wanted.fullscreen),
        (State::Resizing, wanted.resizing),
        (State::Activated, wanted.activated),
        (State::Suspended, wanted.suspended),
        (State::TiledTop, tiled.top),
        (State::TiledBottom, tiled.bottom),
        (State::TiledLeft, tiled.left),
        (State::TiledRight, tiled.right),
    ];
    for (flag, on) in flags {
        if on {
            state.states.set(flag);
        } else {
            state.states.unset(flag);
        }
    }
}
