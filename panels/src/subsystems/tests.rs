use trees::time::Millis;
use ui::testing::{pictures, screen, stage};

use super::*;
use crate::app::SMALLEST;
use crate::testing::{NOW, PICTURES, before, down, subsystem};

const SIZE: (f32, f32) = (1080.0, 720.0);

fn with(list: Vec<Subsystem>) -> Subsystems {
    let mut subsystems = Subsystems::default();
    let status = Status {
        rev: 1,
        session: "test".into(),
        since: before(9_000),
        subsystems: list,
    };
    subsystems.update(Message::Manager(Heard::Status(status)), NOW);
    subsystems
}

fn normal() -> Subsystems {
    with(vec![
        subsystem("mirror", State::Running),
        subsystem("desktop", State::Running),
        subsystem("shell", State::Starting),
        subsystem("panels", State::Stopped),
    ])
}

fn log(subsystems: &mut Subsystems, name: &str, lines: &[&str]) {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    subsystems.update(
        Message::Log(LogPart {
            subsystem: name.into(),
            anew: true,
            lines,
        }),
        NOW,
    );
}

fn logged() -> Subsystems {
    let mut subsystems = normal();
    log(
        &mut subsystems,
        "mirror",
        &[
            "14:01:02 goblin-mirror: the store is /home/lin/.local/share/goblin/mirror",
            "14:01:02 goblin-mirror: 3 spaces, 1,112 files, 48 MB",
            "14:01:03 goblin-mirror: /mirror is served at /run/user/1000/goblin/srv/mirror",
            "14:02:40 goblin-mirror: 空间「相册」已创建",
        ],
    );
    subsystems
}

fn failed() -> Subsystems {
    let mut subsystems = with(vec![
        subsystem("desktop", State::Running),
        subsystem("mirror", State::Failed),
        subsystem("shell", State::Backoff),
        subsystem("panels", State::Waiting),
    ]);
    log(
        &mut subsystems,
        "mirror",
        &["store: /srv/data is not writable (EACCES); chown it"],
    );
    let order = order("shell", &SubsystemVerb::Start {});
    subsystems.update(
        Message::Done(order, Err("shell waits for desktop".into())),
        NOW,
    );
    subsystems
}

fn texts(subsystems: &Subsystems) -> Vec<String> {
    let screen = screen(SIZE, subsystems.view(NOW));
    screen.items.iter().map(|item| item.text.clone()).collect()
}

fn shows(subsystems: &Subsystems, words: &str) -> bool {
    texts(subsystems).iter().any(|text| text.contains(words))
}

fn clicked(subsystems: &Subsystems, on: &str) -> Vec<Message> {
    let mut stage = stage(SIZE, subsystems.view(NOW));
    stage.click(on).unwrap();
    stage.into_messages().collect()
}

#[test]
fn pictures_of_every_state() {
    let mut away = logged();
    away.update(Message::Manager(down()), NOW);
    let mut overcome = logged();
    let mut again = subsystem("mirror", State::Running);
    again.restarts = 1;
    again.failure = subsystem("mirror", State::Failed).failure;
    state(&mut overcome, again);
    for (name, subsystems) in [
        ("subsystems", logged()),
        ("subsystems_empty", with(vec![])),
        ("subsystems_unreachable", away),
        ("subsystems_failed", failed()),
        ("subsystems_overcome", overcome),
    ] {
        pictures(PICTURES, name, SIZE, || subsystems.view(NOW)).unwrap();
    }
}

fn state(subsystems: &mut Subsystems, subsystem: Subsystem) {
    let line = Line {
        seq: 1,
        time: Millis(1),
        event: Event::State { subsystem },
    };
    subsystems.update(Message::Manager(Heard::Event(line)), NOW);
}

#[test]
fn pictures_of_the_smallest_window() {
    let subsystems = failed();
    pictures(PICTURES, "subsystems_small", SMALLEST, || {
        subsystems.view(NOW)
    })
    .unwrap();
}

#[test]
fn the_first_is_chosen_or_the_one_in_trouble() {
    assert_eq!(normal().followed(), Some("mirror"));
    assert_eq!(failed().followed(), Some("mirror"));
    assert_eq!(with(vec![]).followed(), None);
}

