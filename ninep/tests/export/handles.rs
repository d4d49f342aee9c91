//! What a node and an open file are good for while names change around them.

use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use ninep::Errno;
use ninep::export::Budget;
use ninep::tree::OpenFlags;
use ninep::wire::{Attr, SetAttr, Time};

use crate::fixture::{Fixture, errno};

#[tokio::test]
async fn a_removed_file_stays_readable() {
    let it = Fixture::new();
    it.put("file", b"still here").await.unwrap();
    let node = it.walk("file").await.unwrap();
    let open = it.open("file", OpenFlags::RDWR).await.unwrap();
    it.unlink("file", false).await.unwrap();
    assert_eq!(errno(it.walk("file").await), Errno::NOENT);
    assert_eq!(it.read(&open).await.unwrap(), "still here");
    assert_eq!(it.write(&open, 0, b"ever").await.unwrap(), 4);
    // A fid that was not open when the name went opens all the same.
    let late = node.open(&it.peer, OpenFlags::RDONLY).get().await.unwrap();
    assert_eq!(it.read(&late).await.unwrap(), "everl here");
    assert_eq!(
        node.getattr(&it.peer, Attr::BASIC)
            .get()
            .await
            .unwrap()
            .nlink,
        0
    );
}

#[tokio::test]
async fn fids_survive_the_rename_of_their_folder() {
    let it = Fixture::new();
    it.mkdir("old").await.unwrap();
    it.mkdir("old/deep").await.unwrap();
    it.put("old/deep/file", b"one").await.unwrap();
    let folder = it.walk("old/deep").await.unwrap();
    let open = it.open("old/deep/file", OpenFlags::RDWR).await.unwrap();
    it.rename("old", "new").await.unwrap();
    it.write(&open, 0, b"two").await.unwrap();
    folder.mkdir(&it.peer, "more", 0o755).get().await.unwrap();
    assert_eq!(std::fs::read(it.at("new/deep/file")).unwrap(), b"two");
    assert!(it.at("new/deep/more").is_dir());
}

#[tokio::test]
async fn set_id_bits_do_not_survive_a_write() {
    let it = Fixture::new();
    for change in ["write", "truncate", "open"] {
        std::fs::write(it.at("tool"), "#!").unwrap();
        std::fs::set_permissions(it.at("tool"), PermissionsExt::from_mode(0o6755)).unwrap();
        match change {
            "write" => {
                let open = it.open("tool", OpenFlags::WRONLY).await.unwrap();
                assert_eq!(it.attr("tool").await.mode & 0o7777, 0o6755);
                it.write(&open, 2, b"evil").await.unwrap();
            }
            "truncate" => {
                let node = it.walk("tool").await.unwrap();
                node.setattr(&it.peer, SetAttr::size(1))
                    .get()
                    .await
                    .unwrap();
            }
            _ => drop(
                it.open("tool", OpenFlags::WRONLY | OpenFlags::TRUNC)
                    .await
                    .unwrap(),
            ),
        }
        assert_eq!(it.attr("tool").await.mode & 0o7777, 0o755, "{change}");
    }
    let (root, peer) = (it.export.root(), &it.peer);
    root.create(peer, "born", OpenFlags::WRONLY, 0o6755)
        .get()
        .await
        .unwrap();
    assert_eq!(it.attr("born").await.mode & 0o6000, 0);
}

#[tokio::test]
async fn a_listing_gives_each_name_once_whatever_the_page() {
    let it = Fixture::new();
    let names: BTreeSet<String> = (0..700)
        .map(|n| format!("{n}-{}", "x".repeat(n % 90)))
        .collect();
    for name in &names {
        std::fs::write(it.at(name), "").unwrap();
    }
    for page in [160, 1000, 1 << 20] {
        let listed = it.list("", page).await;
        assert_eq!(listed.len(), names.len(), "page of {page}");
        let found: BTreeSet<String> = listed.iter().map(|entry| entry.name.to_string()).collect();
        assert_eq!(found, names);
    }
    let first = &it.list("", 4096).await[0];
    assert_eq!(first.qid.path, it.attr(&first.name).await.qid.path);
    let folder = it.open("", OpenFlags::RDONLY).await.unwrap();
    assert_eq!(
        errno(folder.readdir(&it.peer, 0, 20).get().await),
        Errno::INVAL
    );
}

#[tokio::test]
async fn names_that_are_not_utf_8_are_not_listed() {
    use std::os::unix::ffi::OsStrExt;
    let it = Fixture::new();
    std::fs::write(it.at("").join(std::ffi::OsStr::from_bytes(b"\xff\xfe")), "").unwrap();
    it.put("数据", b"").await.unwrap();
    let listed = it.list("", 4096).await;
    assert_eq!(
        listed
            .iter()
            .map(|entry| entry.name.to_string())
            .collect::<Vec<_>>(),
        ["数据"]
    );
}

