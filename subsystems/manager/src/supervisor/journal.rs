//! What one subsystem says: into its log, its events, and a file that outlives the session.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ninep::tree::{Feed, Log};
use trees::subsystems::Event;

/// Bytes of lines that are kept in memory, for `log` and as much again for `event`.
const KEEP: usize = 128 << 10;
/// Bytes of the file before it becomes the old one and a new one begins.
const FILE_KEEP: u64 = 1 << 20;

/// The lines of one subsystem.
#[derive(Debug)]
pub struct Journal {
    name: String,
    log: Log,
    feed: Feed,
    file: Mutex<Option<LogFile>>,
    last: Mutex<Option<String>>,
}

impl Journal {
    /// An empty journal, whose lines also go to `NAME.log` in `folder` if there is one. A folder that cannot be written
    /// costs the files and nothing else; it is told once.
    pub fn new(name: &str, epoch: u64, folder: Option<&Path>) -> Self {
        let file = folder.and_then(|folder| {
            let path = folder.join(format!("{name}.log"));
            LogFile::open(&path)
                .inspect_err(|error| {
                    tracing::warn!("no log is kept in {}: {error}", path.display());
                })
                .ok()
        });
        Self {
            name: name.to_owned(),
            log: Log::new(KEEP),
            feed: Feed::new(epoch, KEEP),
            file: Mutex::new(file),
            last: Mutex::default(),
        }
    }

    /// The lines as a file.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// The lines and changes of state as events.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Takes lines; the file gets all of them in one write.
    pub fn lines(&self, lines: &[String]) {
        let Some(last) = lines.last() else { return };
        for line in lines {
            tracing::info!("{}: {line}", self.name);
            self.log.line(line);
            let line = line.clone();
            push(&self.feed, &Event::Log { line });
        }
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last.clone());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = file.as_mut().map(|file| file.lines(lines)) {
            tracing::warn!(
                "{}: its log file is not written any more: {error}",
                self.name
            );
            *file = None;
        }
    }

    /// The last line since this was asked last.
    pub fn take_last(&self) -> Option<String> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Appends an event; ours are all JSON objects, so that it cannot be refused.
pub fn push(feed: &Feed, event: &Event) {
    if let Err(error) = feed.push(event) {
        tracing::error!("an event was not told: {error}");
    }
}

/// A file that is cut in two when it grows: `NAME.log` goes on, `NAME.log.1` is the part before.
#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    file: File,
    len: u64,
}

impl LogFile {
    fn open(path: &Path) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let len = file.metadata()?.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            len,
        })
    }

    fn lines(&mut self, lines: &[String]) -> std::io::Result<()> {
        if self.len > FILE_KEEP {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            *self = Self::open(&self.path)?;
        }
        let now = format!("{:.3}", jiff::Timestamp::now());
        let text: String = lines
            .iter()
            .flat_map(|line| [&now, " ", line, "\n"])
            .collect();
        self.file.write_all(text.as_bytes())?;
        self.len += text.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_reach_log_events_and_file_and_the_file_stays_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new("mirror", 1, Some(folder.path()));
        journal.lines(&["hello".to_owned()]);
        assert_eq!(journal.take_last().as_deref(), Some("hello"));
        assert_eq!(journal.take_last(), None);
        assert_eq!(journal.log().text(), "hello\n");
        let text = fs::read_to_string(folder.path().join("mirror.log")).unwrap();
        assert!(text.ends_with("Z hello\n"), "{text}");

        let long = "x".repeat(4096);
        for _ in 0..600 {
            journal.lines(std::slice::from_ref(&long));
        }
        let len = |name: &str| fs::metadata(folder.path().join(name)).unwrap().len();
        assert!(len("mirror.log.1") > FILE_KEEP && len("mirror.log.1") < FILE_KEEP + 8192);
        assert!(len("mirror.log") < FILE_KEEP + 8192);
    }

    #[test]
    fn without_a_folder_to_write_the_log_still_works() {
        let journal = Journal::new("mirror", 1, Some(Path::new("/proc/none")));
        journal.lines(&["hello".to_owned()]);
        assert_eq!(journal.log().text(), "hello\n");
    }
}
