//! The edge of the panels, against real 9P servers on real sockets.

#![cfg(test)]

use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use ninep::client::{CtlError, From, Namespace};
use ninep::export::{Budget, Export};
use ninep::server::Server;
use ninep::transport::unix::Listener;
use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, Feed as EventFeed, Log, Node, status};
use panels::app::{self, App};
use panels::feed::{Feed, Heard};
use panels::handover::{Handover, hand_over};
use panels::serve::{Ask, Served, tree};
use panels::storage::Kind;
use panels::subsystems::LogPart;
use panels::{Order, Panel, link};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use trees::desktop;
use trees::mirror::{Disk, Event, Space, Status, Verb, Who};
use trees::time::Millis;
use ui::Theme;
use ui::testing::stage;
use ui::theme::Choice;

/// How long anything may take before the test is called hung. Nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);

fn post(folder: &Path, name: &str, root: Arc<dyn Node>) -> JoinHandle<()> {
    let listener = Listener::bind(&folder.join(name)).unwrap();
    tokio::spawn(async move { Server::new(root).serve(listener).await })
}

async fn end(service: JoinHandle<()>) {
    service.abort();
    service.await.unwrap_err();
}

async fn next<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> T {
    let next = tokio::time::timeout(PATIENCE, stream.next());
    next.await
        .expect("something is told in time")
        .expect("the stream goes on")
}

/// The mirror's news one by one; those of other trees are left out.
async fn news(
    feeds: &mut (impl Stream<Item = Vec<Feed>> + Unpin),
    told: &mut Vec<Feed>,
) -> Heard<Status, Event> {
    loop {
        while !told.is_empty() {
            if let Feed::Mirror(heard) = told.remove(0) {
                return heard;
            }
        }
        *told = next(feeds).await;
    }
}

fn space(files: u64) -> Space {
    Space {
        rev: 1,
        name: "home".into(),
        files,
        folders: 0,
        bytes: files,
        changed: None,
    }
}

fn mirror(epoch: u64) -> (Arc<Dir>, EventFeed) {
    let (root, feed) = (Dir::new(), EventFeed::new(epoch, 64 << 10));
    let disk = Disk {
        total: 2,
        available: 1,
        measured: Millis(0),
    };
    let state = Status {
        rev: 1,
        since: Millis(0),
        spaces: vec![space(3)],
        disk,
    };
    root.add("status", status(move || state.clone()));
    root.add("event", feed.node());
    (root, feed)
}

fn made(files: u64) -> Event {
    let who = Who {
        uid: 0,
        user: "root".into(),
        program: None,
    };
    Event::SpaceCreated {
        space: space(files),
        who,
    }
}

#[tokio::test]
async fn a_mirror_that_comes_goes_and_comes_back_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut feeds = pin!(link::feeds(Namespace::new(folder.path().to_owned())));
    let mut told = Vec::new();

    let first = news(&mut feeds, &mut told).await;
    assert!(matches!(first, Heard::Down { .. }), "{first:?}");

    let (root, feed) = mirror(1);
    feed.push(&made(1)).unwrap();
    let service = post(folder.path(), "mirror", root);
    let Heard::Status(state) = news(&mut feeds, &mut told).await else {
        panic!("no status")
    };
    assert_eq!(state.spaces, [space(3)]);
    // What happened before is told too, then what happens now.
    let old = news(&mut feeds, &mut told).await;
    let Heard::Event(old) = old else {
        panic!("{old:?}")
    };
    assert_eq!((old.seq, old.event), (1, made(1)));
    feed.push(&made(2)).unwrap();
    let Heard::Event(new) = news(&mut feeds, &mut told).await else {
        panic!("no event")
    };
    assert_eq!((new.seq, new.event), (2, made(2)));

    end(service).await;
    let Heard::Down { cause, .. } = news(&mut feeds, &mut told).await else {
        panic!("not down")
    };
    assert!(!cause.is_empty());

    let (root, feed) = mirror(2);
    let _service = post(folder.path(), "mirror", root);
    assert!(matches!(
        news(&mut feeds, &mut told).await,
        Heard::Status(_)
    ));
    feed.push(&made(9)).unwrap();
    // A new run begins a new feed, which may have the status told once more.
    let line = loop {
        match news(&mut feeds, &mut told).await {
            Heard::Event(line) => break line,
            Heard::Status(_) => {}
            down @ Heard::Down { .. } => panic!("{down:?}"),
        }
    };
    assert_eq!(line.event, made(9));
}

