//! When a surface may become a layer surface, and when it may again. smithay 0.7.0 looks at neither: it
//! gives one surface two role objects, takes one that has content, and ends the client whose surface has lost
//! its role object and commits.

use std::sync::atomic::{AtomicBool, Ordering};

use smithay::reexports::wayland_protocols_wlr::layer_shell::v1::server::zwlr_layer_shell_v1::{
    Error, Request, ZwlrLayerShellV1,
};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{Client, DataInit, Dispatch, DisplayHandle, Resource};
use smithay::wayland::compositor::{BufferAssignment, SurfaceAttributes, SurfaceData, with_states};
use smithay::wayland::shell::wlr_layer::{LayerSurfaceCachedState, WlrLayerShellState};

use crate::goblin::Goblin;

/// A surface was a layer surface, and has no role object now.
#[derive(Default)]
struct Orphan(AtomicBool);

impl Dispatch<ZwlrLayerShellV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        shell: &ZwlrLayerShellV1,
        request: Request,
        (): &(),
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        if let Request::GetLayerSurface { surface, .. } = &request {
            let mut known = goblin.globals.layer_shell.layer_surfaces();
            if known.any(|layer| layer.wl_surface() == surface) {
                return shell.post_error(Error::Role, "the surface is a layer surface already");
            }
            if Self::has_content(surface) || has_pending_content(surface) {
                let why = "the surface has content before it is a layer surface";
                return shell.post_error(Error::AlreadyConstructed, why);
            }
        }
        <WlrLayerShellState as Dispatch<_, _, Self>>::request(
            goblin,
            client,
            shell,
            request,
            &(),
            display,
            data_init,
        );
    }
}

fn has_pending_content(surface: &WlSurface) -> bool {
    with_states(surface, |states| {
        let mut attributes = states.cached_state.get::<SurfaceAttributes>();
        matches!(
            attributes.pending().buffer,
            Some(BufferAssignment::NewBuffer(_))
        )
    })
}

/// A surface became a layer surface.
pub(super) fn given(surface: &WlSurface) {
    with_states(surface, |states| {
        if let Some(Orphan(orphan)) = states.data_map.get::<Orphan>()
            && orphan.swap(false, Ordering::Relaxed)
        {
            // What `bear` made up meanwhile.
            let mut state = states.cached_state.get::<LayerSurfaceCachedState>();
            let layer = state.pending().layer;
            *state.pending() = LayerSurfaceCachedState {
                layer,
                ..LayerSurfaceCachedState::default()
            };
        }
    });
}

/// A surface is no layer surface any more.
pub(super) fn lost(surface: &WlSurface) {
    with_states(surface, |states| {
        let Orphan(orphan) = states.data_map.get_or_insert_threadsafe(Orphan::default);
        orphan.store(true, Ordering::Relaxed);
    });
}

/// A surface commits. One without a role object has asked for no size: smithay must not miss it.
pub(super) fn bear(states: &SurfaceData) {
    let orphan = states.data_map.get::<Orphan>();
    if orphan.is_some_and(|Orphan(orphan)| orphan.load(Ordering::Relaxed)) {
        let mut state = states.cached_state.get::<LayerSurfaceCachedState>();
        state.pending().size = (1, 1).into();
    }
}
