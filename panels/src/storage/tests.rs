use iced::keyboard::{Key, key::Named};
use trees::mirror::{Action as Did, Event};
use trees::subsystems::State;
use ui::testing::{pictures, screen, stage};

use super::*;
use crate::app::SMALLEST;
use crate::testing::{NOW, PICTURES, before, down, earlier, keeps, mirror, space, who, wrote};

const SIZE: (f32, f32) = (1080.0, 720.0);

fn file(name: &str, bytes: u64, ago: u64) -> Entry {
    Entry {
        name: name.into(),
        kind: Kind::File,
        bytes,
        changed: earlier(ago),
    }
}

fn folder(name: &str, ago: u64) -> Entry {
    Entry {
        name: name.into(),
        kind: Kind::Folder,
        bytes: 0,
        changed: earlier(ago),
    }
}

fn entries() -> Vec<Entry> {
    vec![
        file("notes.md", 2_310, 40),
        folder("照片", 90_000),
        file(
            "Budget 2026 with all the numbers that nobody ever asked for.ods",
            184_320,
            4_000,
        ),
        folder("projects", 3_700),
        file("读书笔记.txt", 88, 86_400 * 40),
        Entry {
            name: "latest".into(),
            kind: Kind::Link,
            bytes: 8,
            changed: earlier(900),
        },
        file("holiday.mp4", 1_843_200_000, 200_000),
    ]
}

fn known(spaces: Vec<Space>) -> Storage {
    let mut storage = Storage::default();
    storage.update(Message::Mirror(Heard::Status(mirror(spaces))), NOW);
    storage
}

fn normal() -> Storage {
    let mut storage = known(vec![
        space("home", 1_111, 48_281_600, Some(40)),
        space("app.notes", 1, 4_096, Some(90_000)),
        space("相册", 0, 0, None),
    ]);
    storage.update(
        Message::Listed("/mirror/spaces/home/data".into(), Ok(entries())),
        NOW,
    );
    storage
}

fn texts(storage: &Storage) -> Vec<String> {
    let screen = screen(SIZE, storage.view(NOW));
    screen.items.iter().map(|item| item.text.clone()).collect()
}

fn shows(storage: &Storage, words: &str) -> bool {
    texts(storage).iter().any(|text| text.contains(words))
}

fn clicked(storage: &Storage, on: &str) -> Vec<Message> {
    let mut stage = stage(SIZE, storage.view(NOW));
    stage.click(on).unwrap();
    stage.into_messages().collect()
}

#[test]
fn pictures_of_every_state() {
    let mut away = normal();
    away.update(Message::Mirror(down()), NOW);
    let mut stopped = normal();
    stopped.update(Message::Mirror(down()), NOW);
    stopped.update(Message::Manager(keeps(State::Stopped)), NOW);
    let mut failed = normal();
    let refusal = "/mirror/spaces/home/data: permission denied (EACCES)".to_owned();
    failed.update(
        Message::Listed("/mirror/spaces/home/data".into(), Err(refusal)),
        NOW,
    );
    let order = Order::new("/mirror/ctl", &Verb::Create { name: "x".into() });
    let why = "no space left on the disk (what would work: free some)".to_owned();
    failed.update(Message::Done(order, Err(why)), NOW);
    let mut hollow = known(vec![space("home", 0, 0, None)]);
    hollow.update(
        Message::Listed("/mirror/spaces/home/data".into(), Ok(vec![])),
        NOW,
    );
    let mut naming = normal();
    naming.update(Message::Go(Place::parse("home/照片/2026").unwrap()), NOW);
    naming.update(
        Message::Listed("/mirror/spaces/home/data/照片/2026".into(), Ok(entries())),
        NOW,
    );
    naming.update(Message::Name, NOW);
    naming.update(Message::Typed("photos".into()), NOW);
    for (name, storage) in [
        ("storage", normal()),
        ("storage_without_spaces", known(vec![])),
        ("storage_empty_folder", hollow),
        ("storage_unreachable", away),
        ("storage_stopped", stopped),
        ("storage_failed", failed),
        ("storage_naming", naming),
        ("storage_asking", Storage::default()),
    ] {
        pictures(PICTURES, name, SIZE, || storage.view(NOW)).unwrap();
    }
}

#[test]
fn the_first_status_opens_the_first_space() {
    let mut storage = Storage::default();
    let status = mirror(vec![space("home", 1, 1, None)]);
    let actions = storage.update(Message::Mirror(Heard::Status(status)), NOW);
    let path = "/mirror/spaces/home/data".to_owned();
    assert_eq!(actions, [Action::List { path }, Action::ToTop(LIST)]);
    assert!(shows(&storage, "home"));
}

