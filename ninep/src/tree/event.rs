//! `event` files: an endless append-only feed of JSON Lines, for programs.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use super::ids::synthetic_qid;
use super::node::{Answer, File, Node, OpenFlags, Peer};
use crate::error::{Errno, Error, Result};
use crate::wire::{Attr, Qid, QidKind, Time};

/// Bytes of one epoch: a restart begins a new one, so that no offset ever means two things.
pub const EPOCH_LEN: u64 = 1 << 40;

/// A bounded feed of events that any number of readers follow, each at its own place.
///
/// A line is one JSON object with `seq` (counts from 1 in each epoch), `time` (milliseconds since 1970) and what was pushed.
/// The offset in the file is the place in the feed. A read at the end parks until there is more, and holds nothing but a
/// waker. A reader whose offset lies outside what is kept gets one line `{"lost":…,"resume":OFFSET}` and goes on at the
/// oldest line kept. `event@OFFSET` opens at a place, `event@end` at the end.
#[derive(Debug, Clone)]
pub struct Feed(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    ring: Mutex<Ring>,
    /// Wakes parked readers.
    more: Notify,
    keep: usize,
}

#[derive(Debug)]
struct Ring {
    /// Each line with the offset of its first byte.
    lines: VecDeque<(u64, Bytes)>,
    /// Offset of the first byte of the first line kept.
    start: u64,
    /// Offset after the last byte.
    end: u64,
    seq: u64,
}

impl Feed {
    /// A feed that begins `epoch` and keeps about `keep` bytes of lines.
    pub fn new(epoch: u64, keep: usize) -> Self {
        // Offsets are signed in every kernel: 23 bits are left for the epoch.
        let start = (epoch & ((1 << 23) - 1)) * EPOCH_LEN;
        let ring = Ring {
            lines: VecDeque::new(),
            start,
            end: start,
            seq: 0,
        };
        Self(Arc::new(Shared {
            ring: Mutex::new(ring),
            more: Notify::new(),
            keep,
        }))
    }

    /// Appends `event`, which must serialise to a JSON object, as one line. Gives its `seq`.
    ///
    /// # Errors
    /// `EINVAL` when `event` is not a JSON object; nothing is appended.
    pub fn push<T: Serialize>(&self, event: &T) -> Result<u64> {
        let bad = |why: String| {
            Error::new(
                Errno::INVAL,
                format!("an event is not a JSON object ({why})"),
            )
        };
        let value = serde_json::to_value(event).map_err(|error| bad(error.to_string()))?;
        let Value::Object(fields) = value else {
            return Err(bad(value.to_string()));
        };
        let now = Time::now();
        let mut ring = self.lock();
        ring.seq += 1;
        let mut line = Map::new();
        line.insert("seq".to_owned(), json!(ring.seq));
        line.insert(
            "time".to_owned(),
            json!(now.sec * 1000 + now.nsec / 1_000_000),
        );
        line.extend(fields);
        let mut text = Value::Object(line).to_string();
        text.push('\n');
        ring.append(Bytes::from(text), self.0.keep);
        let seq = ring.seq;
        drop(ring);
        self.0.more.notify_waiters();
        Ok(seq)
    }

    /// The offset after the last line.
    pub fn end(&self) -> u64 {
        self.lock().end
    }

