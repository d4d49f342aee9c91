//! Clipboard managers: they read and set the clipboard without a window, by either protocol.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use wayland_client::{Connection, Dispatch, QueueHandle, delegate_noop, event_created_child};
use wayland_protocols::ext::data_control::v1::client::{
    ext_data_control_device_v1::{self, ExtDataControlDeviceV1},
    ext_data_control_manager_v1::ExtDataControlManagerV1,
    ext_data_control_offer_v1::{self, ExtDataControlOfferV1},
    ext_data_control_source_v1::{self, ExtDataControlSourceV1},
};
use wayland_protocols_wlr::data_control::v1::client::{
    zwlr_data_control_device_v1::{self, ZwlrDataControlDeviceV1},
    zwlr_data_control_manager_v1::ZwlrDataControlManagerV1,
    zwlr_data_control_offer_v1::{self, ZwlrDataControlOfferV1},
    zwlr_data_control_source_v1::{self, ZwlrDataControlSourceV1},
};

use super::dispatch::Heard;
use super::{Client, Fixture};

const TEXT: &str = "text/plain;charset=utf-8";

/// What a clipboard manager was told.
#[derive(Default)]
pub(super) struct HeardControl {
    pub(super) types: Vec<String>,
    pub(super) ext: Option<ExtDataControlOfferV1>,
    wlr: Option<ZwlrDataControlOfferV1>,
    primary: bool,
    pub(super) asked: Vec<OwnedFd>,
    cancelled: u32,
}

delegate_noop!(Heard: ignore ExtDataControlManagerV1);
delegate_noop!(Heard: ignore ZwlrDataControlManagerV1);

/// The two protocols are one but for their names.
macro_rules! hear_control {
    ($field:ident, $device:ident, $device_type:ty, $offer:ident, $offer_type:ty, $source:ident, $source_type:ty) => {
        impl Dispatch<$device_type, ()> for Heard {
            fn event(
                heard: &mut Self,
                _: &$device_type,
                event: $device::Event,
                (): &(),
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                match event {
                    $device::Event::DataOffer { .. } => heard.control.types.clear(),
                    $device::Event::Selection { id } => heard.control.$field = id,
                    $device::Event::PrimarySelection { id } => heard.control.primary = id.is_some(),
                    _ => {}
                }
            }
            event_created_child!(Heard, $device_type, [
                $device::EVT_DATA_OFFER_OPCODE => ($offer_type, ()),
            ]);
        }
        impl Dispatch<$offer_type, ()> for Heard {
            fn event(
                heard: &mut Self,
                _: &$offer_type,
                event: $offer::Event,
                (): &(),
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                if let $offer::Event::Offer { mime_type } = event {
                    heard.control.types.push(mime_type);
                }
            }
        }
        impl Dispatch<$source_type, ()> for Heard {
            fn event(
                heard: &mut Self,
                _: &$source_type,
                event: $source::Event,
                (): &(),
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                match event {
                    $source::Event::Send { fd, .. } => heard.control.asked.push(fd),
                    $source::Event::Cancelled => heard.control.cancelled += 1,
                    _ => {}
                }
            }
        }
    };
}
hear_control!(
    ext,
    ext_data_control_device_v1,
    ExtDataControlDeviceV1,
    ext_data_control_offer_v1,
    ExtDataControlOfferV1,
    ext_data_control_source_v1,
    ExtDataControlSourceV1
);
hear_control!(
    wlr,
    zwlr_data_control_device_v1,
    ZwlrDataControlDeviceV1,
    zwlr_data_control_offer_v1,
    ZwlrDataControlOfferV1,
    zwlr_data_control_source_v1,
    ZwlrDataControlSourceV1
);

pub(super) fn ext(client: &Client) -> (ExtDataControlManagerV1, ExtDataControlDeviceV1) {
    let manager: ExtDataControlManagerV1 = client.bind();
    let device = manager.get_data_device(&client.globals().seat, &client.handle(), ());
    (manager, device)
}

fn wlr(client: &Client) -> (ZwlrDataControlManagerV1, ZwlrDataControlDeviceV1) {
    let manager: ZwlrDataControlManagerV1 = client.bind();
    let device = manager.get_data_device(&client.globals().seat, &client.handle(), ());
    (manager, device)
}

/// Answers what a source was asked for, and reads what came at the other end.
fn answer(fixture: &mut Fixture, from: &mut Client, mut reader: UnixStream) -> String {
    from.roundtrip(fixture);
    let fd = from.heard.control.asked.pop().expect("the source is asked");
    File::from(fd).write_all(b"kept").unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_clipboard_set_by_one_manager_is_read_by_the_other() {
    let mut fixture = Fixture::new();
    let (mut from, mut to) = (fixture.connect(), fixture.connect());
    let (manager, device) = ext(&from);
    let (_other, _device) = wlr(&to);
    to.roundtrip(&mut fixture);
    let source = manager.create_data_source(&from.handle(), ());
    source.offer(TEXT.to_owned());
    device.set_selection(Some(&source));
    from.roundtrip(&mut fixture);
    to.roundtrip(&mut fixture);
    assert_eq!(to.heard.control.types, [TEXT]);
    let offer = to
        .heard
        .control
        .wlr
        .clone()
        .expect("the clipboard is told of");
    let (reader, writer) = UnixStream::pair().unwrap();
    offer.receive(TEXT.to_owned(), writer.as_fd());
    to.roundtrip(&mut fixture);
    drop(writer);
    assert_eq!(answer(&mut fixture, &mut from, reader), "kept");

    // The next one takes its place; the primary selection is a place of its own.
    let (manager, device) = wlr(&to);
    let next = manager.create_data_source(&to.handle(), ());
    next.offer("image/png".to_owned());
    device.set_selection(Some(&next));
    let primary = manager.create_data_source(&to.handle(), ());
    primary.offer(TEXT.to_owned());
    device.set_primary_selection(Some(&primary));
    to.roundtrip(&mut fixture);
    from.roundtrip(&mut fixture);
    assert_eq!(from.heard.control.cancelled, 1);
    assert!(from.heard.control.primary && from.heard.control.ext.is_some());
}

#[test]
fn a_clipboard_whose_manager_died_is_told_of_as_empty() {
    let mut fixture = Fixture::new();
    let (mut from, mut to) = (fixture.connect(), fixture.connect());
    let (manager, device) = ext(&from);
    let (_manager, _device) = ext(&to);
    let source = manager.create_data_source(&from.handle(), ());
    source.offer(TEXT.to_owned());
    device.set_selection(Some(&source));
    from.roundtrip(&mut fixture);
    to.roundtrip(&mut fixture);
    let offer = to.heard.control.ext.clone().expect("an offer");
    drop(from);
    fixture.turn();
    // Reading it then ends at once, and hangs nobody.
    let (mut reader, writer) = UnixStream::pair().unwrap();
    offer.receive(TEXT.to_owned(), writer.as_fd());
    to.roundtrip(&mut fixture);
    drop(writer);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "");
    let mut late = fixture.connect();
    let (_manager, _device) = ext(&late);
    late.roundtrip(&mut fixture);
    assert!(late.heard.control.ext.is_none());
}
