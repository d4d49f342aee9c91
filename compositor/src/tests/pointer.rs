//! Moving, resizing and the buttons of a frame, by the pointer.

use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::{ResizeEdge, State};

use super::Fixture;
use crate::layout::Placement;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

#[test]
fn a_window_follows_its_title_bar() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let before = fixture.goblin.layout.frame_rect(id).unwrap();
    fixture.pointer_to(before.loc.x + 100, before.loc.y + 15);
    fixture.press();
    fixture.pointer_to(before.loc.x + 102, before.loc.y + 15);
    assert_eq!(
        fixture.goblin.layout.frame_rect(id),
        Some(before),
        "a twitch is no drag"
    );
    fixture.pointer_to(before.loc.x + 110, before.loc.y + 15);
    fixture.pointer_to(before.loc.x + 160, before.loc.y + 75);
    fixture.release();
    let after = fixture.goblin.layout.frame_rect(id).unwrap();
    assert_eq!(after.loc - before.loc, (60, 60).into());
}

#[test]
fn dropped_at_the_top_it_fills_the_screen() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let frame = fixture.goblin.layout.frame_rect(id).unwrap();
    fixture.pointer_to(frame.loc.x + 100, frame.loc.y + 15);
    fixture.press();
    fixture.pointer_to(frame.loc.x + 100, frame.loc.y - 50);
    fixture.pointer_to(frame.loc.x + 100, 0);
    fixture.release();
    client.roundtrip(&mut fixture);
    assert!(
        client
            .heard
            .last_configure(&window.toplevel)
            .has(State::Maximized)
    );
}

#[test]
fn an_edge_resizes_and_the_other_edge_stays() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let before = fixture.goblin.layout.content_rect(id).unwrap();
    let right = before.loc.x + before.size.w;
    // The left edge of the frame, in the middle of its height.
    fixture.pointer_to(before.loc.x - 3, before.loc.y + 200);
    fixture.press();
    fixture.pointer_to(before.loc.x - 43, before.loc.y + 230);
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert_eq!(told.size, (680, 480));
    assert!(told.has(State::Resizing));
    client.draw(&window, (678, 480), BLUE);
    client.roundtrip(&mut fixture);
    fixture.release();
    client.roundtrip(&mut fixture);
    assert!(
        !client
            .heard
            .last_configure(&window.toplevel)
            .has(State::Resizing)
    );
    client.draw(&window, (678, 480), BLUE);
    client.roundtrip(&mut fixture);
    let after = fixture.goblin.layout.content_rect(id).unwrap();
    assert_eq!((after.size.w, after.loc.x + after.size.w), (678, right));
}

#[test]
fn the_buttons_of_a_frame_do_what_they_show() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let frame = fixture.goblin.layout.frame_rect(id).unwrap();
    let (right, y) = (frame.loc.x + frame.size.w, frame.loc.y + 18);
    fixture.click(right - 52, y);
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert!(told.has(State::Maximized));
    client.draw(&window, told.size, BLUE);
    client.roundtrip(&mut fixture);
    // The restore button of the maximised window, then minimise.
    fixture.click(1920 - 52, 18);
    client.roundtrip(&mut fixture);
    assert!(
        !client
            .heard
            .last_configure(&window.toplevel)
            .has(State::Maximized)
    );
    client.draw(&window, (640, 480), BLUE);
    client.roundtrip(&mut fixture);
    fixture.click(right - 84, y);
    assert!(fixture.goblin.layout.window(id).unwrap().is_minimised());
    fixture.goblin.focus_window(id);
    fixture.click(right - 20, y);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes, [window.toplevel.id()]);
}

#[test]
fn a_press_that_leaves_the_button_does_nothing() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let frame = fixture
        .goblin
        .layout
        .frame_rect(fixture.only_window())
        .unwrap();
    fixture.pointer_to(frame.loc.x + frame.size.w - 20, frame.loc.y + 18);
    fixture.press();
    fixture.pointer_to(frame.loc.x + 50, frame.loc.y + 200);
    fixture.release();
    client.roundtrip(&mut fixture);
    assert!(client.heard.closes.is_empty());
}

#[test]
fn two_clicks_on_the_title_bar_maximise() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let frame = fixture.goblin.layout.frame_rect(id).unwrap();
    fixture.click(frame.loc.x + 100, frame.loc.y + 18);
    fixture.press();
    fixture.release();
    assert_eq!(
        fixture.goblin.layout.window(id).unwrap().placement(),
        Placement::Maximised
    );
}

#[test]
fn a_client_sees_the_pointer_on_its_own_pixels_only() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    fixture.pointer_to(content.loc.x + 30, content.loc.y + 40);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.pointer,
        Some((window.surface.id(), 30.5, 40.5))
    );
    fixture.pointer_to(content.loc.x + 30, content.loc.y - 10);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer, None, "the frame is ours");
}

#[test]
fn a_client_moves_its_window_only_while_it_holds_the_button() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    fixture.click(content.loc.x + 30, content.loc.y + 40);
    client.roundtrip(&mut fixture);
    let seat = client.globals().seat.clone();
    let stale = *client.heard.presses.last().unwrap();
    window.toplevel._move(&seat, stale);
    client.roundtrip(&mut fixture);
    fixture.pointer_to(content.loc.x + 130, content.loc.y + 40);
    assert_eq!(
        fixture.goblin.layout.content_rect(id),
        Some(content),
        "the button is up"
    );

    fixture.press();
    client.roundtrip(&mut fixture);
    let live = *client.heard.presses.last().unwrap();
    window.toplevel._move(&seat, live);
    client.roundtrip(&mut fixture);
    fixture.pointer_to(content.loc.x + 140, content.loc.y + 60);
    fixture.release();
    let after = fixture.goblin.layout.content_rect(id).unwrap();
    assert_eq!(after.loc - content.loc, (10, 20).into());
}

/// GTK asks on the first motion that it sees, which on a busy machine is the last of many.
#[test]
fn a_move_or_resize_that_is_asked_for_late_begins_where_the_button_went_down() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let before = fixture.goblin.layout.content_rect(id).unwrap();
    let seat = client.globals().seat.clone();
    fixture.pointer_to(before.loc.x + 30, before.loc.y + 40);
    fixture.press();
    fixture.pointer_to(before.loc.x + 130, before.loc.y + 90);
    client.roundtrip(&mut fixture);
    let press = *client.heard.presses.last().unwrap();
    window.toplevel._move(&seat, press);
    client.roundtrip(&mut fixture);
    let moved = fixture.goblin.layout.content_rect(id).unwrap();
    assert_eq!(moved.loc - before.loc, (100, 50).into());
    fixture.release();

    fixture.pointer_to(moved.loc.x + 630, moved.loc.y + 470);
    fixture.press();
    fixture.pointer_to(moved.loc.x + 650, moved.loc.y + 500);
    client.roundtrip(&mut fixture);
    let press = *client.heard.presses.last().unwrap();
    window
        .toplevel
        .resize(&seat, press, ResizeEdge::BottomRight);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.last_configure(&window.toplevel).size,
        (660, 510)
    );
}
