use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::connection::Client;
use super::fid::{Fid, RemoteFile};
use super::follow::{Follow, From as Place};
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;
use crate::tree::ctl::Outcome;
use crate::wire::{Attr, QidKind};

/// `getattr`s of one listing that are in flight together.
const WINDOW: usize = 32;

/// A folder of sockets seen as one tree: `/NAME/…` is what the socket `NAME` serves.
///
/// Cheap to clone; one connection for each service is kept and made anew when it has ended. A path begins with `/`.
/// Every error names the path.
#[derive(Debug, Clone)]
pub struct Namespace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    uname: String,
    services: Mutex<HashMap<String, Arc<Service>>>,
}

/// The connection to one service, if there is one.
type Service = tokio::sync::Mutex<Option<Arc<Fid>>>;

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attr: Attr,
}

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CtlError {
    /// The service refused it and did nothing.
    Refused {
        /// The errno.
        errno: Errno,
        /// Why, for people.
        why: String,
        /// What would work; empty if nothing.
        would_work: String,
    },
    /// The order may not have reached the service.
    Failed(Error),
}

impl fmt::Display for CtlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused {
                why, would_work, ..
            } if would_work.is_empty() => f.write_str(why),
            Self::Refused {
                why, would_work, ..
            } => write!(f, "{why} (what would work: {would_work})"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CtlError {}

impl From<Error> for CtlError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The service and the rest of a path.
fn split(path: &str) -> Result<(&str, &str)> {
    let path = path
        .strip_prefix('/')
        .ok_or_else(|| Error::new(Errno::INVAL, format!("{path}: a path begins with /")))?;
    let path = path.trim_start_matches('/');
    Ok(path.split_once('/').unwrap_or((path, "")))
}

/// The folder and the last name of a path.
fn parent(path: &str) -> Result<(&str, &str)> {
    let path = path.trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((folder, name)) if !folder.is_empty() && !name.is_empty() => Ok((folder, name)),
        _ => Err(Error::new(
            Errno::PERM,
            format!("{path}: services come and go by themselves"),
        )),
    }
}

impl Namespace {
    /// The services whose sockets lie in `dir`. Nothing is connected yet.
    pub fn new(dir: PathBuf) -> Self {
        let uname = std::env::var("USER")
            .unwrap_or_else(|_| rustix::process::geteuid().as_raw().to_string());
        Self(Arc::new(Inner {
            dir,
            uname,
            services: Mutex::default(),
        }))
    }

    /// The folder of the sockets.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// The root of the service `name`, over the connection that is kept.
    async fn root(&self, name: &str) -> Result<Arc<Fid>> {
        if name.is_empty() || name.starts_with('.') {
            return Err(Error::new(Errno::INVAL, "a path names a service first"));
        }
        let service = {
            let mut services = self
                .0
                .services
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(services.entry(name.to_owned()).or_default())
        };
        let mut kept = service.lock().await;
        if let Some(root) = kept.as_ref().filter(|root| !root.client().is_closed()) {
            return Ok(Arc::clone(root));
        }
        let client = Client::connect(&self.0.dir.join(name)).await?;
        let root = Arc::new(client.attach(&self.0.uname, "").await?);
        *kept = Some(Arc::clone(&root));
        Ok(root)
    }

    /// A fid for `path`.
    ///
    /// # Errors
    /// `ENOENT` when the service is not running or has no such file; a lost connection.
    pub async fn fid(&self, path: &str) -> Result<Fid> {
        let walk = async {
            let (service, rest) = split(path)?;
            self.root(service).await?.walk(rest).await
        };
        walk.await.map_err(|error: Error| error.context(path))
    }

    /// Opens `path`.
    ///
    /// # Errors
    /// As [`Namespace::fid`]; what the server refuses with.
    pub async fn open(&self, path: &str, flags: OpenFlags) -> Result<RemoteFile> {
        self.fid(path)
            .await?
            .open(flags)
            .await
            .map_err(|error| error.context(path))
    }

