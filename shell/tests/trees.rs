//! The edges to the trees, with real servers and real clients on both sides.

#![cfg(test)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use goblin_shell::message::Message;
use goblin_shell::reach::{Desktop, Told};
use goblin_shell::shell::Shell;
use goblin_shell::surfaces::Surfaces;
use goblin_shell::{follow, tree};
use ninep::client::{CtlError, Followed, From, Namespace};
use ninep::server::Server;
use ninep::transport::unix::Listener;
use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, Feed, Node, status};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use trees::desktop::{self, Rect, WindowPlace, WindowStatus};
use trees::panels::PanelVerb;
use trees::shell::{Event, Status};
use trees::subsystems::SubsystemVerb;
use trees::time::Millis;

/// A folder of sockets.
struct Srv {
    folder: tempfile::TempDir,
}

impl Srv {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder for the test"),
        }
    }

    fn trees(&self) -> Namespace {
        Namespace::new(self.folder.path().to_owned())
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

fn post(srv: &std::path::Path, name: &str, root: Arc<dyn Node>) -> JoinHandle<()> {
    let listener = Listener::bind(&srv.join(name)).expect("the name is free");
    tokio::spawn(async move {
        Server::new(root).serve(listener).await;
    })
}

fn window(id: u64, title: &str) -> WindowStatus {
    WindowStatus {
        rev: 1,
        id,
        title: title.to_owned(),
        app_id: "foot".to_owned(),
        domain: "board".to_owned(),
        pid: None,
        geometry: Rect::default(),
        frame: Rect::default(),
        output: None,
        focused: false,
        maximized: false,
        fullscreen: false,
        minimized: false,
        hints: desktop::Hints::default(),
        place: WindowPlace::default(),
    }
}

fn desktop_tree(windows: Vec<WindowStatus>, feed: &Feed) -> Arc<Dir> {
    let root = Dir::new();
    let ids = windows.iter().map(|window| window.id).collect::<Vec<_>>();
    root.add(
        "status",
        status(move || desktop::Status {
            rev: 1,
            backend: "headless".to_owned(),
            wayland_display: "wayland-9".to_owned(),
            x11_display: None,
            x11_running: false,
            focus: None,
            outputs: Vec::new(),
            disabled: Vec::new(),
            windows: ids.clone(),
            choosing: None,
            locked: false,
            testing: true,
            theme: "dark".to_owned(),
            questions: Vec::new(),
            config: desktop::Config::default(),
            since: Millis(0),
        }),
    );
    let folder = root.folder("windows");
    for window in windows {
        folder
            .folder(window.id.to_string())
            .add("status", status(move || window.clone()));
    }
    root.add("event", feed.node());
    root
}

async fn next(told: &mut UnboundedReceiver<Message>) -> Told<Desktop, desktop::Event> {
    match told.recv().await {
        Some(Message::Desktop(told)) => told,
        other => panic!("not of /desktop: {other:?}"),
    }
}

#[tokio::test]
async fn a_tree_that_comes_goes_and_comes_back_is_followed() {
    let srv = Srv::new();
    let (tell, mut told) = unbounded_channel();
    let _following = tokio::spawn(follow::desktop(srv.trees(), tell));
    assert!(
        matches!(next(&mut told).await, Told::Down { .. }),
        "nobody is there yet"
    );

    let feed = Feed::new(1, 1 << 16);
    let serving = post(
        &srv.path(),
        "desktop",
        desktop_tree(vec![window(1, "one")], &feed),
    );
    let dark = |windows| Desktop {
        theme: "dark".to_owned(),
        windows,
        fault: None,
        questions: Vec::new(),
    };
    let up = Told::Up(dark(vec![window(1, "one")]));
    assert_eq!(next(&mut told).await, up);
    let opened = desktop::Event::WindowOpened {
        window: window(2, "two"),
    };
    feed.push(&opened).expect("an event");
    assert_eq!(next(&mut told).await, Told::Event(opened));

    serving.abort();
    let _ended = serving.await;
    assert!(
        matches!(next(&mut told).await, Told::Down { .. }),
        "it went"
    );
    let feed = Feed::new(2, 1 << 16);
    let _serving = post(&srv.path(), "desktop", desktop_tree(vec![], &feed));
    assert_eq!(
        next(&mut told).await,
        Told::Up(dark(Vec::new())),
        "it is back, without windows"
    );
}

/// Posts a `/panels` that says which panel was opened.
fn post_panels(srv: &std::path::Path, opened: &UnboundedSender<&'static str>) -> JoinHandle<()> {
    let root = Dir::new();
    for panel in trees::panels::PANELS {
        let opened = opened.clone();
        add_ctl(
            &root.folder(panel),
            || 1,
            move |_, verbs: Vec<PanelVerb>| {
                let opened = opened.clone();
                async move {
                    assert_eq!(verbs, [PanelVerb::Open {}]);
                    opened.send(panel).expect("the test listens");
                    Ok(serde_json::Value::Null)
                }
            },
        );
    }
    post(srv, "panels", root)
}

#[tokio::test]
async fn a_panel_is_opened_whether_the_panels_run_or_not() {
    let srv = Srv::new();
    let (sender, mut opened) = unbounded_channel();
    let (started, mut starts) = unbounded_channel();
    let root = Dir::new();
    let (path, panels) = (srv.path(), sender.clone());
    add_ctl(
        &root.folder("panels"),
        || 1,
        move |_, verbs: Vec<SubsystemVerb>| {
            let (path, panels, started) = (path.clone(), panels.clone(), started.clone());
            async move {
                assert_eq!(verbs, [SubsystemVerb::Start {}]);
                drop(post_panels(&path, &panels));
                started.send(()).expect("the test listens");
                Ok(serde_json::Value::Null)
            }
        },
    );
    let _manager = post(&srv.path(), "subsystems", root);

    let trees = srv.trees();
    follow::open_panel(&trees, "sync")
        .await
        .expect("started, then opened");
    assert_eq!(opened.try_recv(), Ok("sync"));
    starts.try_recv().expect("the manager was asked");
    follow::open_panel(&trees, "storage").await.expect("opened");
    assert_eq!(opened.try_recv(), Ok("storage"));
    assert!(
        starts.try_recv().is_err(),
        "they run: nobody is asked to start them"
    );
}

#[tokio::test]
async fn a_panel_that_nobody_can_open_is_said_in_one_line() {
    let srv = Srv::new();
    let why = follow::open_panel(&srv.trees(), "sync")
        .await
        .expect_err("nobody is there");
    assert!(
        why.contains("/subsystems/panels/ctl") && !why.contains('\n'),
        "{why}"
    );
}

#[tokio::test]
async fn an_order_that_is_refused_says_why() {
    let srv = Srv::new();
    let root = Dir::new();
    add_ctl(
        &root,
        || 1,
        |_, _: Vec<desktop::Verb>| async {
            let why = "no-such-program is in no folder of PATH";
            Err(ninep::tree::ctl::Refusal::new(ninep::Errno::NOENT, why))
        },
    );
    let _desktop = post(&srv.path(), "desktop", root);
    let trees = srv.trees();
    let refused = follow::order(&trees, "/desktop/ctl", "spawn no-such-program").await;
    assert_eq!(
        refused.expect_err("refused"),
        "no-such-program is in no folder of PATH"
    );
}

/// A shell without a screen that answers for `/shell`.
fn post_shell(srv: &Srv) -> (JoinHandle<()>, JoinHandle<()>) {
    let (ask, mut asked) = unbounded_channel();
    let feed = tree::feed(1);
    let surfaces = Surfaces::new(tree::drawn(feed.clone()));
    let serving = post(&srv.path(), "shell", tree::tree(&ask, &surfaces, &feed));
    let answering = tokio::spawn(async move {
        let now = jiff::Timestamp::from_second(1_795_356_187).expect("a time");
        let mut shell = Shell::new(ui::theme::Choice::default(), surfaces, now);
        while let Some(message) = asked.recv().await {
            for effect in shell.update(message, Instant::now()) {
                if let goblin_shell::effect::Effect::Post(event) = effect {
                    tree::post(&feed, &event);
                }
            }
        }
    });
    (serving, answering)
}

#[tokio::test]
async fn the_shell_can_be_read_and_told_by_files() {
    let srv = Srv::new();
    let _running = post_shell(&srv);
    let trees = srv.trees();
    let mut events = trees.follow::<Event>("/shell/event", From::Now);
    assert_eq!(events.next().await, Some(Followed::Up));
    let status: Status = trees.read_json("/shell/status").await.expect("a status");
    assert!(!status.launcher && status.notifications.is_empty());

    trees
        .ctl("/shell/launcher/ctl", "open")
        .await
        .expect("opened");
    assert_eq!(
        events.next().await,
        Some(Followed::Event(Event::Launcher { open: true }))
    );
    let after: Status = trees.read_json("/shell/status").await.expect("a status");
    assert!(after.launcher && after.rev > status.rev);
    let stale = trees
        .ctl(
            "/shell/launcher/ctl",
            &format!("close if-rev={}", status.rev),
        )
        .await;
    assert!(matches!(stale, Err(CtlError::Refused { errno, .. }) if errno == ninep::Errno::STALE));
    trees
        .ctl(
            "/shell/launcher/ctl",
            &format!("close if-rev={}", after.rev),
        )
        .await
        .expect("closed");
    assert_eq!(
        events.next().await,
        Some(Followed::Event(Event::Launcher { open: false }))
    );

    let refused = trees
        .ctl("/shell/notifications/ctl", "dismiss 7")
        .await
        .expect_err("refused");
    assert!(
        refused.to_string().contains("no notification 7"),
        "{refused}"
    );
    let screen = trees.read("/shell/bar/screen").await.expect("a screen");
    assert!(screen.is_empty(), "nothing was drawn yet");
    let names: Vec<String> = trees
        .list("/shell/launcher")
        .await
        .expect("names")
        .into_iter()
        .map(|e| e.name)
        .collect();
    assert_eq!(names, ["ctl", "ctl.last", "screen"]);
}
