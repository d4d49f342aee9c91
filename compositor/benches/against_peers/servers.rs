//! The compositors, each started as its manual says for a machine without a screen.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// An ordinary user: sway does not run as root (`nobody` of every Debian).
const USER: u32 = 65_534;
/// The socket's name, where it can be chosen.
const SOCKET: &str = "wayland-bench";
/// Longer than any of them takes to start.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Goblin,
    Sway,
    Weston,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Goblin, Self::Sway, Self::Weston];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Goblin => "goblin",
            Self::Sway => "sway",
            Self::Weston => "weston",
        }
    }
}

/// A compositor that runs, until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) started: Instant,
    pub(crate) socket: PathBuf,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Weston has helpers, which go with it only if it ends by itself.
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::TERM,
        );
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts one, and waits until it takes connections.
    pub(crate) fn start(kind: Kind) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("gb-").tempdir()?;
        chown(folder.path(), Some(USER), Some(USER))?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700))?;
        let log = folder.path().join("log");
        let mut command = match kind {
            Kind::Goblin => goblin(&folder)?,
            Kind::Sway => sway(&folder)?,
            Kind::Weston => weston(),
        };
        command
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .uid(USER)
            .gid(USER)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?);
        let started = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("{} cannot be started; apt install it", kind.name()))?;
        let names = [SOCKET, "wayland-1", "wayland-0"];
        loop {
            let there = names
                .iter()
                .map(|name| folder.path().join(name))
                .find(|path| UnixStream::connect(path).is_ok());
            if let Some(socket) = there {
                return Ok(Self {
                    child,
                    started,
                    socket,
                    folder,
                });
            }
            let ended = child.try_wait()?.is_some();
            if ended || started.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                bail!(
                    "it did not come up; it said: {}",
                    fs::read_to_string(&log).unwrap_or_default()
                );
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A command that finds this compositor as its users do.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("WAYLAND_DISPLAY", &self.socket)
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .uid(USER)
            .gid(USER)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

fn goblin(folder: &TempDir) -> Result<Command> {
    // An ordinary user may not enter every folder that a program is built in.
    let program = folder.path().join("goblin-compositor");
    fs::copy(env!("CARGO_BIN_EXE_goblin-compositor"), &program)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    let mut command = Command::new(program);
    command.args(["--size", "1920x1080@1", "--socket", SOCKET, "--no-tree"]);
    Ok(command)
}

fn sway(folder: &TempDir) -> Result<Command> {
    let config = folder.path().join("sway.config");
    fs::write(
        &config,
        // Windows lie as they do with the others: each in its own size.
        "xwayland disable\noutput HEADLESS-1 resolution 1920x1080\nfor_window [app_id=\".*\"] floating enable\n",
    )?;
    fs::set_permissions(&config, Permissions::from_mode(0o644))?;
    let mut command = Command::new("sway");
    command
        .arg("--config")
        .arg(config)
        .env("WLR_BACKENDS", "headless")
        .env("WLR_RENDERER", "pixman")
        .env("WLR_LIBINPUT_NO_DEVICES", "1");
    Ok(command)
}

fn weston() -> Command {
    let mut command = Command::new("weston");
    command.args([
        "--backend=headless-backend.so",
        "--use-pixman",
        "--width=1920",
        "--height=1080",
        "--idle-time=0",
        "--no-config",
    ]);
    command.arg(format!("--socket={SOCKET}"));
    command
}
