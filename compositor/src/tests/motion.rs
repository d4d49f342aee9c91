//! Motions of the pointer that come faster than anybody looks.

use std::time::Instant;

use smithay::backend::input::{Axis, ButtonState};
use smithay::input::pointer::AxisFrame;
use wayland_protocols::wp::pointer_constraints::zv1::client::zwp_pointer_constraints_v1::{
    Lifetime, ZwpPointerConstraintsV1,
};
use wayland_protocols::wp::relative_pointer::zv1::client::zwp_relative_pointer_manager_v1::ZwpRelativePointerManagerV1;
use wayland_protocols::wp::relative_pointer::zv1::client::zwp_relative_pointer_v1::ZwpRelativePointerV1;
use wayland_protocols_wlr::virtual_pointer::v1::client::zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1;

use super::client::TestWindow;
use super::fixture::PATIENCE;
use super::{Client, Fixture};
use crate::goblin::Goblin;
use crate::input::LEFT;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

/// A client with a window whose content begins at 100, 100, the pointer at 100, 100 of it, and what tells how far
/// the hand went.
fn over_a_window(fixture: &mut Fixture) -> (Client, TestWindow, ZwpRelativePointerV1) {
    let mut client = fixture.connect();
    let window = client.open(fixture, (400, 300), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, (100, 100).into());
    fixture.goblin.layout_changed();
    fixture.turn();
    let manager: ZwpRelativePointerManagerV1 = client.bind();
    let handle = client.handle();
    let pointer = client.globals().seat.get_pointer(&handle, ());
    let relative = manager.get_relative_pointer(&pointer, &handle, ());
    to(&mut fixture.goblin, 200.0, 200.0);
    fixture.turn();
    client.roundtrip(fixture);
    pointer.release();
    client.roundtrip(fixture);
    client.heard.pointer_acts.clear();
    client.heard.take_notes(&relative);
    (client, window, relative)
}

fn to(goblin: &mut Goblin, x: f64, y: f64) {
    let time = goblin.now_ms();
    goblin.pointer_moved((x, y).into(), time);
}

fn by(goblin: &mut Goblin, x: f64, y: f64) {
    let time = goblin.now_ms();
    goblin.pointer_moved_by((x, y).into(), (2.0 * x, 2.0 * y).into(), time);
}

#[test]
fn the_motions_of_a_turn_are_told_once_and_a_game_hears_their_sum() {
    let mut fixture = Fixture::new();
    let (mut client, _window, relative) = over_a_window(&mut fixture);
    for _ in 0..10 {
        by(&mut fixture.goblin, 3.0, -1.0);
    }
    assert_eq!(
        fixture.goblin.pointer_location(),
        (200.0, 200.0).into(),
        "not before the turn ends"
    );
    fixture.turn();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer_acts, ["130 90"]);
    let heard = client.heard.take_notes(&relative);
    let told = "dx: 30.0, dy: -10.0, dx_unaccel: 60.0, dy_unaccel: -20.0";
    assert!(heard.len() == 1 && heard[0].contains(told), "{heard:?}");
    to(&mut fixture.goblin, 240.0, 195.0);
    to(&mut fixture.goblin, 250.0, 200.0);
    fixture.turn();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer_acts, ["130 90", "150 100"]);
}

#[test]
fn each_step_ends_at_the_edge_of_the_screen() {
    let mut fixture = Fixture::new();
    to(&mut fixture.goblin, 10.0, 10.0);
    by(&mut fixture.goblin, -500.0, 0.0);
    by(&mut fixture.goblin, 5.0, 0.0);
    fixture.turn();
    assert_eq!(fixture.goblin.pointer_location(), (5.0, 10.0).into());
}

#[test]
fn a_press_and_the_wheel_come_where_the_pointer_was_then() {
    let mut fixture = Fixture::new();
    let (mut client, _window, _relative) = over_a_window(&mut fixture);
    let goblin = &mut fixture.goblin;
    let time = goblin.now_ms();
    by(goblin, 10.0, 0.0);
    by(goblin, 10.0, 0.0);
    goblin.pointer_button(LEFT, ButtonState::Pressed, time);
    by(goblin, 0.0, 5.0);
    goblin.pointer_button(LEFT, ButtonState::Released, time);
    by(goblin, 0.0, 5.0);
    goblin.pointer_axis(AxisFrame::new(time).value(Axis::Vertical, 15.0));
    by(goblin, 1.0, 0.0);
    by(goblin, 1.0, 0.0);
    fixture.turn();
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.pointer_acts,
        [
            "120 100", "press", "120 105", "120 110", "scroll", "122 110"
        ]
    );
}

