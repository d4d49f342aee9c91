//! What X11 clients ask of the window manager by messages (EWMH 1.5, ICCCM 4.1.4) and by asking for
//! another place.

use smithay::reexports::wayland_server::Resource;
use x11rb::protocol::xproto::{Atom, ClientMessageEvent, Window as Xid};

use super::connection::X11Error;
use super::plane::XRect;
use super::tell::{frame_extents, tell_frame};
use crate::goblin::Goblin;
use crate::layout::{Edges, Insets, Placement, WindowId};

/// `_NET_WM_MOVERESIZE`: the edges clockwise from the top left, then these.
const MOVE: u32 = 8;
const CANCEL: u32 = 11;

/// The bit of an event that a client sent, and not the server itself (X protocol, "Event Format").
const SENT: u8 = 0x80;

/// What is to become of a state.
#[derive(Clone, Copy)]
enum Change {
    Remove,
    Add,
    Toggle,
}

impl Change {
    fn read(number: u32) -> Option<Self> {
        match number {
            0 => Some(Change::Remove),
            1 => Some(Change::Add),
            2 => Some(Change::Toggle),
            _ => None,
        }
    }

    fn of(self, now: bool) -> bool {
        match self {
            Change::Remove => false,
            Change::Add => true,
            Change::Toggle => !now,
        }
    }
}

