//! `zwlr_layer_shell_v1`: smithay's version 4, and what version 5 adds to it: a surface in a corner names
//! the edge that its exclusive zone means.

use smithay::desktop::LayerSurface;
use smithay::reexports::wayland_protocols_wlr::layer_shell::v1::server::{
    zwlr_layer_shell_v1::ZwlrLayerShellV1,
    zwlr_layer_surface_v1::{self, Anchor, Error, ZwlrLayerSurfaceV1},
};
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum,
    delegate_global_dispatch,
};
use smithay::wayland::compositor::with_states;
use smithay::wayland::shell::wlr_layer::{
    WlrLayerShellGlobalData, WlrLayerShellState, WlrLayerSurfaceUserData,
};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layers::{Edge, ExclusiveEdge, exclusive_edge};

const VERSION: u32 = 5;

/// smithay's state, and a global of our own in the place of its older one.
pub(crate) fn layer_shell(display: &DisplayHandle) -> WlrLayerShellState {
    let state = WlrLayerShellState::new_with_filter::<Goblin, _>(display, |_| false);
    display.remove_global::<Goblin>(state.shell_global());
    display.create_global::<Goblin, ZwlrLayerShellV1, ()>(VERSION, ());
    state
}

impl GlobalDispatch<ZwlrLayerShellV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        shell: New<ZwlrLayerShellV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(shell, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<ZwlrLayerShellV1>(&client)
    }
}

impl Dispatch<ZwlrLayerSurfaceV1, WlrLayerSurfaceUserData> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        object: &ZwlrLayerSurfaceV1,
        request: zwlr_layer_surface_v1::Request,
        data: &WlrLayerSurfaceUserData,
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let zwlr_layer_surface_v1::Request::SetExclusiveEdge { edge } = request else {
            return <WlrLayerShellState as Dispatch<_, _, Self>>::request(
                goblin, client, object, request, data, display, data_init,
            );
        };
        let Ok(edge) = edge_of(edge) else {
            object.post_error(Error::InvalidExclusiveEdge, "this is not one edge");
            return;
        };
        let mut surfaces = goblin.globals.layer_shell.layer_surfaces();
        if let Some(layer) = surfaces.find(|layer| layer.shell_surface() == object) {
            with_states(layer.wl_surface(), |states| {
                *states.cached_state.get::<ExclusiveEdge>().pending() = ExclusiveEdge(edge);
            });
        }
    }

    fn destroyed(
        goblin: &mut Self,
        client: ClientId,
        object: &ZwlrLayerSurfaceV1,
        data: &WlrLayerSurfaceUserData,
    ) {
        <WlrLayerShellState as Dispatch<_, _, Self>>::destroyed(goblin, client, object, data);
    }
}

/// One edge, or with 0 none: then the anchor says which.
fn edge_of(edge: WEnum<Anchor>) -> Result<Option<Edge>, ()> {
    let WEnum::Value(edge) = edge else {
        return Err(());
    };
    let edges = [
        (Anchor::Left, Edge::Left),
        (Anchor::Right, Edge::Right),
        (Anchor::Top, Edge::Top),
        (Anchor::Bottom, Edge::Bottom),
    ];
    if edge.is_empty() {
        return Ok(None);
    }
    let found = edges.into_iter().find(|(anchor, _)| *anchor == edge);
    found.map(|(_, edge)| Some(edge)).ok_or(())
}

/// Whether a surface is anchored to the edge that it names, as of its last commit.
pub(super) fn check(layer: &LayerSurface) -> Result<(), &'static str> {
    let anchor = layer.cached_state().anchor;
    match exclusive_edge(layer.wl_surface()) {
        Some(edge) if !anchor.contains(edge.anchor()) => {
            Err("the surface is not anchored to the edge that it names")
        }
        Some(_) | None => Ok(()),
    }
}

/// A surface is no layer surface any more, and may become one again.
pub(super) fn forget(surface: &WlSurface) {
    with_states(surface, |states| {
        let mut edge = states.cached_state.get::<ExclusiveEdge>();
        *edge.pending() = ExclusiveEdge::default();
        *edge.current() = ExclusiveEdge::default();
    });
}

// What `delegate_layer_shell!` does for the others. No client ever sees smithay's own global.
delegate_global_dispatch!(Goblin: [ZwlrLayerShellV1: WlrLayerShellGlobalData] => WlrLayerShellState);
