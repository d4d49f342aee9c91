//! Protocols that need little of us: outputs, scaling, presentation, lists of windows, what a surface
//! says of its pixels.

use smithay::desktop::find_popup_root_surface;
use smithay::output::Output;
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::compositor::get_parent;
use smithay::wayland::foreign_toplevel_list::{
    ForeignToplevelListHandler, ForeignToplevelListState,
};
use smithay::wayland::fractional_scale::FractionalScaleHandler;
use smithay::wayland::output::OutputHandler;
use smithay::{
    delegate_alpha_modifier, delegate_content_type, delegate_foreign_toplevel_list,
    delegate_fractional_scale, delegate_output, delegate_presentation,
    delegate_single_pixel_buffer, delegate_viewporter,
};

use crate::goblin::Goblin;
use crate::layout::OutputId;

impl OutputHandler for Goblin {
    fn output_bound(&mut self, output: Output, wl_output: WlOutput) {
        if let Some(id) = self.id_of_output(&output) {
            self.toplevels_met(id, &wl_output);
            self.workspaces_met(id, &wl_output);
        }
        // Surfaces of the client may lie on the output already: they are told in this turn.
        self.layout_dirty = true;
    }
}

impl FractionalScaleHandler for Goblin {
    fn new_fractional_scale(&mut self, surface: WlSurface) {
        let mut root = surface.clone();
        while let Some(parent) = get_parent(&root) {
            root = parent;
        }
        let output = self.output_of_tree(&root);
        self.send_scale(&surface, output.or_else(|| self.output_of_pointer()));
    }
}

impl Goblin {
    /// The output that a surface with a role is on, or will be when it has content.
    fn output_of_tree(&self, root: &WlSurface) -> Option<OutputId> {
        if let Some(window) = self.windows.of_surface(root) {
            let model = self.layout.window(window.id);
            return model.map_or_else(
                || window.wants.output.or(self.current_output()),
                crate::layout::Window::output,
            );
        }
        if let Some(popup) = self.popups.find_popup(root) {
            let parent = find_popup_root_surface(&popup).ok()?;
            // It is no popup itself.
            return self.output_of_tree(&parent);
        }
        let layer = self.layer_of(root).map(|(id, _)| id);
        layer.or_else(|| self.globals.lock.output_of(root))
    }
}

impl ForeignToplevelListHandler for Goblin {
    fn foreign_toplevel_list_state(&mut self) -> &mut ForeignToplevelListState {
        &mut self.globals.foreign_toplevels.list
    }
}

delegate_output!(Goblin);
delegate_alpha_modifier!(Goblin);
delegate_content_type!(Goblin);
delegate_viewporter!(Goblin);
delegate_fractional_scale!(Goblin);
delegate_presentation!(Goblin);
delegate_single_pixel_buffer!(Goblin);
delegate_foreign_toplevel_list!(Goblin);
