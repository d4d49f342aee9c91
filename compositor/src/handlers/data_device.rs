//! `wl_data_device_manager`: smithay's, but what a subsystem copies goes by the rules of
//! [`crate::selections`], and devices whose clients have died are forgotten.

use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::protocol::wl_data_device::{Request, WlDataDevice};
use smithay::reexports::wayland_server::protocol::wl_data_device_manager::{
    self, WlDataDeviceManager,
};
use smithay::reexports::wayland_server::protocol::wl_data_source::WlDataSource;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_dispatch,
    delegate_global_dispatch,
};
use smithay::wayland::selection::data_device::{
    DataDeviceState, DataDeviceUserData, DataSourceUserData, with_source_metadata,
};

use crate::client::domain_of;
use crate::domain::Domain;
use crate::goblin::Goblin;

/// The MIME types that a source offers.
pub(crate) fn types_of(source: &WlDataSource) -> Vec<String> {
    with_source_metadata(source, |data| data.mime_types.clone()).unwrap_or_default()
}

impl Dispatch<WlDataDevice, DataDeviceUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        device: &WlDataDevice,
        request: Request,
        data: &DataDeviceUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let domain = domain_of(client);
        if let Request::SetSelection { source, .. } = &request
            && domain != Domain::Board
        {
            if state.has_keyboard(device) {
                let source = source.clone();
                let source = source.map(|source| (source.clone(), types_of(&source)));
                state.subsystem_copied(domain, source);
            }
            return;
        }
        <DataDeviceState as Dispatch<WlDataDevice, DataDeviceUserData, Self>>::request(
            state, client, device, request, data, display, init,
        );
    }

    fn destroyed(state: &mut Self, _: ClientId, device: &WlDataDevice, _: &DataDeviceUserData) {
        state.selections.dead_devices.data.push(device.clone());
    }
}

impl Dispatch<WlDataDeviceManager, ()> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        manager: &WlDataDeviceManager,
        request: wl_data_device_manager::Request,
        data: &(),
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        // smithay 0.7.0 forgets a device only when its client says so, which a dead one does not.
        for dead in std::mem::take(&mut state.selections.dead_devices.data) {
            if let Some(data) = dead.data::<DataDeviceUserData>() {
                <DataDeviceState as Dispatch<WlDataDevice, DataDeviceUserData, Self>>::request(
                    state,
                    client,
                    &dead,
                    Request::Release,
                    data,
                    display,
                    init,
                );
            }
        }
        <DataDeviceState as Dispatch<WlDataDeviceManager, (), Self>>::request(
            state, client, manager, request, data, display, init,
        );
    }
}

impl Goblin {
    /// Whether the keyboard is with the client of an object: only that one may set a selection.
    pub(super) fn has_keyboard(&self, object: &impl Resource) -> bool {
        let keyboard = self.seat.get_keyboard();
        keyboard.is_some_and(|keyboard| keyboard.client_of_object_has_focus(&object.id()))
    }
}

// What `delegate_data_device!` does for the others.
delegate_global_dispatch!(Goblin: [WlDataDeviceManager: ()] => DataDeviceState);
delegate_dispatch!(Goblin: [WlDataSource: DataSourceUserData] => DataDeviceState);
