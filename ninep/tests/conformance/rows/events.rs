//! Files that wait for events.

use ninep::wire::{Rmsg, Tmsg};

use super::errno::EBADF;
use crate::raw::{Raw, Seen, attach, walk};
use crate::world::World;

const fn read(fid: u32) -> Tmsg {
    Tmsg::Read {
        fid,
        offset: 0,
        count: 1000,
    }
}

async fn expect(raw: &mut Raw, wanted: u16) -> Seen<Rmsg> {
    match raw.next().await? {
        Some((tag, answer)) if tag == wanted => Ok(answer),
        other => Err(format!("{other:?}, not an answer for tag {wanted}")),
    }
}

pub(crate) async fn a_version_ends_reads_that_wait(world: &World) -> Seen {
    let mut raw = world.live().await?;
    raw.send(50, read(1)).await;
    raw.version(8192, "9P2000.L").await?;
    world
        .counter
        .feed
        .push(&serde_json::json!({"n": 1}))
        .unwrap();
    raw.ok(attach(0, "live")).await?;
    raw.refused_with(EBADF, read(1)).await
}

pub(crate) async fn a_flushed_read_is_never_answered_and_its_tag_is_free(world: &World) -> Seen {
    let mut raw = world.live().await?;
    raw.send(50, read(1)).await;
    raw.send(51, Tmsg::Flush { oldtag: 50 }).await;
    raw.send(52, Tmsg::Flush { oldtag: 50 }).await;
    for tag in [51, 52] {
        expect(&mut raw, tag).await?;
    }
    world
        .counter
        .feed
        .push(&serde_json::json!({"n": 1}))
        .unwrap();
    raw.send(50, walk(0, 2, &["status"])).await;
    match expect(&mut raw, 50).await? {
        Rmsg::Walk { .. } => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_tag_in_use_ends_the_connection(world: &World) -> Seen {
    let mut raw = world.live().await?;
    raw.send(50, read(1)).await;
    raw.send(50, Tmsg::Getattr { fid: 0, mask: 1 }).await;
    raw.closed().await
}

pub(crate) async fn a_flush_under_a_tag_in_use_ends_the_connection(world: &World) -> Seen {
    let mut raw = world.live().await?;
    raw.send(50, read(1)).await;
    raw.send(50, Tmsg::Flush { oldtag: 7 }).await;
    raw.closed().await
}

pub(crate) async fn a_clunk_is_not_held_up_by_a_read_that_waits(world: &World) -> Seen {
    let mut raw = world.live().await?;
    raw.open(2, "event@end", 0).await?;
    raw.send(50, read(1)).await;
    raw.send(51, read(2)).await;
    raw.send(52, Tmsg::Clunk { fid: 1 }).await;
    match expect(&mut raw, 50).await? {
        Rmsg::Lerror { .. } => {}
        other => return Err(format!("{other:?}")),
    }
    expect(&mut raw, 52).await?;
    // The read on the other fid goes on.
    world
        .counter
        .feed
        .push(&serde_json::json!({"n": 1}))
        .unwrap();
    match expect(&mut raw, 51).await? {
        Rmsg::Read { data } if !data.is_empty() => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn reads_that_wait_hold_up_nobody(world: &World) -> Seen {
    let mut raw = world.live().await?;
    for tag in 200..264 {
        raw.send(tag, read(1)).await;
    }
    for _ in 0..100 {
        raw.has_fid(0).await?;
    }
    world
        .counter
        .feed
        .push(&serde_json::json!({"n": 1}))
        .unwrap();
    for _ in 200..264 {
        match raw.next().await? {
            Some((_, Rmsg::Read { data })) if !data.is_empty() => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}

pub(crate) async fn one_event_too_many_reads_is_refused_and_the_rest_goes_on(
    world: &World,
) -> Seen {
    let mut raw = world.live().await?;
    for tag in 200..264 {
        raw.send(tag, read(1)).await;
    }
    raw.refused(read(1)).await?;
    raw.has_fid(0).await?;
    raw.send(300, Tmsg::Flush { oldtag: 200 }).await;
    expect(&mut raw, 300).await?;
    raw.send(301, read(1)).await;
    world
        .counter
        .feed
        .push(&serde_json::json!({"n": 1}))
        .unwrap();
    for _ in 200..264 {
        match raw.next().await? {
            Some((201..264 | 301, Rmsg::Read { .. })) => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}

pub(crate) async fn synthetic_files_have_version_0(world: &World) -> Seen {
    let mut raw = world.live().await?;
    for (fid, name) in [(10, "status"), (11, "event"), (12, "log"), (13, "ctl")] {
        for qid in raw.walk(0, fid, &[name]).await? {
            if qid.version != 0 {
                return Err(format!("{name} has version {}", qid.version));
            }
        }
    }
    // Those of a folder on disk have one, so that a client may keep what it read.
    let mut raw = world.attached().await?;
    match raw.walk(0, 1, &["file"]).await?[..] {
        [qid] if qid.version != 0 => Ok(()),
        ref other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn events_that_fire_inside_a_half_message_break_nothing(world: &World) -> Seen {
    let mut raw = world.live().await?;
    raw.send(50, read(1)).await;
    for (n, byte) in walk(0, 2, &["a", "b", "c"])
        .encode(51)
        .to_vec()
        .into_iter()
        .enumerate()
    {
        raw.bytes(&[byte]).await;
        world
            .counter
            .feed
            .push(&serde_json::json!({ "n": n }))
            .unwrap();
        tokio::task::yield_now().await;
    }
    let mut tags = Vec::new();
    for _ in 0..2 {
        tags.extend(raw.next().await?.map(|(tag, _)| tag));
    }
    tags.sort_unstable();
    if tags == [50, 51] {
        Ok(())
    } else {
        Err(format!("answers for {tags:?}"))
    }
}
