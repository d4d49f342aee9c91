//! No pixel of a client's ever lies on a frame: random windows with subsurfaces and popups anywhere,
//! at several scales, drawn twice in different colours. What differs is the client's.

use proptest::prelude::*;
use proptest::test_runner::RngAlgorithm;
use smithay::utils::{Physical, Point, Rectangle, Size};
use wayland_client::Proxy;
use wayland_client::protocol::wl_surface::WlSurface;

use super::client::{TestPopup, TestWindow};
use super::{Client, Fixture};
use crate::domain::Domain;
use crate::layout::{Layout, Placement, WindowId};

/// Scenes in the ordinary test. The environment variable `GOBLIN_FRAME_CASES` sets another number.
const CASES: u32 = 16;
/// The output, in logical pixels.
const OUTPUT: (i32, i32) = (420, 300);
/// What a client draws, one time and the other. No frame, shadow or wallpaper has them.
const COLOURS: [[u8; 3]; 2] = [[0xff, 0x00, 0xff], [0x00, 0xff, 0x00]];
const GREY: [u8; 3] = [0x80, 0x80, 0x80];

/// Place and size.
type Part = (i32, i32, i32, i32);

/// A window as its client makes it.
#[derive(Debug, Clone)]
struct Scene {
    /// It comes from a subsystem.
    inside: bool,
    /// It asks for a frame of the server's.
    decorated: bool,
    size: (i32, i32),
    place: (i32, i32),
    mode: Mode,
    /// Place and size of what counts as the window.
    geometry: Option<Part>,
    /// Place and size of each.
    subsurfaces: Vec<Part>,
    /// Place and size, and what counts as the popup.
    popup: Option<(Part, Option<Part>)>,
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Floating,
    Maximised,
    Fullscreen,
}

fn rect(reach: i32, side: i32) -> impl Strategy<Value = Part> {
    (-reach..reach, -reach..reach, 1..side, 1..side)
}

fn scene() -> impl Strategy<Value = Scene> {
    let mode = prop_oneof![
        6 => Just(Mode::Floating),
        1 => Just(Mode::Maximised),
        2 => Just(Mode::Fullscreen),
    ];
    let whole = (
        prop::bool::weighted(0.7),
        any::<bool>(),
        (1..220, 1..160),
        (-60..380, -30..280),
        mode,
    );
    let parts = (
        prop::option::of(rect(40, 200)),
        prop::collection::vec(rect(160, 200), 0..4),
        prop::option::of((rect(120, 160), prop::option::of(rect(20, 120)))),
    );
    (whole, parts).prop_map(
        |((inside, decorated, size, place, mode), (geometry, subsurfaces, popup))| Scene {
            inside,
            decorated,
            size,
            place,
            mode,
            geometry,
            subsurfaces,
            popup,
        },
    )
}

/// A client with its one window, and everything of it that can change its colour.
struct Painter {
    client: Client,
    window: TestWindow,
    id: WindowId,
    inside: bool,
    size: (i32, i32),
    parts: Vec<(WlSurface, (i32, i32))>,
    popup: Option<(TestPopup, (i32, i32))>,
}

impl Painter {
    fn open(fixture: &mut Fixture, scene: &Scene) -> Self {
        let domain = if scene.inside {
            Domain::Subsystem {
                // Without a name no font is read.
                name: String::new(),
                colour: [0x30, 0x58, 0xd0],
            }
        } else {
            Domain::Board
        };
        let mut client = fixture.connect_from(domain);
        let handle = client.handle();
        let window = client.bare_window();
        if scene.decorated {
            let manager = &client.globals().decoration;
            let _ = manager.get_toplevel_decoration(&window.toplevel, &handle, ());
        }
        let mut parts = Vec::new();
        for (x, y, w, h) in &scene.subsurfaces {
            let surface = client.surface();
            let manager = &client.globals().subcompositor;
            let sub = manager.get_subsurface(&surface, &window.surface, &handle, ());
            sub.set_position(*x, *y);
            parts.push((surface, (*w, *h)));
        }
        if let Some((x, y, w, h)) = scene.geometry {
            window.xdg.set_window_geometry(x, y, w, h);
        }
        window.surface.commit();
        client.roundtrip(fixture);
        let before: Vec<WindowId> = fixture.goblin.layout.stacking().to_vec();
        client.draw(&window, scene.size, GREY);
        client.roundtrip(fixture);
        let mut stacking = fixture.goblin.layout.stacking().iter().copied();
        let id = stacking.find(|id| !before.contains(id)).unwrap();
        let layout = &mut fixture.goblin.layout;
        layout.move_to(id, scene.place.into());
        match scene.mode {
            Mode::Floating => {}
            Mode::Maximised => layout.set_placement(id, Placement::Maximised),
            Mode::Fullscreen => layout.set_fullscreen(id, true, None),
        }
        fixture.goblin.layout_changed();
        fixture.turn();
        let popup = scene.popup.map(|((x, y, w, h), geometry)| {
            let positioner = client.positioner(w, h);
            positioner.set_offset(x, y);
            let popup = client.popup(&window, &positioner);
            if let Some((x, y, w, h)) = geometry {
                popup.xdg.set_window_geometry(x, y, w, h);
            }
            popup.surface.commit();
            client.roundtrip(fixture);
            let serial = client.heard.take_serial(&popup.xdg).unwrap();
            popup.xdg.ack_configure(serial);
            (popup, (w, h))
        });
        let mut painter = Self {
            client,
            window,
            id,
            inside: scene.inside,
            size: scene.size,
            parts,
            popup,
        };
        painter.paint(fixture, GREY);
        painter
    }

