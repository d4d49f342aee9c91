//! A shell in a state, for the tests of what it shows and does.

use std::sync::Arc;
use std::time::Instant;

use goblin_shell::effect::Effect;
use goblin_shell::launcher::apps::App;
use goblin_shell::message::Message;
use goblin_shell::notify::server::Request;
use goblin_shell::notify::{Action, Notification, Urgency};
use goblin_shell::reach::{Desktop, Told};
use goblin_shell::reply::Reply;
use goblin_shell::shell::Shell;
use goblin_shell::surfaces::Surfaces;
use jiff::Timestamp;
use trees::desktop::{Hints, Rect, SelectionQuestion, WindowPlace, WindowStatus};
use trees::subsystems::{Failure, Kind, State, Subsystem};
use trees::time::Millis;
use ui::theme::Choice;

/// 22 November 2026, 14:03:07 UTC.
pub(crate) const NOW: i64 = 1_795_356_187;

/// A shell that was just started.
pub(crate) fn shell() -> Shell {
    let now = Timestamp::from_second(NOW).expect("a time");
    Shell::new(Choice::default(), Surfaces::new(Arc::new(|_, _| {})), now)
}

/// Tells the shell something and gives what it wants done.
pub(crate) fn tell(shell: &mut Shell, message: Message) -> Vec<Effect> {
    shell.update(message, Instant::now())
}

/// A shell in a session where all is well, with three windows.
pub(crate) fn at_work() -> Shell {
    let mut shell = shell();
    let focused = WindowStatus {
        focused: true,
        ..window(1, "shell.rs - goblin", "foot")
    };
    let minimized = WindowStatus {
        minimized: true,
        ..window(3, "会议记录 - 文本编辑器", "edit")
    };
    let windows = vec![
        focused,
        window(2, "Storage", "goblin.panel.storage"),
        minimized,
    ];
    tell(&mut shell, Message::Apps(apps()));
    tell(&mut shell, Message::Desktop(Told::Up(desktop(windows))));
    tell(&mut shell, Message::Mirror(Told::Up(())));
    tell(
        &mut shell,
        Message::Subsystems(Told::Up(vec![part("mirror", State::Running)])),
    );
    shell
}

/// A light desktop with these windows.
pub(crate) fn desktop(windows: Vec<WindowStatus>) -> Desktop {
    Desktop {
        theme: "light".to_owned(),
        windows,
        fault: None,
        questions: Vec::new(),
    }
}

/// Four minutes before [`NOW`].
pub(crate) fn earlier() -> Millis {
    Millis((NOW as u64 - 240) * 1_000)
}

pub(crate) fn window(id: u64, title: &str, app_id: &str) -> WindowStatus {
    WindowStatus {
        rev: 1,
        id,
        title: title.to_owned(),
        app_id: app_id.to_owned(),
        domain: "board".to_owned(),
        pid: None,
        geometry: Rect::default(),
        frame: Rect::default(),
        output: None,
        focused: false,
        maximized: false,
        fullscreen: false,
        minimized: false,
        hints: Hints::default(),
        place: WindowPlace::default(),
    }
}

pub(crate) fn part(name: &str, state: State) -> Subsystem {
    let dead = matches!(state, State::Backoff | State::Failed);
    let cause = "killed by signal 9 (KILL)".to_owned();
    Subsystem {
        rev: 1,
        name: name.to_owned(),
        kind: Kind::Process,
        state,
        on_demand: false,
        pid: None,
        since: earlier(),
        restarts: 0,
        retry: None,
        waiting_for: None,
        failure: dead.then(|| Failure {
            cause,
            at: earlier(),
            last_words: None,
        }),
    }
}

pub(crate) fn apps() -> Vec<App> {
    let app = |id: &str, name: &str, kind: &str, command: &[&str]| App {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        keywords: Vec::new(),
        window_class: None,
        icon: None,
        command: command.iter().map(|&word| word.to_owned()).collect(),
    };
    vec![
        app("foot", "Foot", "Terminal", &["foot"]),
        app(
            "edit",
            "文本编辑器",
            "文本编辑",
            &["edit", "--title", "it's new"],
        ),
        app("files", "Files", "", &["files"]),
    ]
}

/// Shows a notification and gives its id.
pub(crate) fn notify(shell: &mut Shell, notification: Notification) -> u32 {
    let (reply, mut answer) = Reply::new();
    let notification = Box::new(notification);
    tell(
        shell,
        Message::Program(Request::Notify {
            notification,
            replaces: 0,
            reply,
        }),
    );
    answer.try_recv().expect("an id")
}

pub(crate) fn updates() -> Notification {
    let action = |key: &str, label: &str| Action {
        key: key.to_owned(),
        label: label.to_owned(),
    };
    Notification {
        app: "updates".to_owned(),
        summary: "三个更新已就绪".to_owned(),
        body: "Firefox 150, Linux 7.1 and the fonts of the desktop can be installed now."
            .to_owned(),
        actions: vec![
            action("default", "Show"),
            action("later", "稍后"),
            action("now", "Install"),
        ],
        ..Notification::default()
    }
}

/// A question of the compositor's: a subsystem wants what this computer has copied.
pub(crate) fn question() -> SelectionQuestion {
    SelectionQuestion {
        id: 3,
        from: "board".to_owned(),
        to: "debian".to_owned(),
        kind: "clipboard".to_owned(),
        types: vec![
            "text/plain;charset=utf-8".to_owned(),
            "image/png".to_owned(),
        ],
        since: earlier(),
    }
}

pub(crate) fn disk() -> Notification {
    Notification {
        app: "files".to_owned(),
        summary: "Disk nearly full".to_owned(),
        body: "2 GB are left on /home.".to_owned(),
        urgency: Urgency::Critical,
        ..Notification::default()
    }
}