#[tokio::test]
async fn attributes_are_those_of_the_file() {
    let it = Fixture::new();
    it.put("file", b"12345").await.unwrap();
    let change = SetAttr {
        valid: SetAttr::MODE
            | SetAttr::MTIME
            | SetAttr::MTIME_SET
            | SetAttr::ATIME
            | SetAttr::ATIME_SET,
        mode: 0o640,
        mtime: Time {
            sec: 1_000_000_000,
            nsec: 7,
        },
        atime: Time {
            sec: 1_100_000_000,
            nsec: 0,
        },
        ..SetAttr::none()
    };
    it.walk("file")
        .await
        .unwrap()
        .setattr(&it.peer, change)
        .get()
        .await
        .unwrap();
    let (attr, meta) = (
        it.attr("file").await,
        std::fs::metadata(it.at("file")).unwrap(),
    );
    assert_eq!((attr.size, attr.mode & 0o7777, attr.nlink), (5, 0o640, 1));
    assert_eq!(
        (attr.mtime, attr.atime.sec),
        (
            Time {
                sec: 1_000_000_000,
                nsec: 7
            },
            1_100_000_000
        )
    );
    assert_eq!(
        (attr.uid, attr.gid, attr.blocks),
        (meta.uid(), meta.gid(), meta.blocks())
    );
    assert_eq!(attr.qid.path, meta.ino());
    assert_eq!(attr.qid.path >> 63, 0);
}

#[tokio::test]
async fn a_change_of_content_changes_the_versions() {
    let it = Fixture::new();
    it.put("file", b"one").await.unwrap();
    let before = it.attr("file").await;
    assert_ne!((before.qid.version, before.data_version), (0, 0));
    // The clock of a file system ticks coarsely; the versions move with it.
    let mut after = before.clone();
    while after.ctime == before.ctime {
        it.put("file", b"two").await.unwrap();
        after = it.attr("file").await;
    }
    assert_ne!(before.qid.version, after.qid.version);
    assert!(before.data_version < after.data_version);
    assert_eq!(before.qid.path, after.qid.path);
}

#[tokio::test]
async fn creating_what_is_there_follows_the_flags() {
    let it = Fixture::new();
    it.put("file", b"old content").await.unwrap();
    let excl = OpenFlags::WRONLY | OpenFlags::EXCL;
    assert_eq!(errno(it.create("file", excl).await), Errno::EXIST);
    drop(it.create("file", OpenFlags::WRONLY).await.unwrap());
    assert_eq!(it.attr("file").await.size, 11);
    drop(
        it.create("file", OpenFlags::WRONLY | OpenFlags::TRUNC)
            .await
            .unwrap(),
    );
    assert_eq!(it.attr("file").await.size, 0);
    let append = it
        .open("file", OpenFlags::WRONLY | OpenFlags::APPEND)
        .await
        .unwrap();
    for part in ["a", "b", "c"] {
        it.write(&append, 0, part.as_bytes()).await.unwrap();
    }
    assert_eq!(std::fs::read(it.at("file")).unwrap(), b"abc");
    it.mkdir("folder").await.unwrap();
    assert_eq!(
        errno(it.create("folder", OpenFlags::WRONLY).await),
        Errno::ISDIR
    );
    assert_eq!(
        errno(it.open("folder", OpenFlags::RDWR).await),
        Errno::ISDIR
    );
}

#[tokio::test]
async fn long_reads_come_whole_and_end_at_the_end() {
    let it = Fixture::new();
    let data: Vec<u8> = (0..300_000_u32)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect();
    it.put("file", &data).await.unwrap();
    let file = it.open("file", OpenFlags::RDONLY).await.unwrap();
    for count in [1, 4096, 65_536, 65_537, 299_999, 300_000, 1 << 20] {
        let part = file.read(&it.peer, 0, count).get().await.unwrap();
        assert_eq!(part, data[..data.len().min(count as usize)], "{count}");
    }
    assert_eq!(
        file.read(&it.peer, 299_998, 9000).get().await.unwrap(),
        data[299_998..]
    );
    assert_eq!(file.read(&it.peer, 1 << 40, 9000).get().await.unwrap(), "");
    assert_eq!(
        errno(file.write(&it.peer, 0, "x".into()).get().await),
        Errno::BADF
    );
}

#[tokio::test]
async fn sync_and_statfs_answer_for_files_and_folders() {
    let it = Fixture::new();
    let file = it.create("file", OpenFlags::WRONLY).await.unwrap();
    it.write(&file, 0, b"x").await.unwrap();
    file.fsync(&it.peer, false).get().await.unwrap();
    file.fsync(&it.peer, true).get().await.unwrap();
    let folder = it.open("", OpenFlags::RDONLY).await.unwrap();
    folder.fsync(&it.peer, false).get().await.unwrap();
    let disk = it.export.root().statfs(&it.peer).get().await.unwrap();
    assert!(disk.blocks > 0 && disk.bsize > 0 && disk.namelen == 255);
}

#[tokio::test]
async fn the_budget_bounds_descriptors_and_gives_them_back() {
    let budget = Budget::new(8);
    let it = Fixture::with(budget.clone());
    let before = budget.used();
    let mut held = Vec::new();
    let refused = loop {
        match it
            .create(&format!("{}", held.len()), OpenFlags::WRONLY)
            .await
        {
            Ok(file) => held.push(file),
            Err(error) => break error,
        }
    };
    assert_eq!(refused.errno(), Errno::NFILE);
    assert_eq!(held.len(), 8 - before);
    assert_eq!(
        std::fs::read_dir(it.at("")).unwrap().count(),
        held.len(),
        "refused before it was made"
    );
    held.clear();
    assert_eq!(budget.used(), before);
}
