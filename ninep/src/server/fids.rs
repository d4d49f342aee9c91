use std::collections::HashMap;
use std::sync::Arc;

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

/// The fids of one connection.
pub(super) struct Fids {
    table: HashMap<u32, Fid>,
    limit: usize,
}

impl Fids {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            table: HashMap::new(),
            limit,
        }
    }

    pub(super) fn get(&self, fid: u32) -> Result<&Fid> {
        self.table.get(&fid).ok_or_else(|| unknown(fid))
    }

    pub(super) fn get_mut(&mut self, fid: u32) -> Result<&mut Fid> {
        self.table.get_mut(&fid).ok_or_else(|| unknown(fid))
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
        self.table.insert(number, fid);
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
