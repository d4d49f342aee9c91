//! Version, attach, flush, and the shape of messages.

use ninep::wire::{HEADER, NO_FID, NO_TAG, Rmsg, Tmsg};

use crate::raw::{Did, Raw, Seen, attach, walk};
use crate::world::World;

pub(crate) async fn attach_before_a_version_ends_the_connection(world: &World) -> Seen {
    let mut raw = world.raw().await?;
    raw.send(1, attach(0, &world.files())).await;
    raw.refused_or_closed().await
}

pub(crate) async fn a_frame_size_of_16_is_refused(world: &World) -> Seen {
    match world.raw().await?.version(16, "9P2000.L").await? {
        Did::Refused(_) | Did::HungUp => Ok(()),
        Did::Answered(Rmsg::Version { version, .. }) if &*version == "unknown" => Ok(()),
        Did::Answered(answer) => Err(format!("accepted with {answer:?}")),
    }
}

pub(crate) async fn a_frame_size_of_4_gib_gets_the_servers_most(world: &World) -> Seen {
    match world.raw().await?.version(u32::MAX, "9P2000.L").await? {
        Did::Answered(Rmsg::Version { msize, .. }) if (8192..=64 << 20).contains(&msize) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn an_unknown_version_is_called_unknown(world: &World) -> Seen {
    match world.raw().await?.version(8192, "10P").await? {
        Did::Answered(Rmsg::Version { version, .. }) if &*version == "unknown" => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_later_version_falls_back(world: &World) -> Seen {
    match world.raw().await?.version(8192, "9P2000.L.later").await? {
        Did::Answered(Rmsg::Version { version, .. }) if version.starts_with("9P2000") => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_second_version_forgets_the_fids(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.open(1, "file", 0).await?;
    raw.version(8192, "9P2000.L").await?;
    raw.has_no_fid(1).await?;
    raw.ok(attach(0, &world.files())).await.map(drop)
}

pub(crate) async fn a_frame_shorter_than_its_head_ends_the_connection(world: &World) -> Seen {
    for size in [0_u8, 3, 6] {
        let mut raw = world.attached().await?;
        raw.bytes(&[size, 0, 0, 0, 120, 1, 0]).await;
        raw.closed().await?;
    }
    Ok(())
}

pub(crate) async fn a_frame_of_4_gib_ends_the_connection(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.bytes(&[255, 255, 255, 255, 116, 1, 0, 0, 0, 0, 0])
        .await;
    raw.closed().await
}

pub(crate) async fn a_frame_above_the_agreed_size_ends_the_connection(world: &World) -> Seen {
    let mut raw = world.versioned(8192).await?;
    raw.ok(attach(0, &world.files())).await?;
    raw.bytes(&[1, 32, 0, 0, 118, 1, 0]).await;
    raw.bytes(&[0; 8186]).await;
    raw.closed().await
}

/// An `Rreaddir` of 11 bytes that says it holds 4 GiB: it has killed two servers of four.
const ANSWER: [u8; 11] = [11, 0, 0, 0, 41, 1, 0, 255, 255, 255, 255];

async fn harmless(world: &World, mut raw: Raw) -> Seen {
    let told = tokio::time::timeout(std::time::Duration::from_secs(2), async {
        raw.bytes(&ANSWER).await;
        raw.refused_or_closed().await
    });
    // Silence is an answer, too: what counts is that everybody else is served.
    if let Ok(seen) = told.await {
        seen?;
    }
    world.serves().await
}

pub(crate) async fn an_answer_before_a_version_harms_nobody(world: &World) -> Seen {
    let raw = world.raw().await?;
    harmless(world, raw).await
}

pub(crate) async fn an_answer_after_the_attach_harms_nobody(world: &World) -> Seen {
    let raw = world.attached().await?;
    harmless(world, raw).await
}

pub(crate) async fn an_unknown_request_is_refused(world: &World) -> Seen {
    for kind in [0, 2, 38, 106, 112, 124, 126, 254] {
        let mut raw = world.attached().await?;
        raw.bytes(&[7, 0, 0, 0, kind, 1, 0]).await;
        raw.refused_or_closed()
            .await
            .map_err(|seen| format!("request {kind}: {seen}"))?;
    }
    Ok(())
}

/// Every request that is one, cut or lengthened by a byte.
async fn misshapen(world: &World, change: impl Fn(&mut Vec<u8>)) -> Seen {
    let requests = [
        walk(0, 1, &["sub", "deep"]),
        Tmsg::Lopen { fid: 0, flags: 0 },
        Tmsg::Getattr { fid: 0, mask: 1 },
        Tmsg::Read {
            fid: 0,
            offset: 0,
            count: 1,
        },
        Tmsg::Write {
            fid: 0,
            offset: 0,
            data: "abc".into(),
        },
        Tmsg::Clunk { fid: 0 },
        Tmsg::Mkdir {
            dfid: 0,
            name: "x".into(),
            mode: 0,
            gid: 0,
        },
        Tmsg::Flush { oldtag: 1 },
    ];
    for request in requests {
        let mut raw = world.attached().await?;
        let mut frame = request.encode(1).to_vec();
        change(&mut frame);
        let size = u32::try_from(frame.len()).unwrap().to_le_bytes();
        frame[..4].copy_from_slice(&size);
        raw.bytes(&frame).await;
        raw.refused_or_closed()
            .await
            .map_err(|seen| format!("request {}: {seen}", request.kind()))?;
    }
    Ok(())
}

pub(crate) async fn a_body_too_short_ends_the_connection(world: &World) -> Seen {
    misshapen(world, |frame| frame.truncate(frame.len() - 1)).await
}

pub(crate) async fn a_body_too_long_ends_the_connection(world: &World) -> Seen {
    misshapen(world, |frame| frame.push(0)).await
}

pub(crate) async fn text_that_is_not_utf_8_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    let mut frame = walk(0, 1, &["ab"]).encode(1).to_vec();
    let end = frame.len();
    frame[end - 2..].copy_from_slice(&[0xC3, 0x28]);
    raw.bytes(&frame).await;
    raw.refused_or_closed().await
}

pub(crate) async fn auth_is_refused_with_an_error(world: &World) -> Seen {
    let mut raw = world.versioned(8192).await?;
    let (uname, aname) = ("root".into(), world.files().into());
    raw.refused(Tmsg::Auth {
        afid: 1,
        uname,
        aname,
        n_uname: 0,
    })
    .await?;
    raw.ok(attach(0, &world.files())).await.map(drop)
}

pub(crate) async fn an_attach_with_an_afid_is_refused(world: &World) -> Seen {
    let mut raw = world.versioned(8192).await?;
    let (uname, aname) = ("root".into(), world.files().into());
    raw.refused(Tmsg::Attach {
        fid: 0,
        afid: 77,
        uname,
        aname,
        n_uname: 0,
    })
    .await
    .map(drop)
}

pub(crate) async fn an_attach_to_a_strange_tree_is_refused(world: &World) -> Seen {
    let mut raw = world.versioned(8192).await?;
    for aname in ["/etc", "/", "none", "../..", "live/../"] {
        if world.files().is_empty() && aname == "/" {
            continue;
        }
        raw.refused(attach(0, aname)).await?;
        raw.has_no_fid(0).await?;
    }
    Ok(())
}

pub(crate) async fn an_attach_never_leads_above_the_tree(world: &World) -> Seen {
    let mut raw = world.versioned(8192).await?;
    raw.refused(attach(0, &format!("{}/..", world.files())))
        .await?;
    raw.refused(attach(0, &format!("{}/../../etc", world.files())))
        .await
        .map(drop)
}

pub(crate) async fn an_attach_onto_a_used_fid_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.refused(attach(0, &world.files())).await?;
    raw.has_fid(0).await
}

async fn flushed(raw: &mut Raw, tag: u16, oldtag: u16) -> Seen {
    match raw.try_as(tag, Tmsg::Flush { oldtag }).await? {
        Did::Answered(Rmsg::Flush {}) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_flush_of_an_unknown_tag_is_answered(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for oldtag in [0, 4711, NO_TAG] {
        flushed(&mut raw, 9, oldtag).await?;
    }
    Ok(())
}

pub(crate) async fn a_flush_of_itself_is_answered(world: &World) -> Seen {
    flushed(&mut world.attached().await?, 9, 9).await
}

pub(crate) async fn a_flush_of_what_is_answered_is_answered(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.try_as(5, Tmsg::Getattr { fid: 0, mask: 1 }).await?;
    flushed(&mut raw, 6, 5).await?;
    raw.has_fid(0).await
}

pub(crate) async fn flushes_of_flushes_are_answered(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for tag in 10..60 {
        raw.send(tag, Tmsg::Flush { oldtag: tag - 1 }).await;
    }
    for tag in 10..60 {
        match raw.next().await? {
            Some((got, Rmsg::Flush {})) if got == tag => {}
            other => return Err(format!("after {tag} flushes: {other:?}")),
        }
    }
    Ok(())
}

pub(crate) async fn the_tag_of_a_version_is_no_tag_of_a_request(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.send(NO_TAG, Tmsg::Getattr { fid: 0, mask: 1 }).await;
    raw.refused_or_closed().await
}

pub(crate) async fn requests_in_one_write_are_all_answered(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    let frames: Vec<u8> = (0..500)
        .flat_map(|tag| {
            Tmsg::Getattr {
                fid: 0,
                mask: 0x7ff,
            }
            .encode(tag)
            .to_vec()
        })
        .collect();
    raw.bytes(&frames).await;
    let mut answered = vec![false; 500];
    for _ in 0..500 {
        match raw.next().await? {
            Some((tag, Rmsg::Getattr { .. })) if !answered[usize::from(tag)] => {
                answered[usize::from(tag)] = true;
            }
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(())
}

pub(crate) async fn a_message_byte_by_byte_is_a_message(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for byte in walk(0, 1, &["sub", "deep", "leaf"]).encode(7).to_vec() {
        raw.bytes(&[byte]).await;
    }
    match raw.next().await? {
        Some((7, Rmsg::Walk { qids })) if qids.len() == 3 => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_connection_that_ends_inside_a_message_harms_nobody(world: &World) -> Seen {
    let frame = walk(0, 1, &["sub", "deep"]).encode(1).to_vec();
    for cut in 1..frame.len() {
        let mut raw = world.attached().await?;
        raw.bytes(&frame[..cut]).await;
        raw.end().await;
        raw.closed().await?;
    }
    Ok(())
}

pub(crate) async fn a_flood_of_bad_connections_harms_nobody(world: &World) -> Seen {
    for n in 0..100_u8 {
        let mut raw = world.raw().await?;
        raw.bytes(&vec![n; HEADER + usize::from(n)]).await;
    }
    let unused = world.versioned(8192).await?;
    drop(unused);
    let mut raw = world.attached().await?;
    raw.refused(walk(NO_FID, 1, &[])).await.map(drop)
}
