//! What a client is told while a surface of its opens, word for word, at three scales.
//!
//! `GOBLIN_BLESS=1 cargo test -p goblin-compositor opening` writes the files anew: read each before it is
//! committed.

use std::fs;
use std::path::PathBuf;

use trees::desktop::{OutputVerb, Verb};
use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_protocols::ext::session_lock::v1::client::ext_session_lock_manager_v1::ExtSessionLockManagerV1;
use wayland_protocols::wp::fractional_scale::v1::client::wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::Anchor;

use super::client::{TestLayer, TestWindow};
use super::control::ask;
use super::{Client, Fixture};
use crate::control::Command;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

/// Screens of one logical size at each scale.
const SCREENS: [(&str, &str); 3] = [
    ("1", "1920x1080@1"),
    ("1.25", "2400x1350@1.25"),
    ("2", "3840x2160@2"),
];

/// What is told in one session, in parts.
struct Story {
    fixture: Fixture,
    client: Client,
    text: String,
}

impl Story {
    /// Ends a part: what was told since the last one.
    fn told(&mut self, after: &str) {
        self.client.roundtrip(&mut self.fixture);
        self.fixture.settle();
        self.client.roundtrip(&mut self.fixture);
        let told = std::mem::take(&mut self.client.heard.told);
        self.text += &format!("  {after}\n");
        for line in told {
            self.text += &format!("    {line}\n");
        }
    }

    /// A surface wants to know its scale.
    fn scaled(&self, surface: &WlSurface) {
        let manager: WpFractionalScaleManagerV1 = self.client.bind();
        manager.get_fractional_scale(surface, &self.client.handle(), ());
    }

    /// A window that has asked for its frame and its scale.
    fn window(&self) -> TestWindow {
        let window = self.client.bare_window();
        self.scaled(&window.surface);
        let handle = self.client.handle();
        let decoration = &self.client.globals().decoration;
        decoration.get_toplevel_decoration(&window.toplevel, &handle, ());
        window
    }

    /// The window's first commit, and its first content in the size that it was told, if it was.
    fn open(&mut self, window: &TestWindow) {
        window.surface.commit();
        self.told("first commit");
        let (width, height) = self.client.heard.last_configure(&window.toplevel).size;
        let size = if width > 0 {
            (width, height)
        } else {
            (640, 480)
        };
        self.client.draw(window, size, BLUE);
        self.told("content");
    }

    /// A window that nobody asks about.
    fn before(&mut self) -> TestWindow {
        let window = self.client.open(&mut self.fixture, (800, 600), BLUE);
        self.client.roundtrip(&mut self.fixture);
        self.fixture.settle();
        self.client.roundtrip(&mut self.fixture);
        self.client.heard.told.clear();
        window
    }
}

/// Compares what is told at all scales with a file.
fn assert_told(name: &str, tell: impl Fn(&mut Story)) {
    let mut text = String::new();
    for (scale, screen) in SCREENS {
        let mut fixture = Fixture::with_outputs(&[screen]);
        let client = fixture.connect();
        let mut story = Story {
            fixture,
            client,
            text: String::new(),
        };
        tell(&mut story);
        text += &format!("scale {scale}\n{}", story.text);
    }
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/tests/opening");
    let path = folder.join(format!("{name}.txt"));
    if std::env::var_os("GOBLIN_BLESS").is_some() {
        fs::create_dir_all(folder).unwrap();
        fs::write(&path, &text).unwrap();
        return;
    }
    assert_eq!(text, fs::read_to_string(&path).unwrap(), "{name}");
}

#[test]
fn a_floating_window() {
    assert_told("floating", |story| {
        let window = story.window();
        story.open(&window);
    });
}

#[test]
fn a_tile_beside_another() {
    assert_told("tiled", |story| {
        let on = Some(true);
        let verbs = vec![Verb::Tiling { on }];
        ask(&mut story.fixture, |reply| Command::Desktop(verbs, reply)).unwrap();
        story.before();
        let window = story.window();
        story.open(&window);
    });
}

#[test]
fn a_window_that_opens_maximised_and_is_restored() {
    assert_told("maximised", |story| {
        let window = story.window();
        window.toplevel.set_maximized();
        story.open(&window);
        window.toplevel.unset_maximized();
        story.told("unset_maximized");
    });
}

