//! What the conformance suite found: one test for each fault.

use wayland_client::Proxy;
use wayland_client::protocol::wl_subsurface::WlSubsurface;

use super::Fixture;
use super::dispatch::FrameMark;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

#[test]
fn two_commits_at_once_have_their_callback() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (100, 100), BLUE);
    fixture.settle();
    let (first, second) = (client.buffer(100, 100, BLUE), client.buffer(100, 100, BLUE));
    window.surface.attach(Some(&first), 0, 0);
    window.surface.frame(&client.handle(), FrameMark);
    window.surface.commit();
    window.surface.attach(Some(&second), 0, 0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    fixture.settle();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.frames, 1);
}

#[test]
fn a_window_that_comes_back_lies_where_it_was() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, (700, 333).into());
    window.surface.attach(None, 0, 0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.layout.windows().count(), 0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&window, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    let place = fixture.goblin.layout.content_rect(id).unwrap();
    assert_eq!(place.loc, (700, 333).into());
}

#[test]
fn a_subsurface_that_reaches_out_moves_itself_and_nothing_else() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    fixture.goblin.layout.move_to(id, (400, 300).into());
    let child = client.surface();
    let subcompositor = client.globals().subcompositor.clone();
    let handle = client.handle();
    let sub: WlSubsurface = subcompositor.get_subsurface(&child, &window.surface, &handle, ());
    let buffer = client.buffer(50, 50, BLUE);
    child.attach(Some(&buffer), 0, 0);
    child.commit();
    window.surface.commit();
    client.roundtrip(&mut fixture);
    fixture.pointer_to(410, 305);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer, Some((child.id(), 10.5, 5.5)));
    sub.set_position(-23, -17);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let place = fixture.goblin.layout.content_rect(id).unwrap();
    assert_eq!(place.loc, (377, 283).into(), "the bounds reach farther out");
    let moved = Some((child.id(), 33.5, 22.5));
    assert_eq!(client.heard.pointer, moved, "it moved under the pointer");
}
