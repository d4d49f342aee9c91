//! What requests under way may hold in memory, against a tree that never answers by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes, BytesMut};
use ninep::server::{Limits, Server};
use ninep::tree::{Answer, Dir, File, Node, OpenFlags, Peer};
use ninep::wire::{Attr, HEADER, NO_FID, NO_TAG, NO_UID, Qid, QidKind, Rmsg, Tmsg};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::{Semaphore, watch};

/// Bytes of each read and write.
const BLOCK: usize = 64 << 10;
/// Bytes that may be held.
const HELD: usize = 4 * BLOCK;
/// Far more reads, or writes, than that.
const MANY: u16 = 40;

/// A disk that is stuck until it is let go.
#[derive(Clone)]
struct Disk {
    begun: Arc<AtomicUsize>,
    /// The most that was ever begun at a time.
    most: Arc<AtomicUsize>,
    /// Changes whenever something begins.
    news: Arc<watch::Sender<usize>>,
    free: Arc<Semaphore>,
}

impl Disk {
    fn new() -> Self {
        Self {
            begun: Arc::default(),
            most: Arc::default(),
            news: Arc::new(watch::channel(0).0),
            free: Arc::new(Semaphore::new(0)),
        }
    }

    async fn work(self, bytes: usize) {
        let begun = self.begun.fetch_add(bytes, Ordering::SeqCst) + bytes;
        self.most.fetch_max(begun, Ordering::SeqCst);
        self.news.send_replace(begun);
        self.free.acquire().await.unwrap().forget();
        self.begun.fetch_sub(bytes, Ordering::SeqCst);
    }

    async fn wait_until_held(&self) {
        let mut news = self.news.subscribe();
        news.wait_for(|held| *held >= HELD).await.unwrap();
    }

    fn check(&self) {
        assert!(self.most.load(Ordering::SeqCst) <= HELD + BLOCK);
    }
}

