use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite};

use super::effect::Effect;
use super::fids::{Fid, detach};
use super::input::Input;
use super::live::{Shared, Spawned, State};
use super::once::{Entry, Ledger};
use super::reply::{Dialect, Reply};
use super::request::{Carrier, Op, Request, Weight};
use super::{Limits, Roots};
use crate::error::{Errno, Error, Result};
use crate::transport::Socket;
use crate::tree::{Answer, Peer};
use crate::wire::{
    DecodeError, HEADER, Header, MAX_NAME, NO_FID, NO_TAG, Rmsg, Str, VERSION_L, VERSION_PLAIN,
    compound,
};

/// The smallest frame size that leaves room for a name and its answer.
const MIN_MSIZE: u32 = 4096;
/// The largest frame before a size is agreed on.
const FIRST_MSIZE: u32 = 8192;

/// How many answers wait for each other, so that they go out together: a client that is at work on the first answers while the
/// last are made is served sooner, and one that is woken for each costs both sides more. It is half of what a client that
/// keeps a server busy has under way.
const TOGETHER: u32 = 16;
/// How long the first of them may wait, where they take long to make.
const AT_MOST: Duration = Duration::from_micros(50);
/// Frames between two looks at the clock.
const LOOK: u32 = 4;
/// Bytes of answers that go out at once, while they are in the processor's cache.
const LOT: usize = 60 << 10;
/// The same over TCP: each call of the kernel's makes segments, which are acknowledged, and wakes the client.
const TCP_LOT: usize = 250 << 10;

/// What a connection needs of its server.
pub(super) struct Setting {
    pub(super) peer: Peer,
    pub(super) roots: Arc<dyn Roots>,
    pub(super) limits: Limits,
    pub(super) ledger: Arc<Ledger>,
}

/// Serves one connection; see [`super::Server::connection`].
pub(super) async fn run<R, W>(mut reader: R, mut writer: W, setting: Setting) -> Result<()>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let shared = Arc::new(Shared::new(&setting.limits));
    let stall = setting.limits.stall;
    let (pages, lot) = match Socket::of(&mut writer) {
        Some(Socket::Tcp(_)) => (true, TCP_LOT),
        Some(Socket::Unix(_)) => (true, LOT),
        None => (false, LOT),
    };
    let mut session = Session {
        shared: Arc::clone(&shared),
        setting,
        agreed: None,
        pages,
        lot,
    };
    let mut reading = pin!(session.read_all(&mut reader));
    let mut writing = pin!(shared.outbox.drain(&mut writer, stall));
    match shared.outbox.join(reading.as_mut(), writing.as_mut()).await {
        Ok(result) => {
            // A client that sent its last request may still read the answers to the earlier ones.
            shared.outbox.close();
            let _written = writing.await;
            result
        }
        // The writer ends first only when the client is gone or does not read: then nothing is left to read either.
        Err(written) => written,
    }
}

/// What `Tversion` settled.
#[derive(Debug, Clone, Copy)]
struct Agreed {
    msize: u32,
    dialect: Dialect,
}

/// The reading side of a connection.
struct Session {
    shared: Arc<Shared>,
    setting: Setting,
    /// None before the first `Tversion`.
    agreed: Option<Agreed>,
    /// Whether the transport takes a file's pages.
    pages: bool,
    /// Bytes of answers that go out at once.
    lot: usize,
}

