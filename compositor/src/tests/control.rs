//! `/desktop` as its commands: what can be asked, what can be told, what is refused.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use tokio::sync::oneshot;
use trees::desktop::{InputVerb, OutputStatus, OutputVerb, Status, Verb, WindowStatus, WindowVerb};
use wayland_client::Proxy;
use wayland_protocols::xdg::shell::client::xdg_toplevel::State;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_surface_v1::Anchor;

use super::Fixture;
use crate::control::{Command, Reply};
use crate::layout::WindowId;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

/// Asks and waits for the answer.
pub(super) fn ask<T>(fixture: &mut Fixture, make: impl FnOnce(Reply<T>) -> Command) -> T {
    let (reply, mut answer) = oneshot::channel();
    fixture.goblin.carry_out(make(reply));
    fixture.turn();
    fixture.until_some("an answer", |_| answer.try_recv().ok())
}

fn status(fixture: &mut Fixture) -> Status {
    ask(fixture, Command::Status)
}

pub(super) fn window(fixture: &mut Fixture, id: WindowId) -> WindowStatus {
    ask(fixture, |reply| Command::WindowStatus(id, reply)).unwrap()
}

/// The first output.
pub(super) fn output(fixture: &mut Fixture) -> OutputStatus {
    let name = "headless-1".to_owned();
    ask(fixture, |reply| Command::OutputStatus(name, reply)).unwrap()
}

pub(super) fn tell(fixture: &mut Fixture, id: WindowId, verb: WindowVerb) {
    ask(fixture, |reply| Command::Window(id, vec![verb], reply)).unwrap();
}

fn input(fixture: &mut Fixture, verbs: Vec<InputVerb>) -> Result<(), Refusal> {
    ask(fixture, |reply| Command::Input(verbs, reply)).map(drop)
}

#[test]
fn perf_tells_what_was_drawn_and_how_often_it_was_woken() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let before = ask(&mut fixture, Command::Perf);
    let window = client.open(&mut fixture, (300, 200), BLUE);
    fixture.settle();
    client.draw(&window, (300, 200), [1, 2, 3]);
    client.roundtrip(&mut fixture);
    fixture.settle();
    let after = ask(&mut fixture, Command::Perf);
    let (old, new) = (&before.outputs[0], &after.outputs[0]);
    assert_eq!(new.name, "headless-1");
    assert_eq!(new.frames, fixture.goblin.outputs[0].frames);
    assert!(new.frames > old.frames && after.wakeups > before.wakeups);
    // The window twice, at least.
    assert!(new.damage - old.damage >= 2 * 300 * 200);
    assert!(new.last_us <= new.worst_us && new.median_us <= new.worst_us && new.worst_us > 0);
}

#[test]
fn the_seat_is_told_and_its_layouts_are_switched() {
    let mut fixture = Fixture::new();
    let keyboard = crate::config::KeyboardConfig {
        layout: "us,de".to_owned(),
        ..crate::config::KeyboardConfig::default()
    };
    fixture.goblin.apply_keyboard(&keyboard).unwrap();
    let seat = ask(&mut fixture, Command::InputStatus);
    assert_eq!(seat.pointer, None, "it has not moved yet");
    assert_eq!(seat.keyboard.layouts, ["English (US)", "German"]);
    assert_eq!(seat.keyboard.layout, "English (US)");
    assert!(!seat.input_method && seat.devices.is_empty());

    fixture.pointer_to(300, 200);
    let mut layouts = Vec::new();
    for verb in [
        Verb::NextLayout {},
        Verb::NextLayout {},
        Verb::PreviousLayout {},
    ] {
        ask(&mut fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap();
        layouts.push(ask(&mut fixture, Command::InputStatus).keyboard.layout);
    }
    assert_eq!(layouts, ["German", "English (US)", "German"]);
    let seat = ask(&mut fixture, Command::InputStatus);
    assert_eq!(seat.pointer, Some((300.5, 200.5)));
}

#[test]
fn the_configuration_in_force_is_told_also_while_its_file_is_faulty() {
    let mut fixture = Fixture::new();
    fixture.goblin.config_file.error = Some("/x:3: no".to_owned());
    let told = ask(&mut fixture, Command::Config);
    assert_eq!(told.file.error.as_deref(), Some("/x:3: no"));
    assert_eq!((&*told.theme, &*told.keyboard.layout), ("light", "us"));
    assert_eq!(told.keys["super"], "event launcher");
}

#[test]
fn status_tells_windows_front_to_back_and_the_focus() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    client.open(&mut fixture, (300, 200), BLUE);
    let now = status(&mut fixture);
    assert_eq!((now.windows, now.focus), (vec![2, 1], Some(2)));
    assert_eq!(now.outputs, ["headless-1"]);
    assert_eq!((now.backend.as_str(), now.testing), ("headless", true));
    let second = window(&mut fixture, WindowId(2));
    assert!(second.focused && second.pid.is_some());
    assert_eq!(second.domain, "board");
    assert_eq!(second.frame.height, second.geometry.height + 37);
}

