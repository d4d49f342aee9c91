//! Reads, writes, listings, attributes, locks.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use ninep::wire::{DirEntry, FileLock, Rmsg, SetAttr, Tmsg};

use super::errno::{EEXIST, ENOTEMPTY};
use crate::raw::{Raw, Seen, attach};
use crate::world::World;

const RDWR: u32 = 2;
const EXCL: u32 = 0o200;
const TRUNC: u32 = 0o1000;
const APPEND: u32 = 0o2000;

/// Makes `name` in the root as `fid`, open to read and write.
async fn create(raw: &mut Raw, fid: u32, name: &str, flags: u32) -> Seen<Rmsg> {
    raw.walk(0, fid, &[]).await?;
    raw.ok(Tmsg::Lcreate {
        fid,
        name: name.into(),
        flags: RDWR | flags,
        mode: 0o644,
        gid: 0,
    })
    .await
}

async fn write(raw: &mut Raw, fid: u32, offset: u64, data: &'static str) -> Seen {
    match raw
        .ok(Tmsg::Write {
            fid,
            offset,
            data: data.into(),
        })
        .await?
    {
        Rmsg::Write { count } if count as usize == data.len() => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

async fn page(raw: &mut Raw, fid: u32, offset: u64, count: u32) -> Seen<Vec<DirEntry>> {
    match raw.ok(Tmsg::Readdir { fid, offset, count }).await? {
        Rmsg::Readdir { data } if data.len() <= count as usize => {
            DirEntry::decode_all(data).map_err(|error| format!("a listing that is none: {error}"))
        }
        other => Err(format!("{other:.80?}")),
    }
}

pub(crate) async fn an_answer_never_exceeds_the_agreed_size(world: &World) -> Seen {
    world.furnish_many();
    const MSIZE: usize = 8192;
    let mut raw = world.versioned(8192).await?;
    raw.ok(attach(0, &world.files())).await?;
    raw.open(1, "big", 0).await?;
    raw.open(2, "many", 0).await?;
    for count in [8192 - 24, 8192 - 11, 8192, 100_000] {
        for request in [
            Tmsg::Read {
                fid: 1,
                offset: 0,
                count,
            },
            Tmsg::Readdir {
                fid: 2,
                offset: 0,
                count,
            },
        ] {
            let kind = request.kind();
            raw.send(1, request).await;
            match raw.frame().await? {
                Some(frame) if frame.len() <= MSIZE => {}
                Some(frame) => {
                    return Err(format!("request {kind} for {count}: {} bytes", frame.len()));
                }
                None => return Err(format!("request {kind} for {count}: hung up")),
            }
        }
    }
    Ok(())
}

pub(crate) async fn a_read_of_4_gib_gives_one_frame(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "big", 0).await?;
    for count in [u32::MAX, u32::MAX - 10, 1 << 31] {
        match raw.read(1, 0, count).await?.len() {
            60_000..=65_529 => {}
            other => return Err(format!("{other} bytes")),
        }
    }
    Ok(())
}

pub(crate) async fn a_write_that_says_4_gib_ends_the_connection(world: &World) -> Seen {
    for count in [u32::MAX, u32::MAX - 22, 1 << 31, 100] {
        let mut raw = world.attached().await?;
        create(&mut raw, 1, &format!("victim-{count}"), 0).await?;
        let mut frame = Tmsg::Write {
            fid: 1,
            offset: 0,
            data: "ten bytes!".into(),
        }
        .encode(1)
        .to_vec();
        frame[19..23].copy_from_slice(&count.to_le_bytes());
        raw.bytes(&frame).await;
        raw.refused_or_closed().await?;
    }
    Ok(())
}

pub(crate) async fn a_read_beyond_the_end_is_empty(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "file", 0).await?;
    for offset in [5, 6, 1 << 40] {
        if !raw.read(1, offset, 10).await?.is_empty() {
            return Err(format!("bytes at {offset}"));
        }
    }
    // No file is so long: nothing, or an error.
    raw.send(
        1,
        Tmsg::Read {
            fid: 1,
            offset: u64::MAX,
            count: 10,
        },
    )
    .await;
    match raw.next().await? {
        Some((_, Rmsg::Read { data })) if data.is_empty() => Ok(()),
        Some((_, Rmsg::Lerror { .. })) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_write_at_the_end_of_all_numbers_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "far", 0).await?;
    for offset in [u64::MAX, u64::MAX - 5, 1 << 63] {
        raw.refused(Tmsg::Write {
            fid: 1,
            offset,
            data: "0123456789".into(),
        })
        .await?;
    }
    match fs::metadata(world.path("far")).map(|meta| meta.len()) {
        Ok(0) => Ok(()),
        other => Err(format!("{other:?} bytes were written")),
    }
}

