//! What a person does, from the click to the line that is written to a tree.

use crate::common::{at_work, disk, earlier, notify, part, question, tell, updates};
use goblin_shell::bar;
use goblin_shell::effect::{Effect, Purpose};
use goblin_shell::launcher;
use goblin_shell::message::Message;
use goblin_shell::notify::queue::Closed;
use goblin_shell::notify::server::Signal;
use goblin_shell::reach::Told;
use goblin_shell::reply::Reply;
use goblin_shell::shell::Shell;
use iced_core::{Event, mouse};
use iced_exwlshell::actions::ExWlShellCustomAction as Action;
use trees::desktop;
use trees::shell::{Event as Posted, LauncherVerb, NotificationVerb};
use trees::subsystems::State;
use ui::Theme;
use ui::testing::{Stage, id, stage};
use ui::text::{Language, with_language};
use ui::tokens::surface;

const BAR: (f32, f32) = (1_280.0, surface::BAR as f32);
const LAUNCHER: (f32, f32) = (
    surface::LAUNCHER_WIDTH as f32,
    surface::LAUNCHER_HEIGHT as f32,
);

/// What is done, in words: lines for trees, surfaces, signals.
fn words(effects: &[Effect]) -> Vec<String> {
    let word = |effect: &Effect| match effect {
        Effect::Order(order) => format!("{} < {}", order.path, order.line),
        Effect::OpenPanel(panel) => format!("panel {panel}"),
        Effect::Surface(_, Action::NewLayerShell { settings, .. }) => {
            format!("show {}", settings.namespace.as_deref().unwrap_or_default())
        }
        Effect::Surface(_, Action::RemoveWindow) => "hide".to_owned(),
        Effect::Surface(..) => "move".to_owned(),
        Effect::FocusSearch => "focus search".to_owned(),
        Effect::Reveal(share) => format!("reveal {share}"),
        Effect::Signal(Signal::Invoked { id, key }) => format!("invoked {id} {key}"),
        Effect::Signal(Signal::Closed(Closed { id, reason })) => format!("closed {id} {reason:?}"),
        Effect::Post(Posted::Launcher { open }) => format!("post launcher {open}"),
        Effect::Post(Posted::Notified { notification }) => format!("post {}", notification.summary),
        Effect::Post(Posted::Dismissed { id }) => format!("post dismissed {id}"),
        Effect::Post(Posted::Screen { name, .. }) => format!("post screen {name}"),
        Effect::Quit => "quit".to_owned(),
    };
    effects.iter().map(word).collect()
}

/// Acts on a stage and gives what the shell wants done about it.
fn acted(shell: &mut Shell, messages: Vec<Message>) -> Vec<String> {
    let effects: Vec<Effect> = messages
        .into_iter()
        .flat_map(|message| tell(shell, message))
        .collect();
    words(&effects)
}

fn on_bar(shell: &mut Shell, act: impl FnOnce(&mut Stage<'_, Message>)) -> Vec<String> {
    let messages = {
        let mut bar = stage(BAR, shell.view_bar());
        act(&mut bar);
        bar.into_messages().collect()
    };
    acted(shell, messages)
}

fn on_launcher(shell: &mut Shell, act: impl FnOnce(&mut Stage<'_, Message>)) -> Vec<String> {
    let messages = {
        let mut launcher = stage(LAUNCHER, shell.view_launcher());
        act(&mut launcher);
        launcher.into_messages().collect()
    };
    acted(shell, messages)
}

fn on_popup(shell: &mut Shell, popup: u32, target: &'static str) -> Vec<String> {
    let messages = {
        // Room for the tallest, a question with its buttons.
        let size = (surface::NOTIFICATION_WIDTH as f32, 260.0);
        let mut stage = stage(size, shell.view_notification(popup));
        match target {
            "popup" | "dismiss" => drop(stage.click(id(target)).expect("it is there")),
            words => drop(stage.click(words).expect("it is there")),
        }
        stage.into_messages().collect()
    };
    acted(shell, messages)
}

fn click(target: &'static str) -> impl FnOnce(&mut Stage<'_, Message>) {
    move |stage| drop(stage.click(id(target)).expect("it is there"))
}

#[test]
fn a_click_on_a_window_focuses_it() {
    let done = on_bar(&mut at_work(), click("window 2"));
    assert_eq!(done, ["/desktop/windows/2/ctl < focus"]);
}

#[test]
fn the_cross_and_a_middle_click_close_a_window() {
    assert_eq!(
        on_bar(&mut at_work(), click("close 2")),
        ["/desktop/windows/2/ctl < close"]
    );
    let middle = |stage: &mut Stage<'_, Message>| {
        // The first click only brings the pointer there.
        let _place = stage.click(id("window 3")).expect("it is there");
        let events = [
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Middle)),
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Middle)),
        ];
        let _statuses = stage.simulate(events);
    };
    let done = on_bar(&mut at_work(), middle);
    assert_eq!(
        done,
        [
            "/desktop/windows/3/ctl < focus",
            "/desktop/windows/3/ctl < close"
        ]
    );
}

