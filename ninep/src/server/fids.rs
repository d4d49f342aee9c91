use std::collections::HashMap;
use std::sync::Arc;

use super::numbers::Numbers;
use super::plain::Stats;
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, File, Node, OpenFlags, Peer};
use crate::wire::Str;

/// How a fid was reached: the folder above, and the name in it. The server answers `..` from this.
pub(super) struct Way {
    pub(super) folder: Arc<dyn Node>,
    pub(super) name: Str,
    pub(super) up: Option<Arc<Way>>,
}

impl Way {
    pub(super) fn new(folder: Arc<dyn Node>, name: &Str, up: Option<Arc<Self>>) -> Arc<Self> {
        // A fid may be kept for long, and with it what it has of the frame that made it.
        let name = name.detached();
        Arc::new(Self { folder, name, up })
    }
}

/// What a fid stands for.
#[derive(Clone)]
pub(super) struct Fid {
    pub(super) node: Arc<dyn Node>,
    /// None at the root.
    pub(super) way: Option<Arc<Way>>,
    pub(super) peer: Arc<Peer>,
    pub(super) open: Option<Open>,
    /// The file goes with the fid (`ORCLOSE` of 9P2000).
    pub(super) remove_on_clunk: bool,
    /// Tells it from what had its number before, and from what it was before it moved or was opened. A request that was begun
    /// with one of those comes too late. What is made from a fid to take its place keeps it until then.
    pub(super) stamp: u64,
}

/// The open half of a fid.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) file: Arc<dyn File>,
    pub(super) flags: OpenFlags,
    /// How far a folder was read by a client of 9P2000.
    pub(super) stats: Option<Arc<Stats>>,
}

impl Open {
    pub(super) fn new(file: Arc<dyn File>, flags: OpenFlags) -> Self {
        Self {
            file,
            flags,
            stats: None,
        }
    }
}

impl Fid {
    pub(super) fn root(node: Arc<dyn Node>, peer: Peer) -> Self {
        Self {
            node,
            way: None,
            peer: Arc::new(peer),
            open: None,
            remove_on_clunk: false,
            stamp: 0,
        }
    }

    /// A fid for the same place, not open, to walk on from.
    pub(super) fn elsewhere(&self) -> Self {
        Self {
            node: Arc::clone(&self.node),
            way: self.way.clone(),
            peer: Arc::clone(&self.peer),
            open: None,
            remove_on_clunk: false,
            stamp: self.stamp,
        }
    }

    /// The fid of the child `name` of this fid's folder.
    pub(super) fn child(&self, name: &Str, node: Arc<dyn Node>) -> Self {
        let way = Way::new(Arc::clone(&self.node), name, self.way.clone());
        Self {
            node,
            way: Some(way),
            ..self.elsewhere()
        }
    }

    /// The open file, if it was opened for reading.
    pub(super) fn readable(&self) -> Result<&Arc<dyn File>> {
        match &self.open {
            Some(open) if open.flags.reads() => Ok(&open.file),
            _ => Err(Error::new(Errno::BADF, "the fid is not open for reading")),
        }
    }

    /// The open file, if it was opened for writing.
    pub(super) fn writable(&self) -> Result<&Arc<dyn File>> {
        match &self.open {
            Some(open) if open.flags.writes() => Ok(&open.file),
            _ => Err(Error::new(Errno::BADF, "the fid is not open for writing")),
        }
    }

    /// The open half.
    pub(super) fn opened(&self) -> Result<&Open> {
        self.open
            .as_ref()
            .ok_or_else(|| Error::new(Errno::BADF, "the fid is not open"))
    }

    /// The folder and the name that the fid was reached by.
    pub(super) fn place(&self) -> Result<(&Arc<dyn Node>, &Str)> {
        let way = self
            .way
            .as_deref()
            .ok_or_else(|| Error::new(Errno::BUSY, "the root stays where it is"))?;
        Ok((&way.folder, &way.name))
    }

    /// What is to be done when the fid is forgotten.
    pub(super) fn end(self) -> Answer<()> {
        let closed = match &self.open {
            Some(open) => open.file.clunk(&self.peer),
            None => Answer::ok(()),
        };
        if !self.remove_on_clunk {
            return closed;
        }
        Answer::start(async move {
            closed.get().await?;
            let (folder, name) = self.place()?;
            folder
                .unlink(&self.peer, name, self.node.qid().kind.is_dir())
                .get()
                .await
        })
    }
}

/// Lets what a file has to do at its end go on, whether or not anyone is left to hear of it.
pub(super) fn detach(end: Answer<()>) {
    let work = match end {
        Answer::Now(_) => return,
        Answer::Later(work) | Answer::Parked(work) => work,
    };
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    let _detached = runtime.spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!("closing a file after its client had gone: {error}");
        }
    });
}

/// The fids of one connection.
pub(super) struct Fids {
    table: HashMap<u32, Fid, Numbers>,
    limit: usize,
    stamps: u64,
}

impl Fids {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            table: HashMap::default(),
            limit,
            stamps: 0,
        }
    }

    pub(super) fn get(&self, fid: u32) -> Result<&Fid> {
        self.table.get(&fid).ok_or_else(|| unknown(fid))
    }

    /// The fid `number`, for a request that was begun when its stamp was `stamp`.
    pub(super) fn unchanged(&mut self, number: u32, stamp: u64) -> Result<&mut Fid> {
        let fid = self.table.get_mut(&number).ok_or_else(|| unknown(number))?;
        if fid.stamp != stamp {
            let late = format!("fid {number} was changed by another request meanwhile");
            return Err(Error::new(Errno::BUSY, late));
        }
        Ok(fid)
    }

    /// A stamp for a fid that is new, moves or is opened.
    pub(super) fn stamp(&mut self) -> u64 {
        self.stamps += 1;
        self.stamps
    }

    /// Whether `fid` may be given to a new file.
    pub(super) fn check_free(&self, fid: u32) -> Result<()> {
        if self.table.contains_key(&fid) {
            return Err(Error::new(Errno::BADF, format!("fid {fid} is in use")));
        }
        if self.table.len() >= self.limit {
            return Err(Error::new(
                Errno::MFILE,
                format!("the connection has {} fids", self.limit),
            ));
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, number: u32, fid: Fid) -> Result<()> {
        self.check_free(number)?;
        let stamp = self.stamp();
        self.table.insert(number, Fid { stamp, ..fid });
        Ok(())
    }

    pub(super) fn remove(&mut self, fid: u32) -> Result<Fid> {
        self.table.remove(&fid).ok_or_else(|| unknown(fid))
    }

    /// Takes all fids out.
    pub(super) fn clear(&mut self) -> Vec<Fid> {
        self.table.drain().map(|(_, fid)| fid).collect()
    }
}

fn unknown(fid: u32) -> Error {
    Error::new(Errno::BADF, format!("there is no fid {fid}"))
}
