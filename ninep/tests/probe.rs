//! Raw frames against the server: what a well-behaved client never sends, and what the protocol promises then.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use common::Counter;
use ninep::server::{Limits, Server};
use ninep::tree::Peer;
use ninep::wire::{HEADER, NO_FID, NO_TAG, NO_UID, Rmsg, Tmsg};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

struct Raw {
    stream: DuplexStream,
    server: JoinHandle<ninep::Result<()>>,
}

impl Raw {
    fn open(counter: &Counter, limits: Limits) -> Self {
        let (stream, theirs) = tokio::io::duplex(1 << 16);
        let (reader, writer) = tokio::io::split(theirs);
        let server = Server::new(counter.roots()).limits(limits);
        let server =
            tokio::spawn(async move { server.connection(reader, writer, Peer::default()).await });
        Self { stream, server }
    }

    async fn attached(counter: &Counter, limits: Limits) -> Self {
        let mut raw = Self::open(counter, limits);
        raw.ask(
            NO_TAG,
            Tmsg::Version {
                msize: 8192,
                version: "9P2000.L".into(),
            },
        )
        .await;
        raw.ask(
            1,
            Tmsg::Attach {
                fid: 0,
                afid: NO_FID,
                uname: "ann".into(),
                aname: "".into(),
                n_uname: NO_UID,
            },
        )
        .await;
        raw
    }

    async fn bytes(&mut self, bytes: &[u8]) {
        // The server may have hung up already; what it answers is what counts.
        let _ = self.stream.write_all(bytes).await;
    }

    async fn send(&mut self, tag: u16, message: Tmsg) {
        self.bytes(&message.encode(tag).to_vec()).await;
    }

    async fn next(&mut self) -> Option<(u16, Rmsg)> {
        let mut head = [0; HEADER];
        self.stream.read_exact(&mut head).await.ok()?;
        let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let mut frame = BytesMut::from(&head[..]);
        frame.resize(size, 0);
        self.stream.read_exact(&mut frame[HEADER..]).await.ok()?;
        Some(Rmsg::decode_frame(frame.freeze()).expect("the server sends well-formed frames"))
    }

    async fn ask(&mut self, tag: u16, message: Tmsg) -> Rmsg {
        self.send(tag, message).await;
        let (answered, answer) = self.next().await.expect("the server answers");
        assert_eq!(answered, tag);
        answer
    }

    /// The server hangs up, and says what was wrong.
    async fn closed(mut self, why: &str) {
        while self.next().await.is_some() {}
        let error = self.server.await.unwrap().unwrap_err().to_string();
        assert!(error.contains(why), "{error:?} says nothing of {why:?}");
    }
}

fn walk(fid: u32, newfid: u32, names: &[&str]) -> Tmsg {
    Tmsg::Walk {
        fid,
        newfid,
        names: names.iter().map(|name| (*name).into()).collect(),
    }
}

fn errno(answer: &Rmsg) -> u32 {
    match answer {
        Rmsg::Lerror { ecode } => *ecode,
        other => panic!("not refused: {other:?}"),
    }
}

const EBADF: u32 = 9;
const EINVAL: u32 = 22;
const EMFILE: u32 = 24;
const EINTR: u32 = 4;
const ENOENT: u32 = 2;

