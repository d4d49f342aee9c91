//! X11 windows that are windows of the layout.

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{AtomEnum, ConfigureWindowAux, ConnectionExt as _, InputFocus};

use super::XClient;
use crate::layout::{Placement, WindowId};
use crate::tests::Fixture;

const RED: u32 = 0x00ff_0000;

/// A server with one output of a scale, and an X11 client of it.
fn at(output: &str) -> (Fixture, XClient) {
    let mut fixture = Fixture::with_outputs(&[output]);
    fixture.goblin.offer_x11();
    let client = XClient::connect(&mut fixture);
    (fixture, client)
}

fn open(fixture: &mut Fixture, client: &XClient, window: u32) -> WindowId {
    client.map(window);
    let before: Vec<WindowId> = ids(fixture);
    fixture.until_some("a new window", |goblin| {
        let mut windows = goblin.layout.windows().map(crate::layout::Window::id);
        windows.find(|id| !before.contains(id))
    })
}

fn ids(fixture: &Fixture) -> Vec<WindowId> {
    let windows = fixture.goblin.layout.windows();
    windows.map(crate::layout::Window::id).collect()
}

/// What the server counts as the size of a window.
fn size(client: &XClient, window: u32) -> (u16, u16) {
    let geometry = client.x11.get_geometry(window).unwrap().reply().unwrap();
    (geometry.width, geometry.height)
}

#[test]
fn a_window_opens_with_a_frame_takes_keys_and_is_closed_by_asking() {
    let (mut fixture, client) = at("1280x720@1");
    let window = client.window((0, 0, 320, 200), RED);
    client.set_text(window, AtomEnum::WM_NAME.into(), "an old friend");
    client.set_text(window, AtomEnum::WM_CLASS.into(), "friend\0Friend\0");
    let delete = client.atom("WM_DELETE_WINDOW");
    let protocols = client.atom("WM_PROTOCOLS");
    client.set_numbers(window, protocols, AtomEnum::ATOM.into(), &[delete]);
    let id = open(&mut fixture, &client, window);
    {
        let goblin = &fixture.goblin;
        let (shown, model) = (
            goblin.windows.get(id).unwrap(),
            goblin.layout.window(id).unwrap(),
        );
        assert_eq!((&*shown.title, &*shown.app_id), ("an old friend", "Friend"));
        assert_eq!(shown.pid, i32::try_from(std::process::id()).ok());
        assert_eq!(model.size(), (320, 200).into());
        assert!(model.has_frame());
        assert_eq!(goblin.layout.focused(), Some(id));
    }
    fixture.settle();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    let picture = fixture.picture();
    assert_eq!(
        pixel(&picture, content.loc.x + 10, content.loc.y + 10),
        [255, 0, 0]
    );

    fixture.tap("a");
    let key = client.until(&mut fixture, "a key", |event| match event {
        Event::KeyPress(event) => Some((event.detail, event.event)),
        _ => None,
    });
    assert_eq!(
        key,
        (38, window),
        "the key of the letter a, by its number in X11"
    );

    client.set_text(window, AtomEnum::WM_NAME.into(), "renamed");
    fixture.until("the new title", |goblin| {
        goblin
            .windows
            .get(id)
            .is_some_and(|window| window.title == "renamed")
    });

    fixture.goblin.close_window(id);
    let asked = client.until(&mut fixture, "to be asked to close", |event| match event {
        Event::ClientMessage(event) => Some((event.type_, event.data.as_data32()[0])),
        _ => None,
    });
    assert_eq!(asked, (protocols, delete));
    client.x11.destroy_window(window).unwrap();
    client.x11.flush().unwrap();
    fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
}

