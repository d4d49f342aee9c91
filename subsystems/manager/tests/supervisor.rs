//! The supervisor with real processes: tiny shell scripts that behave badly in one way each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use manager::fleet::{Bond, Need};
use manager::lifecycle::{Policy, Temper};
use manager::supervisor::{Export, Handle, Place, Programs, Ready, Source, Spec, start};
use manager::tree;
use ninep::client::{Followed, From, Namespace};
use ninep::server::Server;
use ninep::transport::unix::Listener;
use ninep::tree::Node;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use trees::subsystems::{Event, State, Subsystem};

/// No test takes this long unless something hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// A supervisor and its tree, in a folder of their own.
struct Rig {
    folder: TempDir,
    namespace: Namespace,
    handle: Handle,
    running: JoinHandle<()>,
}

fn script(name: &str, text: &str) -> Spec {
    let mut policy = Policy::new(Temper::Steady);
    policy.first_pause = Duration::from_millis(5);
    Spec {
        name: name.to_owned(),
        program: "/bin/sh".into(),
        arguments: vec!["-c".into(), text.into()],
        environment: Vec::new(),
        ready: Ready::Says("ready".to_owned()),
        exports: Vec::new(),
        policy,
        needs: Vec::new(),
    }
}

impl Rig {
    fn start(specs: Vec<Spec>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gbm")
            .tempdir_in("/tmp")
            .unwrap();
        let sockets = folder.path().join("srv");
        std::fs::create_dir(&sockets).unwrap();
        let place = Place {
            sockets: sockets.clone(),
            logs: Some(folder.path().join("log")),
            programs: Programs::of_this_process(),
            helper: PathBuf::from(env!("CARGO_BIN_EXE_goblin-manager")),
            epoch: 1,
            session: "test".to_owned(),
        };
        let (supervisor, handle) = start(specs, place).unwrap();
        let root: std::sync::Arc<dyn Node> = tree::subsystems(&handle);
        let listener = Listener::bind(&sockets.join("subsystems")).unwrap();
        tokio::spawn(async move { Server::new(root).serve(listener).await });
        let running = tokio::spawn(supervisor.run(|_| {}));
        let namespace = Namespace::new(sockets);
        Self {
            folder,
            namespace,
            handle,
            running,
        }
    }

    /// Waits for the first event of the past or the future that `wanted` finds right.
    async fn until(&self, name: &str, wanted: impl Fn(&Subsystem) -> bool) -> Subsystem {
        let mut events = self
            .namespace
            .follow::<Event>("/subsystems/event", From::Oldest);
        let found = async {
            loop {
                if let Some(Followed::Event(Event::State { subsystem })) = events.next().await
                    && subsystem.name == name
                    && wanted(&subsystem)
                {
                    return subsystem;
                }
            }
        };
        tokio::time::timeout(LIMIT, found)
            .await
            .unwrap_or_else(|_| {
                panic!(
                    "{name} never came so far; it is {:?}",
                    self.handle.status().subsystems
                )
            })
    }

    async fn in_state(&self, name: &str, state: State) -> Subsystem {
        self.until(name, |one| one.state == state).await
    }

    /// The lines that a subsystem has said, at least `count` of them.
    async fn lines(&self, name: &str, count: usize) -> Vec<String> {
        let mut events = self
            .namespace
            .follow::<Event>(&format!("/subsystems/{name}/event"), From::Oldest);
        let mut lines = Vec::new();
        let heard = async {
            while lines.len() < count {
                if let Some(Followed::Event(Event::Log { line })) = events.next().await {
                    lines.push(line);
                }
            }
        };
        tokio::time::timeout(LIMIT, heard).await.unwrap();
        lines
    }

    async fn order(&self, name: &str, line: &str) -> Result<serde_json::Value, String> {
        let path = format!("/subsystems/{name}/ctl");
        let order = self.namespace.ctl(&path, line);
        let said = tokio::time::timeout(LIMIT, order).await.unwrap();
        said.map_err(|error| error.to_string())
    }

