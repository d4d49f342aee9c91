//! The dialects beside 9P2000.L, frame by frame: 9P2000 for Plan 9 tools, and 9P2000.L.goblin1 with its compound messages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::Arc;

use bytes::Bytes;
use common::Counter;
use common::raw::{Raw, goblin, names, plan9};
use ninep::export::{Budget, Export, Observer};
use ninep::server::{Roots, Server};
use ninep::tree::Node;
use ninep::wire::legacy::{self, Stat, mode, open};
use ninep::wire::{HEADER, NO_FID, Tmsg, compound};

struct Quiet;
impl Observer for Quiet {}

/// A folder with a few files, exported.
fn export() -> (tempfile::TempDir, Arc<dyn Roots>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("sub")).unwrap();
    std::fs::write(dir.path().join("sub/old"), "old content").unwrap();
    for n in 0..300 {
        std::fs::write(dir.path().join(format!("file-{n:03}")), format!("{n}")).unwrap();
    }
    let export = Export::open(dir.path(), Arc::new(Quiet), Budget::new(1000)).unwrap();
    let root: Arc<dyn Node> = export.root();
    (dir, Arc::new(root))
}

fn walk(newfid: u32, names: &[&str]) -> legacy::Tmsg {
    legacy::Tmsg::Walk {
        fid: 0,
        newfid,
        names: names.iter().map(|name| (*name).into()).collect(),
    }
}

#[tokio::test]
async fn a_plan_9_client_reads_folders_as_stats_and_errors_as_words() {
    let (_dir, roots) = export();
    let mut raw = plan9(roots).await;
    let legacy::Rmsg::Error { ename } = raw.plain(walk(1, &["none"])).await else {
        panic!("walked to nothing")
    };
    // The very words of strerror(3): by nothing else does Linux's client know an error.
    assert_eq!(&*ename, "No such file or directory");

    raw.plain(walk(1, &[])).await;
    raw.plain(legacy::Tmsg::Open { fid: 1, mode: 0 }).await;
    let mut names = Vec::new();
    let mut offset = 0;
    loop {
        let read = legacy::Tmsg::Read {
            fid: 1,
            offset,
            count: 1000,
        };
        let legacy::Rmsg::Read { data } = raw.plain(read).await else {
            panic!("not read")
        };
        if data.is_empty() {
            break;
        }
        offset += data.len() as u64;
        for stat in Stat::decode_all(data).expect("whole stats only") {
            assert_eq!(stat.mode & mode::DIR != 0, stat.name.as_str() == "sub");
            names.push(stat.name.to_string());
        }
    }
    names.sort();
    assert_eq!(names.len(), 301);
    assert_eq!(
        (names[0].as_str(), names[300].as_str()),
        ("file-000", "sub")
    );
    // From the middle there is no reading on; from the beginning there is.
    let odd = raw
        .plain(legacy::Tmsg::Read {
            fid: 1,
            offset: 17,
            count: 1000,
        })
        .await;
    assert!(matches!(odd, legacy::Rmsg::Error { .. }));
    let again = raw
        .plain(legacy::Tmsg::Read {
            fid: 1,
            offset: 0,
            count: 1000,
        })
        .await;
    assert!(matches!(again, legacy::Rmsg::Read { data } if !data.is_empty()));
}

