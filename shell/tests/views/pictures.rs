//! How bar, launcher and notifications look: both languages, light and dark, compared by hash.

use crate::common::{at_work, disk, earlier, notify, part, question, shell, tell, updates};
use goblin_shell::launcher;
use goblin_shell::message::Message;
use goblin_shell::notify::selection;
use goblin_shell::reach::Told;
use goblin_shell::shell::Shell;
use trees::desktop::SelectionQuestion;
use trees::shell::LauncherVerb;
use trees::subsystems::State;
use ui::testing::{pictures, screen};
use ui::text::{Language, with_language};
use ui::tokens::surface;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures");
const BAR: (f32, f32) = (1_280.0, surface::BAR as f32);
const LAUNCHER: (f32, f32) = (
    surface::LAUNCHER_WIDTH as f32,
    surface::LAUNCHER_HEIGHT as f32,
);

fn bar(name: &str, shell: &Shell) {
    pictures(FOLDER, name, BAR, || shell.view_bar()).expect("the bar looks as it did");
}

fn launcher(name: &str, shell: &Shell) {
    pictures(FOLDER, name, LAUNCHER, || shell.view_launcher())
        .expect("the launcher looks as it did");
}

#[test]
fn a_bar_at_work() {
    bar("bar", &at_work());
}

#[test]
fn a_bar_that_knows_nothing_yet() {
    bar("bar-unknown", &shell());
}

#[test]
fn a_bar_whose_trees_are_out_of_reach() {
    let mut shell = at_work();
    let since = earlier();
    tell(&mut shell, Message::Desktop(Told::Down { since }));
    tell(&mut shell, Message::Mirror(Told::Down { since }));
    tell(&mut shell, Message::Subsystems(Told::Down { since }));
    bar("bar-lost", &shell);
}

#[test]
fn a_bar_whose_mirror_is_started_again() {
    let mut shell = at_work();
    tell(
        &mut shell,
        Message::Subsystems(Told::Up(vec![part("mirror", State::Backoff)])),
    );
    tell(&mut shell, Message::Mirror(Told::Down { since: earlier() }));
    bar("bar-restarting", &shell);
}

#[test]
fn a_bar_with_many_windows() {
    let mut shell = at_work();
    let windows =
        (1..=9).map(|id| crate::common::window(id, &format!("窗口 {id} 的长标题 window"), "foot"));
    let desktop = crate::common::desktop(windows.collect());
    tell(&mut shell, Message::Desktop(Told::Up(desktop)));
    bar("bar-many", &shell);
}

#[test]
fn a_launcher_that_was_just_opened() {
    let mut shell = at_work();
    tell(
        &mut shell,
        Message::Bar(goblin_shell::bar::Message::Launcher),
    );
    tell(&mut shell, Message::Launcher(launcher::Message::Move(1)));
    launcher("launcher", &shell);
}

#[test]
fn a_launcher_that_finds_nothing() {
    let mut shell = at_work();
    let (reply, _) = goblin_shell::reply::Reply::new();
    let verb = LauncherVerb::Search {
        text: "qqqq".to_owned(),
    };
    tell(&mut shell, Message::LauncherCtl(vec![verb], reply));
    launcher("launcher-nothing", &shell);
}

#[test]
fn notifications_with_and_without_actions() {
    let mut shell = at_work();
    for (name, notification) in [
        ("notification", updates()),
        ("notification-critical", disk()),
    ] {
        let height = goblin_shell::notify::view::height(&notification) as f32;
        let id = notify(&mut shell, notification);
        let size = (surface::NOTIFICATION_WIDTH as f32, height);
        pictures(FOLDER, name, size, || shell.view_notification(id)).expect("it looks as it did");
    }
}

#[test]
fn a_question_about_a_selection() {
    for (name, kind) in [("question", "clipboard"), ("question-drag", "drag")] {
        let question = SelectionQuestion {
            kind: kind.to_owned(),
            ..question()
        };
        // Its height depends on the language, and one is enough for both.
        let height = |language| {
            with_language(language, || {
                goblin_shell::notify::view::height(&selection::card(&question))
            })
        };
        let height = height(Language::English).max(height(Language::Chinese));
        let size = (surface::NOTIFICATION_WIDTH as f32, height as f32);
        let card = |language| with_language(language, || selection::card(&question));
        let (english, chinese) = (card(Language::English), card(Language::Chinese));
        pictures(FOLDER, name, size, || {
            let card = match ui::text::language() {
                Language::English => &english,
                Language::Chinese => &chinese,
            };
            goblin_shell::notify::view::view(card)
        })
        .expect("it looks as it did");
    }
}

#[test]
fn the_screen_says_what_the_bar_shows() {
    let shell = at_work();
    let screen = with_language(Language::English, || screen(BAR, shell.view_bar()));
    let state = |role: &str, text: &str| {
        screen
            .find(role, text)
            .unwrap_or_else(|| panic!("no {role} {text}: {screen:?}"))
            .state
            .clone()
    };
    assert_eq!(state("light", "Mirror"), ["good"]);
    assert_eq!(state("light", "Subsystems"), ["good"]);
    assert!(state("button", "shell.rs - goblin").contains(&"selected".to_owned()));
    assert!(state("button", "会议记录").contains(&"minimized".to_owned()));
    assert!(state("button", "Close Storage").is_empty());
    assert!(state("text", "Sun 22 Nov  14:03").is_empty());
}
