use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

use super::connection::{Client, unexpected};
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;
use crate::wire::{
    Attr, DirEntry, FileLock, MAX_WALK, NO_UID, Qid, Rmsg, SetAttr, Statfs, Str, Tmsg, compound,
};

/// Pieces of one large read or write that are in flight together.
const WINDOW: usize = 8;
/// The size of such a piece: large enough to cost few messages, small enough to stay in the cache.
const PIECE: u32 = 128 << 10;

/// A file on the server. Clunked when dropped.
#[derive(Debug)]
pub struct Fid {
    client: Client,
    number: u32,
    qid: Qid,
    live: bool,
}

impl Drop for Fid {
    fn drop(&mut self) {
        if self.live {
            self.client.clunk_later(self.number);
        }
    }
}

macro_rules! expect {
    ($fid:expr, $request:expr, $name:literal, $answer:pat => $value:expr) => {
        match $fid.client.call($request).await? {
            $answer => Ok($value),
            other => Err(unexpected($name, &other)),
        }
    };
}

impl Fid {
    pub(super) fn new(client: Client, number: u32, qid: Qid) -> Self {
        Self {
            client,
            number,
            qid,
            live: true,
        }
    }

    /// The file's qid as it was when the fid was made.
    pub fn qid(&self) -> Qid {
        self.qid
    }

    /// Its number on the connection.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// The connection.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Walks a path, relative to this file, of any length. Empty names are skipped, so `a//b/` is `a/b`.
    ///
    /// # Errors
    /// `ENOENT` with the name at which the walk ended, or what the server says of the first.
    pub async fn walk(&self, path: &str) -> Result<Self> {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        let mut from: Option<Self> = None;
        let mut rest = names.as_slice();
        loop {
            let (step, later) = rest.split_at(rest.len().min(MAX_WALK));
            let next = from.as_ref().unwrap_or(self).step(step).await?;
            if later.is_empty() {
                return Ok(next);
            }
            from = Some(next);
            rest = later;
        }
    }

    async fn step(&self, names: &[&str]) -> Result<Self> {
        let number = self.client.new_fid();
        let request = Tmsg::Walk {
            fid: self.number,
            newfid: number,
            names: names.iter().map(|name| Str::from(*name)).collect(),
        };
        match self.client.call_making(request, Some(number)).await {
            Ok(Rmsg::Walk { qids }) if qids.len() == names.len() => {
                let qid = qids.last().copied().unwrap_or(self.qid);
                Ok(Self::new(self.client.clone(), number, qid))
            }
            Ok(Rmsg::Walk { qids }) => {
                self.client.free_fid(number);
                let missing = names.get(qids.len()).copied().unwrap_or_default();
                Err(Error::new(Errno::NOENT, format!("there is no {missing}")))
            }
            Ok(other) => Err(unexpected("Twalk", &other)),
            Err(error) => Err(match names {
                [name, ..] if error.errno() == Errno::NOENT => {
                    error.context(format!("there is no {name}"))
                }
                _ => error,
            }),
        }
    }

    /// Walks a path and says what is at its end. One round trip, or two.
    ///
    /// # Errors
    /// As [`Fid::walk`].
    pub async fn walk_stat(&self, path: &str) -> Result<(Self, Attr)> {
        let names: Vec<Str> = path
            .split('/')
            .filter(|name| !name.is_empty())
            .map(Str::from)
            .collect();
        if !self.client.is_compound() || names.len() > MAX_WALK {
            let fid = self.walk(path).await?;
            let attr = fid.getattr().await?;
            return Ok((fid, attr));
        }
        let number = self.client.new_fid();
        let request = compound::Tmsg::Walkattr {
            fid: self.number,
            newfid: number,
            names,
        };
        match self
            .client
            .call_compound_making(request, Some(number))
            .await?
        {
            compound::Rmsg::Walkattr { attr } => {
                Ok((Self::new(self.client.clone(), number, attr.qid), attr))
            }
            other => Err(Error::new(
                Errno::PROTO,
                format!("Twalkattr was answered by message {}", other.kind()),
            )),
        }
    }

