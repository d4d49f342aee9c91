//! What the guest mounts: a folder, and the tree of a small service.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ninep::export::{Budget, Export};
use ninep::server::{Roots, Server};
use ninep::transport::tcp;
use ninep::tree::ctl::{Refusal, add_ctl};
use ninep::tree::{Dir, Feed, Node, Peer, status};
use ninep::{Errno, Error, Result, verbs};
use tokio::task::JoinHandle;

verbs! {
    /// What the service can be told.
    pub enum Verb {
        /// Add to the counter.
        "add" => Add { n: u64 },
    }
}

/// A server for one guest; it ends when this is dropped.
pub(crate) struct Served {
    dir: tempfile::TempDir,
    budget: Budget,
    port: u16,
    serving: JoinHandle<()>,
}

struct Both {
    files: Export,
    live: Arc<Dir>,
}

impl Roots for Both {
    fn root(&self, _: &Peer, aname: &str) -> Result<Arc<dyn Node>> {
        match aname {
            "/files" | "" | "/" => Ok(self.files.root()),
            "/live" => Ok(Arc::clone(&self.live) as Arc<dyn Node>),
            other => Err(Error::new(
                Errno::NOENT,
                format!("there is no tree {other}"),
            )),
        }
    }
}

/// Serves on a free port of the loopback.
pub(crate) async fn start() -> Served {
    let dir = tempfile::tempdir().unwrap();
    let budget = Budget::of_raised_process();
    let files = Export::open(dir.path(), Arc::new(()), budget.clone())
        .unwrap()
        .with_hard_links();
    let listener = tcp::Listener::bind("127.0.0.1", 0).await.unwrap();
    let port = listener.address().port();
    let server = Server::new(Both {
        files,
        live: service(),
    });
    let serving = tokio::spawn(async move { server.serve(listener).await });
    Served {
        dir,
        budget,
        port,
        serving,
    }
}

/// A counter, as DESIGN.md's rules of a tree have it.
fn service() -> Arc<Dir> {
    let (root, count, feed) = (
        Dir::new(),
        Arc::new(AtomicU64::new(0)),
        Feed::new(1, 10_000),
    );
    let shown = Arc::clone(&count);
    root.add(
        "status",
        status(move || serde_json::json!({"rev": shown.load(Ordering::SeqCst)})),
    );
    root.add("event", feed.node());
    let rev = Arc::clone(&count);
    add_ctl(
        &root,
        move || rev.load(Ordering::SeqCst),
        move |_, verbs: Vec<Verb>| {
            let (count, feed) = (Arc::clone(&count), feed.clone());
            async move {
                for Verb::Add { n } in verbs {
                    if n > 100 {
                        return Err(Refusal::new(Errno::DQUOT, "that is more than 100"));
                    }
                    let now = count.fetch_add(n, Ordering::SeqCst) + n;
                    feed.push(&serde_json::json!({"count": now}))?;
                }
                Ok(serde_json::Value::Null)
            }
        },
    );
    root
}

impl Served {
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Descriptors that the export holds for its clients and itself.
    pub(crate) fn descriptors(&self) -> usize {
        self.budget.used()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