pub(crate) async fn the_unit_of_transfer_is_left_to_the_client(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    match raw.ok(Tmsg::Lopen { fid: 1, flags: 0 }).await? {
        Rmsg::Lopen { iounit: 0, .. } => {}
        other => return Err(format!("{other:?}")),
    }
    match create(&mut raw, 2, "made", 0).await? {
        Rmsg::Lcreate { iounit: 0, .. } => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_folder_lists_every_name_once(world: &World) -> Seen {
    world.furnish_many();
    let mut raw = world.attached().await?;
    raw.open(1, "many", 0).await?;
    let (mut names, mut offset, mut all) = (BTreeSet::new(), 0, 0);
    loop {
        let entries = page(&mut raw, 1, offset, 2000).await?;
        let Some(last) = entries.last() else { break };
        offset = last.offset;
        for entry in entries
            .iter()
            .filter(|entry| !matches!(entry.name.as_str(), "." | ".."))
        {
            names.insert(entry.name.to_string());
            all += 1;
        }
    }
    if (names.len(), all) == (600, 600) {
        Ok(())
    } else {
        Err(format!("{} names, {all} entries", names.len()))
    }
}

pub(crate) async fn a_folder_is_listed_on_from_any_place(world: &World) -> Seen {
    world.furnish_many();
    let mut raw = world.attached().await?;
    raw.open(1, "many", 0).await?;
    let first = page(&mut raw, 1, 0, 4000).await?;
    let middle = &first[first.len() / 2];
    let again = page(&mut raw, 1, middle.offset, 4000).await?;
    let (was, is) = (
        first[first.len() / 2 + 1].name.clone(),
        again.first().map(|entry| entry.name.clone()),
    );
    if is != Some(was.clone()) {
        return Err(format!("after {}: {is:?}, not {was}", middle.name));
    }
    // And from the beginning, as rewinddir(3) wants it.
    let start = page(&mut raw, 1, 0, 4000).await?;
    if start.first() == first.first() {
        Ok(())
    } else {
        Err("the beginning is another".to_owned())
    }
}

pub(crate) async fn a_listing_without_room_for_a_name_is_an_error(world: &World) -> Seen {
    world.furnish_many();
    let mut raw = world.attached().await?;
    raw.open(1, "many", 0).await?;
    // "Nothing" would mean that the folder ends here. `.` and `..` may come first where they are listed.
    let mut offset = 0;
    for _ in 0..3 {
        raw.send(
            1,
            Tmsg::Readdir {
                fid: 1,
                offset,
                count: 30,
            },
        )
        .await;
        match raw.next().await? {
            Some((_, Rmsg::Lerror { ecode: 1.. })) => return Ok(()),
            Some((_, Rmsg::Readdir { data })) => {
                match DirEntry::decode_all(data).unwrap_or_default().last() {
                    Some(entry) => offset = entry.offset,
                    None => return Err("the folder ends".to_owned()),
                }
            }
            other => return Err(format!("{other:?}")),
        }
    }
    Err("names that do not fit were listed".to_owned())
}

pub(crate) async fn a_folder_is_not_read_as_a_file(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "sub", 0).await?;
    raw.refused(Tmsg::Read {
        fid: 1,
        offset: 0,
        count: 100,
    })
    .await?;
    raw.open(2, "file", 0).await?;
    raw.refused(Tmsg::Readdir {
        fid: 2,
        offset: 0,
        count: 100,
    })
    .await
    .map(drop)
}

pub(crate) async fn an_unlink_through_an_open_folder_works(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "short-lived", 0).await?;
    raw.open(2, "", 0).await?;
    raw.ok(Tmsg::Unlinkat {
        dirfid: 2,
        name: "short-lived".into(),
        flags: 0,
    })
    .await?;
    if world.path("short-lived").exists() {
        Err("it is there".to_owned())
    } else {
        Ok(())
    }
}

