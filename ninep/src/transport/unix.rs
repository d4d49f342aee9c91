//! Unix sockets: a service is a socket in a folder, and the kernel says who is at the other end.

use std::fmt;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::{UnixListener, UnixStream};

use super::Listen;
pub use super::halves::{Reader, Writer, split};
use crate::error::{Errno, Error, Result};
use crate::tree::Peer;

/// A socket that is listened on. The file goes when this is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
    /// Device and inode of our socket file, so that a successor's is not removed.
    id: (u64, u64),
}

impl Listener {
    /// Listens at `path`. A socket that nobody answers at is replaced.
    ///
    /// # Errors
    /// `EADDRINUSE` when a live service has the name; else why the file cannot be made (a path of more than 100 bytes
    /// is `ENAMETOOLONG`). Each names the path.
    pub fn bind(path: &Path) -> Result<Self> {
        let tell = |error: Error| error.context(format!("listen at {}", path.display()));
        if path.as_os_str().len() > 100 {
            return Err(tell(Error::new(
                Errno::NAMETOOLONG,
                "a socket's path may have 100 bytes; choose a shorter XDG_RUNTIME_DIR",
            )));
        }
        if fs::symlink_metadata(path).is_ok_and(|meta| meta.file_type().is_socket()) {
            if std::os::unix::net::UnixStream::connect(path).is_ok() {
                return Err(tell(Error::new(
                    Errno::ADDRINUSE,
                    "another process serves there; stop it, or choose another XDG_RUNTIME_DIR",
                )));
            }
            fs::remove_file(path).map_err(|error| tell(error.into()))?;
        }
        // The name appears only when connections are taken, so that who waits for it need not try twice.
        let hidden = path.with_file_name(format!(".{}", std::process::id()));
        let _ = fs::remove_file(&hidden);
        let socket = UnixListener::bind(&hidden).map_err(|error| tell(error.into()))?;
        let meta = fs::symlink_metadata(&hidden).map_err(|error| tell(error.into()))?;
        fs::set_permissions(&hidden, fs::Permissions::from_mode(0o600))
            .map_err(|error| tell(error.into()))?;
        fs::rename(&hidden, path).map_err(|error| tell(error.into()))?;
        Ok(Self {
            socket,
            path: path.to_owned(),
            id: (meta.dev(), meta.ino()),
        })
    }

    /// Where it listens.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unix!{}", self.path.display())
    }
}

impl Listen for Listener {
    type Reader = Reader;
    type Writer = Writer;

    /// The next connection of this process's own user or of root; those of others are closed and told to the log.
    async fn accept(&self) -> Result<(Reader, Writer, Peer)> {
        loop {
            let (stream, _) = self.socket.accept().await?;
            let peer = match stream.peer_cred() {
                Ok(cred) => Peer {
                    uid: cred.uid(),
                    gid: cred.gid(),
                    pid: cred.pid(),
                    program: cred.pid().and_then(program),
                    uname: String::new(),
                },
                Err(error) => {
                    tracing::warn!(
                        "{}: a peer without credentials: {error}",
                        self.path.display()
                    );
                    continue;
                }
            };
            if peer.uid == rustix::process::geteuid().as_raw() || peer.uid == 0 {
                let (reader, writer) = split(stream)?;
                return Ok((reader, writer, peer));
            }
            tracing::warn!("{}: uid {} is not let in", self.path.display(), peer.uid);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let ours =
            fs::symlink_metadata(&self.path).is_ok_and(|meta| (meta.dev(), meta.ino()) == self.id);
        if ours {
            // Whoever looks for the name then finds nothing, which is the truth; a failure leaves a dead socket, which
            // the next listener replaces.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the process `pid` calls itself; none if it has ended.
fn program(pid: i32) -> Option<Arc<str>> {
    let comm = fs::read(format!("/proc/{pid}/comm")).ok()?;
    Some(String::from_utf8_lossy(&comm).trim_end().into())
}

/// Makes `dir` as a folder of this user alone (0700), or checks that it is one.
///
/// # Errors
/// `EACCES` when the folder belongs to somebody else or is open to others; else those of *mkdir(2)*. Each names the path.
pub fn private_dir(dir: &Path) -> Result<()> {
    let tell = |error: Error| error.context(format!("the folder {}", dir.display()));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| tell(error.into()))?;
    let meta = fs::metadata(dir).map_err(|error| tell(error.into()))?;
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(tell(Error::new(
            Errno::ACCESS,
            "it belongs to another user",
        )));
    }
    if meta.mode() & 0o077 != 0 {
        return Err(tell(Error::new(
            Errno::ACCESS,
            "others may enter it; chmod 700 it",
        )));
    }
    Ok(())
}

/// Connects to the service at `path`.
///
/// # Errors
/// `ENOENT` when there is no such socket, `ECONNREFUSED` when nobody answers. Each names the path.
pub async fn connect(path: &Path) -> Result<(Reader, Writer)> {
    let tell = |error: Error| error.context(format!("connect to {}", path.display()));
    let stream = UnixStream::connect(path).await;
    split(stream.map_err(|error| tell(error.into()))?).map_err(tell)
}
