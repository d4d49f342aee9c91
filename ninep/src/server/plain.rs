//! The requests of 9P2000, told in terms of the same trees.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

use super::effect::{Effect, already_open, check_name, say};
use super::fids::{Fid, Fids, Open, Way};
use super::ops;
use super::reply::Reply;
use super::request::Carrier;
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, File, OpenFlags};
use crate::wire::legacy::{Rmsg, Stat, Tmsg, mode, open};
use crate::wire::{Attr, IO_HEADER, QidKind, SetAttr, Str, Time, Tmsg as Linux};

/// Starts `request`; as [`ops::start`].
pub(super) fn start(fids: &mut Fids, carrier: Carrier, request: Tmsg) -> Result<Answer<Effect>> {
    let same = match request {
        Tmsg::Walk { fid, newfid, names } => Linux::Walk { fid, newfid, names },
        Tmsg::Write { fid, offset, data } => Linux::Write { fid, offset, data },
        Tmsg::Clunk { fid } => Linux::Clunk { fid },
        Tmsg::Remove { fid } => Linux::Remove { fid },
        Tmsg::Auth { afid, uname, aname } => Linux::Auth {
            afid,
            uname,
            aname,
            n_uname: crate::wire::NO_UID,
        },
        Tmsg::Open { fid, mode } => return open_fid(fids, fid, mode),
        Tmsg::Create {
            fid,
            name,
            perm,
            mode,
        } => return create(fids, fid, name, perm, mode),
        Tmsg::Read { fid, offset, count } => {
            let reader = fids.get(fid)?;
            if let Some(stats) = reader.open.as_ref().and_then(|open| open.stats.clone()) {
                let (file, fid) = (Arc::clone(reader.readable()?), reader.elsewhere());
                let count = count.min(carrier.msize.saturating_sub(IO_HEADER));
                let read =
                    Answer::start(async move { stats.read(&fid, &file, offset, count).await });
                return Ok(say(read, |data| crate::wire::Rmsg::Read { data }));
            }
            Linux::Read { fid, offset, count }
        }
        Tmsg::Stat { fid } => {
            let fid = fids.get(fid)?;
            let name = fid
                .way
                .as_ref()
                .map_or_else(|| Str::from("/"), |way| way.name.clone());
            let attr = fid.node.getattr(&fid.peer, Attr::BASIC);
            return Ok(say(attr, move |attr| {
                Reply::Plain(Rmsg::Stat {
                    stat: stat(&attr, name),
                })
            }));
        }
        Tmsg::Wstat { fid, stat } => return wstat(fids, fid, stat),
        Tmsg::Version { .. } | Tmsg::Attach { .. } | Tmsg::Flush { .. } => {
            return Err(Error::new(Errno::OPNOTSUPP, "belongs to the connection"));
        }
    };
    ops::start(fids, carrier, same)
}

/// The flags of *open(2)* for a mode of *open(5)*.
fn flags(mode: u8) -> OpenFlags {
    let flags = match mode & 3 {
        open::WRITE => OpenFlags::WRONLY,
        open::RDWR => OpenFlags::RDWR,
        _ => OpenFlags::RDONLY,
    };
    if mode & open::TRUNC != 0 {
        flags | OpenFlags::TRUNC
    } else {
        flags
    }
}

/// What an open fid of this dialect needs beside the file.
fn opened(fid: &Fid, file: Arc<dyn File>, flags: OpenFlags) -> Open {
    let stats = fid.node.qid().kind.is_dir().then(Arc::default);
    Open { file, flags, stats }
}

fn open_fid(fids: &Fids, number: u32, mode: u8) -> Result<Answer<Effect>> {
    let fid = fids.get(number)?;
    if fid.open.is_some() {
        return Err(already_open(number));
    }
    let (mut fid, flags) = (fid.elsewhere(), flags(mode));
    fid.remove_on_clunk = mode & open::RCLOSE != 0;
    Ok(fid.node.open(&fid.peer, flags).map(move |file| {
        let qid = fid.node.qid();
        fid.open = Some(opened(&fid, file, flags));
        Effect::Moved {
            number,
            fid,
            say: Reply::Plain(Rmsg::Open { qid, iounit: 0 }),
        }
    }))
}

