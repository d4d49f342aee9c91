use bytes::Bytes;
use tokio::sync::RwLock;

use super::file::RemoteFile;
use super::namespace::Namespace;
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;

/// An open file that outlives its connection: when that is lost, the file is opened again by its path, without cutting or
/// creating it, and the read or write that was under way is done again.
///
/// That is safe for files whose offsets are places: data, not `ctl`. Where the path names another file by then, or none,
/// the file is lost, and every use says so with `ESTALE`.
#[derive(Debug)]
pub struct Resumable {
    ns: Namespace,
    path: String,
    flags: OpenFlags,
    /// The file's number on its server.
    qid_path: u64,
    file: RwLock<RemoteFile>,
}

impl Resumable {
    pub(super) async fn open(ns: Namespace, path: String, flags: OpenFlags) -> Result<Self> {
        let file = ns.open(&path, flags).await?;
        let flags = OpenFlags(flags.0 & !(OpenFlags::TRUNC.0 | OpenFlags::EXCL.0));
        let qid_path = file.fid().qid().path;
        Ok(Self {
            ns,
            path,
            flags,
            qid_path,
            file: RwLock::new(file),
        })
    }

    /// As [`RemoteFile::read_at`].
    ///
    /// # Errors
    /// `ESTALE` when the file is lost; what the server refuses with; a connection that cannot be had again.
    pub async fn read_at(&self, offset: u64, count: u32) -> Result<Bytes> {
        match self.file.read().await.read_at(offset, count).await {
            Err(error) if error.is_disconnect() => {}
            done => return done,
        }
        self.reopen().await?;
        self.file.read().await.read_at(offset, count).await
    }

    /// As [`RemoteFile::write_at`].
    ///
    /// # Errors
    /// As [`Resumable::read_at`].
    pub async fn write_at(&self, offset: u64, data: Bytes) -> Result<()> {
        match self.file.read().await.write_at(offset, data.clone()).await {
            Err(error) if error.is_disconnect() => {}
            done => return done,
        }
        self.reopen().await?;
        self.file.read().await.write_at(offset, data).await
    }

    /// As [`RemoteFile::fsync`]: of everything written, over whichever connection.
    ///
    /// # Errors
    /// As [`Resumable::read_at`].
    pub async fn fsync(&self) -> Result<()> {
        match self.file.read().await.fsync().await {
            Err(error) if error.is_disconnect() => {}
            done => return done,
        }
        self.reopen().await?;
        self.file.read().await.fsync().await
    }

    async fn reopen(&self) -> Result<()> {
        let mut file = self.file.write().await;
        if !file.fid().client().is_closed() {
            // Somebody else was quicker.
            return Ok(());
        }
        let lost = |why: &str| Error::new(Errno::STALE, format!("{}: {why}", self.path));
        let again = match self.ns.open(&self.path, self.flags).await {
            Err(error) if error.errno() == Errno::NOENT && !error.is_disconnect() => {
                return Err(lost("the file was gone when the connection was back"));
            }
            other => other?,
        };
        if again.fid().qid().path != self.qid_path {
            return Err(lost(
                "another file had the name when the connection was back",
            ));
        }
        *file = again;
        Ok(())
    }
}
