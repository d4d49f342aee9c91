//! The program itself: how it starts, refuses and ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use ninep::client::{Follow, Followed, From, Namespace};
use rustix::process::{Pid, Signal, kill_process};
use trees::desktop::{Event, Status};

fn program(runtime: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_goblin-compositor"));
    command
        .env("XDG_RUNTIME_DIR", runtime)
        .env("XDG_CONFIG_HOME", runtime)
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DISPLAY")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A short path: a socket's has at most 108 bytes.
fn runtime() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("g")
        .tempdir_in("/tmp")
        .unwrap()
}

/// Runs a command that must fail with one line on stderr that holds every word.
fn assert_refuses(command: &mut Command, words: &[&str]) {
    let Output { status, stderr, .. } = command.output().unwrap();
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(!status.success());
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word:?} is not in {stderr}");
    }
}

struct Running(Child);

impl Running {
    fn start(command: &mut Command, socket: &Path) -> Self {
        let child = command.spawn().unwrap();
        let begun = Instant::now();
        while !socket.exists() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "no socket {}",
                socket.display()
            );
            std::thread::yield_now();
        }
        Self(child)
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn sigterm_ends_it_cleanly_and_its_sockets_go() {
    let folder = runtime();
    let socket = folder.path().join("goblin-0");
    let served = folder.path().join("goblin/srv/desktop");
    let mut command = program(folder.path());
    let mut running = Running::start(command.args(["--socket", "goblin-0"]), &served);
    assert!(socket.exists());
    kill_process(running.pid(), Signal::TERM).unwrap();
    let status = running.0.wait().unwrap();
    let mut told = String::new();
    running
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(status.success(), "{told}");
    assert!(!socket.exists());
}

#[test]
fn a_taken_socket_is_named_with_the_way_out() {
    let folder = runtime();
    let socket = folder.path().join("goblin-0");
    let mut command = program(folder.path());
    let _running = Running::start(command.args(["--no-tree", "--socket", "goblin-0"]), &socket);
    let mut second = program(folder.path());
    assert_refuses(
        second.args(["--no-tree", "--socket", "goblin-0"]),
        &["goblin-0", "--socket"],
    );
}

#[test]
fn a_taken_desktop_is_named() {
    let folder = runtime();
    let served = folder.path().join("goblin/srv/desktop");
    let mut command = program(folder.path());
    let _running = Running::start(&mut command, &served);
    assert_refuses(
        &mut program(folder.path()),
        &["goblin/srv/desktop", "another process"],
    );
}

#[test]
fn without_a_runtime_folder_it_says_what_is_missing() {
    let folder = runtime();
    assert_refuses(
        program(folder.path()).env_remove("XDG_RUNTIME_DIR"),
        &["XDG_RUNTIME_DIR"],
    );
}

#[test]
fn without_a_host_a_nested_session_says_so() {
    let folder = runtime();
    let mut command = program(folder.path());
    let nested = ["--backend", "nested", "--no-tree"];
    assert_refuses(
        command.args(nested),
        &["WAYLAND_DISPLAY", "--backend headless"],
    );
}

#[test]
fn a_faulty_configuration_does_not_keep_it_from_starting() {
    let folder = runtime();
    let socket = folder.path().join("goblin-0");
    let config = folder.path().join("faulty.toml");
    std::fs::write(&config, "theme = \"mauve\"\n").unwrap();
    let mut command = program(folder.path());
    command
        .args(["--no-tree", "--socket", "goblin-0", "--config"])
        .arg(&config);
    let mut running = Running::start(&mut command, &socket);
    kill_process(running.pid(), Signal::TERM).unwrap();
    running.0.wait().unwrap();
    let mut told = String::new();
    running
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    assert!(told.contains("faulty.toml:1:"), "{told}");
}

/// What `/desktop` tells next of its theme or its configuration.
async fn next_theme(events: &mut Follow<Event>) -> Event {
    loop {
        let told = tokio::time::timeout(Duration::from_secs(20), events.next());
        if let Followed::Event(event @ (Event::Theme { .. } | Event::Config { .. })) =
            told.await.unwrap().unwrap()
        {
            return event;
        }
    }
}

