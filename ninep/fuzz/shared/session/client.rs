//! The client of a session: sends what the steps say, and compares what comes back with the model.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ninep::server::Server;
use ninep::tree::Peer;
use ninep::wire::{DecodeError, HEADER, NO_TAG, Rmsg, Tmsg, compound, legacy};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

use super::Seen;
use super::frames::encode;
use super::input::Input;
use super::model::{Change, Dialect, MOST_SLOW, Model, Must, When};
use super::op::{Op, choose};
use super::tree::{Gate, sort};

/// The tag of the request behind which everything before it is known to have begun.
const BARRIER: u16 = 0xFFF0;
/// A fid that is never made.
const NOBODY: u32 = 0xFFFF_FFF0;

pub struct Driver {
    stream: DuplexStream,
    server: JoinHandle<ninep::Result<()>>,
    gate: Arc<Gate>,
    model: Model,
    seen: Seen,
    last: u32,
    log: Vec<String>,
    hung_up: bool,
    effects_before: usize,
}

/// An answer: its tag, its number, and how many names were walked or entries listed.
struct Answer {
    tag: u16,
    kind: u8,
    count: Option<usize>,
}

impl Answer {
    fn refuses(&self) -> bool {
        matches!(self.kind, 7 | 107)
    }
}

impl Driver {
    pub fn connect(server: &Server, gate: &Arc<Gate>) -> Self {
        let (stream, theirs) = tokio::io::duplex(1 << 20);
        let (reader, writer) = tokio::io::split(theirs);
        let server = server.clone();
        let server =
            tokio::spawn(async move { server.connection(reader, writer, Peer::default()).await });
        Self {
            stream,
            server,
            gate: Arc::clone(gate),
            model: Model::default(),
            seen: Seen::new(),
            last: 0,
            log: Vec::new(),
            hung_up: false,
            effects_before: gate.effects(),
        }
    }

    /// Does one step. False when the connection is over.
    pub async fn step(&mut self, input: &mut Input<'_>) -> bool {
        let choice = input.below(48);
        if self.model.dialect.is_none() && choice < 40 {
            self.version(input).await;
            return true;
        }
        match choice {
            40 => self.version(input).await,
            41..=43 => self.release().await,
            44 => self.event().await,
            45 | 46 => self.flush(input).await,
            47 if input.below(8) == 0 => self.garbage(input).await,
            _ => {
                let op = choose(choice, input);
                let tag = input.tag();
                self.request(op, tag).await;
            }
        }
        !self.hung_up
    }

    /// Agrees on 9P2000.L and attaches.
    pub async fn greet(&mut self) {
        self.version(&mut Input(&[])).await;
        self.request(
            Op::Attach {
                fid: 0,
                afid: false,
            },
            1,
        )
        .await;
        self.request(Op::Attr { fid: 0 }, 1).await;
    }

    /// Brings the session to its end, and looks whether all fids are as they should be.
    pub async fn finish(mut self) -> Seen {
        if !self.hung_up && self.model.dialect.is_some() {
            self.event().await;
            self.release().await;
            for fid in 0..16 {
                self.request(Op::Attr { fid }, 1).await;
                self.release().await;
            }
            let effects = self.gate.effects() - self.effects_before;
            assert_eq!(effects, self.model.effects, "{:#?}", self.log);
        }
        drop(self.stream);
        match tokio::time::timeout(Duration::from_secs(10), self.server).await {
            Ok(Ok(ended)) => assert_eq!(
                ended.is_err(),
                self.hung_up,
                "{ended:?} after {:#?}",
                self.log
            ),
            other => panic!("the server did not end: {other:?} after {:#?}", self.log),
        }
        // What is done once ends without its client, and not in the midst of the next one.
        self.gate.set(true);
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        self.gate.set(false);
        self.seen
    }

    async fn request(&mut self, mut op: Op, tag: u16) {
        self.model.aim(&mut op);
        if let Op::Folder { fid, .. } = op
            && self.model.reads_folder(fid)
        {
            return;
        }
        if self.model.dialect == Some(Dialect::Plain)
            && let Op::Read { fid } = op
            && self
                .model
                .fids
                .get(&fid)
                .is_some_and(|fid| sort(&fid.path).dir)
        {
            // That is a request of its own.
            return;
        }
        let Some(frame) = encode(&op, self.model.dialect, tag) else {
            return;
        };
        if self.model.count(true) >= MOST_SLOW {
            self.release().await;
        }
        self.log.push(format!("{tag}: {op:?}"));
        self.send(&frame).await;
        if self.model.dialect.is_none() || tag == NO_TAG || self.model.pending.contains_key(&tag) {
            // An unknown request is refused before anybody looks at its tag.
            if self.model.dialect.is_none() || !matches!(op, Op::Unknown) {
                return self.must_hang_up().await;
            }
        }
        let forgotten = match op {
            Op::Clunk { fid } | Op::Remove { fid } if self.model.fids.contains_key(&fid) => {
                self.model.parked_on(fid)
            }
            _ => Vec::new(),
        };
        for _ in &forgotten {
            let answer = self.answer().await;
            let is_one =
                forgotten.contains(&answer.tag) && self.model.pending.remove(&answer.tag).is_some();
            assert!(
                is_one && answer.refuses(),
                "a read on a forgotten fid: {:#?}",
                self.log
            );
        }
        let (when, must) = self.model.expect(&op);
        self.note(&op, when, &must);
        if when == When::Now {
            let answer = self.answer().await;
            assert_eq!(
                answer.tag, tag,
                "another answer came first: {:#?}",
                self.log
            );
            self.compare(&answer, &must);
        } else {
            self.model.pending.insert(tag, (when, must));
        }
        self.barrier().await;
    }