#[tokio::test]
async fn a_plan_9_client_creates_writes_renames_and_removes() {
    let (dir, roots) = export();
    let mut raw = plan9(roots).await;
    raw.plain(walk(1, &["sub"])).await;
    let create = legacy::Tmsg::Create {
        fid: 1,
        name: "new".into(),
        perm: 0o644,
        mode: open::RDWR,
    };
    assert!(matches!(
        raw.plain(create).await,
        legacy::Rmsg::Create { .. }
    ));
    let write = legacy::Tmsg::Write {
        fid: 1,
        offset: 0,
        data: Bytes::from("hello"),
    };
    assert_eq!(raw.plain(write).await, legacy::Rmsg::Write { count: 5 });
    let wstat = Stat {
        name: "renamed".into(),
        length: 4,
        mode: 0o600,
        ..Stat::dont_touch()
    };
    assert_eq!(
        raw.plain(legacy::Tmsg::Wstat {
            fid: 1,
            stat: wstat
        })
        .await,
        legacy::Rmsg::Wstat {}
    );
    assert_eq!(
        raw.plain(legacy::Tmsg::Wstat {
            fid: 1,
            stat: Stat::dont_touch()
        })
        .await,
        legacy::Rmsg::Wstat {}
    );
    // The fid knows its file's new name.
    let legacy::Rmsg::Stat { stat } = raw.plain(legacy::Tmsg::Stat { fid: 1 }).await else {
        panic!("no stat")
    };
    assert_eq!(stat.name.as_str(), "renamed");
    assert_eq!(
        std::fs::read(dir.path().join("sub/renamed")).unwrap(),
        b"hell"
    );
    raw.plain(legacy::Tmsg::Clunk { fid: 1 }).await;

    raw.plain(walk(1, &["sub", "renamed"])).await;
    let legacy::Rmsg::Stat { stat } = raw.plain(legacy::Tmsg::Stat { fid: 1 }).await else {
        panic!("no stat")
    };
    assert_eq!(
        (stat.name.as_str(), stat.length, stat.mode),
        ("renamed", 4, 0o600)
    );
    assert_eq!(
        raw.plain(legacy::Tmsg::Remove { fid: 1 }).await,
        legacy::Rmsg::Remove {}
    );
    assert!(!dir.path().join("sub/renamed").exists());

    raw.plain(walk(1, &[])).await;
    let mkdir = legacy::Tmsg::Create {
        fid: 1,
        name: "made".into(),
        perm: mode::DIR | 0o755,
        mode: 0,
    };
    assert!(matches!(
        raw.plain(mkdir).await,
        legacy::Rmsg::Create { .. }
    ));
    assert!(dir.path().join("made").is_dir());
    // A file that goes with its fid.
    raw.plain(walk(2, &["sub", "old"])).await;
    raw.plain(legacy::Tmsg::Open {
        fid: 2,
        mode: open::RCLOSE,
    })
    .await;
    assert_eq!(
        raw.plain(legacy::Tmsg::Clunk { fid: 2 }).await,
        legacy::Rmsg::Clunk {}
    );
    assert!(!dir.path().join("sub/old").exists());
    // A folder does not become a file.
    let dir_to_file = Stat {
        mode: 0o600,
        ..Stat::dont_touch()
    };
    assert!(matches!(
        raw.plain(legacy::Tmsg::Wstat {
            fid: 1,
            stat: dir_to_file
        })
        .await,
        legacy::Rmsg::Error { .. }
    ));
}

#[tokio::test]
async fn synthetic_files_serve_plan_9_too() {
    let counter = Counter::new(1);
    let mut raw = plan9(counter.roots()).await;
    raw.plain(walk(1, &["ctl"])).await;
    raw.plain(legacy::Tmsg::Open {
        fid: 1,
        mode: open::WRITE | open::TRUNC,
    })
    .await;
    let order = legacy::Tmsg::Write {
        fid: 1,
        offset: 0,
        data: Bytes::from("fly\n"),
    };
    let legacy::Rmsg::Error { ename } = raw.plain(order).await else {
        panic!("it cannot fly")
    };
    assert!(
        ename.contains("there is no verb \"fly\" here"),
        "the reason itself travels: {ename}"
    );
}

#[tokio::test]
async fn dialects_fall_back_to_what_is_known() {
    let counter = Counter::new(1);
    let mut raw = Raw::to(&Server::new(counter.roots()));
    for (asked, got) in [
        ("9P2000.L.goblin2", "9P2000.L"),
        ("9P2000.L", "9P2000.L"),
        ("9P2000.u", "9P2000"),
        ("9P2000", "9P2000"),
        ("8P", "unknown"),
    ] {
        assert_eq!(raw.version(asked).await, got, "{asked}");
    }
}

