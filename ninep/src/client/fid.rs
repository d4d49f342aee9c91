use bytes::Bytes;

use super::connection::{Client, answered, unexpected};
use super::file::RemoteFile;
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;
use crate::wire::{Attr, MAX_WALK, NO_UID, Qid, Rmsg, SetAttr, Statfs, Str, Tmsg, compound};

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
        answered!(self.client,  Tmsg::Lopen { fid: self.number, flags: flags.0 }, "Tlopen", Rmsg::Lopen { .. } => ())?;
        Ok(RemoteFile::new(self, flags))
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
        answered!(self.client,  request, "Tlcreate", Rmsg::Lcreate { .. } => ())?;
        Ok(RemoteFile::new(self, flags))
    }

    /// Attributes.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn getattr(&self) -> Result<Attr> {
        const ALL: u64 = 0x3fff;
        answered!(self.client,  Tmsg::Getattr { fid: self.number, mask: ALL }, "Tgetattr", Rmsg::Getattr { attr } => attr)
    }

    /// Changes attributes.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn setattr(&self, attr: SetAttr) -> Result<()> {
        answered!(self.client,  Tmsg::Setattr { fid: self.number, attr }, "Tsetattr", Rmsg::Setattr {} => ())
    }

    /// The disk below the file.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn statfs(&self) -> Result<Statfs> {
        answered!(self.client,  Tmsg::Statfs { fid: self.number }, "Tstatfs", Rmsg::Statfs { statfs } => statfs)
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
        answered!(self.client,  request, "Tmkdir", Rmsg::Mkdir { qid } => qid)
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
        answered!(self.client,  request, "Tsymlink", Rmsg::Symlink { qid } => qid)
    }

    /// Where the symbolic link points.
    ///
    /// # Errors
    /// What the server refuses with.
    pub async fn readlink(&self) -> Result<String> {
        answered!(self.client,  Tmsg::Readlink { fid: self.number }, "Treadlink", Rmsg::Readlink { target } => target.to_string())
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
        let done = async { answered!(self.client, request, "Tunlinkat", Rmsg::Unlinkat {} => ()) };
        match done.await {
            // As Linux's client does where a server knows only the older request: diod is one.
            Err(error) if error.errno() == Errno::OPNOTSUPP => self.remove(name, dir).await,
            done => done,
        }
    }

    /// Removes `name` by a fid of its own.
    async fn remove(&self, name: &str, dir: bool) -> Result<()> {
        let mut file = self.step(&[name]).await?;
        if file.qid.kind.is_dir() != dir {
            let errno = if dir { Errno::NOTDIR } else { Errno::ISDIR };
            return Err(Error::new(errno, format!("remove {name}")));
        }
        // The fid is gone whatever becomes of the file.
        file.live = false;
        let request = Tmsg::Remove { fid: file.number };
        let done = async { answered!(file.client, request, "Tremove", Rmsg::Remove {} => ()) };
        let done = done.await;
        file.client.free_fid(file.number);
        done
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
        let done = async { answered!(self.client, request, "Trenameat", Rmsg::Renameat {} => ()) };
        match done.await {
            Err(error) if error.errno() == Errno::OPNOTSUPP => {
                let file = self.step(&[name]).await?;
                let request = Tmsg::Rename {
                    fid: file.number,
                    dfid: to.number,
                    name: new_name.into(),
                };
                answered!(self.client, request, "Trename", Rmsg::Rename {} => ())
            }
            done => done,
        }
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
        answered!(self.client,  request, "Tlink", Rmsg::Link {} => ())
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
                RemoteFile::new(fid, OpenFlags::RDWR)
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
        answered!(fid.client,  request, "Txattrcreate", Rmsg::Xattrcreate {} => ())?;
        let file = RemoteFile::new(fid, OpenFlags::RDWR);
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
