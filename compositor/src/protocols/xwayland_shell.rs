//! `xwayland_shell_v1`: the X server gives its surfaces serials, by which we know its windows'. It
//! exists for the X server that we started, and for nobody else.

use std::collections::HashMap;

use smithay::reexports::wayland_protocols::xwayland::shell::v1::server::{
    xwayland_shell_v1::{self, XwaylandShellV1},
    xwayland_surface_v1::{self, XwaylandSurfaceV1},
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, Weak,
};
use smithay::wayland::compositor::give_role;

use crate::client::sees;
use crate::goblin::Goblin;

/// The role of a surface that an X11 window is drawn on.
const ROLE: &str = "xwayland_shell";

/// The state of the global.
pub(crate) struct XwaylandShellState {
    _global: GlobalId,
    /// Surfaces that were given a serial; it is taken out of here by their next commit.
    given: HashMap<XwaylandSurfaceV1, (WlSurface, Option<u64>)>,
    /// Surfaces that no window has claimed yet.
    waiting: HashMap<u64, WlSurface>,
}

impl XwaylandShellState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, XwaylandShellV1, _>(1, ()),
            given: HashMap::new(),
            waiting: HashMap::new(),
        }
    }

    /// The surface with a serial, if it has been committed.
    pub(crate) fn take(&mut self, serial: u64) -> Option<WlSurface> {
        self.waiting.remove(&serial)
    }

    /// A surface is gone.
    pub(crate) fn forget(&mut self, surface: &WlSurface) {
        self.given.retain(|_, (other, _)| other != surface);
        self.waiting.retain(|_, other| other != surface);
    }
}

impl Goblin {
    /// A surface was committed: a serial that it was given counts from now on.
    pub(crate) fn xwayland_serial_committed(&mut self, surface: &WlSurface) {
        let given = &mut self.globals.xwayland_shell.given;
        let serial = given
            .values_mut()
            .find_map(|(other, serial)| serial.take_if(|_| other == surface));
        let Some(serial) = serial else { return };
        if !self.x11_serial_committed(surface, serial) {
            let state = &mut self.globals.xwayland_shell;
            state.waiting.insert(serial, surface.clone());
        }
    }
}

impl GlobalDispatch<XwaylandShellV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        shell: New<XwaylandShellV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(shell, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<XwaylandShellV1>(&client)
    }
}

impl Dispatch<XwaylandShellV1, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        shell: &XwaylandShellV1,
        request: xwayland_shell_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        if let xwayland_shell_v1::Request::GetXwaylandSurface { id, surface } = request {
            if give_role(&surface, ROLE).is_err() {
                shell.post_error(
                    xwayland_shell_v1::Error::Role,
                    "the surface has another role",
                );
            }
            data_init.init(id, surface.downgrade());
        }
    }
}

impl Dispatch<XwaylandSurfaceV1, Weak<WlSurface>> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        object: &XwaylandSurfaceV1,
        request: xwayland_surface_v1::Request,
        surface: &Weak<WlSurface>,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        if let xwayland_surface_v1::Request::SetSerial {
            serial_lo,
            serial_hi,
        } = request
            && let Ok(surface) = surface.upgrade()
        {
            let serial = u64::from(serial_lo) | u64::from(serial_hi) << 32;
            let given = &mut goblin.globals.xwayland_shell.given;
            let before = given.insert(object.clone(), (surface, Some(serial)));
            if before.is_some() {
                let why = "the surface has a serial already";
                object.post_error(xwayland_surface_v1::Error::AlreadyAssociated, why);
            }
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &XwaylandSurfaceV1, _: &Weak<WlSurface>) {
        goblin.globals.xwayland_shell.given.remove(object);
    }
}
