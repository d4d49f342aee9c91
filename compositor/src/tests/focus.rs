//! Who has the keyboard, and what the keys do.

use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::Fixture;
use trees::desktop::Snap;

use crate::layout::Placement;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const RED: [u8; 3] = [0xc0, 0x40, 0x30];

#[test]
fn a_click_brings_a_window_to_the_front_with_the_keyboard() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let below = client.open(&mut fixture, (640, 480), BLUE);
    let above = client.open(&mut fixture, (640, 480), RED);
    assert_eq!(client.heard.keyboard, Some(above.surface.id()));
    let layout = &fixture.goblin.layout;
    let first = layout.stacking()[0];
    let loc = layout.content_rect(first).unwrap().loc;
    fixture.click(loc.x + 5, loc.y + 300);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(below.surface.id()));
    assert_eq!(fixture.goblin.layout.stacking().last(), Some(&first));
    assert!(
        !client
            .heard
            .last_configure(&above.toplevel)
            .has(State::Activated)
    );
}

#[test]
fn keys_reach_the_focused_window_and_bindings_do_not() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    fixture.tap("a");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keys, [(30, true), (30, false)]);
    client.heard.keys.clear();
    fixture.tap("super+q");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes, [window.toplevel.id()]);
    assert_eq!(
        client.heard.keys,
        [(125, true), (125, false)],
        "super alone, q was a binding"
    );
}

#[test]
fn arrows_with_super_tile_maximise_and_minimise() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    let placement = |fixture: &Fixture| fixture.goblin.layout.window(id).unwrap().placement();
    fixture.tap("super+Left");
    assert_eq!(placement(&fixture), Placement::Snapped(Snap::Left));
    fixture.tap("super+Up");
    assert_eq!(placement(&fixture), Placement::Maximised);
    fixture.tap("super+Down");
    assert_eq!(placement(&fixture), Placement::Floating);
    fixture.tap("super+m");
    assert!(fixture.goblin.layout.window(id).unwrap().is_minimised());
    fixture.tap("super+shift+m");
    assert!(!fixture.goblin.layout.window(id).unwrap().is_minimised());
}

#[test]
fn the_focus_returns_when_a_window_closes() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let first = client.open(&mut fixture, (300, 200), BLUE);
    let second = client.open(&mut fixture, (300, 200), RED);
    second.toplevel.destroy();
    second.xdg.destroy();
    second.surface.destroy();
    client.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(first.surface.id()));
    assert!(
        client
            .heard
            .last_configure(&first.toplevel)
            .has(State::Activated)
    );
}
