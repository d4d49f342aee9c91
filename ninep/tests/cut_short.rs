//! What is left of a request that fails, that is flushed, or that finds less than was there a moment ago: of compound messages, and
//! of folders that are read by 9P2000.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use common::raw::{Raw, goblin, names, plan9};
use ninep::server::Server;
use ninep::tree::{Answer, File, Node, OpenFlags, Peer};
use ninep::wire::compound::{self, EntryAttr};
use ninep::wire::legacy::{self, Stat};
use ninep::wire::{Attr, DirEntry, Qid, QidKind, Tmsg};
use ninep::{Errno, Result};
use tokio::sync::Semaphore;

/// A folder of numbers. What is called `broken` opens, and can neither be read nor written.
#[derive(Clone)]
struct Place {
    dir: bool,
    all: Arc<All>,
}

struct All {
    /// Entries of the folder, and which of them are gone when they are looked at.
    entries: u64,
    gone: std::ops::Range<u64>,
    /// Lookups that may be made before they have to wait.
    looks: Semaphore,
    clunked: AtomicUsize,
}

impl All {
    fn new(entries: u64, gone: std::ops::Range<u64>) -> Arc<Self> {
        Arc::new(Self {
            entries,
            gone,
            looks: Semaphore::new(1000),
            clunked: AtomicUsize::new(0),
        })
    }

    fn root(self: &Arc<Self>) -> Arc<dyn Node> {
        Arc::new(Place {
            dir: true,
            all: Arc::clone(self),
        })
    }
}

impl Node for Place {
    fn qid(&self) -> Qid {
        Qid {
            kind: if self.dir {
                QidKind::DIR
            } else {
                QidKind::FILE
            },
            version: 0,
            path: 1,
        }
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        Answer::ok(Attr::synthetic(self.qid(), 0o600))
    }

    fn walk(&self, _: &Peer, name: &str) -> Answer<Arc<dyn Node>> {
        if name
            .parse::<u64>()
            .is_ok_and(|number| self.all.gone.contains(&number))
        {
            return Answer::err(Errno::NOENT, "");
        }
        let all = Arc::clone(&self.all);
        Answer::start(async move {
            let look = all.looks.acquire().await.expect("never closed");
            look.forget();
            Ok(Arc::new(Place { dir: false, all }) as Arc<dyn Node>)
        })
    }

