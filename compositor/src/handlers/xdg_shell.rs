//! `xdg_wm_base`: windows and what their clients ask for.

use smithay::input::Seat;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_toplevel::ResizeEdge;
use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::protocol::wl_seat::WlSeat;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, Serial};
use smithay::wayland::shell::xdg::{
    Configure, PopupSurface, PositionerState, ToplevelSurface, XdgShellHandler, XdgShellState,
};

use super::decoration::is_left_to_us;
use crate::capture::Failure;
use crate::goblin::Goblin;
use crate::layout::{Edges, Extent, NewWindow, Opening, OutputId, Placement, Wanted, WindowId};
use crate::render::Subject;
use crate::shell::Shell;
use crate::windows::{Wants, Window};

/// No window counts as larger than this: a client can say it is, and a frame must be painted for it.
const MAX_SIDE: i32 = 16_384;

impl XdgShellHandler for Goblin {
    fn xdg_shell_state(&mut self) -> &mut XdgShellState {
        &mut self.globals.xdg_shell
    }

    fn new_toplevel(&mut self, surface: ToplevelSurface) {
        let id = self.windows.next_id();
        let wl_surface = surface.wl_surface();
        let (domain, pid) = (self.domain_of(wl_surface), self.pid_of(wl_surface));
        let client_side = !is_left_to_us(wl_surface);
        let mut window = Window::new(id, Shell::xdg(surface.clone()), domain, pid);
        window.client_side = client_side;
        self.windows.insert(window);
    }

    fn new_popup(&mut self, surface: PopupSurface, positioner: PositionerState) {
        self.popup_created(surface, positioner);
    }

    fn popup_destroyed(&mut self, _surface: PopupSurface) {
        self.popups.cleanup();
        // While its surface lives the pointer can leave it.
        self.refresh_pointer();
    }

    fn reposition_request(
        &mut self,
        surface: PopupSurface,
        positioner: PositionerState,
        token: u32,
    ) {
        self.popup_repositioned(&surface, positioner, token);
    }

    fn grab(&mut self, surface: PopupSurface, seat: WlSeat, serial: Serial) {
        if let Some(seat) = Seat::from_resource(&seat) {
            self.popup_grabbed(surface, &seat, serial);
        }
    }

    fn move_request(&mut self, surface: ToplevelSurface, seat: WlSeat, serial: Serial) {
        if let Some((id, at)) = self.pressed_in(surface.wl_surface(), &seat, serial) {
            self.begin_move(id, at);
            self.move_grab(self.pointer_location());
        }
    }

    fn resize_request(
        &mut self,
        surface: ToplevelSurface,
        seat: WlSeat,
        serial: Serial,
        edges: ResizeEdge,
    ) {
        if let Some((id, at)) = self.pressed_in(surface.wl_surface(), &seat, serial) {
            self.begin_resize(id, edges_of(edges), at);
            self.move_grab(self.pointer_location());
        }
    }

    fn maximize_request(&mut self, surface: ToplevelSurface) {
        self.maximise_asked(&surface, true);
    }

    fn unmaximize_request(&mut self, surface: ToplevelSurface) {
        self.maximise_asked(&surface, false);
    }

    fn fullscreen_request(&mut self, surface: ToplevelSurface, output: Option<WlOutput>) {
        self.fullscreen_asked(&surface, true, output);
    }

    fn unfullscreen_request(&mut self, surface: ToplevelSurface) {
        self.fullscreen_asked(&surface, false, None);
    }

    fn minimize_request(&mut self, surface: ToplevelSurface) {
        if let Some(id) = self.mapped_id(surface.wl_surface()) {
            self.layout.set_minimised(id, true);
            self.layout_changed();
        }
    }

