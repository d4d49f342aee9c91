//! Protocols that need little of us: outputs, scaling, presentation, lists of windows, what a surface
//! says of its pixels.

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
        let window = self
            .windows
            .id_of(&root)
            .and_then(|id| self.layout.window(id));
        let output = window.and_then(crate::layout::Window::output);
        self.send_scale(&surface, output.or_else(|| self.output_of_pointer()));
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
