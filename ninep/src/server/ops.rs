//! The requests of 9P2000.L. Pure of sockets and tags: a request and the fids go in, an [`Answer`] comes out.

use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};

use super::effect::{Effect, already_open, check_name, say};
use super::fids::{Fids, Open, Way};
use super::request::Carrier;
use super::walk::walk;
use super::xattr::{MAX_VALUE, Setter, Value};
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, OpenFlags};
use crate::wire::{DirEntry, FileLock, IO_HEADER, LockStatus, Rmsg, Tmsg};

/// A read-only open of an extended attribute, which can be told from one of a folder.
const XATTR_READ: OpenFlags = OpenFlags(1 << 31);

/// The flag of `Tunlinkat` that names a folder (`AT_REMOVEDIR` of *unlinkat(2)*).
const AT_REMOVEDIR: u32 = 0x200;

/// Starts `request`. What it needs of the fids is looked up now.
pub(super) fn start(fids: &mut Fids, carrier: Carrier, request: Tmsg) -> Result<Answer<Effect>> {
    let room = carrier.msize.saturating_sub(IO_HEADER);
    Ok(match request {
        Tmsg::Walk { fid, newfid, names } => walk(fids, fid, newfid, names)?,
        Tmsg::Lopen { fid, flags } => open(fids, fid, OpenFlags(flags))?,
        Tmsg::Lcreate {
            fid: number,
            name,
            flags,
            mode,
            gid: _,
        } => {
            check_name(&name)?;
            let fid = fids.get(number)?;
            if fid.open.is_some() {
                return Err(already_open(number));
            }
            let (fid, flags) = (fid.elsewhere(), OpenFlags(flags));
            let created = fid.node.create(&fid.peer, &name, flags, mode);
            created.map(move |created| {
                let qid = created.node.qid();
                let mut fid = fid.child(&name, created.node);
                fid.open = Some(Open::new(created.file, flags));
                Effect::Moved {
                    number,
                    fid,
                    say: Rmsg::Lcreate { qid, iounit: 0 }.into(),
                }
            })
        }
        Tmsg::Read { fid, offset, count } => {
            let fid = fids.get(fid)?;
            let file = fid.readable()?;
            if fid.node.qid().kind.is_dir()
                && fid
                    .open
                    .as_ref()
                    .is_some_and(|open| open.flags != XATTR_READ)
            {
                return Err(Error::new(Errno::ISDIR, "read"));
            }
            let count = count.min(room);
            if carrier.pages
                && let Some(pages) = file.pages(&fid.peer, offset, count)
            {
                return Ok(Answer::ok(Effect::Send(pages)));
            }
            say(file.read(&fid.peer, offset, count), |data| Rmsg::Read {
                data,
            })
        }
        Tmsg::Write { fid, offset, data } => {
            let fid = fids.get(fid)?;
            say(fid.writable()?.write(&fid.peer, offset, data), |count| {
                Rmsg::Write { count }
            })
        }
        Tmsg::Readdir { fid, offset, count } => {
            let fid = fids.get(fid)?;
            let count = count.min(room);
            let entries = fid.readable()?.readdir(&fid.peer, offset, count);
            say(entries, move |entries| Rmsg::Readdir {
                data: DirEntry::encode_all(&entries, count),
            })
        }
        Tmsg::Getattr { fid, mask } => {
            let fid = fids.get(fid)?;
            let open = fid
                .open
                .as_ref()
                .and_then(|open| open.file.getattr(&fid.peer));
            say(
                open.unwrap_or_else(|| fid.node.getattr(&fid.peer, mask)),
                |attr| Rmsg::Getattr { attr },
            )
        }
        Tmsg::Setattr { fid, attr } => {
            let fid = fids.get(fid)?;
            say(fid.node.setattr(&fid.peer, attr), |()| Rmsg::Setattr {})
        }
        Tmsg::Fsync { fid, datasync } => {
            let fid = fids.get(fid)?;
            say(fid.opened()?.file.fsync(&fid.peer, datasync != 0), |()| {
                Rmsg::Fsync {}
            })
        }
        Tmsg::Clunk { fid } => say(fids.remove(fid)?.end(), |()| Rmsg::Clunk {}),
        Tmsg::Remove { fid } => {
            // The fid is gone whatever becomes of the file (remove(5)): a clunk, and then the file goes.
            let mut fid = fids.remove(fid)?;
            fid.remove_on_clunk = true;
            say(fid.end(), |()| Rmsg::Remove {})
        }
        Tmsg::Statfs { fid } => {
            let fid = fids.get(fid)?;
            say(fid.node.statfs(&fid.peer), |statfs| Rmsg::Statfs { statfs })
        }
        Tmsg::Readlink { fid } => {
            let fid = fids.get(fid)?;
            say(fid.node.readlink(&fid.peer), |target| Rmsg::Readlink {
                target: target.into(),
            })
        }
        Tmsg::Lock {
            fid,
            kind,
            flags: _,
            start,
            length,
            proc_id,
            client_id,
        } => {
            let fid = fids.get(fid)?;
            let lock = FileLock {
                kind,
                start,
                length,
                proc_id,
                client_id,
            };
            let status = fid.opened()?.file.lock(&fid.peer, lock);
            say(status, |status: LockStatus| Rmsg::Lock {
                status: status as u8,
            })
        }
        Tmsg::Getlock { fid, lock } => {
            let fid = fids.get(fid)?;
            say(fid.opened()?.file.getlock(&fid.peer, lock), |lock| {
                Rmsg::Getlock { lock }
            })
        }
        request => in_folder(fids, request)?,
    })
}

