//! The files that the kernel knows: each an inode with a fid of its own.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ninep::client::{Fid, Namespace};
use ninep::wire::Qid;
use ninep::{Errno, Error, Result};

/// The number of the root.
pub(super) const ROOT: u64 = 1;

/// A file that the kernel has looked up.
#[derive(Debug)]
pub(super) struct Inode {
    pub(super) ino: u64,
    pub(super) qid: Qid,
    /// Name of the service it is of.
    service: String,
    /// Where it was found last: the folder, and the name in it.
    place: Mutex<(u64, String)>,
    /// None until it is needed, and again after its connection was lost.
    fid: tokio::sync::Mutex<Option<Arc<Fid>>>,
    /// How often the kernel has looked it up and not forgotten it.
    lookups: AtomicU64,
}

impl Inode {
    /// Whether it is made when it is opened, and so is never cached.
    pub(super) fn is_synthetic(&self) -> bool {
        self.qid.version == 0
    }

    /// The folder it was found in, and its name there.
    pub(super) fn place(&self) -> (u64, String) {
        self.place
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A file that was found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) parent: u64,
    pub(super) name: &'a str,
    pub(super) qid: Qid,
    pub(super) fid: Option<Fid>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Inodes {
    ns: Namespace,
    /// The tree that the root of the mount is; `/` for all services.
    root: String,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    inodes: HashMap<u64, Arc<Inode>>,
    by_file: HashMap<(String, u64), u64>,
    last: u64,
}

impl Inodes {
    pub(super) fn new(ns: Namespace, root: &str) -> Self {
        let root = format!("/{}", root.trim_matches('/'));
        Self {
            ns,
            root,
            table: Mutex::new(Table {
                last: ROOT,
                ..Table::default()
            }),
        }
    }

    /// The services.
    pub(super) fn namespace(&self) -> &Namespace {
        &self.ns
    }

    /// Whether `ino` is the folder of all services, which no service serves.
    pub(super) fn is_services(&self, ino: u64) -> bool {
        ino == ROOT && self.root == "/"
    }

    /// Enters a file that was found, and counts that the kernel knows it once more.
    pub(super) fn enter(&self, found: Found<'_>) -> Arc<Inode> {
        let service = self.service_of(found.parent, found.name);
        let mut table = self.lock();
        let key = (service.clone(), found.qid.path);
        if let Some(inode) = table
            .by_file
            .get(&key)
            .and_then(|ino| table.inodes.get(ino))
            .cloned()
            && inode.qid.kind == found.qid.kind
        {
            inode.lookups.fetch_add(1, Ordering::Relaxed);
            *inode.place.lock().unwrap_or_else(PoisonError::into_inner) =
                (found.parent, found.name.to_owned());
            return inode;
        }
        table.last += 1;
        let inode = Arc::new(Inode {
            ino: table.last,
            qid: found.qid,
            service,
            place: Mutex::new((found.parent, found.name.to_owned())),
            fid: tokio::sync::Mutex::new(found.fid.map(Arc::new)),
            lookups: AtomicU64::new(1),
        });
        table.inodes.insert(inode.ino, Arc::clone(&inode));
        table.by_file.insert(key, inode.ino);
        inode
    }

    /// The kernel forgets `ino` `times` times.
    pub(super) fn forget(&self, ino: u64, times: u64) {
        let mut table = self.lock();
        let Some(inode) = table.inodes.get(&ino) else {
            return;
        };
        if inode.lookups.fetch_sub(times, Ordering::Relaxed) > times {
            return;
        }
        let key = (inode.service.clone(), inode.qid.path);
        table.inodes.remove(&ino);
        if table.by_file.get(&key) == Some(&ino) {
            table.by_file.remove(&key);
        }
    }

    /// A file that the kernel knows.
    pub(super) fn get(&self, ino: u64) -> Result<Arc<Inode>> {
        self.lock()
            .inodes
            .get(&ino)
            .cloned()
            .ok_or_else(|| Error::new(Errno::STALE, format!("inode {ino}")))
    }

    /// The fid of `ino`, walked again where its connection was lost.
    pub(super) async fn fid(&self, ino: u64) -> Result<Arc<Fid>> {
        if ino == ROOT {
            return self.ns.fid(&self.root).await.map(Arc::new);
        }
        let inode = self.get(ino)?;
        let mut kept = inode.fid.lock().await;
        if let Some(fid) = kept.as_ref().filter(|fid| !fid.client().is_closed()) {
            return Ok(Arc::clone(fid));
        }
        let fid = self.ns.fid(&self.path(ino)?).await?;
        if !inode.is_synthetic() && fid.qid().path != inode.qid.path {
            return Err(Error::new(Errno::STALE, "another file has the name by now"));
        }
        let fid = Arc::new(fid);
        *kept = Some(Arc::clone(&fid));
        Ok(fid)
    }

    /// The path of `ino` in the namespace, as it was found last.
    pub(super) fn path(&self, ino: u64) -> Result<String> {
        let mut names = Vec::new();
        let mut at = ino;
        while at != ROOT {
            let (parent, name) = self.get(at)?.place();
            names.push(name);
            at = parent;
            if names.len() > 4096 {
                return Err(Error::new(Errno::LOOP, "a folder is in itself"));
            }
        }
        names.reverse();
        let below = names.join("/");
        Ok(if self.root == "/" {
            format!("/{below}")
        } else {
            format!("{}/{below}", self.root)
        })
    }

    fn service_of(&self, parent: u64, name: &str) -> String {
        if self.is_services(parent) {
            return name.to_owned();
        }
        match self.get(parent) {
            Ok(inode) => inode.service.clone(),
            // The root of one service's tree: all are of that.
            Err(_) => self.root.clone(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
