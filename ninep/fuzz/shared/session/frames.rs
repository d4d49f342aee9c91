//! Requests as each dialect writes them.

use bytes::Bytes;
use ninep::wire::compound;
use ninep::wire::legacy;
use ninep::wire::{HEADER, NO_FID, NO_UID, SetAttr, Str, Tmsg};

use super::model::Dialect;
use super::op::Op;

/// The frame of `op`; none where the dialect has no such request.
pub fn encode(op: &Op, dialect: Option<Dialect>, tag: u16) -> Option<Vec<u8>> {
    if let Op::Unknown = op {
        let [low, high] = tag.to_le_bytes();
        return Some(vec![7, 0, 0, 0, 2, low, high]);
    }
    Some(
        match dialect {
            Some(Dialect::Plain) => plain(op)?.encode(tag),
            Some(Dialect::Goblin) => match compound(op) {
                Some(request) => request.encode(tag),
                None => linux(op)?.encode(tag),
            },
            Some(Dialect::Linux) | None => linux(op)?.encode(tag),
        }
        .to_vec(),
    )
}

fn strs(names: &[&str]) -> Vec<Str> {
    names.iter().map(|name| Str::from(*name)).collect()
}

const fn afid(given: bool) -> u32 {
    if given { 3 } else { NO_FID }
}

fn linux(op: &Op) -> Option<Tmsg> {
    let gid = NO_UID;
    Some(match op.clone() {
        Op::Attach { fid, afid: given } => Tmsg::Attach {
            fid,
            afid: afid(given),
            uname: "ann".into(),
            aname: "".into(),
            n_uname: NO_UID,
        },
        Op::Walk { fid, newfid, names } => Tmsg::Walk {
            fid,
            newfid,
            names: strs(&names),
        },
        Op::Open { fid, mode } => Tmsg::Lopen {
            fid,
            flags: u32::from(mode),
        },
        Op::Create { fid, name, mode } => Tmsg::Lcreate {
            fid,
            name: name.into(),
            flags: u32::from(mode),
            mode: 0o644,
            gid,
        },
        Op::Read { fid } => Tmsg::Read {
            fid,
            offset: 0,
            count: 30_000,
        },
        Op::Write { fid } => Tmsg::Write {
            fid,
            offset: 0,
            data: Bytes::from_static(b"data"),
        },
        Op::Clunk { fid } => Tmsg::Clunk { fid },
        Op::Remove { fid } => Tmsg::Remove { fid },
        Op::Attr { fid } => Tmsg::Getattr { fid, mask: 0x7ff },
        Op::SetAttr { fid } => Tmsg::Setattr {
            fid,
            attr: SetAttr::size(0),
        },
        Op::Mkdir { fid, name } => Tmsg::Mkdir {
            dfid: fid,
            name: name.into(),
            mode: 0o755,
            gid,
        },
        Op::Unlink { fid, name } => Tmsg::Unlinkat {
            dirfid: fid,
            name: name.into(),
            flags: 0,
        },
        Op::Rename { from, to, name } => Tmsg::Renameat {
            olddirfid: from,
            oldname: "now".into(),
            newdirfid: to,
            newname: name.into(),
        },
        Op::List { fid } => Tmsg::Readdir {
            fid,
            offset: 0,
            count: 1000,
        },
        Op::Sync { fid } => Tmsg::Fsync { fid, datasync: 0 },
        Op::Disk { fid } => Tmsg::Statfs { fid },
        Op::Xattr { fid, newfid } => Tmsg::Xattrwalk {
            fid,
            newfid,
            name: "user.x".into(),
        },
        Op::WalkAttr { .. }
        | Op::Get { .. }
        | Op::Put { .. }
        | Op::Folder { .. }
        | Op::Once { .. }
        | Op::Unknown => return None,
    })
}

fn compound(op: &Op) -> Option<compound::Tmsg> {
    match op.clone() {
        Op::WalkAttr { fid, newfid, names } => Some(compound::Tmsg::Walkattr {
            fid,
            newfid,
            names: strs(&names),
        }),
        Op::Get { fid, names } => Some(compound::Tmsg::Get {
            fid,
            names: strs(&names),
            offset: 0,
            count: 30_000,
        }),
        Op::Put {
            fid,
            names,
            sync,
            data,
        } => Some(compound::Tmsg::Put {
            fid,
            names: strs(&names),
            mode: 0o644,
            sync: sync.into(),
            data: Bytes::from_static(data),
        }),
        Op::Folder { fid, offset, room } => Some(compound::Tmsg::Readdirattr {
            fid,
            offset,
            count: room,
        }),
        Op::Once { number, op } => {
            let frame = encode(&op, Some(Dialect::Goblin), 0)?;
            Some(compound::Tmsg::Once {
                client: 1,
                number: number.into(),
                request: Bytes::from([&frame[4..5], &frame[HEADER..]].concat()),
            })
        }
        _ => None,
    }
}

fn plain(op: &Op) -> Option<legacy::Tmsg> {
    Some(match op.clone() {
        Op::Attach { fid, afid: given } => legacy::Tmsg::Attach {
            fid,
            afid: afid(given),
            uname: "ann".into(),
            aname: "".into(),
        },
        Op::Walk { fid, newfid, names } => legacy::Tmsg::Walk {
            fid,
            newfid,
            names: strs(&names),
        },
        Op::Open { fid, mode } => legacy::Tmsg::Open { fid, mode },
        Op::Create { fid, name, mode } => legacy::Tmsg::Create {
            fid,
            name: name.into(),
            perm: 0o644,
            mode,
        },
        Op::Read { fid } => legacy::Tmsg::Read {
            fid,
            offset: 0,
            count: 30_000,
        },
        Op::Folder { fid, offset, room } => legacy::Tmsg::Read {
            fid,
            offset,
            count: room,
        },
        Op::Write { fid } => legacy::Tmsg::Write {
            fid,
            offset: 0,
            data: Bytes::from_static(b"data"),
        },
        Op::Clunk { fid } => legacy::Tmsg::Clunk { fid },
        Op::Remove { fid } => legacy::Tmsg::Remove { fid },
        Op::Attr { fid } => legacy::Tmsg::Stat { fid },
        Op::SetAttr { fid } => legacy::Tmsg::Wstat {
            fid,
            stat: legacy::Stat {
                length: 0,
                ..legacy::Stat::dont_touch()
            },
        },
        _ => return None,
    })
}