#[test]
fn whoever_follows_the_desktop_is_told_when_it_becomes_light_or_dark() {
    let folder = runtime();
    let served = folder.path().join("goblin/srv/desktop");
    let config = folder.path().join("goblin/compositor.toml");
    let mut command = program(folder.path());
    let _running = Running::start(&mut command, &served);
    let desktop = Namespace::new(folder.path().join("goblin/srv"));
    let theme = |name: &str| Event::Theme {
        name: name.to_owned(),
    };
    let follow = async {
        let mut events = desktop.follow::<Event>("/desktop/event", From::Now);
        assert_eq!(events.next().await, Some(Followed::Up));
        let before: Status = desktop.read_json("/desktop/status").await.unwrap();
        assert_eq!(before.theme, "light");

        // What it is already is no news.
        desktop.ctl("/desktop/ctl", "theme light").await.unwrap();
        desktop.ctl("/desktop/ctl", "theme dark").await.unwrap();
        assert_eq!(next_theme(&mut events).await, theme("dark"));
        let after: Status = desktop.read_json("/desktop/status").await.unwrap();
        assert_eq!(after.theme, "dark");
        assert!(after.rev > before.rev);

        std::fs::write(&config, "theme = \"light\"\n").unwrap();
        assert_eq!(next_theme(&mut events).await, theme("light"));
        let taken = Event::Config { error: None };
        assert_eq!(next_theme(&mut events).await, taken);
        let now: Status = desktop.read_json("/desktop/status").await.unwrap();
        assert_eq!(now.theme, "light");
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(follow);
}

#[test]
fn at_rest_no_thread_of_it_wakes() {
    let folder = runtime();
    let served = folder.path().join("goblin/srv/desktop");
    let mut command = program(folder.path());
    let running = Running::start(&mut command, &served);
    let tasks = format!("/proc/{}/task", running.0.id());
    let switches = || -> u64 {
        let tasks = std::fs::read_dir(&tasks).unwrap();
        let of = |task: std::fs::DirEntry| {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap();
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            line.unwrap().trim().parse::<u64>().unwrap()
        };
        tasks.map(|task| of(task.unwrap())).sum()
    };
    let asleep = || {
        std::fs::read_dir(&tasks).unwrap().all(|task| {
            let status = std::fs::read_to_string(task.unwrap().path().join("status")).unwrap();
            status.lines().any(|line| line.starts_with("State:\tS"))
        })
    };
    // Starting is over when all sleep and two looks a while apart agree; from then on nothing may
    // happen. On a machine that is busy with others, one that has not got far looks the same but for
    // not sleeping.
    let mut before = switches();
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = switches();
        if now == before && asleep() {
            break;
        }
        before = now;
    }
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(switches(), before);
}

#[test]
fn grim_takes_pictures_of_an_output_and_of_a_region_across_two() {
    let folder = runtime();
    let socket = folder.path().join("goblin-0");
    let mut command = program(folder.path());
    let sizes = ["--size", "320x200@1", "--size", "400x300@1.25"];
    let _running = Running::start(
        command
            .args(["--no-tree", "--socket", "goblin-0"])
            .args(sizes),
        &socket,
    );
    let shoot = |what: &[&str]| {
        let path = folder.path().join("picture.png");
        let mut grim = Command::new("grim");
        grim.env("XDG_RUNTIME_DIR", folder.path())
            .env("WAYLAND_DISPLAY", "goblin-0")
            .args(what)
            .arg(&path);
        let Output { status, stderr, .. } = grim.output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        data.truncate(info.buffer_size());
        let colours: std::collections::HashSet<&[u8]> = data.chunks_exact(3).collect();
        assert!(colours.len() > 20, "the wallpaper has many colours");
        (info.width, info.height)
    };
    assert_eq!(shoot(&["-o", "headless-1"]), (320, 200));
    assert_eq!(shoot(&["-o", "headless-2"]), (400, 300));
    assert_eq!(shoot(&["-s", "1", "-g", "300,20 40x100"]), (40, 100));
}
