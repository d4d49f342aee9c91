//! `goblin-manager` as a real process, with lamps (`examples/lamp.rs`) and scripts in the place of goblin's programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ninep::client::{Followed, From, Namespace};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use trees::machine;
use trees::subsystems::{Event, State, Status, Subsystem};

/// No test takes this long unless something hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// A folder of programs and a home, for one session.
struct Home {
    root: TempDir,
}

impl Home {
    /// With lamps for these programs.
    fn with(lamps: &[&str]) -> Self {
        let root = tempfile::Builder::new()
            .prefix("gbm")
            .tempdir_in("/tmp")
            .unwrap();
        let home = Self { root };
        for folder in ["bin", "run", "run/goblin", "run/goblin/srv", "state"] {
            fs::create_dir(home.path(folder)).unwrap();
        }
        // There before the session, so that a test can watch it from the first moment on.
        for folder in ["run", "run/goblin", "run/goblin/srv"] {
            let private = fs::Permissions::from_mode(0o700);
            fs::set_permissions(home.path(folder), private).unwrap();
        }
        let manager = Path::new(env!("CARGO_BIN_EXE_goblin-manager"));
        put(manager, &home.path("bin/goblin-manager"));
        let lamp = manager.parent().unwrap().join("examples/lamp");
        for name in lamps {
            put(&lamp, &home.path(&format!("bin/goblin-{name}")));
        }
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn script(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn namespace(&self) -> Namespace {
        Namespace::new(self.path("run/goblin/srv"))
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(self.path("bin/goblin-manager"));
        command
            .args(["--backend", "headless", "--testing"])
            .args(more)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.root.path())
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/none")
            .env("DISPLAY", ":7")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Starts a session and waits until it says that it is up.
    async fn session(&self, more: &[&str]) -> Child {
        let mut child = self.command(more).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let line = tokio::time::timeout(LIMIT, said.next_line())
            .await
            .unwrap()
            .unwrap();
        assert!(line.unwrap().starts_with("the session is up"));
        child
    }
}

/// A program in another folder: linked if the file system can, else copied.
fn put(program: &Path, to: &Path) {
    if fs::hard_link(program, to).is_err() {
        fs::copy(program, to).unwrap();
    }
}

/// Waits for the first event of the past or the future that `wanted` finds right.
async fn until(ns: &Namespace, name: &str, wanted: impl Fn(&Subsystem) -> bool) -> Subsystem {
    let mut events = ns.follow::<Event>("/subsystems/event", From::Oldest);
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
    let Ok(found) = tokio::time::timeout(LIMIT, found).await else {
        panic!(
            "{name} never came so far: {:?}",
            ns.read("/subsystems/status").await
        );
    };
    found
}

async fn ended(child: &mut Child) -> (bool, String) {
    let status = tokio::time::timeout(LIMIT, child.wait())
        .await
        .unwrap()
        .unwrap();
    let mut said = String::new();
    child
        .stderr
        .as_mut()
        .unwrap()
        .read_to_string(&mut said)
        .await
        .unwrap();
    (status.success(), said)
}

fn is_there(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}

const ALL: [&str; 4] = ["mirror", "compositor", "shell", "panels"];

#[tokio::test]
async fn a_session_comes_up_tells_all_and_ends_in_order() {
    let home = Home::with(&ALL);
    let mut child = home.session(&["--name", "mine"]).await;
    let ns = home.namespace();
    let status: Status = ns.read_json("/subsystems/status").await.unwrap();
    assert_eq!(status.session, "mine");
    let states: Vec<_> = status
        .subsystems
        .iter()
        .map(|one| (one.name.as_str(), one.state))
        .collect();
    let running = State::Running;
    assert_eq!(
        states,
        [
            ("mirror", running),
            ("desktop", running),
            ("shell", running),
            ("panels", State::Stopped)
        ]
    );
    let shell: Value = ns.read_json("/shell/status").await.unwrap();
    let environment = &shell["environment"];
    assert_eq!(
        environment["WAYLAND_DISPLAY"], "wayland-lamp",
        "as /desktop/status names it"
    );
    assert_eq!(
        environment["DISPLAY"], ":lamp",
        "not the one the session was started in"
    );
    assert_eq!(environment["XDG_CURRENT_DESKTOP"], "goblin");
    assert_eq!(environment["DBUS_SESSION_BUS_ADDRESS"], "unix:path=/none");
    let log = ns.read("/subsystems/shell/log").await.unwrap();
    assert_eq!(&log[..], b"shell shines\n");
    let machine: machine::Status = ns.read_json("/machine/status").await.unwrap();
    assert!(machine.memory.total > 0);

    ns.ctl("/subsystems/panels/ctl", "start").await.unwrap();
    let pids: Vec<i32> = {
        let status: Status = ns.read_json("/subsystems/status").await.unwrap();
        status.subsystems.iter().filter_map(|one| one.pid).collect()
    };
    assert_eq!(pids.len(), 4);
    ns.ctl("/subsystems/ctl", "quit").await.unwrap();
    let (well, said) = ended(&mut child).await;
    assert!(well, "{said}");
    assert!(pids.iter().all(|pid| !is_there(*pid)));
    let left: Vec<_> = fs::read_dir(home.path("run/goblin/srv")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_killed_desktop_takes_its_clients_along_and_all_come_back() {
    let home = Home::with(&ALL);
    let _child = home.session(&[]).await;
    let ns = home.namespace();
    ns.ctl("/subsystems/panels/ctl", "start").await.unwrap();
    let desktop = until(&ns, "desktop", |one| one.state == State::Running).await;
    let pid = rustix::process::Pid::from_raw(desktop.pid.unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    let again = until(&ns, "desktop", |one| {
        one.rev > desktop.rev && one.state == State::Running
    })
    .await;
    assert_eq!(again.restarts, 1);
    for name in ["shell", "panels"] {
        let first = until(&ns, name, |one| one.state == State::Running).await;
        let back = until(&ns, name, |one| {
            one.state == State::Running && one.pid != first.pid
        })
        .await;
        assert_eq!((back.restarts, back.failure), (0, None), "{name}");
    }
    let mirror = ns
        .read_json::<Subsystem>("/subsystems/mirror/status")
        .await
        .unwrap();
    assert_eq!((mirror.state, mirror.restarts), (State::Running, 0));
}

#[tokio::test]
async fn leaving_the_desktop_ends_the_session() {
    let home = Home::with(&ALL);
    let mut child = home.session(&[]).await;
    home.namespace().ctl("/desktop/ctl", "end 0").await.unwrap();
    let (well, said) = ended(&mut child).await;
    assert!(well, "{said}");
}

#[tokio::test]
async fn panels_that_end_well_are_left_alone_and_crashed_ones_tell_why() {
    let home = Home::with(&ALL);
    let _child = home.session(&[]).await;
    let ns = home.namespace();
    ns.ctl("/subsystems/panels/ctl", "start").await.unwrap();
    ns.ctl("/panels/ctl", "end 0").await.unwrap();
    let stopped = until(&ns, "panels", |one| one.state == State::Stopped).await;
    assert_eq!(stopped.failure, None);
    ns.ctl("/subsystems/panels/ctl", "start").await.unwrap();
    ns.ctl("/panels/ctl", "say 'no more colours'\nend 3")
        .await
        .unwrap();
    let failed = until(&ns, "panels", |one| one.state == State::Failed).await;
    let failure = failed.failure.unwrap();
    assert_eq!(failure.cause, "exit code 3");
    assert_eq!(failure.last_words.as_deref(), Some("no more colours"));
}

#[tokio::test]
async fn sigterm_ends_the_session() {
    let home = Home::with(&ALL);
    let mut child = home.session(&[]).await;
    let pid = i32::try_from(child.id().unwrap()).unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let (well, said) = ended(&mut child).await;
    assert!(well, "{said}");
}

#[tokio::test]
async fn a_killed_manager_leaves_nothing_running() {
    let home = Home::with(&ALL);
    let mut child = home.session(&[]).await;
    let ns = home.namespace();
    let mut events = ns.follow::<Value>("/shell/event", From::Now);
    assert_eq!(events.next().await, Some(Followed::Up));
    child.start_kill().unwrap();
    child.wait().await.unwrap();
    // The kernel ends the shell with its manager, and so its connections.
    let down = tokio::time::timeout(LIMIT, events.next()).await.unwrap();
    assert!(matches!(down, Some(Followed::Down { .. })), "{down:?}");
}

#[tokio::test]
async fn a_desktop_that_does_not_answer_ends_the_session_with_one_line() {
    let home = Home::with(&["mirror", "shell", "panels"]);
    home.script(
        "goblin-compositor",
        "echo 'no display' >&2; exec sleep 1000",
    );
    let mut child = home.command(&["--answer-within", "1"]).spawn().unwrap();
    let ns = home.namespace();
    let mute = until(&ns, "desktop", |one| one.state == State::Backoff).await;
    let failure = mute.failure.unwrap();
    assert_eq!(failure.cause, "did not answer within 1 s");
    assert_eq!(failure.last_words.as_deref(), Some("no display"));
    let shell = until(&ns, "shell", |one| one.state == State::Waiting).await;
    assert_eq!(shell.waiting_for.as_deref(), Some("desktop"));
    let (well, said) = ended(&mut child).await;
    assert!(!well);
    let last = said.lines().last().unwrap();
    assert!(
        last.contains("the desktop did not come up") && last.contains("no display"),
        "{said}"
    );
}

#[tokio::test]
async fn a_second_session_in_the_same_place_is_refused() {
    let home = Home::with(&ALL);
    let _first = home.session(&[]).await;
    let mut second = home.command(&[]).spawn().unwrap();
    let (well, said) = ended(&mut second).await;
    assert!(!well);
    assert_eq!(said.lines().count(), 1, "{said}");
    let runtime = home.path("run").display().to_string();
    assert!(
        said.contains("a session runs already") && said.contains(&runtime),
        "{said}"
    );
    let status: Status = home
        .namespace()
        .read_json("/subsystems/status")
        .await
        .unwrap();
    assert!(
        status
            .subsystems
            .iter()
            .any(|one| one.state == State::Running)
    );
}

#[tokio::test]
async fn where_there_is_no_bus_the_session_brings_its_own() {
    let home = Home::with(&ALL);
    home.script("dbus-daemon", "echo unix:path=/bus,guid=1; exec sleep 1000");
    let mut child = home
        .command(&[])
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .spawn()
        .unwrap();
    let ns = home.namespace();
    until(&ns, "shell", |one| one.state == State::Running).await;
    let status: Status = ns.read_json("/subsystems/status").await.unwrap();
    assert_eq!(status.subsystems[0].name, "bus");
    let bus = format!("unix:path={}", home.path("run/bus").display());
    for name in ["desktop", "shell"] {
        let shown: Value = ns.read_json(&format!("/{name}/status")).await.unwrap();
        assert_eq!(
            shown["environment"]["DBUS_SESSION_BUS_ADDRESS"], bus,
            "{name}"
        );
    }
    ns.ctl("/subsystems/ctl", "quit").await.unwrap();
    assert!(ended(&mut child).await.0);
}
