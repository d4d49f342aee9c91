//! Nothing outside the folder is reached, whatever a client or another process does.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ninep::Errno;
use ninep::export::{Budget, Export};
use ninep::tree::OpenFlags;
use ninep::wire::{QidKind, SetAttr};
use rustix::fs::{CWD, FileType, Mode, RenameFlags};

use crate::fixture::{Fixture, errno};

#[tokio::test]
async fn a_name_is_one_name_or_refused_by_the_node_itself() {
    let it = Fixture::new();
    it.mkdir("folder").await.unwrap();
    let folder = it.walk("folder").await.unwrap();
    let secret = "../../outside/secret";
    assert!(it.at("folder").join(secret).is_file());
    for name in ["..", ".", "", "a/b", secret, "/etc/passwd", "a\0b"] {
        let peer = &it.peer;
        assert_eq!(
            errno(folder.walk(peer, name).get().await),
            Errno::INVAL,
            "walk {name:?}"
        );
        let create = folder
            .create(peer, name, OpenFlags::WRONLY, 0o600)
            .get()
            .await;
        assert_eq!(errno(create), Errno::INVAL, "create {name:?}");
        assert_eq!(
            errno(folder.mkdir(peer, name, 0o700).get().await),
            Errno::INVAL,
            "mkdir {name:?}"
        );
        assert_eq!(
            errno(folder.symlink(peer, name, "x").get().await),
            Errno::INVAL,
            "symlink {name:?}"
        );
        assert_eq!(
            errno(folder.unlink(peer, name, true).get().await),
            Errno::INVAL,
            "rmdir {name:?}"
        );
        assert_eq!(
            errno(folder.unlink(peer, name, false).get().await),
            Errno::INVAL,
            "unlink {name:?}"
        );
        assert_eq!(
            errno(folder.rename(peer, name, &folder, "x").get().await),
            Errno::INVAL,
            "from {name:?}"
        );
        assert_eq!(
            errno(folder.rename(peer, "x", &folder, name).get().await),
            Errno::INVAL,
            "to {name:?}"
        );
    }
}

#[tokio::test]
async fn a_link_is_shown_and_never_followed() {
    let it = Fixture::new();
    symlink("/etc", it.at("etc")).unwrap();
    symlink(it.outside("secret"), it.at("door")).unwrap();
    let etc = it.walk("etc").await.unwrap();
    assert_eq!(etc.qid().kind, QidKind::SYMLINK);
    assert_eq!(etc.readlink(&it.peer).get().await.unwrap(), "/etc");
    assert_eq!(errno(it.walk("etc/passwd").await), Errno::NOTDIR);
    assert_eq!(errno(it.open("door", OpenFlags::RDONLY).await), Errno::LOOP);
    assert_eq!(
        errno(
            it.create("door", OpenFlags::WRONLY | OpenFlags::TRUNC)
                .await
        ),
        Errno::LOOP
    );
    let cut = it
        .walk("door")
        .await
        .unwrap()
        .setattr(&it.peer, SetAttr::size(0))
        .get()
        .await;
    assert_eq!(errno(cut), Errno::INVAL);
    let mode = SetAttr {
        valid: SetAttr::MODE,
        mode: 0,
        ..SetAttr::none()
    };
    let chmod = it
        .walk("door")
        .await
        .unwrap()
        .setattr(&it.peer, mode)
        .get()
        .await;
    assert_eq!(errno(chmod), Errno::OPNOTSUPP);
    it.unlink("door", false).await.unwrap();
    assert_eq!(std::fs::read(it.outside("secret")).unwrap(), b"secret");
}