/// The themes one by one; what other trees tell is left out.
async fn theme(feeds: &mut (impl Stream<Item = Vec<Feed>> + Unpin)) -> Feed {
    loop {
        let mut told = next(feeds).await.into_iter();
        if let Some(theme) = told.find(|it| matches!(it, Feed::Theme(_))) {
            return theme;
        }
    }
}

#[tokio::test]
async fn the_panels_are_light_or_dark_as_the_desktop_is() {
    let folder = tempfile::tempdir().unwrap();
    let (root, feed) = (Dir::new(), EventFeed::new(1, 64 << 10));
    let state = desktop::Status {
        rev: 1,
        backend: "headless".into(),
        wayland_display: "wayland-9".into(),
        x11_display: None,
        x11_running: false,
        focus: None,
        outputs: Vec::new(),
        disabled: Vec::new(),
        windows: Vec::new(),
        choosing: None,
        locked: false,
        testing: true,
        theme: "dark".into(),
        questions: Vec::new(),
        config: desktop::Config::default(),
        since: Millis(0),
    };
    root.add("status", status(move || state.clone()));
    root.add("event", feed.node());
    let _service = post(folder.path(), "desktop", root);
    let namespace = Namespace::new(folder.path().to_owned());
    let app = |choice| App::new(namespace.clone(), Served::new(1), &[], choice).0;
    let mut following = app(Choice::default());
    let mut told_once = app(Choice::new(Some(Theme::Light)));
    let window = iced::window::Id::unique();
    let mut hear = |news: Feed| {
        let _nothing = following.update(app::Message::Feeds(vec![news.clone()]));
        let _nothing = told_once.update(app::Message::Feeds(vec![news]));
        // What a person gave at the start stays.
        assert_eq!(told_once.theme(window), Theme::Light);
        following.theme(window)
    };

    let mut feeds = pin!(link::feeds(namespace.clone()));
    assert_eq!(hear(theme(&mut feeds).await), Theme::Dark);
    feed.push(&desktop::Event::Focus { id: None }).unwrap();
    let light = desktop::Event::Theme {
        name: "light".into(),
    };
    feed.push(&light).unwrap();
    assert_eq!(hear(theme(&mut feeds).await), Theme::Light);
}

#[tokio::test]
async fn a_log_is_read_once_and_then_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (root, log, feed) = (Dir::new(), Log::new(64 << 10), EventFeed::new(1, 64 << 10));
    let one = root.folder("mirror");
    one.add("log", log.node());
    one.add("event", feed.node());
    let say = |line: &str| {
        log.line(line);
        feed.push(&json!({"kind": "log", "line": line})).unwrap();
    };
    say("before");
    let _service = post(folder.path(), "subsystems", root);
    let namespace = Namespace::new(folder.path().to_owned());
    let mut parts = pin!(link::tail(namespace, "mirror".into()));
    let part = |anew: bool, lines: &[&str]| LogPart {
        subsystem: "mirror".into(),
        anew,
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    assert_eq!(next(&mut parts).await, part(true, &["before"]));
    say("after");
    assert_eq!(next(&mut parts).await, part(false, &["after"]));
    say("一行中文");
    assert_eq!(next(&mut parts).await, part(false, &["一行中文"]));
}

#[tokio::test]
async fn an_order_reaches_its_ctl_and_a_refusal_comes_back_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let root = Dir::new();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    add_ctl(
        &root,
        || 1,
        move |_, verbs: Vec<Verb>| {
            hears.lock().unwrap().extend(verbs);
            async { Ok(Value::Null) }
        },
    );
    let _service = post(folder.path(), "mirror", root);
    let namespace = Namespace::new(folder.path().to_owned());
    let verb = Verb::Create {
        name: "my photos".into(),
    };
    let order = Order::new("/mirror/ctl", &verb);
    link::write(namespace.clone(), order).await.unwrap();
    assert_eq!(*heard.lock().unwrap(), [verb]);
    let order = Order {
        path: "/mirror/ctl".into(),
        line: "explode".into(),
    };
    let why = link::write(namespace, order).await.unwrap_err();
    assert!(why.contains("explode") && why.contains("create"), "{why}");
}