#[tokio::test]
async fn the_first_message_is_a_version() {
    let counter = Counter::new(1);
    let mut raw = Raw::open(&counter, Limits::default());
    raw.send(
        1,
        Tmsg::Attach {
            fid: 0,
            afid: NO_FID,
            uname: "".into(),
            aname: "".into(),
            n_uname: 0,
        },
    )
    .await;
    raw.closed("not Tversion").await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_not_waited_for() {
    let raw = Raw::open(&Counter::new(1), Limits::default());
    raw.closed("did not say Tversion").await;
}

#[tokio::test]
async fn garbage_costs_its_sender_the_connection_and_nobody_else() {
    let counter = Counter::new(1);
    let other = counter.dial().await;
    let answer_frame = Rmsg::Readdir { data: Bytes::new() }.encode(1).to_vec();
    let short_body = [11, 0, 0, 0, 24, 1, 0, 0, 0, 0, 0];
    let long_body = [&[19, 0, 0, 0, 120, 1, 0][..], &[0; 12]].concat();
    let huge = u32::MAX
        .to_le_bytes()
        .iter()
        .chain(&[116, 1, 0])
        .copied()
        .collect::<Vec<u8>>();
    for (bytes, why) in [
        (&answer_frame[..], "type 41"),
        (&short_body, "ends inside"),
        (&long_body, "too many"),
        (&huge, "bytes; 7 to"),
        (&[3, 0, 0, 0, 100, 0, 0], "bytes; 7 to"),
    ] {
        let mut raw = Raw::attached(&counter, Limits::default()).await;
        raw.bytes(bytes).await;
        raw.closed(why).await;
        // Before a version, too.
        let mut raw = Raw::open(&counter, Limits::default());
        raw.bytes(bytes).await;
        while raw.next().await.is_some() {}
        assert!(raw.server.await.unwrap().is_err());
    }
    other
        .walk("status")
        .await
        .expect("the other client is still served");
}

#[tokio::test]
async fn versions_and_sizes_are_agreed_on() {
    let counter = Counter::new(1);
    let mut raw = Raw::open(&counter, Limits::default());
    let small = raw
        .ask(
            NO_TAG,
            Tmsg::Version {
                msize: 16,
                version: "9P2000.L".into(),
            },
        )
        .await;
    assert_eq!(errno(&small), EINVAL);
    let unknown = raw
        .ask(
            NO_TAG,
            Tmsg::Version {
                msize: 8192,
                version: "9P1999".into(),
            },
        )
        .await;
    assert_eq!(
        unknown,
        Rmsg::Version {
            msize: 8192,
            version: "unknown".into()
        }
    );
    let vast = raw
        .ask(
            NO_TAG,
            Tmsg::Version {
                msize: u32::MAX,
                version: "9P2000.L.future".into(),
            },
        )
        .await;
    assert_eq!(
        vast,
        Rmsg::Version {
            msize: Limits::default().msize,
            version: "9P2000.L".into()
        }
    );
    // A second version forgets the fids.
    raw.ask(
        1,
        Tmsg::Attach {
            fid: 0,
            afid: NO_FID,
            uname: "".into(),
            aname: "".into(),
            n_uname: 0,
        },
    )
    .await;
    raw.ask(
        NO_TAG,
        Tmsg::Version {
            msize: 8192,
            version: "9P2000.L".into(),
        },
    )
    .await;
    assert_eq!(errno(&raw.ask(1, walk(0, 1, &[])).await), EBADF);
}

#[tokio::test]
async fn fids_are_made_only_by_whole_walks_and_never_twice() {
    let counter = Counter::new(1);
    let mut raw = Raw::attached(
        &counter,
        Limits {
            fids: 10,
            ..Limits::default()
        },
    )
    .await;
    let Rmsg::Walk { qids } = raw.ask(2, walk(0, 1, &["a", "none"])).await else {
        panic!("a part was walked")
    };
    assert_eq!(qids.len(), 1);
    assert_eq!(
        errno(&raw.ask(2, Tmsg::Getattr { fid: 1, mask: 0 }).await),
        EBADF,
        "no fid for a part"
    );
    raw.ask(2, walk(0, 1, &["a"])).await;
    assert_eq!(
        errno(&raw.ask(2, walk(0, 1, &["a"])).await),
        EBADF,
        "the fid is in use"
    );
    assert_eq!(errno(&raw.ask(2, walk(0, 2, &["x"; 17])).await), EINVAL);
    for name in ["", ".", "a/b", "../../etc/passwd", "n\0l"] {
        assert_eq!(
            errno(&raw.ask(2, walk(0, 2, &[name])).await),
            EINVAL,
            "{name:?}"
        );
    }
    for fid in 2..10 {
        raw.ask(2, walk(0, fid, &[])).await;
    }
    assert_eq!(errno(&raw.ask(2, walk(0, 99, &[])).await), EMFILE);
    assert_eq!(
        errno(
            &raw.ask(
                2,
                Tmsg::Auth {
                    afid: 5,
                    uname: "".into(),
                    aname: "".into(),
                    n_uname: 0
                }
            )
            .await
        ),
        ENOENT
    );
    // An open fid may still be walked from (v9fs does), but not opened again.
    raw.ask(2, Tmsg::Lopen { fid: 1, flags: 0 }).await;
    assert!(matches!(
        raw.ask(2, Tmsg::Lopen { fid: 1, flags: 0 }).await,
        Rmsg::Lerror { .. }
    ));
    raw.ask(2, Tmsg::Clunk { fid: 9 }).await;
    assert!(matches!(
        raw.ask(2, walk(1, 9, &["b"])).await,
        Rmsg::Walk { .. }
    ));
    // Remove forgets the fid even where nothing is removed.
    assert!(matches!(
        raw.ask(2, Tmsg::Remove { fid: 9 }).await,
        Rmsg::Lerror { .. }
    ));
    assert_eq!(errno(&raw.ask(2, Tmsg::Clunk { fid: 9 }).await), EBADF);
}

#[tokio::test]
async fn a_parked_read_is_answered_by_a_clunk_and_ended_by_a_flush() {
    let counter = Counter::new(1);
    let mut raw = Raw::attached(&counter, Limits::default()).await;
    raw.ask(2, walk(0, 1, &["event@end"])).await;
    raw.ask(2, Tmsg::Lopen { fid: 1, flags: 0 }).await;
    raw.send(
        7,
        Tmsg::Read {
            fid: 1,
            offset: 0,
            count: 100,
        },
    )
    .await;
    raw.send(
        8,
        Tmsg::Read {
            fid: 1,
            offset: 0,
            count: 100,
        },
    )
    .await;
    // Flushed twice, and once more than needed: every flush is answered, the read never.
    for tag in [9, 10] {
        assert_eq!(
            raw.ask(tag, Tmsg::Flush { oldtag: 7 }).await,
            Rmsg::Flush {}
        );
    }
    assert_eq!(
        raw.ask(9, Tmsg::Flush { oldtag: 4711 }).await,
        Rmsg::Flush {}
    );
    raw.send(9, Tmsg::Clunk { fid: 1 }).await;
    let (tag, answer) = raw.next().await.unwrap();
    assert_eq!((tag, errno(&answer)), (8, EINTR));
    assert_eq!(raw.next().await.unwrap(), (9, Rmsg::Clunk {}));
    counter.feed.push(&serde_json::json!({"n": 1})).unwrap();
    // The tag of the flushed read is free, and nothing more comes for it.
    assert!(matches!(
        raw.ask(7, walk(0, 3, &["status"])).await,
        Rmsg::Walk { .. }
    ));
}

#[tokio::test]
async fn a_tag_in_use_and_too_many_parked_reads_are_refused() {
    let counter = Counter::new(1);
    let mut raw = Raw::attached(
        &counter,
        Limits {
            parked: 3,
            ..Limits::default()
        },
    )
    .await;
    raw.ask(2, walk(0, 1, &["event@end"])).await;
    raw.ask(2, Tmsg::Lopen { fid: 1, flags: 0 }).await;
    for tag in 10..13 {
        raw.send(
            tag,
            Tmsg::Read {
                fid: 1,
                offset: 0,
                count: 100,
            },
        )
        .await;
    }
    assert!(matches!(
        raw.ask(
            13,
            Tmsg::Read {
                fid: 1,
                offset: 0,
                count: 100
            }
        )
        .await,
        Rmsg::Lerror { ecode: 11 }
    ));
    assert!(
        matches!(
            raw.ask(14, walk(0, 2, &["status"])).await,
            Rmsg::Walk { .. }
        ),
        "other requests go on"
    );
    raw.send(10, Tmsg::Clunk { fid: 2 }).await;
    raw.closed("tag 10 is in use").await;
}

#[tokio::test]
async fn answers_fit_into_the_agreed_frame() {
    let counter = Counter::new(1);
    for n in 0..2000 {
        counter.log.line(&format!("line {n:06}"));
        counter
            .root
            .folder(format!("folder-with-a-long-name-{n:06}"));
    }
    let mut raw = Raw::attached(&counter, Limits::default()).await;
    for (fid, name) in [(1, "log"), (2, "a")] {
        raw.ask(2, walk(0, fid, &[name])).await;
        raw.ask(2, Tmsg::Lopen { fid, flags: 0 }).await;
    }
    let Rmsg::Read { data } = raw
        .ask(
            2,
            Tmsg::Read {
                fid: 1,
                offset: 0,
                count: u32::MAX,
            },
        )
        .await
    else {
        panic!()
    };
    assert_eq!(data.len(), 8192 - 24);
    raw.ask(2, walk(0, 3, &[])).await;
    raw.ask(2, Tmsg::Lopen { fid: 3, flags: 0 }).await;
    let Rmsg::Readdir { data } = raw
        .ask(
            2,
            Tmsg::Readdir {
                fid: 3,
                offset: 0,
                count: u32::MAX,
            },
        )
        .await
    else {
        panic!()
    };
    assert!(data.len() <= 8192 - 24 && data.len() > 4000);
}

#[tokio::test]
async fn one_byte_at_a_time_is_as_good_as_all_at_once_while_events_fire() {
    let counter = Counter::new(1);
    let mut raw = Raw::attached(&counter, Limits::default()).await;
    raw.ask(2, walk(0, 1, &["event@end"])).await;
    raw.ask(2, Tmsg::Lopen { fid: 1, flags: 0 }).await;
    raw.send(
        5,
        Tmsg::Read {
            fid: 1,
            offset: 0,
            count: 100,
        },
    )
    .await;
    for byte in walk(0, 2, &["a", "b"]).encode(6).to_vec() {
        raw.bytes(&[byte]).await;
        counter.feed.push(&serde_json::json!({"n": 1})).unwrap();
        tokio::task::yield_now().await;
    }
    let mut tags = [raw.next().await.unwrap().0, raw.next().await.unwrap().0];
    tags.sort_unstable();
    assert_eq!(tags, [5, 6]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_given_up_and_costs_bounded_memory() {
    let counter = Counter::new(1);
    for n in 0..5000 {
        counter.log.line(&format!("line {n:06}"));
    }
    let limits = Limits {
        unread: 100_000,
        ..Limits::default()
    };
    let mut raw = Raw::attached(&counter, limits).await;
    raw.ask(2, walk(0, 1, &["log"])).await;
    raw.ask(2, Tmsg::Lopen { fid: 1, flags: 0 }).await;
    let flood = Tmsg::Read {
        fid: 1,
        offset: 0,
        count: 8000,
    }
    .encode(3)
    .to_vec();
    let sent = tokio::time::timeout(Duration::from_secs(3600), async {
        loop {
            if raw.stream.write_all(&flood).await.is_err() {
                return;
            }
        }
    });
    sent.await
        .expect("the server hangs up instead of listening for ever");
    assert!(
        raw.server
            .await
            .unwrap()
            .unwrap_err()
            .to_string()
            .contains("does not read")
    );
}
