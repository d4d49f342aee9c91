//! `ctl` files: where a tree takes its orders.
//!
//! One write is one transaction of one or more lines, each a verb with its words quoted as in *rc(1)*. All lines are read
//! before the first is carried out. A line may carry `if-rev=N` and is refused with `ESTALE` when the state's `rev`
//! has moved on. A write that is refused fails with the fitting errno, and a read on the same fid, or of `ctl.last` by
//! the same user, then tells why as one JSON object ([`Outcome`]).

mod verb;
mod words;

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use verb::{Argument, Refusal, Verb, VerbSpec, bad_argument, no_more, unknown_verb};
pub use words::{quote, split};

use super::dir::Dir;
use super::ids::synthetic_qid;
use super::node::{Answer, File, Node, OpenFlags, Peer};
use super::snapshot::{slice, status};
use crate::error::{Errno, Error};
use crate::wire::{Attr, Qid, QidKind};

/// What became of a write to a `ctl`, as a read on the same fid tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done, all of it.
    Done {
        /// The lines, as they were understood.
        lines: Vec<String>,
        /// What the service says of it, or null.
        #[serde(default)]
        result: Value,
    },
    /// Refused; nothing was done.
    Refused {
        /// The text that was written.
        lines: Vec<String>,
        /// The errno's number.
        errno: i32,
        /// Why, for people.
        why: String,
        /// What would work instead; empty if nothing.
        #[serde(default)]
        would_work: String,
    },
}

type Applied = Pin<Box<dyn Future<Output = Result<Value, Refusal>> + Send>>;

struct Shared<V> {
    rev: Box<dyn Fn() -> u64 + Send + Sync>,
    apply: Box<dyn Fn(Peer, Vec<V>) -> Applied + Send + Sync>,
    last: Mutex<HashMap<u32, Outcome>>,
}

