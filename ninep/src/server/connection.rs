use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};

use super::fids::{Fid, Fids};
use super::ops::{self, Effect};
use super::{Limits, Roots};
use crate::error::{Errno, Error, Result};
use crate::outbox::Outbox;
use crate::tree::{Answer, Peer, Pending};
use crate::wire::{HEADER, Header, MAX_NAME, NO_FID, NO_TAG, Rmsg, Str, Tmsg, VERSION_L};

/// The smallest frame size that leaves room for a name and its answer.
const MIN_MSIZE: u32 = 4096;
/// The largest frame before a size is agreed on.
const FIRST_MSIZE: u32 = 8192;
/// Room for received bytes that an idle connection keeps.
const IDLE_BUFFER: usize = 16 << 10;

/// Serves one connection; see [`super::serve_connection`].
pub(super) async fn run<R, W>(
    mut reader: R,
    mut writer: W,
    peer: Peer,
    roots: Arc<dyn Roots>,
    limits: Limits,
) -> Result<()>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            fids: Fids::new(limits.fids),
            live: HashMap::new(),
            next_id: 0,
            parked: 0,
        }),
        outbox: Outbox::default(),
        fewer: Notify::new(),
    });
    let (drained, stall) = (Arc::clone(&shared), limits.stall);
    // In a set of its own, so that the writer ends with this future, however that ends.
    let mut writing = JoinSet::new();
    writing.spawn(async move { drained.outbox.drain(&mut writer, stall).await });
    let mut session = Session {
        shared: Arc::clone(&shared),
        peer,
        roots,
        limits,
        msize: None,
    };
    tokio::select! {
        result = session.read_all(&mut reader) => {
            // A client that sent its last request may still read the answers to the earlier ones.
            shared.outbox.close();
            let _written = writing.join_next().await;
            result
        }
        // The writer ends first only when the client is gone or does not read: then nothing is left to read either.
        Some(written) = writing.join_next() => written.unwrap_or(Ok(())),
    }
}

/// What the reading task and the running requests share.
struct Shared {
    state: Mutex<State>,
    outbox: Outbox,
    /// Told when a request has ended.
    fewer: Notify,
}

struct State {
    fids: Fids,
    live: HashMap<u16, Live>,
    next_id: u64,
    parked: usize,
}

/// A request that is not answered yet.
struct Live {
    /// Tells this request from a later one with the same tag.
    id: u64,
    abort: Option<AbortHandle>,
    /// The fid, if it is a read that waits for an event.
    parked_on: Option<u32>,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, tag: u16, message: &Rmsg) {
        self.outbox.push(message.encode(tag));
    }

    fn refuse(&self, tag: u16, kind: u8, error: &Error) {
        tracing::debug!("request {kind}: {error}");
        let ecode = u32::try_from(error.errno().raw_os_error()).unwrap_or(5);
        self.answer(tag, &Rmsg::Lerror { ecode });
    }

    /// Applies what a request came to and answers it, in one step, so that a flush comes either before or after both.
    fn finish(&self, state: &mut State, tag: u16, kind: u8, result: Result<Effect>) {
        match result.and_then(|effect| effect.apply(&mut state.fids)) {
            Ok(message) => self.answer(tag, &message),
            Err(error) => self.refuse(tag, kind, &error),
        }
    }
}

impl State {
    fn end_request(&mut self, tag: u16) -> Option<Live> {
        let live = self.live.remove(&tag)?;
        if live.parked_on.is_some() {
            self.parked -= 1;
        }
        Some(live)
    }

    /// Drops a request that will get no answer.
    fn cancel(&mut self, tag: u16) {
        if let Some(Live {
            abort: Some(abort), ..
        }) = self.end_request(tag)
        {
            abort.abort();
        }
    }
}

/// The reading side of a connection.
struct Session {
    shared: Arc<Shared>,
    peer: Peer,
    roots: Arc<dyn Roots>,
    limits: Limits,
    /// The frame size agreed on; none before the first `Tversion`.
    msize: Option<u32>,
}

