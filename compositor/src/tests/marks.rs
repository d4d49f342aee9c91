//! The mark of a subsystem: no client of it gets rid of it, hides it, or paints over another.

use smithay::utils::{Logical, Point, Rectangle};
use wayland_client::protocol::wl_data_device_manager::WlDataDeviceManager;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_protocols::xdg::decoration::zv1::client::zxdg_toplevel_decoration_v1::Mode;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::client::TestWindow;
use super::{Client, Fixture};
use crate::domain::Domain;
use crate::render::{Capture, Shot, Subject};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const PINK: [u8; 3] = [0xff, 0x00, 0xff];

fn subsystem() -> Domain {
    Domain::Subsystem {
        name: "debian".to_owned(),
        colour: [0xc0, 0x3a, 0x2b],
    }
}

/// The first output with the pointer and what is dragged: red, green, blue and alpha.
fn picture(fixture: &mut Fixture) -> Capture {
    let shot = Shot {
        pointer: true,
        ..Shot::whole(Subject::Upright(fixture.goblin.outputs[0].id))
    };
    let mut backend = fixture.goblin.backend.take().unwrap();
    let taken = backend
        .take(&fixture.goblin, &shot, None, |view| view.to_capture())
        .unwrap();
    fixture.goblin.backend = Some(backend);
    let mut picture = taken.unwrap().picture;
    for pixel in picture.data.chunks_exact_mut(4) {
        pixel.swap(0, 2);
    }
    picture
}

/// The pixels of the first output that have a colour, as the smallest rectangle around them.
fn around(fixture: &mut Fixture, colour: [u8; 3]) -> Option<Rectangle<i32, Logical>> {
    let picture = picture(fixture);
    let width = usize::try_from(picture.width).unwrap();
    let pixels = picture.data.chunks_exact(4).enumerate();
    let found = pixels.filter(|(_, pixel)| pixel[..3] == colour);
    let place = |index: usize| {
        let at = (index % width, index / width);
        let at = (i32::try_from(at.0).unwrap(), i32::try_from(at.1).unwrap());
        Rectangle::new(at.into(), (1, 1).into())
    };
    found
        .map(|(index, _)| place(index))
        .reduce(|one, other| one.merge(other))
}

fn pixel(fixture: &mut Fixture, x: i32, y: i32) -> [u8; 3] {
    let picture = picture(fixture);
    let width = i32::try_from(picture.width).unwrap();
    let index = usize::try_from((y * width + x) * 4).unwrap();
    picture.data[index..index + 3].try_into().unwrap()
}

fn popup(client: &mut Client, fixture: &mut Fixture, window: &TestWindow, at: (i32, i32)) {
    let positioner = client.positioner(120, 80);
    positioner.set_offset(at.0, at.1);
    let popup = client.popup(window, &positioner);
    popup.surface.commit();
    client.roundtrip(fixture);
    let serial = client.heard.take_serial(&popup.xdg).unwrap();
    popup.xdg.ack_configure(serial);
    let buffer = client.buffer(120, 80, PINK);
    popup.surface.attach(Some(&buffer), 0, 0);
    popup.surface.commit();
    client.roundtrip(fixture);
}

#[test]
fn a_subsystems_window_is_framed_whatever_its_client_asks_for() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect_from(subsystem());
    let window = client.bare_window();
    window.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&window, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    let id = fixture.only_window();
    let framed = |fixture: &Fixture| fixture.goblin.layout.window(id).unwrap().has_frame();
    assert!(framed(&fixture), "also where it says nothing of frames");
    let handle = client.handle();
    let decoration =
        client
            .globals()
            .decoration
            .get_toplevel_decoration(&window.toplevel, &handle, ());
    decoration.set_mode(Mode::ClientSide);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.decoration, Some(Mode::ServerSide));
    assert!(framed(&fixture));
}

#[test]
fn a_subsystems_window_that_fills_the_screen_has_an_edge_around_it() {
    let mut fixture = Fixture::with_outputs(&["640x480@1"]);
    let mut client = fixture.connect_from(subsystem());
    let window = client.open(&mut fixture, (300, 200), PINK);
    window.toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel);
    assert!(told.has(State::Fullscreen));
    assert_eq!(told.size, (634, 474));
    // It draws the whole screen all the same, and more.
    client.draw(&window, (700, 500), PINK);
    client.roundtrip(&mut fixture);
    let seen = around(&mut fixture, PINK).unwrap();
    assert_eq!(seen, Rectangle::new((3, 3).into(), (634, 474).into()));
    let corner = pixel(&mut fixture, 0, 0);
    assert_eq!(corner, pixel(&mut fixture, 639, 479));
    // The tag hangs in the middle of the upper edge.
    assert_ne!(pixel(&mut fixture, 320, 4), PINK);
    assert_eq!(pixel(&mut fixture, 100, 4), PINK);
}

#[test]
fn the_boards_window_fills_the_screen_without_a_mark() {
    let mut fixture = Fixture::with_outputs(&["640x480@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), PINK);
    window.toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.last_configure(&window.toplevel).size,
        (640, 480)
    );
}

#[test]
fn a_subsystems_popup_has_a_line_around_it_and_lies_below_the_frame() {
    let mut fixture = Fixture::with_outputs(&["640x480@1"]);
    let mut client = fixture.connect_from(subsystem());
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    popup(&mut client, &mut fixture, &window, (40, 60));
    let seen = around(&mut fixture, PINK).unwrap();
    assert_eq!(seen.size, (120, 80).into());
    let (x, y) = (seen.loc.x, seen.loc.y);
    let line = pixel(&mut fixture, x - 1, y - 1);
    assert_ne!(line, BLUE);
    for (x, y) in [
        (x - 2, y + 40),
        (x + 121, y + 40),
        (x + 60, y - 2),
        (x + 10, y + 81),
    ] {
        assert_eq!(pixel(&mut fixture, x, y), line);
    }

    // One that reaches over the frame's bar lies below it, and does not take its clicks.
    popup(&mut client, &mut fixture, &window, (40, -60));
    let seen = around(&mut fixture, PINK).unwrap();
    assert!(
        seen.loc.y < content.loc.y - 36,
        "it reaches out above: {seen:?}"
    );
    let bar = content.loc.y - 18;
    assert_ne!(pixel(&mut fixture, seen.loc.x + 20, bar), PINK);
    fixture.pointer_to(seen.loc.x + 20, bar);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer, None);
}

