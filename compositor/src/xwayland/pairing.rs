//! Which surface an X11 window is drawn on. Xwayland says so in one of two ways: by the surface's
//! number (`WL_SURFACE_ID`, before 23.1), or by a serial that both the window and the surface are
//! given (`xwayland_shell_v1`). Either half may come first.

use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use x11rb::protocol::xproto::{ConnectionExt as _, Window as Xid};

use super::connection::X11Error;
use super::plane::XPos;
use super::properties::pid_of;
use super::wm::Wm;
use crate::domain::Domain;
use crate::goblin::Goblin;
use crate::layout::{Pos, WindowId};
use crate::shell::{Shell, X11Side};
use crate::windows::Window;

impl Goblin {
    /// The server said by a number which surface a window is drawn on.
    pub(super) fn x11_surface_named(&mut self, xid: Xid, number: u32) -> Result<(), X11Error> {
        let display = self.display.clone();
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let surface = wm
            .client
            .object_from_protocol_id::<WlSurface>(&display, number);
        match surface {
            Ok(surface) => self.x11_drawn_on(xid, surface),
            Err(_) => {
                wm.announced.insert(number, xid);
                Ok(())
            }
        }
    }

    /// The server said by a serial which surface a window is drawn on.
    pub(super) fn x11_serial_named(&mut self, xid: Xid, serial: u64) -> Result<(), X11Error> {
        if let Some(surface) = self.globals.xwayland_shell.take(serial) {
            return self.x11_drawn_on(xid, surface);
        }
        if let Some(wm) = self.xwayland.wm_mut() {
            wm.serials.insert(serial, xid);
        }
        Ok(())
    }

    /// A surface of the X server's has the serial that it was given; returns whether a window waited
    /// for it.
    pub(crate) fn x11_serial_committed(&mut self, surface: &WlSurface, serial: u64) -> bool {
        let xid = self
            .xwayland
            .wm_mut()
            .and_then(|wm| wm.serials.remove(&serial));
        let Some(xid) = xid else { return false };
        if let Err(error) = self.x11_drawn_on(xid, surface.clone()) {
            self.x11_failed(&error);
        }
        true
    }

    /// A client made a surface: it may be one that a window waits for.
    pub(crate) fn x11_surface_made(&mut self, surface: &WlSurface) {
        if !self.is_x11(surface) {
            return;
        }
        let number = surface.id().protocol_id();
        let xid = self
            .xwayland
            .wm_mut()
            .and_then(|wm| wm.announced.remove(&number));
        if let Some(xid) = xid
            && let Err(error) = self.x11_drawn_on(xid, surface.clone())
        {
            self.x11_failed(&error);
        }
    }

    /// A surface is gone: a window that was drawn on it is shown no more.
    pub(crate) fn x11_surface_gone(&mut self, surface: &WlSurface) {
        let drawn = |wm: &Wm| {
            let mut windows = wm.windows.iter();
            windows.find_map(|(xid, window)| {
                (window.surface.as_ref() == Some(surface)).then_some(*xid)
            })
        };
        if let Some(xid) = self.xwayland.wm().and_then(drawn) {
            self.part_x11(xid);
        }
    }

    fn x11_drawn_on(&mut self, xid: Xid, surface: WlSurface) -> Result<(), X11Error> {
        self.part_x11(xid);
        let window = self
            .xwayland
            .wm_mut()
            .and_then(|wm| wm.windows.get_mut(&xid));
        let Some(window) = window else {
            return Ok(());
        };
        window.surface = Some(surface);
        self.pair_x11(xid)
    }

