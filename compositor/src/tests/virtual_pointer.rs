//! `zwlr_virtual_pointer_manager_v1`: what a program does with a pointer of its own.

use wayland_client::delegate_noop;
use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::protocol::wl_pointer::{Axis, AxisSource, ButtonState};
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1;
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1;

use super::dispatch::Heard;
use super::{Client, Fixture};
use crate::input::LEFT;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore ZwlrVirtualPointerManagerV1);
delegate_noop!(Heard: ignore ZwlrVirtualPointerV1);

fn hand(client: &Client) -> ZwlrVirtualPointerV1 {
    let manager: ZwlrVirtualPointerManagerV1 = client.bind();
    manager.create_virtual_pointer(None, &client.handle(), ())
}

fn pos(fixture: &Fixture) -> (i32, i32) {
    let pos = fixture.goblin.pointer_location().to_i32_round::<i32>();
    (pos.x, pos.y)
}

#[test]
fn it_moves_by_steps_and_to_places_of_all_outputs_or_of_one() {
    let mut fixture = Fixture::with_outputs(&["400x300@1", "600x300@1"]);
    let mut client = fixture.connect();
    let hand = hand(&client);
    hand.motion_absolute(0, 500, 1, 1000, 3);
    hand.frame();
    client.roundtrip(&mut fixture);
    assert_eq!(pos(&fixture), (500, 100));
    hand.motion(0, -15.0, 10.0);
    hand.motion(0, -5.0, 0.0);
    client.roundtrip(&mut fixture);
    assert_eq!(pos(&fixture), (500, 100), "not before the frame");
    hand.frame();
    client.roundtrip(&mut fixture);
    assert_eq!(pos(&fixture), (480, 110));

    let manager: ZwlrVirtualPointerManagerV1 = client.bind();
    let output: WlOutput = client.bind();
    let handle = client.handle();
    let local = manager.create_virtual_pointer_with_output(None, Some(&output), &handle, ());
    local.motion_absolute(0, 1, 1, 2, 2);
    local.frame();
    client.roundtrip(&mut fixture);
    assert_eq!(pos(&fixture), (200, 150));

    hand.motion_absolute(0, 5, 5, 0, 0);
    hand.motion_absolute(0, u32::MAX, u32::MAX, 1, 1);
    hand.frame();
    client.roundtrip(&mut fixture);
    let (x, y) = pos(&fixture);
    assert!(
        (990..=1000).contains(&x) && (290..=300).contains(&y),
        "{x} {y}"
    );
}

#[test]
fn a_click_reaches_the_window_and_what_is_held_is_let_go_with_the_pointer() {
    let mut fixture = Fixture::with_outputs(&["400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let content = fixture.goblin.layout.content_rect(fixture.only_window());
    let at = content.unwrap().loc;
    let mut program = fixture.connect();
    let hand = hand(&program);
    let number = i32::unsigned_abs;
    hand.motion_absolute(0, number(at.x + 10), number(at.y + 20), 400, 300);
    hand.button(0, LEFT, ButtonState::Pressed);
    hand.button(0, LEFT, ButtonState::Pressed);
    hand.frame();
    program.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.presses.len(), 1, "held is held");
    let (_, x, y) = client.heard.pointer.clone().unwrap();
    assert_eq!((x.round(), y.round()), (10.0, 20.0));
    let pointer = fixture.goblin.seat.get_pointer().unwrap();
    assert!(pointer.is_grabbed(), "the press holds the pointer");
    hand.destroy();
    program.roundtrip(&mut fixture);
    assert!(!pointer.is_grabbed());
}

#[test]
fn a_frame_that_does_not_end_is_carried_out_in_parts_or_not_at_all() {
    let mut fixture = Fixture::with_outputs(&["400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let mut program = fixture.connect();
    let hand = hand(&program);
    hand.motion_absolute(0, 1, 1, 2, 2);
    hand.frame();
    hand.button(0, LEFT, ButtonState::Pressed);
    hand.destroy();
    program.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.presses.len(), 0);
    let second = self::hand(&program);
    for _ in 0..500 {
        second.button(0, LEFT, ButtonState::Pressed);
        second.button(0, LEFT, ButtonState::Released);
    }
    program.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    let clicks = client.heard.presses.len();
    assert!((480..500).contains(&clicks), "{clicks}");
}

#[test]
fn it_scrolls_by_frames() {
    let mut fixture = Fixture::with_outputs(&["400x300@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (200, 100), BLUE);
    let mut program = fixture.connect();
    let hand = hand(&program);
    hand.motion_absolute(0, 1, 1, 2, 2);
    hand.axis_source(AxisSource::Wheel);
    hand.axis_discrete(0, Axis::VerticalScroll, 15.0, 1);
    program.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.scrolled, (0.0, 0.0), "not before the frame");
    hand.frame();
    program.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.scrolled, (0.0, 15.0));
    hand.axis_discrete(0, Axis::HorizontalScroll, 1.0, i32::MAX);
    hand.axis_discrete(0, Axis::HorizontalScroll, 1.0, i32::MAX);
    hand.frame();
    hand.frame();
    program.roundtrip(&mut fixture);
}
