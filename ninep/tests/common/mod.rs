//! What the tests share: a small service, served over a pair of pipes or a socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

pub mod raw;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ninep::client::{Client, Fid};
use ninep::server::{Roots, Server};
use ninep::tree::ctl::{Refusal, add_ctl};
use ninep::tree::{Dir, Feed, Log, Node, Peer, status};
use ninep::{Errno, verbs};

verbs! {
    /// What the counter of the tests can be told.
    pub enum CounterVerb {
        /// Add to the counter.
        "add" => Add { n: u64 },
        /// Remember a text.
        "note" => Note { text: String },
    }
}

/// A service with one of every kind of file.
pub struct Counter {
    pub root: Arc<Dir>,
    pub count: Arc<AtomicU64>,
    pub feed: Feed,
    pub log: Log,
}

impl Counter {
    pub fn new(epoch: u64) -> Self {
        let root = Dir::new();
        let count = Arc::new(AtomicU64::new(0));
        let feed = Feed::new(epoch, 1000);
        let log = Log::new(1 << 16);
        let shown = Arc::clone(&count);
        root.add(
            "status",
            status(move || serde_json::json!({"rev": shown.load(Ordering::SeqCst)})),
        );
        root.add("event", feed.node());
        root.add("log", log.node());
        let deep = root.folder("a").folder("b");
        deep.add("c", status(|| "deep"));
        let rev = Arc::clone(&count);
        let (counter, events, lines) = (Arc::clone(&count), feed.clone(), log.clone());
        add_ctl(
            &root,
            move || rev.load(Ordering::SeqCst),
            move |peer: Peer, verbs: Vec<CounterVerb>| {
                let (counter, events, lines) =
                    (Arc::clone(&counter), events.clone(), lines.clone());
                async move {
                    let sum: u64 = verbs
                        .iter()
                        .map(|verb| {
                            if let CounterVerb::Add { n } = verb {
                                *n
                            } else {
                                0
                            }
                        })
                        .sum();
                    if sum > 100 {
                        return Err(Refusal::new(Errno::DQUOT, "that is more than 100")
                            .would_work("add 100"));
                    }
                    for verb in verbs {
                        match verb {
                            CounterVerb::Add { n } => {
                                let now = counter.fetch_add(n, Ordering::SeqCst) + n;
                                events.push(&serde_json::json!({"kind": "added", "count": now}))?;
                            }
                            CounterVerb::Note { text } => {
                                lines.line(&format!("{}: {text}", peer.uname));
                            }
                        }
                    }
                    Ok(serde_json::json!({"count": counter.load(Ordering::SeqCst)}))
                }
            },
        );
        Self {
            root,
            count,
            feed,
            log,
        }
    }

    pub fn roots(&self) -> Arc<dyn Roots> {
        let root: Arc<dyn Node> = self.root.clone();
        Arc::new(root)
    }

    /// A client over pipes in memory, attached.
    pub async fn dial(&self) -> Fid {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (reader, writer) = tokio::io::split(theirs);
        let server = Server::new(self.roots());
        tokio::spawn(async move { server.connection(reader, writer, Peer::default()).await });
        let (reader, writer) = tokio::io::split(ours);
        let client = Client::over(reader, writer)
            .await
            .expect("the server speaks 9P2000.L");
        client.attach("ann", "").await.expect("the root is there")
    }
}