impl Session {
    async fn read_all<R: AsyncRead + Unpin>(&mut self, reader: &mut R) -> Result<()> {
        let mut input = Input::default();
        let hello = tokio::time::Instant::now() + self.setting.limits.hello;
        loop {
            let (mut frames, mut since) = (0_u32, Instant::now());
            while let Some(frame) = input.next_frame(self.longest_frame())? {
                self.dispatch(frame).await?;
                frames += 1;
                if self.shared.outbox.holds(self.lot)
                    || frames >= TOGETHER
                    || frames.is_multiple_of(LOOK) && since.elapsed() >= AT_MOST
                {
                    self.shared.outbox.hand_over().await;
                    (frames, since) = (0, Instant::now());
                }
            }
            self.shared.outbox.hand_over().await;
            let read = if self.agreed.is_some() {
                input.fill(reader).await?
            } else {
                tokio::time::timeout_at(hello, input.fill(reader))
                    .await
                    .map_err(|_| Error::new(Errno::TIMEDOUT, "the client did not say Tversion"))??
            };
            if read == 0 {
                return if input.is_empty() {
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

    fn carrier(&self, agreed: Agreed) -> Carrier {
        Carrier {
            msize: agreed.msize,
            pages: self.pages,
        }
    }

    fn longest_frame(&self) -> u32 {
        self.agreed.map_or(FIRST_MSIZE, |agreed| agreed.msize)
    }

    async fn dispatch(&mut self, mut frame: Bytes) -> Result<()> {
        let Some(head) = frame.first_chunk::<HEADER>() else {
            return Ok(());
        };
        // Whatever it is, it has an answer.
        self.shared
            .outbox
            .wait_below(self.setting.limits.unread)
            .await;
        let Header { kind, tag, .. } = Header::parse(*head);
        frame.advance(HEADER);
        let dialect = self.agreed.map(|agreed| agreed.dialect);
        let request = match Request::decode(dialect, kind, frame) {
            Ok(request) => request,
            Err(error @ DecodeError::Kind { .. }) => match self.agreed {
                // An even number is a request of some dialect; saying no to it is enough.
                Some(agreed) if kind % 2 == 0 => {
                    let unknown = Error::new(Errno::OPNOTSUPP, error.to_string());
                    self.shared.refuse(agreed.dialect, tag, &unknown);
                    return Ok(());
                }
                _ => return Err(Error::new(Errno::PROTO, error.to_string())),
            },
            Err(error) => return Err(Error::new(Errno::PROTO, error.to_string())),
        };
        if let Request::Version { msize, version } = &request {
            self.version(tag, *msize, version);
            return Ok(());
        }
        let Some(agreed) = self.agreed else {
            return Err(Error::new(
                Errno::PROTO,
                format!("the first message is number {kind}, not Tversion"),
            ));
        };
        if let Request::Flush { oldtag } = request {
            let mut state = self.shared.lock();
            // Its own tag is one like any other, and what has it is not over.
            if state.is_live(tag) {
                return Err(tag_in_use(tag));
            }
            state.cancel(oldtag);
            drop(state);
            self.shared
                .answer(agreed.dialect, tag, &Rmsg::Flush {}.into());
            self.shared.fewer.notify_waiters();
            return Ok(());
        }
        self.wait_for_room().await;
        let mut state = self.shared.lock();
        if tag == NO_TAG || state.is_live(tag) {
            return Err(tag_in_use(tag));
        }
        if let Some(fid) = request.clunks() {
            self.shared.answer_parked(&mut state, fid);
        }
        let (reads, weight) = (request.reads(), request.weight(agreed.msize));
        let spawned = |work, parked_on, weight| Spawned {
            tag,
            parked_on,
            weight,
            work,
        };
        match self.start(&mut state, agreed, request) {
            Answer::Now(result) => self.shared.finish(&mut state, tag, result),
            Answer::Later(work) => self.shared.spawn(&mut state, spawned(work, None, weight)),
            Answer::Parked(_) if state.parked >= self.setting.limits.parked => {
                let many = format!("{} reads wait already", self.setting.limits.parked);
                self.shared
                    .refuse(agreed.dialect, tag, &Error::new(Errno::AGAIN, many));
            }
            // What it will have to say is short, and it must not wait for room while others do.
            Answer::Parked(work) => {
                let spawned = spawned(work, reads, Weight::default());
                self.shared.spawn(&mut state, spawned);
            }
        }
        Ok(())
    }

    /// Waits while the client has as many requests under way as it may, or they hold as much; parked reads do not count.
    async fn wait_for_room(&self) {
        if self.has_room() {
            return;
        }
        loop {
            let mut fewer = pin!(self.shared.fewer.notified());
            // Enlisted before the look, so that an end between the two is not slept over.
            fewer.as_mut().enable();
            if self.has_room() {
                return;
            }
            fewer.await;
        }
    }

    fn has_room(&self) -> bool {
        let (state, limits) = (self.shared.lock(), &self.setting.limits);
        state.working() < limits.requests && state.held < limits.held
    }

    fn start(&self, state: &mut State, agreed: Agreed, request: Request) -> Answer<Effect> {
        match request {
            Request::Attach {
                fid,
                afid,
                uname,
                aname,
            } => self.attach(state, fid, afid, &uname, &aname),
            Request::Op(op) => op.start(&mut state.fids, self.carrier(agreed)),
            Request::Once {
                client,
                number,
                request,
            } => match *request {
                Request::Op(op) => self.once(state, agreed, client, number, op),
                _ => Answer::err(
                    Errno::INVAL,
                    "Tonce: this request is not one to be done once",
                ),
            },
            // Both were seen to before.
            Request::Version { .. } | Request::Flush { .. } => {
                Answer::err(Errno::PROTO, "not a request for the tree")
            }
        }
    }

    /// Does `op` unless its number was used; either way the answer is that of the first time.
    fn once(
        &self,
        state: &mut State,
        agreed: Agreed,
        client: u64,
        number: u64,
        op: Op,
    ) -> Answer<Effect> {
        if let Err(error) = op.check_once() {
            return Answer::Now(Err(error));
        }
        let mut told = match self
            .setting
            .ledger
            .enter((self.setting.peer.uid, client, number))
        {
            Entry::Known(told) => told,
            Entry::New(tell) => {
                let answer = op.start(&mut state.fids, self.carrier(agreed));
                let told = tell.subscribe();
                let conclude = move |result: Result<Effect>| {
                    let reply = match result {
                        Ok(Effect::Say(reply)) => reply,
                        Ok(_) => Reply::refusal(
                            agreed.dialect,
                            &Error::new(Errno::IO, "Tonce made a fid"),
                        ),
                        Err(error) => Reply::refusal(agreed.dialect, &error),
                    };
                    tell.send_replace(Some(reply));
                };
                match answer {
                    Answer::Now(result) => conclude(result),
                    // A task of its own: what has begun is finished and remembered, whether or not its client is there.
                    Answer::Later(work) | Answer::Parked(work) => {
                        let _detached = tokio::spawn(async move { conclude(work.await) });
                    }
                }
                told
            }
        };
        Answer::start(async move {
            let reply = told
                .wait_for(Option::is_some)
                .await
                .ok()
                .and_then(|reply| reply.clone());
            reply
                .map(Effect::Say)
                .ok_or_else(|| Error::new(Errno::IO, "the first try of this request failed"))
        })
    }

    fn version(&mut self, tag: u16, msize: u32, version: &Str) {
        let dialect = self.agreed.map_or(Dialect::Linux, |agreed| agreed.dialect);
        if msize < MIN_MSIZE {
            let small = Error::new(Errno::INVAL, format!("msize {msize} is below {MIN_MSIZE}"));
            self.shared.refuse(dialect, tag, &small);
            return;
        }
        self.reset();
        // A dialect that we do not know is offered the one before its last dot (version(5)).
        let (dialect, name) = match version.as_str() {
            compound::VERSION => (Some(Dialect::Goblin), compound::VERSION),
            linux if linux == VERSION_L || linux.starts_with("9P2000.L.") => {
                (Some(Dialect::Linux), VERSION_L)
            }
            plain if plain == VERSION_PLAIN || plain.starts_with("9P2000.") => {
                (Some(Dialect::Plain), VERSION_PLAIN)
            }
            _ => (None, "unknown"),
        };
        let msize = msize.min(self.setting.limits.msize);
        self.agreed = dialect.map(|dialect| Agreed { msize, dialect });
        if let Some(dialect) = dialect {
            self.shared.lock().dialect = dialect;
        }
        let reply = Reply::from(Rmsg::Version {
            msize,
            version: Str::from(name),
        });
        self.shared.answer(Dialect::Linux, tag, &reply);
    }

    fn attach(
        &self,
        state: &State,
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
            ..self.setting.peer.clone()
        };
        let root = match self.setting.roots.root(&peer, aname) {
            Ok(root) => root,
            Err(error) => return Answer::Now(Err(error)),
        };
        let say = Rmsg::Attach { qid: root.qid() }.into();
        Answer::ok(Effect::New {
            number,
            fid: Fid::root(root, peer),
            say,
        })
    }

    /// Ends all requests and forgets all fids.
    fn reset(&self) {
        let mut state = self.shared.lock();
        state.cancel_all();
        let fids = state.fids.clear();
        drop(state);
        self.shared.fewer.notify_waiters();
        for fid in fids {
            detach(fid.end());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.reset();
    }
}

fn tag_in_use(tag: u16) -> Error {
    Error::new(Errno::PROTO, format!("tag {tag} is in use"))
}
