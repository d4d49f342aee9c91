//! Drags and primary selections from one domain to another.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use trees::desktop::SelectionAnswer;
use wayland_client::protocol::wl_data_device_manager::{DndAction, WlDataDeviceManager};
use wayland_client::{Connection, Dispatch, QueueHandle, delegate_noop, event_created_child};
use wayland_protocols::wp::primary_selection::zv1::client::{
    zwp_primary_selection_device_manager_v1::ZwpPrimarySelectionDeviceManagerV1,
    zwp_primary_selection_device_v1::{self, ZwpPrimarySelectionDeviceV1},
    zwp_primary_selection_offer_v1::{self, ZwpPrimarySelectionOfferV1},
    zwp_primary_selection_source_v1::{self, ZwpPrimarySelectionSourceV1},
};

use super::crossing::{Side, TEXT, answer, configure, inside, questions};
use super::dispatch::Heard;
use super::selection::device;
use super::{Client, Fixture};
use crate::domain::Domain;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

/// A window of the board on the left, one of a subsystem on the right.
struct Drag {
    fixture: Fixture,
    from: Client,
    to: Client,
    origin: super::client::TestWindow,
}

impl Drag {
    fn new() -> Self {
        let mut fixture = Fixture::new();
        let mut from = fixture.connect();
        let origin = from.open(&mut fixture, (300, 200), BLUE);
        let first = fixture.only_window();
        fixture.goblin.layout.move_to(first, (100, 100).into());
        let mut to = fixture.connect_from(inside("debian"));
        let _device = device(&to);
        to.open(&mut fixture, (300, 200), BLUE);
        let second = *fixture.goblin.layout.stacking().last().unwrap();
        fixture.goblin.layout.move_to(second, (900, 100).into());
        fixture.goblin.layout_changed();
        fixture.turn();
        Self {
            fixture,
            from,
            to,
            origin,
        }
    }

    /// Drags a text from the one over the other; whether that one was told of it.
    fn over(&mut self) -> bool {
        let fixture = &mut self.fixture;
        fixture.pointer_to(150, 150);
        fixture.press();
        self.from.roundtrip(fixture);
        let serial = *self.from.heard.presses.last().unwrap();
        let handle = self.from.handle();
        let manager: WlDataDeviceManager = self.from.bind();
        let device = manager.get_data_device(&self.from.globals().seat, &handle, ());
        let source = manager.create_data_source(&handle, ());
        source.offer(TEXT.to_owned());
        source.set_actions(DndAction::Copy);
        device.start_drag(Some(&source), &self.origin.surface, None, serial);
        self.from.roundtrip(fixture);
        fixture.pointer_to(950, 150);
        self.to.roundtrip(fixture);
        self.to.heard.data.is_dragged_over()
    }

    fn drop(&mut self) {
        self.fixture.release();
        self.to.roundtrip(&mut self.fixture);
        self.from.roundtrip(&mut self.fixture);
    }
}

#[test]
fn a_drag_enters_another_domain_only_after_a_persons_word() {
    let mut drag = Drag::new();
    assert!(!drag.over(), "before, the window is not told of it");
    drag.drop();
    let asked = questions(&mut drag.fixture);
    assert_eq!((asked[0].kind.as_str(), asked[0].types.len()), ("drag", 1));
    answer(&mut drag.fixture, asked[0].id, SelectionAnswer::Once);
    assert!(drag.over());
    drag.drop();
    assert!(questions(&mut drag.fixture).is_empty());
    // It was for once.
    assert!(!drag.over());
    drag.drop();
    let asked = questions(&mut drag.fixture);
    answer(&mut drag.fixture, asked[0].id, SelectionAnswer::Allow);
    for _ in 0..2 {
        assert!(drag.over());
        drag.drop();
    }
    assert!(questions(&mut drag.fixture).is_empty());
}

#[test]
fn a_drag_that_a_rule_denies_is_not_even_asked_about() {
    let mut drag = Drag::new();
    let rule = "[[selections]]\nfrom = \"board\"\nkind = \"drag\"\nthen = \"deny\"\n";
    configure(&mut drag.fixture, rule);
    assert!(!drag.over());
    drag.drop();
    assert!(questions(&mut drag.fixture).is_empty());
    configure(&mut drag.fixture, &rule.replace("deny", "allow"));
    assert!(drag.over());
}