#[tokio::test]
async fn a_folder_is_listed_with_what_its_entries_are() {
    let folder = tempfile::tempdir().unwrap();
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("照片")).unwrap();
    std::fs::write(data.path().join("a.txt"), "four").unwrap();
    std::os::unix::fs::symlink("a.txt", data.path().join("link")).unwrap();
    let export = Export::open(data.path(), Arc::new(()), Budget::of_process()).unwrap();
    let _service = post(folder.path(), "mirror", export.root());
    let namespace = Namespace::new(folder.path().to_owned());
    let entries = link::list(namespace.clone(), "/mirror".into())
        .await
        .unwrap();
    let seen: Vec<_> = entries
        .iter()
        .map(|it| (it.name.as_str(), it.kind))
        .collect();
    assert_eq!(
        seen,
        [
            ("a.txt", Kind::File),
            ("link", Kind::Link),
            ("照片", Kind::Folder)
        ]
    );
    assert_eq!(entries[0].bytes, 4);
    let why = link::list(namespace, "/mirror/nowhere".into())
        .await
        .unwrap_err();
    assert!(why.contains("/mirror/nowhere"), "{why}");
}

#[tokio::test]
async fn a_screen_is_what_was_drawn_and_empty_while_closed() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::new(1);
    let _service = post(folder.path(), "panels", tree(&served));
    let namespace = Namespace::new(folder.path().to_owned());
    assert!(
        namespace
            .read("/panels/storage/screen")
            .await
            .unwrap()
            .is_empty()
    );
    let mut events = namespace.follow::<Value>("/panels/event", From::Oldest);

    served.opened(Panel::Storage);
    let draw = |words: &'static str| {
        let view: ui::Element<'_, ()> = ui::components::body(words).into();
        let view = ui::semantics::observe(served.slot(Panel::Storage), view);
        stage((200.0, 100.0), view).snapshot(&Theme::Light).unwrap();
    };
    draw("one file");
    let screen: trees::screen::Screen =
        namespace.read_json("/panels/storage/screen").await.unwrap();
    assert_eq!(screen.surface, "goblin.panel.storage");
    assert!(screen.find("text", "one file").is_some());
    draw("one file");
    draw("two files");
    let screen: trees::screen::Screen =
        namespace.read_json("/panels/storage/screen").await.unwrap();
    assert_eq!(screen.rev, 2, "a redraw of the same is no news");
    let state: trees::panels::Status = namespace.read_json("/panels/status").await.unwrap();
    assert_eq!(
        (state.open, state.renderer.as_str()),
        (vec!["storage".into()], "tiny-skia")
    );

    served.closed(Panel::Storage);
    assert!(
        namespace
            .read("/panels/storage/screen")
            .await
            .unwrap()
            .is_empty()
    );
    let mut kinds = Vec::new();
    while kinds.last().map(String::as_str) != Some("closed") {
        let told = tokio::time::timeout(PATIENCE, events.next())
            .await
            .unwrap()
            .unwrap();
        if let ninep::client::Followed::Event(event) = told {
            kinds.push(event["kind"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(kinds, ["opened", "screen", "screen", "closed"]);
}

#[tokio::test]
async fn a_second_start_hands_over_and_waits_until_it_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let namespace = Namespace::new(folder.path().to_owned());
    assert_eq!(
        hand_over(&namespace, &[Panel::Sync]).await.unwrap(),
        Handover::Nobody
    );

    let served = Served::new(1);
    let mut requests = served.requests().unwrap();
    let _service = post(folder.path(), "panels", tree(&served));
    let windows = tokio::spawn(async move {
        let mut asked = Vec::new();
        while asked.len() < 4 {
            let request = requests.recv().await.unwrap();
            asked.extend(request.asks.clone());
            request.answer(Ok(()));
        }
        let request = requests.recv().await.unwrap();
        request.answer(Err("there is no subsystem \"x\"".into()));
        asked
    });
    let panels = [Panel::Sync, Panel::Storage];
    assert_eq!(
        hand_over(&namespace, &panels).await.unwrap(),
        Handover::Taken
    );
    // One write may ask for several things.
    namespace
        .ctl("/panels/storage/ctl", "open\nnavigate home/photos")
        .await
        .unwrap();
    let refused = namespace
        .ctl("/panels/subsystems/ctl", "navigate x")
        .await
        .unwrap_err();
    let CtlError::Refused { why, .. } = refused else {
        panic!("{refused}")
    };
    assert_eq!(why, "there is no subsystem \"x\"");
    assert_eq!(
        windows.await.unwrap(),
        [
            Ask::Open(Panel::Sync),
            Ask::Open(Panel::Storage),
            Ask::Open(Panel::Storage),
            Ask::Navigate(Panel::Storage, "home/photos".into()),
        ]
    );
}
