use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ninep::tree::{Dir, Feed, status_later};
use ninep::{Errno, Error, Result};
use trees::machine::{Disk, Event};

use crate::machine::{MountWatch, mounted_disks, status};

/// Bytes of events that are kept: a mount is rare.
const KEEP: usize = 16 << 10;

/// `/machine`: figures are read from the kernel when a file is opened; disks come and go with mounts.
#[derive(Debug, Clone)]
pub struct Machine {
    root: Arc<Dir>,
    disks: Arc<Dir>,
    feed: Feed,
    /// Counts mounts and unmounts of disks.
    rev: Arc<AtomicU64>,
    /// Device and mount point of each disk that is shown, by its name.
    known: Arc<Mutex<BTreeMap<String, (String, String)>>>,
}

/// Reading `/proc` and asking file systems may block: not on the thread that supervises.
async fn ask<T: Send + 'static>(kernel: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(kernel)
        .await
        .map_err(|error| Error::new(Errno::IO, format!("the kernel was not asked: {error}")))?
}

impl Machine {
    /// The tree, with the disks of this moment in it.
    pub async fn new(epoch: u64) -> Self {
        let root = Dir::new();
        let rev = Arc::new(AtomicU64::new(1));
        let shown = Arc::clone(&rev);
        root.add(
            "status",
            status_later(move || {
                let rev = shown.load(Ordering::Relaxed);
                ask(move || status(rev))
            }),
        );
        let feed = Feed::new(epoch, KEEP);
        root.add("event", feed.node());
        let disks = root.folder("disks");
        let machine = Self {
            root,
            disks,
            feed,
            rev,
            known: Arc::default(),
        };
        if let Err(error) = machine.look().await {
            tracing::warn!("no disks are shown: {error}");
        }
        machine
    }

    /// The root of the tree.
    pub fn root(&self) -> Arc<Dir> {
        Arc::clone(&self.root)
    }

    /// Keeps the disks up to date, for as long as the session lasts.
    pub async fn follow_mounts(self) {
        let mut watch = match MountWatch::new() {
            Ok(watch) => watch,
            Err(error) => {
                tracing::warn!("mounts and unmounts are not noticed: {error}");
                return;
            }
        };
        loop {
            // A look after the watch began: what changed in between is seen.
            if let Err(error) = self.look().await {
                tracing::warn!("the disks cannot be read: {error}");
            }
            if watch.changed().await.is_err() {
                return;
            }
        }
    }

    /// Looks at the disks, and shows and tells it when others are there than before.
    async fn look(&self) -> Result<()> {
        let found = ask(mounted_disks).await?;
        let now: BTreeMap<_, _> = found
            .iter()
            .map(|disk| (disk.name.clone(), (disk.device.clone(), disk.mount.clone())))
            .collect();
        let before = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *known, now.clone())
        };
        if before == now {
            return Ok(());
        }
        for gone in before.keys().filter(|name| !now.contains_key(*name)) {
            self.disks.remove(gone);
        }
        for name in now.keys().filter(|name| !before.contains_key(*name)) {
            self.disks
                .folder(name.as_str())
                .add("status", disk_status(name.clone()));
        }
        self.rev.fetch_add(1, Ordering::Relaxed);
        self.feed.push(&Event::Disks { disks: found })?;
        Ok(())
    }
}

/// `/machine/disks/NAME/status`.
fn disk_status(name: String) -> Arc<dyn ninep::tree::Node> {
    status_later(move || {
        let name = name.clone();
        ask(move || -> Result<Disk> {
            let found = mounted_disks()?.into_iter().find(|disk| disk.name == name);
            found.ok_or_else(|| Error::new(Errno::NOENT, format!("{name} is not mounted any more")))
        })
    })
}
