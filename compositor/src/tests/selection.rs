//! Clipboard, and drag and drop, from one client to another.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use wayland_client::protocol::wl_data_device::{self, WlDataDevice};
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::protocol::wl_data_offer::{self, WlDataOffer};
use wayland_client::protocol::wl_data_source::{self, WlDataSource};
use wayland_client::{
    Connection, Dispatch, Proxy, QueueHandle, delegate_noop, event_created_child,
};

use super::dispatch::Heard;
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const TEXT: &str = "text/plain;charset=utf-8";

/// What a client was told of clipboard and drags.
#[derive(Default)]
pub(super) struct HeardData {
    /// Types of the last offer.
    pub(super) types: Vec<String>,
    pub(super) selection: Option<WlDataOffer>,
    pub(super) dragged: Option<WlDataOffer>,
    pub(super) entered: Option<u32>,
    pub(super) dropped: bool,
    /// The other end asked for our data.
    pub(super) asked: Vec<OwnedFd>,
    pub(super) finished: bool,
    /// Sources of ours that another took the place of.
    pub(super) cancelled: u32,
}

impl HeardData {
    /// Whether a drag is over one of the client's surfaces.
    pub(super) fn is_dragged_over(&self) -> bool {
        self.entered.is_some()
    }
}

impl Dispatch<WlDataDevice, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &WlDataDevice,
        event: wl_data_device::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let data = &mut heard.data;
        match event {
            wl_data_device::Event::DataOffer { .. } => data.types.clear(),
            wl_data_device::Event::Selection { id } => data.selection = id,
            wl_data_device::Event::Enter { serial, id, .. } => {
                data.dragged = id;
                data.entered = Some(serial);
            }
            wl_data_device::Event::Leave => data.entered = None,
            wl_data_device::Event::Drop => data.dropped = true,
            _ => {}
        }
    }

    event_created_child!(Heard, WlDataDevice, [
        wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, ()),
    ]);
}

impl Dispatch<WlDataOffer, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &WlDataOffer,
        event: wl_data_offer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_data_offer::Event::Offer { mime_type } = event {
            heard.data.types.push(mime_type);
        }
    }
}

impl Dispatch<WlDataSource, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &WlDataSource,
        event: wl_data_source::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_source::Event::Send { fd, .. } => heard.data.asked.push(fd),
            wl_data_source::Event::DndFinished => heard.data.finished = true,
            wl_data_source::Event::Cancelled => heard.data.cancelled += 1,
            _ => {}
        }
    }
}

delegate_noop!(Heard: ignore WlDataDeviceManager);

/// A client's device for data, and a source that offers text.
pub(super) fn device(client: &Client) -> (WlDataDevice, WlDataSource) {
    let handle = client.handle();
    let manager: WlDataDeviceManager = client.bind();
    let device = manager.get_data_device(&client.globals().seat, &handle, ());
    let source = manager.create_data_source(&handle, ());
    source.offer(TEXT.to_owned());
    (device, source)
}

/// Brings a text from the client that offers it to the one that asks.
fn transfer(
    fixture: &mut Fixture,
    from: &mut Client,
    to: &mut Client,
    offer: &WlDataOffer,
) -> String {
    let (mut reader, writer) = UnixStream::pair().unwrap();
    offer.receive(TEXT.to_owned(), writer.as_fd());
    to.roundtrip(fixture);
    drop(writer);
    from.roundtrip(fixture);
    let fd = from.heard.data.asked.pop().expect("the source is asked");
    File::from(fd)
        .write_all("from one to the other".as_bytes())
        .unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn what_one_copies_the_next_can_paste() {
    let mut fixture = Fixture::new();
    let mut from = fixture.connect();
    let (device_of_from, source) = device(&from);
    from.open(&mut fixture, (300, 200), BLUE);
    fixture.keys("ctrl+c", true);
    fixture.keys("ctrl+c", false);
    from.roundtrip(&mut fixture);
    device_of_from.set_selection(Some(&source), 1);
    from.roundtrip(&mut fixture);

    let mut to = fixture.connect();
    let _device = device(&to);
    to.open(&mut fixture, (300, 200), BLUE);
    to.roundtrip(&mut fixture);
    assert_eq!(to.heard.data.types, [TEXT]);
    let offer = to
        .heard
        .data
        .selection
        .clone()
        .expect("the clipboard is offered with the focus");
    assert_eq!(
        transfer(&mut fixture, &mut from, &mut to, &offer),
        "from one to the other"
    );
}

#[test]
fn something_is_dragged_from_one_window_into_another() {
    let mut fixture = Fixture::new();
    let mut from = fixture.connect();
    let (device_of_from, source) = device(&from);
    source.set_actions(DndAction::Copy);
    let origin = from.open(&mut fixture, (300, 200), BLUE);
    let first = fixture.only_window();
    fixture.goblin.layout.move_to(first, (100, 100).into());
    let mut to = fixture.connect();
    let _device = device(&to);
    to.open(&mut fixture, (300, 200), BLUE);
    let second = *fixture.goblin.layout.stacking().last().unwrap();
    fixture.goblin.layout.move_to(second, (900, 100).into());
    fixture.goblin.layout_changed();
    fixture.turn();

    fixture.pointer_to(150, 150);
    fixture.press();
    from.roundtrip(&mut fixture);
    let serial = *from.heard.presses.last().unwrap();
    device_of_from.start_drag(Some(&source), &origin.surface, None, serial);
    from.roundtrip(&mut fixture);
    fixture.pointer_to(950, 150);
    to.roundtrip(&mut fixture);
    let offer = to.heard.data.dragged.clone().expect("the drag entered");
    offer.accept(to.heard.data.entered.unwrap(), Some(TEXT.to_owned()));
    offer.set_actions(DndAction::Copy, DndAction::Copy);
    to.roundtrip(&mut fixture);
    fixture.release();
    to.roundtrip(&mut fixture);
    assert!(to.heard.data.dropped);
    assert_eq!(
        transfer(&mut fixture, &mut from, &mut to, &offer),
        "from one to the other"
    );
    offer.finish();
    to.roundtrip(&mut fixture);
    from.roundtrip(&mut fixture);
    assert!(from.heard.data.finished);
    assert!(!fixture.goblin.seat.get_pointer().unwrap().is_grabbed());
}

#[test]
fn a_dead_source_offers_nothing() {
    let mut fixture = Fixture::new();
    let mut from = fixture.connect();
    let (device_of_from, source) = device(&from);
    from.open(&mut fixture, (300, 200), BLUE);
    fixture.tap("a");
    from.roundtrip(&mut fixture);
    device_of_from.set_selection(Some(&source), 1);
    from.roundtrip(&mut fixture);
    assert!(source.is_alive());
    drop(from);
    fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
    let mut to = fixture.connect();
    let _device = device(&to);
    to.open(&mut fixture, (300, 200), BLUE);
    to.roundtrip(&mut fixture);
    if let Some(offer) = to.heard.data.selection.clone() {
        // An offer that outlived its source must answer with nothing, not hang.
        let (mut reader, writer) = UnixStream::pair().unwrap();
        offer.receive(TEXT.to_owned(), writer.as_fd());
        to.roundtrip(&mut fixture);
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "");
    }
}