    fn ack_configure(&mut self, surface: WlSurface, configure: Configure) {
        let Configure::Toplevel(configure) = configure else {
            return;
        };
        let Some(id) = self.windows.id_of(&surface) else {
            return;
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        if window
            .turned
            .is_some_and(|turned| configure.serial >= turned)
        {
            window.turned = None;
        }
        if window.resize_end.is_some_and(|end| configure.serial >= end) {
            // The commit that follows draws the last size: see `window_committed`.
            window.resize_end = None;
            window.finish_resize = true;
        }
    }

    fn toplevel_destroyed(&mut self, surface: ToplevelSurface) {
        self.foreign_gone(surface.wl_surface());
        let Some(id) = self.windows.id_of(surface.wl_surface()) else {
            return;
        };
        self.unmap(id);
        self.windows.remove(id);
    }

    fn title_changed(&mut self, surface: ToplevelSurface) {
        self.names_changed(surface.wl_surface());
    }

    fn app_id_changed(&mut self, surface: ToplevelSurface) {
        self.names_changed(surface.wl_surface());
    }

    fn parent_changed(&mut self, surface: ToplevelSurface) {
        let Some(id) = self.mapped_id(surface.wl_surface()) else {
            return;
        };
        let parent = surface
            .parent()
            .and_then(|parent| self.windows.id_of(&parent));
        self.layout.set_parent(id, parent);
        self.layout_changed();
    }
}

impl Goblin {
    /// The window of a surface, if it is mapped.
    fn mapped_id(&self, surface: &WlSurface) -> Option<WindowId> {
        self.windows
            .of_surface(surface)
            .filter(|window| window.mapped)
            .map(|window| window.id)
    }

    /// A surface tree of a window has committed.
    pub(crate) fn window_committed(&mut self, id: WindowId) {
        let Some(window) = self.windows.get(id) else {
            return;
        };
        window.shell.committed();
        let content = Self::has_content(window.surface());
        // Some clients, the conformance suite's among them, draw before they acknowledge the first
        // configure, or before there is one. The protocol lets us end them; it hurts nobody if not.
        if !window.mapped && window.shell.awaits_first_configure() {
            self.configure_unmapped(id);
        }
        let Some(window) = self.windows.get(id) else {
            return;
        };
        match (window.mapped, content) {
            (false, true) => self.map(id),
            (true, false) => {
                self.unmap(id);
                // The next commit without content begins anew.
                let window = self.windows.get(id);
                if let Some(toplevel) = window.and_then(|window| window.shell.toplevel()) {
                    toplevel.reset_initial_configure_sent();
                }
            }
            (true, true) => self.content_committed(id),
            (false, false) => {}
        }
    }