pub(crate) async fn a_folder_is_removed_only_when_empty_and_as_one(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    let unlink = |name: &str, flags| Tmsg::Unlinkat {
        dirfid: 0,
        name: name.into(),
        flags,
    };
    raw.refused_with(ENOTEMPTY, unlink("sub", 0x200)).await?;
    raw.refused(unlink("sub", 0)).await?;
    raw.refused(unlink("file", 0x200)).await?;
    raw.ok(Tmsg::Mkdir {
        dfid: 0,
        name: "empty".into(),
        mode: 0o755,
        gid: 0,
    })
    .await?;
    raw.ok(unlink("empty", 0x200)).await.map(drop)
}

pub(crate) async fn a_sync_takes_its_flag(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "synced", 0).await?;
    write(&mut raw, 1, 0, "durable").await?;
    for datasync in [0, 1] {
        raw.ok(Tmsg::Fsync { fid: 1, datasync }).await?;
    }
    raw.refused(Tmsg::Fsync {
        fid: 77,
        datasync: 0,
    })
    .await
    .map(drop)
}

pub(crate) async fn appends_go_to_the_end(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "log", 0).await?;
    write(&mut raw, 1, 0, "one ").await?;
    raw.open(2, "log", 1 | APPEND).await?;
    write(&mut raw, 2, 0, "two ").await?;
    write(&mut raw, 1, 0, "ONE ").await?;
    write(&mut raw, 2, 0, "three").await?;
    match fs::read_to_string(world.path("log")) {
        Ok(text) if text == "ONE two three" => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn an_exclusive_create_makes_a_file_once(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "mine", EXCL).await?;
    raw.walk(0, 2, &[]).await?;
    let again = Tmsg::Lcreate {
        fid: 2,
        name: "mine".into(),
        flags: RDWR | EXCL,
        mode: 0o644,
        gid: 0,
    };
    raw.refused_with(EEXIST, again).await?;
    // A create that is refused leaves the fid at the folder.
    raw.walk(2, 3, &["mine"]).await.map(drop)
}

pub(crate) async fn an_open_may_cut(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "cut", 0).await?;
    write(&mut raw, 1, 0, "long text").await?;
    raw.open(2, "cut", RDWR | TRUNC).await?;
    if raw.read(1, 0, 100).await?.is_empty() {
        Ok(())
    } else {
        Err("it is as long as it was".to_owned())
    }
}

pub(crate) async fn set_id_bits_go_at_a_write(world: &World) -> Seen {
    let path = world.path("tool");
    let tell = |error: std::io::Error| error.to_string();
    fs::write(&path, "x").map_err(tell)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o6755)).map_err(tell)?;
    let mut raw = world.attached().await?;
    raw.open(1, "tool", 1).await?;
    write(&mut raw, 1, 0, "evil").await?;
    match fs::metadata(&path).map_err(tell)?.mode() & 0o7777 {
        0o755 => Ok(()),
        mode => Err(format!("mode {mode:o}")),
    }
}

pub(crate) async fn a_size_beyond_all_disks_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "vast", 0).await?;
    for size in [u64::MAX, 1 << 63] {
        raw.refused(Tmsg::Setattr {
            fid: 1,
            attr: SetAttr::size(size),
        })
        .await?;
    }
    raw.ok(Tmsg::Setattr {
        fid: 1,
        attr: SetAttr::size(12),
    })
    .await
    .map(drop)
}

