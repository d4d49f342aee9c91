//! The two data-control protocols: smithay's, but devices whose clients have died are forgotten. A device
//! keeps its `wl_seat`, which keeps the seat.

use smithay::reexports::wayland_protocols::ext::data_control::v1::server::ext_data_control_device_v1::{
    self, ExtDataControlDeviceV1,
};
use smithay::reexports::wayland_protocols::ext::data_control::v1::server::ext_data_control_manager_v1::{
    self, ExtDataControlManagerV1,
};
use smithay::reexports::wayland_protocols::ext::data_control::v1::server::ext_data_control_source_v1::ExtDataControlSourceV1;
use smithay::reexports::wayland_protocols_wlr::data_control::v1::server::zwlr_data_control_device_v1::{
    self, ZwlrDataControlDeviceV1,
};
use smithay::reexports::wayland_protocols_wlr::data_control::v1::server::zwlr_data_control_manager_v1::{
    self, ZwlrDataControlManagerV1,
};
use smithay::reexports::wayland_protocols_wlr::data_control::v1::server::zwlr_data_control_source_v1::ZwlrDataControlSourceV1;
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_dispatch,
    delegate_global_dispatch,
};
use smithay::wayland::selection::ext_data_control::{
    DataControlState as ExtState, ExtDataControlDeviceUserData, ExtDataControlManagerGlobalData,
    ExtDataControlManagerUserData, ExtDataControlSourceUserData,
};
use smithay::wayland::selection::wlr_data_control::{
    DataControlDeviceUserData, DataControlManagerGlobalData, DataControlManagerUserData,
    DataControlSourceUserData, DataControlState as WlrState,
};

use crate::goblin::Goblin;

/// The protocols are one but for their names.
macro_rules! forget_the_dead {
    (
        $state:ty, $dead:ident,
        $manager_module:ident, $manager:ty, $manager_data:ty,
        $device_module:ident, $device:ty, $device_data:ty
    ) => {
        impl Dispatch<$device, $device_data> for Goblin {
            fn request(
                goblin: &mut Self,
                client: &Client,
                device: &$device,
                request: $device_module::Request,
                data: &$device_data,
                display: &DisplayHandle,
                init: &mut DataInit<'_, Self>,
            ) {
                <$state as Dispatch<$device, $device_data, Self>>::request(
                    goblin, client, device, request, data, display, init,
                );
            }

            fn destroyed(goblin: &mut Self, _: ClientId, device: &$device, _: &$device_data) {
                goblin.selections.dead_devices.$dead.push(device.clone());
            }
        }

        impl Dispatch<$manager, $manager_data> for Goblin {
            fn request(
                goblin: &mut Self,
                client: &Client,
                manager: &$manager,
                request: $manager_module::Request,
                data: &$manager_data,
                display: &DisplayHandle,
                init: &mut DataInit<'_, Self>,
            ) {
                // As for `wl_data_device`.
                for dead in std::mem::take(&mut goblin.selections.dead_devices.$dead) {
                    if let Some(data) = dead.data::<$device_data>() {
                        let request = $device_module::Request::Destroy;
                        <$state as Dispatch<$device, $device_data, Self>>::request(
                            goblin, client, &dead, request, data, display, init,
                        );
                    }
                }
                <$state as Dispatch<$manager, $manager_data, Self>>::request(
                    goblin, client, manager, request, data, display, init,
                );
            }
        }
    };
}

forget_the_dead!(
    ExtState,
    ext,
    ext_data_control_manager_v1,
    ExtDataControlManagerV1,
    ExtDataControlManagerUserData,
    ext_data_control_device_v1,
    ExtDataControlDeviceV1,
    ExtDataControlDeviceUserData
);
forget_the_dead!(
    WlrState,
    wlr,
    zwlr_data_control_manager_v1,
    ZwlrDataControlManagerV1,
    DataControlManagerUserData,
    zwlr_data_control_device_v1,
    ZwlrDataControlDeviceV1,
    DataControlDeviceUserData
);

// What `delegate_ext_data_control!` and `delegate_data_control!` do for the others.
delegate_global_dispatch!(Goblin: [
    ExtDataControlManagerV1: ExtDataControlManagerGlobalData
] => ExtState);
delegate_dispatch!(Goblin: [ExtDataControlSourceV1: ExtDataControlSourceUserData] => ExtState);
delegate_global_dispatch!(Goblin: [
    ZwlrDataControlManagerV1: DataControlManagerGlobalData
] => WlrState);
delegate_dispatch!(Goblin: [ZwlrDataControlSourceV1: DataControlSourceUserData] => WlrState);
