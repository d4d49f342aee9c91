//! Frames of any dialect over a pair of pipes.

use bytes::{Bytes, BytesMut};
use ninep::server::{Roots, Server};
use ninep::tree::Peer;
use ninep::wire::{Encoded, HEADER, Header, NO_FID, NO_TAG, Rmsg, Str, Tmsg, compound, legacy};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// A connection that speaks in frames.
pub struct Raw(DuplexStream);

impl Raw {
    pub fn to(server: &Server) -> Self {
        let (stream, theirs) = tokio::io::duplex(1 << 16);
        let (reader, writer) = tokio::io::split(theirs);
        let server = server.clone();
        let peer = Peer {
            uid: 7,
            ..Peer::default()
        };
        tokio::spawn(async move { server.connection(reader, writer, peer).await });
        Self(stream)
    }

    pub async fn ask(&mut self, frame: Encoded) -> (u8, Bytes) {
        self.send(frame).await;
        let (kind, _, body) = self.answer().await;
        (kind, body)
    }

    pub async fn send(&mut self, frame: Encoded) {
        self.0.write_all(&frame.to_vec()).await.unwrap();
    }

    /// The next answer: its number, its tag, its body.
    pub async fn answer(&mut self) -> (u8, u16, Bytes) {
        let mut head = [0; HEADER];
        self.0.read_exact(&mut head).await.unwrap();
        let header = Header::parse(head);
        let mut body = BytesMut::zeroed(header.size as usize - HEADER);
        self.0.read_exact(&mut body).await.unwrap();
        (header.kind, header.tag, body.freeze())
    }

    pub async fn plain(&mut self, request: legacy::Tmsg) -> legacy::Rmsg {
        let (kind, body) = self.ask(request.encode(1)).await;
        legacy::Rmsg::decode(kind, body).unwrap()
    }

    pub async fn linux(&mut self, request: Tmsg) -> Rmsg {
        let (kind, body) = self.ask(request.encode(1)).await;
        Rmsg::decode(kind, body).unwrap()
    }

    pub async fn compound(&mut self, request: compound::Tmsg) -> Result<compound::Rmsg, u32> {
        let (kind, body) = self.ask(request.encode(1)).await;
        match Rmsg::decode(kind, body.clone()) {
            Ok(Rmsg::Lerror { ecode }) => Err(ecode),
            _ => Ok(compound::Rmsg::decode(kind, body).unwrap()),
        }
    }

    pub async fn version(&mut self, version: &str) -> String {
        let request = Tmsg::Version {
            msize: 8192,
            version: version.into(),
        };
        let (kind, body) = self.ask(request.encode(NO_TAG)).await;
        let Rmsg::Version { version, .. } = Rmsg::decode(kind, body).unwrap() else {
            panic!("not a version")
        };
        version.to_string()
    }
}

/// A connection that has attached fid 0, in 9P2000.
pub async fn plan9(roots: impl Roots) -> Raw {
    let mut raw = Raw::to(&Server::new(roots));
    assert_eq!(raw.version("9P2000").await, "9P2000");
    let attach = legacy::Tmsg::Attach {
        fid: 0,
        afid: NO_FID,
        uname: "glenda".into(),
        aname: "".into(),
    };
    assert!(matches!(
        raw.plain(attach).await,
        legacy::Rmsg::Attach { .. }
    ));
    raw
}

/// The same in the compound dialect.
pub async fn goblin(server: &Server) -> Raw {
    let mut raw = Raw::to(server);
    assert_eq!(raw.version(compound::VERSION).await, compound::VERSION);
    let attach = Tmsg::Attach {
        fid: 0,
        afid: NO_FID,
        uname: "ann".into(),
        aname: "".into(),
        n_uname: 0,
    };
    raw.linux(attach).await;
    raw
}

/// The names of a path.
pub fn names(path: &str) -> Vec<Str> {
    path.split('/').map(Into::into).collect()
}
