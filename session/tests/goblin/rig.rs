//! A namespace with a small service in it, and the command to use it with.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ninep::Errno;
use ninep::export::{Budget, Export};
use ninep::server::Server;
use ninep::transport::unix::Listener;
use ninep::tree::ctl::{Refusal, add_ctl};
use ninep::tree::{Dir, Feed, Log, Node, status};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// No test takes this long unless something hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

ninep::verbs! {
    /// What the service can be told.
    pub(crate) enum LampVerb {
        /// Say something to everybody.
        "say" => Say { words: Vec<String> },
        /// Light it; refused.
        "light" => Light {},
    }
}

/// `/lamp/{status,ctl,event,log,data}` in a folder that stands for XDG_RUNTIME_DIR.
pub(crate) struct Rig {
    folder: TempDir,
    pub(crate) feed: Feed,
    pub(crate) log: Log,
}

impl Rig {
    /// A namespace without any service.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gbs")
            .tempdir_in("/tmp")
            .unwrap();
        for name in ["run", "run/goblin", "run/goblin/srv", "data", "home"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        Self {
            folder,
            feed: Feed::new(1, 64 << 10),
            log: Log::new(1024),
        }
    }

    /// A namespace with the lamp in it.
    pub(crate) fn new() -> Self {
        let rig = Self::empty();
        let root = Dir::new();
        root.add("status", status(|| json!({ "rev": 7, "lit": false })));
        root.add("event", rig.feed.node());
        root.add("log", rig.log.node());
        let feed = rig.feed.clone();
        add_ctl(
            &root,
            || 7,
            move |_, verbs: Vec<LampVerb>| {
                let feed = feed.clone();
                async move {
                    let mut said = Value::Null;
                    for verb in verbs {
                        match verb {
                            LampVerb::Say { words } => {
                                said = json!({ "said": words });
                                feed.push(&said)?;
                            }
                            LampVerb::Light {} => {
                                let why = Refusal::new(Errno::BUSY, "the lamp has no oil");
                                return Err(why.would_work("say 'bring oil'"));
                            }
                        }
                    }
                    Ok(said)
                }
            },
        );
        let export = Export::open(&rig.path("data"), Arc::new(()), Budget::of_process()).unwrap();
        root.add("data", export.root());
        rig.serve("lamp", root);
        rig
    }

    /// Serves one more tree.
    pub(crate) fn serve(&self, name: &str, root: Arc<dyn Node>) {
        let listener = Listener::bind(&self.path("run/goblin/srv").join(name)).unwrap();
        tokio::spawn(async move { Server::new(root).serve(listener).await });
    }

    /// A path in the folder: `data/…` is what `/lamp/data` serves, `home/…` is the person's own.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command, not yet started.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_goblin"));
        command
            .args(words)
            .env("XDG_RUNTIME_DIR", self.path("run"))
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .current_dir(self.path("home"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the command to its end.
    pub(crate) async fn run<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Output {
        tokio::time::timeout(LIMIT, self.command(words).output())
            .await
            .unwrap()
            .unwrap()
    }

    /// Runs the command with something to read.
    pub(crate) async fn run_with(&self, words: &[&str], input: &[u8]) -> Output {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input).await.unwrap();
        drop(stdin);
        tokio::time::timeout(LIMIT, child.wait_with_output())
            .await
            .unwrap()
            .unwrap()
    }

    /// Runs the command, which must end well and say nothing on standard error; gives its standard output.
    pub(crate) async fn well<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> String {
        let output = self.run(words).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the command, which must fail with exit code 1 and one line; gives the line.
    pub(crate) async fn badly<S: AsRef<OsStr>>(
        &self,
        words: impl IntoIterator<Item = S>,
    ) -> String {
        one_line(&self.run(words).await)
    }
}

/// The one line that a command failed with.
pub(crate) fn one_line(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("goblin: "), "{said}");
    said
}