    /// The file to put into a tree.
    pub fn node(&self) -> Arc<dyn Node> {
        Arc::new(EventFile {
            qid: synthetic_qid(QidKind::APPEND),
            feed: self.clone(),
            from: 0,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Ring> {
        // A line is appended whole or not at all, so a panic elsewhere cannot have spoiled the ring.
        self.0.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    fn append(&mut self, line: Bytes, keep: usize) {
        let at = self.end;
        self.end += line.len() as u64;
        self.lines.push_back((at, line));
        while self.lines.len() > 1 && self.end - self.start > keep as u64 {
            if let Some((_, old)) = self.lines.pop_front() {
                self.start += old.len() as u64;
            }
        }
    }

    /// Whole lines from `place`, at most `count` bytes of them, unless the first alone is longer, which is then cut.
    fn from(&self, place: u64, count: usize) -> Bytes {
        let first = self
            .lines
            .partition_point(|(at, line)| at + line.len() as u64 <= place);
        let mut out = Vec::new();
        for (at, line) in self.lines.range(first..) {
            // A line is far shorter than usize::MAX, and so is the part of it before `place`.
            let skip = usize::try_from(place.saturating_sub(*at)).unwrap_or(0);
            let part = &line[skip..];
            if out.len() >= count || !out.is_empty() && out.len() + part.len() > count {
                break;
            }
            out.extend_from_slice(&part[..part.len().min(count - out.len())]);
        }
        out.into()
    }
}

struct EventFile {
    qid: Qid,
    feed: Feed,
    /// The place that offset 0 of an open fid stands for.
    from: u64,
}

impl Node for EventFile {
    fn qid(&self) -> Qid {
        self.qid
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        // Where the fid begins is told as data_version, so that a client that opens `event@end` knows its place.
        Answer::ok(Attr {
            data_version: self.from,
            ..Attr::synthetic(self.qid, 0o400)
        })
    }

    /// The part after the `@` of `event@OFFSET`.
    fn walk(&self, _: &Peer, place: &str) -> Answer<Arc<dyn Node>> {
        let from = match place {
            "end" => self.feed.end(),
            number => match number.parse() {
                Ok(offset) => offset,
                Err(_) => {
                    return Answer::err(
                        Errno::NOENT,
                        format!("event@{number}: after the @ comes an offset, or end"),
                    );
                }
            },
        };
        Answer::ok(Arc::new(Self {
            qid: self.qid,
            feed: self.feed.clone(),
            from,
        }))
    }

    fn open(&self, _: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        if flags.writes() {
            return Answer::err(
                Errno::ACCESS,
                "open for writing: only the service adds events",
            );
        }
        Answer::ok(Arc::new(Reader {
            feed: self.feed.clone(),
            place: Arc::new(Mutex::new(Place {
                shift: self.from,
                notice: None,
            })),
            park: !flags.has(OpenFlags::NONBLOCK),
        }))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// How the offsets of one fid map to places in the feed.
#[derive(Debug)]
struct Place {
    /// Added to the fid's offset to get the place.
    shift: u64,
    /// A `lost` line that is being read, and the offset of its first byte.
    notice: Option<(u64, Bytes)>,
}

struct Reader {
    feed: Feed,
    place: Arc<Mutex<Place>>,
    park: bool,
}

/// One try to read: bytes, or nothing yet.
fn attempt(feed: &Feed, place: &Mutex<Place>, offset: u64, count: usize) -> Option<Bytes> {
    let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
    let ring = feed.lock();
    if let Some((at, line)) = &place.notice {
        let skip = usize::try_from(offset.wrapping_sub(*at)).unwrap_or(usize::MAX);
        if skip < line.len() {
            return Some(line.slice(skip..line.len().min(skip.saturating_add(count))));
        }
        place.notice = None;
    }
    let wanted = offset.wrapping_add(place.shift);
    if wanted < ring.start || wanted > ring.end {
        let resume = ring.start;
        let lost = resume.saturating_sub(wanted);
        let line = Bytes::from(format!("{}\n", json!({"lost": lost, "resume": resume})));
        place.shift = resume.wrapping_sub(offset.wrapping_add(line.len() as u64));
        if line.len() > count {
            let part = line.slice(..count);
            place.notice = Some((offset, line));
            return Some(part);
        }
        // With what follows it, so that a reader who is slower than the feed gets events and not only this line.
        let mut part = line.to_vec();
        part.extend_from_slice(&ring.from(resume, count - line.len()));
        return Some(part.into());
    }
    let part = ring.from(wanted, count);
    (!part.is_empty()).then_some(part)
}

impl File for Reader {
    fn read(&self, _: &Peer, offset: u64, count: u32) -> Answer<Bytes> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count == 0 {
            return Answer::ok(Bytes::new());
        }
        if let Some(part) = attempt(&self.feed, &self.place, offset, count) {
            return Answer::ok(part);
        }
        if !self.park {
            return Answer::err(Errno::AGAIN, "no event yet");
        }
        let feed = self.feed.clone();
        let place = Arc::clone(&self.place);
        Answer::parked(async move {
            loop {
                // The waiter is enlisted before the look, so that a line pushed between the two is not slept over.
                let mut more = std::pin::pin!(feed.0.more.notified());
                more.as_mut().enable();
                if let Some(part) = attempt(&feed, &place, offset, count) {
                    return Ok(part);
                }
                more.await;
            }
        })
    }
}
