//! `log` files: lines of text that end at their end, like any file.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::ids::synthetic_qid;
use super::node::{Answer, File, Node, OpenFlags, Peer};
use crate::error::Errno;
use crate::wire::{Attr, Qid, QidKind, Time};

/// A bounded log of lines, for people and for stock tools: it reports its size, and reading it ends.
///
/// When it grows beyond what it keeps, the older half goes, and the file gets shorter: what *logrotate(8)* calls
/// `copytruncate`, and what `tail -f` follows.
#[derive(Debug, Clone)]
pub struct Log(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    text: Vec<u8>,
    keep: usize,
    changed: Time,
}

impl Log {
    /// An empty log that keeps at most `keep` bytes.
    pub fn new(keep: usize) -> Self {
        Self(Arc::new(Mutex::new(Kept {
            text: Vec::new(),
            keep,
            changed: Time::now(),
        })))
    }

    /// Appends one line; newlines inside it become blanks.
    pub fn line(&self, line: &str) {
        let mut kept = self.lock();
        kept.text.extend(
            line.trim_end()
                .bytes()
                .map(|byte| if byte == b'\n' { b' ' } else { byte }),
        );
        kept.text.push(b'\n');
        kept.changed = Time::now();
        if kept.text.len() > kept.keep {
            let half = kept.text.len() - kept.keep / 2;
            let cut = kept.text[half..]
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(half, |at| half + at + 1);
            kept.text.drain(..cut);
        }
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock().text).into_owned()
    }

    /// The file to put into a tree.
    pub fn node(&self) -> Arc<dyn Node> {
        Arc::new(LogFile {
            qid: synthetic_qid(QidKind::APPEND),
            log: self.clone(),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        // Lines are cut and appended whole, so a panic elsewhere cannot have spoiled the text.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct LogFile {
    qid: Qid,
    log: Log,
}

impl LogFile {
    fn attr(&self) -> Attr {
        let kept = self.log.lock();
        let mut attr = Attr::synthetic(self.qid, 0o400);
        attr.size = kept.text.len() as u64;
        attr.blocks = attr.size.div_ceil(512);
        attr.mtime = kept.changed;
        attr.ctime = kept.changed;
        attr
    }
}

impl Node for LogFile {
    fn qid(&self) -> Qid {
        self.qid
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        Answer::ok(self.attr())
    }

    fn open(&self, _: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        if flags.writes() {
            return Answer::err(
                Errno::ACCESS,
                "open for writing: only the service adds lines",
            );
        }
        Answer::ok(Arc::new(OpenLog(self.log.clone())))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct OpenLog(Log);

impl File for OpenLog {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let kept = self.0.lock();
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(kept.text.len());
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let to = from.saturating_add(count).min(kept.text.len());
        Answer::ok(Bytes::copy_from_slice(&kept.text[from..to]))
    }
}
