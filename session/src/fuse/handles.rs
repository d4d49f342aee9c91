//! Open files and folders, by the numbers that the kernel uses for them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use ninep::client::{Entry, RemoteFile};
use ninep::{Errno, Error, Result};

/// An open file.
#[derive(Debug)]
pub(super) struct OpenFile {
    pub(super) file: RemoteFile,
    /// Whether locks were taken through it, which its close drops.
    pub(super) locked: AtomicBool,
    /// Where the last read ended, and what a poll has read beyond.
    ahead: Mutex<Ahead>,
}

#[derive(Debug, Default)]
struct Ahead {
    at: u64,
    bytes: Bytes,
}

impl OpenFile {
    pub(super) fn new(file: RemoteFile) -> Self {
        Self {
            file,
            locked: AtomicBool::new(false),
            ahead: Mutex::default(),
        }
    }

    /// At most `count` bytes from `offset`.
    pub(super) async fn read(&self, offset: u64, count: u32) -> Result<Bytes> {
        if let Some(bytes) = self.take_ahead(offset, count) {
            return Ok(bytes);
        }
        let bytes = self.file.read_at(offset, count).await?;
        *self.lock() = Ahead {
            at: offset + bytes.len() as u64,
            bytes: Bytes::new(),
        };
        Ok(bytes)
    }

    /// Whether a read at the place where the last one ended gives something now.
    pub(super) async fn is_ready(&self) -> bool {
        const PEEK: u32 = 16 << 10;
        let at = {
            let ahead = self.lock();
            if !ahead.bytes.is_empty() {
                return true;
            }
            ahead.at
        };
        match self.file.read_at(at, PEEK).await {
            Ok(bytes) => {
                *self.lock() = Ahead { at, bytes };
                true
            }
            // An error is something to be read, too.
            Err(error) => error.errno() != Errno::AGAIN,
        }
    }

    fn take_ahead(&self, offset: u64, count: u32) -> Option<Bytes> {
        let mut ahead = self.lock();
        if ahead.bytes.is_empty() || ahead.at != offset {
            return None;
        }
        let count = ahead.bytes.len().min(count as usize);
        let bytes = ahead.bytes.split_to(count);
        ahead.at += count as u64;
        Some(bytes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a number stands for.
#[derive(Debug, Clone)]
enum Handle {
    File(Arc<OpenFile>),
    /// The entries as they were when the folder was opened.
    Folder(Arc<Vec<Entry>>),
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Handles {
    table: Mutex<HashMap<u64, Handle>>,
    last: AtomicU64,
}

impl Handles {
    pub(super) fn add_file(&self, file: RemoteFile) -> u64 {
        self.add(Handle::File(Arc::new(OpenFile::new(file))))
    }

    pub(super) fn add_folder(&self, entries: Vec<Entry>) -> u64 {
        self.add(Handle::Folder(Arc::new(entries)))
    }

    pub(super) fn file(&self, handle: u64) -> Result<Arc<OpenFile>> {
        match self.lock().get(&handle) {
            Some(Handle::File(file)) => Ok(Arc::clone(file)),
            _ => Err(Error::new(Errno::BADF, format!("handle {handle}"))),
        }
    }

    pub(super) fn folder(&self, handle: u64) -> Result<Arc<Vec<Entry>>> {
        match self.lock().get(&handle) {
            Some(Handle::Folder(entries)) => Ok(Arc::clone(entries)),
            _ => Err(Error::new(Errno::BADF, format!("handle {handle}"))),
        }
    }

    /// Forgets the number; gives the file, to be closed.
    pub(super) fn remove(&self, handle: u64) -> Option<Arc<OpenFile>> {
        match self.lock().remove(&handle) {
            Some(Handle::File(file)) => Some(file),
            _ => None,
        }
    }

    fn add(&self, handle: Handle) -> u64 {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock().insert(number, handle);
        number
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Handle>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
