//! Tiles, workspaces, rules and drags, as clients and `/desktop` see them.

use trees::desktop::{Axis, Direction, Snap, Verb, WindowVerb, WorkspaceTarget};
use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;

use super::control::{ask, output, tell, window};
use super::{Client, Fixture};
use crate::config::parse;
use crate::control::Command;
use crate::layout::{Placement, WindowId};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const FIRST: WindowId = WindowId(1);
const SECOND: WindowId = WindowId(2);

fn desktop(fixture: &mut Fixture, verb: Verb) {
    ask(fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap();
}

/// A server with this configuration.
fn configured(text: &str, outputs: &[&str]) -> Fixture {
    let mut fixture = Fixture::with_outputs(outputs);
    fixture.goblin.config = parse(std::path::Path::new("test.toml"), text).unwrap();
    let options = fixture.goblin.config.layout;
    fixture.goblin.layout.set_options(options);
    fixture
}

/// A window of an application, drawn at the size it is told, else at 300×200.
fn open_app(client: &mut Client, fixture: &mut Fixture, app_id: &str) -> super::client::TestWindow {
    let window = client.bare_window();
    window.toplevel.set_app_id(app_id.to_owned());
    let handle = client.handle();
    let _ = client
        .globals()
        .decoration
        .get_toplevel_decoration(&window.toplevel, &handle, ());
    window.surface.commit();
    client.roundtrip(fixture);
    let told = client.heard.last_configure(&window.toplevel).size;
    let size = if told.0 > 0 { told } else { (300, 200) };
    client.draw(&window, size, BLUE);
    client.roundtrip(fixture);
    window
}

#[test]
fn a_tile_is_told_its_size_before_it_draws_and_its_neighbours_after() {
    let mut fixture = configured("[layout]\ntiling = true\n", &["1000x600@1"]);
    let mut client = fixture.connect();
    let first = open_app(&mut client, &mut fixture, "a");
    let told = client.heard.last_configure(&first.toplevel);
    assert_eq!(told.size, (1000 - 2 * 8 - 2, 600 - 2 * 8 - 37));
    assert!(told.has(State::TiledLeft) && told.has(State::TiledBottom));
    open_app(&mut client, &mut fixture, "b");
    assert_eq!(client.heard.last_configure(&first.toplevel).size.0, 488 - 2);
    tell(
        &mut fixture,
        SECOND,
        WindowVerb::Join {
            direction: Direction::Left,
        },
    );
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&first.toplevel);
    assert_eq!(told.size, (982, 288 - 37));
    let row = &output(&mut fixture).workspaces[0];
    assert_eq!(row.columns, [vec![vec![1], vec![2]]]);
    tell(&mut fixture, SECOND, WindowVerb::ToggleTabs {});
    client.roundtrip(&mut fixture);
    assert_eq!(
        output(&mut fixture).workspaces[0].columns,
        [vec![vec![1, 2]]]
    );
    assert!(
        client
            .heard
            .last_configure(&first.toplevel)
            .has(State::Suspended)
    );
    assert!(!window(&mut fixture, FIRST).place.visible);
    desktop(&mut fixture, Verb::NextTab {});
    assert!(window(&mut fixture, FIRST).focused);
}

#[test]
fn a_client_that_draws_more_than_its_tile_is_cut_off_there() {
    const RED: [u8; 3] = [0xc0, 0x20, 0x20];
    let mut fixture = configured("[layout]\ntiling = true\ngap = 0\n", &["1000x600@1"]);
    let mut client = fixture.connect();
    let first = open_app(&mut client, &mut fixture, "a");
    open_app(&mut client, &mut fixture, "b");
    tell(&mut fixture, FIRST, WindowVerb::Focus {});
    // Twice as wide as its tile and higher than the screen: with the focus it lies above the other.
    client.draw(&first, (980, 900), RED);
    client.roundtrip(&mut fixture);
    let frame = window(&mut fixture, FIRST).frame;
    assert_eq!((frame.width, frame.height), (500, 600));
    let picture = fixture.picture();
    let at = |x: usize, y: usize| {
        let index = (y * 1000 + x) * 4;
        picture.data[index..index + 3].to_vec()
    };
    assert_eq!(at(250, 300), RED);
    assert_eq!(at(750, 300), BLUE, "the neighbour is covered");
    assert_ne!(at(499, 300), RED, "its own frame is covered");
    // What is not seen cannot be pressed.
    fixture.click(750, 300);
    assert!(window(&mut fixture, SECOND).focused);
}

