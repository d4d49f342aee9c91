use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::oneshot;

use crate::error::{Errno, Error, Result};
use crate::outbox::Outbox;
use crate::wire::{Encoded, HEADER, Header, NO_TAG, Rmsg, Tmsg, compound};

/// An answer of either dialect.
#[derive(Debug)]
pub(super) enum Answer {
    Linux(Rmsg),
    Compound(compound::Rmsg),
}

impl Answer {
    fn is_refusal(&self) -> bool {
        matches!(self, Self::Linux(Rmsg::Lerror { .. }))
    }
}

/// What the users of a connection and its reading task share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    pub(super) outbox: Outbox,
    pub(super) msize: u32,
}

/// Tags, fids and the end of one connection.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) waiting: HashMap<u16, Waiting>,
    pub(super) next_tag: u16,
    pub(super) next_fid: u32,
    pub(super) free_fids: Vec<u32>,
    /// Why the connection ended.
    pub(super) ended: Option<Error>,
}

/// Who waits for the answer with a tag.
#[derive(Debug)]
pub(super) enum Waiting {
    /// A call, and the fid that it makes if it succeeds.
    Call {
        answer: oneshot::Sender<Result<Answer>>,
        makes: Option<u32>,
    },
    /// Nobody any more: the call was dropped and a flush is under way. The fid is one that the answer may still make.
    Dropped { makes: Option<u32> },
    /// A flush of that tag.
    Flush { old: u16 },
    /// A clunk; the fid's number is free when it is answered.
    Clunk { fid: u32 },
}

impl Shared {
    /// A connection that agreed on frames of `msize` bytes.
    pub(super) fn new(msize: u32) -> Self {
        Self {
            state: Mutex::default(),
            outbox: Outbox::default(),
            msize,
        }
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what `encode` makes of the tag that it gets.
    pub(super) fn send(
        &self,
        encode: impl FnOnce(u16) -> Encoded,
        waiting: Waiting,
    ) -> Result<u16> {
        let mut state = self.lock();
        if let Some(error) = &state.ended {
            return Err(error.clone());
        }
        let mut tag = state.next_tag;
        while tag == NO_TAG || state.waiting.contains_key(&tag) {
            tag = tag.wrapping_add(1);
            if tag == state.next_tag {
                return Err(Error::new(Errno::AGAIN, "65,535 requests are under way"));
            }
        }
        state.next_tag = tag.wrapping_add(1);
        state.waiting.insert(tag, waiting);
        // Under the lock, so that requests go out in the order of their tags.
        self.outbox.push(encode(tag));
        Ok(tag)
    }

    /// Takes answers until the connection ends; gives why.
    pub(super) async fn read_all<R: AsyncRead + Unpin>(
        &self,
        reader: &mut R,
        buffer: &mut BytesMut,
    ) -> Error {
        loop {
            match next_message(reader, buffer, self.msize).await {
                Ok(Some((tag, answer))) => self.answered(tag, answer),
                Ok(None) => return Error::new(Errno::CONNRESET, "the server hung up"),
                Err(error) => return error,
            }
        }
    }

    fn answered(&self, tag: u16, answer: Answer) {
        let mut state = self.lock();
        let Some(waiting) = state.waiting.remove(&tag) else {
            tracing::warn!("an answer with tag {tag}, which nobody waits for");
            return;
        };
        match waiting {
            Waiting::Call {
                answer: sender,
                makes,
            } => {
                drop(state);
                if let Err(Ok(answer)) = sender.send(Ok(answer)) {
                    self.unwanted(&answer, makes);
                }
            }
            Waiting::Dropped { makes } => {
                // The tag is still the flush's until that is answered.
                state.waiting.insert(tag, Waiting::Dropped { makes: None });
                drop(state);
                self.unwanted(&answer, makes);
            }
            Waiting::Flush { old } => {
                if let Some(Waiting::Dropped { makes: Some(fid) }) = state.waiting.remove(&old) {
                    state.free_fids.push(fid);
                }
            }
            Waiting::Clunk { fid } => state.free_fids.push(fid),
        }
    }

    /// Undoes what a request has made that nobody waits for any more.
    pub(super) fn unwanted(&self, answer: &Answer, makes: Option<u32>) {
        let Some(fid) = makes else { return };
        if answer.is_refusal() {
            self.lock().free_fids.push(fid);
        } else {
            // A connection that has ended has no fids.
            let _ = self.send(
                |tag| Tmsg::Clunk { fid }.encode(tag),
                Waiting::Clunk { fid },
            );
        }
    }

    /// Fails everything that waits.
    pub(super) fn end(&self, error: &Error) {
        // Whatever the transport said, for who waits it is a lost connection.
        let error = if error.is_disconnect() {
            error.clone()
        } else {
            Error::new(Errno::CONNRESET, format!("the connection ended ({error})"))
        };
        let waiting = {
            let mut state = self.lock();
            state.ended.get_or_insert_with(|| error.clone());
            std::mem::take(&mut state.waiting)
        };
        for (_, waiting) in waiting {
            if let Waiting::Call { answer, .. } = waiting {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

/// The next whole message; none at a clean end.
pub(super) async fn next_message<R: AsyncRead + Unpin>(
    reader: &mut R,
    buffer: &mut BytesMut,
    msize: u32,
) -> Result<Option<(u16, Answer)>> {
    loop {
        if let Some(head) = buffer.first_chunk::<HEADER>() {
            let header = Header::parse(*head);
            if header.size > msize || header.size < HEADER as u32 {
                return Err(Error::new(
                    Errno::PROTO,
                    format!("an answer of {} bytes", header.size),
                ));
            }
            let size = header.size as usize;
            if buffer.len() >= size {
                let frame: Bytes = buffer.split_to(size).freeze();
                let body = frame.slice(HEADER..);
                let message = match header.kind {
                    // The dialect's own answers begin there; a server that was not asked for them sends none.
                    200.. => compound::Rmsg::decode(header.kind, body).map(Answer::Compound),
                    _ => Rmsg::decode(header.kind, body).map(Answer::Linux),
                };
                let message =
                    message.map_err(|error| Error::new(Errno::PROTO, error.to_string()))?;
                return Ok(Some((header.tag, message)));
            }
            buffer.reserve(size - buffer.len());
        }
        if reader.read_buf(buffer).await? == 0 {
            if buffer.is_empty() {
                return Ok(None);
            }
            return Err(Error::new(
                Errno::CONNRESET,
                "the connection ended inside an answer",
            ));
        }
    }
}