impl Goblin {
    pub(super) fn x11_message(&mut self, event: ClientMessageEvent) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm() else {
            return Ok(());
        };
        if event.format != 32 {
            return Ok(());
        }
        let (atoms, xid, kind) = (wm.atoms, event.window, event.type_);
        let data = event.data.as_data32();
        let from_server = event.response_type & SENT == 0;
        if kind == atoms.WL_SURFACE_ID && from_server {
            return self.x11_surface_named(xid, data[0]);
        }
        if kind == atoms.WL_SURFACE_SERIAL && from_server {
            let serial = u64::from(data[0]) | u64::from(data[1]) << 32;
            return self.x11_serial_named(xid, serial);
        }
        if kind == atoms._NET_REQUEST_FRAME_EXTENTS {
            return self.x11_frame_asked(xid);
        }
        let Some(id) = wm.window_of(xid) else {
            return Ok(());
        };
        if kind == atoms._NET_WM_STATE
            && let Some(change) = Change::read(data[0])
        {
            self.x11_states_asked(id, change, [data[1], data[2]]);
        } else if kind == atoms._NET_ACTIVE_WINDOW {
            self.x11_activation_asked(id);
        } else if kind == atoms._NET_CLOSE_WINDOW {
            self.close_window(id);
        } else if kind == atoms._NET_WM_MOVERESIZE {
            self.x11_drag_asked(id, data[2]);
        } else if kind == atoms.WM_CHANGE_STATE && data[0] == super::tell::ICONIC {
            self.layout.set_minimised(id, true);
            self.layout_changed();
        }
        Ok(())
    }

    fn x11_states_asked(&mut self, id: WindowId, change: Change, states: [Atom; 2]) {
        let Some(atoms) = self.xwayland.wm().map(|wm| wm.atoms) else {
            return;
        };
        let Some(model) = self.layout.window(id) else {
            // Not mapped yet: what it asks for is what it opens with.
            return self.x11_wants_at_first(id, change, states);
        };
        let has = |state| states.contains(&state);
        let (maximised, fullscreen) = (model.is_maximised(), model.is_fullscreen());
        let (on_top, sticky) = (model.is_on_top(), model.is_sticky());
        let minimised = model.is_minimised();
        if has(atoms._NET_WM_STATE_MAXIMIZED_HORZ) || has(atoms._NET_WM_STATE_MAXIMIZED_VERT) {
            let placement = if change.of(maximised) {
                Placement::Maximised
            } else {
                Placement::Floating
            };
            self.layout.set_placement(id, placement);
        }
        if has(atoms._NET_WM_STATE_FULLSCREEN) {
            self.layout.set_fullscreen(id, change.of(fullscreen), None);
        }
        if has(atoms._NET_WM_STATE_ABOVE) {
            self.layout.set_on_top(id, change.of(on_top));
        }
        if has(atoms._NET_WM_STATE_STICKY) {
            self.layout.set_sticky(id, change.of(sticky));
        }
        if has(atoms._NET_WM_STATE_HIDDEN) {
            self.layout.set_minimised(id, change.of(minimised));
        }
        if has(atoms._NET_WM_STATE_MODAL)
            && let Some(window) = self.windows.get_mut(id)
            && let Some(side) = window.shell.x11_mut()
        {
            side.modal = change.of(side.modal);
        }
        if has(atoms._NET_WM_STATE_DEMANDS_ATTENTION) {
            let rang = self.windows.get(id).is_some_and(|window| window.rang);
            if change.of(rang) {
                self.x11_wants_attention(id);
            } else if let Some(window) = self.windows.get_mut(id) {
                window.rang = false;
            }
        }
        self.layout_changed();
    }

    fn x11_wants_at_first(&mut self, id: WindowId, change: Change, states: [Atom; 2]) {
        let Some(atoms) = self.xwayland.wm().map(|wm| wm.atoms) else {
            return;
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        if states.contains(&atoms._NET_WM_STATE_MAXIMIZED_VERT) {
            window.wants.maximised = change.of(window.wants.maximised);
        }
        if states.contains(&atoms._NET_WM_STATE_FULLSCREEN) {
            window.wants.fullscreen = change.of(window.wants.fullscreen);
        }
    }

    /// Some X11 program wants a window in front. Only while the person is at an X11 program may it:
    /// nobody steals the focus from the others. Else the window asks to be looked at.
    fn x11_activation_asked(&mut self, id: WindowId) {
        let focus = self
            .seat
            .get_keyboard()
            .and_then(|keyboard| keyboard.current_focus());
        let at_x11 = focus.is_some_and(|surface| self.is_x11(&surface));
        if at_x11 && self.layout.window(id).is_some() {
            self.focus_window(id);
        } else {
            self.x11_wants_attention(id);
        }
    }

    /// A client has been pressed where it wants to be dragged by.
    fn x11_drag_asked(&mut self, id: WindowId, what: u32) {
        if what == CANCEL {
            self.end_grab_of(id);
            return;
        }
        // Only while a button is held over an X11 window.
        let held = self.seat.get_pointer().and_then(|pointer| {
            let start = pointer.grab_start_data()?;
            let (surface, _) = start.focus?;
            (surface.is_alive() && self.is_x11(&surface)).then_some(start.location)
        });
        let Some(at) = held else { return };
        if what == MOVE {
            self.begin_move(id, at);
        } else if what < MOVE {
            self.begin_resize(id, clockwise(what), at);
        }
    }

    /// A window that we manage asks for another place or size. While it floats it may have it;
    /// otherwise it is told where it is.
    pub(super) fn x11_place_asked(
        &mut self,
        xid: Xid,
        id: WindowId,
        place: XRect,
        moves: bool,
        sizes: bool,
    ) -> Result<(), X11Error> {
        let model = self.layout.window(id);
        let free = model.is_none_or(|model| {
            model.placement() == Placement::Floating
                && !model.is_fullscreen()
                && !model.is_resizing()
                && self.input.grab.window() != Some(id)
        });
        if let Some(window) = self
            .xwayland
            .wm_mut()
            .and_then(|wm| wm.windows.get_mut(&xid))
        {
            window.asked = true;
        }
        if !free {
            return Ok(());
        }
        let size = self.xwayland.plane.size_from_x(place.size);
        if sizes {
            self.layout.resize_to(id, size);
            // What it has drawn so far, and may commit before this turn ends, is not its answer.
            if let Some(window) = self.windows.get_mut(id) {
                window.sent.size = Some(window.shell.limits().clamp(size));
            }
        }
        if moves {
            let decorated = self
                .windows
                .get(id)
                .is_some_and(|window| !window.client_side);
            let content = self.content_place(place.loc, decorated);
            match self.windows.get_mut(id) {
                Some(window) if !window.mapped => window.last_place = Some(content),
                _ => self.layout.move_to(id, content),
            }
        }
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let mapped = self.windows.get(id).is_some_and(|window| window.mapped);
        if !mapped && let Some(window) = wm.windows.get_mut(&xid) {
            window.place = place;
            return super::tell::configure(&wm.x11, xid, place);
        }
        self.layout_changed();
        Ok(())
    }

    /// A client asks, before it maps a window, how large its frame would be.
    fn x11_frame_asked(&mut self, xid: Xid) -> Result<(), X11Error> {
        let metrics = self.layout.metrics();
        let insets = Insets {
            top: metrics.title_bar,
            bottom: metrics.border,
            left: metrics.border,
            right: metrics.border,
        };
        let frame = frame_extents(insets, &self.xwayland.plane);
        match self.xwayland.wm() {
            Some(wm) => tell_frame(&wm.x11, &wm.atoms, xid, frame),
            None => Ok(()),
        }
    }
}

/// The edges that `_NET_WM_MOVERESIZE` counts clockwise from the top left.
fn clockwise(number: u32) -> Edges {
    Edges {
        top: matches!(number, 0..=2),
        right: matches!(number, 2..=4),
        bottom: matches!(number, 4..=6),
        left: matches!(number, 0 | 6 | 7),
    }
}