#[test]
fn a_window_that_opens_fullscreen_and_is_restored() {
    assert_told("fullscreen", |story| {
        let window = story.window();
        window.toplevel.set_fullscreen(None);
        story.open(&window);
        window.toplevel.unset_fullscreen();
        story.told("unset_fullscreen");
    });
}

#[test]
fn a_dialog() {
    assert_told("dialog", |story| {
        let parent = story.before();
        let window = story.window();
        window.toplevel.set_parent(Some(&parent.toplevel));
        story.open(&window);
    });
}

#[test]
fn a_popup() {
    assert_told("popup", |story| {
        let parent = story.before();
        let positioner = story.client.positioner(200, 100);
        let popup = story.client.popup(&parent, &positioner);
        story.scaled(&popup.surface);
        popup.surface.commit();
        story.told("first commit");
        let serial = story.client.heard.take_serial(&popup.xdg).unwrap();
        popup.xdg.ack_configure(serial);
        let buffer = story.client.buffer(200, 100, BLUE);
        popup.surface.attach(Some(&buffer), 0, 0);
        popup.surface.commit();
        story.told("content");
    });
}

/// A bar of 30 at the top of the screen.
fn bar(story: &Story) -> TestLayer {
    let bar = story.client.layer(Layer::Top, "bar");
    story.scaled(&bar.surface);
    bar.layer
        .set_anchor(Anchor::Top | Anchor::Left | Anchor::Right);
    bar.layer.set_size(0, 30);
    bar.layer.set_exclusive_zone(30);
    bar.surface.commit();
    bar
}

#[test]
fn a_bar() {
    assert_told("bar", |story| {
        let bar = bar(story);
        story.told("first commit");
        story.client.draw_layer(&bar, BLUE);
        story.told("content");
    });
}

#[test]
fn a_lock_surface() {
    assert_told("lock", |story| {
        let manager: ExtSessionLockManagerV1 = story.client.bind();
        let handle = story.client.handle();
        let lock = manager.lock(&handle, ());
        story.told("lock");
        let surface = story.client.surface();
        let output: WlOutput = story.client.bind();
        lock.get_lock_surface(&surface, &output, &handle, ());
        // As many do: only then.
        story.scaled(&surface);
        story.told("get_lock_surface");
        let buffer = story.client.buffer(1920, 1080, BLUE);
        surface.attach(Some(&buffer), 0, 0);
        surface.commit();
        story.told("content");
    });
}

#[test]
fn a_bar_a_maximised_window_and_its_popup_when_the_scale_changes() {
    assert_told("rescaled", |story| {
        let bar = bar(story);
        story.client.roundtrip(&mut story.fixture);
        story.client.draw_layer(&bar, BLUE);
        let window = story.before();
        story.scaled(&window.surface);
        window.toplevel.set_maximized();
        story.client.roundtrip(&mut story.fixture);
        let size = story.client.heard.last_configure(&window.toplevel).size;
        story.client.draw(&window, size, BLUE);
        let positioner = story.client.positioner(200, 100);
        let popup = story.client.popup(&window, &positioner);
        story.scaled(&popup.surface);
        popup.surface.commit();
        story.client.roundtrip(&mut story.fixture);
        story.client.heard.told.clear();
        let verbs = vec![OutputVerb::Scale { factor: 1.5 }];
        let output = "headless-1".to_owned();
        ask(&mut story.fixture, |reply| {
            Command::Output(output, verbs, reply)
        })
        .unwrap();
        story.told("scale 1.5");
    });
}

/// It was configured already, and no other word of its scale comes.
#[test]
fn a_bar_that_asks_late_is_told_the_scale_of_its_output_not_of_the_pointers() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "1600x1200@2"]);
    let mut client = fixture.connect();
    fixture.pointer_to(900, 10);
    let bar = client.layer(Layer::Top, "bar");
    bar.layer.set_size(100, 20);
    bar.surface.commit();
    client.roundtrip(&mut fixture);
    fixture.pointer_to(10, 10);
    client.heard.told.clear();
    let mut story = Story {
        fixture,
        client,
        text: String::new(),
    };
    story.scaled(&bar.surface);
    story.told("asked");
    assert_eq!(story.text, "  asked\n    wp_fractional_scale_v1: 240/120\n");
}