    /// Opens the file with the flags of *open(2)*.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn open(self, flags: OpenFlags) -> Result<RemoteFile> {
        expect!(self, Tmsg::Lopen { fid: self.number, flags: flags.0 }, "Tlopen", Rmsg::Lopen { .. } => ())?;
        Ok(RemoteFile {
            append: flags.has(OpenFlags::APPEND),
            fid: self,
        })
    }

    /// Creates `name` in this folder and opens it.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn create(self, name: &str, flags: OpenFlags, mode: u32) -> Result<RemoteFile> {
        let request = Tmsg::Lcreate {
            fid: self.number,
            name: name.into(),
            flags: flags.0,
            mode,
            gid: NO_UID,
        };
        expect!(self, request, "Tlcreate", Rmsg::Lcreate { .. } => ())?;
        Ok(RemoteFile {
            append: flags.has(OpenFlags::APPEND),
            fid: self,
        })
    }

    /// Attributes.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn getattr(&self) -> Result<Attr> {
        const ALL: u64 = 0x3fff;
        expect!(self, Tmsg::Getattr { fid: self.number, mask: ALL }, "Tgetattr", Rmsg::Getattr { attr } => attr)
    }

    /// Changes attributes.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn setattr(&self, attr: SetAttr) -> Result<()> {
        expect!(self, Tmsg::Setattr { fid: self.number, attr }, "Tsetattr", Rmsg::Setattr {} => ())
    }

    /// The disk below the file.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn statfs(&self) -> Result<Statfs> {
        expect!(self, Tmsg::Statfs { fid: self.number }, "Tstatfs", Rmsg::Statfs { statfs } => statfs)
    }

    /// Makes the folder `name` in this one.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn mkdir(&self, name: &str, mode: u32) -> Result<Qid> {
        let request = Tmsg::Mkdir {
            dfid: self.number,
            name: name.into(),
            mode,
            gid: NO_UID,
        };
        expect!(self, request, "Tmkdir", Rmsg::Mkdir { qid } => qid)
    }

    /// Makes the symbolic link `name` in this folder.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn symlink(&self, name: &str, target: &str) -> Result<Qid> {
        let request = Tmsg::Symlink {
            dfid: self.number,
            name: name.into(),
            target: target.into(),
            gid: NO_UID,
        };
        expect!(self, request, "Tsymlink", Rmsg::Symlink { qid } => qid)
    }

    /// Where the symbolic link points.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn readlink(&self) -> Result<String> {
        expect!(self, Tmsg::Readlink { fid: self.number }, "Treadlink", Rmsg::Readlink { target } => target.to_string())
    }

    /// Removes `name` from this folder; `dir` says that it is an empty folder.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn unlink(&self, name: &str, dir: bool) -> Result<()> {
        let request = Tmsg::Unlinkat {
            dirfid: self.number,
            name: name.into(),
            flags: if dir { 0x200 } else { 0 },
        };
        expect!(self, request, "Tunlinkat", Rmsg::Unlinkat {} => ())
    }

    /// Moves `name` of this folder to `new_name` in `to`.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn rename(&self, name: &str, to: &Self, new_name: &str) -> Result<()> {
        let request = Tmsg::Renameat {
            olddirfid: self.number,
            oldname: name.into(),
            newdirfid: to.number,
            newname: new_name.into(),
        };
        expect!(self, request, "Trenameat", Rmsg::Renameat {} => ())
    }

    /// Gives `target`, a file of the same tree, the further name `name` in this folder.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn link(&self, target: &Self, name: &str) -> Result<()> {
        let request = Tmsg::Link {
            dfid: self.number,
            fid: target.number,
            name: name.into(),
        };
        expect!(self, request, "Tlink", Rmsg::Link {} => ())
    }

    /// The value of the extended attribute `name`; with an empty name, the names, each ended by a NUL.
    ///
    /// # Errors
    /// `ENODATA` when there is none of this name; what the server refuses with.
    pub async fn xattr(&self, name: &str) -> Result<Bytes> {
        let number = self.client.new_fid();
        let request = Tmsg::Xattrwalk {
            fid: self.number,
            newfid: number,
            name: name.into(),
        };
        match self.client.call_making(request, Some(number)).await? {
            Rmsg::Xattrwalk { size } => {
                let fid = Self::new(self.client.clone(), number, self.qid);
                RemoteFile { fid, append: false }
                    .read_to_end(0, Some(size))
                    .await
            }
            other => Err(unexpected("Txattrwalk", &other)),
        }
    }

    /// Sets the extended attribute `name`, with the flags of *setxattr(2)*; an empty value removes it.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn set_xattr(&self, name: &str, value: Bytes, flags: u32) -> Result<()> {
        let fid = self.walk("").await?;
        let request = Tmsg::Xattrcreate {
            fid: fid.number,
            name: name.into(),
            size: value.len() as u64,
            flags,
        };
        expect!(fid, request, "Txattrcreate", Rmsg::Xattrcreate {} => ())?;
        let file = RemoteFile { fid, append: false };
        if !value.is_empty() {
            file.write_at(0, value).await?;
        }
        // The value is set when the fid goes.
        file.clunk().await
    }

    /// Forgets the fid and waits for the answer, which tells whether what was written has been taken.
    ///
    /// # Errors
    /// What the server says; the fid is gone all the same.
    pub async fn clunk(mut self) -> Result<()> {
        self.live = false;
        let answer = self.client.call(Tmsg::Clunk { fid: self.number }).await;
        self.client.free_fid(self.number);
        match answer? {
            Rmsg::Clunk {} => Ok(()),
            other => Err(unexpected("Tclunk", &other)),
        }
    }
}

