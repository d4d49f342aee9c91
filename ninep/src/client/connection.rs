use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::fid::Fid;
use super::shared::{Answer, Shared, Waiting, next_message};
use crate::error::{Errno, Error, Result};
use crate::transport::dial::Address;
use crate::transport::{tcp, unix};
use crate::wire::{
    Encoded, HEADER, IO_HEADER, NO_FID, NO_TAG, NO_UID, Rmsg, Str, Tmsg, VERSION_L, compound,
};

/// The frame size that is asked for: 1 MiB of payload.
const MSIZE: u32 = (1 << 20) + IO_HEADER;
/// How long a server may take to agree on a dialect.
const HELLO: Duration = Duration::from_secs(10);
/// How long a server may take no byte.
const STALL: Duration = Duration::from_secs(30);
/// Requests that wait to be sent before a writer is held up, in bytes.
const UNSENT: usize = 4 << 20;

/// One connection to a 9P server. Cheap to clone; it ends when the last clone and the last fid are gone.
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// Whether the server knows the compound messages.
    compound: bool,
    _life: Arc<Life>,
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
        let (reader, writer) = unix::connect(path).await?;
        Self::over(reader, writer)
            .await
            .map_err(|error| error.context(path.display()))
    }

    /// Connects to an address of either network.
    ///
    /// # Errors
    /// Those of the socket, with the address; those of [`Client::over`].
    pub async fn dial(address: &Address) -> Result<Self> {
        match address {
            Address::Unix(path) => Self::connect(path).await,
            Address::Tcp(host, port) => {
                let (reader, writer) = tcp::connect(host, *port).await?.into_split();
                Self::over(reader, writer)
                    .await
                    .map_err(|error| error.context(address))
            }
        }
    }

    /// Speaks 9P over a pair of byte streams: agrees on a dialect and starts to read answers.
    ///
    /// Asks for 9P2000.L.goblin1 and is content with 9P2000.L.
    ///
    /// # Errors
    /// `EPROTO` when the server speaks neither; `ETIMEDOUT` when it does not answer within ten seconds.
    pub async fn over<R, W>(reader: R, writer: W) -> Result<Self>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        Self::over_as(reader, writer, &[compound::VERSION, VERSION_L]).await
    }

    /// As [`Client::over`], content with 9P2000.L at once: for servers that take offence at anything else.
    ///
    /// # Errors
    /// As [`Client::over`].
    pub async fn over_plain<R, W>(reader: R, writer: W) -> Result<Self>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        Self::over_as(reader, writer, &[VERSION_L]).await
    }

    async fn over_as<R, W>(mut reader: R, mut writer: W, versions: &[&str]) -> Result<Self>
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let mut buffer = BytesMut::with_capacity(4096);
        let agreed = agree(&mut reader, &mut writer, &mut buffer, versions);
        let (msize, compound) = tokio::time::timeout(HELLO, agreed)
            .await
            .map_err(|_| Error::new(Errno::TIMEDOUT, "no answer to Tversion within 10 s"))??;
        let shared = Arc::new(Shared::new(msize));
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
            compound,
            _life: Arc::new(life),
        })
    }

    /// Whether the server knows the compound messages of 9P2000.L.goblin1.
    pub fn is_compound(&self) -> bool {
        self.compound
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
        match self.ask(|tag| request.encode(tag), makes).await? {
            Answer::Linux(answer) => Ok(answer),
            Answer::Compound(answer) => Err(misfit(request.kind(), answer.kind())),
        }
    }

    /// As [`Client::call`], for a compound request.
    pub(super) async fn call_compound(&self, request: compound::Tmsg) -> Result<compound::Rmsg> {
        self.call_compound_making(request, None).await
    }

    /// As [`Client::call_making`], for a compound request.
    pub(super) async fn call_compound_making(
        &self,
        request: compound::Tmsg,
        makes: Option<u32>,
    ) -> Result<compound::Rmsg> {
        match self.ask(|tag| request.encode(tag), makes).await? {
            Answer::Compound(answer) => Ok(answer),
            Answer::Linux(answer) => Err(misfit(request.kind(), answer.kind())),
        }
    }

    /// As [`Client::call`], for a request that must not be done twice: where the server keeps a ledger, it is sent under
    /// `number`, and may be sent under it again over another connection.
    pub(super) async fn call_once(&self, request: &Tmsg, number: Number) -> Result<Rmsg> {
        let answer = if self.compound {
            let once = once(&request.encode(0), number);
            self.ask(|tag| once.encode(tag), None).await?
        } else {
            self.ask(|tag| request.encode(tag), None).await?
        };
        match answer {
            Answer::Linux(answer) => Ok(answer),
            Answer::Compound(answer) => Err(misfit(request.kind(), answer.kind())),
        }
    }

    /// As [`Client::call_once`], for a compound request.
    pub(super) async fn call_compound_once(
        &self,
        request: &compound::Tmsg,
        number: Number,
    ) -> Result<compound::Rmsg> {
        let once = once(&request.encode(0), number);
        match self.ask(|tag| once.encode(tag), None).await? {
            Answer::Compound(answer) => Ok(answer),
            Answer::Linux(answer) => Err(misfit(request.kind(), answer.kind())),
        }
    }

    async fn ask(&self, encode: impl FnOnce(u16) -> Encoded, makes: Option<u32>) -> Result<Answer> {
        self.shared.outbox.wait_below(UNSENT).await;
        let (answer, answered) = oneshot::channel();
        let tag = self.shared.send(encode, Waiting::Call { answer, makes })?;
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
            Ok(Answer::Linux(Rmsg::Lerror { ecode })) => {
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
        let _ = self.shared.send(
            |tag| Tmsg::Clunk { fid }.encode(tag),
            Waiting::Clunk { fid },
        );
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
    answered: Option<oneshot::Receiver<Result<Answer>>>,
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
            let _ = self
                .shared
                .send(|tag| flush.encode(tag), Waiting::Flush { old: self.tag });
        } else if let Ok(Ok(answer)) = answered.try_recv() {
            self.shared.unwanted(&answer, self.makes);
        }
    }
}

