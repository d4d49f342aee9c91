//! `xdg_wm_base`: what smithay does not ask of its clients, or asks too much.

use smithay::backend::renderer::utils::with_renderer_surface_state;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_popup::XdgPopup;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_positioner::{
    self, XdgPositioner,
};
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_surface::XdgSurface;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_toplevel::XdgToplevel;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_wm_base::{
    Error, Request, XdgWmBase,
};
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_dispatch,
    delegate_global_dispatch,
};
use smithay::wayland::compositor::{BufferAssignment, SurfaceAttributes, get_role, with_states};
use smithay::wayland::shell::xdg::{
    XDG_POPUP_ROLE, XDG_TOPLEVEL_ROLE, XdgPositionerUserData, XdgShellState,
    XdgShellSurfaceUserData, XdgSurfaceUserData, XdgWmBaseUserData,
};

use crate::goblin::Goblin;

impl Dispatch<XdgWmBase, XdgWmBaseUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        wm_base: &XdgWmBase,
        request: Request,
        data: &XdgWmBaseUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        if let Request::GetXdgSurface { surface, .. } = &request
            && let Err((error, why)) = may_become_window(surface)
        {
            wm_base.post_error(error, why);
        }
        // Also after an error: the new object must be made.
        <XdgShellState as Dispatch<_, _, Self>>::request(
            state, client, wm_base, request, data, display, init,
        );
    }

    fn destroyed(
        state: &mut Self,
        client: ClientId,
        wm_base: &XdgWmBase,
        data: &XdgWmBaseUserData,
    ) {
        <XdgShellState as Dispatch<_, _, Self>>::destroyed(state, client, wm_base, data);
    }
}

impl Dispatch<XdgPositioner, XdgPositionerUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        positioner: &XdgPositioner,
        request: xdg_positioner::Request,
        data: &XdgPositionerUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let request = match request {
            // A point is a rectangle to the protocol, though not to smithay: Qt's tooltips have one.
            xdg_positioner::Request::SetAnchorRect {
                x,
                y,
                width,
                height,
            } if width >= 0 && height >= 0 => xdg_positioner::Request::SetAnchorRect {
                x,
                y,
                width: width.max(1),
                height: height.max(1),
            },
            other => other,
        };
        <XdgShellState as Dispatch<_, _, Self>>::request(
            state, client, positioner, request, data, display, init,
        );
    }
}

/// A surface must have no other role and no content, not even attached.
fn may_become_window(surface: &WlSurface) -> Result<(), (Error, &'static str)> {
    if get_role(surface).is_some_and(|role| ![XDG_TOPLEVEL_ROLE, XDG_POPUP_ROLE].contains(&role)) {
        return Err((Error::Role, "the surface has another role"));
    }
    let attached = with_states(surface, |states| {
        let mut attributes = states.cached_state.get::<SurfaceAttributes>();
        matches!(
            attributes.pending().buffer,
            Some(BufferAssignment::NewBuffer(_))
        )
    });
    let shown = with_renderer_surface_state(surface, |state| state.buffer().is_some());
    if attached || shown.unwrap_or(false) {
        return Err((
            Error::InvalidSurfaceState,
            "the surface has a buffer already",
        ));
    }
    Ok(())
}

// What `delegate_xdg_shell!` does for the others.
delegate_global_dispatch!(Goblin: [XdgWmBase: ()] => XdgShellState);
delegate_dispatch!(Goblin: [XdgSurface: XdgSurfaceUserData] => XdgShellState);
delegate_dispatch!(Goblin: [XdgToplevel: XdgShellSurfaceUserData] => XdgShellState);
delegate_dispatch!(Goblin: [XdgPopup: XdgShellSurfaceUserData] => XdgShellState);
