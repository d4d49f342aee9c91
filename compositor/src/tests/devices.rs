//! Gestures of a touchpad and tools of a tablet, on their way to a client.

use smithay::backend::input::{
    ButtonState, TabletToolCapabilities, TabletToolDescriptor, TabletToolType,
};
use smithay::input::pointer::{
    GestureHoldBeginEvent, GestureHoldEndEvent, GesturePinchBeginEvent, GesturePinchEndEvent,
    GesturePinchUpdateEvent, GestureSwipeBeginEvent, GestureSwipeEndEvent, GestureSwipeUpdateEvent,
};
use smithay::utils::SERIAL_COUNTER;
use smithay::wayland::tablet_manager::TabletDescriptor;
use wayland_client::{
    Connection, Dispatch, Proxy, QueueHandle, delegate_noop, event_created_child,
};
use wayland_protocols::wp::pointer_gestures::zv1::client::{
    zwp_pointer_gesture_hold_v1::ZwpPointerGestureHoldV1,
    zwp_pointer_gesture_pinch_v1::ZwpPointerGesturePinchV1,
    zwp_pointer_gesture_swipe_v1::ZwpPointerGestureSwipeV1,
    zwp_pointer_gestures_v1::ZwpPointerGesturesV1,
};
use wayland_protocols::wp::tablet::zv2::client::{
    zwp_tablet_manager_v2::ZwpTabletManagerV2,
    zwp_tablet_seat_v2::{self, ZwpTabletSeatV2},
    zwp_tablet_tool_v2::ZwpTabletToolV2,
    zwp_tablet_v2::ZwpTabletV2,
};

use super::Fixture;
use super::dispatch::{Heard, note_events};
use crate::input::{Gesture, ToolAxes};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore ZwpPointerGesturesV1);
delegate_noop!(Heard: ignore ZwpTabletManagerV2);
note_events!(
    ZwpPointerGestureSwipeV1,
    ZwpPointerGesturePinchV1,
    ZwpPointerGestureHoldV1,
    ZwpTabletV2,
    ZwpTabletToolV2
);

impl Dispatch<ZwpTabletSeatV2, ()> for Heard {
    fn event(
        heard: &mut Self,
        seat: &ZwpTabletSeatV2,
        event: zwp_tablet_seat_v2::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let word = match event {
            zwp_tablet_seat_v2::Event::TabletAdded { .. } => "tablet",
            zwp_tablet_seat_v2::Event::ToolAdded { .. } => "tool",
            _ => return,
        };
        heard.notes.push((seat.id(), word.to_owned()));
    }

    event_created_child!(Heard, ZwpTabletSeatV2, [
        zwp_tablet_seat_v2::EVT_TABLET_ADDED_OPCODE => (ZwpTabletV2, ()),
        zwp_tablet_seat_v2::EVT_TOOL_ADDED_OPCODE => (ZwpTabletToolV2, ()),
    ]);
}

