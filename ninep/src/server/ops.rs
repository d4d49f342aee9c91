//! What each request does. Pure of sockets and tags: a request and the fids go in, an [`Answer`] comes out, whose
//! [`Effect`] says what changes in the fid table when, and only when, the answer goes out.

use std::sync::{Arc, Mutex};

use bytes::{Bytes, BytesMut};

use super::fids::{Fid, Fids, Open, Way};
use super::xattr::{MAX_VALUE, Setter, Value};
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, Node, OpenFlags};
use crate::wire::{
    DirEntry, FileLock, IO_HEADER, LockStatus, MAX_NAME, MAX_WALK, Qid, Rmsg, Str, Tmsg,
};

/// What an answered request changes, and what it says.
pub(super) enum Effect {
    /// Nothing changes.
    Say(Rmsg),
    /// `number` now stands for `fid` (after `Twalk`, `Tattach`, `Txattrwalk`).
    New { number: u32, fid: Fid, say: Rmsg },
    /// The fid `number` moves to `fid` (after `Twalk` onto itself, `Tlcreate`, `Txattrcreate`).
    Moved { number: u32, fid: Fid, say: Rmsg },
    /// The fid `number` is open.
    Opened { number: u32, open: Open, say: Rmsg },
}

impl Effect {
    /// Applies the change and gives the message.
    pub(super) fn apply(self, fids: &mut Fids) -> Result<Rmsg> {
        match self {
            Self::Say(say) => Ok(say),
            Self::New { number, fid, say } => fids.insert(number, fid).map(|()| say),
            Self::Moved { number, fid, say } => {
                *fids.get_mut(number)? = fid;
                Ok(say)
            }
            Self::Opened { number, open, say } => {
                let fid = fids.get_mut(number)?;
                if fid.open.is_some() {
                    return Err(Error::new(
                        Errno::BUSY,
                        format!("fid {number} is open already"),
                    ));
                }
                fid.open = Some(open);
                Ok(say)
            }
        }
    }
}

fn say<T: Send + 'static>(
    answer: Answer<T>,
    message: impl FnOnce(T) -> Rmsg + Send + 'static,
) -> Answer<Effect> {
    answer.map(|value| Effect::Say(message(value)))
}

/// A name that may reach a tree.
fn check_name(name: &str) -> Result<()> {
    if name.len() > MAX_NAME {
        return Err(Error::new(
            Errno::NAMETOOLONG,
            "a name has at most 255 bytes",
        ));
    }
    if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
        return Err(Error::new(
            Errno::INVAL,
            format!("{name:?} is not the name of a file"),
        ));
    }
    Ok(())
}

/// Starts `request`. What it needs of the fids is looked up now; what it changes is in the effect.
pub(super) fn start(fids: &mut Fids, msize: u32, request: Tmsg) -> Answer<Effect> {
    match try_start(fids, msize, request) {
        Ok(answer) => answer,
        Err(error) => Answer::Now(Err(error)),
    }
}

