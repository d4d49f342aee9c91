//! `zwp_primary_selection_v1`: smithay's, with the same two differences as `wl_data_device_manager`.

use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_device_manager_v1::{
    self, ZwpPrimarySelectionDeviceManagerV1,
};
use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_device_v1::{
    Request, ZwpPrimarySelectionDeviceV1,
};
use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_source_v1::{
    self, ZwpPrimarySelectionSourceV1,
};
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_global_dispatch,
};
use smithay::wayland::selection::primary_selection::{
    PrimaryDeviceManagerGlobalData, PrimaryDeviceUserData, PrimarySelectionState,
    PrimarySourceUserData,
};

use crate::client::domain_of;
use crate::domain::Domain;
use crate::goblin::Goblin;

impl Dispatch<ZwpPrimarySelectionDeviceV1, PrimaryDeviceUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        device: &ZwpPrimarySelectionDeviceV1,
        request: Request,
        data: &PrimaryDeviceUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let domain = domain_of(client);
        if let Request::SetSelection { source, .. } = &request
            && domain != Domain::Board
        {
            if state.has_keyboard(device) {
                let source = source.clone().map(|source| {
                    let types = state.selections.primary_types.get(&source.id());
                    (source, types.cloned().unwrap_or_default())
                });
                state.subsystem_marked(domain, source);
            }
            return;
        }
        <PrimarySelectionState as Dispatch<
            ZwpPrimarySelectionDeviceV1,
            PrimaryDeviceUserData,
            Self,
        >>::request(state, client, device, request, data, display, init);
    }

    fn destroyed(
        state: &mut Self,
        _: ClientId,
        device: &ZwpPrimarySelectionDeviceV1,
        _: &PrimaryDeviceUserData,
    ) {
        state.selections.dead_devices.primary.push(device.clone());
    }
}

impl Dispatch<ZwpPrimarySelectionSourceV1, PrimarySourceUserData> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        source: &ZwpPrimarySelectionSourceV1,
        request: zwp_primary_selection_source_v1::Request,
        data: &PrimarySourceUserData,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        if let zwp_primary_selection_source_v1::Request::Offer { mime_type } = &request
            && domain_of(client) != Domain::Board
        {
            let types = &mut state.selections.primary_types;
            types
                .entry(source.id())
                .or_default()
                .push(mime_type.clone());
        }
        <PrimarySelectionState as Dispatch<
            ZwpPrimarySelectionSourceV1,
            PrimarySourceUserData,
            Self,
        >>::request(state, client, source, request, data, display, init);
    }

    fn destroyed(
        state: &mut Self,
        client: ClientId,
        source: &ZwpPrimarySelectionSourceV1,
        data: &PrimarySourceUserData,
    ) {
        state.selections.primary_types.remove(&source.id());
        <PrimarySelectionState as Dispatch<
            ZwpPrimarySelectionSourceV1,
            PrimarySourceUserData,
            Self,
        >>::destroyed(state, client, source, data);
    }
}

impl Dispatch<ZwpPrimarySelectionDeviceManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        manager: &ZwpPrimarySelectionDeviceManagerV1,
        request: zwp_primary_selection_device_manager_v1::Request,
        data: &(),
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        // As for `wl_data_device`.
        for dead in std::mem::take(&mut state.selections.dead_devices.primary) {
            if let Some(data) = dead.data::<PrimaryDeviceUserData>() {
                <PrimarySelectionState as Dispatch<
                    ZwpPrimarySelectionDeviceV1,
                    PrimaryDeviceUserData,
                    Self,
                >>::request(
                    state, client, &dead, Request::Destroy, data, display, init
                );
            }
        }
        <PrimarySelectionState as Dispatch<ZwpPrimarySelectionDeviceManagerV1, (), Self>>::request(
            state, client, manager, request, data, display, init,
        );
    }
}

// What `delegate_primary_selection!` does for the others.
delegate_global_dispatch!(
    Goblin: [ZwpPrimarySelectionDeviceManagerV1: PrimaryDeviceManagerGlobalData]
        => PrimarySelectionState
);
