//! What games ask of the pointer: to stay, to stay inside, to say how far the hand went, to be elsewhere.

use wayland_client::delegate_noop;
use wayland_client::protocol::wl_pointer::WlPointer;
use wayland_protocols::wp::pointer_constraints::zv1::client::zwp_confined_pointer_v1::ZwpConfinedPointerV1;
use wayland_protocols::wp::pointer_constraints::zv1::client::zwp_locked_pointer_v1::ZwpLockedPointerV1;
use wayland_protocols::wp::pointer_constraints::zv1::client::zwp_pointer_constraints_v1::{
    Lifetime, ZwpPointerConstraintsV1,
};
use wayland_protocols::wp::pointer_warp::v1::client::wp_pointer_warp_v1::WpPointerWarpV1;
use wayland_protocols::wp::relative_pointer::zv1::client::zwp_relative_pointer_manager_v1::ZwpRelativePointerManagerV1;
use wayland_protocols::wp::relative_pointer::zv1::client::zwp_relative_pointer_v1::ZwpRelativePointerV1;

use super::client::TestWindow;
use super::dispatch::{Heard, note_events};
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore ZwpPointerConstraintsV1);
delegate_noop!(Heard: ignore ZwpRelativePointerManagerV1);
delegate_noop!(Heard: ignore WpPointerWarpV1);
note_events!(
    ZwpLockedPointerV1,
    ZwpConfinedPointerV1,
    ZwpRelativePointerV1
);

/// A client with a window of 400×300 whose content begins at 100, 100, and the pointer in it at
/// 200, 200.
fn game(fixture: &mut Fixture) -> (Client, TestWindow, WlPointer) {
    let mut client = fixture.connect();
    let window = client.open(fixture, (400, 300), BLUE);
    let id = *fixture.goblin.layout.stacking().last().unwrap();
    fixture.goblin.layout.move_to(id, (100, 100).into());
    fixture.goblin.layout_changed();
    fixture.turn();
    fixture.pointer_to(200, 200);
    client.roundtrip(fixture);
    let pointer = client.globals().seat.get_pointer(&client.handle(), ());
    client.roundtrip(fixture);
    (client, window, pointer)
}

fn place(fixture: &Fixture) -> (i32, i32) {
    let pos = fixture.goblin.pointer_location().to_i32_floor::<i32>();
    (pos.x, pos.y)
}

fn by(fixture: &mut Fixture, dx: f64, dy: f64) {
    let time = fixture.goblin.now_ms();
    let delta = (dx, dy).into();
    fixture
        .goblin
        .pointer_moved_by(delta, (dx * 2.0, dy * 2.0).into(), time);
    fixture.turn();
}

#[test]
fn a_locked_pointer_stays_and_the_game_hears_how_far_the_hand_went() {
    let mut fixture = Fixture::new();
    let (mut client, window, pointer) = game(&mut fixture);
    let handle = client.handle();
    let manager: ZwpPointerConstraintsV1 = client.bind();
    let relative: ZwpRelativePointerManagerV1 = client.bind();
    let relative = relative.get_relative_pointer(&pointer, &handle, ());
    let lifetime = Lifetime::Persistent;
    let locked = manager.lock_pointer(&window.surface, &pointer, None, lifetime, &handle, ());
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&locked), ["Locked"]);
    by(&mut fixture, 30.0, -10.0);
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture), (200, 200));
    let heard = client.heard.take_notes(&relative);
    let told = "dx: 30.0, dy: -10.0, dx_unaccel: 60.0, dy_unaccel: -20.0";
    assert!(heard.len() == 1 && heard[0].contains(told), "{heard:?}");

    // Where the game drew its own is where it is let go.
    locked.set_cursor_position_hint(50.0, 60.0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture), (150, 160));
    locked.destroy();
    client.roundtrip(&mut fixture);
    by(&mut fixture, 5.0, 5.0);
    assert_eq!(place(&fixture), (155, 165));
}

