//! Fids: how they are made, moved, opened and forgotten.

use std::fs;

use ninep::wire::{Rmsg, Tmsg};

use super::errno::{EBADF, ENOTEMPTY};
use crate::raw::{Seen, walk};
use crate::world::World;

const WRONLY: u32 = 1;

pub(crate) async fn a_walk_onto_a_used_fid_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.refused(walk(0, 1, &["sub"])).await?;
    raw.ok(Tmsg::Lopen { fid: 1, flags: 0 }).await?;
    if raw.read(1, 0, 9).await? == "hello" {
        Ok(())
    } else {
        Err("the fid moved".to_owned())
    }
}

pub(crate) async fn a_walk_of_a_part_makes_no_fid(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    let qids = raw.walk(0, 1, &["sub", "none", "leaf"]).await?;
    if qids.len() != 1 {
        return Err(format!("{} qids for one name", qids.len()));
    }
    raw.has_no_fid(1).await?;
    // The number is free.
    raw.walk(0, 1, &["sub", "deep"]).await.map(drop)
}

pub(crate) async fn a_walk_that_fails_at_once_is_an_error(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.refused_with(2, walk(0, 1, &["none", "leaf"])).await?;
    raw.has_no_fid(1).await
}

pub(crate) async fn a_walk_of_no_names_makes_a_second_fid(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.walk(1, 2, &[]).await?;
    raw.ok(Tmsg::Clunk { fid: 1 }).await?;
    raw.has_fid(2).await
}

pub(crate) async fn a_walk_onto_itself_moves_the_fid(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["sub"]).await?;
    raw.walk(1, 1, &["deep"]).await?;
    raw.walk(1, 2, &["leaf"]).await?;
    // A move that fails leaves it where it is.
    raw.refused(walk(1, 1, &["none"])).await?;
    raw.walk(1, 3, &["leaf"]).await.map(drop)
}

pub(crate) async fn a_walk_from_an_open_fid_is_a_walk(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "sub", 0).await?;
    raw.walk(1, 2, &["deep", "leaf"]).await?;
    raw.walk(1, 3, &[]).await?;
    raw.ok(Tmsg::Lopen { fid: 3, flags: 0 }).await.map(drop)
}

pub(crate) async fn an_open_fid_does_not_move(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "sub", 0).await?;
    raw.refused(walk(1, 1, &["deep"])).await?;
    raw.walk(1, 2, &["deep"]).await.map(drop)
}

pub(crate) async fn a_walk_of_17_names_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.send(1, walk(0, 1, &[".."; 17])).await;
    raw.refused_or_closed().await?;
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &[".."; 16]).await.map(drop)
}

pub(crate) async fn a_walk_through_a_file_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.refused(walk(1, 2, &["x"])).await?;
    raw.has_no_fid(2).await
}

pub(crate) async fn a_fid_is_opened_once(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "file", 0).await?;
    raw.refused(Tmsg::Lopen { fid: 1, flags: 0 }).await?;
    raw.open(2, "sub", 0).await?;
    let (name, gid) = ("new".into(), 0);
    raw.refused(Tmsg::Lcreate {
        fid: 2,
        name,
        flags: 2,
        mode: 0o644,
        gid,
    })
    .await
    .map(drop)
}

pub(crate) async fn what_is_not_open_is_not_read_or_written(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.refused(Tmsg::Read {
        fid: 1,
        offset: 0,
        count: 1,
    })
    .await?;
    raw.refused(Tmsg::Write {
        fid: 1,
        offset: 0,
        data: "x".into(),
    })
    .await?;
    raw.refused(Tmsg::Readdir {
        fid: 0,
        offset: 0,
        count: 1000,
    })
    .await
    .map(drop)
}

pub(crate) async fn what_is_open_for_one_is_not_used_for_the_other(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "file", 0).await?;
    raw.refused(Tmsg::Write {
        fid: 1,
        offset: 0,
        data: "x".into(),
    })
    .await?;
    raw.open(2, "file", WRONLY).await?;
    raw.refused(Tmsg::Read {
        fid: 2,
        offset: 0,
        count: 1,
    })
    .await?;
    raw.walk(0, 3, &["sub"]).await?;
    raw.refused(Tmsg::Lopen {
        fid: 3,
        flags: WRONLY,
    })
    .await
    .map(drop)
}

