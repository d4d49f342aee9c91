//! A window that fills the screen is shown from its own buffer: nobody copies it.

use super::client::TestWindow;
use super::dispatch::FrameMark;
use super::{Client, Fixture};
use crate::backend::Backend;
use crate::render::{Shot, Subject};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const SAND: [u8; 3] = [0xe8, 0xdc, 0xc0];

/// A window that fills an output of 440×280, with no pixel that lets anything through.
fn film(fixture: &mut Fixture) -> (Client, TestWindow) {
    let mut client = fixture.connect();
    let window = client.open(fixture, (220, 110), BLUE);
    window.toplevel.set_fullscreen(None);
    client.roundtrip(fixture);
    let handle = client.handle();
    let region = client.globals().compositor.create_region(&handle, ());
    region.add(0, 0, 440, 280);
    window.surface.set_opaque_region(Some(&region));
    client.draw(&window, (440, 280), BLUE);
    client.roundtrip(fixture);
    fixture.settle();
    (client, window)
}

fn shows_a_surface(fixture: &Fixture) -> bool {
    let id = fixture.goblin.outputs[0].id;
    matches!(&fixture.goblin.backend, Some(Backend::Headless(screens)) if screens.shows_a_surface(id))
}

/// What a tool for screenshots would get: blue, green, red and alpha.
fn shot(fixture: &mut Fixture) -> Vec<u8> {
    let mut backend = fixture.goblin.backend.take().unwrap();
    let shot = Shot::whole(Subject::Output(fixture.goblin.outputs[0].id));
    let taken = backend
        .take(&fixture.goblin, &shot, None, |view| view.to_capture())
        .unwrap()
        .unwrap();
    fixture.goblin.backend = Some(backend);
    taken.picture.data
}

#[test]
fn a_film_is_shown_from_its_buffers_and_told_of_its_frames() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let (mut client, window) = film(&mut fixture);
    assert!(shows_a_surface(&fixture));
    let frames = fixture.goblin.outputs[0].frames;
    let handle = client.handle();
    for (count, colour) in [(1, SAND), (2, BLUE), (3, SAND)] {
        window.surface.frame(&handle, FrameMark);
        client.draw(&window, (440, 280), colour);
        client.roundtrip(&mut fixture);
        fixture.settle();
        client.roundtrip(&mut fixture);
        assert_eq!(client.heard.frames, count);
        assert_eq!(fixture.goblin.outputs[0].frames, frames + u64::from(count));
        assert!(shows_a_surface(&fixture));
        let [r, g, b] = colour;
        let picture = shot(&mut fixture);
        assert!(
            picture
                .chunks_exact(4)
                .all(|pixel| pixel == [b, g, r, 0xff])
        );
    }
}

#[test]
fn what_lies_above_a_film_is_drawn_and_afterwards_the_whole_screen_is() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let (mut client, window) = film(&mut fixture);
    // Drawn where the screen's own picture was.
    assert!(
        shot(&mut fixture)
            .chunks_exact(4)
            .all(|pixel| pixel[3] == 0xff)
    );
    assert!(shows_a_surface(&fixture));
    fixture.pointer_to(100, 100);
    fixture.settle();
    assert!(!shows_a_surface(&fixture), "the pointer is above it");
    window.toplevel.unset_fullscreen();
    client.roundtrip(&mut fixture);
    client.draw(&window, (220, 110), SAND);
    client.roundtrip(&mut fixture);
    fixture.settle();
    // The first is drawn anew, the pointer left out, and what is on the screen has it: they differ there alone.
    let anew = fixture.capture(0).data;
    let screen = Shot {
        pointer: true,
        ..Shot::whole(Subject::Output(fixture.goblin.outputs[0].id))
    };
    let mut backend = fixture.goblin.backend.take().unwrap();
    let taken = backend
        .take(&fixture.goblin, &screen, None, |view| view.to_capture())
        .unwrap()
        .unwrap();
    fixture.goblin.backend = Some(backend);
    let differ = (anew.chunks_exact(4).zip(taken.picture.data.chunks_exact(4)))
        .enumerate()
        .filter(|(_, (one, other))| one != other)
        .map(|(index, _)| (index % 440, index / 440));
    let differ: Vec<_> = differ.collect();
    assert!(differ.len() > 20, "{}", differ.len());
    let near = |(x, y): &(usize, usize)| (70..150).contains(x) && (70..150).contains(y);
    assert!(differ.iter().all(near), "only about the pointer");
}

#[test]
fn one_that_lets_something_through_is_drawn() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let (mut client, window) = film(&mut fixture);
    window.surface.set_opaque_region(None);
    client.draw(&window, (440, 280), SAND);
    client.roundtrip(&mut fixture);
    fixture.settle();
    assert!(!shows_a_surface(&fixture));
}
