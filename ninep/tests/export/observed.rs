//! What an observer hears.

use ninep::tree::OpenFlags;
use ninep::wire::SetAttr;

use crate::fixture::{Fixture, Sums};

#[tokio::test]
async fn a_file_is_told_once_when_the_last_writer_closes_it() {
    let it = Fixture::new();
    let first = it.create("file", OpenFlags::WRONLY).await.unwrap();
    let second = it.open("file", OpenFlags::RDWR).await.unwrap();
    let reader = it.open("file", OpenFlags::RDONLY).await.unwrap();
    it.write(&first, 0, b"123").await.unwrap();
    drop(first);
    it.write(&second, 3, b"45").await.unwrap();
    assert_eq!(
        it.ledger.lines(),
        ["made File file", "written 0 3", "written 3 5"]
    );
    drop(second);
    assert_eq!(it.ledger.lines(), ["created file 5"]);
    drop(reader);
    drop(it.open("file", OpenFlags::RDWR).await.unwrap());
    assert!(it.ledger.lines().is_empty(), "nothing was written");
    drop(
        it.open("file", OpenFlags::WRONLY | OpenFlags::TRUNC)
            .await
            .unwrap(),
    );
    assert_eq!(it.ledger.lines(), ["written 5 0", "changed file 0"]);
    it.walk("file")
        .await
        .unwrap()
        .setattr(&it.peer, SetAttr::size(9))
        .get()
        .await
        .unwrap();
    assert_eq!(it.ledger.lines(), ["written 0 9", "changed file 9"]);
}

#[tokio::test]
async fn a_file_is_told_under_the_name_it_has_when_it_is_closed() {
    let it = Fixture::new();
    it.mkdir("folder").await.unwrap();
    let file = it.create("folder/.part", OpenFlags::WRONLY).await.unwrap();
    it.write(&file, 0, b"123").await.unwrap();
    it.rename("folder/.part", "whole").await.unwrap();
    drop(file);
    let heard = it.ledger.lines();
    assert_eq!(
        heard[3..],
        ["renamed folder/.part whole 3 None", "created whole 3"]
    );
}

#[tokio::test]
async fn what_loses_its_name_takes_its_bytes_along_at_once() {
    let it = Fixture::new();
    let file = it.create("file", OpenFlags::WRONLY).await.unwrap();
    it.write(&file, 0, b"12345").await.unwrap();
    it.unlink("file", false).await.unwrap();
    assert_eq!(it.ledger.sums(), Sums::default());
    it.write(&file, 5, b"more that nobody can reach")
        .await
        .unwrap();
    drop(file);
    assert_eq!(it.ledger.sums(), Sums::default());
    assert_eq!(
        it.ledger.lines(),
        ["made File file", "written 0 5", "removed File file 5"]
    );
}

#[tokio::test]
async fn a_rename_over_a_file_tells_what_it_replaced() {
    let it = Fixture::new();
    it.put("old", b"12345").await.unwrap();
    it.put("new", b"123").await.unwrap();
    it.ledger.lines();
    it.rename("new", "old").await.unwrap();
    assert_eq!(it.ledger.lines(), ["renamed new old 3 Some((File, 5))"]);
    it.rename("old", "old").await.unwrap();
    assert!(it.ledger.lines().is_empty(), "nothing moved");
    assert_eq!(
        it.ledger.sums(),
        Sums {
            files: 1,
            folders: 0,
            bytes: 3
        }
    );
}
