use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::fid::Fid;
use crate::error::{Errno, Error, Result};
use crate::outbox::Outbox;
use crate::transport::unix;
use crate::wire::{HEADER, Header, IO_HEADER, NO_FID, NO_TAG, NO_UID, Rmsg, Str, Tmsg, VERSION_L};

/// The frame size that is asked for: 1 MiB of payload.
const MSIZE: u32 = (1 << 20) + IO_HEADER;
/// How long a server may take no byte.
const STALL: Duration = Duration::from_secs(30);
/// Requests that wait to be sent before a writer is held up, in bytes.
const UNSENT: usize = 4 << 20;

/// One connection to a 9P server. Cheap to clone; it ends when the last clone and the last fid are gone.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
    _life: Arc<Life>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    outbox: Outbox,
    msize: u32,
}

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<u16, Waiting>,
    next_tag: u16,
    next_fid: u32,
    free_fids: Vec<u32>,
    /// Why the connection ended.
    ended: Option<Error>,
}

/// Who waits for the answer with a tag.
#[derive(Debug)]
enum Waiting {
    /// A call, and the fid that it makes if it succeeds.
    Call {
        answer: oneshot::Sender<Result<Rmsg>>,
        makes: Option<u32>,
    },
    /// Nobody any more: the call was dropped and a flush is under way. The fid is one that the answer may still make.
    Dropped { makes: Option<u32> },
    /// A flush of that tag.
    Flush { old: u16 },
    /// A clunk; the fid's number is free when it is answered.
    Clunk { fid: u32 },
}

/// Ends the tasks of a connection when the last user is gone.
#[derive(Debug)]
struct Life {
    shared: Arc<Shared>,
    reading: AbortHandle,
}

impl Drop for Life {
    fn drop(&mut self) {
        self.reading.abort();
        self.shared.outbox.close();
    }
}

impl Client {
    /// Connects to the unix socket at `path`.
    ///
    /// # Errors
    /// Those of the socket, with its path; those of [`Client::over`].
    pub async fn connect(path: &Path) -> Result<Self> {
        let (reader, writer) = unix::connect(path).await?.into_split();
        Self::over(reader, writer)
            .await
            .map_err(|error| error.context(path.display()))
    }

    /// Speaks 9P over a pair of byte streams: agrees on a dialect and starts to read answers.
    ///
    /// # Errors
    /// `EPROTO` when the server speaks no 9P2000.L; `ETIMEDOUT` when it does not answer within ten seconds.
    pub async fn over<R, W>(mut reader: R, mut writer: W) -> Result<Self>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        use tokio::io::AsyncWriteExt;
        let hello = Tmsg::Version {
            msize: MSIZE,
            version: Str::from(VERSION_L),
        }
        .encode(NO_TAG);
        writer.write_all(&hello.to_vec()).await?;
        let mut buffer = BytesMut::with_capacity(4096);
        let answer = tokio::time::timeout(
            Duration::from_secs(10),
            next_message(&mut reader, &mut buffer, MSIZE),
        )
        .await
        .map_err(|_| Error::new(Errno::TIMEDOUT, "no answer to Tversion within 10 s"))??;
        let msize = match answer {
            Some((_, Rmsg::Version { msize, version })) if version.as_str() == VERSION_L => {
                msize.min(MSIZE)
            }
            Some((_, other)) => {
                return Err(Error::new(
                    Errno::PROTO,
                    format!("the server answered {other:?} to Tversion {VERSION_L}"),
                ));
            }
            None => {
                return Err(Error::new(
                    Errno::CONNRESET,
                    "the server hung up at Tversion",
                ));
            }
        };
        if msize < 4096 {
            return Err(Error::new(
                Errno::PROTO,
                format!("the server's msize of {msize} bytes is too small"),
            ));
        }
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            outbox: Outbox::default(),
            msize,
        });
        let writing = Arc::clone(&shared);
        let _detached = tokio::spawn(async move {
            if let Err(error) = writing.outbox.drain(&mut writer, STALL).await {
                writing.end(&error);
            }
        });
        let served = Arc::clone(&shared);
        let reading = tokio::spawn(async move {
            let error = served.read_all(&mut reader, &mut buffer).await;
            served.end(&error);
            served.outbox.close();
        });
        let life = Life {
            shared: Arc::clone(&shared),
            reading: reading.abort_handle(),
        };
        Ok(Self {
            shared,
            _life: Arc::new(life),
        })
    }

    /// Gets a fid for the root of the tree `aname` as `uname`.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn attach(&self, uname: &str, aname: &str) -> Result<Fid> {
        let fid = self.new_fid();
        let attach = Tmsg::Attach {
            fid,
            afid: NO_FID,
            uname: uname.into(),
            aname: aname.into(),
            n_uname: NO_UID,
        };
        match self.call_making(attach, Some(fid)).await? {
            Rmsg::Attach { qid } => Ok(Fid::new(self.clone(), fid, qid)),
            other => Err(unexpected("Tattach", &other)),
        }
    }

    /// The most payload that one read or write carries, in bytes.
    pub fn io_size(&self) -> u32 {
        self.shared.msize - IO_HEADER
    }

    /// Whether the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.shared.lock().ended.is_some()
    }

    /// Sends a request and waits for its answer. Dropping the future cancels the request.
    pub(super) async fn call(&self, request: Tmsg) -> Result<Rmsg> {
        self.call_making(request, None).await
    }

    /// As [`Client::call`], for a request that makes the fid `makes` if it succeeds.
    pub(super) async fn call_making(&self, request: Tmsg, makes: Option<u32>) -> Result<Rmsg> {
        self.shared.outbox.wait_below(UNSENT).await;
        let (answer, answered) = oneshot::channel();
        let tag = self
            .shared
            .send(&request, Waiting::Call { answer, makes })?;
        let mut call = Call {
            shared: &self.shared,
            tag,
            makes,
            answered: Some(answered),
        };
        let result = match call.answered.as_mut() {
            Some(answered) => answered.await.unwrap_or_else(|_| Err(gone())),
            None => Err(gone()),
        };
        call.answered = None;
        let result = match result {
            Ok(Rmsg::Lerror { ecode }) => {
                let errno = i32::try_from(ecode).unwrap_or(5);
                Err(Error::from(Errno::from_raw_os_error(errno)))
            }
            other => other,
        };
        if result.is_err()
            && let Some(fid) = makes
        {
            self.shared.lock().free_fids.push(fid);
        }
        result
    }

    /// A number for a new fid.
    pub(super) fn new_fid(&self) -> u32 {
        let mut state = self.shared.lock();
        state.free_fids.pop().unwrap_or_else(|| {
            let fid = state.next_fid;
            state.next_fid = state.next_fid.wrapping_add(1);
            fid
        })
    }

    /// Gives a number back that never reached the server.
    pub(super) fn free_fid(&self, fid: u32) {
        self.shared.lock().free_fids.push(fid);
    }

    /// Clunks `fid` without waiting for the answer.
    pub(super) fn clunk_later(&self, fid: u32) {
        // A connection that has ended has no fids.
        let _ = self
            .shared
            .send(&Tmsg::Clunk { fid }, Waiting::Clunk { fid });
    }
}