impl Session {
    async fn read_all<R: AsyncRead + Unpin>(&mut self, reader: &mut R) -> Result<()> {
        let mut buffer = BytesMut::with_capacity(4096);
        let hello = tokio::time::Instant::now() + self.limits.hello;
        loop {
            while let Some(frame) = self.next_frame(&mut buffer)? {
                self.dispatch(frame).await?;
            }
            if buffer.is_empty() && buffer.capacity() > IDLE_BUFFER {
                buffer = BytesMut::with_capacity(4096);
            }
            let read = if self.msize.is_some() {
                reader.read_buf(&mut buffer).await?
            } else {
                tokio::time::timeout_at(hello, reader.read_buf(&mut buffer))
                    .await
                    .map_err(|_| Error::new(Errno::TIMEDOUT, "the client did not say Tversion"))??
            };
            if read == 0 {
                return if buffer.is_empty() {
                    Ok(())
                } else {
                    Err(Error::new(
                        Errno::CONNRESET,
                        "the connection ended inside a message",
                    ))
                };
            }
        }
    }

    /// The first whole frame of `buffer`, if there is one.
    fn next_frame(&self, buffer: &mut BytesMut) -> Result<Option<Bytes>> {
        let Some(head) = buffer.first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let size = Header::parse(*head).size;
        let most = self.msize.unwrap_or(FIRST_MSIZE);
        if size > most || size < HEADER as u32 {
            return Err(Error::new(
                Errno::PROTO,
                format!("a message of {size} bytes; 7 to {most} are allowed"),
            ));
        }
        let size = size as usize;
        if buffer.len() < size {
            buffer.reserve(size - buffer.len());
            return Ok(None);
        }
        Ok(Some(buffer.split_to(size).freeze()))
    }

    async fn dispatch(&mut self, frame: Bytes) -> Result<()> {
        let Some(head) = frame.first_chunk::<HEADER>() else {
            return Ok(());
        };
        let Header { kind, tag, .. } = Header::parse(*head);
        let request = match Tmsg::decode(kind, frame.slice(HEADER..)) {
            Ok(request) => request,
            // An even number is a request of some dialect; saying no to it is enough.
            Err(crate::wire::DecodeError::Kind { .. }) if kind % 2 == 0 && self.msize.is_some() => {
                self.shared.refuse(
                    tag,
                    kind,
                    &Error::new(Errno::OPNOTSUPP, "no request of 9P2000.L"),
                );
                return Ok(());
            }
            Err(error) => return Err(Error::new(Errno::PROTO, error.to_string())),
        };
        if let Tmsg::Version { msize, version } = &request {
            self.version(tag, *msize, version);
            return Ok(());
        }
        let Some(msize) = self.msize else {
            return Err(Error::new(
                Errno::PROTO,
                format!("the first message is number {kind}, not Tversion"),
            ));
        };
        if let Tmsg::Flush { oldtag } = request {
            self.shared.lock().cancel(oldtag);
            self.shared.answer(tag, &Rmsg::Flush {});
            self.shared.fewer.notify_waiters();
            return Ok(());
        }
        self.shared.outbox.wait_below(self.limits.unread).await;
        self.wait_for_room().await;
        let mut state = self.shared.lock();
        if tag == NO_TAG || state.live.contains_key(&tag) {
            return Err(Error::new(Errno::PROTO, format!("tag {tag} is in use")));
        }
        if let Tmsg::Clunk { fid } = request {
            self.answer_parked(&mut state, fid);
        }
        let parked_on = if let Tmsg::Read { fid, .. } = request {
            Some(fid)
        } else {
            None
        };
        let answer = match request {
            Tmsg::Attach {
                fid,
                afid,
                uname,
                aname,
                ..
            } => self.attach(&mut state, fid, afid, &uname, &aname),
            request => ops::start(&mut state.fids, msize, request),
        };
        match answer {
            Answer::Now(result) => self.shared.finish(&mut state, tag, kind, result),
            Answer::Later(work) => self.spawn(&mut state, tag, kind, None, work),
            Answer::Parked(_) if state.parked >= self.limits.parked => {
                let many = Error::new(
                    Errno::AGAIN,
                    format!("{} reads wait already", self.limits.parked),
                );
                self.shared.refuse(tag, kind, &many);
            }
            Answer::Parked(work) => {
                state.parked += 1;
                self.spawn(&mut state, tag, kind, parked_on, work);
            }
        }
        Ok(())
    }