impl Node for Disk {
    fn qid(&self) -> Qid {
        Qid {
            kind: QidKind::FILE,
            version: 0,
            path: 1,
        }
    }
    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        Answer::ok(Attr::synthetic(self.qid(), 0o600))
    }
    fn open(&self, _: &Peer, _: OpenFlags) -> Answer<Arc<dyn File>> {
        Answer::ok(Arc::new(self.clone()))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl File for Disk {
    fn read(&self, _: &Peer, _: u64, count: u32) -> Answer<Bytes> {
        let (disk, count) = (self.clone(), usize::try_from(count).unwrap());
        Answer::later(async move {
            disk.work(count).await;
            Ok(vec![0; count].into())
        })
    }
    fn write(&self, _: &Peer, _: u64, data: Bytes) -> Answer<u32> {
        let disk = self.clone();
        Answer::later(async move {
            disk.work(data.len()).await;
            Ok(u32::try_from(data.len()).unwrap())
        })
    }
}

async fn send(stream: &mut DuplexStream, tag: u16, request: Tmsg) {
    let frame = request.encode(tag).to_vec();
    stream.write_all(&frame).await.unwrap();
}

async fn receive(stream: &mut DuplexStream) -> (u16, Rmsg) {
    let size = stream.read_u32_le().await.unwrap();
    let mut frame = BytesMut::from(&size.to_le_bytes()[..]);
    frame.resize(usize::try_from(size).unwrap(), 0);
    assert!(frame.len() >= HEADER);
    stream.read_exact(&mut frame[4..]).await.unwrap();
    Rmsg::decode_frame(frame.freeze()).unwrap()
}

/// A connection with fid 0 open for both, whose client has room for all of its own requests.
async fn connect(disk: &Disk) -> DuplexStream {
    let limits = Limits {
        held: HELD,
        ..Limits::default()
    };
    let room = usize::from(MANY) * (BLOCK + 64);
    let mut stream = serve(Arc::new(disk.clone()), limits, room).await;
    send(&mut stream, 0, Tmsg::Lopen { fid: 0, flags: 2 }).await;
    receive(&mut stream).await;
    stream
}

/// A connection whose fid 0 is `root`; the transport holds `room` bytes.
async fn serve(root: Arc<dyn Node>, limits: Limits, room: usize) -> DuplexStream {
    let (mut stream, theirs) = tokio::io::duplex(room);
    let (reader, writer) = tokio::io::split(theirs);
    let server = Server::new(root).limits(limits);
    tokio::spawn(async move { server.connection(reader, writer, Peer::default()).await });
    let hello = [
        (
            NO_TAG,
            Tmsg::Version {
                msize: 1 << 20,
                version: "9P2000.L".into(),
            },
        ),
        (
            0,
            Tmsg::Attach {
                fid: 0,
                afid: NO_FID,
                uname: "ann".into(),
                aname: "".into(),
                n_uname: NO_UID,
            },
        ),
    ];
    for (tag, request) in hello {
        send(&mut stream, tag, request).await;
        receive(&mut stream).await;
    }
    stream
}

#[tokio::test]
async fn reads_that_come_to_more_than_may_be_held_wait_and_hold_up_nothing_else() {
    let disk = Disk::new();
    let mut stream = connect(&disk).await;
    for tag in 0..MANY {
        let count = u32::try_from(BLOCK).unwrap();
        let read = Tmsg::Read {
            fid: 0,
            offset: 0,
            count,
        };
        send(&mut stream, tag, read).await;
    }
    disk.wait_until_held().await;
    // Behind them all, and answered before any; so is a flush, of one that has not begun.
    send(&mut stream, MANY, Tmsg::Getattr { fid: 0, mask: 0 }).await;
    assert!(matches!(
        receive(&mut stream).await,
        (MANY, Rmsg::Getattr { .. })
    ));
    let oldtag = MANY - 1;
    send(&mut stream, MANY, Tmsg::Flush { oldtag }).await;
    assert_eq!(receive(&mut stream).await, (MANY, Rmsg::Flush {}));
    disk.free.add_permits(usize::from(MANY));
    let mut answered: Vec<u16> = Vec::new();
    for _ in 0..oldtag {
        let (tag, answer) = receive(&mut stream).await;
        assert!(matches!(answer, Rmsg::Read { data } if data.len() == BLOCK));
        answered.push(tag);
    }
    disk.check();
    answered.sort_unstable();
    assert!(answered.into_iter().eq(0..oldtag));
}

#[tokio::test]
async fn writes_that_are_more_than_may_be_held_stay_in_the_transport() {
    let disk = Disk::new();
    let mut stream = connect(&disk).await;
    for tag in 0..MANY {
        let write = Tmsg::Write {
            fid: 0,
            offset: 0,
            data: vec![1; BLOCK].into(),
        };
        send(&mut stream, tag, write).await;
    }
    disk.wait_until_held().await;
    disk.free.add_permits(usize::from(MANY));
    for _ in 0..MANY {
        let (_, answer) = receive(&mut stream).await;
        assert!(matches!(answer, Rmsg::Write { count } if count as usize == BLOCK));
    }
    disk.check();
}

/// Bytes of this process that lie in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[tokio::test]
async fn a_fid_does_not_hold_the_bytes_that_came_with_its_walk() {
    const FIDS: u16 = 1000;
    let folder = Dir::new();
    folder.add("file", Arc::new(Disk::new()));
    let mut stream = serve(folder, Limits::default(), 1 << 20).await;
    let before = resident();
    for number in 1..=FIDS {
        // Of one piece with a large frame, which is refused.
        let write = Tmsg::Write {
            fid: 0,
            offset: 0,
            data: vec![1; 4 * BLOCK].into(),
        };
        let walk = Tmsg::Walk {
            fid: 0,
            newfid: number.into(),
            names: vec!["file".into()],
        };
        let both = [write.encode(1).to_vec(), walk.encode(2).to_vec()].concat();
        stream.write_all(&both).await.unwrap();
        assert!(matches!(
            receive(&mut stream).await,
            (1, Rmsg::Lerror { .. })
        ));
        assert!(matches!(receive(&mut stream).await, (2, Rmsg::Walk { .. })));
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 64 << 20, "{FIDS} fids hold {grown} bytes");
}
