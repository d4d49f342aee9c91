//! What is drawn, compared pixel by pixel with pictures that were looked at.
//!
//! `GOBLIN_BLESS=1 cargo test -p goblin-compositor pictures` writes them anew: look at each before
//! it is committed. Titles are left out: their pixels depend on the fonts of the machine.

use std::fs;
use std::path::PathBuf;

use trees::desktop::{Direction, SwitchTo, Verb, WindowVerb};
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::Anchor;

use super::Fixture;
use super::control::ask;
use crate::config::Theme;
use crate::control::Command;
use crate::domain::Domain;
use crate::layout::WindowId;
use crate::render::encode_png;

const BLUE: [u8; 3] = [0x5a, 0x7d, 0xb8];
const SAND: [u8; 3] = [0xe8, 0xdc, 0xc0];

/// Compares the first output with a reference.
fn assert_looks_like(fixture: &mut Fixture, name: &str) {
    fixture.settle();
    let drawn = encode_png(fixture.capture(0)).unwrap();
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/tests/pictures/{name}.png"));
    if std::env::var_os("GOBLIN_BLESS").is_some() {
        fs::write(&path, &drawn).unwrap();
        return;
    }
    let wanted = pixels(&fs::read(&path).unwrap());
    let got = pixels(&drawn);
    if wanted != got {
        let beside = std::env::temp_dir().join(format!("goblin-{name}.png"));
        fs::write(&beside, &drawn).unwrap();
        panic!(
            "{name} looks different: compare {} with {}",
            beside.display(),
            path.display()
        );
    }
}

fn pixels(file: &[u8]) -> (u32, u32, Vec<u8>) {
    let decoder = png::Decoder::new(std::io::Cursor::new(file));
    let mut reader = decoder.read_info().unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    (info.width, info.height, data)
}

fn two_windows(fixture: &mut Fixture) -> super::Client {
    let mut client = fixture.connect();
    client.open(fixture, (220, 110), BLUE);
    client.open(fixture, (220, 110), SAND);
    client
}

#[test]
fn two_framed_windows_at_scale_1() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let _client = two_windows(&mut fixture);
    assert_looks_like(&mut fixture, "framed-1");
}

#[test]
fn two_framed_windows_at_scale_1_25() {
    let mut fixture = Fixture::with_outputs(&["550x350@1.25"]);
    let _client = two_windows(&mut fixture);
    assert_looks_like(&mut fixture, "framed-1.25");
}

#[test]
fn the_dark_theme_with_a_button_under_the_pointer() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    fixture.goblin.config.theme = Theme::Dark;
    let _client = two_windows(&mut fixture);
    let top = *fixture.goblin.layout.stacking().last().unwrap();
    let frame = fixture.goblin.layout.frame_rect(top).unwrap();
    fixture.pointer_to(frame.loc.x + frame.size.w - 20, frame.loc.y + 18);
    assert_looks_like(&mut fixture, "dark-close");
}

#[test]
fn two_framed_windows_at_scale_2() {
    let mut fixture = Fixture::with_outputs(&["880x560@2"]);
    let _client = two_windows(&mut fixture);
    assert_looks_like(&mut fixture, "framed-2");
}

/// Draws windows in the sizes that they were told last.
fn draw_as_told(
    fixture: &mut Fixture,
    client: &mut super::Client,
    windows: &[(&super::client::TestWindow, [u8; 3])],
) {
    client.roundtrip(fixture);
    for (window, colour) in windows {
        let size = client.heard.last_configure(&window.toplevel).size;
        client.draw(window, size, *colour);
    }
    client.roundtrip(fixture);
}