    /// A configure before the first content: the size is the client's, unless it asked to fill something, a
    /// rule says so or it becomes a tile.
    fn configure_unmapped(&mut self, id: WindowId) {
        self.names_changed_of(id);
        let Some(new) = self.new_window(id) else {
            return;
        };
        let area = new
            .output
            .and_then(|id| self.layout.output(id).map(|output| output.work_area.size));
        let preview = self.layout.preview(new).unwrap_or_default();
        let sized = preview.maximised
            || preview.fullscreen
            || preview.tiled.any()
            || new.opening.size.is_some();
        let wanted = Wanted {
            size: preview.size.filter(|_| sized),
            bounds: preview.bounds.or(area),
            // It is told once it has content, and with it the keyboard.
            activated: false,
            suspended: false,
            ..preview
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        window.sent = wanted;
        let surface = window.surface().clone();
        self.tell_recalled(id);
        // Before the configure, so that the first picture has the right scale.
        self.send_scale(&surface, new.output);
        if let Some(window) = self.windows.get(id) {
            window.shell.configure(wanted);
        }
    }

    /// What the layout is told of a window that opens: what its client asked for, and what the rules
    /// of the configuration make of it.
    fn new_window(&self, id: WindowId) -> Option<NewWindow> {
        let window = self.windows.get(id)?;
        let output = window.wants.output.or(self.current_output());
        let new = NewWindow {
            id,
            size: bounded(window.geometry().size),
            limits: window.shell.limits(),
            parent: self.windows.parent_of(window),
            decorated: !window.client_side,
            marked: window.domain.mark().is_some(),
            output,
            maximised: window.wants.maximised,
            fullscreen: window.wants.fullscreen,
            opening: Opening {
                minimised: window.wants.minimised,
                ..Opening::default()
            },
        };
        // What the configuration says overrules what is remembered.
        Some(self.ruled(self.recalled(window, new), window))
    }

    /// The first content: the window gets its place, the front and the keyboard.
    fn map(&mut self, id: WindowId) {
        self.names_changed_of(id);
        let Some(new) = self.new_window(id) else {
            return;
        };
        let mut last_place = None;
        if let Some(window) = self.windows.get_mut(id) {
            window.mapped = true;
            window.offset = window.geometry().loc;
            last_place = window.last_place.take();
        }
        self.layout.insert(new);
        self.recall_done(id);
        if let Some(place) = last_place {
            // It is the same window to the person: it comes back where it was.
            self.layout.move_to(id, place);
        }
        // A rule may have put it where it is not shown: then it waits there.
        if self.layout.is_shown(id) || self.layout.tabs(id).is_some() {
            self.dismiss_menu();
            self.focus_window(id);
            self.move_dragged(self.pointer_location());
        } else {
            self.layout_changed();
        }
    }

    pub(crate) fn unmap(&mut self, id: WindowId) {
        if let Some(window) = self.windows.get(id) {
            self.globals.toplevel_drags.detach(window.surface());
        }
        self.end_grab_of(id);
        let place = self.layout.floating_rect(id).map(|rect| rect.loc);
        self.layout.remove(id);
        self.fail_captures_of(Subject::Window(id), Failure::Gone);
        if let Some(window) = self.windows.get_mut(id) {
            window.mapped = false;
            window.last_place = place;
            window.wants = Wants::default();
            window.on.clear();
        }
        self.layout_changed();
        // While its surfaces live the pointer can leave them.
        self.refresh_pointer();
    }

    fn content_committed(&mut self, id: WindowId) {
        let wanted = self.layout.wanted(id).unwrap_or_default();
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        let knows = window.knows(&wanted);
        let size = bounded(window.geometry().size);
        let limits = window.shell.limits();
        let finish =
            window.shell.answers(&window.sent) && std::mem::take(&mut window.finish_resize);
        let offset = window.geometry().loc;
        let shift = offset - std::mem::replace(&mut window.offset, offset);
        let own_geometry = window.shell.has_own_geometry();
        let before = self.layout.frame_rect(id);
        self.layout.set_limits(id, limits);
        if knows {
            self.layout.committed(id, size);
        } else {
            self.layout.committed_before(id, size);
        }
        if !own_geometry
            && shift != Point::default()
            && let Some(floating) = self.layout.floating_rect(id)
        {
            // A subsurface that reaches out to the left must not push the others to the right.
            self.layout.move_to(id, floating.loc + shift);
        }
        if finish {
            self.layout.finish_resize(id);
        }
        if self.layout.frame_rect(id) != before {
            self.layout_changed();
        } else {
            let outputs: Vec<OutputId> = self
                .outputs
                .iter()
                .filter(|output| self.is_seen_on(id, output))
                .map(|output| output.id)
                .collect();
            outputs
                .into_iter()
                .for_each(|output| self.queue_redraw(output));
            if !self.layout.is_visible(id) {
                self.hidden_content_changed(id);
            }
        }
    }

    fn names_changed_of(&mut self, id: WindowId) {
        if let Some(window) = self.windows.get(id) {
            let surface = window.surface().clone();
            self.names_changed(&surface);
        }
    }

    /// The client set its title or its application's name.
    fn names_changed(&mut self, surface: &WlSurface) {
        let Some(id) = self.windows.id_of(surface) else {
            return;
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        // An X11 client's are told as they change.
        let Some((title, app_id)) = window.shell.names() else {
            return;
        };
        self.set_names(id, title, app_id);
    }

    /// A window is called so from now on.
    pub(crate) fn set_names(&mut self, id: WindowId, title: String, app_id: String) {
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        window.title = title;
        window.app_id = app_id;
        if window.mapped {
            self.control.dirty = true;
            self.globals.foreign_toplevels.dirty = true;
            self.queue_redraw_all();
        }
    }

    fn maximise_asked(&mut self, surface: &ToplevelSurface, maximise: bool) {
        let Some(id) = self.windows.id_of(surface.wl_surface()) else {
            return;
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        if window.mapped {
            let placement = if maximise {
                Placement::Maximised
            } else {
                Placement::Floating
            };
            self.layout.set_placement(id, placement);
            self.answer(id);
        } else {
            window.wants.maximised = maximise;
            self.answer_before_map(id);
        }
    }

    fn fullscreen_asked(
        &mut self,
        surface: &ToplevelSurface,
        fullscreen: bool,
        output: Option<WlOutput>,
    ) {
        let output = output
            .and_then(|output| smithay::output::Output::from_resource(&output))
            .and_then(|output| self.id_of_output(&output));
        let Some(id) = self.windows.id_of(surface.wl_surface()) else {
            return;
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        if window.mapped {
            self.layout.set_fullscreen(id, fullscreen, output);
            self.answer(id);
        } else {
            window.wants.fullscreen = fullscreen;
            window.wants.output = output;
            self.answer_before_map(id);
        }
    }

    /// A request for a state must be answered by a configure, also where it changes nothing.
    fn answer(&mut self, id: WindowId) {
        let Some(wanted) = self.layout.wanted(id) else {
            return;
        };
        if let Some(window) = self.windows.get_mut(id) {
            let serial = window.shell.configure(wanted);
            window.asked(wanted, serial);
        }
        self.layout_changed();
    }

    /// The same before the first content. Before the first commit there is no answer: that commit gets one.
    fn answer_before_map(&mut self, id: WindowId) {
        let window = self.windows.get(id);
        if window.is_some_and(|window| !window.shell.awaits_first_configure()) {
            self.configure_unmapped(id);
        }
    }

    /// The window whose client holds the button that `serial` names, and where that went down: only it may begin
    /// a move or a resize. A slow client asks when the pointer is far from there already.
    fn pressed_in(
        &self,
        surface: &WlSurface,
        seat: &WlSeat,
        serial: Serial,
    ) -> Option<(WindowId, Point<f64, Logical>)> {
        let seat = Seat::<Goblin>::from_resource(seat)?;
        let pointer = seat.get_pointer()?;
        if !pointer.has_grab(serial) {
            return None;
        }
        let start = pointer.grab_start_data()?;
        let (focus, _) = start.focus?;
        let same = focus.id().same_client_as(&surface.id());
        let id = same.then(|| self.mapped_id(surface)).flatten()?;
        Some((id, start.location))
    }
}

fn bounded(size: Extent) -> Extent {
    (size.w.clamp(1, MAX_SIDE), size.h.clamp(1, MAX_SIDE)).into()
}

fn edges_of(edges: ResizeEdge) -> Edges {
    let has = |of: [ResizeEdge; 3]| of.contains(&edges);
    Edges {
        left: has([
            ResizeEdge::Left,
            ResizeEdge::TopLeft,
            ResizeEdge::BottomLeft,
        ]),
        right: has([
            ResizeEdge::Right,
            ResizeEdge::TopRight,
            ResizeEdge::BottomRight,
        ]),
        top: has([ResizeEdge::Top, ResizeEdge::TopLeft, ResizeEdge::TopRight]),
        bottom: has([
            ResizeEdge::Bottom,
            ResizeEdge::BottomLeft,
            ResizeEdge::BottomRight,
        ]),
    }
}