#[test]
fn states_that_a_client_asks_for_are_given_and_told() {
    let (mut fixture, client) = at("1280x720@1.25");
    let window = client.window((0, 0, 400, 300), RED);
    let id = open(&mut fixture, &client, window);
    let state = |name: &str| client.atom(&format!("_NET_WM_STATE_{name}"));
    let (horizontal, vertical) = (state("MAXIMIZED_HORZ"), state("MAXIMIZED_VERT"));
    let states = client.atom("_NET_WM_STATE");

    client.ask(window, "_NET_WM_STATE", [1, horizontal, vertical, 1, 0]);
    fixture.until("maximised", |goblin| {
        goblin.layout.window(id).unwrap().is_maximised()
    });
    fixture.until("the size of the work area", |_| {
        let content = size(&client, window);
        let insets = (2 * 5_u16.div_ceil(4), content.1);
        content.0 >= 1280 - 4 * insets.0 && content.1 > 600
    });
    // The window manager tells it in a request of its own, which may reach the X server after that of the size.
    fixture.until("to be told so", |_| {
        client.numbers(window, states).contains(&vertical)
    });

    client.ask(window, "_NET_WM_STATE", [2, state("FULLSCREEN"), 0, 1, 0]);
    fixture.until("the size of the output in pixels", |goblin| {
        goblin.layout.window(id).unwrap().is_fullscreen() && size(&client, window) == (1280, 720)
    });
    fixture.until("what is drawn at that size", |goblin| {
        goblin.layout.window(id).unwrap().size() == (1024, 576).into()
    });
    fixture.settle();
    let picture = fixture.picture();
    for (x, y) in [(0, 0), (1279, 0), (0, 719), (1279, 719)] {
        assert_eq!(pixel(&picture, x, y), [255, 0, 0], "at {x}, {y}");
    }
    client.ask(window, "_NET_WM_STATE", [0, state("FULLSCREEN"), 0, 1, 0]);
    client.ask(window, "_NET_WM_STATE", [0, horizontal, vertical, 1, 0]);
    fixture.until("as large as it was", |_| {
        size(&client, window) == (400, 300)
    });
}

#[test]
fn a_floating_window_may_choose_its_place_and_size() {
    let (mut fixture, client) = at("1280x720@1.5");
    let window = client.window((150, 90, 300, 150), RED);
    // USPosition: a person chose the place.
    let hints = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let kind = AtomEnum::WM_SIZE_HINTS.into();
    client.set_numbers(window, AtomEnum::WM_NORMAL_HINTS.into(), kind, &hints);
    let id = open(&mut fixture, &client, window);
    let frame = fixture.goblin.layout.frame_rect(id).unwrap();
    assert_eq!(frame.loc, (100, 60).into(), "in logical pixels");

    let aux = ConfigureWindowAux::new()
        .x(300)
        .y(150)
        .width(450)
        .height(225);
    client.x11.configure_window(window, &aux).unwrap();
    client.x11.flush().unwrap();
    fixture.until("its new place", |goblin| {
        let frame = goblin.layout.frame_rect(id).unwrap();
        let content = goblin.layout.content_rect(id).unwrap();
        frame.loc == (200, 100).into() && content.size == (300, 150).into()
    });
    assert_eq!(size(&client, window), (450, 225));

    // A tile has no place of its own: the client is told where it is.
    fixture
        .goblin
        .layout
        .set_placement(id, Placement::Maximised);
    fixture.goblin.layout_changed();
    fixture.until("maximised", |_| size(&client, window).0 > 1200);
    let maximised = size(&client, window);
    let aux = ConfigureWindowAux::new().width(100).height(100);
    while client.x11.poll_for_event().unwrap().is_some() {}
    client.x11.configure_window(window, &aux).unwrap();
    client.x11.flush().unwrap();
    let told = client.until(&mut fixture, "where it is", |event| match event {
        Event::ConfigureNotify(event) => Some((event.width, event.height)),
        _ => None,
    });
    assert_eq!(told, maximised);
    assert_eq!(size(&client, window), maximised);
}