#[test]
fn verbs_move_resize_maximise_and_restore() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let mine = client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    tell(&mut fixture, id, WindowVerb::Move { x: 100, y: 120 });
    let place = window(&mut fixture, id).geometry;
    assert_eq!((place.x, place.y), (100, 120));
    tell(
        &mut fixture,
        id,
        WindowVerb::Resize {
            width: 500,
            height: 400,
        },
    );
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.last_configure(&mine.toplevel).size, (500, 400));
    tell(&mut fixture, id, WindowVerb::Maximize {});
    client.roundtrip(&mut fixture);
    assert!(
        client
            .heard
            .last_configure(&mine.toplevel)
            .has(State::Maximized)
    );
    tell(&mut fixture, id, WindowVerb::Minimize {});
    let hidden = window(&mut fixture, id);
    assert!(hidden.minimized && hidden.maximized && !hidden.focused);
    tell(&mut fixture, id, WindowVerb::Restore {});
    assert!(!window(&mut fixture, id).minimized);
    tell(&mut fixture, id, WindowVerb::Close {});
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.closes, [mine.toplevel.id()]);
}

#[test]
fn a_list_of_verbs_is_done_whole_or_not_at_all() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    let before = window(&mut fixture, id).geometry;
    let verbs = vec![
        WindowVerb::Move { x: 5, y: 50 },
        WindowVerb::Resize {
            width: 0,
            height: 10,
        },
    ];
    let refused = ask(&mut fixture, |reply| Command::Window(id, verbs, reply)).unwrap_err();
    assert_eq!(refused.errno, Errno::INVAL);
    assert_eq!(window(&mut fixture, id).geometry, before);
    let none = ask(&mut fixture, |reply| {
        Command::Window(WindowId(99), vec![WindowVerb::Close {}], reply)
    });
    assert_eq!(none.unwrap_err().errno, Errno::NOENT);
}

#[test]
fn an_output_tells_its_layers_and_takes_a_scale() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let bar = client.layer(Layer::Top, "goblin-bar");
    bar.layer
        .set_anchor(Anchor::Bottom | Anchor::Left | Anchor::Right);
    bar.layer.set_size(0, 40);
    bar.layer.set_exclusive_zone(40);
    bar.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw_layer(&bar, BLUE);
    client.roundtrip(&mut fixture);
    let name = || "headless-1".to_owned();
    let output: OutputStatus =
        ask(&mut fixture, |reply| Command::OutputStatus(name(), reply)).unwrap();
    assert_eq!(output.layers.len(), 1);
    assert_eq!(output.layers[0].namespace, "goblin-bar");
    assert_eq!(
        (
            output.layers[0].geometry.y,
            output.layers[0].geometry.height
        ),
        (1040, 40)
    );

    let scale = |factor| vec![OutputVerb::Scale { factor }];
    let refused = ask(&mut fixture, |reply| {
        Command::Output(name(), scale(9.0), reply)
    });
    assert_eq!(refused.unwrap_err().errno, Errno::INVAL);
    ask(&mut fixture, |reply| {
        Command::Output(name(), scale(1.25), reply)
    })
    .unwrap();
    client.roundtrip(&mut fixture);
    let output = ask(&mut fixture, |reply| Command::OutputStatus(name(), reply)).unwrap();
    assert_eq!((output.geometry.width, output.geometry.height), (1536, 864));
    let (_, width, _) = client.heard.layers[&bar.layer.id()]
        .last()
        .copied()
        .unwrap();
    assert_eq!(width, 1536);
}