pub(crate) async fn a_remove_forgets_the_fid(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.ok(Tmsg::Remove { fid: 1 }).await?;
    raw.refused_with(EBADF, Tmsg::Clunk { fid: 1 }).await?;
    if world.path("file").exists() {
        return Err("the file is there".to_owned());
    }
    fs::write(world.path("file"), "hello").map_err(|error| error.to_string())
}

pub(crate) async fn a_remove_that_fails_forgets_the_fid(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["sub"]).await?;
    raw.refused_with(ENOTEMPTY, Tmsg::Remove { fid: 1 }).await?;
    raw.refused_with(EBADF, Tmsg::Clunk { fid: 1 }).await
}

pub(crate) async fn a_clunk_of_an_unknown_fid_is_only_an_error(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for fid in [1, 77, u32::MAX] {
        raw.refused_with(EBADF, Tmsg::Clunk { fid }).await?;
    }
    raw.has_fid(0).await
}

pub(crate) async fn fids_have_a_limit(world: &World) -> Seen {
    const BATCH: u32 = 500;
    let mut raw = world.attached().await?;
    for first in (1..70_001).step_by(BATCH as usize) {
        let made = (first..first + BATCH).zip(1_u16..);
        let frames: Vec<u8> = made
            .flat_map(|(fid, tag)| walk(0, fid, &[]).encode(tag).to_vec())
            .collect();
        raw.bytes(&frames).await;
        let mut refused = 0;
        for _ in 0..BATCH {
            match raw.next().await? {
                Some((_, Rmsg::Walk { .. })) => {}
                Some((_, Rmsg::Lerror { ecode: 1.. })) => refused += 1,
                other => return Err(format!("{other:?}")),
            }
        }
        if refused > 0 {
            // Who is at the limit goes on with what they have.
            raw.has_fid(0).await?;
            raw.ok(Tmsg::Clunk { fid: 1 }).await?;
            return raw.walk(0, 1, &["file"]).await.map(drop);
        }
    }
    Err("70,000 fids were given out".to_owned())
}

pub(crate) async fn a_fid_survives_the_rename_of_its_file(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "sub/deep/leaf", 0).await?;
    raw.walk(0, 2, &["sub", "deep", "leaf"]).await?;
    let rename = |old: &str, new: &str| Tmsg::Renameat {
        olddirfid: 0,
        oldname: old.into(),
        newdirfid: 0,
        newname: new.into(),
    };
    raw.ok(rename("sub", "other")).await?;
    if raw.read(1, 0, 9).await? != "leaf" {
        return Err("the open file is another".to_owned());
    }
    raw.ok(Tmsg::Lopen { fid: 2, flags: 0 }).await?;
    if raw.read(2, 0, 9).await? != "leaf" {
        return Err("the file is another".to_owned());
    }
    raw.ok(rename("other", "sub")).await.map(drop)
}

pub(crate) async fn a_removed_file_is_read_on(world: &World) -> Seen {
    fs::write(world.path("gone"), "still here").map_err(|error| error.to_string())?;
    let mut raw = world.attached().await?;
    raw.open(1, "gone", 2).await?;
    raw.ok(Tmsg::Unlinkat {
        dirfid: 0,
        name: "gone".into(),
        flags: 0,
    })
    .await?;
    if raw.read(1, 0, 99).await? != "still here" {
        return Err("the bytes are gone".to_owned());
    }
    raw.ok(Tmsg::Write {
        fid: 1,
        offset: 5,
        data: " THERE".into(),
    })
    .await?;
    match raw
        .ok(Tmsg::Getattr {
            fid: 1,
            mask: 0x7ff,
        })
        .await?
    {
        Rmsg::Getattr { attr } if attr.size == 11 && attr.nlink == 0 => {}
        other => return Err(format!("{other:?}")),
    }
    raw.ok(Tmsg::Clunk { fid: 1 }).await.map(drop)
}
