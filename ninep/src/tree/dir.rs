use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use super::ids::synthetic_qid;
use super::node::{Answer, File, Node, OpenFlags, Peer};
use crate::error::{Errno, Error, Result};
use crate::wire::{Attr, DirEntry, Qid, QidKind, Str};

type Hook =
    Box<dyn Fn(Peer, String) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> + Send + Sync>;

/// A folder of a synthetic tree: a map from names to nodes that its service changes as its objects come and go.
///
/// ```
/// use ninep::tree::{Dir, status};
/// let root = Dir::new();
/// root.add("status", status(|| serde_json::json!({"rev": 1})));
/// root.folder("spaces");
/// ```
pub struct Dir {
    qid: Qid,
    children: Arc<RwLock<BTreeMap<String, Arc<dyn Node>>>>,
    mkdir: Option<Hook>,
    rmdir: Option<Hook>,
}

impl fmt::Debug for Dir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dir").field("names", &self.names()).finish()
    }
}

impl Dir {
    /// An empty folder.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::bare())
    }

    fn bare() -> Self {
        Self {
            qid: synthetic_qid(QidKind::DIR),
            children: Arc::default(),
            mkdir: None,
            rmdir: None,
        }
    }

    /// An empty folder whose objects are made with `mkdir` and ended with `rmdir`. The hooks are given the name; they are
    /// to [`add`](Self::add) or [`remove`](Self::remove) the child themselves before they succeed.
    pub fn with_objects<M, R, MF, RF>(mkdir: M, rmdir: R) -> Arc<Self>
    where
        M: Fn(Peer, String) -> MF + Send + Sync + 'static,
        R: Fn(Peer, String) -> RF + Send + Sync + 'static,
        MF: Future<Output = Result<()>> + Send + 'static,
        RF: Future<Output = Result<()>> + Send + 'static,
    {
        Arc::new(Self {
            mkdir: Some(Box::new(move |peer, name| Box::pin(mkdir(peer, name)))),
            rmdir: Some(Box::new(move |peer, name| Box::pin(rmdir(peer, name)))),
            ..Self::bare()
        })
    }

    /// Puts `node` under `name`, replacing what had the name.
    pub fn add(&self, name: impl Into<String>, node: Arc<dyn Node>) {
        self.write().insert(name.into(), node);
    }

    /// Makes an empty folder under `name` and gives it.
    pub fn folder(&self, name: impl Into<String>) -> Arc<Self> {
        let folder = Self::new();
        self.add(name, folder.clone());
        folder
    }

    /// Takes `name` out; who has it open keeps it.
    pub fn remove(&self, name: &str) -> Option<Arc<dyn Node>> {
        self.write().remove(name)
    }

    /// The child called `name`.
    pub fn get(&self, name: &str) -> Option<Arc<dyn Node>> {
        self.read().get(name).cloned()
    }

    /// The names in order.
    pub fn names(&self) -> Vec<String> {
        self.read().keys().cloned().collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<String, Arc<dyn Node>>> {
        // The map is never left half changed, so a panic elsewhere cannot have spoiled it.
        self.children.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<String, Arc<dyn Node>>> {
        self.children
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Node for Dir {
    fn qid(&self) -> Qid {
        self.qid
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        let mode = if self.mkdir.is_some() { 0o700 } else { 0o500 };
        let mut attr = Attr::synthetic(self.qid, mode);
        attr.nlink = 2;
        Answer::ok(attr)
    }

    fn walk(&self, peer: &Peer, name: &str) -> Answer<Arc<dyn Node>> {
        if let Some(node) = self.get(name) {
            return Answer::ok(node);
        }
        // `event@OFFSET` names a place in the file `event`: the file itself says what follows the `@`.
        if let Some((file, place)) = name.split_once('@')
            && let Some(node) = self.get(file)
            && !node.qid().kind.is_dir()
        {
            return node.walk(peer, place);
        }
        Answer::err(Errno::NOENT, format!("walk to {name}"))
    }

    fn open(&self, _: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        if flags.writes() {
            return Answer::err(Errno::ISDIR, "open for writing");
        }
        let entries = self
            .read()
            .iter()
            .zip(1..)
            .map(|((name, node), offset)| DirEntry {
                qid: node.qid(),
                offset,
                name: Str::from(name.as_str()),
            })
            .collect();
        Answer::ok(Arc::new(Listing { entries }))
    }

    fn mkdir(&self, peer: &Peer, name: &str, _: u32) -> Answer<Qid> {
        let Some(hook) = &self.mkdir else {
            return Answer::err(
                Errno::PERM,
                format!("mkdir {name}: no objects are made here"),
            );
        };
        if let Some(node) = self.get(name) {
            return Answer::err(
                Errno::EXIST,
                format!("mkdir {name}: it is there ({:?})", node.qid()),
            );
        }
        let made = hook(peer.clone(), name.to_owned());
        let children = Arc::clone(&self.children);
        let name = name.to_owned();
        Answer::later(async move {
            made.await?;
            let children = children.read().unwrap_or_else(PoisonError::into_inner);
            match children.get(&name) {
                Some(node) => Ok(node.qid()),
                None => Err(Error::new(
                    Errno::IO,
                    format!("mkdir {name}: made, but gone again"),
                )),
            }
        })
    }

    fn unlink(&self, peer: &Peer, name: &str, dir: bool) -> Answer<()> {
        let Some(hook) = &self.rmdir else {
            return Answer::err(
                Errno::PERM,
                format!("remove {name}: nothing is removed here"),
            );
        };
        if !dir {
            return Answer::err(
                Errno::PERM,
                format!("remove {name}: only rmdir ends an object"),
            );
        }
        if self.get(name).is_none() {
            return Answer::err(Errno::NOENT, format!("rmdir {name}"));
        }
        Answer::Later(hook(peer.clone(), name.to_owned()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The entries as they were when the folder was opened.
struct Listing {
    entries: Vec<DirEntry>,
}

impl File for Listing {
    fn readdir(&self, _: &Peer, offset: u64, count: u32) -> Answer<Vec<DirEntry>> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let mut room = usize::try_from(count).unwrap_or(usize::MAX);
        let page = self.entries.iter().skip(from).take_while(|entry| {
            let fits = entry.wire_len() <= room;
            room = room.saturating_sub(entry.wire_len());
            fits
        });
        Answer::ok(page.cloned().collect())
    }
}
