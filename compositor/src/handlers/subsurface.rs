//! `wl_subsurface`: smithay's, but for what its parent's commit applies (see [`children`]), and for one
//! request that would end the session.

use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::protocol::wl_callback::WlCallback;
use smithay::reexports::wayland_server::protocol::wl_compositor::WlCompositor;
use smithay::reexports::wayland_server::protocol::wl_region::WlRegion;
use smithay::reexports::wayland_server::protocol::wl_subcompositor::WlSubcompositor;
use smithay::reexports::wayland_server::protocol::wl_subsurface::{Error, Request, WlSubsurface};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_dispatch,
    delegate_global_dispatch,
};
use smithay::utils::{Logical, Point};
use smithay::wayland::compositor::{
    CompositorHandler, CompositorState, RegionUserData, SubsurfaceUserData, SurfaceUserData,
};

use super::{children, guard};
use crate::goblin::Goblin;

impl Dispatch<WlSubsurface, SubsurfaceUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        subsurface: &WlSubsurface,
        request: Request,
        data: &SubsurfaceUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let child = data.surface();
        match &request {
            Request::SetPosition { x, y } => {
                let scale = state.client_compositor_state(client).client_scale();
                let place = Point::<_, Logical>::from((f64::from(*x), f64::from(*y)));
                let place = place.downscale(scale).to_i32_round();
                return children::place(child, guard::place(place));
            }
            Request::PlaceAbove { sibling } | Request::PlaceBelow { sibling }
                if !state.globals.reordering =>
            {
                // smithay 0.7.0 dies of a surface that is to lie beside itself.
                let above = matches!(request, Request::PlaceAbove { .. });
                if !children::order(subsurface, child, sibling, above) {
                    let message = "a surface is neither its own sibling nor its parent";
                    subsurface.post_error(Error::BadSurface, message);
                }
                return;
            }
            _ => {}
        }
        <CompositorState as Dispatch<WlSubsurface, SubsurfaceUserData, Self>>::request(
            state, client, subsurface, request, data, display, init,
        );
    }

    fn destroyed(
        state: &mut Self,
        client: ClientId,
        subsurface: &WlSubsurface,
        data: &SubsurfaceUserData,
    ) {
        children::forget(data.surface());
        <CompositorState as Dispatch<WlSubsurface, SubsurfaceUserData, Self>>::destroyed(
            state, client, subsurface, data,
        );
    }
}

// What `delegate_compositor!` does for the others.
delegate_global_dispatch!(Goblin: [WlCompositor: ()] => CompositorState);
delegate_global_dispatch!(Goblin: [WlSubcompositor: ()] => CompositorState);
delegate_dispatch!(Goblin: [WlCompositor: ()] => CompositorState);
delegate_dispatch!(Goblin: [WlSurface: SurfaceUserData] => CompositorState);
delegate_dispatch!(Goblin: [WlRegion: RegionUserData] => CompositorState);
delegate_dispatch!(Goblin: [WlCallback: ()] => CompositorState);
delegate_dispatch!(Goblin: [WlSubcompositor: ()] => CompositorState);