    /// Draws everything in a colour. A popup of the board's keeps its own: where it may lie is the
    /// board's business.
    fn paint(&mut self, fixture: &mut Fixture, colour: [u8; 3]) {
        let client = &mut self.client;
        let attach = |client: &Client, surface: &WlSurface, (w, h), colour| {
            surface.attach(Some(&client.buffer(w, h, colour)), 0, 0);
            surface.damage_buffer(0, 0, i32::MAX, i32::MAX);
            surface.commit();
        };
        for (surface, size) in &self.parts {
            attach(client, surface, *size, colour);
        }
        if let Some((popup, size)) = &self.popup {
            let colour = if self.inside { colour } else { GREY };
            attach(client, &popup.surface, *size, colour);
        }
        client.draw(&self.window, self.size, colour);
        client.roundtrip(fixture);
        assert!(self.window.surface.is_alive());
    }

    /// The pixels of the output that are this client's.
    fn pixels(&mut self, fixture: &mut Fixture) -> Vec<bool> {
        let [one, other] = COLOURS.map(|colour| {
            self.paint(fixture, colour);
            fixture.capture(0).data
        });
        let pairs = one.chunks_exact(4).zip(other.chunks_exact(4));
        pairs.map(|(one, other)| one != other).collect()
    }
}

/// The parts of a window's frame, in pixels of the output, its rounded corners left out.
fn frame(layout: &Layout, id: WindowId, scale: f64) -> Vec<Rectangle<i32, Physical>> {
    let (model, metrics) = (layout.window(id).unwrap(), layout.metrics());
    let px = |logical: i32| (f64::from(logical) * scale).round() as i32;
    if model.has_edge() {
        let whole: Size<i32, Physical> = (px(OUTPUT.0), px(OUTPUT.1)).into();
        let edge = px(metrics.edge);
        return vec![
            Rectangle::from_size((whole.w, edge).into()),
            Rectangle::from_size((edge, whole.h).into()),
            Rectangle::new((0, whole.h - edge).into(), (whole.w, edge).into()),
            Rectangle::new((whole.w - edge, 0).into(), (edge, whole.h).into()),
        ];
    }
    if !model.has_frame() {
        return Vec::new();
    }
    let content = layout.content_rect(id).unwrap();
    let at: Point<i32, Physical> = (px(content.loc.x), px(content.loc.y)).into();
    let (w, h) = (px(content.size.w), px(content.size.h));
    let bar = px(metrics.title_bar);
    let free = matches!(model.placement(), Placement::Floating | Placement::Tiled);
    if !free {
        return vec![Rectangle::new((at.x, at.y - bar).into(), (w, bar).into())];
    }
    let (line, corner) = (px(metrics.border).max(1), px(10));
    let top = at.y - bar;
    vec![
        Rectangle::new(
            (at.x - line + corner, top).into(),
            ((w + 2 * line - 2 * corner).max(0), bar).into(),
        ),
        Rectangle::new(
            (at.x - line, top + corner).into(),
            (w + 2 * line, bar - corner).into(),
        ),
        Rectangle::new((at.x - line, at.y).into(), (line, h).into()),
        Rectangle::new((at.x + w, at.y).into(), (line, h).into()),
        Rectangle::new((at.x - line, at.y + h).into(), (w + 2 * line, line).into()),
    ]
}

fn check(scale: f64, scenes: &[Scene]) -> Result<(), TestCaseError> {
    let px = |logical: i32| (f64::from(logical) * scale).round() as i32;
    let (width, height) = (px(OUTPUT.0), px(OUTPUT.1));
    let mut fixture = Fixture::with_outputs(&[&format!("{width}x{height}@{scale}")]);
    let painters = scenes
        .iter()
        .map(|scene| Painter::open(&mut fixture, scene));
    let mut painters: Vec<Painter> = painters.collect();
    let stacking = fixture.goblin.layout.stacking().to_vec();
    for painter in &mut painters {
        let mine = painter.pixels(&mut fixture);
        let place = stacking.iter().position(|id| *id == painter.id).unwrap();
        for id in &stacking[place..] {
            if !fixture.goblin.layout.is_visible(*id) {
                continue;
            }
            for part in frame(&fixture.goblin.layout, *id, scale) {
                let whole = Rectangle::from_size((width, height).into());
                let Some(part) = part.intersection(whole) else {
                    continue;
                };
                for y in part.loc.y..part.loc.y + part.size.h {
                    for x in part.loc.x..part.loc.x + part.size.w {
                        let index = usize::try_from(y * width + x).unwrap();
                        prop_assert!(
                            !mine[index],
                            "a pixel of window {} lies at {x}, {y} on the frame of window {id}",
                            painter.id
                        );
                    }
                }
            }
        }
    }
    Ok(())
}

fn cases() -> ProptestConfig {
    let wanted = std::env::var("GOBLIN_FRAME_CASES").ok();
    ProptestConfig {
        cases: wanted.map_or(CASES, |wanted| wanted.parse().unwrap()),
        rng_algorithm: RngAlgorithm::XorShift,
        max_shrink_iters: 300,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn no_client_pixel_ever_lies_on_a_frame(
        scale in prop::sample::select(vec![1.0, 1.25, 1.5, 2.0]),
        scenes in prop::collection::vec(scene(), 1..4),
    ) {
        check(scale, &scenes)?;
    }
}