/// What a client was told of primary selections.
#[derive(Default)]
pub(super) struct HeardPrimary {
    pub(super) offer: Option<ZwpPrimarySelectionOfferV1>,
    types: Vec<String>,
}

delegate_noop!(Heard: ignore ZwpPrimarySelectionDeviceManagerV1);

impl Dispatch<ZwpPrimarySelectionDeviceV1, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &ZwpPrimarySelectionDeviceV1,
        event: zwp_primary_selection_device_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwp_primary_selection_device_v1::Event::DataOffer { .. } => heard.marked.types.clear(),
            zwp_primary_selection_device_v1::Event::Selection { id } => heard.marked.offer = id,
            _ => {}
        }
    }

    event_created_child!(Heard, ZwpPrimarySelectionDeviceV1, [
        zwp_primary_selection_device_v1::EVT_DATA_OFFER_OPCODE => (ZwpPrimarySelectionOfferV1, ()),
    ]);
}

impl Dispatch<ZwpPrimarySelectionOfferV1, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &ZwpPrimarySelectionOfferV1,
        event: zwp_primary_selection_offer_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let zwp_primary_selection_offer_v1::Event::Offer { mime_type } = event {
            heard.marked.types.push(mime_type);
        }
    }
}

impl Dispatch<ZwpPrimarySelectionSourceV1, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &ZwpPrimarySelectionSourceV1,
        event: zwp_primary_selection_source_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let zwp_primary_selection_source_v1::Event::Send { fd, .. } = event {
            heard.data.asked.push(fd);
        }
    }
}

/// Marks a text in a window that has the keyboard.
fn mark(fixture: &mut Fixture, side: &mut Side) {
    side.focus(fixture);
    let handle = side.client.handle();
    let manager: ZwpPrimarySelectionDeviceManagerV1 = side.client.bind();
    let device = manager.get_device(&side.client.globals().seat, &handle, ());
    let source = manager.create_source(&handle, ());
    source.offer(TEXT.to_owned());
    device.set_selection(Some(&source), 1);
    side.client.roundtrip(fixture);
}

/// A client that is told of what is marked.
fn listening(fixture: &mut Fixture, domain: Domain) -> Side {
    let mut side = Side::new(fixture, domain);
    let manager: ZwpPrimarySelectionDeviceManagerV1 = side.client.bind();
    let _device = manager.get_device(&side.client.globals().seat, &side.client.handle(), ());
    side.client.roundtrip(fixture);
    side
}

#[test]
fn what_is_marked_stays_in_its_domain_unless_a_rule_lets_it_go() {
    let mut fixture = Fixture::new();
    let mut board = listening(&mut fixture, Domain::Board);
    let mut debian = listening(&mut fixture, inside("debian"));
    let mut neighbour = listening(&mut fixture, inside("debian"));
    mark(&mut fixture, &mut debian);
    board.focus(&mut fixture);
    assert!(board.client.heard.marked.offer.is_none());
    neighbour.focus(&mut fixture);
    assert_eq!(neighbour.client.heard.marked.types, [TEXT]);

    let rule = "[[selections]]\nto = \"*\"\nkind = \"primary\"\nthen = \"ask\"\n";
    configure(&mut fixture, rule);
    board.focus(&mut fixture);
    assert_eq!(board.client.heard.marked.types, [TEXT]);
    let offer = board.client.heard.marked.offer.clone().unwrap();
    let (_reader, writer) = UnixStream::pair().unwrap();
    offer.receive(TEXT.to_owned(), writer.as_fd());
    board.client.roundtrip(&mut fixture);
    let asked = questions(&mut fixture);
    assert_eq!(
        (asked[0].kind.as_str(), asked[0].from.as_str()),
        ("primary", "debian")
    );
    answer(&mut fixture, asked[0].id, SelectionAnswer::Once);
    debian.client.roundtrip(&mut fixture);
    assert_eq!(debian.client.heard.data.asked.len(), 1);
}
