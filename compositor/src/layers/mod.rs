//! The layer surfaces of an output, bottom to top within each layer.
//!
//! It stands in for smithay's map of the same name, whose arranging gives those mapped first no room
//! beside those mapped later, reads a zone where the protocol knows none, and overflows.

mod arrange;

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use smithay::desktop::LayerSurface;
use smithay::desktop::utils::with_surfaces_surface_tree;
use smithay::desktop::{PopupManager, WindowSurfaceType};
use smithay::output::Output;
use smithay::reexports::wayland_server::DisplayHandle;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::compositor::{Cacheable, with_states};
use smithay::wayland::shell::wlr_layer::{Layer, LayerSurfaceData};

use crate::layout::{Extent, Pos, Rect};
pub(crate) use arrange::Edge;
use arrange::{Wish, arrange};

/// The layer surfaces of one output, and where they lie on it.
#[derive(Debug, Default)]
pub(crate) struct LayerMap {
    layers: Vec<(LayerSurface, Cell<Pos>)>,
    free: Rect,
}

/// The layer surfaces of an output. Two at a time of one output are a deadlock.
pub(crate) fn layer_map_for_output(output: &Output) -> MutexGuard<'_, LayerMap> {
    let data = output.user_data();
    let map = data.get_or_insert_threadsafe(|| {
        let free = Rect::from_size(size_of(output));
        let layers = Vec::new();
        Mutex::new(LayerMap { layers, free })
    });
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size_of(output: &Output) -> Extent {
    let Some(mode) = output.current_mode() else {
        return Extent::default();
    };
    let scale = output.current_scale().fractional_scale();
    let size = mode.size.to_f64().to_logical(scale).to_i32_round();
    output.current_transform().transform_size(size)
}

impl LayerMap {
    /// Puts a surface on the output, above the others of its layer.
    pub(crate) fn map_layer(&mut self, layer: LayerSurface) {
        self.layers.push((layer, Cell::default()));
    }

    /// Takes a surface off its output.
    pub(crate) fn unmap_layer(&mut self, layer: &LayerSurface, output: &Output) {
        self.layers.retain(|(other, _)| other != layer);
        let root = layer.wl_surface();
        with_surfaces_surface_tree(root, |surface, _| output.leave(surface));
        for (popup, _) in PopupManager::popups_for_surface(root) {
            with_surfaces_surface_tree(popup.wl_surface(), |surface, _| output.leave(surface));
        }
    }

    /// Puts a surface at a place of the output, until they are arranged anew.
    pub(crate) fn put(&self, layer: &LayerSurface, at: Pos) {
        if let Some((_, place)) = self.layers.iter().find(|(other, _)| other == layer) {
            place.set(at);
        }
    }

    /// What is left free for windows, counted from the output's corner.
    pub(crate) fn non_exclusive_zone(&self) -> Rect {
        self.free
    }

    /// All of them.
    pub(crate) fn layers(&self) -> impl DoubleEndedIterator<Item = &LayerSurface> {
        self.layers.iter().map(|(layer, _)| layer)
    }

    /// Those on one layer.
    pub(crate) fn layers_on(&self, on: Layer) -> impl DoubleEndedIterator<Item = &LayerSurface> {
        self.layers().filter(move |layer| layer.layer() == on)
    }

    /// Where a surface's own corner lies on the output, and how large it and its subsurfaces are.
    pub(crate) fn layer_geometry(&self, layer: &LayerSurface) -> Option<Rect> {
        let (layer, place) = self.layers.iter().find(|(other, _)| other == layer)?;
        Some(Rect::new(place.get(), layer.bbox().size))
    }

    /// The layer surface whose own surface this is, or with other kinds also one of whose popups or
    /// subsurfaces.
    pub(crate) fn layer_for_surface(
        &self,
        surface: &WlSurface,
        kinds: WindowSurfaceType,
    ) -> Option<&LayerSurface> {
        let among = |root: &WlSurface| {
            let mut found = root == surface;
            if kinds.contains(WindowSurfaceType::SUBSURFACE) {
                with_surfaces_surface_tree(root, |other, _| found |= other == surface);
            }
            found
        };
        self.layers().find(|layer| {
            let root = layer.wl_surface();
            among(root)
                || kinds.contains(WindowSurfaceType::POPUP)
                    && PopupManager::popups_for_surface(root)
                        .any(|(popup, _)| among(popup.wl_surface()))
        })
    }

    /// Arranges them anew on their output, and tells each the size that this gives it, if it was told
    /// one before.
    pub(crate) fn arrange(&mut self, output: &Output) {
        let wishes: Vec<Wish> = self.layers().map(wish_of).collect();
        let arranged = arrange(Rect::from_size(size_of(output)), &wishes);
        self.free = arranged.free;
        for ((layer, place), wanted) in self.layers.iter().zip(arranged.places) {
            place.set(wanted.loc);
            let root = layer.wl_surface();
            with_surfaces_surface_tree(root, |surface, _| output.enter(surface));
            for (popup, _) in PopupManager::popups_for_surface(root) {
                with_surfaces_surface_tree(popup.wl_surface(), |surface, _| output.enter(surface));
            }
            let surface = layer.layer_surface();
            surface.with_pending_state(|state| state.size = Some(wanted.size));
            if was_configured(root) {
                surface.send_pending_configure();
            }
        }
    }
}

/// The edge that a layer surface names for its exclusive zone, from version 5 on. It takes effect with
/// the surface's commit, beside what smithay keeps of the surface.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct ExclusiveEdge(pub(crate) Option<Edge>);

impl Cacheable for ExclusiveEdge {
    fn commit(&mut self, _: &DisplayHandle) -> Self {
        *self
    }

    fn merge_into(self, into: &mut Self, _: &DisplayHandle) {
        *into = self;
    }
}

/// The edge that a layer surface names, as of its last commit.
pub(crate) fn exclusive_edge(surface: &WlSurface) -> Option<Edge> {
    with_states(surface, |states| {
        states.cached_state.get::<ExclusiveEdge>().current().0
    })
}

fn wish_of(layer: &LayerSurface) -> Wish {
    let state = layer.cached_state();
    Wish {
        layer: state.layer,
        anchor: state.anchor,
        margin: state.margin,
        zone: state.exclusive_zone,
        edge: exclusive_edge(layer.wl_surface()),
        size: state.size,
    }
}

/// Whether a layer surface had its first configure, which answers its first commit.
pub(crate) fn was_configured(surface: &WlSurface) -> bool {
    with_states(surface, |states| {
        let data = states.data_map.get::<LayerSurfaceData>();
        data.and_then(|data| data.lock().ok().map(|data| data.initial_configure_sent))
            .unwrap_or(false)
    })
}
