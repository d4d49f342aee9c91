//! Names: what they never lead to.

use std::fs;
use std::os::unix::fs::symlink;

use ninep::wire::{Rmsg, Tmsg};

use crate::raw::{Did, Raw, Seen, walk};
use crate::world::World;

/// The number of the root's file and of that which `fid` leads to.
async fn same(raw: &mut Raw, fid: u32, other: u32) -> Seen {
    let mut paths = Vec::new();
    for fid in [fid, other] {
        match raw.ok(Tmsg::Getattr { fid, mask: 0x7ff }).await? {
            Rmsg::Getattr { attr } => paths.push(attr.qid.path),
            other => return Err(format!("{other:?}")),
        }
    }
    if paths[0] == paths[1] {
        Ok(())
    } else {
        Err("it leads elsewhere".to_owned())
    }
}

pub(crate) async fn dot_dot_at_the_root_stays_there(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["..", "..", ".."]).await?;
    same(&mut raw, 0, 1).await
}

pub(crate) async fn dot_dot_goes_up_by_one(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["sub", "deep", ".."]).await?;
    raw.walk(0, 2, &["sub"]).await?;
    same(&mut raw, 1, 2).await?;
    raw.walk(0, 3, &["sub", "deep", "leaf"]).await?;
    raw.walk(1, 4, &["deep", "..", "..", "file"])
        .await
        .map(drop)
}

pub(crate) async fn dot_dot_never_adds_up_to_an_escape(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    let up = [".."; 15];
    raw.walk(0, 1, &["sub"]).await?;
    for step in 0..20 {
        let to = 2 + step;
        raw.walk(to - 1, to, &up).await?;
        same(&mut raw, 0, to).await?;
    }
    for names in [
        &["..", "etc", "passwd"][..],
        &["sub", "..", "..", "tmp"],
        &["..", "..", "..", "etc"],
    ] {
        raw.send(1, walk(0, 99, names)).await;
        match raw.next().await? {
            Some((_, Rmsg::Walk { qids })) if qids.len() == names.len() => {
                return Err(format!("{names:?} leads out"));
            }
            _ => {}
        }
    }
    Ok(())
}

pub(crate) async fn a_name_with_slashes_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for name in [
        "../../../../../../etc/passwd",
        "/etc/passwd",
        "sub/deep",
        "/",
        "sub/",
        "./file",
        "sub/../file",
    ] {
        raw.refused(walk(0, 1, &[name])).await?;
        raw.has_no_fid(1).await?;
    }
    Ok(())
}

pub(crate) async fn a_name_with_a_nul_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for name in ["file\0", "\0", "file\0x"] {
        raw.refused(walk(0, 1, &[name])).await?;
    }
    Ok(())
}

pub(crate) async fn empty_names_and_dots_are_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for name in ["", "."] {
        raw.refused(walk(0, 1, &[name])).await?;
    }
    Ok(())
}

/// Every request with a name in it.
fn taking(name: &str) -> Vec<Tmsg> {
    let name = || name.into();
    let gid = 0;
    vec![
        Tmsg::Lcreate {
            fid: 2,
            name: name(),
            flags: 2,
            mode: 0o644,
            gid,
        },
        Tmsg::Mkdir {
            dfid: 0,
            name: name(),
            mode: 0o755,
            gid,
        },
        Tmsg::Symlink {
            dfid: 0,
            name: name(),
            target: "x".into(),
            gid,
        },
        Tmsg::Mknod {
            dfid: 0,
            name: name(),
            mode: 0o100_644,
            major: 0,
            minor: 0,
            gid,
        },
        Tmsg::Link {
            dfid: 0,
            fid: 1,
            name: name(),
        },
        Tmsg::Rename {
            fid: 1,
            dfid: 0,
            name: name(),
        },
        Tmsg::Renameat {
            olddirfid: 0,
            oldname: "file".into(),
            newdirfid: 0,
            newname: name(),
        },
        Tmsg::Renameat {
            olddirfid: 0,
            oldname: name(),
            newdirfid: 0,
            newname: "new".into(),
        },
        Tmsg::Unlinkat {
            dirfid: 0,
            name: name(),
            flags: 0,
        },
        Tmsg::Unlinkat {
            dirfid: 0,
            name: name(),
            flags: 0x200,
        },
    ]
}

pub(crate) async fn bad_names_are_refused_wherever_a_name_is_taken(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.walk(0, 2, &[]).await?;
    for name in ["", ".", "..", "../escaped", "sub/x", "/tmp/escaped", "a\0b"] {
        for request in taking(name) {
            raw.refused(request).await?;
        }
    }
    raw.walk(0, 3, &["file"]).await?;
    if world.path("../escaped").exists() {
        return Err("a file was made outside".to_owned());
    }
    Ok(())
}

pub(crate) async fn a_name_of_256_bytes_is_refused(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["file"]).await?;
    raw.walk(0, 2, &[]).await?;
    for length in [256, 4096, 60_000] {
        let name = "x".repeat(length);
        raw.refused(walk(0, 3, &[&name])).await?;
        for request in taking(&name) {
            raw.refused(request).await?;
        }
    }
    raw.refused_with(2, walk(0, 3, &[&"x".repeat(255)])).await
}