fn create(fids: &Fids, number: u32, name: Str, perm: u32, how: u8) -> Result<Answer<Effect>> {
    check_name(&name)?;
    let fid = fids.get(number)?;
    if fid.open.is_some() {
        return Err(already_open(number));
    }
    let (fid, flags) = (fid.elsewhere(), flags(how));
    Ok(Answer::start(async move {
        let permissions = perm & 0o777;
        let mut child = if perm & mode::DIR != 0 {
            fid.node.mkdir(&fid.peer, &name, permissions).get().await?;
            let node = fid.node.walk(&fid.peer, &name).get().await?;
            let file = node.open(&fid.peer, OpenFlags::RDONLY).get().await?;
            let mut child = fid.child(&name, node);
            child.open = Some(opened(&child, file, OpenFlags::RDONLY));
            child
        } else {
            // create(5) fails where the file is there; the client's kernel opens what exists.
            let made = fid
                .node
                .create(&fid.peer, &name, flags | OpenFlags::EXCL, permissions)
                .get()
                .await?;
            let mut child = fid.child(&name, made.node);
            child.open = Some(opened(&child, made.file, flags));
            child
        };
        child.remove_on_clunk = how & open::RCLOSE != 0;
        let say = Reply::Plain(Rmsg::Create {
            qid: child.node.qid(),
            iounit: 0,
        });
        Ok(Effect::Moved {
            number,
            fid: child,
            say,
        })
    }))
}

/// Attributes in the words of *stat(5)*.
fn stat(attr: &Attr, name: Str) -> Stat {
    let kind = u32::from(attr.qid.kind.0) << 24;
    let seconds = |time: Time| u32::try_from(time.sec).unwrap_or(u32::MAX);
    Stat {
        qid: attr.qid,
        mode: kind | attr.mode & 0o777,
        atime: seconds(attr.atime),
        mtime: seconds(attr.mtime),
        length: if attr.is_dir() { 0 } else { attr.size },
        name,
        uid: attr.uid.to_string().into(),
        gid: attr.gid.to_string().into(),
        muid: Str::default(),
    }
}

/// `Twstat`: all of what differs from "don't touch", or nothing; if all is "don't touch", a sync.
fn wstat(fids: &Fids, number: u32, wanted: Stat) -> Result<Answer<Effect>> {
    let fid = fids.get(number)?;
    let untouched = Stat::dont_touch();
    if wanted == untouched {
        let synced = fid
            .open
            .as_ref()
            .map_or(Answer::ok(()), |open| open.file.fsync(&fid.peer, false));
        return Ok(say(synced, |()| Reply::Plain(Rmsg::Wstat {})));
    }
    let mut change = SetAttr::none();
    if wanted.mode != untouched.mode {
        if (wanted.mode & mode::DIR != 0) != (fid.node.qid().kind.0 & QidKind::DIR.0 != 0) {
            return Err(Error::new(
                Errno::PERM,
                "wstat: a file stays a file and a folder a folder",
            ));
        }
        change.valid |= SetAttr::MODE;
        change.mode = wanted.mode & 0o777;
    }
    if wanted.length != untouched.length {
        change.valid |= SetAttr::SIZE;
        change.size = wanted.length;
    }
    if wanted.mtime != untouched.mtime {
        change.valid |= SetAttr::MTIME | SetAttr::MTIME_SET;
        change.mtime = Time {
            sec: wanted.mtime.into(),
            nsec: 0,
        };
    }
    if !wanted.gid.is_empty() {
        let gid = wanted.gid.parse().map_err(|_| {
            Error::new(
                Errno::INVAL,
                format!("wstat: the group {:?} is not a number", wanted.gid),
            )
        })?;
        change.valid |= SetAttr::GID;
        change.gid = gid;
    }
    let name = (!wanted.name.is_empty()).then_some(wanted.name);
    if let Some(name) = &name {
        check_name(name)?;
        fid.place()?;
    }
    let fid = fid.elsewhere();
    Ok(Answer::start(async move {
        let say = Reply::Plain(Rmsg::Wstat {});
        // The rename is the step that can fail for the sake of others, so it comes first.
        let renamed = match name {
            Some(name) => {
                let (folder, old) = fid.place()?;
                folder.rename(&fid.peer, old, folder, &name).get().await?;
                let up = fid.way.as_ref().and_then(|way| way.up.clone());
                let folder = Arc::clone(folder);
                Some(Way::new(folder, &name, up))
            }
            None => None,
        };
        if change.valid != 0 {
            fid.node.setattr(&fid.peer, change).get().await?;
        }
        Ok(match renamed {
            Some(way) => Effect::Renamed {
                number,
                stamp: fid.stamp,
                way,
                say,
            },
            None => Effect::Say(say),
        })
    }))
}

