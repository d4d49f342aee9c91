//! The requests that 9P2000.L.goblin1 adds: several steps of 9P2000.L in one round trip.

use std::sync::Arc;

use bytes::Bytes;

use super::effect::{Effect, check_name, say};
use super::fids::{Fid, Fids, detach};
use super::reply::Reply;
use super::walk::{check_names, walk_all};
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, File, OpenFlags, Peer};
use crate::wire::compound::{EntryAttr, Rmsg, Tmsg};
use crate::wire::{Attr, IO_HEADER, NO_FID, Qid, Str};

/// Room for the attributes that an `Rget` carries beside its data.
const ATTR_LEN: u32 = 160;

/// Starts `request`; as [`ops::start`](super::ops::start). `Tonce` is the connection's.
pub(super) fn start(fids: &mut Fids, msize: u32, request: Tmsg) -> Result<Answer<Effect>> {
    let room = msize.saturating_sub(IO_HEADER);
    Ok(match request {
        Tmsg::Walkattr { fid, newfid, names } => {
            check_names(&names)?;
            if newfid != NO_FID {
                fids.check_free(newfid)?;
            }
            let mut fid = fids.get(fid)?.elsewhere();
            Answer::start(async move {
                walk_all(&mut fid, &names).await?;
                let attr = fid.node.getattr(&fid.peer, Attr::BASIC).get().await?;
                let say = Reply::Compound(Rmsg::Walkattr { attr });
                Ok(if newfid == NO_FID {
                    Effect::Say(say)
                } else {
                    Effect::New {
                        number: newfid,
                        fid,
                        say,
                    }
                })
            })
        }
        Tmsg::Get {
            fid,
            names,
            offset,
            count,
        } => {
            check_names(&names)?;
            let mut fid = fids.get(fid)?.elsewhere();
            let count = count.min(room.saturating_sub(ATTR_LEN));
            let got = Answer::start(async move {
                walk_all(&mut fid, &names).await?;
                get(&fid, offset, count).await
            });
            say(got, |(attr, data)| {
                Reply::Compound(Rmsg::Get { attr, data })
            })
        }
        Tmsg::Put {
            fid,
            names,
            mode,
            sync,
            data,
        } => {
            check_names(&names)?;
            let fid = fids.get(fid)?.elsewhere();
            let put = Answer::start(async move { put(fid, &names, mode, sync != 0, data).await });
            say(put, |qid| Reply::Compound(Rmsg::Put { qid }))
        }
        Tmsg::Readdirattr { fid, offset, count } => {
            let fid = fids.get(fid)?;
            let (file, count) = (Arc::clone(fid.readable()?), count.min(room));
            let fid = fid.elsewhere();
            let listed = Answer::start(async move { list(&fid, &*file, offset, count).await });
            say(listed, |data| Reply::Compound(Rmsg::Readdirattr { data }))
        }
        Tmsg::Once { .. } => return Err(Error::new(Errno::INVAL, "Tonce inside Tonce")),
    })
}

/// Entries from `offset` with their attributes, worth at most `count` bytes; none at the end.
async fn list(fid: &Fid, file: &dyn File, mut offset: u64, count: u32) -> Result<Bytes> {
    loop {
        // Every entry needs at least as much room as without its attributes.
        let entries = file.readdir(&fid.peer, offset, count / 4).get().await?;
        let Some(last) = entries.last() else {
            return Ok(Bytes::new());
        };
        offset = last.offset;
        let mut listed = Vec::with_capacity(entries.len());
        for entry in entries {
            // What is gone by now is not listed.
            let Ok(node) = fid.node.walk(&fid.peer, &entry.name).get().await else {
                continue;
            };
            let attr = node.getattr(&fid.peer, Attr::BASIC).get().await?;
            listed.push(EntryAttr {
                offset: entry.offset,
                name: entry.name,
                attr,
            });
        }
        // An empty list would say that the folder ends here.
        if listed.is_empty() {
            continue;
        }
        let data = EntryAttr::encode_all(&listed, count);
        if data.is_empty() {
            return Err(Error::new(
                Errno::INVAL,
                format!("{count} bytes do not hold one entry with its attributes"),
            ));
        }
        return Ok(data);
    }
}

/// A file that a request has opened for itself: clunked whatever becomes of the request.
struct Own {
    /// None once it was clunked.
    file: Option<Arc<dyn File>>,
    peer: Arc<Peer>,
}

impl Own {
    fn new(file: &Arc<dyn File>, fid: &Fid) -> Self {
        Self {
            file: Some(Arc::clone(file)),
            peer: Arc::clone(&fid.peer),
        }
    }

    async fn clunk(mut self) -> Result<()> {
        match self.file.take() {
            Some(file) => file.clunk(&self.peer).get().await,
            None => Ok(()),
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            detach(file.clunk(&self.peer));
        }
    }
}

async fn get(fid: &Fid, offset: u64, count: u32) -> Result<(Attr, Bytes)> {
    if fid.node.qid().kind.is_dir() {
        return Err(Error::new(Errno::ISDIR, "get"));
    }
    // A file that waits for events is not waited for: nobody could tell how long.
    let file = fid
        .node
        .open(&fid.peer, OpenFlags::RDONLY | OpenFlags::NONBLOCK)
        .get()
        .await?;
    let own = Own::new(&file, fid);
    let data = file.read(&fid.peer, offset, count).get().await?;
    let attr = match file.getattr(&fid.peer) {
        Some(attr) => attr.get().await?,
        None => fid.node.getattr(&fid.peer, Attr::BASIC).get().await?,
    };
    own.clunk().await?;
    Ok((attr, data))
}

async fn put(mut fid: Fid, names: &[Str], mode: u32, sync: bool, data: Bytes) -> Result<Qid> {
    let Some((name, folders)) = names.split_last() else {
        return Err(Error::new(
            Errno::INVAL,
            "put: the name of the file is missing",
        ));
    };
    check_name(name)?;
    walk_all(&mut fid, folders).await?;
    let flags = OpenFlags::WRONLY | OpenFlags::TRUNC;
    let (node, file) = match fid
        .node
        .create(&fid.peer, name, flags | OpenFlags::EXCL, mode)
        .get()
        .await
    {
        Ok(created) => (created.node, created.file),
        // There is such a file, or none can be made but one may be there: a ctl, say.
        Err(error) if matches!(error.errno(), Errno::EXIST | Errno::PERM) => {
            let node = fid
                .node
                .walk(&fid.peer, name)
                .get()
                .await
                .map_err(|_| error)?;
            let file = node.open(&fid.peer, flags).get().await?;
            (node, file)
        }
        Err(error) => return Err(error),
    };
    let own = Own::new(&file, &fid);
    let len = data.len();
    if len > 0 {
        let taken = file.write(&fid.peer, 0, data).get().await?;
        if taken as usize != len {
            return Err(Error::new(
                Errno::IO,
                format!("put: {taken} of {len} bytes were taken"),
            ));
        }
    }
    if sync {
        file.fsync(&fid.peer, false).get().await?;
    }
    own.clunk().await?;
    Ok(node.qid())
}
