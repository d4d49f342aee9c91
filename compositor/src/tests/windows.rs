//! Windows from their first configure to their end.

use wayland_protocols::xdg::decoration::zv1::client::zxdg_toplevel_decoration_v1::Mode;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::Fixture;
use crate::layout::Placement;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

#[test]
fn a_window_opens_in_the_order_the_protocol_asks_for() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.bare_window();
    client.roundtrip(&mut fixture);
    assert!(
        client.heard.configures(&window.toplevel).is_empty(),
        "none before the first commit"
    );
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let [first] = client.heard.configures(&window.toplevel) else {
        panic!("one configure")
    };
    assert_eq!(first.size, (0, 0), "the size is the client's to choose");
    assert_eq!(
        fixture.goblin.layout.windows().count(),
        0,
        "not shown before it has content"
    );

    client.draw(&window, (640, 480), BLUE);
    client.roundtrip(&mut fixture);
    let id = fixture.only_window();
    assert_eq!(
        fixture.goblin.layout.content_rect(id).unwrap().size,
        (640, 480).into()
    );
    assert_eq!(fixture.goblin.layout.focused(), Some(id));
    assert_eq!(
        client.heard.keyboard,
        Some(wayland_client::Proxy::id(&window.surface))
    );
}

#[test]
fn a_client_that_knows_of_frames_gets_one_from_the_server() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    assert_eq!(client.heard.decoration, Some(Mode::ServerSide));
    let id = fixture.only_window();
    let layout = &fixture.goblin.layout;
    let (frame, content) = (
        layout.frame_rect(id).unwrap(),
        layout.content_rect(id).unwrap(),
    );
    assert_eq!(frame.size.h - content.size.h, 37);
    assert!(
        client
            .heard
            .last_configure(&window.toplevel)
            .has(State::Activated)
    );
}

#[test]
fn one_that_does_not_draws_its_own() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.bare_window();
    window.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&window, (300, 200), BLUE);
    client.roundtrip(&mut fixture);
    let id = fixture.only_window();
    assert_eq!(
        fixture.goblin.layout.frame_rect(id),
        fixture.goblin.layout.content_rect(id)
    );
}

#[test]
fn maximise_and_back_by_request() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    window.toplevel.set_maximized();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert_eq!(told.size, (1920, 1080 - 36));
    assert!(told.has(State::Maximized));
    client.draw(&window, told.size, BLUE);
    window.toplevel.unset_maximized();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel);
    assert_eq!(told.size, (640, 480));
    assert!(!told.has(State::Maximized));
}

/// weston-calibrator asks in this order, and draws nothing until it is told a size.
#[test]
fn fullscreen_between_the_first_configure_and_the_first_content_is_answered() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.bare_window();
    window.surface.commit();
    window.toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert_eq!(told.size, (1920, 1080));
    assert!(told.has(State::Fullscreen));

    window.toplevel.unset_fullscreen();
    window.toplevel.set_maximized();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert_eq!(told.size, (1920, 1080));
    assert!(told.has(State::Maximized) && !told.has(State::Fullscreen));

    window.toplevel.unset_maximized();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert_eq!(told.size, (0, 0), "the size is the client's again");
    assert!(!told.has(State::Maximized));
}

/// A program that draws all the time has a frame under way in the old size.
#[test]
fn what_was_drawn_before_the_client_heard_is_no_wish_for_that_size() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let id = fixture.only_window();
    window.toplevel.set_maximized();
    client.roundtrip(&mut fixture);
    let full = client.heard.last_configure(&window.toplevel).size;
    client.draw(&window, full, BLUE);
    client.roundtrip(&mut fixture);

    // The frame comes in the same turn as the end of filling the work area.
    client.draw(&window, full, BLUE);
    fixture.goblin.layout.set_placement(id, Placement::Floating);
    fixture.goblin.layout_changed();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel);
    assert_eq!(told.size, (640, 480));

    // Another one before the configure is acknowledged.
    let buffer = client.buffer(full.0, full.1, BLUE);
    window.surface.attach(Some(&buffer), 0, 0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let size = |fixture: &Fixture| fixture.goblin.layout.floating_rect(id).unwrap().size;
    assert_eq!(size(&fixture), (640, 480).into());

    client.draw(&window, (650, 490), BLUE);
    client.roundtrip(&mut fixture);
    assert_eq!(size(&fixture), (650, 490).into(), "now it is one");
}

#[test]
fn fullscreen_before_the_first_content() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.bare_window();
    window.toplevel.set_fullscreen(None);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel).clone();
    assert_eq!(told.size, (1920, 1080));
    assert!(told.has(State::Fullscreen));
    client.draw(&window, told.size, BLUE);
    client.roundtrip(&mut fixture);
    let id = fixture.only_window();
    assert!(fixture.goblin.layout.window(id).unwrap().is_fullscreen());
    assert!(
        fixture
            .goblin
            .fullscreen_on_top(fixture.goblin.outputs[0].id)
    );
}

#[test]
fn a_size_of_the_clients_own_is_not_fought_over() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let before = client.heard.configures(&window.toplevel).len();
    for size in [(650, 490), (630, 470), (700, 400)] {
        client.draw(&window, size, BLUE);
        client.roundtrip(&mut fixture);
    }
    assert_eq!(client.heard.configures(&window.toplevel).len(), before);
    let id = fixture.only_window();
    assert_eq!(
        fixture.goblin.layout.content_rect(id).unwrap().size,
        (700, 400).into()
    );
}

#[test]
fn a_window_without_content_is_gone_and_can_come_back() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    window.surface.attach(None, 0, 0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.layout.windows().count(), 0);
    window.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw(&window, (320, 240), BLUE);
    client.roundtrip(&mut fixture);
    let id = fixture.only_window();
    assert_eq!(
        fixture.goblin.layout.content_rect(id).unwrap().size,
        (320, 240).into()
    );
}

#[test]
fn a_client_that_leaves_takes_its_windows_along() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (640, 480), BLUE);
    client.open(&mut fixture, (640, 480), BLUE);
    drop(client);
    fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
    assert_eq!(fixture.goblin.layout.focused(), None);
}

#[test]
fn title_and_application_are_told() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    window.toplevel.set_title("静かな机".to_owned());
    window.toplevel.set_app_id("org.goblin.Test".to_owned());
    client.roundtrip(&mut fixture);
    let window = fixture.goblin.windows.get(fixture.only_window()).unwrap();
    assert_eq!(
        (window.title.as_str(), window.app_id.as_str()),
        ("静かな机", "org.goblin.Test")
    );
    assert!(window.pid.is_some());
}