pub(crate) async fn a_link_is_a_link_and_not_what_it_points_at(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for (fid, name) in [(1, "passwd"), (2, "up"), (3, "sideways")] {
        match raw.walk(0, fid, &[name]).await?[..] {
            [qid] if qid.kind.0 == 2 => {}
            ref other => return Err(format!("{name}: {other:?}")),
        }
        raw.refused(Tmsg::Lopen { fid, flags: 0 }).await?;
    }
    match raw.ok(Tmsg::Readlink { fid: 1 }).await? {
        Rmsg::Readlink { target } if &*target == "/etc/passwd" => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

pub(crate) async fn a_link_is_not_walked_through(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for names in [
        &["up", "outside"][..],
        &["up", "root"],
        &["sideways", "deep"],
        &["passwd", "x"],
    ] {
        raw.send(1, walk(0, 9, names)).await;
        match raw.next().await? {
            Some((_, Rmsg::Walk { qids })) if qids.len() == names.len() => {
                return Err(format!("{names:?} was walked"));
            }
            _ => raw.has_no_fid(9).await?,
        }
    }
    Ok(())
}

pub(crate) async fn a_link_made_by_a_client_leads_nowhere(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    for (fid, target) in [(1, "/"), (3, "../../../../.."), (5, "/proc/self/root")] {
        let name = format!("made-{fid}");
        raw.ok(Tmsg::Symlink {
            dfid: 0,
            name: name.as_str().into(),
            target: target.into(),
            gid: 0,
        })
        .await?;
        raw.walk(0, fid, &[&name]).await?;
        raw.refused(walk(fid, fid + 1, &["etc"])).await?;
        raw.refused(Tmsg::Lopen { fid, flags: 0 }).await?;
        raw.refused(Tmsg::Mkdir {
            dfid: fid,
            name: "x".into(),
            mode: 0o755,
            gid: 0,
        })
        .await?;
    }
    Ok(())
}

pub(crate) async fn a_link_in_the_way_of_a_create_is_not_followed(world: &World) -> Seen {
    let outside = world.path("../outside");
    symlink("../outside", world.path("trap")).map_err(|error| error.to_string())?;
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &[]).await?;
    raw.send(
        1,
        Tmsg::Lcreate {
            fid: 1,
            name: "trap".into(),
            flags: 2,
            mode: 0o644,
            gid: 0,
        },
    )
    .await;
    raw.refused_or_closed().await?;
    if outside.exists() {
        return Err("a file was made outside".to_owned());
    }
    Ok(())
}

pub(crate) async fn a_link_swapped_in_under_a_fid_leads_nowhere(world: &World) -> Seen {
    let tell = |error: std::io::Error| error.to_string();
    let outside = world.path("../secrets");
    fs::create_dir(&outside).map_err(tell)?;
    fs::write(outside.join("leaf"), "secret").map_err(tell)?;
    fs::create_dir(world.path("swapped")).map_err(tell)?;
    for name in ["plain", "swapped/leaf"] {
        fs::write(world.path(name), "ours").map_err(tell)?;
    }
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["plain"]).await?;
    raw.walk(0, 2, &["swapped"]).await?;
    raw.walk(2, 3, &["leaf"]).await?;
    // What a program on the server's machine does between two requests.
    fs::rename(world.path("plain"), world.path("plain-before")).map_err(tell)?;
    symlink("../secrets/leaf", world.path("plain")).map_err(tell)?;
    fs::rename(world.path("swapped"), world.path("swapped-before")).map_err(tell)?;
    symlink("../secrets", world.path("swapped")).map_err(tell)?;
    raw.try_as(9, walk(2, 4, &["leaf"])).await?;
    for fid in [1, 3, 4] {
        raw.try_as(10, Tmsg::Lopen { fid, flags: 0 }).await?;
        let read = raw.try_as(11, read(fid)).await?;
        if let Did::Answered(Rmsg::Read { data }) = read
            && data != "ours"
        {
            return Err(format!("fid {fid} leads to {data:?}"));
        }
    }
    Ok(())
}

fn read(fid: u32) -> Tmsg {
    Tmsg::Read {
        fid,
        offset: 0,
        count: 100,
    }
}

pub(crate) async fn a_fifo_is_not_opened(world: &World) -> Seen {
    let fifo = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, world.path("fifo"), fifo, 0o644.into(), 0)
        .map_err(|error| error.to_string())?;
    let mut raw = world.attached().await?;
    raw.walk(0, 1, &["fifo"]).await?;
    raw.refused(Tmsg::Lopen { fid: 1, flags: 0 })
        .await
        .map(drop)
}

pub(crate) async fn a_device_is_not_made(world: &World) -> Seen {
    let mut raw = world.attached().await?;
    let (name, mode) = ("null".into(), 0o020_666);
    raw.refused(Tmsg::Mknod {
        dfid: 0,
        name,
        mode,
        major: 1,
        minor: 3,
        gid: 0,
    })
    .await?;
    if world.path("null").exists() {
        Err("it is there".to_owned())
    } else {
        Ok(())
    }
}