    fn compare(&mut self, answer: &Answer, must: &Must) {
        let Must::Succeed {
            change,
            count,
            effects,
        } = must
        else {
            assert!(
                answer.refuses(),
                "accepted with {}: {:#?}",
                answer.kind,
                self.log
            );
            return;
        };
        let applied = self.model.apply(change);
        if !applied && matches!(change, Change::Changed { open: Some(open), .. } if !open.xattr) {
            // It was opened for a fid that has changed meanwhile.
            self.gate.excuse();
        }
        assert_eq!(
            answer.refuses(),
            !applied,
            "applied: {applied}, answer {}: {:#?}",
            answer.kind,
            self.log
        );
        self.model.effects += effects;
        if applied && count.is_some() {
            assert_eq!(answer.count, *count, "{:#?}", self.log);
        }
    }

    /// Remembers what came of what, and after what.
    fn note(&mut self, op: &Op, when: When, must: &Must) {
        let name = format!("{op:?}")
            .bytes()
            .take_while(u8::is_ascii_alphabetic)
            .fold(0, |sum: u32, byte| {
                sum.wrapping_mul(31).wrapping_add(u32::from(byte))
            });
        let when = match when {
            When::Now => 0,
            When::Slow => 1,
            When::Parked(_) => 2,
        };
        let must = u32::from(matches!(must, Must::Refuse));
        let dialect = self.model.dialect.map_or(0, |dialect| dialect as u32 + 1);
        let this = ((name % 4099) * 4 + when) * 8 + must * 4 + dialect;
        self.seen.insert(this);
        self.seen.insert(self.last.wrapping_mul(0x9E37_79B9) ^ this);
        let crowd =
            u32::try_from(self.model.fids.len() * 16 + self.model.pending.len()).unwrap_or(0);
        self.seen.insert(0x8000_0000 | crowd);
        self.last = this;
    }

    async fn version(&mut self, input: &mut Input<'_>) {
        let (version, dialect) = match input.below(12) {
            0..=3 => ("9P2000.L", Some(Dialect::Linux)),
            4..=6 => ("9P2000.L.goblin1", Some(Dialect::Goblin)),
            7..=9 => ("9P2000", Some(Dialect::Plain)),
            10 => ("9P2000.u", Some(Dialect::Plain)),
            _ => ("9P", None),
        };
        let msize = [8192, 8192, u32::MAX, 16][usize::from(input.below(4))];
        self.log.push(format!("version {version} {msize}"));
        self.send(
            &Tmsg::Version {
                msize,
                version: version.into(),
            }
            .encode(NO_TAG)
            .to_vec(),
        )
        .await;
        let answer = self.answer().await;
        assert_eq!(answer.tag, NO_TAG, "{:#?}", self.log);
        assert_eq!(answer.refuses(), msize == 16, "{:#?}", self.log);
        if msize != 16 {
            self.model.reset(dialect);
        }
    }

    async fn flush(&mut self, input: &mut Input<'_>) {
        let oldtag = input.tag();
        let tag = 100 + input.tag() % 39;
        self.log.push(format!("{tag}: flush {oldtag}"));
        let flush = Tmsg::Flush { oldtag }.encode(tag).to_vec();
        self.send(&flush).await;
        if self.model.dialect.is_none() {
            return self.must_hang_up().await;
        }
        let answer = self.answer().await;
        assert!(
            (answer.tag, answer.kind) == (tag, 109),
            "{} {}: {:#?}",
            answer.tag,
            answer.kind,
            self.log
        );
        // What is open and flushed is never answered.
        self.model.pending.remove(&oldtag);
        self.barrier().await;
    }

    /// Lets all that is slow end.
    async fn release(&mut self) {
        self.log.push("release".to_owned());
        self.finish_all(true).await;
        self.gate.set(false);
    }

    /// Lets an event happen: all reads that wait are answered.
    async fn event(&mut self) {
        self.log.push("event".to_owned());
        // A read that has been begun beside the reading is polled by now.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        self.finish_all(false).await;
    }

