//! Files go in, come out, move and go, and lie on disk as what they are.

use std::fs;
use std::os::unix::fs::symlink;

use ninep::Errno;
use ninep::tree::OpenFlags;
use ninep::wire::SetAttr;

use crate::harness::{Place, data};

#[tokio::test]
async fn what_is_put_lies_on_disk_and_comes_back() {
    let place = Place::new();
    let mirror = place.start().await;
    let ns = &mirror.ns;
    ns.put(&data("notes.txt"), "one").await.unwrap();
    ns.mkdir(&data("照片")).await.unwrap();
    ns.put(&data("照片/cat.jpg"), vec![7; 3 << 20])
        .await
        .unwrap();
    assert_eq!(fs::read(place.home("notes.txt")).unwrap(), b"one");
    assert_eq!(
        fs::read(place.home("照片/cat.jpg")).unwrap(),
        vec![7; 3 << 20]
    );
    assert_eq!(ns.read(&data("notes.txt")).await.unwrap(), "one");
    assert_eq!(
        ns.read(&data("照片/cat.jpg")).await.unwrap(),
        vec![7; 3 << 20]
    );

    ns.put(&data("notes.txt"), "2").await.unwrap();
    ns.rename(&data("notes.txt"), &data("照片/note"))
        .await
        .unwrap();
    assert_eq!(fs::read(place.home("照片/note")).unwrap(), b"2");
    let names: Vec<_> = ns.list(&data("照片")).await.unwrap();
    assert_eq!(
        names
            .iter()
            .map(|entry| entry.name.as_str())
            .collect::<Vec<_>>(),
        ["cat.jpg", "note"]
    );
    assert_eq!(names[0].attr.size, 3 << 20);

    ns.remove(&data("照片/cat.jpg")).await.unwrap();
    ns.remove(&data("照片/note")).await.unwrap();
    ns.remove(&data("照片")).await.unwrap();
    assert!(ns.list(&data("")).await.unwrap().is_empty());
    assert_eq!(fs::read_dir(place.home("")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_that_was_removed_is_read_to_its_end() {
    let place = Place::new();
    let mirror = place.start().await;
    mirror
        .ns
        .put(&data("film"), vec![9; 2 << 20])
        .await
        .unwrap();
    let open = mirror
        .ns
        .open(&data("film"), OpenFlags::RDONLY)
        .await
        .unwrap();
    mirror.client().remove(&data("film")).await.unwrap();
    assert_eq!(open.read_to_end(0, None).await.unwrap().len(), 2 << 20);
}

#[tokio::test]
async fn nothing_outside_the_space_is_reached() {
    let place = Place::new();
    let mirror = place.start().await;
    symlink("/etc", place.home("etc")).unwrap();
    fs::write(place.store().join("spaces/secret"), "x").unwrap();
    let ns = &mirror.ns;
    assert_eq!(
        ns.fid(&data("etc"))
            .await
            .unwrap()
            .readlink()
            .await
            .unwrap(),
        "/etc"
    );
    let beyond = ns.read(&data("etc/passwd")).await.unwrap_err();
    // Which of the two it is depends on whether the client asks why a walk stopped half way.
    assert!(
        [Errno::NOTDIR, Errno::NOENT].contains(&beyond.errno()),
        "{beyond}"
    );
    // Dots go up in the tree, and the top is the top.
    let up = ns.fid(&data("../../../../../..")).await.unwrap();
    assert!(up.walk("status").await.is_ok());
    assert_eq!(
        ns.fid(&data("../../secret")).await.unwrap_err().errno(),
        Errno::NOENT
    );
    let root = ns.fid(&data("")).await.unwrap();
    let slash = root
        .create("../secret", OpenFlags::WRONLY, 0o600)
        .await
        .unwrap_err();
    assert_eq!(slash.errno(), Errno::INVAL);
}

#[tokio::test]
async fn attributes_are_kept() {
    let place = Place::new();
    let mirror = place.start().await;
    mirror.ns.put(&data("script"), "#!/bin/sh").await.unwrap();
    let fid = mirror.ns.fid(&data("script")).await.unwrap();
    let change = SetAttr {
        valid: SetAttr::MODE | SetAttr::MTIME | SetAttr::MTIME_SET,
        mode: 0o750,
        mtime: ninep::wire::Time {
            sec: 1_234_567_890,
            nsec: 0,
        },
        ..SetAttr::none()
    };
    fid.setattr(change).await.unwrap();
    let attr = mirror.ns.stat(&data("script")).await.unwrap();
    assert_eq!(
        (attr.mode & 0o7777, attr.mtime.sec, attr.size),
        (0o750, 1_234_567_890, 9)
    );
    assert_ne!(attr.qid.version, 0, "files may be cached, by their version");
}