    async fn quit(self) {
        self.namespace.ctl("/subsystems/ctl", "quit").await.unwrap();
        tokio::time::timeout(LIMIT, self.running)
            .await
            .unwrap()
            .unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn is_there(pid: i32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn one_that_dies_at_once_fails_with_cause_and_last_words() {
    let rig = Rig::start(vec![script(
        "mirror",
        "echo one; echo 'no room' >&2; exit 7",
    )]);
    let failed = rig.in_state("mirror", State::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.cause, "exit code 7");
    assert_eq!(failure.last_words.as_deref(), Some("no room"));
    assert_eq!(failed.restarts, 4);
    assert_eq!(rig.lines("mirror", 10).await, ["one", "no room"].repeat(5));
    let log = rig.namespace.read("/subsystems/log").await.unwrap();
    let log = String::from_utf8_lossy(&log).into_owned();
    assert!(
        log.contains("mirror failed and is given up: exit code 7"),
        "{log}"
    );

    let refused = rig.order("mirror", "start").await.unwrap_err();
    assert!(
        refused.contains("exit code 7") && refused.contains("no room"),
        "{refused}"
    );
    rig.quit().await;
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named_and_not_tried_again() {
    let mut spec = script("mirror", "");
    spec.program = "goblin-nowhere".into();
    let rig = Rig::start(vec![spec]);
    let failed = rig.in_state("mirror", State::Failed).await;
    let cause = failed.failure.unwrap().cause;
    assert!(cause.contains("goblin-nowhere was not found"), "{cause}");
    assert_eq!(failed.restarts, 0);
    rig.quit().await;
}

#[tokio::test]
async fn one_that_ignores_sigterm_is_killed() {
    let mut spec = script(
        "deaf",
        "trap '' TERM; echo ready; while :; do sleep 1000 & wait; done",
    );
    spec.policy.end_within = Duration::from_millis(50);
    let rig = Rig::start(vec![spec]);
    let running = rig.in_state("deaf", State::Running).await;
    rig.order("deaf", "stop").await.unwrap();
    let stopped = rig
        .until("deaf", |one| {
            one.rev > running.rev && one.state == State::Stopped
        })
        .await;
    assert_eq!((stopped.pid, stopped.failure), (None, None));
    assert!(!is_there(running.pid.unwrap()));
    rig.quit().await;
}

#[tokio::test]
async fn one_that_does_not_answer_is_ended_with_the_cause() {
    let mut spec = script("mute", "echo hello; exec sleep 1000");
    spec.policy.answer_within = Duration::from_secs(1);
    spec.policy.quick_deaths = 1;
    let rig = Rig::start(vec![spec]);
    let failed = rig.in_state("mute", State::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.cause, "did not answer within 1 s");
    assert_eq!(failure.last_words.as_deref(), Some("hello"));
    rig.quit().await;
}

#[tokio::test]
async fn lines_reach_log_event_and_file_even_without_a_newline() {
    let rig = Rig::start(vec![script(
        "talker",
        "printf 'ready\\nto go'; exec sleep 1000 >&- 2>&-",
    )]);
    rig.in_state("talker", State::Running).await;
    rig.order("talker", "stop").await.unwrap();
    assert_eq!(rig.lines("talker", 2).await, ["ready", "to go"]);
    let log = rig.namespace.read("/subsystems/talker/log").await.unwrap();
    assert_eq!(&log[..], b"ready\nto go\n");
    let file = std::fs::read_to_string(rig.file("log/talker.log")).unwrap();
    assert!(file.ends_with(" to go\n"), "{file}");
    rig.quit().await;
}

#[tokio::test]
async fn a_killed_one_comes_back_as_another_process() {
    let rig = Rig::start(vec![script("mirror", "echo ready; exec sleep 1000")]);
    let first = rig.in_state("mirror", State::Running).await;
    let pid = rustix::process::Pid::from_raw(first.pid.unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let again = rig
        .until("mirror", |one| {
            one.restarts == 1 && one.state == State::Running
        })
        .await;
    assert_ne!(again.pid, first.pid);
    assert_eq!(again.failure.unwrap().cause, "killed by signal 9 (KILL)");
    rig.quit().await;
    assert!(!is_there(again.pid.unwrap()));
}

#[tokio::test]
async fn who_needs_another_gets_its_exports_and_shares_its_fate() {
    let mut desktop = script("desktop", "echo ready; exec sleep 1000");
    desktop.exports = vec![Export {
        variable: "WAYLAND_DISPLAY".to_owned(),
        value: Source::Fixed("wayland-7".into()),
    }];
    let mut shell = script(
        "shell",
        "echo ready on $WAYLAND_DISPLAY without $DISPLAY.; exec sleep 1000",
    );
    shell.environment = vec![("DISPLAY".into(), None)];
    shell.needs = vec![Need {
        on: "desktop".to_owned(),
        bond: Bond::Needs,
    }];
    let rig = Rig::start(vec![desktop, shell]);
    let first = rig.in_state("shell", State::Running).await;
    assert_eq!(
        rig.lines("shell", 1).await,
        ["ready on wayland-7 without ."]
    );

    rig.order("desktop", "restart").await.unwrap();
    let again = rig
        .until("shell", |one| {
            one.state == State::Running && one.pid != first.pid
        })
        .await;
    assert_eq!(
        (again.restarts, again.failure),
        (0, None),
        "it was no fault of its own"
    );

    rig.order("desktop", "stop").await.unwrap();
    let said = rig.order("shell", "start").await.unwrap();
    assert_eq!(said["waiting_for"], "desktop");
    rig.quit().await;
}

#[tokio::test]
async fn orders_are_checked_against_the_revision_and_the_state() {
    let rig = Rig::start(vec![script("mirror", "echo ready; exec sleep 1000")]);
    rig.in_state("mirror", State::Running).await;
    let shown: Subsystem = rig
        .namespace
        .read_json("/subsystems/mirror/status")
        .await
        .unwrap();
    let refused = rig.order("mirror", "if-rev=1 stop").await.unwrap_err();
    assert!(refused.contains(&format!("rev {}", shown.rev)), "{refused}");
    rig.order("mirror", &format!("if-rev={} stop", shown.rev))
        .await
        .unwrap();
    let refused = rig.order("mirror", "restart").await.unwrap_err();
    assert!(
        refused.contains("mirror is not running") && refused.contains("start"),
        "{refused}"
    );
    rig.quit().await;
}

#[tokio::test]
async fn one_that_never_stops_talking_holds_nobody_up_and_fills_nothing() {
    let flood = "echo ready; exec yes 'a line that says nothing'";
    let rig = Rig::start(vec![
        script("flood", flood),
        script("quiet", "echo ready; exec sleep 1000"),
    ]);
    rig.in_state("flood", State::Running).await;
    let left_out = async {
        let mut events = rig
            .namespace
            .follow::<Event>("/subsystems/flood/event", From::Oldest);
        while let Some(followed) = events.next().await {
            if let Followed::Event(Event::Log { line }) = followed
                && line.contains("lines were left out")
            {
                return;
            }
        }
    };
    tokio::time::timeout(LIMIT, left_out).await.unwrap();
    rig.order("quiet", "restart").await.unwrap();
    rig.order("flood", "stop").await.unwrap();
    let log = rig.namespace.read("/subsystems/flood/log").await.unwrap();
    assert!(
        log.len() > 16 << 10 && log.len() <= 128 << 10,
        "{}",
        log.len()
    );
    let log = String::from_utf8_lossy(&log).into_owned();
    let end: Vec<&str> = log.lines().rev().take(2).collect();
    assert!(end[1].contains("lines were left out"), "{end:?}");
    // It may have been stopped in the middle of it.
    assert!("a line that says nothing".starts_with(end[0]), "{end:?}");
    for name in ["flood.log", "flood.log.1"] {
        let len = std::fs::metadata(rig.file("log").join(name)).map_or(0, |meta| meta.len());
        assert!(len < 3 << 20, "{name} has {len} bytes");
    }
    rig.quit().await;
}