#[test]
fn the_lights_open_their_panels() {
    assert_eq!(
        on_bar(&mut at_work(), click("light storage")),
        ["panel storage"]
    );
    assert_eq!(
        on_bar(&mut at_work(), click("light subsystems")),
        ["panel subsystems"]
    );
}

#[test]
fn the_button_and_the_binding_open_and_close_the_launcher() {
    let mut shell = at_work();
    let opened = ["show goblin-launcher", "post launcher true"];
    let closed = ["hide", "post launcher false"];
    assert_eq!(on_bar(&mut shell, click("launcher")), opened);
    assert_eq!(on_bar(&mut shell, click("launcher")), closed);
    let binding = |name: &str| {
        Message::Desktop(Told::Event(desktop::Event::Binding {
            name: name.to_owned(),
        }))
    };
    assert_eq!(words(&tell(&mut shell, binding("launcher"))), opened);
    assert_eq!(
        words(&tell(&mut shell, binding("other"))),
        Vec::<String>::new()
    );
    assert_eq!(words(&tell(&mut shell, binding("launcher"))), closed);
}

#[test]
fn it_is_light_or_dark_as_the_desktop_is() {
    let mut shell = at_work();
    assert_eq!(shell.theme(), Theme::Light);
    let event = |name: &str| {
        Message::Desktop(Told::Event(desktop::Event::Theme {
            name: name.to_owned(),
        }))
    };
    tell(&mut shell, event("dark"));
    assert_eq!(shell.theme(), Theme::Dark);
    // A desktop that went keeps the looks; the one that comes back says its own.
    let since = earlier();
    tell(&mut shell, Message::Desktop(Told::Down { since }));
    assert_eq!(shell.theme(), Theme::Dark);
    let back = crate::common::desktop(Vec::new());
    tell(&mut shell, Message::Desktop(Told::Up(back)));
    assert_eq!(shell.theme(), Theme::Light);
}

fn with_launcher() -> Shell {
    let mut shell = at_work();
    tell(&mut shell, Message::Bar(bar::Message::Launcher));
    shell
}

#[test]
fn a_panel_is_opened_by_a_click() {
    let done = on_launcher(&mut with_launcher(), click("panel:storage"));
    assert_eq!(done, ["panel storage", "hide", "post launcher false"]);
}

#[test]
fn an_application_is_started_by_a_click_with_its_words_quoted() {
    let done = on_launcher(&mut with_launcher(), click("edit"));
    let spawn = "/desktop/ctl < spawn edit --title 'it''s new'";
    assert_eq!(done, [spawn, "hide", "post launcher false"]);
}

#[test]
fn typing_searches_and_enter_starts_the_first() {
    let mut shell = with_launcher();
    let typed = |stage: &mut Stage<'_, Message>| {
        let _field = stage.click(id("launcher search")).expect("the field");
        let _status = stage.typewrite("w");
    };
    assert_eq!(on_launcher(&mut shell, typed), ["reveal 0"]);
    tell(
        &mut shell,
        Message::Launcher(launcher::Message::Search("wbbj".to_owned())),
    );
    let enter = |stage: &mut Stage<'_, Message>| {
        let _field = stage.click(id("launcher search")).expect("the field");
        let _status = stage.tap_key(iced_core::keyboard::key::Named::Enter);
    };
    let done = on_launcher(&mut shell, enter);
    assert_eq!(done[0], "/desktop/ctl < spawn edit --title 'it''s new'");
}

#[test]
fn arrows_choose_and_escape_closes() {
    let mut shell = with_launcher();
    let moved = tell(&mut shell, Message::Launcher(launcher::Message::Move(1)));
    assert_eq!(words(&moved), ["reveal 0.2"]);
    let started = tell(&mut shell, Message::Launcher(launcher::Message::Start));
    assert_eq!(words(&started)[0], "panel sync");
    let mut shell = with_launcher();
    let closed = tell(&mut shell, Message::Launcher(launcher::Message::Close));
    assert_eq!(words(&closed), ["hide", "post launcher false"]);
}

