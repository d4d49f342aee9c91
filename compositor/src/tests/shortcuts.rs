//! A client that gets the shortcuts too, and the person who takes them back.

use wayland_client::delegate_noop;
use wayland_protocols::wp::keyboard_shortcuts_inhibit::zv1::client::zwp_keyboard_shortcuts_inhibit_manager_v1::ZwpKeyboardShortcutsInhibitManagerV1;
use wayland_protocols::wp::keyboard_shortcuts_inhibit::zv1::client::zwp_keyboard_shortcuts_inhibitor_v1::ZwpKeyboardShortcutsInhibitorV1;

use super::Fixture;
use super::dispatch::{Heard, note_events};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

delegate_noop!(Heard: ignore ZwpKeyboardShortcutsInhibitManagerV1);
note_events!(ZwpKeyboardShortcutsInhibitorV1);

#[test]
fn shortcuts_go_to_the_client_that_has_the_keyboard_until_super_escape() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let manager: ZwpKeyboardShortcutsInhibitManagerV1 = client.bind();
    let seat = client.globals().seat.clone();
    let handle = client.handle();
    let inhibitor = manager.inhibit_shortcuts(&window.surface, &seat, &handle, ());
    client.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&inhibitor), ["Active"]);
    client.heard.keys.clear();
    fixture.tap("super+q");
    client.roundtrip(&mut fixture);
    assert!(client.heard.closes.is_empty(), "no binding took it");
    assert_eq!(client.heard.keys.len(), 4, "super and q, down and up");

    let other = client.open(&mut fixture, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&inhibitor), ["Inactive"]);
    fixture.tap("super+q");
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.closes,
        [wayland_client::Proxy::id(&other.toplevel)]
    );
    fixture.tap("alt+Tab");
    client.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&inhibitor), ["Active"]);

    client.heard.keys.clear();
    fixture.tap("super+Escape");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.take_notes(&inhibitor), ["Inactive"]);
    assert_eq!(
        client.heard.keys.len(),
        2,
        "super alone: Escape was the person's word to us"
    );
    fixture.tap("super+q");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes.len(), 2);
}

#[test]
fn one_surface_has_one_inhibitor() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let manager: ZwpKeyboardShortcutsInhibitManagerV1 = client.bind();
    let seat = client.globals().seat.clone();
    let handle = client.handle();
    let first = manager.inhibit_shortcuts(&window.surface, &seat, &handle, ());
    first.destroy();
    let _second = manager.inhibit_shortcuts(&window.surface, &seat, &handle, ());
    client.roundtrip(&mut fixture);
    let _third = manager.inhibit_shortcuts(&window.surface, &seat, &handle, ());
    assert!(client.try_roundtrip(&mut fixture).is_err());
    drop(client);
    fixture.turn();
    assert!(!fixture.goblin.globals.shortcuts_inhibit.is_active());
}
