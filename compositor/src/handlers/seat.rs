//! `wl_seat`, cursor shapes and tablets' cursors.

use smithay::input::pointer::CursorImageStatus;
use smithay::input::{Seat, SeatHandler, SeatState};
use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::tablet_manager::TabletSeatHandler;
use smithay::{delegate_cursor_shape, delegate_seat, delegate_tablet_manager};

use crate::goblin::Goblin;

impl SeatHandler for Goblin {
    type KeyboardFocus = WlSurface;
    type PointerFocus = WlSurface;
    type TouchFocus = WlSurface;

    fn seat_state(&mut self) -> &mut SeatState<Self> {
        &mut self.seat_state
    }

    fn focus_changed(&mut self, _seat: &Seat<Self>, focused: Option<&WlSurface>) {
        if let Some(surface) = focused {
            self.bell_heard(surface);
        }
        // The clipboard belongs to who has the keyboard.
        let client = focused.and_then(Resource::client);
        self.offer_selections_to(client);
    }

    fn cursor_image(&mut self, _seat: &Seat<Self>, image: CursorImageStatus) {
        self.input.client_cursor = image;
        self.queue_redraw_all();
    }
}

// A tool has no picture of its own: the surface under it shows where it is.
impl TabletSeatHandler for Goblin {}

delegate_seat!(Goblin);
delegate_tablet_manager!(Goblin);
delegate_cursor_shape!(Goblin);
