//! Bars and docks.

use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::{
    Anchor, KeyboardInteractivity,
};

use super::client::TestLayer;
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const GREY: [u8; 3] = [0x80, 0x80, 0x80];

fn bar(client: &mut Client, fixture: &mut Fixture, height: u32) -> TestLayer {
    let bar = client.layer(Layer::Top, "bar");
    bar.layer
        .set_anchor(Anchor::Top | Anchor::Left | Anchor::Right);
    bar.layer.set_size(0, height);
    bar.layer.set_exclusive_zone(i32::try_from(height).unwrap());
    bar.surface.commit();
    client.roundtrip(fixture);
    client.draw_layer(&bar, GREY);
    client.roundtrip(fixture);
    bar
}

#[test]
fn a_bar_is_given_its_width_and_windows_keep_off_it() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let bar = bar(&mut client, &mut fixture, 40);
    let (_, width, height) = client.heard.layers[&bar.layer.id()][0];
    assert_eq!((width, height), (1920, 40));
    let window = client.open(&mut fixture, (640, 480), BLUE);
    window.toplevel.set_maximized();
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.last_configure(&window.toplevel).size,
        (1920, 1080 - 40 - 36)
    );
    let id = fixture.only_window();
    assert_eq!(
        fixture.goblin.layout.frame_rect(id).unwrap().loc,
        (0, 40).into()
    );
}

#[test]
fn when_the_bar_goes_the_window_takes_its_place() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let bar = bar(&mut client, &mut fixture, 40);
    let window = client.open(&mut fixture, (640, 480), BLUE);
    window.toplevel.set_maximized();
    client.roundtrip(&mut fixture);
    bar.layer.destroy();
    bar.surface.destroy();
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&window.toplevel);
    assert_eq!(told.size, (1920, 1080 - 36));
    assert!(told.has(State::Maximized));
}

#[test]
fn a_fullscreen_window_covers_the_bar_and_takes_its_clicks() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    bar(&mut client, &mut fixture, 40);
    let window = client.open(&mut fixture, (640, 480), BLUE);
    window.toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    client.draw(&window, (1920, 1080), BLUE);
    client.roundtrip(&mut fixture);
    fixture.pointer_to(500, 10);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.pointer.as_ref().unwrap().0,
        window.surface.id()
    );
}

#[test]
fn a_launcher_takes_the_keyboard_and_gives_it_back() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let launcher = client.layer(Layer::Overlay, "launcher");
    launcher.layer.set_size(400, 300);
    launcher
        .layer
        .set_keyboard_interactivity(KeyboardInteractivity::Exclusive);
    launcher.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw_layer(&launcher, GREY);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(launcher.surface.id()));
    launcher.layer.destroy();
    launcher.surface.destroy();
    client.roundtrip(&mut fixture);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(window.surface.id()));
}

#[test]
fn a_panel_takes_the_keyboard_when_it_is_clicked() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (640, 480), BLUE);
    let panel = client.layer(Layer::Top, "panel");
    panel.layer.set_anchor(Anchor::Top | Anchor::Left);
    panel.layer.set_size(200, 200);
    panel
        .layer
        .set_keyboard_interactivity(KeyboardInteractivity::OnDemand);
    panel.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw_layer(&panel, GREY);
    client.roundtrip(&mut fixture);
    assert_eq!(
        client.heard.keyboard,
        Some(window.surface.id()),
        "not unasked"
    );
    fixture.click(50, 50);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(panel.surface.id()));
    let content = fixture
        .goblin
        .layout
        .content_rect(fixture.only_window())
        .unwrap();
    fixture.click(content.loc.x + 100, content.loc.y + 300);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(window.surface.id()));
}

/// A dock of 100×50 in the top left corner that keeps an edge free by 60.
fn dock(client: &mut Client, fixture: &mut Fixture, edge: Anchor) -> TestLayer {
    let dock = client.layer(Layer::Top, "dock");
    dock.layer.set_anchor(Anchor::Top | Anchor::Left);
    dock.layer.set_size(100, 50);
    dock.layer.set_exclusive_zone(60);
    dock.layer.set_exclusive_edge(edge);
    dock.surface.commit();
    let _ = client.try_roundtrip(fixture);
    dock
}