fn try_start(fids: &mut Fids, msize: u32, request: Tmsg) -> Result<Answer<Effect>> {
    let room = msize.saturating_sub(IO_HEADER);
    Ok(match request {
        Tmsg::Walk { fid, newfid, names } => walk(fids, fid, newfid, names)?,
        Tmsg::Lopen { fid: number, flags } => {
            let fid = fids.get(number)?;
            if fid.open.is_some() {
                return Err(Error::new(
                    Errno::BUSY,
                    format!("fid {number} is open already"),
                ));
            }
            let (flags, qid) = (OpenFlags(flags), fid.node.qid());
            // An iounit of 0 lets the client use its whole msize; anything else caps Linux's reads.
            fid.node
                .open(&fid.peer, flags)
                .map(move |file| Effect::Opened {
                    number,
                    open: Open { file, flags },
                    say: Rmsg::Lopen { qid, iounit: 0 },
                })
        }
        Tmsg::Lcreate {
            fid: number,
            name,
            flags,
            mode,
            gid: _,
        } => {
            check_name(&name)?;
            let fid = fids.get(number)?.clone();
            if fid.open.is_some() {
                return Err(Error::new(
                    Errno::BUSY,
                    format!("fid {number} is open already"),
                ));
            }
            let flags = OpenFlags(flags);
            let answer = fid.node.create(&fid.peer, &name, flags, mode);
            answer.map(move |created| {
                let way = Way {
                    folder: Arc::clone(&fid.node),
                    name: name.to_string(),
                    up: fid.way.clone(),
                };
                let qid = created.node.qid();
                let mut fid = fid.at(created.node, Some(Arc::new(way)));
                fid.open = Some(Open {
                    file: created.file,
                    flags,
                });
                Effect::Moved {
                    number,
                    fid,
                    say: Rmsg::Lcreate { qid, iounit: 0 },
                }
            })
        }
        Tmsg::Read { fid, offset, count } => {
            let fid = fids.get(fid)?;
            if fid.node.qid().kind.is_dir()
                && fid
                    .open
                    .as_ref()
                    .is_some_and(|open| open.flags != XATTR_READ)
            {
                return Err(Error::new(Errno::ISDIR, "read"));
            }
            let count = count.min(room);
            say(fid.readable()?.read(&fid.peer, offset, count), |data| {
                Rmsg::Read { data }
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
            say(
                fid.readable()?.readdir(&fid.peer, offset, count),
                move |entries| Rmsg::Readdir {
                    data: DirEntry::encode_all(&entries, count),
                },
            )
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
            let open = fid
                .open
                .as_ref()
                .ok_or_else(|| Error::new(Errno::BADF, "fsync: the fid is not open"))?;
            say(open.file.fsync(&fid.peer, datasync != 0), |()| {
                Rmsg::Fsync {}
            })
        }
        Tmsg::Clunk { fid } => {
            let fid = fids.remove(fid)?;
            match &fid.open {
                Some(open) => say(open.file.clunk(&fid.peer), |()| Rmsg::Clunk {}),
                None => Answer::ok(Effect::Say(Rmsg::Clunk {})),
            }
        }
        Tmsg::Remove { fid } => {
            // The fid is gone whatever becomes of the file (remove(5)).
            let fid = fids.remove(fid)?;
            let (folder, name) = fid.place()?;
            say(
                folder.unlink(&fid.peer, name, fid.node.qid().kind.is_dir()),
                |()| Rmsg::Remove {},
            )
        }
        Tmsg::Statfs { fid } => {
            let fid = fids.get(fid)?;
            say(fid.node.statfs(&fid.peer), |statfs| Rmsg::Statfs { statfs })
        }
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
        Tmsg::Readlink { fid } => {
            let fid = fids.get(fid)?;
            say(fid.node.readlink(&fid.peer), |target| Rmsg::Readlink {
                target: target.into(),
            })
        }
        Tmsg::Link { dfid, fid, name } => {
            check_name(&name)?;
            let (dir, target) = (fids.get(dfid)?, fids.get(fid)?);
            say(dir.node.link(&dir.peer, &target.node, &name), |()| {
                Rmsg::Link {}
            })
        }
        Tmsg::Rename { fid, dfid, name } => {
            check_name(&name)?;
            let (fid, to) = (fids.get(fid)?, fids.get(dfid)?);
            let (folder, old) = fid.place()?;
            say(folder.rename(&fid.peer, old, &to.node, &name), |()| {
                Rmsg::Rename {}
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
            say(
                from.node.rename(&from.peer, &oldname, &to.node, &newname),
                |()| Rmsg::Renameat {},
            )
        }
        Tmsg::Unlinkat {
            dirfid,
            name,
            flags,
        } => {
            const AT_REMOVEDIR: u32 = 0x200;
            check_name(&name)?;
            let dir = fids.get(dirfid)?;
            say(
                dir.node.unlink(&dir.peer, &name, flags & AT_REMOVEDIR != 0),
                |()| Rmsg::Unlinkat {},
            )
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
            let open = fid
                .open
                .as_ref()
                .ok_or_else(|| Error::new(Errno::BADF, "lock: the fid is not open"))?;
            let lock = FileLock {
                kind,
                start,
                length,
                proc_id,
                client_id,
            };
            say(open.file.lock(&fid.peer, lock), |status: LockStatus| {
                Rmsg::Lock {
                    status: status as u8,
                }
            })
        }
        Tmsg::Getlock { fid, lock } => {
            let fid = fids.get(fid)?;
            let open = fid
                .open
                .as_ref()
                .ok_or_else(|| Error::new(Errno::BADF, "getlock: the fid is not open"))?;
            say(open.file.getlock(&fid.peer, lock), |lock| Rmsg::Getlock {
                lock,
            })
        }
        Tmsg::Xattrwalk { fid, newfid, name } => {
            fids.check_free(newfid)?;
            let fid = fids.get(fid)?.clone();
            fid.node.xattr(&fid.peer, &name).map(move |value: Bytes| {
                let size = value.len() as u64;
                let mut new = fid.at(Arc::clone(&fid.node), fid.way.clone());
                new.open = Some(Open {
                    file: Arc::new(Value(value)),
                    flags: XATTR_READ,
                });
                Effect::New {
                    number: newfid,
                    fid: new,
                    say: Rmsg::Xattrwalk { size },
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
                return Err(Error::new(
                    Errno::TOOBIG,
                    format!("an extended attribute has at most {MAX_VALUE} bytes"),
                ));
            }
            let mut fid = fids.get(number)?.clone();
            if fid.open.is_some() {
                return Err(Error::new(
                    Errno::BUSY,
                    format!("fid {number} is open already"),
                ));
            }
            let setter = Setter {
                node: Arc::clone(&fid.node),
                name,
                size,
                flags,
                value: Mutex::new(BytesMut::new()),
            };
            fid.open = Some(Open {
                file: Arc::new(setter),
                flags: OpenFlags::WRONLY,
            });
            Answer::ok(Effect::Moved {
                number,
                fid,
                say: Rmsg::Xattrcreate {},
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
        Tmsg::Version { .. } | Tmsg::Attach { .. } | Tmsg::Flush { .. } => {
            return Err(Error::new(Errno::PROTO, "belongs to the connection"));
        }
    })
}

/// A read-only open that can be told from one of a folder.
const XATTR_READ: OpenFlags = OpenFlags(1 << 31);

/// `Twalk`: all names or a part of them; only the whole way makes a fid.
fn walk(fids: &mut Fids, number: u32, newfid: u32, names: Vec<Str>) -> Result<Answer<Effect>> {
    if names.len() > MAX_WALK {
        return Err(Error::new(
            Errno::INVAL,
            format!("a walk has at most {MAX_WALK} names"),
        ));
    }
    for name in &names {
        if name.as_str() != ".." {
            check_name(name)?;
        }
    }
    let from = fids.get(number)?;
    let onto_itself = number == newfid;
    if onto_itself {
        if from.open.is_some() {
            return Err(Error::new(
                Errno::BUSY,
                format!("fid {number} is open and cannot move"),
            ));
        }
    } else {
        fids.check_free(newfid)?;
    }
    let mut step = Step {
        fid: from.at(Arc::clone(&from.node), from.way.clone()),
        qids: Vec::new(),
        names: names.into_iter(),
    };
    let done = move |step: Step| {
        let say = Rmsg::Walk { qids: step.qids };
        if !step.names.as_slice().is_empty() {
            Effect::Say(say)
        } else if onto_itself {
            Effect::Moved {
                number,
                fid: step.fid,
                say,
            }
        } else {
            Effect::New {
                number: newfid,
                fid: step.fid,
                say,
            }
        }
    };
    // Names are walked here as long as nodes answer at once; the rest, if any, goes on beside.
    while let Some(name) = step.names.as_slice().first().cloned() {
        match step.look_up(&name) {
            Answer::Now(Ok(node)) => step.take(node),
            Answer::Now(Err(error)) => return Ok(step.stopped(error).map(done).into()),
            Answer::Later(work) | Answer::Parked(work) => {
                return Ok(Answer::later(async move {
                    match work.await {
                        Ok(node) => step.take(node),
                        Err(error) => return step.stopped(error).map(done),
                    }
                    while let Some(name) = step.names.as_slice().first().cloned() {
                        match step.look_up(&name).get().await {
                            Ok(node) => step.take(node),
                            Err(error) => return step.stopped(error).map(done),
                        }
                    }
                    Ok(done(step))
                }));
            }
        }
    }
    Ok(Answer::ok(done(step)))
}

/// A walk under way.
struct Step {
    fid: Fid,
    qids: Vec<Qid>,
    /// Names not walked yet.
    names: std::vec::IntoIter<Str>,
}

impl Step {
    fn look_up(&self, name: &str) -> Answer<Arc<dyn Node>> {
        if name == ".." {
            let up = self
                .fid
                .way
                .as_ref()
                .map_or(&self.fid.node, |way| &way.folder);
            return Answer::ok(Arc::clone(up));
        }
        self.fid.node.walk(&self.fid.peer, name)
    }

    /// Goes to what the next name turned out to be.
    fn take(&mut self, node: Arc<dyn Node>) {
        let Some(name) = self.names.next() else {
            return;
        };
        self.qids.push(node.qid());
        let way = if name.as_str() == ".." {
            self.fid.way.as_ref().and_then(|way| way.up.clone())
        } else {
            Some(Arc::new(Way {
                folder: Arc::clone(&self.fid.node),
                name: name.to_string(),
                up: self.fid.way.take(),
            }))
        };
        self.fid.node = node;
        self.fid.way = way;
    }

    /// A walk that fails at its first name is an error; later, it tells how far it came (walk(5)).
    fn stopped(self, error: Error) -> Result<Self> {
        if self.qids.is_empty() {
            Err(error)
        } else {
            Ok(self)
        }
    }
}