    async fn finish_all(&mut self, slow: bool) {
        if slow {
            self.gate.set(true);
        } else {
            self.gate.event();
        }
        for _ in 0..self.model.count(slow) {
            let answer = self.answer().await;
            let Some((when, must)) = self.model.pending.remove(&answer.tag) else {
                panic!(
                    "an answer for tag {} that nobody asked: {:#?}",
                    answer.tag, self.log
                );
            };
            assert_eq!(when == When::Slow, slow, "{:#?}", self.log);
            self.compare(&answer, &must);
        }
        if slow {
            // What has lost its client ends as well.
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
            self.model.settle();
        }
    }

    /// Sends what is no message at all.
    async fn garbage(&mut self, input: &mut Input<'_>) {
        let bytes: &[u8] = match input.below(6) {
            0 => &[6, 0, 0, 0, 120, 1, 0],
            1 => &[255, 255, 255, 255, 120, 1, 0],
            2 => &[11, 0, 0, 0, 41, 1, 0, 255, 255, 255, 255],
            3 => &[8, 0, 0, 0, 120, 1, 0, 9],
            4 => &[12, 0, 0, 0, 120, 1, 0, 0, 0, 0, 0, 0],
            _ => &[13, 0, 0, 0, 110, 1, 0, 0, 0, 0, 0, 1, 0],
        };
        self.log.push(format!("garbage {bytes:?}"));
        self.send(bytes).await;
        self.must_hang_up().await;
    }

    async fn must_hang_up(&mut self) {
        self.hung_up = true;
        while let Some(answer) = self.try_answer().await {
            assert!(
                answer.refuses(),
                "answered with {}: {:#?}",
                answer.kind,
                self.log
            );
        }
    }

    /// Waits until all requests so far have begun; nothing else may be answered meanwhile.
    async fn barrier(&mut self) {
        let clunk = Op::Clunk { fid: NOBODY };
        let frame = encode(&clunk, self.model.dialect, BARRIER).unwrap_or_default();
        self.send(&frame).await;
        let answer = self.answer().await;
        assert!(
            answer.tag == BARRIER && answer.refuses(),
            "an answer for tag {} too many: {:#?}",
            answer.tag,
            self.log
        );
    }

    async fn send(&mut self, frame: &[u8]) {
        // The pipe has room for all that a session says; a server that has hung up is seen at the next answer.
        let _ = self.stream.write_all(frame).await;
    }

    async fn answer(&mut self) -> Answer {
        match self.try_answer().await {
            Some(answer) => answer,
            None => panic!("the server hung up after {:#?}", self.log),
        }
    }

    async fn try_answer(&mut self) -> Option<Answer> {
        let read = tokio::time::timeout(Duration::from_secs(10), frame(&mut self.stream)).await;
        let Ok(frame) = read else {
            panic!("no answer after {:#?}", self.log);
        };
        let frame = frame?;
        let limit = 16 << 10;
        assert!(
            frame.len() <= limit,
            "an answer of {} bytes after {:#?}",
            frame.len(),
            self.log
        );
        let (tag, kind) = (u16::from_le_bytes([frame[5], frame[6]]), frame[4]);
        let dialect = self.model.dialect.filter(|_| kind != 7);
        match count(dialect, kind, frame) {
            Ok(count) => Some(Answer { tag, kind, count }),
            Err(error) => panic!("an answer that is none: {error} after {:#?}", self.log),
        }
    }
}

/// How many names an answer says were walked, or entries are listed in it.
fn count(dialect: Option<Dialect>, kind: u8, frame: Bytes) -> Result<Option<usize>, DecodeError> {
    if dialect == Some(Dialect::Plain) {
        return Ok(match legacy::Rmsg::decode_frame(frame)?.1 {
            legacy::Rmsg::Walk { qids } => Some(qids.len()),
            // What is no folder has other bytes.
            legacy::Rmsg::Read { data } => legacy::Stat::decode_all(data).ok().map(|all| all.len()),
            _ => None,
        });
    }
    if kind >= 200 {
        return Ok(match compound::Rmsg::decode_frame(frame)?.1 {
            compound::Rmsg::Readdirattr { data } => {
                Some(compound::EntryAttr::decode_all(data)?.len())
            }
            _ => None,
        });
    }
    Ok(match Rmsg::decode_frame(frame)?.1 {
        Rmsg::Walk { qids } => Some(qids.len()),
        _ => None,
    })
}

async fn frame(stream: &mut DuplexStream) -> Option<Bytes> {
    let mut head = [0; HEADER];
    stream.read_exact(&mut head).await.ok()?;
    let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
    let mut frame = BytesMut::from(&head[..]);
    frame.resize(usize::try_from(size).ok()?, 0);
    stream.read_exact(&mut frame[HEADER..]).await.ok()?;
    Some(frame.freeze())
}
