use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

use super::connection::{answered, unexpected};
use super::fid::Fid;
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;
use crate::wire::{DirEntry, FileLock, Rmsg, Tmsg};

/// Pieces of one large read or write that are in flight together.
const WINDOW: usize = 8;
/// The size of such a piece: large enough to cost few messages, small enough to stay in the cache.
const PIECE: u32 = 128 << 10;

/// An open file on the server. Clunked when dropped.
#[derive(Debug)]
pub struct RemoteFile {
    fid: Fid,
    /// Every write goes to the end, so their order is the content's.
    append: bool,
}

impl RemoteFile {
    /// The open file of `fid`, which was opened with `flags`.
    pub(super) fn new(fid: Fid, flags: OpenFlags) -> Self {
        Self {
            append: flags.has(OpenFlags::APPEND),
            fid,
        }
    }

    /// The fid, for attributes.
    pub fn fid(&self) -> &Fid {
        &self.fid
    }

    /// One read: at most `count` bytes from `offset`, fewer when the server has fewer; empty at the end. On an `event` file it
    /// waits for the next event.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn read_at(&self, offset: u64, count: u32) -> Result<Bytes> {
        let count = count.min(self.fid.client().io_size());
        let request = Tmsg::Read {
            fid: self.fid.number(),
            offset,
            count,
        };
        answered!(self.fid.client(),  request, "Tread", Rmsg::Read { data } => data)
    }

    /// Everything from `offset` to the end. `size` is how much there will be, if that is known: then reads are in flight
    /// together.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn read_to_end(&self, offset: u64, size: Option<u64>) -> Result<Bytes> {
        let piece = self.fid.client().io_size().min(PIECE);
        let mut all = BytesMut::new();
        if let Some(size) = size.filter(|size| *size > u64::from(piece)) {
            let mut pieces = stream::iter((offset..offset + size).step_by(piece as usize))
                .map(|at| self.read_at(at, piece))
                .buffered(WINDOW);
            while let Some(data) = pieces.try_next().await? {
                let short = data.len() < piece as usize;
                all.extend_from_slice(&data);
                if short {
                    break;
                }
            }
        }
        loop {
            let data = self.read_at(offset + all.len() as u64, piece).await?;
            if data.is_empty() {
                return Ok(all.freeze());
            }
            if all.is_empty() && data.len() < piece as usize {
                // Most files are smaller than a piece: theirs is the slice that came.
                let rest = self.read_at(offset + data.len() as u64, piece).await?;
                if rest.is_empty() {
                    return Ok(data);
                }
                all.extend_from_slice(&data);
                all.extend_from_slice(&rest);
                continue;
            }
            all.extend_from_slice(&data);
        }
    }

    /// Writes all of `data` at `offset`. What fits into one message is one write; more goes in pieces that are in flight
    /// together, or, in a file opened to append, one after the other.
    ///
    /// # Errors
    /// What the server refuses with; `EIO` when it takes nothing and does not say why. Then any part may have been written.
    pub async fn write_at(&self, offset: u64, data: Bytes) -> Result<()> {
        let most = self.fid.client().io_size() as usize;
        if data.len() <= most {
            return self.write_once(offset, data).await;
        }
        let piece = most.min(PIECE as usize);
        let pieces = (0..data.len()).step_by(piece).map(|from| {
            let piece = data.slice(from..data.len().min(from + piece));
            self.write_once(offset + from as u64, piece)
        });
        let window = if self.append { 1 } else { WINDOW };
        stream::iter(pieces).buffered(window).try_collect().await
    }

    /// One write, and where the server takes a part of it, as on a disk that fills up, one more for the rest: that
    /// one is answered with the reason.
    async fn write_once(&self, mut offset: u64, mut data: Bytes) -> Result<()> {
        loop {
            let request = Tmsg::Write {
                fid: self.fid.number(),
                offset,
                data: data.clone(),
            };
            let count =
                answered!(self.fid.client(),  request, "Twrite", Rmsg::Write { count } => count)?;
            let taken = count as usize;
            if taken == data.len() {
                return Ok(());
            }
            if taken == 0 || taken > data.len() {
                let len = data.len();
                return Err(Error::new(
                    Errno::IO,
                    format!("the server took {count} of {len} bytes"),
                ));
            }
            data = data.slice(taken..);
            offset += u64::from(count);
        }
    }

    /// The content from `from` to `size` as a stream of pieces in order, the next ones on their way while one is used. It
    /// ends early, with an empty piece, where the file turns out to be shorter.
    pub fn stream(&self, from: u64, size: u64) -> impl Stream<Item = Result<Bytes>> + '_ {
        super::paths::pieces(self, from, size)
    }

    /// All entries of the folder, `.` and `..` left out.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn entries(&self) -> Result<Vec<DirEntry>> {
        let mut entries: Vec<DirEntry> = Vec::new();
        let mut offset = 0;
        loop {
            let request = Tmsg::Readdir {
                fid: self.fid.number(),
                offset,
                count: self.fid.client().io_size().min(PIECE),
            };
            let data =
                answered!(self.fid.client(),  request, "Treaddir", Rmsg::Readdir { data } => data)?;
            let page = DirEntry::decode_all(data)
                .map_err(|error| Error::new(Errno::PROTO, error.to_string()))?;
            let Some(last) = page.last() else {
                return Ok(entries);
            };
            offset = last.offset;
            entries.extend(
                page.into_iter()
                    .filter(|entry| !matches!(entry.name.as_str(), "." | "..")),
            );
        }
    }

    /// Waits until what was written is durable.
    ///
    /// # Errors
    /// What the server says: then it is not.
    pub async fn fsync(&self) -> Result<()> {
        answered!(self.fid.client(),  Tmsg::Fsync { fid: self.fid.number(), datasync: 0 }, "Tfsync", Rmsg::Fsync {} => ())
    }

    /// Asks for a byte-range lock; gives the status of `Rlock`.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn lock(&self, lock: FileLock) -> Result<u8> {
        let FileLock {
            kind,
            start,
            length,
            proc_id,
            client_id,
        } = lock;
        let request = Tmsg::Lock {
            fid: self.fid.number(),
            kind,
            flags: 0,
            start,
            length,
            proc_id,
            client_id,
        };
        answered!(self.fid.client(),  request, "Tlock", Rmsg::Lock { status } => status)
    }

    /// The lock that stands in the way of `lock`; kind 2 (unlock) if none does.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn getlock(&self, lock: FileLock) -> Result<FileLock> {
        let request = Tmsg::Getlock {
            fid: self.fid.number(),
            lock,
        };
        answered!(self.fid.client(),  request, "Tgetlock", Rmsg::Getlock { lock } => lock)
    }

    /// Closes the file and waits for the answer.
    ///
    /// # Errors
    /// What the server says; the fid is gone all the same.
    pub async fn clunk(self) -> Result<()> {
        self.fid.clunk().await
    }
}
