use std::sync::mpsc;

use bytes::Bytes;
use ninep::tree::{Answer, OpenFlags};

use crate::fixture::Fixture;

/// The value of an answer that must be there at once.
fn now<T>(answer: Answer<T>) -> T {
    match answer {
        Answer::Now(result) => result.unwrap(),
        Answer::Later(_) | Answer::Parked(_) => panic!("it has to be waited for"),
    }
}

#[test]
fn nothing_is_waited_for() {
    let it = Fixture::new();
    let (root, peer) = (it.export.root(), &it.peer);
    let made = now(root.create(peer, "file", OpenFlags::RDWR, 0o644));
    let large = Bytes::from(vec![7; 1 << 20]);
    assert_eq!(now(made.file.write(peer, 0, large.clone())), 1 << 20);
    assert_eq!(now(made.file.read(peer, 0, 2 << 20)), large);
    now(made.file.clunk(peer));
    now(root.mkdir(peer, "folder", 0o755));
    let folder = now(root.walk(peer, "folder"));
    now(root.rename(peer, "file", &folder, "moved"));
    let file = now(now(folder.walk(peer, "moved")).open(peer, OpenFlags::RDONLY));
    assert_eq!(now(file.read(peer, 1 << 20, 10)), Bytes::new());
    let listing = now(folder.open(peer, OpenFlags::RDONLY));
    assert_eq!(now(listing.readdir(peer, 0, 4096)).len(), 1);
    now(folder.unlink(peer, "moved", false));
}

#[test]
fn a_change_waits_beside_the_task_while_the_folder_is_held_still() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let it = Fixture::new();
    let export = it.export.clone();
    let (held, is_held) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let looking = std::thread::spawn(move || {
        export.settled(|| {
            held.send(()).unwrap();
            released.recv().unwrap();
        });
    });
    is_held.recv().unwrap();
    let _entered = runtime.enter();
    let change = it.export.root().mkdir(&it.peer, "folder", 0o755);
    assert!(matches!(change, Answer::Later(_)));
    assert!(!it.at("folder").exists());
    release.send(()).unwrap();
    runtime.block_on(change.get()).unwrap();
    assert!(it.at("folder").is_dir());
    looking.join().unwrap();
}