/// Makes a `ctl` and its `ctl.last` in `dir`.
///
/// `rev` gives the revision that `if-rev=N` is compared with. `apply` is given the verbs of one write, in order, and does
/// all of them or none. It runs to its end even when the client that wrote goes away.
///
/// # Panics
/// Never; but `apply` needs a tokio runtime around the server, which is always there.
pub fn add_ctl<V, F, A, R>(dir: &Dir, rev: R, apply: A)
where
    V: Verb,
    R: Fn() -> u64 + Send + Sync + 'static,
    A: Fn(Peer, Vec<V>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Value, Refusal>> + Send + 'static,
{
    let shared = Arc::new(Shared {
        rev: Box::new(rev),
        apply: Box::new(move |peer, verbs| Box::pin(apply(peer, verbs))),
        last: Mutex::default(),
    });
    let last = Last {
        qid: synthetic_qid(QidKind::FILE),
        shared: Arc::clone(&shared),
    };
    dir.add(
        "ctl",
        Arc::new(Ctl {
            qid: synthetic_qid(QidKind::APPEND),
            shared,
        }),
    );
    dir.add("ctl.last", Arc::new(last));
}

impl<V: Verb> Shared<V> {
    /// Reads all lines before any is carried out.
    fn read(&self, lines: &[&str]) -> Result<Vec<V>, Refusal> {
        if lines.is_empty() {
            return Err(Refusal::new(Errno::INVAL, "the write holds no line")
                .would_work("one verb to a line"));
        }
        let mut verbs = Vec::with_capacity(lines.len());
        for line in lines {
            let mut words = split(line).map_err(|why| Refusal::new(Errno::INVAL, why))?;
            let mut wanted = None;
            words.retain(|word| match word.strip_prefix("if-rev=") {
                Some(rev) => {
                    wanted = Some(rev.to_owned());
                    false
                }
                None => true,
            });
            if let Some(wanted) = wanted {
                let rev = (self.rev)();
                let number: u64 = wanted.parse().map_err(|_| {
                    Refusal::new(Errno::INVAL, format!("if-rev={wanted} is not a number"))
                })?;
                if number != rev {
                    return Err(Refusal::new(
                        Errno::STALE,
                        format!("the state is at rev {rev}, not {number}"),
                    )
                    .would_work(format!("read status again, then if-rev={rev}")));
                }
            }
            verbs.push(V::parse(&words)?);
        }
        Ok(verbs)
    }

    fn remember(&self, peer: &Peer, outcome: Outcome) {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(peer.uid, outcome);
    }

    async fn carry_out(self: Arc<Self>, peer: Peer, text: String) -> Outcome {
        let lines = words::lines(&text);
        let result = match self.read(&lines) {
            Ok(verbs) => {
                let understood = verbs.iter().map(Verb::line).collect();
                (self.apply)(peer.clone(), verbs)
                    .await
                    .map(|result| (understood, result))
            }
            Err(refusal) => Err(refusal),
        };
        let outcome = match result {
            Ok((lines, result)) => Outcome::Done { lines, result },
            Err(refusal) => Outcome::Refused {
                lines: lines.iter().map(|line| (*line).to_owned()).collect(),
                errno: refusal.errno.raw_os_error(),
                why: refusal.why,
                would_work: refusal.would_work,
            },
        };
        self.remember(&peer, outcome.clone());
        outcome
    }
}

struct Ctl<V> {
    qid: Qid,
    shared: Arc<Shared<V>>,
}

impl<V: Verb> Node for Ctl<V> {
    fn qid(&self) -> Qid {
        self.qid
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        Answer::ok(Attr::synthetic(self.qid, 0o600))
    }

    fn open(&self, _: &Peer, _: OpenFlags) -> Answer<Arc<dyn File>> {
        Answer::ok(Arc::new(OpenCtl {
            shared: Arc::clone(&self.shared),
            said: Arc::default(),
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct OpenCtl<V> {
    shared: Arc<Shared<V>>,
    said: Arc<Mutex<Said>>,
}

/// What a read of this fid tells.
#[derive(Default)]
struct Said {
    /// The outcome of the last write, or the list of verbs before there is one.
    text: Option<Bytes>,
    /// Where the last write ended: a kernel's file position stands there, and its next read begins there.
    written_to: u64,
    /// What the first read after the write showed to be the offset of the first byte.
    begins_at: Option<u64>,
}

fn object<T: Serialize>(value: &T) -> Bytes {
    // These types hold strings and JSON values only, which always serialise; an empty file would be the honest rest.
    let mut text = serde_json::to_vec(value).unwrap_or_default();
    text.push(b'\n');
    text.into()
}

impl<V: Verb> File for OpenCtl<V> {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let written_to = said.written_to;
        let begins_at =
            *said
                .begins_at
                .get_or_insert(if offset == written_to { offset } else { 0 });
        let text = said.text.get_or_insert_with(|| {
            V::specs()
                .iter()
                .flat_map(|spec| object(spec).to_vec())
                .collect()
        });
        Answer::ok(slice(text, offset.saturating_sub(begins_at), count))
    }

    fn write(&self, peer: &Peer, offset: u64, data: Bytes) -> Answer<u32> {
        let Ok(text) = String::from_utf8(data.to_vec()) else {
            return Answer::err(Errno::INVAL, "ctl: the write is not UTF-8 text");
        };
        let taken = u32::try_from(data.len()).unwrap_or(u32::MAX);
        // A task of its own: a transaction that has begun is not torn by a flush or a lost client.
        let work = tokio::spawn(Arc::clone(&self.shared).carry_out(peer.clone(), text));
        let said = Arc::clone(&self.said);
        Answer::later(async move {
            let outcome = work.await.map_err(|_| {
                Error::new(
                    Errno::IO,
                    "ctl: the service failed while it carried out the write",
                )
            })?;
            let refused = match &outcome {
                Outcome::Done { .. } => None,
                Outcome::Refused { errno, why, .. } => {
                    Some(Error::told(Errno::from_raw_os_error(*errno), why.clone()))
                }
            };
            *said.lock().unwrap_or_else(PoisonError::into_inner) = Said {
                text: Some(object(&outcome)),
                // A refused write moves no file position.
                written_to: if refused.is_none() {
                    offset.saturating_add(u64::from(taken))
                } else {
                    offset
                },
                begins_at: None,
            };
            refused.map_or(Ok(taken), Err)
        })
    }
}

struct Last<V> {
    qid: Qid,
    shared: Arc<Shared<V>>,
}

impl<V: Verb> Node for Last<V> {
    fn qid(&self) -> Qid {
        self.qid
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        Answer::ok(Attr::synthetic(self.qid, 0o400))
    }

    fn open(&self, peer: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        let last = self
            .shared
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&peer.uid)
            .cloned();
        status(move || last.clone()).open(peer, flags)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