#[test]
fn gestures_go_to_the_client_under_the_pointer() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (400, 300), BLUE);
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    fixture.pointer_to(content.loc.x + 10, content.loc.y + 10);
    let handle = client.handle();
    let pointer = client.globals().seat.get_pointer(&handle, ());
    let manager: ZwpPointerGesturesV1 = client.bind();
    let swipe = manager.get_swipe_gesture(&pointer, &handle, ());
    let pinch = manager.get_pinch_gesture(&pointer, &handle, ());
    let hold = manager.get_hold_gesture(&pointer, &handle, ());
    client.roundtrip(&mut fixture);
    let serial = SERIAL_COUNTER.next_serial();
    let (time, fingers) = (7, 3);
    let goblin = &mut fixture.goblin;
    goblin.gesture(&Gesture::SwipeBegin(GestureSwipeBeginEvent {
        serial,
        time,
        fingers,
    }));
    goblin.gesture(&Gesture::Swipe(GestureSwipeUpdateEvent {
        time,
        delta: (4.0, -2.0).into(),
    }));
    goblin.gesture(&Gesture::SwipeEnd(GestureSwipeEndEvent {
        serial,
        time,
        cancelled: false,
    }));
    goblin.gesture(&Gesture::PinchBegin(GesturePinchBeginEvent {
        serial,
        time,
        fingers,
    }));
    goblin.gesture(&Gesture::Pinch(GesturePinchUpdateEvent {
        time,
        delta: (0.0, 0.0).into(),
        scale: 1.5,
        rotation: 45.0,
    }));
    goblin.gesture(&Gesture::PinchEnd(GesturePinchEndEvent {
        serial,
        time,
        cancelled: true,
    }));
    goblin.gesture(&Gesture::HoldBegin(GestureHoldBeginEvent {
        serial,
        time,
        fingers,
    }));
    goblin.gesture(&Gesture::HoldEnd(GestureHoldEndEvent {
        serial,
        time,
        cancelled: false,
    }));
    client.roundtrip(&mut fixture);
    let words = |notes: Vec<String>| -> String { notes.join(" | ") };
    let told = words(client.heard.take_notes(&swipe));
    assert!(
        told.contains("Begin") && told.contains("fingers: 3"),
        "{told}"
    );
    assert!(
        told.contains("dx: 4.0, dy: -2.0") && told.contains("cancelled: 0"),
        "{told}"
    );
    let told = words(client.heard.take_notes(&pinch));
    assert!(
        told.contains("scale: 1.5, rotation: 45.0") && told.contains("cancelled: 1"),
        "{told}"
    );
    let told = words(client.heard.take_notes(&hold));
    assert!(told.contains("Begin") && told.contains("End"), "{told}");

    // Over nothing they go nowhere.
    fixture.pointer_to(1900, 1000);
    fixture
        .goblin
        .gesture(&Gesture::SwipeBegin(GestureSwipeBeginEvent {
            serial,
            time,
            fingers,
        }));
    client.roundtrip(&mut fixture);
    assert!(client.heard.take_notes(&swipe).is_empty());
    drop(window);
}

#[test]
fn a_pen_draws_on_the_window_it_is_over() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let manager: ZwpTabletManagerV2 = client.bind();
    let seat = manager.get_tablet_seat(&client.globals().seat, &client.handle(), ());
    client.open(&mut fixture, (400, 300), BLUE);
    client.roundtrip(&mut fixture);
    let tablet = TabletDescriptor {
        name: "Slate".to_owned(),
        usb_id: Some((1, 2)),
        syspath: None,
    };
    let pen = TabletToolDescriptor {
        tool_type: TabletToolType::Pen,
        hardware_serial: 5,
        hardware_id_wacom: 0,
        capabilities: TabletToolCapabilities::PRESSURE | TabletToolCapabilities::TILT,
    };
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    let at = |x: i32, y: i32| (content.loc + crate::layout::Pos::from((x, y))).to_f64();
    let goblin = &mut fixture.goblin;
    goblin.tablet_added(&tablet);
    goblin.tool_near(&pen, &tablet, Some(at(10, 10)), 1);
    goblin.tool_tip(&pen, Some(at(10, 10)), 2);
    let axes = ToolAxes {
        pressure: Some(0.5),
        tilt: Some((10.0, -5.0)),
        ..ToolAxes::default()
    };
    goblin.tool_moved(&pen, &tablet, at(30, 40), axes, 3);
    goblin.tool_button(&pen, 0x14b, ButtonState::Pressed, 4);
    goblin.tool_tip(&pen, None, 5);
    goblin.tool_near(&pen, &tablet, None, 6);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&seat), ["tablet", "tool"]);
    let told: Vec<String> = client.heard.notes.drain(..).map(|(_, note)| note).collect();
    let told = told.join(" | ");
    for part in [
        "Name { name: \"Slate\" }",
        "Type { tool_type: Value(Pen) }",
        "Capability { capability: Value(Pressure) }",
        "ProximityIn",
        "Down",
        "Motion { x: 30.0, y: 40.0 }",
        "Pressure { pressure: 32768 }",
        "Tilt { tilt_x: 10.0, tilt_y: -5.0 }",
        "Button",
        "Up",
        "ProximityOut",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    // (smithay 0.7.0 never says `removed` to who knows it: its objects keep each other alive.)
    fixture.goblin.tablet_removed(&tablet);
    let late = manager.get_tablet_seat(&client.globals().seat, &client.handle(), ());
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&late), Vec::<String>::new());
}