#[test]
fn an_event_changes_the_figures_without_asking() {
    let mut storage = normal();
    assert!(shows(&storage, "1,111 files"));
    let line = wrote(1, 5, Did::Created, "projects/new.txt");
    let actions = storage.update(Message::Mirror(Heard::Event(line)), NOW);
    assert!(shows(&storage, "1,112 files"));
    // Not in the folder that is shown: only the disk is measured again, and once for a burst.
    assert_eq!(actions, [Action::Measure]);
    let line = wrote(2, 4, Did::Created, "projects/other.txt");
    assert_eq!(storage.update(Message::Mirror(Heard::Event(line)), NOW), []);
}

#[test]
fn an_event_older_than_the_status_changes_nothing() {
    let mut storage = normal();
    let line = wrote(1, 61, Did::Created, "new.txt");
    assert_eq!(storage.update(Message::Mirror(Heard::Event(line)), NOW), []);
    assert!(shows(&storage, "1,111 files"));
}

#[test]
fn a_burst_in_the_shown_folder_is_listed_once_and_once_more() {
    let mut storage = normal();
    let list = Action::List {
        path: "/mirror/spaces/home/data".into(),
    };
    let heard = |seq| Message::Mirror(Heard::Event(wrote(seq, 5, Did::Created, "new.txt")));
    assert_eq!(
        storage.update(heard(1), NOW),
        [list.clone(), Action::Measure]
    );
    assert_eq!(storage.update(heard(2), NOW), []);
    assert_eq!(storage.update(heard(3), NOW), []);
    // The answer may have been made before the last write: asked again, once.
    let answer = || Message::Listed("/mirror/spaces/home/data".into(), Ok(entries()));
    assert_eq!(storage.update(answer(), NOW), [list]);
    assert_eq!(storage.update(answer(), NOW), []);
}

#[test]
fn while_the_mirror_is_away_nothing_old_is_shown() {
    let mut storage = normal();
    storage.update(Message::Mirror(down()), NOW);
    let texts = texts(&storage);
    assert!(
        texts.iter().any(|text| text.contains("14:02:25")),
        "since when: {texts:?}"
    );
    assert!(
        texts.iter().any(|text| text.contains("ECONNRESET")),
        "why: {texts:?}"
    );
    for old in ["1,111", "free", "notes.md"] {
        assert!(
            !texts.iter().any(|text| text.contains(old)),
            "{old} is shown: {texts:?}"
        );
    }
    // A second failure to connect does not move the time at which it was lost.
    let later = Heard::Down {
        since: earlier(1),
        cause: "connection refused".into(),
    };
    storage.update(Message::Mirror(later), NOW);
    assert!(shows(&storage, "14:02:25") && shows(&storage, "connection refused"));
}

#[test]
fn it_returns_to_its_place_by_itself() {
    let mut storage = normal();
    storage.update(Message::Go(Place::parse("home/projects").unwrap()), NOW);
    storage.update(Message::Mirror(down()), NOW);
    let status = mirror(vec![space("home", 7, 7, None)]);
    let actions = storage.update(Message::Mirror(Heard::Status(status)), NOW);
    let path = "/mirror/spaces/home/data/projects".to_owned();
    assert_eq!(actions, [Action::List { path }]);
    assert!(shows(&storage, "7 files"));
}

#[test]
fn a_space_that_ends_is_left() {
    let mut storage = normal();
    let event = Event::SpaceRemoved {
        name: "home".into(),
        who: who("goblin"),
    };
    let line = Line {
        seq: 9,
        time: before(1),
        event,
    };
    let actions = storage.update(Message::Mirror(Heard::Event(line)), NOW);
    let path = "/mirror/spaces/app.notes/data".to_owned();
    assert_eq!(actions[0], Action::List { path });
}

#[test]
fn a_click_on_a_folder_lists_it() {
    let mut storage = normal();
    let said = clicked(&storage, "projects");
    assert_eq!(said, [Message::Go(Place::parse("home/projects").unwrap())]);
    let actions = storage.update(said[0].clone(), NOW);
    let path = "/mirror/spaces/home/data/projects".to_owned();
    assert_eq!(actions, [Action::List { path }, Action::ToTop(LIST)]);
}

#[test]
fn a_click_on_a_crumb_climbs() {
    let mut storage = normal();
    storage.update(Message::Go(Place::parse("home/a/b").unwrap()), NOW);
    assert_eq!(
        clicked(&storage, "a"),
        [Message::Go(Place::parse("home/a").unwrap())]
    );
}

#[test]
fn a_click_on_a_space_opens_it() {
    let storage = normal();
    assert_eq!(
        clicked(&storage, "app.notes"),
        [Message::Go(Place::root("app.notes"))]
    );
}