/// The number that a request is done once under: a client's own, and its count.
pub(super) type Number = (u64, u64);

/// The request in `frame`, to be done once.
fn once(frame: &Encoded, (client, number): Number) -> compound::Tmsg {
    const KIND: usize = 4;
    let mut request = BytesMut::with_capacity(frame.len());
    request.extend_from_slice(&frame.head[KIND..=KIND]);
    request.extend_from_slice(&frame.head[HEADER..]);
    request.extend_from_slice(&frame.tail);
    compound::Tmsg::Once {
        client,
        number,
        request: request.freeze(),
    }
}

/// Agrees on one of `versions`, in order of preference: gives the frame size, and whether compound messages are known.
async fn agree<R, W>(
    reader: &mut R,
    writer: &mut W,
    buffer: &mut BytesMut,
    versions: &[&str],
) -> Result<(u32, bool)>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut said = String::new();
    for version in versions {
        let hello = Tmsg::Version {
            msize: MSIZE,
            version: Str::from(*version),
        };
        writer.write_all(&hello.encode(NO_TAG).to_vec()).await?;
        match next_message(reader, buffer, MSIZE).await? {
            Some((_, Answer::Linux(Rmsg::Version { msize, version }))) => {
                let compound = version.as_str() == compound::VERSION;
                if !compound && version.as_str() != VERSION_L {
                    said = version.to_string();
                    continue;
                }
                if msize < 4096 {
                    let small = format!("the server's msize of {msize} bytes is too small");
                    return Err(Error::new(Errno::PROTO, small));
                }
                return Ok((msize.min(MSIZE), compound));
            }
            Some((_, other)) => said = format!("{other:?}"),
            None => {
                return Err(Error::new(
                    Errno::CONNRESET,
                    "the server hung up at Tversion",
                ));
            }
        }
    }
    let asked = versions.last().copied().unwrap_or_default();
    Err(Error::new(
        Errno::PROTO,
        format!("the server answered {said:?} to Tversion {asked}"),
    ))
}

/// The error of an answer that does not fit its request.
pub(super) fn unexpected(request: &str, answer: &Rmsg) -> Error {
    Error::new(
        Errno::PROTO,
        format!("{request} was answered by message {}", answer.kind()),
    )
}

fn misfit(request: u8, answer: u8) -> Error {
    Error::new(
        Errno::PROTO,
        format!("message {request} was answered by message {answer}"),
    )
}

/// Sends a request and takes the one answer that fits it.
macro_rules! answered {
    ($client:expr, $request:expr, $name:literal, $answer:pat => $value:expr) => {
        match $client.call($request).await? {
            $answer => Ok($value),
            other => Err(unexpected($name, &other)),
        }
    };
}
pub(super) use answered;
