//! A space: an export of its folder, and the tally of what is in it.

use std::path::Path;
use std::sync::Arc;

use ninep::Result;
use ninep::export::{Budget, Export, Observer};
use ninep::tree::{Dir, Feed, Node, status_later};
use rustix::fd::OwnedFd;
use trees::mirror::Space as Status;

use crate::counts::Counts;
use crate::scan;
use crate::tally::{Moved, Tally};

/// One space of the mirror.
#[derive(Debug)]
pub(crate) struct Space {
    name: String,
    export: Export,
    tally: Arc<Tally>,
    node: Arc<Dir>,
}

impl Space {
    /// The space `name` whose data lies in `folder`. Its status waits until [`Space::count`] was called.
    ///
    /// # Errors
    /// As [`Export::beneath`].
    pub(crate) fn new(name: &str, folder: OwnedFd, feed: Feed, budget: Budget) -> Result<Self> {
        let tally = Arc::new(Tally::new(name, feed));
        let observer: Arc<dyn Observer> = Arc::clone(&tally) as _;
        let export = Export::beneath(folder, observer, budget)?;
        let node = Dir::new();
        node.add("data", export.root());
        let shown = Arc::clone(&tally);
        node.add(
            "status",
            status_later(move || {
                let tally = Arc::clone(&shown);
                async move { Ok(tally.status().await) }
            }),
        );
        Ok(Self {
            name: name.to_owned(),
            export,
            tally,
            node,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its folder in the tree.
    pub(crate) fn node(&self) -> Arc<dyn Node> {
        Arc::clone(&self.node) as _
    }

    /// Its state; waits for the first count.
    pub(crate) async fn status(&self) -> Status {
        self.tally.status().await
    }

    /// Counts the space from the disk; blocks. Gives the counts before, if they were known.
    ///
    /// Clients go on while it counts. Only when they changed something meanwhile, it counts once more with changes
    /// made to wait, and then finds what the kernel just read still in memory.
    pub(crate) fn count(&self) -> (Option<Counts>, Counts) {
        let scan = || scan::count(self.export.folder(), Path::new(&self.name));
        // Nothing is under way between its change of the disk and its change of the tally, neither now nor below.
        let changes = self.export.settled(|| self.tally.changes());
        let counts = scan();
        let set = self
            .export
            .settled(|| self.tally.set_unless_moved(counts, changes));
        set.map_or_else(
            |Moved| {
                self.export.settled(|| {
                    let counts = scan();
                    (self.tally.set(counts), counts)
                })
            },
            |before| (before, counts),
        )
    }
}
