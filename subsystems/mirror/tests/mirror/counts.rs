//! The figures are those of the disk, at every moment.

use std::time::Instant;

use ninep::Errno;
use ninep::wire::SetAttr;
use rustix::process::Signal;
use tokio::task::JoinSet;

use crate::harness::{Place, Running, data, on_disk, sums};

/// A small generator of numbers that are the same in every run (Numerical Recipes' constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn path(&mut self) -> String {
        let names = ["a", "b", "c", "d"];
        let depth = 1 + self.roll(3);
        let parts: Vec<_> = (0..depth)
            .map(|_| names[usize::try_from(self.roll(4)).unwrap()])
            .collect();
        data(&parts.join("/"))
    }
}

/// Does something; refusals belong to it.
async fn act(mirror: &Running, dice: &mut Dice) {
    let ns = &mirror.ns;
    let path = dice.path();
    let size = dice.roll(5000);
    let done = match dice.roll(7) {
        0 | 1 => ns.put(&path, vec![1; usize::try_from(size).unwrap()]).await,
        2 | 3 => ns.mkdir(&path).await,
        4 => ns.remove(&path).await,
        5 => ns.rename(&path, &dice.path()).await,
        _ => match ns.fid(&path).await {
            Ok(fid) => fid.setattr(SetAttr::size(size)).await,
            Err(error) => Err(error),
        },
    };
    if let Err(error) = done {
        let fitting = [
            Errno::NOENT,
            Errno::NOTDIR,
            Errno::ISDIR,
            Errno::EXIST,
            Errno::NOTEMPTY,
            Errno::INVAL,
        ];
        assert!(fitting.contains(&error.errno()), "{error}");
    }
}

#[tokio::test]
async fn the_counts_are_those_of_the_disk_after_anything() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut dice = Dice(42);
    for round in 0..20 {
        for _ in 0..40 {
            act(&mirror, &mut dice).await;
        }
        assert_eq!(
            sums(&mirror.home().await),
            on_disk(&place.home("")),
            "round {round}"
        );
    }
    let before = mirror.home().await;
    let told = mirror.ctl("recount").await.unwrap();
    assert_eq!(told[0]["was-right"], true, "{told}");
    assert_eq!(mirror.home().await, before);
    assert!(before.files > 0 && before.folders > 0, "{before:?}");
}

#[tokio::test]
async fn a_recount_beside_writers_is_right() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut work = JoinSet::new();
    for writer in 0..4 {
        let ns = mirror.client();
        work.spawn(async move {
            for n in 0..60 {
                let path = data(&format!("{writer}-{n}"));
                ns.put(&path, vec![1; 100]).await.unwrap();
                if n % 3 == 0 {
                    ns.remove(&path).await.unwrap();
                }
            }
        });
    }
    while !work.is_empty() {
        assert_eq!(mirror.ctl("recount").await.unwrap()[0]["was-right"], true);
        while let Some(done) = work.try_join_next() {
            done.unwrap();
        }
    }
    assert_eq!(sums(&mirror.home().await), (160, 0, 16_000));
    assert_eq!(on_disk(&place.home("")), (160, 0, 16_000));
}

#[tokio::test]
async fn a_recount_finds_what_others_did_behind_its_back() {
    let place = Place::new();
    let mirror = place.start().await;
    std::fs::write(place.home("by hand"), "123").unwrap();
    assert_eq!(mirror.home().await.files, 0);
    let told = mirror.ctl("recount").await.unwrap();
    assert_eq!(
        (&told[0]["was-right"], &told[0]["counted"]["bytes"]),
        (&false.into(), &3.into())
    );
    assert_eq!(sums(&mirror.home().await), (1, 0, 3));
}

#[tokio::test]
async fn a_thousand_files_put_at_once_are_all_there() {
    let place = Place::new();
    let mirror = place.start().await;
    let mut events = mirror.follow().await;
    let begun = Instant::now();
    let mut puts = JoinSet::new();
    for n in 0..1000 {
        let ns = mirror.ns.clone();
        puts.spawn(async move { ns.put(&data(&format!("{n:04}")), format!("file {n}")).await });
    }
    while let Some(put) = puts.join_next().await {
        put.unwrap().unwrap();
    }
    println!("1000 puts: {:?}", begun.elapsed());
    assert_eq!(mirror.home().await.files, 1000);
    assert_eq!(mirror.ns.list(&data("")).await.unwrap().len(), 1000);
    assert_eq!(mirror.ns.read(&data("0777")).await.unwrap(), "file 777");
    for n in 1..=1000 {
        let (_, space) = events.file().await;
        assert!(space.files >= n);
    }
    let before = mirror.home().await;
    assert!(mirror.end(Signal::TERM).success());
    let mirror = place.start().await;
    assert_eq!(mirror.home().await, before);
}
