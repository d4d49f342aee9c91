//! Sizes and counts that are lies.

use ninep::wire::{Rmsg, Tmsg};

use crate::victim::{Victim, walk};

const MIB: u64 = 1 << 20;

#[tokio::test]
async fn a_size_that_is_a_lie_costs_the_liar_the_connection() {
    let victim = Victim::start().await;
    for size in [0, 6, 8193, 1 << 24, u32::MAX] {
        // Before a version, and after one.
        let mut client = victim.dial().await;
        client
            .bytes(&[&size.to_le_bytes()[..], &[100, 255, 255]].concat())
            .await;
        client.is_hung_up_on().await;
        let mut client = victim.attached(8192).await;
        client
            .bytes(&[&size.to_le_bytes()[..], &[118, 1, 0]].concat())
            .await;
        client.is_hung_up_on().await;
    }
    victim.has_grown_at_most("sizes that are lies", MIB);
    victim.serves().await;
}

#[tokio::test]
async fn a_count_that_is_a_lie_allocates_nothing() {
    let victim = Victim::start().await;
    for _ in 0..50 {
        // 65,535 names, 4 GiB of data, a string of 64 KiB, each in a few bytes.
        for body in [
            &[110, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 255, 255][..],
            &[
                118, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255,
            ],
            &[72, 1, 0, 0, 0, 0, 0, 255, 255],
        ] {
            let mut client = victim.attached(8192).await;
            let size = u32::try_from(body.len() + 4).unwrap();
            client
                .bytes(&[&size.to_le_bytes()[..], body].concat())
                .await;
            client.is_hung_up_on().await;
        }
    }
    victim.has_grown_at_most("counts that are lies", MIB);
    victim.serves().await;
}

#[tokio::test]
async fn reads_of_4_gib_get_one_frame_each() {
    let victim = Victim::start().await;
    let mut client = victim.attached(u32::MAX).await;
    client.ok(walk(0, 1, &["big"])).await;
    client.ok(Tmsg::Lopen { fid: 1, flags: 0 }).await;
    for _ in 0..20 {
        let Rmsg::Read { data } = client
            .ok(Tmsg::Read {
                fid: 1,
                offset: 0,
                count: u32::MAX,
            })
            .await
        else {
            panic!("it is read")
        };
        assert!(data.len() <= 8 << 20);
    }
    client.ok(walk(0, 2, &[])).await;
    client.ok(Tmsg::Lopen { fid: 2, flags: 0 }).await;
    client
        .ok(Tmsg::Readdir {
            fid: 2,
            offset: 0,
            count: u32::MAX,
        })
        .await;
    victim.has_grown_at_most("reads of 4 GiB", 16 * MIB);
    victim.serves().await;
}

#[tokio::test]
async fn a_walk_of_10_000_names_is_refused() {
    let victim = Victim::start().await;
    let mut client = victim.attached(1 << 20).await;
    let names = vec![".."; 10_000];
    for _ in 0..20 {
        assert!(matches!(
            client.ask(walk(0, 1, &names)).await,
            Rmsg::Lerror { ecode: 22 }
        ));
    }
    client.ok(walk(0, 1, &["file"])).await;
    victim.has_grown_at_most("walks of 10,000 names", 8 * MIB);
    victim.serves().await;
}

#[tokio::test]
async fn half_messages_held_open_cost_little() {
    const CLIENTS: usize = 200;
    let victim = Victim::start().await;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = victim.attached(1 << 20).await;
        // A megabyte is announced; ten bytes come.
        client.bytes(&[0, 0, 16, 0, 118, 1, 0, 0, 0, 0]).await;
        clients.push(client);
    }
    victim.serves().await;
    victim.has_grown_at_most(
        "200 halves of a megabyte's message",
        CLIENTS as u64 * (128 << 10),
    );
    drop(clients);
    victim.serves().await;
}