#[test]
fn the_pointer_is_free_when_another_window_gets_the_keyboard() {
    let mut fixture = Fixture::new();
    let (mut client, window, pointer) = game(&mut fixture);
    let handle = client.handle();
    let manager: ZwpPointerConstraintsV1 = client.bind();
    let lifetime = Lifetime::Persistent;
    let locked = manager.lock_pointer(&window.surface, &pointer, None, lifetime, &handle, ());
    client.roundtrip(&mut fixture);
    client.heard.take_notes(&locked);
    let mut other = fixture.connect();
    other.open(&mut fixture, (100, 80), BLUE);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&locked), ["Unlocked"]);
    by(&mut fixture, 10.0, 0.0);
    assert_eq!(place(&fixture), (210, 200));
    fixture.tap("alt+Tab");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&locked), ["Locked"]);
}

#[test]
fn a_confined_pointer_slides_along_the_edge() {
    let mut fixture = Fixture::new();
    let (mut client, window, pointer) = game(&mut fixture);
    let handle = client.handle();
    let region = client.globals().compositor.create_region(&handle, ());
    region.add(50, 50, 200, 200);
    let manager: ZwpPointerConstraintsV1 = client.bind();
    let (region, lifetime) = (Some(&region), Lifetime::Oneshot);
    let confined =
        manager.confine_pointer(&window.surface, &pointer, region, lifetime, &handle, ());
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&confined), ["Confined"]);
    // The region ends at 350, 350 of the screen.
    fixture.pointer_to(900, 220);
    assert_eq!(
        place(&fixture),
        (349, 220),
        "to the right is barred at the edge, down is not"
    );
    fixture.pointer_to(160, 900);
    assert_eq!(place(&fixture), (160, 349));
    fixture.pointer_to(-500, -500);
    assert_eq!(place(&fixture), (150, 150));
    fixture.pointer_to(900, 900);
    assert_eq!(place(&fixture), (349, 349), "into the corner in one go");
    confined.destroy();
    client.roundtrip(&mut fixture);
    fixture.pointer_to(900, 900);
    assert_eq!(place(&fixture), (900, 900));
}

#[test]
fn one_constraint_for_a_surface_and_none_on_what_is_gone() {
    let mut fixture = Fixture::new();
    let (mut client, window, pointer) = game(&mut fixture);
    let handle = client.handle();
    let manager: ZwpPointerConstraintsV1 = client.bind();
    let lock = |client: &Client, window: &TestWindow| {
        let lifetime = Lifetime::Oneshot;
        manager.lock_pointer(
            &window.surface,
            &pointer,
            None,
            lifetime,
            &client.handle(),
            (),
        )
    };
    let first = lock(&client, &window);
    client.roundtrip(&mut fixture);
    window.toplevel.destroy();
    window.xdg.destroy();
    window.surface.destroy();
    client.roundtrip(&mut fixture);
    first.set_cursor_position_hint(f64::MAX, -1.0);
    first.set_region(None);
    first.destroy();
    client.roundtrip(&mut fixture);
    fixture.pointer_to(5, 5);
    let window = client.open(&mut fixture, (100, 80), BLUE);
    let _one = lock(&client, &window);
    let _two = manager.confine_pointer(
        &window.surface,
        &pointer,
        None,
        Lifetime::Oneshot,
        &handle,
        (),
    );
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (100, 80), BLUE);
}

#[test]
fn a_client_that_has_the_pointer_puts_it_elsewhere_on_its_own_window() {
    let mut fixture = Fixture::new();
    let (mut client, window, pointer) = game(&mut fixture);
    let warp: WpPointerWarpV1 = client.bind();
    let serial = client.heard.pointer_serial;
    warp.warp_pointer(&window.surface, &pointer, 300.0, 250.0, serial);
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture), (400, 350));
    let at = client.heard.pointer.clone().map(|(_, x, y)| (x, y));
    assert_eq!(at, Some((300.0, 250.0)), "and it is told");
    // Outside of the window, by another serial, without the pointer: nothing.
    warp.warp_pointer(&window.surface, &pointer, 401.0, 10.0, serial);
    warp.warp_pointer(&window.surface, &pointer, f64::MIN, f64::MAX, serial);
    warp.warp_pointer(
        &window.surface,
        &pointer,
        10.0,
        10.0,
        serial.wrapping_add(1),
    );
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture), (400, 350));
    fixture.pointer_to(900, 900);
    warp.warp_pointer(&window.surface, &pointer, 10.0, 10.0, serial);
    client.roundtrip(&mut fixture);
    assert_eq!(place(&fixture), (900, 900));
}