#[test]
fn an_event_changes_the_light() {
    let mut subsystems = normal();
    let screen_of = |subsystems: &Subsystems| screen(SIZE, subsystems.view(NOW));
    assert!(screen_of(&subsystems).find("light", "Running").is_some());
    let mut dead = subsystem("mirror", State::Backoff);
    dead.rev = 3;
    state(&mut subsystems, dead);
    let screen = screen_of(&subsystems);
    let light = screen
        .find("light", "Died, will be started again at 14:03:11")
        .unwrap();
    assert_eq!(light.state, ["warning"]);
    assert!(shows(&subsystems, "exited with code 1"));
    // What was written before the status was read is no news.
    let mut old = subsystem("mirror", State::Running);
    old.rev = 1;
    state(&mut subsystems, old);
    assert!(shows(&subsystems, "Died"));
}

#[test]
fn every_order_is_one_line_to_its_ctl() {
    let mut subsystems = normal();
    for (button, line) in [("Stop", "stop"), ("Restart", "restart")] {
        let said = clicked(&subsystems, button);
        let order = Order {
            path: "/subsystems/mirror/ctl".into(),
            line: line.into(),
        };
        assert_eq!(
            subsystems.update(said[0].clone(), NOW),
            [Action::Write(order.clone())]
        );
        // Until it is answered no other can be given.
        assert_eq!(clicked(&subsystems, "Restart"), []);
        subsystems.update(Message::Done(order, Ok(())), NOW);
    }
    assert_eq!(clicked(&subsystems, "Start"), [], "it runs already");
    subsystems.update(Message::Choose("panels".into()), NOW);
    let said = clicked(&subsystems, "Start");
    let order = Order {
        path: "/subsystems/panels/ctl".into(),
        line: "start".into(),
    };
    assert_eq!(order.command(), "goblin write /subsystems/panels/ctl start");
    assert_eq!(
        subsystems.update(said[0].clone(), NOW),
        [Action::Write(order)]
    );
}

#[test]
fn a_refusal_says_why_until_it_is_read() {
    let mut subsystems = failed();
    assert!(shows(&subsystems, "shell waits for desktop"));
    let said = clicked(&subsystems, "Understood");
    subsystems.update(said[0].clone(), NOW);
    assert!(!shows(&subsystems, "shell waits for desktop"));
}

#[test]
fn the_log_is_that_of_the_chosen_one() {
    let mut subsystems = logged();
    assert!(shows(&subsystems, "the store is"));
    let more = LogPart {
        subsystem: "mirror".into(),
        anew: false,
        lines: vec!["one more".into()],
    };
    subsystems.update(Message::Log(more), NOW);
    assert!(shows(&subsystems, "one more") && shows(&subsystems, "the store is"));
    let said = clicked(&subsystems, "shell");
    assert_eq!(said, [Message::Choose("shell".into())]);
    subsystems.update(said[0].clone(), NOW);
    assert!(!shows(&subsystems, "the store is"));
    // A late line of the other does not get in.
    log(&mut subsystems, "mirror", &["late"]);
    assert!(!shows(&subsystems, "late"));
}

#[test]
fn a_long_log_keeps_its_end() {
    let mut subsystems = normal();
    let lines = (0..KEEP + 50).map(|n| format!("line {n}")).collect();
    let part = LogPart {
        subsystem: "mirror".into(),
        anew: true,
        lines,
    };
    subsystems.update(Message::Log(part), NOW);
    assert_eq!(subsystems.log.len(), KEEP);
    assert!(shows(&subsystems, &format!("line {}", KEEP + 49)));
}

#[test]
fn while_the_manager_is_away_nothing_old_is_shown() {
    let mut subsystems = logged();
    subsystems.update(Message::Manager(down()), NOW);
    let texts = texts(&subsystems);
    assert!(
        texts
            .iter()
            .any(|text| text.contains("No answer since 14:02:25")),
        "{texts:?}"
    );
    assert!(
        !texts
            .iter()
            .any(|text| text.contains("Running") || text.contains("4711"))
    );
    assert_eq!(subsystems.followed(), None);
}

#[test]
fn only_a_subsystem_that_is_there_can_be_gone_to() {
    let mut subsystems = normal();
    subsystems.navigate("shell").unwrap();
    assert_eq!(subsystems.followed(), Some("shell"));
    let why = subsystems.navigate("nonsense").unwrap_err();
    assert!(why.contains("mirror, desktop, shell, panels"), "{why}");
}
