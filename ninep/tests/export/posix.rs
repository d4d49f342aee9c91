//! What a file has beside its bytes: extended attributes, locks, further names.

use std::sync::Arc;

use bytes::Bytes;
use ninep::Errno;
use ninep::export::{Budget, Export};
use ninep::tree::{Node, OpenFlags, Peer};
use ninep::wire::{FileLock, LockStatus};

use crate::fixture::Fixture;

const CREATE: u32 = 1;
const REPLACE: u32 = 2;

async fn set(node: &Arc<dyn Node>, name: &str, value: &[u8], flags: u32) -> Result<(), Errno> {
    let value = Bytes::copy_from_slice(value);
    let answer = node.set_xattr(&Peer::default(), name, value, flags);
    answer.get().await.map_err(|error| error.errno())
}

async fn get(node: &Arc<dyn Node>, name: &str) -> Result<Bytes, Errno> {
    let answer = node.xattr(&Peer::default(), name);
    answer.get().await.map_err(|error| error.errno())
}

#[tokio::test]
async fn extended_attributes_of_users_are_kept_and_others_are_out_of_reach() {
    let fixture = Fixture::new();
    fixture.put("file", b"data").await.unwrap();
    fixture.mkdir("folder").await.unwrap();
    std::os::unix::fs::symlink("file", fixture.at("link")).unwrap();
    for path in ["file", "folder"] {
        let node = fixture.walk(path).await.unwrap();
        assert_eq!(get(&node, "user.none").await, Err(Errno::NODATA));
        set(&node, "user.kind", b"text", CREATE).await.unwrap();
        assert_eq!(
            set(&node, "user.kind", b"", CREATE).await,
            Err(Errno::EXIST)
        );
        set(&node, "user.empty", b"", 0).await.unwrap();
        assert_eq!(get(&node, "user.kind").await.unwrap(), "text");
        let mut names: Vec<_> = get(&node, "")
            .await
            .unwrap()
            .split_inclusive(|b| *b == 0)
            .map(<[u8]>::to_vec)
            .collect();
        names.sort();
        assert_eq!(names, [&b"user.empty\0"[..], b"user.kind\0"]);
        set(&node, "user.empty", b"", REPLACE).await.unwrap();
        assert_eq!(get(&node, "user.empty").await, Err(Errno::NODATA));
        for name in [
            "security.capability",
            "trusted.x",
            "system.posix_acl_access",
        ] {
            assert_eq!(set(&node, name, b"x", 0).await, Err(Errno::OPNOTSUPP));
            assert_eq!(get(&node, name).await, Err(Errno::OPNOTSUPP));
        }
        assert_eq!(set(&node, "user.x", b"x", 64).await, Err(Errno::INVAL));
    }
    let link = fixture.walk("link").await.unwrap();
    assert!(get(&link, "").await.unwrap().is_empty());
    assert_eq!(set(&link, "user.x", b"x", 0).await, Err(Errno::PERM));
}

#[tokio::test]
async fn locks_of_one_file_meet_whatever_name_it_was_opened_by_and_go_with_the_fid() {
    let fixture = Fixture::new();
    fixture.put("file", b"data").await.unwrap();
    std::fs::hard_link(fixture.at("file"), fixture.at("other")).unwrap();
    let lock = |process, kind| FileLock {
        kind,
        start: 0,
        length: 0,
        proc_id: process,
        client_id: "board".into(),
    };
    let ann = fixture.open("file", OpenFlags::RDWR).await.unwrap();
    let bob = fixture.open("other", OpenFlags::RDWR).await.unwrap();
    let peer = &fixture.peer;
    assert_eq!(
        ann.lock(peer, lock(1, 1)).get().await.unwrap(),
        LockStatus::Success
    );
    assert_eq!(
        bob.lock(peer, lock(2, 0)).get().await.unwrap(),
        LockStatus::Blocked
    );
    assert_eq!(
        bob.getlock(peer, lock(2, 0)).get().await.unwrap().proc_id,
        1
    );
    ann.clunk(peer).get().await.unwrap();
    assert_eq!(
        bob.lock(peer, lock(2, 0)).get().await.unwrap(),
        LockStatus::Success
    );
}

#[tokio::test]
async fn a_second_name_is_given_only_where_that_was_allowed() {
    let fixture = Fixture::new();
    fixture.put("file", b"data").await.unwrap();
    fixture.mkdir("folder").await.unwrap();
    let link = async |root: &Arc<dyn Node>, from: &str, to: &str| {
        let target = root.walk(&Peer::default(), from).get().await?;
        root.link(&Peer::default(), &target, to).get().await
    };
    let refused = link(&fixture.export.root(), "file", "second").await;
    assert_eq!(refused.unwrap_err().errno(), Errno::PERM);

    let export = Export::open(&fixture.at(""), Arc::new(()), Budget::of_process())
        .unwrap()
        .with_hard_links();
    let root = export.root();
    link(&root, "file", "second").await.unwrap();
    assert_eq!(std::fs::read(fixture.at("second")).unwrap(), b"data");
    assert_eq!(
        link(&root, "file", "second").await.unwrap_err().errno(),
        Errno::EXIST
    );
    assert_eq!(
        link(&root, "folder", "third").await.unwrap_err().errno(),
        Errno::PERM
    );
    // A file of another export is not to be had by a name in this one.
    let theirs = fixture.walk("file").await.unwrap();
    let strange = root.link(&Peer::default(), &theirs, "third").get().await;
    assert_eq!(strange.unwrap_err().errno(), Errno::XDEV);
}
