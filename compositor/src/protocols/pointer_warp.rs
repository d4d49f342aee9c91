//! `wp_pointer_warp_v1`: a client that has the pointer puts it elsewhere on its own surfaces.

use smithay::reexports::wayland_protocols::wp::pointer_warp::v1::server::wp_pointer_warp_v1::{
    self, WpPointerWarpV1,
};
use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::utils::Serial;

use crate::client::sees;
use crate::goblin::Goblin;

/// The state of the global.
pub(crate) struct PointerWarp {
    _global: GlobalId,
}

impl PointerWarp {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, WpPointerWarpV1, _>(1, ()),
        }
    }
}

impl GlobalDispatch<WpPointerWarpV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        warp: New<WpPointerWarpV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(warp, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<WpPointerWarpV1>(&client)
    }
}

impl Dispatch<WpPointerWarpV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        _: &WpPointerWarpV1,
        request: wp_pointer_warp_v1::Request,
        (): &(),
        display: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        let wp_pointer_warp_v1::Request::WarpPointer {
            surface,
            x,
            y,
            serial,
            ..
        } = request
        else {
            return;
        };
        let Some(pointer) = goblin.seat.get_pointer() else {
            return;
        };
        goblin.settle_motion();
        // Only who has the pointer, and says so by the event that gave it.
        let focus = pointer.current_focus();
        let owner = focus.and_then(|focus| display.get_client(focus.id()).ok());
        let fresh = pointer.last_enter() == Some(Serial::from(serial));
        if owner.as_ref() == Some(client) && fresh {
            goblin.warp_pointer(&surface, (x, y).into());
        }
    }
}