#[test]
fn a_popup_of_the_boards_lies_above_its_frame_and_has_no_mark() {
    let mut fixture = Fixture::with_outputs(&["640x480@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    popup(&mut client, &mut fixture, &window, (40, -60));
    let seen = around(&mut fixture, PINK).unwrap();
    assert_eq!(
        pixel(&mut fixture, seen.loc.x + 20, content.loc.y - 18),
        PINK
    );
}

#[test]
fn the_pointer_of_a_subsystem_is_never_large() {
    for (domain, side) in [(subsystem(), 64), (Domain::Board, 300)] {
        let mut fixture = Fixture::with_outputs(&["640x480@1"]);
        let mut client = fixture.connect_from(domain);
        client.open(&mut fixture, (300, 200), BLUE);
        let content = fixture
            .goblin
            .layout
            .content_rect(fixture.only_window())
            .unwrap();
        fixture.pointer_to(content.loc.x, content.loc.y);
        client.roundtrip(&mut fixture);
        let surface = client.surface();
        surface.attach(Some(&client.buffer(300, 300, PINK)), 0, 0);
        surface.commit();
        let pointer = client.globals().seat.get_pointer(&client.handle(), ());
        pointer.set_cursor(client.heard.pointer_serial, Some(&surface), 0, 0);
        client.roundtrip(&mut fixture);
        let seen = around(&mut fixture, PINK).unwrap();
        // The pointer is in the middle of a pixel.
        let tip = content.loc + Point::from((1, 1));
        let expected = Rectangle::new(tip, (side, side).into());
        let screen = Rectangle::from_size((640, 480).into());
        assert_eq!(Some(seen), expected.intersection(screen));
    }
}

/// Begins a drag from where the client was last pressed, with a square icon of `size`.
fn drag(fixture: &mut Fixture, client: &mut Client, window: &TestWindow, size: i32) -> WlSurface {
    let handle = client.handle();
    let manager: WlDataDeviceManager = client.bind();
    let device = manager.get_data_device(&client.globals().seat, &handle, ());
    let source = manager.create_data_source(&handle, ());
    let icon = client.surface();
    let serial = *client.heard.presses.last().unwrap();
    device.start_drag(Some(&source), &window.surface, Some(&icon), serial);
    icon.attach(Some(&client.buffer(size, size, PINK)), 0, 0);
    icon.commit();
    client.roundtrip(fixture);
    icon
}

#[test]
fn what_is_dragged_out_of_a_subsystem_is_marked_and_never_large() {
    let mut fixture = Fixture::with_outputs(&["640x480@1"]);
    let mut client = fixture.connect_from(subsystem());
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    fixture.pointer_to(content.loc.x + 5, content.loc.y + 5);
    fixture.press();
    client.roundtrip(&mut fixture);
    drag(&mut fixture, &mut client, &window, 600);
    fixture.pointer_to(100, 100);
    let seen = around(&mut fixture, PINK).unwrap();
    assert!(seen.size.w <= 256 && seen.size.h <= 256, "{seen:?}");
    let line = pixel(&mut fixture, 99, 200);
    assert_eq!(line, pixel(&mut fixture, 100, 300), "a line goes around it");
    assert_ne!(line, PINK);
}

#[test]
fn what_is_dragged_and_the_pointer_move_by_their_surfaces_offset() {
    let mut fixture = Fixture::with_outputs(&["640x480@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 200), BLUE);
    let content = fixture.goblin.layout.content_rect(fixture.only_window());
    let inside = content.unwrap().loc + Point::from((5, 5));
    fixture.pointer_to(inside.x, inside.y);
    client.roundtrip(&mut fixture);
    let handle = client.handle();
    let cursor = client.surface();
    let pointer = client.globals().seat.get_pointer(&handle, ());
    pointer.set_cursor(client.heard.pointer_serial, Some(&cursor), 2, 3);
    cursor.attach(Some(&client.buffer(10, 10, PINK)), 0, 0);
    cursor.commit();
    client.roundtrip(&mut fixture);
    let corner = |fixture: &mut Fixture| around(fixture, PINK).unwrap().loc;
    let before = corner(&mut fixture);
    // The hotspot moves the other way: the picture moves by the offset.
    cursor.offset(-6, 4);
    cursor.attach(Some(&client.buffer(12, 12, PINK)), 0, 0);
    cursor.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(corner(&mut fixture), before + Point::from((-6, 4)));
    cursor.offset(1, 1);
    cursor.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(corner(&mut fixture), before + Point::from((-5, 5)));

    pointer.set_cursor(client.heard.pointer_serial, None, 0, 0);
    fixture.press();
    client.roundtrip(&mut fixture);
    let icon = drag(&mut fixture, &mut client, &window, 20);
    fixture.pointer_to(100, 100);
    let before = corner(&mut fixture);
    icon.offset(-10, -12);
    icon.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(corner(&mut fixture), before - Point::from((10, 12)));
    icon.offset(3, 2);
    icon.attach(Some(&client.buffer(20, 20, PINK)), 0, 0);
    icon.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(corner(&mut fixture), before - Point::from((7, 10)));
}
