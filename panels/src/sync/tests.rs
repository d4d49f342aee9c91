use trees::mirror::Action as Did;
use trees::subsystems::SubsystemVerb;
use ui::testing::{pictures, screen, stage};

use super::*;
use crate::app::SMALLEST;
use crate::testing::{NOW, PICTURES, before, down, mirror, space, who, wrote};

const SIZE: (f32, f32) = (1080.0, 720.0);

fn up() -> Sync {
    let mut sync = Sync::default();
    let status = mirror(vec![
        space("home", 1, 1, None),
        space("app.notes", 1, 1, None),
    ]);
    sync.update(Message::Mirror(Heard::Status(status)), NOW);
    sync
}

fn hear(sync: &mut Sync, line: Line<Event>) {
    sync.update(Message::Mirror(Heard::Event(line)), NOW);
}

fn busy() -> Sync {
    let mut sync = up();
    let made = space("app.notes", 0, 0, None);
    hear(
        &mut sync,
        Line {
            seq: 1,
            time: before(90_000),
            event: Event::SpaceCreated {
                space: made,
                who: who("goblin-panels"),
            },
        },
    );
    for (seq, ago, action, path) in [
        (2, 4_000, Did::Folder, "照片/2026"),
        (3, 3_950, Did::Created, "照片/2026/IMG_0042.jpg"),
        (
            4,
            700,
            Did::Created,
            "projects/goblin/a-very-long-name-of-a-file-that-goes-on-and-on-until-it-has-to-be-cut-somewhere.txt",
        ),
        (5, 500, Did::Changed, "notes.md"),
        (6, 300, Did::Renamed, "final.md"),
        (7, 50, Did::Removed, "old.txt"),
    ] {
        hear(&mut sync, wrote(seq, ago, action, path));
    }
    sync
}

fn texts(sync: &Sync) -> Vec<String> {
    let screen = screen(SIZE, sync.view(NOW));
    screen.items.iter().map(|item| item.text.clone()).collect()
}

fn shows(sync: &Sync, words: &str) -> bool {
    texts(sync).iter().any(|text| text.contains(words))
}

#[test]
fn pictures_of_every_state() {
    let mut away = busy();
    away.update(Message::Mirror(down()), NOW);
    let mut never = Sync::default();
    never.update(Message::Mirror(down()), NOW);
    let mut one = busy();
    one.update(Message::Only(Some("app.notes".into())), NOW);
    let mut failed = busy();
    failed.update(
        Message::Done(
            Order::new("/subsystems/mirror/ctl", &SubsystemVerb::Restart {}),
            Err("it is being stopped".into()),
        ),
        NOW,
    );
    for (name, sync) in [
        ("sync", busy()),
        ("sync_empty", up()),
        ("sync_unreachable", away),
        ("sync_never_reached", never),
        ("sync_one_space", one),
        ("sync_failed", failed),
    ] {
        pictures(PICTURES, name, SIZE, || sync.view(NOW)).unwrap();
    }
}

#[test]
fn pictures_of_the_smallest_window() {
    let mut sync = busy();
    let names = [
        "app.calendar",
        "app.mail",
        "app.notes",
        "home",
        "照片与录像",
        "work",
        "archive 2025",
    ];
    let spaces = names.map(|name| space(name, 1, 1, None)).to_vec();
    sync.update(Message::Mirror(Heard::Status(mirror(spaces))), NOW);
    pictures(PICTURES, "sync_small", SMALLEST, || sync.view(NOW)).unwrap();
}

#[test]
fn who_wrote_what_when() {
    let sync = busy();
    assert!(shows(&sync, "notes.md"));
    assert!(shows(&sync, "Changed · home · by lin with goblin"));
    assert!(shows(&sync, "13:54:47"));
    assert!(shows(&sync, "草稿.md → final.md"));
    assert!(shows(&sync, "7 changes"));
}

#[test]
fn the_newest_comes_first_and_old_ones_go() {
    let mut sync = up();
    for seq in 0..(KEEP as u64 + 10) {
        hear(
            &mut sync,
            wrote(seq, 10, Did::Changed, &format!("file {seq}")),
        );
    }
    assert_eq!(sync.activity.len(), KEEP);
    assert_eq!(sync.activity[0].seq, KEEP as u64 + 9);
    assert!(shows(&sync, "5,000 changes"));
}

#[test]
fn a_tab_shows_one_space() {
    let mut sync = busy();
    let mut stage = stage(SIZE, sync.view(NOW));
    stage.click("app.notes").unwrap();
    let said: Vec<_> = stage.into_messages().collect();
    assert_eq!(said, [Message::Only(Some("app.notes".into()))]);
    assert_eq!(sync.update(said[0].clone(), NOW), [Action::ToTop(LIST)]);
    assert!(shows(&sync, "1 change"));
    assert!(!shows(&sync, "notes.md"));
}

#[test]
fn while_the_mirror_is_away_the_link_is_said_to_be_down_and_history_stays() {
    let mut sync = busy();
    assert!(shows(&sync, "In touch with the mirror since 14:03:07"));
    sync.update(Message::Mirror(down()), NOW);
    assert!(!shows(&sync, "In touch"));
    assert!(shows(&sync, "No answer since 14:02:25"));
    assert!(shows(&sync, "notes.md"));
    let status = mirror(vec![]);
    sync.update(Message::Mirror(Heard::Status(status)), NOW);
    assert!(shows(&sync, "In touch with the mirror since 14:03:07"));
}

#[test]
fn the_mirror_is_restarted_from_its_banner() {
    let mut sync = busy();
    sync.update(Message::Mirror(down()), NOW);
    let mut stage = stage(SIZE, sync.view(NOW));
    stage.click("Restart the mirror").unwrap();
    let said: Vec<_> = stage.into_messages().collect();
    let order = Order {
        path: "/subsystems/mirror/ctl".into(),
        line: "restart".into(),
    };
    assert_eq!(sync.update(said[0].clone(), NOW), [Action::Write(order)]);
}

#[test]
fn the_command_beside_the_link_is_copied() {
    let mut sync = busy();
    let mut stage = stage(SIZE, sync.view(NOW));
    stage
        .click(ui::testing::id("goblin tail /mirror/event"))
        .unwrap();
    let said: Vec<_> = stage.into_messages().collect();
    let copied = Action::Copy("goblin tail /mirror/event".into());
    assert_eq!(sync.update(said[0].clone(), NOW), [copied]);
}
