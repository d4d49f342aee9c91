//! Who draws the frame: `zxdg_decoration_manager_v1` and KDE's older protocol. Ours by default;
//! a client that insists draws its own, but none that a mark must be seen of.
//!
//! KDE's protocol speaks of surfaces, and GTK 4 uses it before its surface is a window: what was said is
//! kept with the surface until then.

use std::sync::atomic::{AtomicBool, Ordering};

use smithay::reexports::wayland_protocols::xdg::decoration::zv1::server::zxdg_toplevel_decoration_v1::Mode;
use smithay::reexports::wayland_protocols_misc::server_decoration::server::org_kde_kwin_server_decoration::{
    Mode as KdeMode, OrgKdeKwinServerDecoration,
};
use smithay::reexports::wayland_server::WEnum;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::compositor::with_states;
use smithay::wayland::shell::kde::decoration::{KdeDecorationHandler, KdeDecorationState};
use smithay::wayland::shell::xdg::ToplevelSurface;
use smithay::wayland::shell::xdg::decoration::XdgDecorationHandler;
use smithay::{delegate_kde_decoration, delegate_xdg_decoration};

use crate::goblin::Goblin;

/// By KDE's protocol the client of this surface leaves the frame to us.
struct LeftToUs(AtomicBool);

impl XdgDecorationHandler for Goblin {
    fn new_decoration(&mut self, toplevel: ToplevelSurface) {
        self.decoration_asked(&toplevel, false);
    }

    fn request_mode(&mut self, toplevel: ToplevelSurface, mode: Mode) {
        self.decoration_asked(&toplevel, mode == Mode::ClientSide);
    }

    fn unset_mode(&mut self, toplevel: ToplevelSurface) {
        self.decoration_asked(&toplevel, false);
    }
}

impl KdeDecorationHandler for Goblin {
    fn kde_decoration_state(&self) -> &KdeDecorationState {
        &self.globals.kde_decoration
    }

    fn new_decoration(&mut self, surface: &WlSurface, _decoration: &OrgKdeKwinServerDecoration) {
        self.kde_decoration_asked(surface, false);
    }

    fn request_mode(
        &mut self,
        surface: &WlSurface,
        decoration: &OrgKdeKwinServerDecoration,
        mode: WEnum<KdeMode>,
    ) {
        // A mode we do not know gets no answer.
        let WEnum::Value(mode) = mode else { return };
        if self.is_marked(surface) {
            decoration.mode(KdeMode::Server);
            return;
        }
        self.kde_decoration_asked(surface, mode != KdeMode::Server);
        decoration.mode(mode);
    }
}

impl Goblin {
    fn decoration_asked(&mut self, toplevel: &ToplevelSurface, client_side: bool) {
        let client_side = client_side && !self.is_marked(toplevel.wl_surface());
        toplevel.with_pending_state(|state| {
            let mode = if client_side {
                Mode::ClientSide
            } else {
                Mode::ServerSide
            };
            state.decoration_mode = Some(mode);
        });
        self.set_client_side(toplevel.wl_surface(), client_side);
        if toplevel.is_initial_configure_sent() {
            toplevel.send_pending_configure();
        }
    }

    fn kde_decoration_asked(&mut self, surface: &WlSurface, client_side: bool) {
        with_states(surface, |states| {
            let said = states
                .data_map
                .get_or_insert_threadsafe(|| LeftToUs(AtomicBool::new(false)));
            said.0.store(!client_side, Ordering::Relaxed);
        });
        self.set_client_side(surface, client_side);
    }

    /// Whether a surface's frames must say where it comes from.
    fn is_marked(&self, surface: &WlSurface) -> bool {
        self.domain_of(surface).mark().is_some()
    }

    fn set_client_side(&mut self, surface: &WlSurface, client_side: bool) {
        let Some(id) = self.windows.id_of(surface) else {
            return;
        };
        let Some(window) = self.windows.get_mut(id) else {
            return;
        };
        window.client_side = client_side;
        self.layout.set_decorated(id, !client_side);
        self.layout_changed();
    }
}

/// Whether the client of a surface that becomes a window has left the frame to us already.
pub(super) fn is_left_to_us(surface: &WlSurface) -> bool {
    with_states(surface, |states| {
        let said = states.data_map.get::<LeftToUs>();
        said.is_some_and(|said| said.0.load(Ordering::Relaxed))
    })
}

delegate_xdg_decoration!(Goblin);
delegate_kde_decoration!(Goblin);