/// The pointer is put on the title bar, held, and moved, all before anybody looks.
#[test]
fn a_drag_of_one_turn_moves_the_window() {
    let mut fixture = Fixture::new();
    let (_client, _window, _relative) = over_a_window(&mut fixture);
    let id = fixture.only_window();
    let before = fixture.goblin.layout.frame_rect(id).unwrap();
    let (x, y) = (f64::from(before.loc.x), f64::from(before.loc.y));
    let goblin = &mut fixture.goblin;
    let time = goblin.now_ms();
    to(goblin, x + 100.0, y + 15.0);
    goblin.pointer_button(LEFT, ButtonState::Pressed, time);
    for step in 1..=60 {
        to(goblin, x + 100.0 + f64::from(step), y + 15.0);
    }
    fixture.turn();
    to(&mut fixture.goblin, x + 170.0, y + 15.0);
    fixture.release();
    let after = fixture.goblin.layout.frame_rect(id).unwrap();
    assert_eq!(after.loc - before.loc, (70, 0).into());
}

#[test]
fn what_was_moved_before_a_lock_is_moved_and_what_was_moved_under_it_is_not() {
    let mut fixture = Fixture::new();
    let (mut client, window, relative) = over_a_window(&mut fixture);
    let handle = client.handle();
    let pointer = client.globals().seat.get_pointer(&handle, ());
    let manager: ZwpPointerConstraintsV1 = client.bind();
    client.roundtrip(&mut fixture);
    let lifetime = Lifetime::Persistent;
    let locked = manager.lock_pointer(&window.surface, &pointer, None, lifetime, &handle, ());
    by(&mut fixture.goblin, 20.0, 0.0);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&locked), ["Locked"]);
    assert_eq!(fixture.goblin.pointer_location(), (220.0, 200.0).into());
    client.heard.take_notes(&relative);
    for _ in 0..5 {
        by(&mut fixture.goblin, 7.0, 0.0);
    }
    // In the turn in which these motions are told.
    locked.destroy();
    client.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.pointer_location(), (220.0, 200.0).into());
    let heard = client.heard.take_notes(&relative);
    assert!(
        heard.len() == 1 && heard[0].contains("dx: 35.0"),
        "{heard:?}"
    );
    by(&mut fixture.goblin, 7.0, 0.0);
    fixture.turn();
    assert_eq!(fixture.goblin.pointer_location(), (227.0, 200.0).into());
}

/// By the machine's clock: however slow it is, nobody is looked at more often than the time that went by
/// allows.
#[test]
fn a_client_that_floods_us_is_read_once_in_a_millisecond_and_loses_nothing() {
    const TURNS: u32 = 300;
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let mut other = fixture.connect();
    let manager: ZwlrVirtualPointerManagerV1 = client.bind();
    let hand = manager.create_virtual_pointer(None, &client.handle(), ());
    hand.motion_absolute(0, 0, 1, 2, 2);
    hand.frame();
    client.roundtrip(&mut fixture);
    let begun = Instant::now();
    let (mut reads, mut seen) = (0, fixture.goblin.input.motions);
    for _ in 0..TURNS {
        for _ in 0..20 {
            hand.motion(0, 0.25, 0.0);
            hand.frame();
        }
        client.connection().flush().unwrap();
        fixture.turn();
        if fixture.goblin.input.motions != seen {
            (reads, seen) = (reads + 1, fixture.goblin.input.motions);
        }
    }
    let time = begun.elapsed();
    assert!(reads <= 2 + time.as_millis(), "{reads} in {time:?}");
    // Others are not held up: they have their answer while this one waits, or it does not wait any more.
    other.roundtrip(&mut fixture);
    let place = f64::from(TURNS) * 5.0;
    while fixture.goblin.pointer_location().x < place {
        assert!(begun.elapsed() < PATIENCE, "motions were lost");
        fixture.turn();
    }
    client.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.pointer_location().x, place);
}
