//! `wl_fixes`: a client that is done with a registry can say so, and we forget it.

use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::reexports::wayland_server::protocol::wl_fixes::{self, WlFixes};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use tracing::debug;

use crate::client::sees;
use crate::goblin::Goblin;

/// The second version counts acknowledgements of removed globals, for libraries that would else free
/// them too early; ours are kept.
const VERSION: u32 = 1;

/// The state of the global.
pub(crate) struct Fixes {
    _global: GlobalId,
}

impl Fixes {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, WlFixes, _>(VERSION, ()),
        }
    }
}

impl GlobalDispatch<WlFixes, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        fixes: New<WlFixes>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(fixes, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<WlFixes>(&client)
    }
}

impl Dispatch<WlFixes, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &WlFixes,
        request: wl_fixes::Request,
        (): &(),
        display: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        let wl_fixes::Request::DestroyRegistry { registry } = request else {
            return;
        };
        let destroyed = display
            .backend_handle()
            .destroy_object::<Goblin>(&registry.id());
        if let Err(error) = destroyed {
            debug!("a registry was gone before it was destroyed: {error}");
        }
    }
}
