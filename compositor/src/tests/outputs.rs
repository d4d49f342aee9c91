//! Outputs that come, go and change while the session runs, by verbs of `/desktop`.

use smithay::utils::Transform;
use tokio::sync::oneshot;
use trees::desktop::{OutputStatus, OutputVerb, OutputsVerb};
use wayland_client::Proxy;
use wayland_protocols_wlr::layer_shell::v1::client::zwlr_layer_shell_v1::Layer;

use super::Fixture;
use crate::control::{Command, Outcome};
use crate::layout::Pos;
use crate::render::Subject;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];

fn tell(fixture: &mut Fixture, verb: OutputsVerb) -> Outcome {
    let (reply, mut answer) = oneshot::channel();
    fixture
        .goblin
        .carry_out(Command::Outputs(vec![verb], reply));
    fixture.turn();
    answer.try_recv().unwrap()
}

fn change(fixture: &mut Fixture, name: &str, verbs: Vec<OutputVerb>) -> Outcome {
    let (reply, mut answer) = oneshot::channel();
    let command = Command::Output(name.to_owned(), verbs, reply);
    fixture.goblin.carry_out(command);
    fixture.turn();
    answer.try_recv().unwrap()
}

fn status(fixture: &mut Fixture, name: &str) -> Option<OutputStatus> {
    let (reply, mut answer) = oneshot::channel();
    fixture
        .goblin
        .carry_out(Command::OutputStatus(name.to_owned(), reply));
    answer.try_recv().unwrap()
}

fn add(size: &str, name: Option<&str>) -> OutputsVerb {
    OutputsVerb::Add {
        size: size.to_owned(),
        name: name.map(str::to_owned),
    }
}

fn remove(name: &str) -> OutputsVerb {
    let name = name.to_owned();
    OutputsVerb::Remove { name }
}

/// Top left and size of an output.
fn place(fixture: &mut Fixture, name: &str) -> (i32, i32, i32, i32) {
    let place = status(fixture, name).unwrap().geometry;
    (place.x, place.y, place.width, place.height)
}

#[test]
fn an_output_is_plugged_in_to_the_right_and_its_window_returns_to_it() {
    let mut fixture = Fixture::with_outputs(&["800x600@1"]);
    let mut client = fixture.connect();
    let added = tell(&mut fixture, add("1000x500@1.25", None)).unwrap();
    assert_eq!(added["name"], "headless-2");
    assert_eq!(place(&mut fixture, "headless-2"), (800, 0, 800, 400));

    client.open(&mut fixture, (220, 110), BLUE);
    let id = fixture.only_window();
    let second = fixture.goblin.output_named("headless-2").unwrap().id;
    fixture.goblin.layout.move_to(id, Pos::from((900, 100)));
    fixture.goblin.layout_changed();
    fixture.settle();
    assert_eq!(
        fixture.goblin.layout.window(id).unwrap().output(),
        Some(second)
    );

    tell(&mut fixture, remove("headless-2")).unwrap();
    assert_eq!(status(&mut fixture, "headless-2"), None);
    let first = fixture.goblin.outputs[0].id;
    let model = &fixture.goblin.layout;
    assert_eq!(model.window(id).unwrap().output(), Some(first));
    client.roundtrip(&mut fixture);

    tell(&mut fixture, add("1000x500@1.25", Some("headless-2"))).unwrap();
    let content = fixture.goblin.layout.content_rect(id).unwrap();
    assert_eq!(content.loc, (900, 100).into(), "where it was");
    fixture.settle();
    client.roundtrip(&mut fixture);
}

#[test]
fn what_lies_on_an_output_that_goes_is_closed_and_the_pointer_stays_on_one() {
    let mut fixture = Fixture::with_outputs(&["400x300@1", "400x300@1"]);
    let mut client = fixture.connect();
    fixture.pointer_to(600, 100);
    let bar = client.layer(Layer::Top, "bar");
    bar.layer.set_size(100, 20);
    bar.surface.commit();
    client.roundtrip(&mut fixture);
    client.draw_layer(&bar, BLUE);
    client.roundtrip(&mut fixture);
    fixture.settle();

    tell(&mut fixture, remove("headless-2")).unwrap();
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.layers_closed, [bar.layer.id()]);
    let pos = fixture.goblin.pointer_location();
    assert!(pos.x < 400.0, "{pos:?}");
    bar.layer.destroy();
    bar.surface.destroy();
    client.roundtrip(&mut fixture);
    fixture.settle();
}