/// An open file on the server. Clunked when dropped.
#[derive(Debug)]
pub struct RemoteFile {
    fid: Fid,
    /// Every write goes to the end, so their order is the content's.
    append: bool,
}

impl RemoteFile {
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
        let count = count.min(self.fid.client.io_size());
        let request = Tmsg::Read {
            fid: self.fid.number,
            offset,
            count,
        };
        expect!(self.fid, request, "Tread", Rmsg::Read { data } => data)
    }

    /// Everything from `offset` to the end. `size` is how much there will be, if that is known: then reads are in flight
    /// together.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn read_to_end(&self, offset: u64, size: Option<u64>) -> Result<Bytes> {
        let piece = self.fid.client.io_size().min(PIECE);
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
        let most = self.fid.client.io_size() as usize;
        if data.len() <= most {
            return self.write_once(offset, data).await;
        }
        let pieces = (0..data.len()).step_by(PIECE as usize).map(|from| {
            let piece = data.slice(from..data.len().min(from + PIECE as usize));
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
                fid: self.fid.number,
                offset,
                data: data.clone(),
            };
            let count = expect!(self.fid, request, "Twrite", Rmsg::Write { count } => count)?;
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
                fid: self.fid.number,
                offset,
                count: self.fid.client.io_size().min(PIECE),
            };
            let data = expect!(self.fid, request, "Treaddir", Rmsg::Readdir { data } => data)?;
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
        expect!(self.fid, Tmsg::Fsync { fid: self.fid.number, datasync: 0 }, "Tfsync", Rmsg::Fsync {} => ())
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
            fid: self.fid.number,
            kind,
            flags: 0,
            start,
            length,
            proc_id,
            client_id,
        };
        expect!(self.fid, request, "Tlock", Rmsg::Lock { status } => status)
    }

    /// The lock that stands in the way of `lock`; kind 2 (unlock) if none does.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn getlock(&self, lock: FileLock) -> Result<FileLock> {
        let request = Tmsg::Getlock {
            fid: self.fid.number,
            lock,
        };
        expect!(self.fid, request, "Tgetlock", Rmsg::Getlock { lock } => lock)
    }

    /// Closes the file and waits for the answer.
    ///
    /// # Errors
    /// What the server says; the fid is gone all the same.
    pub async fn clunk(self) -> Result<()> {
        self.fid.clunk().await
    }
}
