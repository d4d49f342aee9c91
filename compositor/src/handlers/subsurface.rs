//! `wl_subsurface`: smithay's, but for one request that would end the session.

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
use smithay::wayland::compositor::{
    CompositorState, RegionUserData, SubsurfaceUserData, SurfaceUserData,
};

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
        if let Request::PlaceAbove { sibling } | Request::PlaceBelow { sibling } = &request
            && sibling == data.surface()
        {
            // smithay 0.7.0 takes the surface out of its row and then looks for its place in it.
            let message = "a surface is neither its own sibling nor its parent";
            subsurface.post_error(Error::BadSurface, message);
            return;
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