fn gone() -> Error {
    Error::new(Errno::CONNRESET, "the connection ended")
}

/// A call under way: flushed if it is dropped before its answer.
struct Call<'a> {
    shared: &'a Arc<Shared>,
    tag: u16,
    makes: Option<u32>,
    /// None once the answer was taken.
    answered: Option<oneshot::Receiver<Result<Rmsg>>>,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let Some(mut answered) = self.answered.take() else {
            return;
        };
        let flush = {
            let mut state = self.shared.lock();
            match state.waiting.get_mut(&self.tag) {
                Some(waiting @ Waiting::Call { .. }) => {
                    *waiting = Waiting::Dropped { makes: self.makes };
                    true
                }
                // The answer came in this very moment, and nobody will look at it.
                _ => false,
            }
        };
        if flush {
            let flush = Tmsg::Flush { oldtag: self.tag };
            // A connection that has ended has nothing to flush.
            let _ = self.shared.send(&flush, Waiting::Flush { old: self.tag });
        } else if let Ok(Ok(answer)) = answered.try_recv() {
            self.shared.unwanted(&answer, self.makes);
        }
    }
}

/// The error of an answer that does not fit its request.
pub(super) fn unexpected(request: &str, answer: &Rmsg) -> Error {
    Error::new(
        Errno::PROTO,
        format!("{request} was answered by message {}", answer.kind()),
    )
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, request: &Tmsg, waiting: Waiting) -> Result<u16> {
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
        self.outbox.push(request.encode(tag));
        Ok(tag)
    }

    async fn read_all<R: AsyncRead + Unpin>(&self, reader: &mut R, buffer: &mut BytesMut) -> Error {
        loop {
            match next_message(reader, buffer, self.msize).await {
                Ok(Some((tag, answer))) => self.answered(tag, answer),
                Ok(None) => return Error::new(Errno::CONNRESET, "the server hung up"),
                Err(error) => return error,
            }
        }
    }

    fn answered(&self, tag: u16, answer: Rmsg) {
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
    fn unwanted(&self, answer: &Rmsg, makes: Option<u32>) {
        let Some(fid) = makes else { return };
        if matches!(answer, Rmsg::Lerror { .. }) {
            self.lock().free_fids.push(fid);
        } else {
            // A connection that has ended has no fids.
            let _ = self.send(&Tmsg::Clunk { fid }, Waiting::Clunk { fid });
        }
    }

    /// Fails everything that waits.
    fn end(&self, error: &Error) {
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
async fn next_message<R: AsyncRead + Unpin>(
    reader: &mut R,
    buffer: &mut BytesMut,
    msize: u32,
) -> Result<Option<(u16, Rmsg)>> {
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
                let message = Rmsg::decode(header.kind, frame.slice(HEADER..))
                    .map_err(|error| Error::new(Errno::PROTO, error.to_string()))?;
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
