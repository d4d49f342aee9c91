//! `zwp_pointer_constraints_v1`, `zwp_relative_pointer_manager_v1`, `zwp_pointer_gestures_v1`: what games
//! and drawing programs ask of the pointer. The rules are in `input/constrain.rs`.

use smithay::input::pointer::PointerHandle;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point};
use smithay::wayland::pointer_constraints::PointerConstraintsHandler;
use smithay::{delegate_pointer_constraints, delegate_pointer_gestures, delegate_relative_pointer};

use crate::goblin::Goblin;

impl PointerConstraintsHandler for Goblin {
    fn new_constraint(&mut self, _surface: &WlSurface, _pointer: &PointerHandle<Self>) {
        // Motions before it are free.
        self.settle_motion();
        self.refresh_constraint();
    }

    fn cursor_position_hint(
        &mut self,
        surface: &WlSurface,
        _pointer: &PointerHandle<Self>,
        location: Point<f64, Logical>,
    ) {
        self.hint_pointer(surface, location);
    }
}

delegate_pointer_constraints!(Goblin);
delegate_relative_pointer!(Goblin);
delegate_pointer_gestures!(Goblin);
