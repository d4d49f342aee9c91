//! The tree that is served: nothing in it changes, so a fid is known by its path. What is called `slow` answers when the
//! gate is opened, what is called `wait` has reads that wait for an event.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ninep::tree::{Answer, Created, File, Node, OpenFlags, Peer};
use ninep::wire::{Attr, DirEntry, Qid, QidKind, SetAttr};
use ninep::{Errno, Result};
use tokio::sync::Notify;

/// Holds up what is slow, and counts files.
#[derive(Default)]
pub struct Gate {
    open: AtomicBool,
    opened: Notify,
    event: Notify,
    files: AtomicUsize,
    /// Writes and folders made.
    effects: AtomicUsize,
    /// Files that were closed without having been clunked, and those of which that is known to be right.
    unclunked: AtomicUsize,
    excused: AtomicUsize,
    faults: Mutex<Vec<String>>,
}

impl Gate {
    pub fn set(&self, open: bool) {
        self.open.store(open, Ordering::SeqCst);
        if open {
            self.opened.notify_waiters();
        }
    }

    pub fn event(&self) {
        self.event.notify_waiters();
    }

    async fn pass(&self) {
        let opened = self.opened.notified();
        if !self.open.load(Ordering::SeqCst) {
            opened.await;
        }
    }

    /// That every open file was clunked once and closed.
    ///
    /// # Panics
    /// When one was not.
    pub fn check(&self) {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(faults.is_empty(), "{faults:?}");
        let (unclunked, excused) = (
            self.unclunked.load(Ordering::SeqCst),
            self.excused.load(Ordering::SeqCst),
        );
        assert_eq!(unclunked, excused, "files were closed and not clunked");
        assert_eq!(
            self.files.load(Ordering::SeqCst),
            0,
            "files are open and nobody has them"
        );
    }

    /// One file that was opened for nobody goes without having been clunked.
    pub fn excuse(&self) {
        self.excused.fetch_add(1, Ordering::SeqCst);
    }

    /// Writes and folders made so far.
    pub fn effects(&self) -> usize {
        self.effects.load(Ordering::SeqCst)
    }

    fn fault(&self, what: String) {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
    }
}

/// What a path is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub dir: bool,
    pub slow: bool,
    pub waits: bool,
    /// Its bytes cannot be had, nor given.
    pub broken: bool,
}

/// The names that every folder has, in order.
pub const LISTED: [&str; 6] = ["now", "slow", "wait", "dir", "slowdir", "broken"];

/// What lies at `path`.
pub fn sort(path: &[&'static str]) -> Sort {
    let last = path.last().copied().unwrap_or("dir");
    Sort {
        dir: matches!(last, "dir" | "slowdir"),
        slow: matches!(last, "slow" | "slowdir"),
        waits: last == "wait",
        broken: last == "broken",
    }
}

/// Whether a folder has a child `name`.
pub fn has(name: &str) -> bool {
    LISTED.contains(&name)
}

/// The number of what lies at `path`.
pub fn number(path: &[&'static str]) -> u64 {
    path.iter()
        .flat_map(|name| name.bytes().chain([b'/']))
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        })
}

/// A node.
#[derive(Clone)]
pub struct Place {
    path: Vec<&'static str>,
    gate: Arc<Gate>,
}

impl Place {
    pub fn root(gate: &Arc<Gate>) -> Arc<dyn Node> {
        Arc::new(Self {
            path: Vec::new(),
            gate: Arc::clone(gate),
        })
    }

    fn sort(&self) -> Sort {
        sort(&self.path)
    }

    fn child(&self, name: &'static str) -> Self {
        let mut path = self.path.clone();
        path.push(name);
        Self {
            path,
            gate: Arc::clone(&self.gate),
        }
    }

    /// The answer, at once or when the gate is open.
    fn answer<T: Send + 'static>(
        &self,
        make: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        if !self.sort().slow {
            return make(self).into();
        }
        let here = self.clone();
        Answer::later(async move {
            here.gate.pass().await;
            make(&here)
        })
    }

    fn in_folder<T: Send + 'static>(
        &self,
        make: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Answer<T> {
        if !self.sort().dir {
            return Answer::err(Errno::NOTDIR, "");
        }
        self.answer(|here| Ok(make(here)))
    }
}

impl Node for Place {
    fn qid(&self) -> Qid {
        let kind = if self.sort().dir {
            QidKind::DIR
        } else {
            QidKind::FILE
        };
        Qid {
            kind,
            version: 0,
            path: number(&self.path),
        }
    }

    fn getattr(&self, _: &Peer, _: u64) -> Answer<Attr> {
        self.answer(|here| Ok(Attr::synthetic(here.qid(), 0o600)))
    }

    fn walk(&self, _: &Peer, name: &str) -> Answer<Arc<dyn Node>> {
        let Some(name) = LISTED.into_iter().find(|listed| *listed == name) else {
            return self.in_folder(|_| ()).then_missing();
        };
        self.in_folder(move |here| Arc::new(here.child(name)) as Arc<dyn Node>)
    }