#[tokio::test]
async fn the_times_of_a_link_are_its_own() {
    let it = Fixture::new();
    symlink(it.outside("secret"), it.at("door")).unwrap();
    let before = std::fs::metadata(it.outside("secret"))
        .unwrap()
        .modified()
        .unwrap();
    let old = SetAttr {
        valid: SetAttr::MTIME | SetAttr::MTIME_SET,
        ..SetAttr::none()
    };
    it.walk("door")
        .await
        .unwrap()
        .setattr(&it.peer, old)
        .get()
        .await
        .unwrap();
    assert_eq!(it.attr("door").await.mtime.sec, 0);
    assert_eq!(
        std::fs::metadata(it.outside("secret"))
            .unwrap()
            .modified()
            .unwrap(),
        before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_swapped_in_under_a_walk_leads_nowhere() {
    let it = Fixture::new();
    std::fs::create_dir(it.at("door")).unwrap();
    std::fs::write(it.at("door/secret"), "harmless").unwrap();
    symlink(it.outside(""), it.at("trap")).unwrap();
    let (door, trap) = (it.at("door"), it.at("trap"));
    let stop = Arc::new(AtomicBool::new(false));
    let swapping = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                rustix::fs::renameat_with(CWD, &door, CWD, &trap, RenameFlags::EXCHANGE).unwrap();
            }
        })
    };
    let mut read = 0;
    for turn in 0..4000 {
        if let Ok(file) = it.open("door/secret", OpenFlags::RDONLY).await {
            assert_eq!(it.read(&file).await.unwrap(), "harmless");
            read += 1;
        }
        // What is made lands in the real folder or nowhere.
        let _ = it.create(&format!("door/{turn}"), OpenFlags::WRONLY).await;
        let _ = it.rename("door/secret", "door/secret").await;
    }
    stop.store(true, Ordering::Relaxed);
    swapping.join().unwrap();
    assert!(read > 0, "the door was never open");
    let outside: Vec<_> = std::fs::read_dir(it.outside(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(outside, ["secret"]);
}

#[tokio::test]
async fn a_fid_keeps_its_folder_when_a_link_takes_the_name() {
    let it = Fixture::new();
    it.mkdir("door").await.unwrap();
    it.put("door/secret", b"harmless").await.unwrap();
    let door = it.walk("door").await.unwrap();
    std::fs::rename(it.at("door"), it.at("elsewhere")).unwrap();
    symlink(it.outside(""), it.at("door")).unwrap();
    let secret = door.walk(&it.peer, "secret").get().await.unwrap();
    let file = secret
        .open(&it.peer, OpenFlags::RDONLY)
        .get()
        .await
        .unwrap();
    assert_eq!(it.read(&file).await.unwrap(), "harmless");
    door.create(&it.peer, "new", OpenFlags::WRONLY, 0o600)
        .get()
        .await
        .unwrap();
    assert!(it.at("elsewhere/new").exists() && !it.outside("new").exists());
}

#[tokio::test]
async fn what_is_neither_file_nor_folder_is_seen_and_not_opened() {
    let it = Fixture::new();
    rustix::fs::mknodat(
        CWD,
        it.at("fifo"),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    let _listening = UnixListener::bind(it.at("socket")).unwrap();
    for name in ["fifo", "socket"] {
        // An open that reached a fifo would wait for its other end for ever.
        for flags in [OpenFlags::RDONLY, OpenFlags::WRONLY, OpenFlags::RDWR] {
            assert_eq!(errno(it.open(name, flags).await), Errno::PERM, "{name}");
        }
        assert_eq!(
            errno(it.create(name, OpenFlags::WRONLY).await),
            Errno::PERM,
            "{name}"
        );
    }
    let mut names: Vec<String> = it
        .list("", 4096)
        .await
        .iter()
        .map(|entry| entry.name.to_string())
        .collect();
    names.sort();
    assert_eq!(names, ["fifo", "socket"]);
    it.unlink("fifo", false).await.unwrap();
    assert!(!it.at("fifo").exists());
}

#[tokio::test]
async fn nothing_moves_from_one_export_into_another() {
    let (here, there) = (Fixture::new(), Fixture::new());
    here.put("file", b"x").await.unwrap();
    let moved = here
        .export
        .root()
        .rename(&here.peer, "file", &there.export.root(), "file")
        .get()
        .await;
    assert_eq!(errno(moved), Errno::XDEV);
}

#[test]
fn what_is_no_folder_is_not_exported() {
    let it = Fixture::new();
    std::fs::write(it.at("file"), "").unwrap();
    let export = |path: &Path| Export::open(path, Arc::new(()), Budget::of_process()).map(drop);
    assert_eq!(errno(export(&it.at("file"))), Errno::NOTDIR);
    assert_eq!(errno(export(&it.at("nothing"))), Errno::NOENT);
    let told = export(&it.at("nothing")).unwrap_err().to_string();
    assert!(told.contains("nothing"), "{told}");
}