    /// The whole of a file.
    ///
    /// # Errors
    /// As [`Namespace::open`].
    pub async fn read(&self, path: &str) -> Result<Bytes> {
        let read = async {
            let fid = self.fid(path).await?;
            // Synthetic files have version 0 and no size; others are read with many reads in flight.
            let size = if fid.qid().version == 0 {
                None
            } else {
                Some(fid.getattr().await?.size)
            };
            fid.open(OpenFlags::RDONLY)
                .await?
                .read_to_end(0, size)
                .await
        };
        read.await.map_err(|error: Error| {
            if error.what().starts_with(path) {
                error
            } else {
                error.context(path)
            }
        })
    }

    /// A file that holds one JSON object, such as a `status`.
    ///
    /// # Errors
    /// As [`Namespace::read`]; `EPROTO` when it is not a `T`.
    pub async fn read_json<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let text = self.read(path).await?;
        serde_json::from_slice(&text).map_err(|error| {
            Error::new(
                Errno::PROTO,
                format!("{path} is not what it should be: {error}"),
            )
        })
    }

    /// Writes `data` to an existing file from its beginning.
    ///
    /// # Errors
    /// As [`Namespace::open`].
    pub async fn write(&self, path: &str, data: impl Into<Bytes>) -> Result<()> {
        let file = self.open(path, OpenFlags::WRONLY).await?;
        let write = async {
            file.write_at(0, data.into()).await?;
            file.clunk().await
        };
        write.await.map_err(|error: Error| error.context(path))
    }

    /// Makes `path` a file that holds `data`: created, or cut to nothing first.
    ///
    /// # Errors
    /// As [`Namespace::open`]; `ENOSPC` and the like when it cannot be kept.
    pub async fn put(&self, path: &str, data: impl Into<Bytes>) -> Result<()> {
        let put = async {
            let (folder, name) = parent(path)?;
            let folder = self.fid(folder).await?;
            let file = match folder.walk(name).await {
                Ok(fid) => fid.open(OpenFlags::WRONLY | OpenFlags::TRUNC).await?,
                Err(error) if error.errno() == Errno::NOENT => {
                    folder
                        .create(name, OpenFlags::WRONLY | OpenFlags::TRUNC, 0o644)
                        .await?
                }
                Err(error) => return Err(error),
            };
            file.write_at(0, data.into()).await?;
            file.clunk().await
        };
        put.await.map_err(|error: Error| {
            if error.what().contains(path) {
                error
            } else {
                error.context(path)
            }
        })
    }

    /// Gives an order: writes `line` to the `ctl` file at `path` and reads what became of it.
    ///
    /// # Errors
    /// [`CtlError::Refused`] with the reason when nothing was done.
    pub async fn ctl(&self, path: &str, line: &str) -> Result<Value, CtlError> {
        let file = self.open(path, OpenFlags::RDWR).await?;
        let written = file.write_at(0, Bytes::from(format!("{line}\n"))).await;
        match written {
            Err(error) if error.is_disconnect() => return Err(error.context(path).into()),
            _ => {}
        }
        let answer = file.read_to_end(0, None).await;
        let outcome = answer
            .ok()
            .and_then(|text| serde_json::from_slice::<Outcome>(&text).ok());
        match (written, outcome) {
            (Ok(()), Some(Outcome::Done { result, .. })) => Ok(result),
            (Ok(()), _) => Ok(Value::Null),
            (
                Err(_),
                Some(Outcome::Refused {
                    errno,
                    why,
                    would_work,
                    ..
                }),
            ) => Err(CtlError::Refused {
                errno: Errno::from_raw_os_error(errno),
                why,
                would_work,
            }),
            (Err(error), _) => Err(error.context(path).into()),
        }
    }

    /// The names in a folder with their attributes, in order; in `/`, the services.
    ///
    /// # Errors
    /// As [`Namespace::open`].
    pub async fn list(&self, path: &str) -> Result<Vec<Entry>> {
        if path.trim_matches('/').is_empty() {
            return self.services();
        }
        let list = async {
            let folder = self.fid(path).await?;
            let entries = folder
                .walk("")
                .await?
                .open(OpenFlags::RDONLY)
                .await?
                .entries()
                .await?;
            let mut entries: Vec<Entry> = stream::iter(entries)
                .map(|entry| {
                    let folder = &folder;
                    async move {
                        match folder.walk(&entry.name).await {
                            Ok(fid) => Ok(Some(Entry {
                                name: entry.name.to_string(),
                                attr: fid.getattr().await?,
                            })),
                            // Gone between the listing and the look.
                            Err(error) if error.errno() == Errno::NOENT => Ok(None),
                            Err(error) => Err(error),
                        }
                    }
                })
                .buffered(WINDOW)
                .try_filter_map(|entry| std::future::ready(Ok(entry)))
                .try_collect()
                .await?;
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        };
        list.await.map_err(|error: Error| {
            if error.what().starts_with(path) {
                error
            } else {
                error.context(path)
            }
        })
    }

    fn services(&self) -> Result<Vec<Entry>> {
        let tell = |error: std::io::Error| {
            Error::from(error).context(format!("the services in {}", self.0.dir.display()))
        };
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&self.0.dir).map_err(tell)? {
            let name = entry
                .map_err(tell)?
                .file_name()
                .to_string_lossy()
                .into_owned();
            if !name.starts_with('.') {
                let qid = crate::tree::synthetic_qid(QidKind::DIR);
                entries.push(Entry {
                    name,
                    attr: Attr::synthetic(qid, 0o500),
                });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Attributes of `path`.
    ///
    /// # Errors
    /// As [`Namespace::fid`].
    pub async fn stat(&self, path: &str) -> Result<Attr> {
        self.fid(path)
            .await?
            .getattr()
            .await
            .map_err(|error| error.context(path))
    }

    /// Makes a folder, or an object whose folder it is.
    ///
    /// # Errors
    /// As [`Namespace::fid`]; `EEXIST`; what the server refuses with.
    pub async fn mkdir(&self, path: &str) -> Result<()> {
        let (folder, name) = parent(path)?;
        self.fid(folder)
            .await?
            .mkdir(name, 0o755)
            .await
            .map(|_| ())
            .map_err(|error| error.context(path))
    }

    /// Removes a file or an empty folder.
    ///
    /// # Errors
    /// As [`Namespace::fid`]; `ENOTEMPTY`; what the server refuses with.
    pub async fn remove(&self, path: &str) -> Result<()> {
        let (folder, name) = parent(path)?;
        let dir = self.fid(path).await?.qid().kind.is_dir();
        self.fid(folder)
            .await?
            .unlink(name, dir)
            .await
            .map_err(|error| error.context(path))
    }

    /// Moves a file or folder, within one service.
    ///
    /// # Errors
    /// `EXDEV` between services; as [`Namespace::fid`]; what the server refuses with.
    pub async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let ((service, _), (other, _)) = (split(from)?, split(to)?);
        if service != other {
            return Err(Error::new(
                Errno::XDEV,
                format!("{from} and {to} are of different services; copy instead"),
            ));
        }
        let ((old_folder, old), (new_folder, new)) = (parent(from)?, parent(to)?);
        let (old_folder, new_folder) = (self.fid(old_folder).await?, self.fid(new_folder).await?);
        old_folder
            .rename(old, &new_folder, new)
            .await
            .map_err(|error| error.context(format!("rename {from} to {to}")))
    }

    /// Follows the `event` file at `path`, over any number of restarts of its service. Needs a tokio runtime.
    pub fn follow<T: DeserializeOwned + Send + 'static>(
        &self,
        path: &str,
        from: Place,
    ) -> Follow<T> {
        Follow::start(self.clone(), path.to_owned(), from)
    }
}
