//! The load: one thread, one connection, a fixed number of chains of requests under way.

use std::io::{IoSlice, Read, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::frames::{Frames, HEADER, READ_HEADER, RLERROR, RREAD};

/// The fid of the root.
pub(crate) const ROOT: u32 = 1;
/// The fid that a work keeps open.
pub(crate) const KEPT: u32 = 2;
/// The first of the fids of the chains under way.
const FIRST: u32 = 100;
/// From here on a payload is sent from where it lies and not gathered with what else goes out.
const LARGE: usize = 32 << 10;

/// A byte stream to a server.
pub(crate) trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// What is done over and over: a chain of requests, each of which waits for the answer to the one before.
pub(crate) trait Work {
    /// Requests of one chain.
    fn stages(&self) -> usize;
    /// Puts request `stage` of chain number `item` together; gives the payload that follows it.
    fn request(&self, stage: usize, item: u64, at: Place, out: &mut Frames) -> &[u8];
}

/// What one chain under way has for itself.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) tag: u16,
    pub(crate) fid: u32,
}

/// How long a work goes on.
#[derive(Clone, Copy)]
pub(crate) struct Until {
    pub(crate) time: Duration,
    pub(crate) items: u64,
}

/// How far it came.
#[derive(Clone, Copy)]
pub(crate) struct Done {
    pub(crate) items: u64,
    pub(crate) time: Duration,
}

/// A connection that has said `Tversion` and `Tattach`.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    /// What the two agreed on.
    pub(crate) msize: u32,
    out: Frames,
    buffer: Vec<u8>,
    filled: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    item: u64,
    stage: usize,
}

impl Connection {
    /// Agrees on a frame size of at most `msize` and attaches to `aname`.
    pub(crate) fn new(stream: Box<dyn Stream>, msize: u32, aname: &str) -> Result<Self> {
        let mut connection = Self {
            stream,
            msize,
            out: Frames::default(),
            buffer: vec![0; 256 << 10],
            filled: 0,
        };
        let answer = connection.call(|out| out.version(msize))?;
        connection.msize = answer
            .first_chunk()
            .map(|agreed| u32::from_le_bytes(*agreed))
            .context("a short Rversion")?;
        connection
            .call(|out| out.attach(ROOT, aname))
            .context("attach")?;
        Ok(connection)
    }

    /// One request, and the body of its answer.
    pub(crate) fn call(&mut self, request: impl FnOnce(&mut Frames)) -> Result<Vec<u8>> {
        request(&mut self.out);
        self.flush(&[])?;
        self.receive()
    }

    /// Sends a request and does not wait.
    pub(crate) fn send(&mut self, request: impl FnOnce(&mut Frames)) -> Result<()> {
        request(&mut self.out);
        self.flush(&[])
    }

    fn receive(&mut self) -> Result<Vec<u8>> {
        let mut header = [0; HEADER];
        self.stream.read_exact(&mut header)?;
        let size = u32::from_le_bytes([header[0], header[1], header[2], header[3]]);
        let mut body = vec![0; usize::try_from(size)?.saturating_sub(HEADER)];
        self.stream.read_exact(&mut body)?;
        refused(header[4], &body)?;
        Ok(body)
    }

    fn flush(&mut self, payload: &[u8]) -> Result<()> {
        let (mut head, mut tail) = (self.out.bytes.as_slice(), payload);
        while !head.is_empty() || !tail.is_empty() {
            let sent = self
                .stream
                .write_vectored(&[IoSlice::new(head), IoSlice::new(tail)])?;
            if sent == 0 {
                bail!("the server takes no more bytes");
            }
            let of_head = sent.min(head.len());
            head = &head[of_head..];
            tail = &tail[sent - of_head..];
        }
        self.out.bytes.clear();
        Ok(())
    }

    /// Does `work`, `depth` chains at a time.
    pub(crate) fn run(&mut self, work: &dyn Work, depth: u16, until: Until) -> Result<Done> {
        let begin = Instant::now();
        let mut slots = vec![Slot { item: 0, stage: 0 }; usize::from(depth)];
        let (mut next, mut busy) = (0, 0);
        for tag in 0..depth {
            if next < until.items {
                slots[usize::from(tag)].item = next;
                self.request(work, tag, slots[usize::from(tag)])?;
                (next, busy) = (next + 1, busy + 1);
            }
        }
        while busy > 0 {
            self.flush(&[])?;
            let ended = self.answers()?;
            let on = begin.elapsed() < until.time;
            for tag in ended {
                let slot = slots.get_mut(usize::from(tag)).context("a foreign tag")?;
                slot.stage += 1;
                if slot.stage == work.stages() {
                    if !on || next >= until.items {
                        busy -= 1;
                        continue;
                    }
                    *slot = Slot {
                        item: next,
                        stage: 0,
                    };
                    next += 1;
                }
                let slot = *slot;
                self.request(work, tag, slot)?;
            }
        }
        Ok(Done {
            items: next,
            time: begin.elapsed(),
        })
    }

    fn request(&mut self, work: &dyn Work, tag: u16, slot: Slot) -> Result<()> {
        let place = Place {
            tag,
            fid: FIRST + u32::from(tag),
        };
        let payload = work.request(slot.stage, slot.item, place, &mut self.out);
        if payload.len() >= LARGE {
            return self.flush(payload);
        }
        self.out.bytes.extend_from_slice(payload);
        Ok(())
    }

    /// Waits for answers; gives their tags.
    fn answers(&mut self) -> Result<Vec<u16>> {
        let mut tags = Vec::new();
        while tags.is_empty() {
            let more = self.stream.read(&mut self.buffer[self.filled..])?;
            if more == 0 {
                bail!("the server closed the connection");
            }
            self.filled += more;
            self.take_answers(&mut tags)?;
        }
        Ok(tags)
    }

    /// Takes all whole answers out of the buffer. A payload is read over and not kept.
    fn take_answers(&mut self, tags: &mut Vec<u16>) -> Result<()> {
        let mut at = 0;
        while let Some(&[s0, s1, s2, s3, kind, t0, t1]) =
            self.buffer[at..self.filled].first_chunk::<HEADER>()
        {
            let size = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3]))?;
            let held = self.filled - at;
            if held < size {
                if kind != RREAD || held < READ_HEADER {
                    break;
                }
                self.read_over(size - held)?;
                self.filled = at + READ_HEADER;
                at += READ_HEADER;
            } else {
                refused(kind, &self.buffer[at + HEADER..at + size])?;
                at += size;
            }
            tags.push(u16::from_le_bytes([t0, t1]));
        }
        self.buffer.copy_within(at..self.filled, 0);
        self.filled -= at;
        Ok(())
    }

    /// Reads the rest of a payload. It goes to the end of the buffer, of which nothing is in use.
    fn read_over(&mut self, mut left: usize) -> Result<()> {
        while left > 0 {
            let room = left.min(self.buffer.len());
            let more = self.stream.read(&mut self.buffer[..room])?;
            if more == 0 {
                bail!("the server closed the connection inside an answer");
            }
            left -= more;
        }
        Ok(())
    }
}

fn refused(kind: u8, body: &[u8]) -> Result<()> {
    if kind == RLERROR {
        let errno = body
            .first_chunk()
            .map_or(0, |code| i32::from_le_bytes(*code));
        bail!("refused: {}", std::io::Error::from_raw_os_error(errno));
    }
    Ok(())
}