    /// A window that is mapped and has a surface becomes one of the layout, unless it lies where it
    /// asks.
    pub(super) fn pair_x11(&mut self, xid: Xid) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let Some(window) = wm.windows.get_mut(&xid).filter(|window| window.mapped) else {
            return Ok(());
        };
        let Some(surface) = window.surface.clone() else {
            return Ok(());
        };
        if window.override_redirect || window.window.is_some() {
            self.input.scene_changed = true;
            self.queue_redraw_all();
            return Ok(());
        }
        let id = self.windows.next_id();
        window.window = Some(id);
        // What the server knows of its client is worth more than what that says of itself.
        let pid = pid_of(&wm.x11, xid)?;
        let Some(window) = self.xwayland.wm().and_then(|wm| wm.windows.get(&xid)) else {
            return Ok(());
        };
        let properties = &window.properties;
        let pid = pid.or(properties.pid);
        let pid = pid.and_then(|pid| i32::try_from(pid).ok());
        let shell = Shell::X11(X11Side {
            xid,
            surface: surface.clone(),
            limits: crate::layout::SizeLimits::default(),
            parent: None,
            modal: properties.modal,
        });
        let mut new = Window::new(id, shell, Domain::Board, pid);
        new.wants.maximised = properties.maximised;
        new.wants.fullscreen = properties.fullscreen;
        new.wants.minimised = properties.iconic;
        new.rang = properties.attention || properties.urgent;
        let place = window.place.loc;
        if properties.has_place((place.x, place.y)) {
            new.last_place = Some(self.content_place(place, properties.is_decorated()));
        }
        self.windows.insert(new);
        self.x11_said(xid);
        if Self::has_content(&surface) {
            self.window_committed(id);
        }
        Ok(())
    }

    /// Where the content of a window goes that asks for a place: its frame lies there, as
    /// `NorthWestGravity` has it (ICCCM 4.1.2.3).
    pub(super) fn content_place(&self, place: XPos, decorated: bool) -> Pos {
        let metrics = self.layout.metrics();
        let corner: Pos = self.xwayland.plane.on_plane(place).to_i32_round();
        if decorated {
            corner + Pos::from((metrics.border, metrics.title_bar))
        } else {
            corner
        }
    }

    /// A window has lost its surface.
    pub(super) fn part_x11(&mut self, xid: Xid) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let Some(window) = wm.windows.get_mut(&xid) else {
            return;
        };
        window.told = None;
        if window.surface.take().is_none() {
            return;
        }
        if let Some(id) = window.window.take() {
            self.unmap(id);
            self.windows.remove(id);
        }
        self.input.scene_changed = true;
        self.queue_redraw_all();
    }

    /// A client has said something new of a window: the window goes by it.
    pub(super) fn x11_said(&mut self, xid: Xid) {
        let Some(wm) = self.xwayland.wm() else {
            return;
        };
        let Some((xwindow, id)) = wm
            .windows
            .get(&xid)
            .and_then(|window| Some((window, window.window?)))
        else {
            return;
        };
        let properties = &xwindow.properties;
        let parent = properties.transient_for.and_then(|xid| wm.window_of(xid));
        let parent = parent.filter(|parent| *parent != id);
        let plane = &self.xwayland.plane;
        let limits = plane.limits_from_x(properties.min, properties.max);
        let decorated = properties.is_decorated();
        let (title, class) = (properties.title().to_owned(), properties.class.clone());
        let urgent = properties.urgent;
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        window.client_side = !decorated;
        if let Some(side) = window.shell.x11_mut() {
            side.limits = limits;
            side.parent = parent;
        }
        if window.title != title || window.app_id != class {
            self.set_names(id, title, class);
        }
        if urgent {
            self.x11_wants_attention(id);
        }
        let Some(model) = self.layout.window(id) else {
            return;
        };
        if model.is_decorated() != decorated || model.parent() != parent {
            self.layout.set_decorated(id, decorated);
            self.layout.set_parent(id, parent);
            self.layout_changed();
        }
        self.layout.set_limits(id, limits);
    }

    /// A window without the keyboard wants to be looked at.
    pub(super) fn x11_wants_attention(&mut self, id: WindowId) {
        if self.layout.focused() != Some(id)
            && let Some(window) = self.windows.get_mut(id)
            && !window.rang
        {
            window.rang = true;
            self.control.dirty = true;
        }
    }

    /// Asks the client of a window to close it; one that knows of no such request loses its
    /// connection.
    pub(crate) fn close_x11(&mut self, xid: Xid) {
        let Some(wm) = self.xwayland.wm() else {
            return;
        };
        let asks = wm
            .windows
            .get(&xid)
            .is_some_and(|window| window.properties.deletes);
        let asked = if asks {
            wm.protocol(xid, wm.atoms.WM_DELETE_WINDOW)
        } else {
            wm.x11.kill_client(xid).map(drop).map_err(X11Error::from)
        };
        if let Err(error) = asked {
            self.x11_failed(&error);
        }
    }
}
