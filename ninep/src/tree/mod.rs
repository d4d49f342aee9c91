//! Trees: what a server serves, and the building blocks to make one.
//!
//! A tree is made of [`Node`]s. A service that shows its state as files composes its tree from the blocks here and writes
//! none itself:
//!
//! | file | block | what it is |
//! |---|---|---|
//! | `status` | [`status`], [`status_later`] | one JSON object, computed at open |
//! | `ctl`, `ctl.last` | [`ctl::add_ctl`] with [`verbs!`](crate::verbs) | verbs, one write = one transaction |
//! | `event` | [`Feed`] | endless JSON Lines; the offset is the place |
//! | `log` | [`Log`] | text lines; ends at its end |
//! | anything read-only | [`content`] | bytes made at open |
//! | a folder | [`Dir`] | names that come and go |
//!
//! ```no_run
//! use ninep::tree::{Dir, Feed, status, ctl::add_ctl};
//! use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
//!
//! ninep::verbs! {
//!     /// What the counter can be told.
//!     pub enum CounterVerb {
//!         /// Add to it.
//!         "add" => Add { n: u64 },
//!     }
//! }
//!
//! let count = Arc::new(AtomicU64::new(0));
//! let feed = Feed::new(1, 64 << 10);
//! let root = Dir::new();
//! let shown = Arc::clone(&count);
//! root.add("status", status(move || serde_json::json!({"rev": shown.load(Ordering::Relaxed)})));
//! root.add("event", feed.node());
//! let rev = Arc::clone(&count);
//! add_ctl(&root, move || rev.load(Ordering::Relaxed), move |_peer, verbs: Vec<CounterVerb>| {
//!     let (count, feed) = (Arc::clone(&count), feed.clone());
//!     async move {
//!         for CounterVerb::Add { n } in verbs {
//!             let now = count.fetch_add(n, Ordering::Relaxed) + n;
//!             feed.push(&serde_json::json!({"count": now}))?;
//!         }
//!         Ok(serde_json::Value::Null)
//!     }
//! });
//! // `root` is now ready for `ninep::server::Server`.
//! ```

pub mod ctl;
mod dir;
mod event;
mod ids;
mod log;
mod node;
mod snapshot;

pub use crate::pages::Pages;
pub use dir::Dir;
pub use event::{EPOCH_LEN, Feed};
pub use ids::synthetic_qid;
pub use log::Log;
pub use node::{Answer, Created, File, Node, OpenFlags, Peer, Pending};
pub use snapshot::{content, status, status_later};
