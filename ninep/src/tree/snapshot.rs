use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::ids::synthetic_qid;
use super::node::{Answer, File, Node, OpenFlags, Peer};
use crate::error::{Errno, Error, Result};
use crate::wire::{Attr, Qid, QidKind};

/// A `status` file: one JSON object and a newline, computed when the file is opened.
///
/// Every read of one open fid sees the same object, however long it takes.
pub fn status<T: Serialize>(make: impl Fn() -> T + Send + Sync + 'static) -> Arc<dyn Node> {
    Arc::new(Snapshot {
        qid: synthetic_qid(QidKind::FILE),
        make: Make::Now(Box::new(move || json(&make()))),
    })
}

/// As [`status`], for a state that lives on another thread or takes a look at the world: `make` runs at open.
pub fn status_later<T, F, M>(make: M) -> Arc<dyn Node>
where
    T: Serialize + Send,
    F: Future<Output = Result<T>> + Send + 'static,
    M: Fn() -> F + Send + Sync + 'static,
{
    content(move || {
        let made = make();
        async move { json(&made.await?) }
    })
}

/// A read-only file whose bytes are made when it is opened: a picture, a listing.
pub fn content<F, M>(make: M) -> Arc<dyn Node>
where
    F: Future<Output = Result<Bytes>> + Send + 'static,
    M: Fn() -> F + Send + Sync + 'static,
{
    Arc::new(Snapshot {
        qid: synthetic_qid(QidKind::FILE),
        make: Make::Later(Box::new(move || Box::pin(make()))),
    })
}

/// `value` as the content of a `status` file.
fn json<T: Serialize>(value: &T) -> Result<Bytes> {
    let mut text = serde_json::to_vec(value).map_err(|error| {
        Error::new(
            Errno::IO,
            format!("the state cannot be written as JSON ({error})"),
        )
    })?;
    text.push(b'\n');
    Ok(text.into())
}

type Later = Pin<Box<dyn Future<Output = Result<Bytes>> + Send>>;

enum Make {
    Now(Box<dyn Fn() -> Result<Bytes> + Send + Sync>),
    Later(Box<dyn Fn() -> Later + Send + Sync>),
}

struct Snapshot {
    qid: Qid,
    make: Make,
}

impl Node for Snapshot {
    fn qid(&self) -> Qid {
        self.qid
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        Answer::ok(Attr::synthetic(self.qid, 0o400))
    }

    fn open(&self, _: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        if flags.writes() {
            return Answer::err(Errno::ACCESS, "open for writing: the file tells a state");
        }
        let file = |bytes| Arc::new(Taken(bytes)) as Arc<dyn File>;
        match &self.make {
            Make::Now(make) => Answer::Now(make().map(file)),
            Make::Later(make) => Answer::Later(make()).map(file),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Bytes as they were at open.
pub(crate) struct Taken(pub(crate) Bytes);

/// The part of `bytes` that a read of `count` at `offset` gets.
pub(crate) fn slice(bytes: &Bytes, offset: u64, count: u32) -> Bytes {
    let from = usize::try_from(offset)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    bytes.slice(from..from.saturating_add(count).min(bytes.len()))
}

impl File for Taken {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        Answer::ok(slice(&self.0, offset, count))
    }
}