#[tokio::test]
async fn compound_messages_do_in_one_round_trip_what_took_several() {
    let (dir, roots) = export();
    let mut raw = goblin(&Server::new(roots)).await;
    let stat = compound::Tmsg::Walkattr {
        fid: 0,
        newfid: NO_FID,
        names: names("sub/old"),
    };
    let Ok(compound::Rmsg::Walkattr { attr }) = raw.compound(stat).await else {
        panic!("no attributes")
    };
    assert_eq!(attr.size, 11);
    let get = compound::Tmsg::Get {
        fid: 0,
        names: names("sub/old"),
        offset: 4,
        count: 100,
    };
    let Ok(compound::Rmsg::Get { attr, data }) = raw.compound(get).await else {
        panic!("not got")
    };
    assert_eq!((attr.size, &data[..]), (11, &b"content"[..]));
    let put = |path: &str, data: &'static str| compound::Tmsg::Put {
        fid: 0,
        names: names(path),
        mode: 0o644,
        sync: 1,
        data: Bytes::from(data),
    };
    for text in ["first", "2nd"] {
        raw.compound(put("sub/new", text)).await.unwrap();
        assert_eq!(
            std::fs::read_to_string(dir.path().join("sub/new")).unwrap(),
            text
        );
    }
    const ENOENT: u32 = 2;
    const EISDIR: u32 = 21;
    assert_eq!(raw.compound(put("none/new", "x")).await, Err(ENOENT));
    let folder = compound::Tmsg::Get {
        fid: 0,
        names: names("sub"),
        offset: 0,
        count: 10,
    };
    assert_eq!(raw.compound(folder).await, Err(EISDIR));

    let mut listed = Vec::new();
    raw.linux(Tmsg::Walk {
        fid: 0,
        newfid: 1,
        names: vec![],
    })
    .await;
    raw.linux(Tmsg::Lopen { fid: 1, flags: 0 }).await;
    loop {
        let offset = listed
            .last()
            .map_or(0, |entry: &compound::EntryAttr| entry.offset);
        let page = compound::Tmsg::Readdirattr {
            fid: 1,
            offset,
            count: 8000,
        };
        let Ok(compound::Rmsg::Readdirattr { data }) = raw.compound(page).await else {
            panic!("not listed")
        };
        if data.is_empty() {
            break;
        }
        listed.extend(compound::EntryAttr::decode_all(data).unwrap());
    }
    listed.retain(|entry| !matches!(entry.name.as_str(), "." | ".."));
    assert_eq!(listed.len(), 301);
    assert!(
        listed
            .iter()
            .all(|entry| entry.attr.is_dir() || entry.attr.size <= 3)
    );
}

#[tokio::test]
async fn a_request_sent_again_is_answered_again_but_not_done_again() {
    let counter = Counter::new(1);
    let server = Server::new(counter.roots());
    let order = |number: u64, line: &str| {
        let put = compound::Tmsg::Put {
            fid: 0,
            names: names("ctl"),
            mode: 0,
            sync: 0,
            data: Bytes::copy_from_slice(line.as_bytes()),
        };
        let frame = put.encode(0).to_vec();
        let request = Bytes::from([&frame[4..5], &frame[HEADER..]].concat());
        compound::Tmsg::Once {
            client: 99,
            number,
            request,
        }
    };
    let mut first = goblin(&server).await;
    let answer = first.compound(order(1, "add 5")).await;
    assert!(answer.is_ok());
    drop(first);
    let mut second = goblin(&server).await;
    assert_eq!(second.compound(order(1, "add 5")).await, answer);
    assert_eq!(counter.count.load(std::sync::atomic::Ordering::SeqCst), 5);
    second.compound(order(2, "add 5")).await.unwrap();
    assert_eq!(counter.count.load(std::sync::atomic::Ordering::SeqCst), 10);
    // A refusal is remembered as well.
    const EDQUOT: u32 = 122;
    assert_eq!(second.compound(order(3, "add 500")).await, Err(EDQUOT));
    assert_eq!(second.compound(order(3, "add 500")).await, Err(EDQUOT));
    // What makes a fid cannot be repeated.
    let open = Bytes::from_static(&[12, 0, 0, 0, 0, 0, 0, 0, 0]);
    const EINVAL: u32 = 22;
    assert_eq!(
        second
            .compound(compound::Tmsg::Once {
                client: 99,
                number: 4,
                request: open
            })
            .await,
        Err(EINVAL)
    );
}