/// How far a folder was read: its content is one stat after the other, and a read gives whole ones (*read(5)*).
#[derive(Debug, Default)]
pub(super) struct Stats(Mutex<Read>);

/// Where a read may go on, if not at 0. A read that is given up, or whose answer is lost to a flush, has moved nothing.
#[derive(Debug, Default)]
struct Read {
    /// Behind the last one.
    now: Progress,
    /// Before it.
    before: Progress,
}

#[derive(Debug, Clone, Default)]
struct Progress {
    /// Bytes of the stats before.
    at: u64,
    /// Where the folder's own listing goes on.
    cookie: u64,
    ready: VecDeque<Bytes>,
    end: bool,
}

impl Stats {
    async fn read(
        &self,
        fid: &Fid,
        file: &Arc<dyn File>,
        offset: u64,
        count: u32,
    ) -> Result<Bytes> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut progress = self.from(offset)?;
        progress.fill(fid, file, count).await?;
        let out = progress.take(count)?;
        progress.at = offset + out.len() as u64;
        let mut read = self.lock();
        read.before = std::mem::replace(&mut read.now, progress);
        Ok(out)
    }

    fn from(&self, offset: u64) -> Result<Progress> {
        let read = self.lock();
        if offset == 0 {
            return Ok(Progress::default());
        }
        let place = [&read.now, &read.before]
            .into_iter()
            .find(|place| place.at == offset);
        place.cloned().ok_or_else(|| {
            let at = read.now.at;
            Error::new(
                Errno::INVAL,
                format!("a folder is read on from {at} or again from 0"),
            )
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Read> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    /// Makes stats until there are `count` bytes of them, or no more.
    async fn fill(&mut self, fid: &Fid, file: &Arc<dyn File>, count: usize) -> Result<()> {
        const PAGE: u32 = 8 << 10;
        while !self.end && self.ready.iter().map(Bytes::len).sum::<usize>() < count {
            let page = file.readdir(&fid.peer, self.cookie, PAGE).get().await?;
            self.end = page.is_empty();
            for entry in page {
                self.cookie = entry.offset;
                if matches!(entry.name.as_str(), "." | "..") {
                    continue;
                }
                // What is gone by now is not listed.
                let Ok(node) = fid.node.walk(&fid.peer, &entry.name).get().await else {
                    continue;
                };
                let attr = node.getattr(&fid.peer, Attr::BASIC).get().await?;
                self.ready
                    .push_back(stat(&attr, entry.name).to_bytes().into());
            }
        }
        Ok(())
    }

    fn take(&mut self, count: usize) -> Result<Bytes> {
        let mut out = BytesMut::new();
        while let Some(stat) = self.ready.front() {
            if out.len() + stat.len() > count {
                if out.is_empty() {
                    return Err(Error::new(
                        Errno::INVAL,
                        format!("the next stat needs {} bytes", stat.len()),
                    ));
                }
                break;
            }
            out.extend_from_slice(stat);
            self.ready.pop_front();
        }
        Ok(out.freeze())
    }
}