#[test]
fn verbs_float_a_tile_and_put_it_back() {
    let mut fixture = configured("[layout]\ntiling = true\n", &["1000x600@1"]);
    let mut client = fixture.connect();
    open_app(&mut client, &mut fixture, "a");
    open_app(&mut client, &mut fixture, "b");
    assert!(window(&mut fixture, FIRST).place.tiled);
    tell(
        &mut fixture,
        FIRST,
        WindowVerb::Grow {
            axis: Axis::Width,
            by: 100,
        },
    );
    let wanted = |fixture: &Fixture, id| fixture.goblin.layout.wanted(id).unwrap().size.unwrap().w;
    assert_eq!(wanted(&fixture, FIRST), 586);
    tell(&mut fixture, FIRST, WindowVerb::Float {});
    assert!(!window(&mut fixture, FIRST).place.tiled);
    assert_eq!(wanted(&fixture, SECOND), 982);
    tell(&mut fixture, FIRST, WindowVerb::Tile {});
    assert_eq!(wanted(&fixture, FIRST), 586);
    desktop(&mut fixture, Verb::Tiling { on: Some(false) });
    assert!(!output(&mut fixture).workspaces[0].tiling);
    assert!(!window(&mut fixture, FIRST).place.tiled);
}

#[test]
fn the_keys_go_through_workspaces() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let first = client.open(&mut fixture, (300, 200), BLUE);
    let second = client.open(&mut fixture, (300, 200), BLUE);
    fixture.tap("super+shift+2");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(first.surface.id()));
    assert!(
        client
            .heard
            .last_configure(&second.toplevel)
            .has(State::Suspended)
    );
    fixture.tap("super+2");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(second.surface.id()));
    fixture.tap("super+Page_Down");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, None, "an empty workspace");
    let row = output(&mut fixture).workspaces;
    let windows: Vec<_> = row
        .iter()
        .map(|of| (of.active, of.windows.clone()))
        .collect();
    assert_eq!(
        windows,
        [(false, vec![1]), (false, vec![2]), (true, vec![])]
    );
    tell(&mut fixture, FIRST, WindowVerb::Focus {});
    assert!(output(&mut fixture).workspaces[0].active);
}

#[test]
fn scratch_sticky_and_on_top_are_told() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    fixture.tap("super+shift+grave");
    let place = window(&mut fixture, FIRST).place;
    assert!(place.scratch && !place.visible && place.workspace.is_none());
    fixture.tap("super+grave");
    assert!(window(&mut fixture, FIRST).place.visible);
    tell(
        &mut fixture,
        FIRST,
        WindowVerb::SendToScratch { on: Some(false) },
    );
    tell(&mut fixture, FIRST, WindowVerb::Sticky { on: None });
    tell(&mut fixture, FIRST, WindowVerb::OnTop { on: None });
    desktop(
        &mut fixture,
        Verb::Workspace {
            to: WorkspaceTarget::Next,
        },
    );
    let place = window(&mut fixture, FIRST).place;
    assert!(place.sticky && place.on_top && place.visible);
    tell(
        &mut fixture,
        FIRST,
        WindowVerb::Snap {
            part: Snap::TopRight,
        },
    );
    assert_eq!(
        window(&mut fixture, FIRST).place.snapped.as_deref(),
        Some("top-right")
    );
}

#[test]
fn rules_say_how_windows_open() {
    let rules = r#"
        [[rules]]
        app_id = "film*"
        open = "fullscreen"

        [[rules]]
        app_id = "chat"
        output = "headless-2"
        workspace = 9
        size = [444, 333]

        [[rules]]
        app_id = "note"
        sticky = true
        snap = "left"
        on_top = true
    "#;
    let mut fixture = configured(rules, &["800x600@1", "800x600@1"]);
    let mut client = fixture.connect();
    let film = open_app(&mut client, &mut fixture, "film.player");
    assert_eq!(client.heard.last_configure(&film.toplevel).size, (800, 600));
    let other = open_app(&mut client, &mut fixture, "other");
    assert_eq!(client.heard.keyboard, Some(other.surface.id()));
    let chat = open_app(&mut client, &mut fixture, "chat");
    assert_eq!(client.heard.last_configure(&chat.toplevel).size, (444, 333));
    let told = window(&mut fixture, WindowId(3));
    assert_eq!(told.output.as_deref(), Some("headless-2"));
    // The only workspace there is the empty one at the end, and it is shown.
    assert!(told.focused && told.place.visible);
    open_app(&mut client, &mut fixture, "note");
    let told = window(&mut fixture, WindowId(4)).place;
    assert!(told.sticky && told.on_top);
    assert_eq!(told.snapped.as_deref(), Some("left"));
}

