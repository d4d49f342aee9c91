//! A connection that can say anything, and what it sees.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ninep::wire::{HEADER, NO_FID, NO_TAG, NO_UID, Qid, Rmsg, Tmsg};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a row comes to: nothing to say, or what was seen instead.
pub(crate) type Seen<T = ()> = Result<T, String>;

/// How long an answer may take. A server that needs longer hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// A raw connection.
pub(crate) struct Raw {
    reader: Box<dyn AsyncRead + Unpin + Send>,
    writer: Box<dyn AsyncWrite + Unpin + Send>,
    tag: u16,
}

/// What a server does with a message.
#[derive(Debug)]
pub(crate) enum Did {
    Answered(Rmsg),
    Refused(u32),
    HungUp,
}

impl Raw {
    pub(crate) fn over(
        reader: impl AsyncRead + Unpin + Send + 'static,
        writer: impl AsyncWrite + Unpin + Send + 'static,
    ) -> Self {
        Self {
            reader: Box::new(reader),
            writer: Box::new(writer),
            tag: 0,
        }
    }

    /// Sends bytes. A server that has hung up already is seen at the next answer.
    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        let _ = tokio::time::timeout(PATIENCE, self.writer.write_all(bytes)).await;
    }

    pub(crate) async fn send(&mut self, tag: u16, request: Tmsg) {
        self.bytes(&request.encode(tag).to_vec()).await;
    }

    /// Nothing more is sent.
    pub(crate) async fn end(&mut self) {
        let _ = self.writer.shutdown().await;
    }

    /// The next answer as it came; none at the end of the connection.
    pub(crate) async fn frame(&mut self) -> Seen<Option<Bytes>> {
        let read = async {
            let mut head = [0; HEADER];
            if self.reader.read_exact(&mut head).await.is_err() {
                return None;
            }
            let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
            let mut frame = BytesMut::from(&head[..]);
            frame.resize(size.max(HEADER), 0);
            self.reader.read_exact(&mut frame[HEADER..]).await.ok()?;
            Some(frame.freeze())
        };
        tokio::time::timeout(PATIENCE, read)
            .await
            .map_err(|_| format!("nothing within {PATIENCE:?}"))
    }

    pub(crate) async fn next(&mut self) -> Seen<Option<(u16, Rmsg)>> {
        let Some(frame) = self.frame().await? else {
            return Ok(None);
        };
        Rmsg::decode_frame(frame)
            .map(Some)
            .map_err(|error| format!("an answer that is none: {error}"))
    }

    /// What the server does with `request`, sent under `tag`.
    pub(crate) async fn try_as(&mut self, tag: u16, request: Tmsg) -> Seen<Did> {
        self.send(tag, request).await;
        match self.next().await? {
            None => Ok(Did::HungUp),
            Some((other, _)) if other != tag => {
                Err(format!("an answer for tag {other}, not {tag}"))
            }
            Some((_, Rmsg::Lerror { ecode: 0 })) => Err("refused with error 0".to_owned()),
            Some((_, Rmsg::Lerror { ecode })) => Ok(Did::Refused(ecode)),
            Some((_, answer)) => Ok(Did::Answered(answer)),
        }
    }

    async fn try_it(&mut self, request: Tmsg) -> Seen<Did> {
        self.tag = if self.tag >= 100 { 1 } else { self.tag + 1 };
        self.try_as(self.tag, request).await
    }

    /// The answer to a request that must succeed.
    pub(crate) async fn ok(&mut self, request: Tmsg) -> Seen<Rmsg> {
        let what = format!("{request:.120?}");
        match self.try_it(request).await? {
            Did::Answered(answer) => Ok(answer),
            Did::Refused(errno) => Err(format!("{what}: refused with {errno}")),
            Did::HungUp => Err(format!("{what}: hung up")),
        }
    }

    /// The errno of a request that must be refused.
    pub(crate) async fn refused(&mut self, request: Tmsg) -> Seen<u32> {
        let what = format!("{request:.120?}");
        match self.try_it(request).await? {
            Did::Refused(errno) => Ok(errno),
            Did::Answered(answer) => Err(format!("{what}: accepted with {answer:.80?}")),
            Did::HungUp => Err(format!("{what}: hung up")),
        }
    }

    /// A request that must be refused with `errno`.
    pub(crate) async fn refused_with(&mut self, errno: u32, request: Tmsg) -> Seen {
        let what = format!("{request:.120?}");
        match self.refused(request).await? {
            got if got == errno => Ok(()),
            got => Err(format!("{what}: refused with {got}, not {errno}")),
        }
    }

    /// The server hangs up, whatever it says before.
    pub(crate) async fn closed(&mut self) -> Seen {
        for _ in 0..100 {
            match self.next().await {
                Ok(None) => return Ok(()),
                Ok(Some((_, Rmsg::Lerror { .. }))) => {}
                Ok(Some((_, answer))) => return Err(format!("accepted with {answer:.80?}")),
                Err(what) => return Err(format!("not hung up: {what}")),
            }
        }
        Err("not hung up".to_owned())
    }

    /// The server says no, or hangs up.
    pub(crate) async fn refused_or_closed(&mut self) -> Seen {
        match self.next().await? {
            None | Some((_, Rmsg::Lerror { ecode: 1.. })) => Ok(()),
            Some((_, answer)) => Err(format!("accepted with {answer:.80?}")),
        }
    }

    pub(crate) async fn version(&mut self, msize: u32, version: &str) -> Seen<Did> {
        let version = version.into();
        self.try_as(NO_TAG, Tmsg::Version { msize, version }).await
    }

    pub(crate) async fn walk(&mut self, fid: u32, newfid: u32, names: &[&str]) -> Seen<Vec<Qid>> {
        match self.ok(walk(fid, newfid, names)).await? {
            Rmsg::Walk { qids } => Ok(qids),
            other => Err(format!("Twalk answered with {other:?}")),
        }
    }

    /// Walks from the root to `path` as `fid` and opens it.
    pub(crate) async fn open(&mut self, fid: u32, path: &str, flags: u32) -> Seen {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        let qids = self.walk(0, fid, &names).await?;
        if qids.len() != names.len() {
            return Err(format!("there is no {path}"));
        }
        self.ok(Tmsg::Lopen { fid, flags }).await.map(drop)
    }

    pub(crate) async fn read(&mut self, fid: u32, offset: u64, count: u32) -> Seen<Bytes> {
        match self.ok(Tmsg::Read { fid, offset, count }).await? {
            Rmsg::Read { data } => Ok(data),
            other => Err(format!("Tread answered with {other:?}")),
        }
    }

    /// That `fid` is one.
    pub(crate) async fn has_fid(&mut self, fid: u32) -> Seen {
        self.ok(Tmsg::Getattr { fid, mask: 0x7ff }).await.map(drop)
    }

    /// That `fid` is none.
    pub(crate) async fn has_no_fid(&mut self, fid: u32) -> Seen {
        self.refused(Tmsg::Getattr { fid, mask: 0x7ff })
            .await
            .map(drop)
    }
}

pub(crate) fn walk(fid: u32, newfid: u32, names: &[&str]) -> Tmsg {
    let names = names.iter().map(|name| (*name).into()).collect();
    Tmsg::Walk { fid, newfid, names }
}

pub(crate) fn attach(fid: u32, aname: &str) -> Tmsg {
    // diod asks for a numeric user; ours does not care.
    let n_uname = if aname.starts_with('/') { 0 } else { NO_UID };
    Tmsg::Attach {
        fid,
        afid: NO_FID,
        uname: "root".into(),
        aname: aname.into(),
        n_uname,
    }
}