/// Opens a fid.
pub(super) fn open(fids: &Fids, number: u32, flags: OpenFlags) -> Result<Answer<Effect>> {
    let fid = fids.get(number)?;
    if fid.open.is_some() {
        return Err(already_open(number));
    }
    let (qid, stamp) = (fid.node.qid(), fid.stamp);
    // An iounit of 0 lets the client use its whole msize; anything else caps Linux's reads.
    Ok(fid
        .node
        .open(&fid.peer, flags)
        .map(move |file| Effect::Opened {
            number,
            stamp,
            open: Open::new(file, flags),
            say: Rmsg::Lopen { qid, iounit: 0 }.into(),
        }))
}

/// The requests that change a folder, and those of extended attributes.
fn in_folder(fids: &mut Fids, request: Tmsg) -> Result<Answer<Effect>> {
    Ok(match request {
        Tmsg::Mkdir {
            dfid,
            name,
            mode,
            gid: _,
        } => {
            check_name(&name)?;
            let dir = fids.get(dfid)?;
            say(dir.node.mkdir(&dir.peer, &name, mode), |qid| Rmsg::Mkdir {
                qid,
            })
        }
        Tmsg::Symlink {
            dfid,
            name,
            target,
            gid: _,
        } => {
            check_name(&name)?;
            let dir = fids.get(dfid)?;
            say(dir.node.symlink(&dir.peer, &name, &target), |qid| {
                Rmsg::Symlink { qid }
            })
        }
        Tmsg::Link { dfid, fid, name } => {
            check_name(&name)?;
            let (dir, target) = (fids.get(dfid)?, fids.get(fid)?);
            say(dir.node.link(&dir.peer, &target.node, &name), |()| {
                Rmsg::Link {}
            })
        }
        Tmsg::Rename {
            fid: number,
            dfid,
            name,
        } => {
            check_name(&name)?;
            let (fid, to) = (fids.get(number)?, fids.get(dfid)?);
            let (folder, old) = fid.place()?;
            let way = Way::new(Arc::clone(&to.node), &name, to.way.clone());
            let stamp = fid.stamp;
            folder
                .rename(&fid.peer, old, &to.node, &name)
                .map(move |()| Effect::Renamed {
                    number,
                    stamp,
                    way,
                    say: Rmsg::Rename {}.into(),
                })
        }
        Tmsg::Renameat {
            olddirfid,
            oldname,
            newdirfid,
            newname,
        } => {
            check_name(&oldname)?;
            check_name(&newname)?;
            let (from, to) = (fids.get(olddirfid)?, fids.get(newdirfid)?);
            let moved = from.node.rename(&from.peer, &oldname, &to.node, &newname);
            say(moved, |()| Rmsg::Renameat {})
        }
        Tmsg::Unlinkat {
            dirfid,
            name,
            flags,
        } => {
            check_name(&name)?;
            let dir = fids.get(dirfid)?;
            let removed = dir.node.unlink(&dir.peer, &name, flags & AT_REMOVEDIR != 0);
            say(removed, |()| Rmsg::Unlinkat {})
        }
        Tmsg::Xattrwalk { fid, newfid, name } => {
            fids.check_free(newfid)?;
            let fid = fids.get(fid)?.elsewhere();
            fid.node.xattr(&fid.peer, &name).map(move |value: Bytes| {
                let size = value.len() as u64;
                let mut new = fid;
                new.open = Some(Open::new(Arc::new(Value(value)), XATTR_READ));
                Effect::New {
                    number: newfid,
                    fid: new,
                    say: Rmsg::Xattrwalk { size }.into(),
                }
            })
        }
        Tmsg::Xattrcreate {
            fid: number,
            name,
            size,
            flags,
        } => {
            if size > MAX_VALUE {
                let most = format!("an extended attribute has at most {MAX_VALUE} bytes");
                return Err(Error::new(Errno::TOOBIG, most));
            }
            let fid = fids.get(number)?;
            if fid.open.is_some() {
                return Err(already_open(number));
            }
            let mut fid = fid.elsewhere();
            let node = Arc::clone(&fid.node);
            let setter = Setter {
                node,
                name: name.detached(),
                size,
                flags,
                value: Mutex::new(BytesMut::new()),
            };
            fid.open = Some(Open::new(Arc::new(setter), OpenFlags::WRONLY));
            Answer::ok(Effect::Moved {
                number,
                fid,
                say: Rmsg::Xattrcreate {}.into(),
            })
        }
        Tmsg::Mknod { .. } => {
            return Err(Error::new(
                Errno::PERM,
                "mknod: device nodes are not made over 9P",
            ));
        }
        // No authentication is needed here; ENOENT says so to v9fs and diod's clients.
        Tmsg::Auth { .. } => return Err(Error::new(Errno::NOENT, "auth: none is needed")),
        // Version, attach and flush are the connection's; everything else was answered before.
        other => {
            return Err(Error::new(
                Errno::OPNOTSUPP,
                format!("request {}", other.kind()),
            ));
        }
    })
}