    fn open(&self, _: &Peer, flags: OpenFlags) -> Answer<Arc<dyn File>> {
        if self.sort().dir && flags.writes() {
            return Answer::err(Errno::ISDIR, "");
        }
        let patient = !flags.has(OpenFlags::NONBLOCK);
        self.answer(move |here| Ok(Arc::new(Opened::new(here, patient)) as Arc<dyn File>))
    }

    fn create(&self, _: &Peer, name: &str, flags: OpenFlags, _: u32) -> Answer<Created> {
        if !self.sort().dir {
            return Answer::err(Errno::NOTDIR, "");
        }
        let exists = flags.has(OpenFlags::EXCL) && has(name);
        self.answer(move |here| {
            if exists {
                return Err(Errno::EXIST.into());
            }
            let made = here.child("made");
            Ok(Created {
                file: Arc::new(Opened::new(&made, true)),
                node: Arc::new(made),
            })
        })
    }

    fn mkdir(&self, _: &Peer, _: &str, _: u32) -> Answer<Qid> {
        self.in_folder(|here| {
            here.gate.effects.fetch_add(1, Ordering::SeqCst);
            here.qid()
        })
    }

    fn unlink(&self, _: &Peer, _: &str, _: bool) -> Answer<()> {
        self.in_folder(|_| ())
    }

    fn rename(&self, _: &Peer, _: &str, _: &Arc<dyn Node>, _: &str) -> Answer<()> {
        self.in_folder(|_| ())
    }

    fn setattr(&self, _: &Peer, _: SetAttr) -> Answer<()> {
        self.answer(|_| Ok(()))
    }

    fn xattr(&self, _: &Peer, _: &str) -> Answer<Bytes> {
        self.answer(|_| Ok(Bytes::from_static(b"value")))
    }

    fn set_xattr(&self, _: &Peer, _: &str, _: Bytes, _: u32) -> Answer<()> {
        self.answer(|_| Ok(()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Turns an answer into "there is no such file", as late as it would have come.
trait Missing {
    fn then_missing(self) -> Answer<Arc<dyn Node>>;
}

impl Missing for Answer<()> {
    fn then_missing(self) -> Answer<Arc<dyn Node>> {
        match self {
            Self::Now(Ok(())) => Answer::err(Errno::NOENT, ""),
            Self::Now(Err(error)) => Answer::Now(Err(error)),
            Self::Later(work) | Self::Parked(work) => Answer::later(async move {
                work.await?;
                Err(Errno::NOENT.into())
            }),
        }
    }
}

/// An open file. Complains when it goes without having been clunked, or is clunked twice.
struct Opened {
    place: Place,
    /// A read may wait for an event.
    patient: bool,
    clunked: AtomicBool,
}

impl Opened {
    fn new(place: &Place, patient: bool) -> Self {
        place.gate.files.fetch_add(1, Ordering::SeqCst);
        Self {
            place: place.clone(),
            patient,
            clunked: AtomicBool::new(false),
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.place.gate.files.fetch_sub(1, Ordering::SeqCst);
        if !self.clunked.load(Ordering::SeqCst) {
            self.place.gate.unclunked.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl File for Opened {
    fn read(&self, _: &Peer, _: u64, count: u32) -> Answer<Bytes> {
        let data = Bytes::from(vec![7; usize::try_from(count).unwrap_or(0).min(20_000)]);
        if self.place.sort().broken {
            return Answer::err(Errno::IO, "");
        }
        if self.place.sort().waits {
            if !self.patient {
                return Answer::err(Errno::AGAIN, "");
            }
            let gate = Arc::clone(&self.place.gate);
            return Answer::parked(async move {
                gate.event.notified().await;
                Ok(data)
            });
        }
        self.place.answer(|_| Ok(data))
    }

    fn write(&self, _: &Peer, _: u64, data: Bytes) -> Answer<u32> {
        if self.place.sort().broken {
            return Answer::err(Errno::IO, "");
        }
        let count = u32::try_from(data.len()).unwrap_or(u32::MAX);
        self.place.answer(move |here| {
            here.gate.effects.fetch_add(1, Ordering::SeqCst);
            Ok(count)
        })
    }

    fn readdir(&self, _: &Peer, offset: u64, count: u32) -> Answer<Vec<DirEntry>> {
        if !self.place.sort().dir {
            return Answer::err(Errno::NOTDIR, "");
        }
        self.place.answer(move |here| {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            let entries = LISTED
                .iter()
                .zip(1..)
                .skip(from)
                .map(|(name, offset)| DirEntry {
                    qid: here.child(name).qid(),
                    offset,
                    name: (*name).into(),
                });
            let mut left = usize::try_from(count).unwrap_or(0);
            Ok(entries
                .take_while(|entry| {
                    let fits = entry.wire_len() <= left;
                    left = left.saturating_sub(entry.wire_len());
                    fits
                })
                .collect())
        })
    }

    fn fsync(&self, _: &Peer, _: bool) -> Answer<()> {
        if self.place.sort().broken {
            return Answer::err(Errno::IO, "");
        }
        self.place.answer(|_| Ok(()))
    }

    fn clunk(&self, _: &Peer) -> Answer<()> {
        if self.clunked.swap(true, Ordering::SeqCst) {
            self.place
                .gate
                .fault(format!("{:?} was clunked twice", self.place.path));
        }
        Answer::ok(())
    }
}