#[test]
fn a_dialog_belongs_to_its_parent_and_hints_say_what_a_window_is() {
    let (mut fixture, client) = at("1280x720@1.25");
    let parent = client.window((0, 0, 400, 300), RED);
    let parent_id = open(&mut fixture, &client, parent);
    let dialog = client.window((0, 0, 200, 100), RED);
    let (transient, window) = (AtomEnum::WM_TRANSIENT_FOR.into(), AtomEnum::WINDOW.into());
    client.set_numbers(dialog, transient, window, &[parent]);
    let motif = client.atom("_MOTIF_WM_HINTS");
    client.set_numbers(dialog, motif, motif, &[2, 0, 0, 0, 0]);
    // PMinSize and PMaxSize, the same: it has one size.
    let mut hints = [0; 18];
    (hints[0], hints[5], hints[6], hints[7], hints[8]) = (0x30, 200, 100, 200, 100);
    let kind = AtomEnum::WM_SIZE_HINTS.into();
    client.set_numbers(dialog, AtomEnum::WM_NORMAL_HINTS.into(), kind, &hints);
    let id = open(&mut fixture, &client, dialog);
    let model = fixture.goblin.layout.window(id).unwrap();
    assert_eq!(model.parent(), Some(parent_id));
    assert!(!model.has_frame());
    fixture.goblin.layout.resize_to(id, (500, 500).into());
    fixture.goblin.layout_changed();
    fixture.settle();
    assert_eq!(size(&client, dialog), (200, 100));
}

#[test]
fn nobody_steals_the_focus_and_a_window_that_tries_asks_to_be_looked_at() {
    let (mut fixture, client) = at("1280x720@1");
    let (first, second) = (
        client.window((0, 0, 200, 100), RED),
        client.window((0, 0, 200, 100), RED),
    );
    let (first_id, second_id) = (
        open(&mut fixture, &client, first),
        open(&mut fixture, &client, second),
    );
    assert_eq!(fixture.goblin.layout.focused(), Some(second_id));
    client.ask(first, "_NET_ACTIVE_WINDOW", [1, 0, second, 0, 0]);
    fixture.until("the first in front", |goblin| {
        goblin.layout.focused() == Some(first_id)
    });
    // The X server hears of it on another connection than ours.
    fixture.until("the first has the keyboard", |_| {
        let focus = client.x11.get_input_focus().unwrap().reply().unwrap();
        focus.focus == first
    });

    let mut wayland = fixture.connect();
    wayland.open(&mut fixture, (300, 200), [0, 0, 255]);
    let other = fixture.goblin.layout.focused().unwrap();
    client.ask(second, "_NET_ACTIVE_WINDOW", [1, 0, first, 0, 0]);
    client
        .x11
        .set_input_focus(InputFocus::NONE, second, x11rb::CURRENT_TIME)
        .unwrap();
    client.x11.flush().unwrap();
    fixture.until("a window that asks for attention", |goblin| {
        goblin.windows.get(second_id).unwrap().rang
    });
    assert_eq!(fixture.goblin.layout.focused(), Some(other));
    let attention = client.atom("_NET_WM_STATE_DEMANDS_ATTENTION");
    let states = client.atom("_NET_WM_STATE");
    fixture.until("to be told so", |_| {
        client.numbers(second, states).contains(&attention)
    });
}

#[test]
fn messages_of_no_meaning_harm_nobody() {
    let (mut fixture, client) = at("1280x720@1");
    let window = client.window((0, 0, 200, 100), RED);
    let id = open(&mut fixture, &client, window);
    for kind in [
        0,
        0x1fff_ffff,
        client.atom("_NET_WM_MOVERESIZE"),
        client.atom("WL_SURFACE_ID"),
    ] {
        for format in [8, 16, 32] {
            let data = [u32::MAX; 5];
            let mut event =
                x11rb::protocol::xproto::ClientMessageEvent::new(32, window, kind, data);
            event.format = format;
            let mask = x11rb::protocol::xproto::EventMask::SUBSTRUCTURE_REDIRECT;
            client
                .x11
                .send_event(false, client.root, mask, event)
                .unwrap();
        }
    }
    client.set_text(window, AtomEnum::WM_NAME.into(), "alive");
    fixture.until("the title", |goblin| {
        goblin
            .windows
            .get(id)
            .is_some_and(|window| window.title == "alive")
    });
}

fn pixel(picture: &crate::render::Capture, x: i32, y: i32) -> [u8; 3] {
    let width = i32::try_from(picture.width).unwrap();
    let at = usize::try_from(y * width + x).unwrap() * 4;
    [picture.data[at], picture.data[at + 1], picture.data[at + 2]]
}
