//! Programs of the board that type.

use std::io::Write;
use std::os::fd::AsFd;

use wayland_client::delegate_noop;
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1;
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_v1::ZwpVirtualKeyboardV1;

use super::dispatch::Heard;
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const KEYMAP: &str = "xkb_keymap {
    xkb_keycodes { minimum = 8; maximum = 255; <X> = 38; };
    xkb_types { include \"complete\" };
    xkb_compatibility { include \"complete\" };
    xkb_symbols { key <X> { [ x ] }; };
};\0";
const TEXT_V1: u32 = 1;

delegate_noop!(Heard: ignore ZwpVirtualKeyboardManagerV1);
delegate_noop!(Heard: ignore ZwpVirtualKeyboardV1);

fn keyboard(client: &Client) -> ZwpVirtualKeyboardV1 {
    let manager: ZwpVirtualKeyboardManagerV1 = client.bind();
    manager.create_virtual_keyboard(&client.globals().seat, &client.handle(), ())
}

fn file(text: &str) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn what_a_virtual_keyboard_types_reaches_the_focused_window() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    let mut typist = fixture.connect();
    let keyboard = keyboard(&typist);
    let size = u32::try_from(KEYMAP.len()).unwrap();
    keyboard.keymap(TEXT_V1, file(KEYMAP).as_fd(), size);
    keyboard.key(1, 30, 1);
    keyboard.modifiers(1, 0, 0, 0);
    keyboard.key(2, 30, 0);
    typist.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keys, [(30, true), (30, false)]);
    // It is no way around the bindings, nor into them: the person's own keys work as before.
    drop(typist);
    fixture.turn();
    fixture.tap("super+q");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes.len(), 1);
}

/// smithay 0.7.0 maps the client's file at the size that the client gives, and reads beyond its end.
#[test]
fn a_keymap_that_is_shorter_than_it_says_kills_nobody() {
    let mut fixture = Fixture::new();
    for size in [0, 1, 4095, 4096, 1 << 19, 1 << 20, u32::MAX] {
        for text in ["", "x", KEYMAP] {
            let mut typist = fixture.connect();
            let keyboard = keyboard(&typist);
            keyboard.keymap(TEXT_V1, file(text).as_fd(), size);
            keyboard.modifiers(u32::MAX, u32::MAX, u32::MAX, u32::MAX);
            let _ = typist.try_roundtrip(&mut fixture);
            keyboard.key(u32::MAX, u32::MAX, u32::MAX);
            let _ = typist.try_roundtrip(&mut fixture);
        }
    }
    let mut typist = fixture.connect();
    let (pipe, _writer) = std::io::pipe().unwrap();
    keyboard(&typist).keymap(TEXT_V1, pipe.as_fd(), 100);
    keyboard(&typist).keymap(77, file(KEYMAP).as_fd(), 100);
    typist.roundtrip(&mut fixture);
    let mut witness = fixture.connect();
    witness.open(&mut fixture, (300, 200), BLUE);
}

#[test]
fn a_key_before_the_keymap_is_an_error() {
    let mut fixture = Fixture::new();
    let mut typist = fixture.connect();
    keyboard(&typist).key(1, 30, 1);
    assert!(typist.try_roundtrip(&mut fixture).is_err());
}
