use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use ninep::client::{Follow, Followed, From, Namespace};
use ninep::tree::OpenFlags;
use serde_json::Value;
use trees::mirror::{Event, Space, Status};

/// A place of its own for one mirror: a runtime folder and a store.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

/// A mirror that runs, and a client of it.
pub(crate) struct Running {
    child: Child,
    pub(crate) ns: Namespace,
    runtime: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // As in a session, where the manager makes it: who waits for a service watches this folder.
        let mut srv = std::fs::DirBuilder::new();
        srv.recursive(true)
            .mode(0o700)
            .create(dir.path().join("goblin/srv"))
            .unwrap();
        Self { dir }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// A path in the data of the space `home`, on disk.
    pub(crate) fn home(&self, path: &str) -> PathBuf {
        self.store().join("spaces/home").join(path)
    }

    pub(crate) fn command(&self, store: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goblin-mirror"));
        command
            .arg("--store")
            .arg(store)
            .env("XDG_RUNTIME_DIR", self.dir.path())
            .env_remove("GOBLIN_LOG")
            .stdin(Stdio::null());
        command
    }

    /// Starts the mirror and waits until it answers.
    pub(crate) async fn start(&self) -> Running {
        self.adopt(
            self.command(&self.store())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
        .await
    }

    /// Waits until the mirror that `child` is, or becomes, answers.
    pub(crate) async fn adopt(&self, child: Child) -> Running {
        let runtime = self.dir.path().to_owned();
        let running = Running {
            child,
            ns: namespace(&runtime),
            runtime,
        };
        drop(running.follow().await);
        running
    }

    /// Starts a mirror that is expected to refuse.
    pub(crate) fn refused(&self, store: &Path) -> Output {
        self.command(store).output().unwrap()
    }
}

fn namespace(runtime: &Path) -> Namespace {
    Namespace::new(runtime.join("goblin/srv"))
}

impl Running {
    /// Another client, with a connection of its own.
    pub(crate) fn client(&self) -> Namespace {
        namespace(&self.runtime)
    }

    /// Follows the events from here on; nothing that happens after this returns is missed.
    pub(crate) async fn follow(&self) -> Events {
        let mut follow = self.client().follow::<Event>("/mirror/event", From::Now);
        loop {
            match follow.next().await.unwrap() {
                Followed::Up => return Events(follow),
                Followed::Down { .. } => {}
                other => panic!("{other:?} before the feed was there"),
            }
        }
    }

    pub(crate) async fn home(&self) -> Space {
        self.ns
            .read_json("/mirror/spaces/home/status")
            .await
            .unwrap()
    }

    pub(crate) async fn status(&self) -> Status {
        self.ns.read_json("/mirror/status").await.unwrap()
    }

    pub(crate) async fn ctl(&self, line: &str) -> Result<Value, ninep::client::CtlError> {
        self.ns.ctl("/mirror/ctl", line).await
    }

    /// Ends it with `signal` and waits until it is gone.
    pub(crate) fn end(mut self, signal: rustix::process::Signal) -> ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
        self.child.wait().unwrap()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.runtime.join("goblin/srv/mirror")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already when a test ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The events as one client sees them.
pub(crate) struct Events(Follow<Event>);

impl Events {
    pub(crate) async fn next(&mut self) -> Event {
        match self.0.next().await.unwrap() {
            Followed::Event(event) => event,
            other => panic!("{other:?} instead of an event"),
        }
    }

    /// The next event of a file, in short, and the space after it.
    pub(crate) async fn file(&mut self) -> (String, Space) {
        match self.next().await {
            Event::File {
                space,
                action,
                path,
                from,
                bytes,
                ..
            } => {
                let from = from.map(|from| format!(" from {from}")).unwrap_or_default();
                (format!("{action:?} {path}{from} {bytes}"), space)
            }
            other => panic!("{other:?} instead of a file's event"),
        }
    }
}

/// Where a file of the space `home` lies in the tree.
pub(crate) fn data(path: &str) -> String {
    format!("/mirror/spaces/home/data/{path}")
}

pub(crate) async fn create(ns: &Namespace, name: &str) -> ninep::client::RemoteFile {
    let folder = ns.fid(&data("")).await.unwrap();
    folder.create(name, OpenFlags::WRONLY, 0o644).await.unwrap()
}

/// Files, folders and bytes below `dir`, from the disk.
pub(crate) fn on_disk(dir: &Path) -> (u64, u64, u64) {
    let mut sums = (0, 0, 0);
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let meta = entry.metadata().unwrap();
        if meta.is_dir() {
            let below = on_disk(&entry.path());
            sums = (sums.0 + below.0, sums.1 + below.1 + 1, sums.2 + below.2);
        } else {
            sums.0 += 1;
            sums.2 += if meta.is_file() { meta.len() } else { 0 };
        }
    }
    sums
}

pub(crate) fn sums(space: &Space) -> (u64, u64, u64) {
    (space.files, space.folders, space.bytes)
}
