//! Files that are opened while they are walked to, because those before them were opened next: nobody may notice, but by the
//! descriptors that it saves.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use ninep::Errno;
use ninep::export::Budget;
use ninep::tree::{Node, OpenFlags};
use rustix::fs::{CWD, FileType, Mode, OFlags};

use crate::fixture::Fixture;

/// A folder of which so many files were walked to, opened for reading and let go that the next one is foreseen to be.
async fn reader() -> (Fixture, Budget) {
    let budget = Budget::new(100);
    let it = Fixture::with(budget.clone());
    for name in ["one", "two", "three"] {
        fs::write(it.at(name), name).unwrap();
    }
    for _ in 0..8 {
        it.open("one", OpenFlags::RDONLY).await.unwrap();
    }
    (it, budget)
}

/// Descriptors that a walk to `name` and then an open for reading take, with `between` done between the two.
async fn taken(it: &Fixture, budget: &Budget, name: &str, between: impl FnOnce()) -> [usize; 2] {
    let before = budget.used();
    let node = it.walk(name).await.unwrap();
    let walked = budget.used() - before;
    between();
    let file = node.open(&it.peer, OpenFlags::RDONLY).get().await.unwrap();
    let opened = budget.used() - before;
    assert_eq!(it.read(&file).await.unwrap(), name);
    [walked, opened]
}

#[tokio::test]
async fn a_file_that_is_foreseen_to_be_read_is_open_once_it_is_walked_to() {
    let (it, budget) = reader().await;
    assert_eq!(taken(&it, &budget, "two", || ()).await, [1, 1]);
    // Looked at and not opened: the next one is not foreseen.
    it.attr("three").await;
    assert_eq!(taken(&it, &budget, "two", || ()).await, [1, 2]);
    for _ in 0..8 {
        it.open("one", OpenFlags::WRONLY).await.unwrap();
    }
    assert_eq!(taken(&it, &budget, "two", || ()).await, [1, 2]);
    assert_eq!(budget.used(), 1, "the root's");
}

#[tokio::test]
async fn it_is_opened_again_when_anything_about_it_has_changed() {
    let (it, budget) = reader().await;
    let path = it.at("two");
    let lock = || fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert_eq!(taken(&it, &budget, "two", lock).await, [1, 2]);
    // A file keeps its node through all names.
    let moved = it.at("elsewhere");
    let replace = || {
        fs::rename(it.at("three"), &moved).unwrap();
        fs::write(it.at("three"), "another").unwrap();
    };
    assert_eq!(taken(&it, &budget, "three", replace).await, [1, 2]);
    fs::write(it.at("gone"), "gone").unwrap();
    let remove = || fs::remove_file(it.at("gone")).unwrap();
    assert_eq!(taken(&it, &budget, "gone", remove).await[0], 1);
}

#[tokio::test]
async fn one_descriptor_serves_all_who_read_and_none_who_write() {
    let (it, budget) = reader().await;
    let node = it.walk("two").await.unwrap();
    let open = async |flags| node.open(&it.peer, flags).get().await.unwrap();
    let (first, second) = (open(OpenFlags::RDONLY).await, open(OpenFlags::RDONLY).await);
    assert_eq!(budget.used(), 2, "and that of the root");
    let writer = open(OpenFlags::RDWR).await;
    it.write(&writer, 0, b"TWO").await.unwrap();
    drop(first);
    assert_eq!(it.read(&second).await.unwrap(), "TWO");
    assert_eq!(
        it.write(&second, 0, b"no").await.unwrap_err().errno(),
        Errno::BADF
    );
}

#[tokio::test]
async fn what_is_no_plain_file_is_not_touched() {
    let (it, _) = reader().await;
    let fifo = it.at("fifo");
    rustix::fs::mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    std::os::unix::fs::symlink("one", it.at("link")).unwrap();
    fs::create_dir(it.at("folder")).unwrap();
    let nodes: Vec<Arc<dyn Node>> = vec![
        it.walk("fifo").await.unwrap(),
        it.walk("link").await.unwrap(),
        it.walk("folder").await.unwrap(),
    ];
    // Somebody who had it open for reading could be written to.
    let flags = OFlags::WRONLY | OFlags::NONBLOCK;
    let writer = rustix::fs::open(&fifo, flags, Mode::empty());
    assert_eq!(writer.unwrap_err(), Errno::NXIO);
    assert_eq!(nodes[1].readlink(&it.peer).get().await.unwrap(), "one");
    assert!(nodes[2].qid().kind.is_dir());
    let missing = it.walk("missing").await.map(|_| ());
    assert_eq!(missing.unwrap_err().errno(), Errno::NOENT);
}

#[tokio::test]
async fn without_a_descriptor_left_it_is_refused_as_ever() {
    let budget = Budget::new(3);
    let it = Fixture::with(budget.clone());
    fs::write(it.at("one"), "one").unwrap();
    for _ in 0..8 {
        it.open("one", OpenFlags::RDONLY).await.unwrap();
    }
    let _held = (it.walk("one").await.unwrap(), it.walk("one").await.unwrap());
    let refused = it.walk("one").await.map(|_| ());
    assert_eq!(refused.unwrap_err().errno(), Errno::NFILE);
    assert_eq!(budget.used(), 3);
}
