//! Too much of what is allowed.

use ninep::wire::{Rmsg, Tmsg};

use crate::victim::{Client, Victim, walk};

const MIB: u64 = 1 << 20;

#[tokio::test]
async fn a_flood_of_fids_ends_at_the_limit() {
    let victim = Victim::start().await;
    let mut client = victim.attached(8192).await;
    let mut made = 0_u32;
    'flood: for first in (1..100_000_u32).step_by(1000) {
        let frames: Vec<u8> = (first..first + 1000)
            .flat_map(|fid| walk(0, fid, &[]).encode(1).to_vec())
            .collect();
        // One tag for all: each is answered before the next is begun, or the connection would end.
        client.bytes(&frames).await;
        for _ in 0..1000 {
            match client.next().await.expect("the server goes on").1 {
                Rmsg::Walk { .. } => made += 1,
                Rmsg::Lerror { ecode: 24 } => break 'flood,
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(made, 65_535, "beside the root");
    victim.has_grown_at_most("65,536 fids", 48 * MIB);
    victim.serves().await;
}

#[tokio::test]
async fn a_flood_of_open_files_leaves_descriptors_for_others() {
    let victim = Victim::start().await;
    let mut clients = Vec::new();
    let mut refused = 0;
    // More than a process may have: clients take turns, so that the limit of each is not met.
    'flood: for _ in 0..40 {
        let mut client = victim.attached(8192).await;
        for fid in 1..1500 {
            match client.ask(walk(0, fid, &["file"])).await {
                Rmsg::Walk { .. } => {}
                Rmsg::Lerror { ecode: 23 | 24 } => {
                    refused += 1;
                    clients.push(client);
                    break 'flood;
                }
                other => panic!("{other:?}"),
            }
        }
        clients.push(client);
    }
    println!("{} clients, {refused} refused", clients.len());
    // New connections are taken, and those who let go of files make room.
    let mut client = victim.attached(8192).await;
    drop(clients);
    while !matches!(client.ask(walk(0, 1, &["file"])).await, Rmsg::Walk { .. }) {
        tokio::task::yield_now().await;
    }
    victim.serves().await;
}

#[tokio::test]
async fn a_flood_of_tags_is_answered_once_each() {
    const FLOOD: usize = 60_000;
    let victim = Victim::start().await;
    let mut client = victim.attached(8192).await;
    client.ok(walk(0, 1, &["file"])).await;
    let (reader, mut writer) = client.stream.into_split();
    let counting = Client::count_answers(reader);
    let flood: Vec<u8> = (0..FLOOD)
        .flat_map(|n| {
            let tag = u16::try_from(n).unwrap();
            Tmsg::Getattr {
                fid: 1,
                mask: 0x7ff,
            }
            .encode(tag)
            .to_vec()
        })
        .collect();
    tokio::io::AsyncWriteExt::write_all(&mut writer, &flood)
        .await
        .unwrap();
    drop(writer);
    assert_eq!(counting.await.unwrap(), FLOOD);
    victim.has_grown_at_most("60,000 tags", 16 * MIB);
    victim.serves().await;
}

#[tokio::test]
async fn who_does_not_read_the_answers_is_not_read_from() {
    let victim = Victim::start().await;
    let mut client = victim.attached(1 << 20).await;
    client.ok(walk(0, 1, &["big"])).await;
    client.ok(Tmsg::Lopen { fid: 1, flags: 0 }).await;
    // Each request of 23 bytes asks for a megabyte. It ends when nothing more is taken.
    let request = Tmsg::Read {
        fid: 1,
        offset: 0,
        count: 1 << 20,
    };
    let mut asked = 0_u64;
    let mut tag = 0;
    let stuck = std::time::Duration::from_millis(500);
    while tokio::time::timeout(stuck, client.send(tag, request.clone())).await == Ok(true) {
        asked += 1;
        tag = (tag + 1) % 60_000;
    }
    victim.has_grown_at_most("unread answers", 64 * MIB);
    println!("{asked} MiB were asked for");
    victim.serves().await;
    drop(client);
    victim.serves().await;
}

#[tokio::test]
async fn nothing_that_is_answered_can_be_asked_for_ever_without_reading() {
    let victim = Victim::start().await;
    let version = Tmsg::Version {
        msize: 8192,
        version: "9P2000.L".into(),
    };
    // A flush, a version, a request that nobody knows, one that is refused: each is answered at once.
    let storms = [
        Tmsg::Flush { oldtag: 7 }.encode(9).to_vec(),
        version.encode(u16::MAX).to_vec(),
        vec![7, 0, 0, 0, 2, 1, 0],
        Tmsg::Clunk { fid: 77 }.encode(1).to_vec(),
    ];
    for storm in storms {
        let mut client = victim.attached(8192).await;
        let batch = storm.repeat((64 << 10) / storm.len());
        let stuck = std::time::Duration::from_millis(500);
        let mut batches = 0;
        while tokio::time::timeout(stuck, client.bytes(&batch)).await == Ok(true) {
            batches += 1;
            assert!(batches < 1000, "64 MiB were taken from who reads nothing");
        }
        victim.has_grown_at_most("answers that nobody reads", 12 * MIB);
        victim.serves().await;
    }
}

#[tokio::test]
async fn a_storm_of_flushes_is_weathered() {
    const ROUNDS: u16 = 300;
    let victim = Victim::start().await;
    let mut client = victim.dial().await;
    client.greet(8192, "events").await;
    client.ok(walk(0, 1, &[])).await;
    client.ok(Tmsg::Lopen { fid: 1, flags: 0 }).await;
    let (reader, mut writer) = client.stream.into_split();
    let counting = Client::count_answers(reader);
    let mut sent = 0;
    for _ in 0..ROUNDS {
        let mut storm = Vec::new();
        for tag in 0..60 {
            // A read that waits, flushed three times over, and a flush of that flush.
            storm.extend(
                Tmsg::Read {
                    fid: 1,
                    offset: u64::MAX,
                    count: 100,
                }
                .encode(tag)
                .to_vec(),
            );
            for flush in 1..4 {
                storm.extend(
                    Tmsg::Flush { oldtag: tag }
                        .encode(tag + flush * 100)
                        .to_vec(),
                );
            }
            storm.extend(Tmsg::Flush { oldtag: tag + 100 }.encode(tag + 400).to_vec());
            sent += 4;
        }
        tokio::io::AsyncWriteExt::write_all(&mut writer, &storm)
            .await
            .unwrap();
    }
    drop(writer);
    let answers = counting.await.unwrap();
    assert!(answers >= sent, "{answers} answers to {sent} flushes");
    victim.has_grown_at_most("72,000 flushes", 8 * MIB);
    victim.serves().await;
}

#[tokio::test]
async fn a_thousand_connections_cost_little_and_lock_nobody_out() {
    const CLIENTS: u64 = 1000;
    let victim = Victim::start().await;
    let mut clients = Vec::new();
    for n in 0..CLIENTS {
        // Half of them say nothing at all.
        clients.push(if n % 2 == 0 {
            victim.attached(1 << 20).await
        } else {
            victim.dial().await
        });
    }
    victim.has_grown_at_most("1,000 connections", CLIENTS * (32 << 10));
    victim.serves().await;
    for client in clients.iter_mut().step_by(2) {
        client.ok(walk(0, 1, &["file"])).await;
    }
    drop(clients);
    victim.serves().await;
}