#[test]
fn lines_to_the_launcher_do_what_a_person_does() {
    let mut shell = at_work();
    let mut write = |verbs: Vec<LauncherVerb>| {
        let (reply, mut answer) = Reply::new();
        let done = words(&tell(&mut shell, Message::LauncherCtl(verbs, reply)));
        (done, answer.try_recv().expect("an answer"))
    };
    let start = |entry: &str| LauncherVerb::Start {
        entry: entry.to_owned(),
    };
    let search = LauncherVerb::Search {
        text: "foot".to_owned(),
    };
    let (done, answer) = write(vec![LauncherVerb::Open {}, search]);
    assert_eq!(
        done,
        ["show goblin-launcher", "post launcher true", "reveal 0"]
    );
    assert_eq!(answer, Ok(()));
    let (done, _) = write(vec![start("foot.desktop")]);
    assert_eq!(
        done,
        ["/desktop/ctl < spawn foot", "hide", "post launcher false"]
    );
    assert_eq!(write(vec![start("panel:sync")]).0, ["panel sync"]);
    let (done, answer) = write(vec![LauncherVerb::Open {}, start("no-such-app")]);
    assert_eq!(done, Vec::<String>::new(), "all of it or none");
    assert!(answer.expect_err("refused").contains("no-such-app"));
}

#[test]
fn a_popup_is_used_by_clicks() {
    let mut shell = at_work();
    let popup = notify(&mut shell, updates());
    let done = on_popup(&mut shell, popup, "Install");
    assert_eq!(done[0], format!("invoked {popup} now"));
    assert!(
        done.contains(&format!("closed {popup} Dismissed")),
        "{done:?}"
    );

    let popup = notify(&mut shell, updates());
    assert_eq!(
        on_popup(&mut shell, popup, "popup")[0],
        format!("invoked {popup} default")
    );
    let popup = notify(&mut shell, updates());
    let gone = [
        "hide".to_owned(),
        format!("closed {popup} Dismissed"),
        format!("post dismissed {popup}"),
    ];
    assert_eq!(on_popup(&mut shell, popup, "dismiss"), gone);
    let popup = notify(&mut shell, disk());
    assert_eq!(
        on_popup(&mut shell, popup, "popup")[0],
        "hide",
        "nothing to do but to close it"
    );
}

#[test]
fn lines_to_the_notifications_do_what_a_person_does() {
    let mut shell = at_work();
    let (first, second) = (notify(&mut shell, updates()), notify(&mut shell, disk()));
    let mut write = |verbs: Vec<NotificationVerb>| {
        let (reply, mut answer) = Reply::new();
        let done = words(&tell(&mut shell, Message::NotificationCtl(verbs, reply)));
        (done, answer.try_recv().expect("an answer"))
    };
    let (done, answer) = write(vec![
        NotificationVerb::Dismiss { id: first },
        NotificationVerb::Dismiss { id: 99 },
    ]);
    assert_eq!(
        (done, answer.is_err()),
        (Vec::new(), true),
        "all of it or none"
    );
    let later = NotificationVerb::Invoke {
        id: first,
        action: Some("later".to_owned()),
    };
    assert_eq!(write(vec![later]).0[0], format!("invoked {first} later"));
    assert!(
        write(vec![NotificationVerb::Invoke {
            id: second,
            action: None
        }])
        .1
        .is_err()
    );
    let (done, answer) = write(vec![NotificationVerb::Clear {}]);
    assert!(
        done.contains(&format!("closed {second} Dismissed")),
        "{done:?}"
    );
    assert_eq!(answer, Ok(()));
}

#[test]
fn goblins_own_words_appear_once_and_a_click_shows_the_subsystems() {
    let mut shell = at_work();
    let event = |state| {
        let subsystem = part("mirror", state);
        Message::Subsystems(Told::Event(trees::subsystems::Event::State { subsystem }))
    };
    let done = with_language(Language::English, || {
        words(&tell(&mut shell, event(State::Backoff)))
    });
    let summary = "post Mirror stopped and is started again";
    assert_eq!(done, ["show goblin-notification", summary]);
    let since = crate::common::earlier();
    assert_eq!(
        words(&tell(&mut shell, Message::Mirror(Told::Down { since }))),
        Vec::<String>::new()
    );
    let done = with_language(Language::English, || {
        words(&tell(&mut shell, event(State::Running)))
    });
    assert!(
        done.contains(&"post Mirror runs again".to_owned()),
        "{done:?}"
    );
    assert!(
        !done.contains(&"show goblin-notification".to_owned()),
        "the same popup: {done:?}"
    );
    let done = on_popup(&mut shell, 1, "popup");
    assert_eq!(done[0], "panel subsystems");
}

