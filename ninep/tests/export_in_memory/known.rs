//! Files that are known by their names until something needs a descriptor of them: nobody may notice, but by the descriptors
//! that it saves.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use ninep::Errno;
use ninep::export::Budget;
use ninep::tree::{Node, OpenFlags};
use proptest::prelude::*;
use rustix::fs::{CWD, FileType, Mode, OFlags};

use crate::fixture::Fixture;

/// A folder of three files, each with its name for content.
fn three() -> (Fixture, Budget) {
    let budget = Budget::new(100);
    let it = Fixture::with(budget.clone());
    for name in ["one", "two", "three"] {
        fs::write(it.at(name), name).unwrap();
    }
    (it, budget)
}

async fn text(it: &Fixture, node: &Arc<dyn Node>) -> ninep::Result<String> {
    let file = node.open(&it.peer, OpenFlags::RDONLY).get().await?;
    let bytes = it.read(&file).await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

async fn size(it: &Fixture, node: &Arc<dyn Node>) -> ninep::Result<u64> {
    node.getattr(&it.peer, 0x7ff)
        .get()
        .await
        .map(|attr| attr.size)
}

#[tokio::test]
async fn looking_takes_no_descriptor_and_reading_takes_one() {
    let (it, budget) = three();
    let node = it.walk("two").await.unwrap();
    assert_eq!(size(&it, &node).await.unwrap(), 3);
    assert_eq!(budget.used(), 1, "the root's");
    assert_eq!(text(&it, &node).await.unwrap(), "two");
    assert_eq!(budget.used(), 2);
    drop(node);
    assert_eq!(budget.used(), 1);
}

#[tokio::test]
async fn who_may_read_is_looked_at_for_each_who_opens() {
    let (it, budget) = three();
    let node = it.walk("two").await.unwrap();
    let first = node.open(&it.peer, OpenFlags::RDONLY).get().await.unwrap();
    assert_eq!(budget.used(), 2);
    fs::set_permissions(it.at("two"), Permissions::from_mode(0o600)).unwrap();
    let second = node.open(&it.peer, OpenFlags::RDONLY).get().await.unwrap();
    assert_eq!(budget.used(), 3, "opened anew, as its mode has changed");
    assert_eq!(it.read(&first).await.unwrap(), "two");
    assert_eq!(it.read(&second).await.unwrap(), "two");
}

#[tokio::test]
async fn one_descriptor_serves_all_who_read_and_none_who_write() {
    let (it, budget) = three();
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
async fn what_is_no_plain_file_is_held_and_not_touched() {
    let (it, budget) = three();
    let fifo = it.at("fifo");
    rustix::fs::mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    std::os::unix::fs::symlink("one", it.at("link")).unwrap();
    fs::create_dir(it.at("folder")).unwrap();
    let nodes: Vec<Arc<dyn Node>> = vec![
        it.walk("fifo").await.unwrap(),
        it.walk("link").await.unwrap(),
        it.walk("folder").await.unwrap(),
    ];
    assert_eq!(budget.used(), 4);
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
async fn what_others_moved_or_replaced_is_gone_and_never_another_file() {
    let (it, budget) = three();
    let (moved, replaced) = (it.walk("one").await.unwrap(), it.walk("two").await.unwrap());
    let (swapped, open) = (
        it.walk("three").await.unwrap(),
        it.walk("three").await.unwrap(),
    );
    assert_eq!(text(&it, &open).await.unwrap(), "three");
    fs::rename(it.at("one"), it.outside("one")).unwrap();
    fs::write(it.at("new"), "new").unwrap();
    fs::rename(it.at("new"), it.at("two")).unwrap();
    fs::remove_file(it.at("three")).unwrap();
    std::os::unix::fs::symlink(it.outside("secret"), it.at("three")).unwrap();
    for node in [&moved, &replaced, &swapped] {
        assert_eq!(size(&it, node).await.unwrap_err().errno(), Errno::NOENT);
        assert_eq!(text(&it, node).await.unwrap_err().errno(), Errno::NOENT);
        let writer = node.open(&it.peer, OpenFlags::RDWR).get().await.map(|_| ());
        assert_eq!(writer.unwrap_err().errno(), Errno::NOENT);
    }
    // What was opened once has its file whatever becomes of the name.
    assert_eq!(text(&it, &open).await.unwrap(), "three");
    assert_eq!(size(&it, &open).await.unwrap(), 5);
    drop((moved, replaced, swapped, open));
    assert_eq!(budget.used(), 1);
}

#[tokio::test]
async fn without_a_descriptor_left_no_name_is_taken_from_a_file_that_is_known_by_it() {
    let budget = Budget::new(3);
    let it = Fixture::with(budget.clone());
    for name in ["one", "two", "three"] {
        fs::write(it.at(name), name).unwrap();
    }
    let two = it.walk("two").await.unwrap();
    let others = (
        it.open("one", OpenFlags::RDONLY).await.unwrap(),
        it.open("three", OpenFlags::RDONLY).await.unwrap(),
    );
    assert_eq!(text(&it, &two).await.unwrap_err().errno(), Errno::NFILE);
    let root = it.export.root();
    let refused = root.unlink(&it.peer, "two", false).get().await;
    assert_eq!(refused.unwrap_err().errno(), Errno::NFILE);
    assert!(it.at("two").exists());
    drop(others);
    root.unlink(&it.peer, "two", false).get().await.unwrap();
    assert_eq!(text(&it, &two).await.unwrap(), "two");
    assert_eq!(budget.used(), 2);
}

/// What clients do with a handful of names in one folder.
#[derive(Debug, Clone)]
enum Step {
    Make(usize),
    Walk(usize),
    /// Of the nodes that were walked to.
    Open(usize),
    Forget(usize),
    Remove(usize),
    Rename(usize, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = 0..4_usize;
    let step = prop_oneof![
        1 => name.clone().prop_map(Step::Make),
        3 => name.clone().prop_map(Step::Walk),
        1 => (0..100_usize).prop_map(Step::Open),
        1 => (0..100_usize).prop_map(Step::Forget),
        1 => name.clone().prop_map(Step::Remove),
        1 => (name.clone(), name).prop_map(|(from, to)| Step::Rename(from, to)),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_node_stays_with_its_file_whatever_clients_do_to_the_names(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let budget = Budget::new(1000);
            let it = Fixture::with(budget.clone());
            let root = it.export.root();
            let name = |index: usize| format!("name-{index}");
            // Each node with the number that its file was given when it was made, and that is its content.
            let mut nodes: Vec<(Arc<dyn Node>, String)> = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                match step {
                    Step::Make(at) => {
                        if let Ok(made) = root.create(&it.peer, &name(at), OpenFlags::RDWR | OpenFlags::EXCL, 0o644).get().await {
                            it.write(&made.file, 0, number.to_string().as_bytes()).await.unwrap();
                        }
                    }
                    Step::Walk(at) => {
                        if let Ok(node) = root.walk(&it.peer, &name(at)).get().await {
                            nodes.push((node, fs::read_to_string(it.at(&name(at))).unwrap()));
                        }
                    }
                    Step::Open(at) if !nodes.is_empty() => {
                        let (node, content) = &nodes[at % nodes.len()];
                        assert_eq!(&text(&it, node).await.unwrap(), content);
                    }
                    Step::Forget(at) if !nodes.is_empty() => drop(nodes.swap_remove(at % nodes.len())),
                    Step::Remove(at) => drop(root.unlink(&it.peer, &name(at), false).get().await),
                    Step::Rename(from, to) => drop(root.rename(&it.peer, &name(from), &root, &name(to)).get().await),
                    Step::Open(_) | Step::Forget(_) => {}
                }
                for (node, content) in &nodes {
                    assert_eq!(size(&it, node).await.unwrap(), content.len() as u64);
                }
            }
            for (node, content) in &nodes {
                assert_eq!(&text(&it, node).await.unwrap(), content);
            }
            nodes.clear();
            assert_eq!(budget.used(), 1, "the root's");
        });
    }
}