#[test]
fn injected_hands_click_and_type() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    let mine = client.open(&mut fixture, (300, 200), BLUE);
    let place = window(&mut fixture, WindowId(1)).geometry;
    let verbs = vec![
        InputVerb::Pointer {
            x: f64::from(place.x + 10),
            y: f64::from(place.y + 20),
        },
        InputVerb::Button {
            button: "left".to_owned(),
            action: None,
        },
        InputVerb::Type {
            text: "Hi!\n".to_owned(),
        },
    ];
    input(&mut fixture, verbs).unwrap();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.pointer, Some((mine.surface.id(), 10.0, 20.0)));
    assert_eq!(client.heard.presses.len(), 1);
    let pressed: Vec<u32> = client
        .heard
        .keys
        .iter()
        .filter(|(_, down)| *down)
        .map(|(key, _)| *key)
        .collect();
    // Shift and h, i, Shift and 1, Return: codes of linux/input-event-codes.h.
    assert_eq!(pressed, [42, 35, 23, 42, 2, 28]);
}

#[test]
fn what_cannot_be_typed_is_refused_before_anything_is() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    let refused = input(
        &mut fixture,
        vec![InputVerb::Type {
            text: "ab你".to_owned(),
        }],
    );
    assert!(refused.unwrap_err().why.contains('你'));
    client.roundtrip(&mut fixture);
    assert!(client.heard.keys.is_empty());
}

#[test]
fn without_testing_there_are_no_pictures_and_no_foreign_hands() {
    let mut fixture = Fixture::new();
    fixture.goblin.testing = false;
    let refused = input(&mut fixture, vec![InputVerb::Pointer { x: 1.0, y: 1.0 }]).unwrap_err();
    assert_eq!(refused.errno, Errno::ACCESS);
    assert!(refused.would_work.contains("--testing"));
    let name = "headless-1".to_owned();
    let refused = ask(&mut fixture, |reply| Command::OutputPicture(name, reply)).unwrap_err();
    assert_eq!(refused.errno, Errno::ACCESS);
}

#[test]
fn a_picture_of_a_window_is_its_frame_and_nothing_around_it() {
    let mut fixture = Fixture::new();
    let mut client = fixture.connect();
    client.open(&mut fixture, (300, 200), BLUE);
    let id = fixture.only_window();
    let png = ask(&mut fixture, |reply| Command::WindowPicture(id, reply)).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .unwrap();
    let mut data = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut data).unwrap();
    assert_eq!((info.width, info.height), (302, 237));
    assert!(data[3] < 64, "only the shadow is in the rounded corner");
    let middle = (150 * 302 + 150) * 4;
    assert_eq!(data[middle..middle + 4], [BLUE[0], BLUE[1], BLUE[2], 0xff]);
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let mut fixture = Fixture::new();
    let verb = Verb::Spawn {
        argv: vec!["no-such-program-of-goblin".to_owned()],
    };
    let refused = ask(&mut fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap_err();
    assert!(refused.why.contains("no-such-program-of-goblin"));
    let verb = Verb::Theme {
        name: "mauve".to_owned(),
    };
    let refused = ask(&mut fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap_err();
    assert_eq!(refused.would_work, "light or dark");
}
