//! Where subsurfaces lie and in which order: state of their parent, which its commit applies.

use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface as ServerSurface;
use smithay::wayland::compositor::get_children;
use wayland_client::Proxy;
use wayland_client::protocol::wl_subsurface::WlSubsurface;
use wayland_client::protocol::wl_surface::WlSurface;

use super::client::TestWindow;
use super::{Client, Fixture};

const GREY: [u8; 3] = [0x80, 0x80, 0x80];
const RED: [u8; 3] = [0xd0, 0x20, 0x20];
const GREEN: [u8; 3] = [0x20, 0xd0, 0x20];

struct Desk {
    fixture: Fixture,
    client: Client,
    window: TestWindow,
}

impl Desk {
    /// A grey window whose content begins at the corner of the screen, but for its frame.
    fn new() -> Self {
        let mut fixture = Fixture::with_outputs(&["320x240@1"]);
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (200, 100), GREY);
        let id = fixture.only_window();
        fixture.goblin.layout.move_to(id, (100, 100).into());
        fixture.goblin.layout_changed();
        client.roundtrip(&mut fixture);
        Self {
            fixture,
            client,
            window,
        }
    }

    /// A square on a surface, shown once that commits.
    fn square(&mut self, parent: &WlSurface, colour: [u8; 3]) -> (WlSurface, WlSubsurface) {
        let surface = self.client.surface();
        let handle = self.client.handle();
        let subcompositor = &self.client.globals().subcompositor;
        let sub = subcompositor.get_subsurface(&surface, parent, &handle, ());
        self.paint(&surface, colour);
        (surface, sub)
    }

    fn paint(&mut self, surface: &WlSurface, colour: [u8; 3]) {
        let buffer = self.client.buffer(20, 20, colour);
        surface.attach(Some(&buffer), 0, 0);
        surface.damage_buffer(0, 0, 20, 20);
        surface.commit();
    }

    fn commit(&mut self, surface: &WlSurface) {
        surface.commit();
        self.client.roundtrip(&mut self.fixture);
    }

    /// The colour of a place of the window's content.
    fn at(&mut self, x: usize, y: usize) -> [u8; 3] {
        self.client.roundtrip(&mut self.fixture);
        let picture = self.fixture.picture();
        let at = ((y + 100) * 320 + x + 100) * 4;
        [picture.data[at], picture.data[at + 1], picture.data[at + 2]]
    }
}

#[test]
fn a_place_waits_for_the_parents_commit_and_for_nothing_else() {
    let mut desk = Desk::new();
    let window = desk.window.surface.clone();
    let (red, sub) = desk.square(&window, RED);
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), RED);
    for desync in [false, true] {
        if desync {
            sub.set_desync();
        } else {
            sub.set_sync();
        }
        sub.set_position(50, 60);
        assert_eq!(desk.at(5, 5), RED);
        desk.paint(&red, RED);
        assert_eq!((desk.at(5, 5), desk.at(55, 65)), (RED, GREY), "{desync}");
        desk.commit(&window);
        assert_eq!((desk.at(5, 5), desk.at(55, 65)), (GREY, RED), "{desync}");
        desk.paint(&red, RED);
        assert_eq!(desk.at(55, 65), RED, "its own commit does not move it");
        sub.set_position(0, 0);
        desk.commit(&window);
        assert_eq!((desk.at(5, 5), desk.at(55, 65)), (RED, GREY), "{desync}");
    }
}

#[test]
fn a_place_on_a_synchronised_parent_waits_for_that_of_the_parent() {
    let mut desk = Desk::new();
    let window = desk.window.surface.clone();
    let (red, red_sub) = desk.square(&window, RED);
    red_sub.set_position(100, 0);
    let (_green, green_sub) = desk.square(&red, GREEN);
    green_sub.set_desync();
    desk.commit(&red);
    desk.commit(&window);
    assert_eq!(desk.at(105, 5), GREEN);
    green_sub.set_position(40, 0);
    desk.commit(&window);
    assert_eq!(desk.at(105, 5), GREEN, "the window is not its parent");
    desk.commit(&red);
    assert_eq!(desk.at(105, 5), GREEN, "its parent waits for the window");
    green_sub.set_position(80, 0);
    desk.commit(&window);
    assert_eq!(
        (desk.at(105, 5), desk.at(145, 5), desk.at(185, 5)),
        (RED, GREEN, GREY),
        "what was asked after the parent's commit is not in it"
    );
}

#[test]
fn an_order_waits_for_the_parents_commit() {
    let mut desk = Desk::new();
    let window = desk.window.surface.clone();
    let (red, red_sub) = desk.square(&window, RED);
    let (green, green_sub) = desk.square(&window, GREEN);
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), GREEN);
    red_sub.place_above(&green);
    desk.commit(&red);
    assert_eq!(desk.at(5, 5), GREEN);
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), RED);
    green_sub.place_above(&red);
    red_sub.place_below(&window);
    green_sub.place_below(&red);
    green_sub.place_above(&window);
    assert_eq!(desk.at(5, 5), RED);
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), GREEN);
    green_sub.place_below(&red);
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), GREY, "both lie below the window");
    green_sub.place_above(&desk.window.surface);
    green_sub.destroy();
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), GREY);
}

#[test]
fn a_surface_that_becomes_a_subsurface_anew_begins_at_the_corner() {
    let mut desk = Desk::new();
    let window = desk.window.surface.clone();
    let (red, sub) = desk.square(&window, RED);
    sub.set_position(50, 60);
    desk.commit(&window);
    assert_eq!(desk.at(55, 65), RED);
    sub.set_position(90, 90);
    sub.destroy();
    let handle = desk.client.handle();
    let subcompositor = desk.client.globals().subcompositor.clone();
    let _sub = subcompositor.get_subsurface(&red, &window, &handle, ());
    desk.paint(&red, RED);
    desk.commit(&window);
    assert_eq!(desk.at(5, 5), RED);
}

/// Orders at random, of which each commit applies the last.
#[test]
fn any_orders_end_as_a_plain_list_has_them() {
    let mut desk = Desk::new();
    let window = desk.window.surface.clone();
    let children: Vec<(WlSurface, WlSubsurface)> =
        (0..5).map(|_| desk.square(&window, RED)).collect();
    desk.commit(&window);
    let mut wanted: Vec<WlSurface> = vec![window.clone()];
    wanted.extend(children.iter().map(|(surface, _)| surface.clone()));
    let mut random: u32 = 1;
    for round in 0..200 {
        for _ in 0..=round % 4 {
            let mut next = || {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (random >> 16) as usize
            };
            let (surface, sub) = &children[next() % children.len()];
            let sibling = wanted[next() % wanted.len()].clone();
            if sibling == *surface {
                continue;
            }
            let above = next() % 2 == 0;
            if above {
                sub.place_above(&sibling);
            } else {
                sub.place_below(&sibling);
            }
            wanted.retain(|other| other != surface);
            let at = wanted.iter().position(|other| *other == sibling).unwrap();
            wanted.insert(at + usize::from(above), surface.clone());
        }
        desk.commit(&window);
        let ours = desk.fixture.goblin.windows.iter().next().unwrap().surface();
        let row: Vec<u32> = get_children(ours)
            .iter()
            .map(|child: &ServerSurface| child.id().protocol_id())
            .collect();
        let expected: Vec<u32> = wanted
            .iter()
            .filter(|surface| **surface != window)
            .map(|surface| surface.id().protocol_id())
            .collect();
        assert_eq!(row, expected, "round {round}");
    }
}
