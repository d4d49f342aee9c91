//! `zwlr_layer_shell_v1`: bars, docks, notifications, wallpapers of other programs.

use smithay::desktop::{LayerSurface, WindowSurfaceType};
use smithay::output::Output;
use smithay::reexports::wayland_protocols_wlr::layer_shell::v1::server::zwlr_layer_surface_v1;
use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point};
use smithay::wayland::shell::wlr_layer::{
    KeyboardInteractivity, Layer, LayerSurface as WlrLayerSurface, WlrLayerShellHandler,
    WlrLayerShellState,
};
use smithay::wayland::shell::xdg::PopupSurface;
use tracing::warn;

use super::{exclusive_edge, layer_role};
use crate::goblin::Goblin;
use crate::layers::{layer_map_for_output, was_configured};
use crate::layout::{OutputId, Rect};

impl WlrLayerShellHandler for Goblin {
    fn shell_state(&mut self) -> &mut WlrLayerShellState {
        &mut self.globals.layer_shell
    }

    fn new_layer_surface(
        &mut self,
        surface: WlrLayerSurface,
        output: Option<WlOutput>,
        _layer: Layer,
        namespace: String,
    ) {
        layer_role::given(surface.wl_surface());
        let asked = output.as_ref().and_then(Output::from_resource);
        let here = self
            .output_of_pointer()
            .and_then(|id| self.output_state(id));
        let Some(output) = asked.or_else(|| here.map(|state| state.output.clone())) else {
            warn!("closed the layer surface {namespace:?}: there is no output to put it on");
            surface.send_close();
            return;
        };
        layer_map_for_output(&output).map_layer(LayerSurface::new(surface, namespace));
    }

    fn new_popup(&mut self, _parent: WlrLayerSurface, popup: PopupSurface) {
        // Only now the popup has a parent: what was done at its creation could not be.
        self.popup_adopted(&popup);
    }

    fn layer_destroyed(&mut self, surface: WlrLayerSurface) {
        exclusive_edge::forget(surface.wl_surface());
        layer_role::lost(surface.wl_surface());
        let Some((id, layer)) = self.layer_of(surface.wl_surface()) else {
            return;
        };
        if let Some(state) = self.output_state(id) {
            layer_map_for_output(&state.output).unmap_layer(&layer, &state.output);
        }
        self.control.layers_dirty = true;
        self.arrange_layers(id);
        self.queue_redraw(id);
    }
}

impl Goblin {
    /// The layer surface that a surface is, and its output.
    pub(crate) fn layer_of(&self, surface: &WlSurface) -> Option<(OutputId, LayerSurface)> {
        self.outputs.iter().find_map(|state| {
            let map = layer_map_for_output(&state.output);
            let layer = map.layer_for_surface(surface, WindowSurfaceType::TOPLEVEL)?;
            Some((state.id, layer.clone()))
        })
    }

    /// Where a layer surface lies in the plane, and its output.
    pub(crate) fn layer_origin(&self, root: &WlSurface) -> Option<(Point<i32, Logical>, OutputId)> {
        let (id, layer) = self.layer_of(root)?;
        let state = self.output_state(id)?;
        let geometry = layer_map_for_output(&state.output).layer_geometry(&layer)?;
        Some((state.origin() + geometry.loc, id))
    }

    /// A surface tree has committed; returns whether it is a layer surface.
    pub(super) fn layer_committed(&mut self, root: &WlSurface) -> bool {
        let Some((id, layer)) = self.layer_of(root) else {
            return false;
        };
        if let Err(why) = exclusive_edge::check(&layer) {
            let object = layer.layer_surface().shell_surface();
            object.post_error(zwlr_layer_surface_v1::Error::InvalidExclusiveEdge, why);
            return true;
        }
        let configured = was_configured(root);
        self.arrange_layers(id);
        if !configured {
            self.send_scale(root, Some(id));
            layer.layer_surface().send_configure();
        }
        self.control.layers_dirty = true;
        self.queue_redraw(id);
        true
    }

    /// Arranges the layer surfaces of an output anew and tells the layout what they leave free.
    pub(crate) fn arrange_layers(&mut self, id: OutputId) {
        let Some(state) = self.output_state(id) else {
            return;
        };
        layer_map_for_output(&state.output).arrange(&state.output);
        self.work_area_changed(id);
    }

    fn work_area_changed(&mut self, id: OutputId) {
        let Some(state) = self.output_state(id) else {
            return;
        };
        let zone = layer_map_for_output(&state.output).non_exclusive_zone();
        let area = Rect::new(state.origin() + zone.loc, zone.size);
        let before = self.layout.output(id).map(|output| output.work_area);
        self.layout.set_work_area(id, area);
        if self.layout.output(id).map(|output| output.work_area) != before {
            self.layout_changed();
        }
    }

    /// The layer surface that takes the keyboard whatever window is focused: the topmost one that
    /// asks for it exclusively, above the windows.
    pub(crate) fn exclusive_layer(&self) -> Option<WlSurface> {
        self.outputs.iter().find_map(|state| {
            let map = layer_map_for_output(&state.output);
            [Layer::Overlay, Layer::Top].into_iter().find_map(|layer| {
                map.layers_on(layer)
                    .rev()
                    .find(|surface| {
                        let wants = surface.cached_state().keyboard_interactivity;
                        wants == KeyboardInteractivity::Exclusive
                            && Self::has_content(surface.wl_surface())
                    })
                    .map(|surface| surface.wl_surface().clone())
            })
        })
    }
}
