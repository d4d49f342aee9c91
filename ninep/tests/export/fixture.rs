use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use ninep::export::{Budget, Export, Kind, Observer, Renamed};
use ninep::tree::{File, Node, OpenFlags, Peer};
use ninep::wire::{Attr, DirEntry, Time};
use ninep::{Errno, Result};

/// An export of a temporary folder, beside which lies one that nobody may reach.
pub(crate) struct Fixture {
    dir: tempfile::TempDir,
    pub(crate) export: Export,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) peer: Peer,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        Self::with(Budget::of_process())
    }

    pub(crate) fn with(budget: Budget) -> Self {
        let dir = if crate::IN_MEMORY {
            tempfile::tempdir_in("/dev/shm").unwrap()
        } else {
            tempfile::tempdir().unwrap()
        };
        std::fs::create_dir(dir.path().join("root")).unwrap();
        std::fs::create_dir(dir.path().join("outside")).unwrap();
        std::fs::write(dir.path().join("outside/secret"), "secret").unwrap();
        let ledger = Arc::new(Ledger::default());
        let observer: Arc<dyn Observer> = if crate::IN_MEMORY {
            Arc::new(())
        } else {
            Arc::clone(&ledger) as _
        };
        let export = Export::open(&dir.path().join("root"), observer, budget).unwrap();
        Self {
            dir,
            export,
            ledger,
            peer: Peer::default(),
        }
    }

    /// A path of the folder that is served.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join("root").join(path)
    }

    /// A path of the folder that is not.
    pub(crate) fn outside(&self, path: &str) -> PathBuf {
        self.dir.path().join("outside").join(path)
    }

    pub(crate) async fn walk(&self, path: &str) -> Result<Arc<dyn Node>> {
        let mut node = self.export.root();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            node = node.walk(&self.peer, name).get().await?;
        }
        Ok(node)
    }

    /// The folder of `path` and the last name.
    pub(crate) async fn place<'a>(&self, path: &'a str) -> Result<(Arc<dyn Node>, &'a str)> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.walk(folder).await?, name))
    }

    pub(crate) async fn open(&self, path: &str, flags: OpenFlags) -> Result<Arc<dyn File>> {
        self.walk(path).await?.open(&self.peer, flags).get().await
    }

    pub(crate) async fn create(&self, path: &str, flags: OpenFlags) -> Result<Arc<dyn File>> {
        let (folder, name) = self.place(path).await?;
        Ok(folder
            .create(&self.peer, name, flags, 0o644)
            .get()
            .await?
            .file)
    }

    pub(crate) async fn put(&self, path: &str, data: &[u8]) -> Result<()> {
        let file = self
            .create(path, OpenFlags::WRONLY | OpenFlags::TRUNC)
            .await?;
        self.write(&file, 0, data).await.map(drop)
    }

    pub(crate) async fn write(&self, file: &Arc<dyn File>, at: u64, data: &[u8]) -> Result<u32> {
        file.write(&self.peer, at, Bytes::copy_from_slice(data))
            .get()
            .await
    }

    pub(crate) async fn read(&self, file: &Arc<dyn File>) -> Result<Bytes> {
        file.read(&self.peer, 0, 1 << 20).get().await
    }

    pub(crate) async fn mkdir(&self, path: &str) -> Result<()> {
        let (folder, name) = self.place(path).await?;
        folder.mkdir(&self.peer, name, 0o755).get().await.map(drop)
    }

    pub(crate) async fn unlink(&self, path: &str, dir: bool) -> Result<()> {
        let (folder, name) = self.place(path).await?;
        folder.unlink(&self.peer, name, dir).get().await
    }

    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (folder, name) = self.place(from).await?;
        let (target, new_name) = self.place(to).await?;
        folder
            .rename(&self.peer, name, &target, new_name)
            .get()
            .await
    }

    pub(crate) async fn attr(&self, path: &str) -> Attr {
        self.walk(path)
            .await
            .unwrap()
            .getattr(&self.peer, Attr::BASIC)
            .get()
            .await
            .unwrap()
    }

    /// All entries of a folder, fetched `count` bytes at a time.
    pub(crate) async fn list(&self, path: &str, count: u32) -> Vec<DirEntry> {
        let folder = self.open(path, OpenFlags::RDONLY).await.unwrap();
        let mut entries: Vec<DirEntry> = Vec::new();
        loop {
            let from = entries.last().map_or(0, |entry| entry.offset);
            let page = folder.readdir(&self.peer, from, count).get().await.unwrap();
            if page.is_empty() {
                return entries;
            }
            entries.extend(page);
        }
    }
}

/// What an observer heard: sums, and lines in order.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<(Sums, VecDeque<String>)>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) files: i64,
    pub(crate) folders: i64,
    pub(crate) bytes: i64,
}

impl Sums {
    fn add(&mut self, kind: Kind, sign: i64) {
        match kind {
            Kind::Folder => self.folders += sign,
            _ => self.files += sign,
        }
    }

    /// The same, counted from the folder itself.
    pub(crate) fn of(dir: &Path) -> Self {
        let mut sums = Self::default();
        for entry in std::fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                let below = Self::of(&entry.path());
                sums.files += below.files;
                sums.folders += below.folders + 1;
                sums.bytes += below.bytes;
            } else {
                sums.files += 1;
                sums.bytes += if meta.is_file() {
                    i64::try_from(meta.len()).unwrap()
                } else {
                    0
                };
            }
        }
        sums
    }
}

impl Ledger {
    pub(crate) fn sums(&self) -> Sums {
        self.0.lock().unwrap().0
    }

    /// The lines since the last call.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().1.drain(..).collect()
    }

    fn note(&self, line: String, change: impl FnOnce(&mut Sums)) {
        let mut heard = self.0.lock().unwrap();
        change(&mut heard.0);
        heard.1.push_back(line);
    }
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap()
}

impl Observer for Ledger {
    fn made(&self, _: &Peer, path: &str, kind: Kind, when: Time) {
        assert_ne!(when, Time::default());
        self.note(format!("made {kind:?} {path}"), |sums| sums.add(kind, 1));
    }

    fn written(&self, _: &Peer, from: u64, to: u64, _: Time) {
        self.note(format!("written {from} {to}"), |sums| {
            sums.bytes += signed(to) - signed(from);
        });
    }

    fn closed(&self, _: &Peer, path: &str, created: bool, bytes: u64, _: Time) {
        let what = if created { "created" } else { "changed" };
        self.note(format!("{what} {path} {bytes}"), |_| {});
    }

    fn renamed(&self, _: &Peer, renamed: &Renamed, _: Time) {
        let Renamed {
            from,
            to,
            bytes,
            replaced,
            ..
        } = renamed;
        self.note(
            format!("renamed {from} {to} {bytes} {replaced:?}"),
            |sums| {
                if let Some((kind, bytes)) = *replaced {
                    sums.add(kind, -1);
                    sums.bytes -= signed(bytes);
                }
            },
        );
    }

    fn removed(&self, _: &Peer, path: &str, kind: Kind, bytes: u64, _: Time) {
        self.note(format!("removed {kind:?} {path} {bytes}"), |sums| {
            sums.add(kind, -1);
            sums.bytes -= signed(bytes);
        });
    }
}

/// The errno of a refusal.
pub(crate) fn errno<T>(result: Result<T>) -> Errno {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(error) => error.errno(),
    }
}