#[test]
fn a_new_space_is_one_line_to_the_mirror() {
    let mut storage = normal();
    assert_eq!(clicked(&storage, "New space"), [Message::Name]);
    storage.update(Message::Name, NOW);
    storage.update(Message::Typed("my photos".into()), NOW);
    assert_eq!(clicked(&storage, "Create"), [Message::Create]);
    let Some(Action::Write(order)) = storage.update(Message::Create, NOW).pop() else {
        panic!("nothing was written");
    };
    assert_eq!(
        (order.path.as_str(), order.line.as_str()),
        ("/mirror/ctl", "create 'my photos'")
    );
    assert_eq!(
        order.command(),
        "goblin write /mirror/ctl create 'my photos'"
    );
}

#[test]
fn a_name_that_cannot_be_is_not_offered() {
    let mut storage = normal();
    storage.update(Message::Name, NOW);
    for name in ["", "home", ".hidden", "a/b"] {
        storage.update(Message::Typed(name.into()), NOW);
        assert_eq!(clicked(&storage, "Create"), [], "{name:?}");
        assert_eq!(storage.update(Message::Create, NOW), [], "{name:?}");
    }
}

#[test]
fn the_mirror_is_restarted_from_its_banner() {
    let mut storage = normal();
    storage.update(Message::Mirror(down()), NOW);
    let said = clicked(&storage, "Restart the mirror");
    let actions = storage.update(said[0].clone(), NOW);
    let order = Order {
        path: "/subsystems/mirror/ctl".into(),
        line: "restart".into(),
    };
    assert_eq!(actions, [Action::Write(order)]);
}

#[test]
fn the_manager_knows_why_and_what_would_help() {
    let mut storage = normal();
    storage.update(Message::Mirror(down()), NOW);
    for (state, cause, button, line) in [
        (
            State::Stopped,
            "The mirror was stopped.",
            "Start the mirror",
            "start",
        ),
        (
            State::Failed,
            "has failed: exited with code 1",
            "Start the mirror",
            "start",
        ),
        (
            State::Backoff,
            "died (exited with code 1) and is started again at 14:03:11",
            "Restart the mirror",
            "restart",
        ),
        (
            State::Starting,
            "The mirror is starting.",
            "Restart the mirror",
            "restart",
        ),
        (
            State::Running,
            "ECONNRESET",
            "Restart the mirror",
            "restart",
        ),
    ] {
        storage.update(Message::Manager(keeps(state)), NOW);
        assert!(shows(&storage, cause), "{state:?}: {:?}", texts(&storage));
        let order = Order {
            path: "/subsystems/mirror/ctl".into(),
            line: line.into(),
        };
        assert_eq!(clicked(&storage, button), [Message::Give(order)]);
    }
}

#[test]
fn places_are_read_and_refused() {
    let mut storage = normal();
    assert_eq!(storage.navigate("home/照片").unwrap().len(), 2);
    assert!(storage.navigate("/").unwrap_err().contains("SPACE/PATH"));
}

#[test]
fn a_long_folder_makes_only_the_rows_in_sight() {
    let mut storage = normal();
    let many = (0..10_000)
        .map(|n| file(&format!("file {n:05}"), n, 5))
        .collect();
    storage.update(
        Message::Listed("/mirror/spaces/home/data".into(), Ok(many)),
        NOW,
    );
    let texts = texts(&storage);
    assert!(texts.contains(&"file 00000".to_owned()));
    assert!(!texts.contains(&"file 00050".to_owned()));
    storage.update(Message::Scrolled(44.0 * 5_000.0), NOW);
    let mut stage = stage(SIZE, storage.view(NOW));
    assert!(stage.find("file 05000").is_ok());
    assert!(stage.find("file 00000").is_err());
}

#[test]
fn escape_goes_one_step_back() {
    let mut storage = normal();
    storage.update(Message::Go(Place::parse("home/a/b").unwrap()), NOW);
    assert_eq!(storage.update(Message::Name, NOW), [Action::Focus(FIELD)]);
    assert_eq!(storage.update(Message::Leave, NOW), []);
    assert_eq!(storage.naming, None);
    let path = "/mirror/spaces/home/data/a".to_owned();
    assert_eq!(
        storage.update(Message::Leave, NOW)[0],
        Action::List { path }
    );
    storage.update(Message::Leave, NOW);
    assert_eq!(
        storage.update(Message::Leave, NOW),
        [],
        "there is nothing above the root"
    );
}

#[test]
fn pictures_of_the_smallest_window() {
    let mut storage = normal();
    storage.update(Message::Name, NOW);
    pictures(PICTURES, "storage_small", SMALLEST, || storage.view(NOW)).unwrap();
}

#[test]
fn enter_makes_the_space() {
    let mut storage = normal();
    storage.update(Message::Name, NOW);
    storage.update(Message::Typed("photos".into()), NOW);
    let mut stage = stage(SIZE, storage.view(NOW));
    stage.click(ui::testing::id("new space")).unwrap();
    stage.tap_key(Key::Named(Named::Enter));
    assert_eq!(stage.into_messages().collect::<Vec<_>>(), [Message::Create]);
}
