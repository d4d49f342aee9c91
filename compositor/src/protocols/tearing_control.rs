//! `wp_tearing_control_manager_v1`: a game says that a torn frame now is better than a whole one later.
//! The hint is kept with each surface and told by `/desktop`; no backend there is can tear.

use std::sync::atomic::{AtomicBool, Ordering};

use smithay::reexports::wayland_protocols::wp::tearing_control::v1::server::{
    wp_tearing_control_manager_v1::{self, Error, WpTearingControlManagerV1},
    wp_tearing_control_v1::{self, PresentationHint, WpTearingControlV1},
};
use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum, Weak,
};
use smithay::wayland::compositor::{Cacheable, with_states};

use crate::client::sees;
use crate::goblin::Goblin;

/// The state of the global.
pub(crate) struct TearingControl {
    _global: GlobalId,
}

impl TearingControl {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, WpTearingControlManagerV1, _>(1, ()),
        }
    }
}

/// Whether a surface is better torn than late, as it last committed.
pub(crate) fn tears(surface: &WlSurface) -> bool {
    with_states(surface, |states| {
        states.cached_state.get::<Tearing>().current().0
    })
}

/// The hint, which takes effect with the next commit.
#[derive(Debug, Default, Clone, Copy)]
struct Tearing(bool);

impl Cacheable for Tearing {
    fn commit(&mut self, _: &DisplayHandle) -> Self {
        *self
    }

    fn merge_into(self, into: &mut Self, _: &DisplayHandle) {
        *into = self;
    }
}

/// The surface has an object of this protocol.
#[derive(Debug, Default)]
struct Controlled(AtomicBool);

impl GlobalDispatch<WpTearingControlManagerV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<WpTearingControlManagerV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<WpTearingControlManagerV1>(&client)
    }
}

impl Dispatch<WpTearingControlManagerV1, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        manager: &WpTearingControlManagerV1,
        request: wp_tearing_control_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let wp_tearing_control_manager_v1::Request::GetTearingControl { id, surface } = request
        else {
            return;
        };
        let taken = with_states(&surface, |states| {
            let controlled = states
                .data_map
                .get_or_insert_threadsafe(Controlled::default);
            controlled.0.swap(true, Ordering::Relaxed)
        });
        if taken {
            let reason = "the surface has a tearing control already";
            manager.post_error(Error::TearingControlExists, reason);
            return;
        }
        data_init.init(id, surface.downgrade());
    }
}

impl Dispatch<WpTearingControlV1, Weak<WlSurface>> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &WpTearingControlV1,
        request: wp_tearing_control_v1::Request,
        surface: &Weak<WlSurface>,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        let Ok(surface) = surface.upgrade() else {
            return;
        };
        let tears = match request {
            wp_tearing_control_v1::Request::SetPresentationHint {
                hint: WEnum::Value(hint),
            } => hint == PresentationHint::Async,
            wp_tearing_control_v1::Request::Destroy => {
                with_states(&surface, |states| {
                    if let Some(controlled) = states.data_map.get::<Controlled>() {
                        controlled.0.store(false, Ordering::Relaxed);
                    }
                });
                false
            }
            // A hint that is none we know changes nothing.
            _ => return,
        };
        with_states(&surface, |states| {
            states.cached_state.get::<Tearing>().pending().0 = tears;
        });
    }
}
