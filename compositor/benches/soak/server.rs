//! The compositor as a process of its own, in a home of its own.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

const SOCKET: &str = "wayland-soak";
/// Longer than it takes to start or to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// A compositor that runs, until it is dropped.
pub(crate) struct Server {
    child: Child,
    folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it, and waits until it is there for clients and for the tree's.
    pub(crate) fn start() -> Result<Self> {
        // A short path: a socket's has at most 108 bytes.
        let folder = tempfile::Builder::new().prefix("gs").tempdir_in("/tmp")?;
        let log = File::create(folder.path().join("log"))?;
        let child = Command::new(env!("CARGO_BIN_EXE_goblin-compositor"))
            .args(["--size", "1920x1080@1", "--socket", SOCKET])
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_STATE_HOME")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("the compositor cannot be started")?;
        let mut server = Self { child, folder };
        let begun = Instant::now();
        while !server.sockets().join("desktop").exists() {
            if server.child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("it did not come up; it said: {}", server.log());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The Wayland socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }

    /// The folder that its tree is posted in.
    pub(crate) fn sockets(&self) -> PathBuf {
        self.folder.path().join("goblin/srv")
    }

    /// Ends it as a session's end does.
    pub(crate) fn end(mut self) -> Result<()> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "it ended with {status}: {}", self.log());
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("it does not end")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}