    fn open(&self, _: &Peer, _: OpenFlags) -> Answer<Arc<dyn File>> {
        Answer::ok(Arc::new(self.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl File for Place {
    fn read(&self, _: &Peer, _: u64, _: u32) -> Answer<Bytes> {
        Answer::err(Errno::IO, "")
    }

    fn write(&self, _: &Peer, _: u64, _: Bytes) -> Answer<u32> {
        Answer::err(Errno::IO, "")
    }

    fn readdir(&self, _: &Peer, offset: u64, count: u32) -> Answer<Vec<DirEntry>> {
        let entry = |number: u64| DirEntry {
            qid: self.qid(),
            offset: number + 1,
            name: number.to_string().into(),
        };
        let mut left = count as usize;
        let fits = |entry: &DirEntry| {
            let room = left.checked_sub(entry.wire_len());
            left = room.unwrap_or(0);
            room.is_some()
        };
        let listed = (offset..self.all.entries).map(entry).take_while(fits);
        Answer::ok(listed.collect())
    }

    fn clunk(&self, _: &Peer) -> Answer<()> {
        self.all.clunked.fetch_add(1, Ordering::SeqCst);
        Answer::ok(())
    }
}

async fn open_folder(raw: &mut Raw) {
    let (fid, newfid) = (0, 1);
    let names = Vec::new();
    raw.linux(Tmsg::Walk { fid, newfid, names }).await;
    raw.linux(Tmsg::Lopen { fid: 1, flags: 0 }).await;
}

async fn list(raw: &mut Raw, offset: u64, count: u32) -> Result<Vec<EntryAttr>, u32> {
    let fid = 1;
    let list = compound::Tmsg::Readdirattr { fid, offset, count };
    match raw.compound(list).await? {
        compound::Rmsg::Readdirattr { data } => Ok(EntryAttr::decode_all(data).unwrap()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_is_clunked_when_what_opened_it_fails() {
    const EIO: u32 = 5;
    let all = All::new(0, 0..0);
    let mut raw = goblin(&Server::new(all.root())).await;
    let names = names("broken");
    let put = compound::Tmsg::Put {
        fid: 0,
        names: names.clone(),
        mode: 0o644,
        sync: 0,
        data: Bytes::from_static(b"text"),
    };
    assert_eq!(raw.compound(put).await, Err(EIO));
    assert_eq!(all.clunked.load(Ordering::SeqCst), 1);
    let get = compound::Tmsg::Get {
        fid: 0,
        names,
        offset: 0,
        count: 100,
    };
    assert_eq!(raw.compound(get).await, Err(EIO));
    assert_eq!(all.clunked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_list_does_not_end_where_a_page_of_entries_has_gone() {
    let all = All::new(100, 10..90);
    let mut raw = goblin(&Server::new(all.root())).await;
    open_folder(&mut raw).await;
    let (mut listed, mut offset) = (Vec::<u64>::new(), 0);
    loop {
        let page = list(&mut raw, offset, 1000).await.unwrap();
        let Some(last) = page.last() else { break };
        offset = last.offset;
        listed.extend(page.iter().map(|entry| entry.name.parse::<u64>().unwrap()));
    }
    let there: Vec<u64> = (0..10).chain(90..100).collect();
    assert_eq!(listed, there);
}

#[tokio::test]
async fn a_list_without_room_for_one_entry_is_refused_and_not_empty() {
    const EINVAL: u32 = 22;
    let all = All::new(3, 0..0);
    let mut raw = goblin(&Server::new(all.root())).await;
    open_folder(&mut raw).await;
    assert_eq!(list(&mut raw, 0, 120).await, Err(EINVAL));
    assert_eq!(list(&mut raw, 0, 170).await.map(|page| page.len()), Ok(1));
    assert_eq!(list(&mut raw, 3, 120).await, Ok(Vec::new()), "the end");
}

fn read(offset: u64) -> legacy::Tmsg {
    legacy::Tmsg::Read {
        fid: 1,
        offset,
        count: 200,
    }
}

async fn stats(raw: &mut Raw, offset: u64) -> (u64, Vec<Stat>) {
    match raw.plain(read(offset)).await {
        legacy::Rmsg::Read { data } => {
            (offset + data.len() as u64, Stat::decode_all(data).unwrap())
        }
        other => panic!("{other:?}"),
    }
}

async fn flush(raw: &mut Raw, oldtag: u16) {
    const RFLUSH: u8 = 109;
    raw.send(legacy::Tmsg::Flush { oldtag }.encode(9)).await;
    let (kind, tag, _) = raw.answer().await;
    assert_eq!((kind, tag), (RFLUSH, 9), "and nothing for the flushed read");
}

#[tokio::test]
async fn a_flushed_read_of_a_folder_has_not_moved_its_reader() {
    let all = All::new(300, 0..0);
    let mut raw = plan9(all.root()).await;
    let (fid, newfid) = (0, 1);
    let names = Vec::new();
    raw.plain(legacy::Tmsg::Walk { fid, newfid, names }).await;
    raw.plain(legacy::Tmsg::Open { fid: 1, mode: 0 }).await;
    let (then, first) = stats(&mut raw, 0).await;
    assert_eq!(&*first[0].name, "0");

    // Begun again from the start, and given up while it looks at the entries.
    all.looks.forget_permits(1000);
    raw.send(read(0).encode(5)).await;
    flush(&mut raw, 5).await;
    all.looks.add_permits(1000);
    let (_, second) = stats(&mut raw, then).await;
    assert_eq!(*second[0].name, *first.len().to_string());

    // The answer was given, and may have been lost to a flush: it can be had again.
    assert_eq!(stats(&mut raw, then).await.1, second);
    assert!(matches!(
        raw.plain(read(then + 1)).await,
        legacy::Rmsg::Error { .. }
    ));
}