#[test]
fn a_window_that_waits_on_another_workspace_takes_no_focus() {
    let rules = "[[rules]]\napp_id = \"chat\"\nworkspace = 2\n";
    let mut fixture = configured(rules, &["800x600@1"]);
    let mut client = fixture.connect();
    let first = open_app(&mut client, &mut fixture, "other");
    open_app(&mut client, &mut fixture, "chat");
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(first.surface.id()));
    assert!(!window(&mut fixture, SECOND).place.visible);
}

#[test]
fn a_window_dragged_into_a_corner_fills_a_quarter() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    let loc = fixture.goblin.layout.content_rect(FIRST).unwrap().loc;
    fixture.pointer_to(loc.x + 100, loc.y - 10);
    fixture.press();
    fixture.pointer_to(600, 500);
    fixture.pointer_to(1919, 1075);
    fixture.release();
    let placement = fixture.goblin.layout.window(FIRST).unwrap().placement();
    assert_eq!(placement, Placement::Snapped(Snap::BottomRight));
}

#[test]
fn a_veil_shows_where_a_dragged_window_would_go() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    let pixels = |fixture: &mut Fixture| {
        let picture = fixture.picture();
        [(700, 900), (1200, 900)].map(|(x, y)| {
            let at = (y * 1920 + x) * 4;
            <[u8; 4]>::try_from(&picture.data[at..at + 4]).unwrap()
        })
    };
    let [left, right] = pixels(&mut fixture);
    let loc = fixture.goblin.layout.content_rect(FIRST).unwrap().loc;
    fixture.pointer_to(loc.x + 100, loc.y - 10);
    fixture.press();
    fixture.pointer_to(600, 400);
    assert_eq!(pixels(&mut fixture), [left, right]);
    fixture.pointer_to(0, 400);
    let veiled = pixels(&mut fixture);
    assert!(
        veiled[0] != left && veiled[1] == right,
        "the left half alone"
    );
    fixture.pointer_to(600, 400);
    fixture.release();
    assert_eq!(pixels(&mut fixture), [left, right]);
}

#[test]
fn a_tile_is_dragged_with_super_onto_the_edge_of_another() {
    let mut fixture = configured("[layout]\ntiling = true\ngap = 0\n", &["1000x600@1"]);
    let mut client = fixture.connect();
    open_app(&mut client, &mut fixture, "a");
    open_app(&mut client, &mut fixture, "b");
    open_app(&mut client, &mut fixture, "c");
    fixture.pointer_to(900, 300);
    fixture.keys("super", true);
    fixture.press();
    fixture.pointer_to(700, 300);
    assert!(
        !window(&mut fixture, WindowId(3)).place.tiled,
        "it floats meanwhile"
    );
    fixture.pointer_to(250, 590);
    fixture.release();
    fixture.keys("super", false);
    let columns = output(&mut fixture).workspaces[0].columns.clone();
    assert_eq!(columns, [vec![vec![1], vec![3]], vec![vec![2]]]);
}

#[test]
fn the_line_between_two_tiles_is_dragged() {
    let mut fixture = configured("[layout]\ntiling = true\n", &["1000x600@1"]);
    let mut client = fixture.connect();
    let first = open_app(&mut client, &mut fixture, "a");
    open_app(&mut client, &mut fixture, "b");
    fixture.pointer_to(498, 300);
    fixture.press();
    fixture.pointer_to(598, 300);
    client.roundtrip(&mut fixture);
    let told = client.heard.last_configure(&first.toplevel);
    assert_eq!(told.size.0, 586);
    fixture.release();
    client.roundtrip(&mut fixture);
    assert!(
        !client
            .heard
            .last_configure(&first.toplevel)
            .has(State::Resizing)
    );
    assert_eq!(client.heard.last_configure(&first.toplevel).size.0, 586);
}

#[test]
fn a_press_on_a_tab_shows_it() {
    let mut fixture = configured("[layout]\ntiling = true\ngap = 0\n", &["1000x600@1"]);
    let mut client = fixture.connect();
    let first = open_app(&mut client, &mut fixture, "a");
    open_app(&mut client, &mut fixture, "b");
    tell(
        &mut fixture,
        SECOND,
        WindowVerb::Join {
            direction: Direction::Left,
        },
    );
    tell(&mut fixture, SECOND, WindowVerb::ToggleTabs {});
    fixture.click(100, 18);
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.keyboard, Some(first.surface.id()));
    assert!(!window(&mut fixture, SECOND).place.visible);
}