#[test]
fn a_surface_in_a_corner_keeps_the_edge_free_that_it_names() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let dock = dock(&mut client, &mut fixture, Anchor::Left);
    client.draw_layer(&dock, GREY);
    client.roundtrip(&mut fixture);
    let work_area = |fixture: &Fixture| {
        let id = fixture.goblin.outputs[0].id;
        fixture.goblin.layout.output(id).unwrap().work_area
    };
    let area = work_area(&fixture);
    assert_eq!((area.loc.x, area.loc.y), (60, 0));
    dock.layer.set_exclusive_edge(Anchor::Top);
    client.roundtrip(&mut fixture);
    assert_eq!(work_area(&fixture), area, "it takes effect with the commit");
    dock.surface.commit();
    client.roundtrip(&mut fixture);
    let area = work_area(&fixture);
    assert_eq!((area.loc.x, area.loc.y), (0, 60));
    dock.layer.set_exclusive_edge(Anchor::empty());
    dock.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(
        work_area(&fixture).size,
        (1920, 1080).into(),
        "a corner alone names none"
    );
}

#[test]
fn an_edge_that_a_surface_is_not_anchored_to_or_that_is_none_costs_the_connection() {
    let two = Anchor::Top | Anchor::Left;
    for edge in [Anchor::Right, Anchor::Bottom, two] {
        let mut fixture = Fixture::new();
        let mut client = fixture.connect();
        dock(&mut client, &mut fixture, edge);
        let error = client.protocol_error().unwrap();
        assert!(error.starts_with("zwlr_layer_surface_v1: 4 "), "{error}");
    }
}

#[test]
fn a_surface_that_becomes_a_layer_surface_anew_names_no_edge() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let dock = dock(&mut client, &mut fixture, Anchor::Left);
    dock.layer.destroy();
    let again = client.layer_of(&dock.surface, Layer::Top, "dock");
    again.set_size(100, 50);
    dock.surface.commit();
    client.roundtrip(&mut fixture);
    assert_eq!(client.protocol_error(), None);
}

#[test]
fn a_surface_that_was_a_bar_can_be_detached_and_become_one_again() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let old = bar(&mut client, &mut fixture, 40);
    old.layer.destroy();
    // Without content first: it has no role object, and so no size to ask for.
    old.surface.attach(None, 0, 0);
    old.surface.commit();
    client.roundtrip(&mut fixture);
    let layer = client.layer_of(&old.surface, Layer::Top, "bar");
    layer.set_anchor(Anchor::Top | Anchor::Left | Anchor::Right);
    layer.set_size(0, 30);
    old.surface.commit();
    client.roundtrip(&mut fixture);
    let (_, width, height) = client.heard.layers[&layer.id()][0];
    assert_eq!((width, height), (1920, 30));
    let again = TestLayer {
        surface: old.surface,
        layer,
    };
    client.draw_layer(&again, GREY);
    client.roundtrip(&mut fixture);
    // What was asked of a surface without a role object is not asked of the next one.
    again.layer.destroy();
    again.surface.attach(None, 0, 0);
    again.surface.commit();
    client.layer_of(&again.surface, Layer::Top, "bar");
    again.surface.commit();
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let error = client.protocol_error().unwrap();
    assert!(error.starts_with("zwlr_layer_surface_v1: 1 "), "{error}");
}

#[test]
fn a_surface_becomes_a_layer_surface_only_once_at_a_time_and_without_content() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let first = bar(&mut client, &mut fixture, 40);
    client.layer_of(&first.surface, Layer::Top, "bar");
    assert!(client.try_roundtrip(&mut fixture).is_err());
    let error = client.protocol_error().unwrap();
    assert!(error.starts_with("zwlr_layer_shell_v1: 0 "), "{error}");

    // With content of its old life, with content that waits for a commit, and with new content.
    for (was_bar, commits) in [(true, false), (false, false), (false, true)] {
        let mut client = fixture.connect();
        let surface = if was_bar {
            let bar = bar(&mut client, &mut fixture, 40);
            bar.layer.destroy();
            bar.surface
        } else {
            let surface = client.surface();
            surface.attach(Some(&client.buffer(10, 10, GREY)), 0, 0);
            if commits {
                surface.commit();
            }
            surface
        };
        client.layer_of(&surface, Layer::Top, "bar");
        assert!(client.try_roundtrip(&mut fixture).is_err());
        let error = client.protocol_error().unwrap();
        assert!(error.starts_with("zwlr_layer_shell_v1: 2 "), "{error}");
    }
}
