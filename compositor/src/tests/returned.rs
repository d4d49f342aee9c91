//! Pictures that clients get back, and whose pages they are.

use std::time::Duration;

use super::client::TestWindow;
use super::memory::Memory;
use super::{Client, Fixture};

const SIZE: (i32, i32) = (256, 256);
const BYTES: usize = 256 * 256 * 4;
const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

/// Shows `picture` in a window.
fn show(fixture: &mut Fixture, client: &mut Client, window: &TestWindow, picture: &Memory) {
    window.surface.attach(Some(&picture.buffer), 0, 0);
    window.surface.damage_buffer(0, 0, SIZE.0, SIZE.1);
    window.surface.commit();
    client.roundtrip(fixture);
    fixture.goblin.advance(Duration::from_millis(20));
}

#[test]
fn what_a_window_showed_before_it_came_to_rest_takes_no_memory_here() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, SIZE, BLUE);
    let pictures = [(); 2].map(|()| Memory::new(&client, SIZE.0, SIZE.1));
    show(&mut fixture, &mut client, &window, &pictures[0]);
    assert_eq!(pictures[0].mapped(), BYTES);
    show(&mut fixture, &mut client, &window, &pictures[1]);
    assert_eq!([pictures[0].mapped(), pictures[1].mapped()], [0, BYTES]);
    // It comes back as it is.
    show(&mut fixture, &mut client, &window, &pictures[0]);
    assert_eq!([pictures[0].mapped(), pictures[1].mapped()], [BYTES, 0]);
}

#[test]
fn what_is_animated_keeps_its_pictures() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, SIZE, BLUE);
    let pictures = [(); 2].map(|()| Memory::new(&client, SIZE.0, SIZE.1));
    for picture in pictures.iter().cycle().take(20) {
        show(&mut fixture, &mut client, &window, picture);
    }
    assert_eq!([pictures[0].mapped(), pictures[1].mapped()], [BYTES; 2]);
    // After a rest the next one is no animation yet.
    fixture.goblin.advance(Duration::from_secs(1));
    show(&mut fixture, &mut client, &window, &pictures[0]);
    assert_eq!([pictures[0].mapped(), pictures[1].mapped()], [BYTES, 0]);
}

#[test]
fn a_picture_that_is_shown_again_is_not_let_go_of() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, SIZE, BLUE);
    let picture = Memory::new(&client, SIZE.0, SIZE.1);
    for _ in 0..2 {
        show(&mut fixture, &mut client, &window, &picture);
        assert_eq!(picture.mapped(), BYTES);
    }
}