#[test]
fn a_faulty_configuration_is_shown_until_it_is_mended() {
    let mut shell = at_work();
    let config = |error: Option<&str>| {
        let error = error.map(str::to_owned);
        Message::Desktop(Told::Event(desktop::Event::Config { error }))
    };
    let summary = "post The configuration has a fault; what was in force stays so";
    let fault = "/home/me/.config/goblin/compositor.toml:7: unknown field `thene`";
    with_language(Language::English, || {
        let done = words(&tell(&mut shell, config(Some(fault))));
        assert_eq!(done, ["show goblin-notification", summary]);
        let other =
            "/home/me/.config/goblin/compositor.toml:9: the gap -1 is not between 0 and 256";
        let done = words(&tell(&mut shell, config(Some(other))));
        assert!(!done.contains(&"show goblin-notification".to_owned()));
        assert!(done.contains(&summary.to_owned()), "{done:?}");
        let (reply, mut answer) = Reply::new();
        tell(&mut shell, Message::Status(reply));
        let status = answer.try_recv().expect("an answer");
        let [shown] = status.notifications.as_slice() else {
            panic!("one notification: {:?}", status.notifications);
        };
        assert_eq!(shown.body, other);
        let done = words(&tell(&mut shell, config(None)));
        assert!(done.contains(&"hide".to_owned()), "{done:?}");
        assert_eq!(words(&tell(&mut shell, config(None))), [""; 0]);
        // A shell that starts later reads it.
        let desktop = goblin_shell::reach::Desktop {
            fault: Some(fault.to_owned()),
            ..crate::common::desktop(Vec::new())
        };
        let done = words(&tell(&mut shell, Message::Desktop(Told::Up(desktop))));
        assert!(done.contains(&summary.to_owned()), "{done:?}");
    });
}

#[test]
fn what_failed_is_said() {
    let mut shell = at_work();
    let failed = Message::Failed(
        Purpose::Start("Foot".to_owned()),
        "no such program".to_owned(),
    );
    let done = with_language(Language::English, || words(&tell(&mut shell, failed)));
    assert_eq!(done, ["show goblin-notification", "post That did not work"]);
}

#[test]
fn each_output_gets_one_bar() {
    let mut shell = at_work();
    let output = |global: u32| {
        let name = Some(format!("HEADLESS-{global}"));
        Message::Output(goblin_shell::surfaces::Output {
            global,
            name,
            height: None,
        })
    };
    assert_eq!(words(&tell(&mut shell, output(1))), ["show goblin-bar"]);
    assert_eq!(words(&tell(&mut shell, output(2))), ["show goblin-bar"]);
    assert_eq!(words(&tell(&mut shell, output(2))), Vec::<String>::new());
    assert_eq!(
        words(&tell(&mut shell, Message::OutputRemoved(1))),
        ["hide"]
    );
}

#[test]
fn the_buttons_of_a_question_answer_the_compositor() {
    for (button, line) in [
        ("Once", "selection 3 once"),
        ("Always", "selection 3 allow"),
        ("Deny", "selection 3 deny"),
        ("dismiss", "selection 3 deny"),
    ] {
        let done = with_language(Language::English, || {
            let mut shell = at_work();
            let asked = desktop::Event::SelectionAsked {
                question: question(),
            };
            tell(&mut shell, Message::Desktop(Told::Event(asked)));
            on_popup(&mut shell, 1, button)
        });
        assert_eq!(done[0], format!("/desktop/ctl < {line}"), "{done:?}");
        assert!(done.contains(&"post dismissed 1".to_owned()), "{done:?}");
    }
}

#[test]
fn a_question_is_shown_as_long_as_it_is_asked() {
    let mut shell = at_work();
    let event = |event| Message::Desktop(Told::Event(event));
    let asked = desktop::Event::SelectionAsked {
        question: question(),
    };
    tell(&mut shell, event(asked.clone()));
    // More is asked for: it is one card all the same.
    tell(&mut shell, event(asked.clone()));
    let settled = desktop::Event::SelectionSettled {
        id: 3,
        answer: "time-out".to_owned(),
    };
    let done = words(&tell(&mut shell, event(settled)));
    assert!(done.contains(&"post dismissed 1".to_owned()), "{done:?}");
    assert!(!done.iter().any(|done| done.contains("/desktop/ctl")));

    // A shell that comes late, or again, reads what is asked.
    let mut desktop = crate::common::desktop(Vec::new());
    desktop.questions = vec![question()];
    let done = words(&tell(&mut shell, Message::Desktop(Told::Up(desktop))));
    assert!(done.iter().any(|done| done.contains("debian")), "{done:?}");
    let since = earlier();
    let done = words(&tell(&mut shell, Message::Desktop(Told::Down { since })));
    assert!(done.contains(&"post dismissed 2".to_owned()), "{done:?}");
}
