//! What the clients of a subsystem are offered, by objects of our own: smithay's give away the data
//! without asking.

use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_device_v1::ZwpPrimarySelectionDeviceV1;
use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_offer_v1::{
    self, ZwpPrimarySelectionOfferV1,
};
use smithay::reexports::wayland_server::backend::ObjectId;
use smithay::reexports::wayland_server::protocol::wl_data_device::WlDataDevice;
use smithay::reexports::wayland_server::protocol::wl_data_offer::{self, WlDataOffer};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource,
};
use smithay::wayland::selection::data_device::set_data_device_focus;
use smithay::wayland::selection::primary_selection::set_primary_focus;

use super::LASTING;
use crate::client::domain_of;
use crate::domain::{Domain, SelectionKind, Verdict, Way};
use crate::goblin::Goblin;

/// An offer of ours: the number of the selection that it is of.
pub(crate) struct OwnOffer(u64);

impl Goblin {
    /// The keyboard went to a client: it is told what it can paste.
    pub(crate) fn offer_selections_to(&mut self, client: Option<Client>) {
        let inside = |client: &Client| domain_of(client) != Domain::Board;
        let board = client.clone().filter(|client| !inside(client));
        set_data_device_focus::<Goblin>(&self.display, &self.seat, board.clone());
        set_primary_focus::<Goblin>(&self.display, &self.seat, board);
        let inside = client.filter(inside);
        if self.selections.focus != inside {
            self.selections.focus = inside;
            LASTING.into_iter().for_each(|kind| self.offer(kind));
        }
    }

    /// Tells the client of a subsystem that has the keyboard what there is of one kind.
    pub(super) fn offer(&self, kind: SelectionKind) {
        let Some(client) = &self.selections.focus else {
            return;
        };
        let to = domain_of(client);
        let selection = self.selections.current(kind).filter(|selection| {
            let way = Way::new(&selection.from, &to, kind);
            self.selections.policy.verdict(&way) != Verdict::Deny
        });
        let offered = selection.map(|selection| (selection.number, selection.types.as_slice()));
        match kind {
            SelectionKind::Clipboard | SelectionKind::Drag => {
                for device in objects::<WlDataDevice>(&self.display, client) {
                    self.offer_data(client, &device, offered);
                }
            }
            SelectionKind::Primary => {
                for device in objects::<ZwpPrimarySelectionDeviceV1>(&self.display, client) {
                    self.offer_primary(client, &device, offered);
                }
            }
        }
    }

    fn offer_data(
        &self,
        client: &Client,
        device: &WlDataDevice,
        offered: Option<(u64, &[String])>,
    ) {
        let Some((number, types)) = offered else {
            device.selection(None);
            return;
        };
        let display = &self.display;
        let made = client.create_resource::<WlDataOffer, _, Goblin>(
            display,
            device.version(),
            OwnOffer(number),
        );
        // A client that has just gone is offered nothing.
        let Ok(offer) = made else { return };
        device.data_offer(&offer);
        types.iter().for_each(|name| offer.offer(name.clone()));
        device.selection(Some(&offer));
    }

    fn offer_primary(
        &self,
        client: &Client,
        device: &ZwpPrimarySelectionDeviceV1,
        offered: Option<(u64, &[String])>,
    ) {
        let Some((number, types)) = offered else {
            device.selection(None);
            return;
        };
        let display = &self.display;
        let made = client.create_resource::<ZwpPrimarySelectionOfferV1, _, Goblin>(
            display,
            device.version(),
            OwnOffer(number),
        );
        let Ok(offer) = made else { return };
        device.data_offer(&offer);
        types.iter().for_each(|name| offer.offer(name.clone()));
        device.selection(Some(&offer));
    }
}

/// A client's objects of one interface.
fn objects<I: Resource>(display: &DisplayHandle, client: &Client) -> Vec<I> {
    let mut ids: Vec<ObjectId> = Vec::new();
    let name = I::interface().name;
    let listed = display
        .backend_handle()
        .with_all_objects_for(client.id(), |id| {
            if id.interface().name == name {
                ids.push(id);
            }
        });
    if listed.is_err() {
        return Vec::new();
    }
    ids.into_iter()
        .filter_map(|id| I::from_id(display, id).ok())
        .collect()
}

impl Dispatch<WlDataOffer, OwnOffer> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        _: &WlDataOffer,
        request: wl_data_offer::Request,
        OwnOffer(number): &OwnOffer,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        // The others are about drags, and this is none.
        if let wl_data_offer::Request::Receive { mime_type, fd } = request {
            let to = domain_of(client);
            state.receive(SelectionKind::Clipboard, &to, mime_type, fd, *number);
        }
    }
}

impl Dispatch<ZwpPrimarySelectionOfferV1, OwnOffer> for Goblin {
    fn request(
        state: &mut Self,
        client: &Client,
        _: &ZwpPrimarySelectionOfferV1,
        request: zwp_primary_selection_offer_v1::Request,
        OwnOffer(number): &OwnOffer,
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        if let zwp_primary_selection_offer_v1::Request::Receive { mime_type, fd } = request {
            let to = domain_of(client);
            state.receive(SelectionKind::Primary, &to, mime_type, fd, *number);
        }
    }
}
