use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Errno, Error, Result};
use crate::tree::{File, Node, OpenFlags, Peer};

/// How a fid was reached: the folder above, and the name in it. The server answers `..` from this.
pub(super) struct Way {
    pub(super) folder: Arc<dyn Node>,
    pub(super) name: String,
    pub(super) up: Option<Arc<Way>>,
}

/// What a fid stands for.
#[derive(Clone)]
pub(super) struct Fid {
    pub(super) node: Arc<dyn Node>,
    /// None at the root.
    pub(super) way: Option<Arc<Way>>,
    pub(super) peer: Arc<Peer>,
    pub(super) open: Option<Open>,
}

/// The open half of a fid.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) file: Arc<dyn File>,
    pub(super) flags: OpenFlags,
}

impl Fid {
    /// A fid for another place, of the same user.
    pub(super) fn at(&self, node: Arc<dyn Node>, way: Option<Arc<Way>>) -> Self {
        Self {
            node,
            way,
            peer: Arc::clone(&self.peer),
            open: None,
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

    /// The folder and the name that the fid was reached by.
    pub(super) fn place(&self) -> Result<(&Arc<dyn Node>, &str)> {
        let way = self
            .way
            .as_deref()
            .ok_or_else(|| Error::new(Errno::BUSY, "the root stays where it is"))?;
        Ok((&way.folder, &way.name))
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