#[test]
fn tiles_of_which_one_has_tabs_at_three_scales() {
    for (size, name) in [
        ("440x280@1", "tiles-1"),
        ("550x350@1.25", "tiles-1.25"),
        ("880x560@2", "tiles-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        act(&mut fixture, Verb::Tiling { on: Some(true) });
        let mut client = fixture.connect();
        let one = client.open(&mut fixture, (220, 110), BLUE);
        let two = client.open(&mut fixture, (220, 110), SAND);
        let three = client.open(&mut fixture, (220, 110), BLUE);
        let last = fixture.goblin.layout.focused().unwrap();
        for verb in [
            WindowVerb::Join {
                direction: Direction::Left,
            },
            WindowVerb::ToggleTabs {},
        ] {
            ask(&mut fixture, |reply| {
                Command::Window(last, vec![verb], reply)
            })
            .unwrap();
        }
        let windows = [(&one, BLUE), (&two, SAND), (&three, [0x6b, 0x9a, 0x5b])];
        draw_as_told(&mut fixture, &mut client, &windows);
        assert_looks_like(&mut fixture, name);
    }
}

#[test]
fn a_bar_and_a_menu_of_the_board_at_three_scales() {
    for (size, name) in [
        ("440x280@1", "menu-1"),
        ("550x350@1.25", "menu-1.25"),
        ("880x560@2", "menu-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        let mut client = fixture.connect();
        let bar = client.layer(Layer::Top, "bar");
        bar.layer
            .set_anchor(Anchor::Top | Anchor::Left | Anchor::Right);
        bar.layer.set_size(0, 30);
        bar.layer.set_exclusive_zone(30);
        bar.surface.commit();
        client.roundtrip(&mut fixture);
        client.draw_layer(&bar, [0x3a, 0x3f, 0x4a]);
        let window = client.open(&mut fixture, (220, 110), SAND);
        let positioner = client.positioner(110, 50);
        positioner.set_offset(80, 40);
        let popup = client.popup(&window, &positioner);
        popup.surface.commit();
        client.roundtrip(&mut fixture);
        let serial = client.heard.take_serial(&popup.xdg).unwrap();
        popup.xdg.ack_configure(serial);
        let buffer = client.buffer(110, 50, [0xf8, 0xf8, 0xf8]);
        popup.surface.attach(Some(&buffer), 0, 0);
        popup.surface.commit();
        client.roundtrip(&mut fixture);
        assert_looks_like(&mut fixture, name);
    }
}

#[test]
fn where_a_window_would_go_that_is_dropped_at_the_edge_at_three_scales() {
    for (size, name) in [
        ("440x280@1", "snap-1"),
        ("550x350@1.25", "snap-1.25"),
        ("880x560@2", "snap-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        let _client = two_windows(&mut fixture);
        let top = *fixture.goblin.layout.stacking().last().unwrap();
        let frame = fixture.goblin.layout.frame_rect(top).unwrap();
        fixture.pointer_to(frame.loc.x + 60, frame.loc.y + 18);
        fixture.press();
        fixture.pointer_to(100, 140);
        fixture.pointer_to(0, 140);
        assert_looks_like(&mut fixture, name);
    }
}

/// A window of the board's below one of a subsystem's that has a menu open. The subsystem has no
/// name, as the other windows have no titles.
fn board_and_subsystem(fixture: &mut Fixture) -> [super::Client; 2] {
    let mut board = fixture.connect();
    board.open(fixture, (220, 110), BLUE);
    let mut inside = fixture.connect_from(Domain::Subsystem {
        name: String::new(),
        colour: [0xc0, 0x3a, 0x6b],
    });
    let window = inside.open(fixture, (220, 110), SAND);
    let positioner = inside.positioner(110, 50);
    positioner.set_offset(80, 40);
    let popup = inside.popup(&window, &positioner);
    popup.surface.commit();
    inside.roundtrip(fixture);
    let serial = inside.heard.take_serial(&popup.xdg).unwrap();
    popup.xdg.ack_configure(serial);
    let buffer = inside.buffer(110, 50, [0xf8, 0xf8, 0xf8]);
    popup.surface.attach(Some(&buffer), 0, 0);
    popup.surface.commit();
    inside.roundtrip(fixture);
    [board, inside]
}

#[test]
fn a_subsystems_window_and_its_menu_carry_its_mark() {
    for (size, name) in [
        ("440x280@1", "subsystem"),
        ("550x350@1.25", "subsystem-1.25"),
        ("880x560@2", "subsystem-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        let _clients = board_and_subsystem(&mut fixture);
        assert_looks_like(&mut fixture, name);
    }
}

#[test]
fn a_subsystems_window_that_fills_the_screen_carries_its_mark() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut inside = fixture.connect_from(Domain::Subsystem {
        name: String::new(),
        colour: [0xc0, 0x3a, 0x6b],
    });
    let window = inside.open(&mut fixture, (220, 110), SAND);
    window.toplevel.set_fullscreen(None);
    inside.roundtrip(&mut fixture);
    inside.draw(&window, (434, 274), SAND);
    inside.roundtrip(&mut fixture);
    assert_looks_like(&mut fixture, "subsystem-fullscreen");
}

#[test]
fn a_maximised_window_has_no_border_and_no_shadow() {
    for (size, name) in [
        ("440x280@1", "maximised"),
        ("550x350@1.25", "maximised-1.25"),
        ("880x560@2", "maximised-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        let mut client = fixture.connect();
        let window = client.open(&mut fixture, (220, 110), SAND);
        window.toplevel.set_maximized();
        draw_as_told(&mut fixture, &mut client, &[(&window, SAND)]);
        assert_looks_like(&mut fixture, name);
    }
}

fn of_a_subsystem(fixture: &mut Fixture, window: u64) {
    // No name, since its pixels depend on the fonts.
    let domain = Domain::Subsystem {
        name: String::new(),
        colour: [0xc0, 0x3a, 0x6b],
    };
    let windows = &mut fixture.goblin.windows;
    windows.get_mut(WindowId(window)).unwrap().domain = domain;
}

/// Five windows of different shapes with something fine to see in them, one of them of a subsystem.
fn five_windows(fixture: &mut Fixture) -> super::Client {
    let mut client = fixture.connect();
    for (size, colour) in [
        ((260, 180), BLUE),
        ((120, 200), SAND),
        ((300, 90), [0x6b, 0x9a, 0x5b]),
        ((160, 120), [0xb0, 0x5a, 0x4a]),
        ((220, 150), [0x3a, 0x3f, 0x4a]),
    ] {
        let window = client.open(fixture, size, colour);
        client.draw_lines(&window, size, colour);
        client.roundtrip(fixture);
    }
    of_a_subsystem(fixture, 4);
    client
}

fn act(fixture: &mut Fixture, verb: Verb) {
    ask(fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap();
}

#[test]
fn the_switcher_at_three_scales() {
    for (size, name) in [
        ("800x500@1", "switcher-1"),
        ("1000x625@1.25", "switcher-1.25"),
        ("1600x1000@2", "switcher-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        let _client = five_windows(&mut fixture);
        fixture.goblin.layout.set_minimised(WindowId(2), true);
        act(&mut fixture, Verb::Switch { to: SwitchTo::Next });
        assert_looks_like(&mut fixture, name);
    }
}

#[test]
fn the_overview_at_three_scales() {
    for (size, name) in [
        ("800x500@1", "overview-1"),
        ("1000x625@1.25", "overview-1.25"),
        ("1600x1000@2", "overview-2"),
    ] {
        let mut fixture = Fixture::with_outputs(&[size]);
        let _client = five_windows(&mut fixture);
        act(&mut fixture, Verb::Overview { on: None });
        assert_looks_like(&mut fixture, name);
    }
}

#[test]
fn the_overview_in_the_dark_with_a_picture_dragged_onto_the_empty_workspace() {
    let mut fixture = Fixture::with_outputs(&["800x500@1"]);
    fixture.goblin.config.theme = Theme::Dark;
    let _client = five_windows(&mut fixture);
    act(&mut fixture, Verb::Overview { on: None });
    let output = fixture.goblin.outputs[0].id;
    let sheet = fixture.goblin.sheet(output).unwrap();
    let (from, onto) = (sheet.thumbnails[1].rect, sheet.cards[1].rect);
    fixture.pointer_to(from.loc.x + 20, from.loc.y + 40);
    fixture.press();
    fixture.pointer_to(onto.loc.x + 30, onto.loc.y + 30);
    assert_looks_like(&mut fixture, "overview-dragged");
}

#[test]
fn a_title_is_drawn_in_the_bar() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (300, 110), SAND);
    let plain = fixture.picture();
    window
        .toplevel
        .set_title("A quiet desk — 静かな机".to_owned());
    client.roundtrip(&mut fixture);
    let titled = fixture.picture();
    let changed: Vec<usize> = plain
        .data
        .chunks_exact(4)
        .zip(titled.data.chunks_exact(4))
        .enumerate()
        .filter(|(_, (before, after))| before != after)
        .map(|(index, _)| index)
        .collect();
    assert!(changed.len() > 200, "{} pixels changed", changed.len());
    let bar = fixture
        .goblin
        .layout
        .frame_rect(fixture.only_window())
        .unwrap();
    let rows = changed
        .iter()
        .map(|index| i32::try_from(index / 440).unwrap());
    assert!(
        rows.into_iter()
            .all(|y| (bar.loc.y..bar.loc.y + 36).contains(&y))
    );
}