#[test]
fn the_last_output_may_go_too() {
    let mut fixture = Fixture::with_outputs(&["400x300@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (220, 110), BLUE);
    tell(&mut fixture, remove("headless-1")).unwrap();
    fixture.pointer_to(10, 10);
    client.draw(&window, (200, 100), BLUE);
    client.open(&mut fixture, (100, 100), BLUE);
    client.roundtrip(&mut fixture);
    assert_eq!(fixture.goblin.layout.windows().count(), 2);
    tell(&mut fixture, add("400x300@1", None)).unwrap();
    fixture.settle();
    let shown = |id| fixture.goblin.layout.window(id).unwrap().output();
    let ids = fixture.goblin.layout.stacking().to_vec();
    let here = Some(fixture.goblin.outputs[0].id);
    assert!(ids.into_iter().all(|id| shown(id) == here));
}

#[test]
fn an_output_is_moved_scaled_and_turned_at_once_or_not_at_all() {
    let mut fixture = Fixture::with_outputs(&["800x600@1", "640x480@1"]);
    let turned = vec![
        OutputVerb::Scale { factor: 1.5 },
        OutputVerb::Turn {
            to: "90".to_owned(),
        },
        OutputVerb::Move { x: -400, y: 40 },
    ];
    change(&mut fixture, "headless-1", turned).unwrap();
    assert_eq!(place(&mut fixture, "headless-1"), (-400, 40, 400, 533));
    assert_eq!(
        place(&mut fixture, "headless-2"),
        (0, 0, 640, 480),
        "who was put nowhere lies to the right of who was"
    );
    let now = status(&mut fixture, "headless-1").unwrap();
    assert_eq!((now.transform.as_str(), now.mode), ("90", (800, 600)));

    let half = vec![
        OutputVerb::Move { x: 0, y: 0 },
        OutputVerb::Scale { factor: 9.0 },
    ];
    let refused = change(&mut fixture, "headless-1", half).unwrap_err();
    assert!(refused.why.contains('9'), "{}", refused.why);
    assert_eq!(place(&mut fixture, "headless-1"), (-400, 40, 400, 533));

    let mode = vec![OutputVerb::Mode {
        width: 1000,
        height: 500,
        refresh: Some(144_000),
    }];
    change(&mut fixture, "headless-2", mode).unwrap();
    let now = status(&mut fixture, "headless-2").unwrap();
    assert_eq!((now.mode, now.refresh), ((1000, 500), 144_000));
    assert_eq!(fixture.goblin.outputs[1].output.modes().len(), 1);
    fixture.settle();
}

#[test]
fn a_turned_output_is_drawn_turned_and_seen_upright() {
    let mut fixture = Fixture::with_outputs(&["300x200@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (100, 50), BLUE);
    let id = fixture.only_window();
    let output = fixture.goblin.outputs[0].id;
    let take = |fixture: &mut Fixture, subject| {
        let mut backend = fixture.goblin.backend.take().unwrap();
        let picture = backend.picture(&fixture.goblin, subject).unwrap();
        fixture.goblin.backend = Some(backend);
        picture
    };
    for turn in ["90", "180", "270", "flipped", "flipped-90"] {
        let verb = OutputVerb::Turn {
            to: turn.to_owned(),
        };
        change(&mut fixture, "headless-1", vec![verb]).unwrap();
        fixture.settle();
        let transform = fixture.goblin.outputs[0].output.current_transform();
        assert_ne!(transform, Transform::Normal);
        let content = fixture.goblin.layout.content_rect(id).unwrap();
        let canvas = fixture.goblin.canvas_of(Subject::Output(output)).unwrap();
        let upright = take(&mut fixture, Subject::Upright(output));
        let memory = take(&mut fixture, Subject::Output(output));
        assert_eq!((memory.width, memory.height), (300, 200));
        let seen = transform.transform_size(smithay::utils::Size::<u32, ()>::from((300, 200)));
        assert_eq!((upright.width, upright.height), (seen.w, seen.h));
        let blue = |picture: &crate::render::Capture, x: i32, y: i32| {
            let index = usize::try_from(y).unwrap() * picture.width as usize;
            let index = 4 * (index + usize::try_from(x).unwrap());
            let [b, g, r] = picture.data[index..index + 3] else {
                return false;
            };
            [r, g, b] == BLUE
        };
        let corner = content.loc + Pos::from((2, 2));
        assert!(blue(&upright, corner.x, corner.y), "{turn}");
        let spot = smithay::utils::Rectangle::new((corner.x, corner.y).into(), (1, 1).into());
        let there = canvas.in_buffer(spot).loc;
        assert!(
            blue(&memory, there.x, there.y),
            "{turn}: as it lies in memory"
        );
        let outside = smithay::utils::Rectangle::new(
            (content.loc.x - 5, content.loc.y + 20).into(),
            (1, 1).into(),
        );
        let there = canvas.in_buffer(outside).loc;
        assert!(!blue(&memory, there.x, there.y), "{turn}: and only there");
    }
}

#[test]
fn a_dark_output_is_not_drawn_and_keeps_its_windows() {
    let mut fixture = Fixture::with_outputs(&["300x200@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (100, 50), BLUE);
    fixture.settle();
    let power = |fixture: &mut Fixture, to: &str| {
        let verb = OutputVerb::Power { to: to.to_owned() };
        change(fixture, "headless-1", vec![verb])
    };
    power(&mut fixture, "off").unwrap();
    fixture.settle();
    let frames = fixture.goblin.outputs[0].frames;
    client.draw(&window, (100, 50), [1, 2, 3]);
    client.roundtrip(&mut fixture);
    fixture.pointer_to(20, 20);
    fixture.settle();
    assert_eq!(fixture.goblin.outputs[0].frames, frames);
    assert!(!status(&mut fixture, "headless-1").unwrap().powered);
    assert_eq!(fixture.goblin.layout.windows().count(), 1);
    power(&mut fixture, "on").unwrap();
    fixture.settle();
    assert!(fixture.goblin.outputs[0].frames > frames);
    assert!(power(&mut fixture, "dim").is_err());
}

#[test]
fn an_output_that_is_disabled_keeps_what_it_is_set_to() {
    let mut fixture = Fixture::with_outputs(&["300x200@1", "300x200@1"]);
    let verbs = vec![
        OutputVerb::Scale { factor: 2.0 },
        OutputVerb::Move { x: 500, y: 0 },
    ];
    change(&mut fixture, "headless-2", verbs).unwrap();
    let name = || "headless-2".to_owned();
    tell(&mut fixture, OutputsVerb::Disable { name: name() }).unwrap();
    assert_eq!(status(&mut fixture, "headless-2"), None);
    let (reply, mut answer) = oneshot::channel();
    fixture.goblin.carry_out(Command::Status(reply));
    let desktop = answer.try_recv().unwrap();
    assert_eq!(
        (desktop.outputs, desktop.disabled),
        (vec!["headless-1".to_owned()], vec![name()])
    );
    let taken = tell(&mut fixture, add("10x10", Some("headless-2")));
    assert!(taken.is_err(), "its name is taken");
    tell(&mut fixture, OutputsVerb::Enable { name: name() }).unwrap();
    assert_eq!(place(&mut fixture, "headless-2"), (500, 0, 150, 100));
}

#[test]
fn what_is_no_output_is_refused_with_the_way_out() {
    let mut fixture = Fixture::with_outputs(&["300x200@1"]);
    for (size, name) in [
        ("0x0", None),
        ("10x10", Some("ctl")),
        ("10x10", Some("a/b")),
        ("10x10", Some("")),
        ("10x10", Some("headless-1")),
    ] {
        assert!(
            tell(&mut fixture, add(size, name)).is_err(),
            "{size} {name:?}"
        );
    }
    assert!(tell(&mut fixture, remove("nobody")).is_err());
    let turn = OutputVerb::Turn {
        to: "45".to_owned(),
    };
    let refused = change(&mut fixture, "headless-1", vec![turn]).unwrap_err();
    assert!(refused.would_work.contains("270"));
    let far = OutputVerb::Move { x: i32::MAX, y: 0 };
    assert!(change(&mut fixture, "headless-1", vec![far]).is_err());
    let many = (0..40).map(|_| tell(&mut fixture, add("10x10", None)));
    assert_eq!(many.filter(Result::is_ok).count(), 31, "32 in all");
}

#[test]
fn outputs_come_and_go_by_turns_and_no_window_is_lost() {
    let mut fixture = Fixture::with_outputs(&["160x120@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (100, 50), BLUE);
    client.open(&mut fixture, (100, 50), BLUE);
    for round in 0..40 {
        let keep = format!("headless-{}", 1 + round % 2);
        let go = format!("headless-{}", 2 - round % 2);
        if fixture.goblin.output_named(&keep).is_none() {
            tell(&mut fixture, add("160x120@1.25", Some(&keep))).unwrap();
        }
        if fixture.goblin.output_named(&go).is_some() {
            tell(&mut fixture, remove(&go)).unwrap();
        }
        client.roundtrip(&mut fixture);
    }
    fixture.settle();
    assert_eq!(fixture.goblin.outputs.len(), 1);
    let here = Some(fixture.goblin.outputs[0].id);
    let windows = fixture.goblin.layout.windows();
    let homes: Vec<_> = windows.map(crate::layout::Window::output).collect();
    assert_eq!(homes, [here, here]);
    assert!(fixture.goblin.feedback.is_empty());
}
