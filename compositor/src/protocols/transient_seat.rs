//! `ext_transient_seat_manager_v1`: a remote desktop asks for a seat of its own. It is told no, as the
//! protocol allows: there is one keyboard focus and one pointer here, and a second seat that moved
//! neither would be a lie. A remote desktop shares the seat, by `zwlr_virtual_pointer_v1` and
//! `zwp_virtual_keyboard_v1`.

use smithay::reexports::wayland_protocols::ext::transient_seat::v1::server::{
    ext_transient_seat_manager_v1::{self, ExtTransientSeatManagerV1},
    ext_transient_seat_v1::{self, ExtTransientSeatV1},
};
use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New,
};

use crate::client::sees;
use crate::goblin::Goblin;

/// The state of the global.
pub(crate) struct TransientSeats {
    _global: GlobalId,
}

impl TransientSeats {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, ExtTransientSeatManagerV1, _>(1, ()),
        }
    }
}

impl GlobalDispatch<ExtTransientSeatManagerV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<ExtTransientSeatManagerV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<ExtTransientSeatManagerV1>(&client)
    }
}

impl Dispatch<ExtTransientSeatManagerV1, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ExtTransientSeatManagerV1,
        request: ext_transient_seat_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        if let ext_transient_seat_manager_v1::Request::Create { seat } = request {
            data_init.init(seat, ()).denied();
        }
    }
}

impl Dispatch<ExtTransientSeatV1, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ExtTransientSeatV1,
        _: ext_transient_seat_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        // It can only be destroyed.
    }
}