    /// Waits while the client has as many requests under way as it may; parked reads do not count.
    async fn wait_for_room(&self) {
        loop {
            let mut fewer = std::pin::pin!(self.shared.fewer.notified());
            fewer.as_mut().enable();
            {
                let state = self.shared.lock();
                if state.live.len() - state.parked < self.limits.requests {
                    return;
                }
            }
            fewer.await;
        }
    }

    /// Runs `work` beside the reading; its end is its answer, unless a flush came first.
    fn spawn(
        &self,
        state: &mut State,
        tag: u16,
        kind: u8,
        parked_on: Option<u32>,
        work: Pending<Effect>,
    ) {
        let id = state.next_id;
        state.next_id += 1;
        let shared = Arc::clone(&self.shared);
        let task = tokio::spawn(async move {
            let result = work.await;
            let mut state = shared.lock();
            if state.live.get(&tag).is_some_and(|live| live.id == id) {
                state.end_request(tag);
                shared.finish(&mut state, tag, kind, result);
                shared.fewer.notify_waiters();
            }
        });
        state.live.insert(
            tag,
            Live {
                id,
                abort: Some(task.abort_handle()),
                parked_on,
            },
        );
    }

    /// Ends the reads that wait on `fid`, before it is clunked.
    fn answer_parked(&self, state: &mut State, fid: u32) {
        let tags: Vec<u16> = state
            .live
            .iter()
            .filter(|(_, live)| live.parked_on == Some(fid))
            .map(|(tag, _)| *tag)
            .collect();
        for tag in tags {
            state.cancel(tag);
            self.shared
                .refuse(tag, 116, &Error::new(Errno::INTR, "the fid was clunked"));
        }
    }

    fn version(&mut self, tag: u16, msize: u32, version: &Str) {
        if msize < MIN_MSIZE {
            let small = Error::new(Errno::INVAL, format!("msize {msize} is below {MIN_MSIZE}"));
            self.shared.refuse(tag, 100, &small);
            return;
        }
        self.reset();
        // Dialects of .L that we do not know are offered their common root (version(5)).
        let known = version.starts_with(VERSION_L);
        let msize = msize.min(self.limits.msize);
        self.msize = known.then_some(msize);
        let version = Str::from(if known { VERSION_L } else { "unknown" });
        self.shared.answer(tag, &Rmsg::Version { msize, version });
    }

    fn attach(
        &self,
        state: &mut State,
        number: u32,
        afid: u32,
        uname: &Str,
        aname: &Str,
    ) -> Answer<Effect> {
        if afid != NO_FID {
            return Answer::err(
                Errno::INVAL,
                "attach: no authentication is needed, so there is no afid",
            );
        }
        if uname.len() > MAX_NAME || aname.len() > MAX_NAME {
            return Answer::err(Errno::NAMETOOLONG, "attach: a name has at most 255 bytes");
        }
        if let Err(error) = state.fids.check_free(number) {
            return Answer::Now(Err(error));
        }
        let peer = Peer {
            uname: uname.to_string(),
            ..self.peer.clone()
        };
        let root = match self.roots.root(&peer, aname) {
            Ok(root) => root,
            Err(error) => return Answer::Now(Err(error)),
        };
        let qid = root.qid();
        let fid = Fid {
            node: root,
            way: None,
            peer: Arc::new(peer),
            open: None,
        };
        Answer::ok(Effect::New {
            number,
            fid,
            say: Rmsg::Attach { qid },
        })
    }

    /// Ends all requests and forgets all fids.
    fn reset(&self) {
        let mut state = self.shared.lock();
        let tags: Vec<u16> = state.live.keys().copied().collect();
        for tag in tags {
            state.cancel(tag);
        }
        let open = state.fids.clear();
        drop(state);
        self.shared.fewer.notify_waiters();
        for fid in open {
            if let Some(open) = &fid.open
                && let Answer::Later(work) | Answer::Parked(work) = open.file.clunk(&fid.peer)
            {
                // What a file has to do at its end, it does, whether or not anyone is left to hear of it.
                let Ok(runtime) = tokio::runtime::Handle::try_current() else {
                    continue;
                };
                let _detached = runtime.spawn(async move {
                    if let Err(error) = work.await {
                        tracing::warn!("closing a file after its client had gone: {error}");
                    }
                });
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.reset();
    }
}