pub(crate) async fn attributes_are_those_of_the_file(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["sub", "deep", "leaf"]).await?;
    let meta = fs::metadata(world.path("sub/deep/leaf")).map_err(|error| error.to_string())?;
    match raw
        .ok(Tmsg::Getattr {
            fid: 1,
            mask: 0x3fff,
        })
        .await?
    {
        Rmsg::Getattr { attr }
            if (attr.mode, attr.size, attr.nlink, attr.uid) == (meta.mode(), 4, 1, meta.uid())
                && attr.mtime.sec.cast_signed() == meta.mtime() =>
        {
            Ok(())
        }
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_disk_has_a_size(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    match raw.ok(Tmsg::Statfs { fid: 0 }).await? {
        Rmsg::Statfs { statfs }
            if statfs.blocks > 0 && statfs.bsize > 0 && statfs.namelen >= 255 =>
        {
            Ok(())
        }
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_vast_extended_attribute_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for (fid, size) in [(1, u64::MAX), (2, 1 << 40), (3, 65_537)] {
        raw.walk(0, fid, &["file"]).await?;
        raw.refused(Tmsg::Xattrcreate {
            fid,
            name: "user.x".into(),
            size,
            flags: 0,
        })
        .await?;
    }
    Ok(())
}

pub(crate) async fn an_extended_attribute_that_is_not_there_makes_no_fid(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.refused(Tmsg::Xattrwalk {
        fid: 1,
        newfid: 2,
        name: "user.none".into(),
    })
    .await?;
    raw.has_no_fid(2).await
}

pub(crate) async fn extended_attributes_are_kept(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.walk(1, 2, &[]).await?;
    raw.ok(Tmsg::Xattrcreate {
        fid: 2,
        name: "user.note".into(),
        size: 4,
        flags: 0,
    })
    .await?;
    write(&mut raw, 2, 0, "kept").await?;
    raw.ok(Tmsg::Clunk { fid: 2 }).await?;
    match raw
        .ok(Tmsg::Xattrwalk {
            fid: 1,
            newfid: 3,
            name: "user.note".into(),
        })
        .await?
    {
        Rmsg::Xattrwalk { size: 4 } => {}
        other => return Err(format!("{other:?}")),
    }
    if raw.read(3, 0, 100).await? == "kept" {
        Ok(())
    } else {
        Err("another value".to_owned())
    }
}

pub(crate) async fn a_lock_in_the_way_answers_at_once(world: &World) -> Seen {
    let lock = |fid, kind, proc_id| Tmsg::Lock {
        fid,
        kind,
        flags: 1,
        start: 0,
        length: 0,
        proc_id,
        client_id: format!("machine-{proc_id}").as_str().into(),
    };
    let status = |answer: Rmsg| match answer {
        Rmsg::Lock { status } => Ok(status),
        other => Err(format!("{other:?}")),
    };
    let mut ann = world.attached().await?;
    ann.open(1, "file", RDWR).await?;
    let mut bob = world.attached().await?;
    bob.open(1, "file", RDWR).await?;
    if status(ann.ok(lock(1, 1, 1)).await?)? != 0 {
        return Err("nobody was in the way".to_owned());
    }
    if status(bob.ok(lock(1, 1, 2)).await?)? != 1 {
        return Err("two hold one lock".to_owned());
    }
    let asked = FileLock {
        kind: 1,
        start: 0,
        length: 0,
        proc_id: 2,
        client_id: "machine-2".into(),
    };
    match bob
        .ok(Tmsg::Getlock {
            fid: 1,
            lock: asked,
        })
        .await?
    {
        Rmsg::Getlock { lock } if lock.kind == 1 => {}
        other => return Err(format!("{other:?}")),
    }
    ann.ok(Tmsg::Clunk { fid: 1 }).await?;
    if status(bob.ok(lock(1, 1, 2)).await?)? == 0 {
        Ok(())
    } else {
        Err("a lock without a holder".to_owned())
    }
}

pub(crate) async fn a_hard_link_is_a_second_name(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.ok(Tmsg::Link {
        dfid: 0,
        fid: 1,
        name: "second".into(),
    })
    .await?;
    match raw
        .ok(Tmsg::Getattr {
            fid: 1,
            mask: 0x7ff,
        })
        .await?
    {
        Rmsg::Getattr { attr } if attr.nlink == 2 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_rename_replaces(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    create(&mut raw, 1, "new-text", 0).await?;
    write(&mut raw, 1, 0, "new").await?;
    create(&mut raw, 2, "text", 0).await?;
    write(&mut raw, 2, 0, "old").await?;
    let (oldname, newname) = ("new-text".into(), "text".into());
    raw.ok(Tmsg::Renameat {
        olddirfid: 0,
        oldname,
        newdirfid: 0,
        newname,
    })
    .await?;
    match fs::read_to_string(world.path("text")) {
        Ok(text) if text == "new" && !world.path("new-text").exists() => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
