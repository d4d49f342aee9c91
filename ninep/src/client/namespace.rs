use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::connection::{Client, Number};
use super::fid::Fid;
use super::file::RemoteFile;
use super::follow::{Follow, From as Place};
use super::paths::{self, parent};
use super::resume::Resumable;
use super::watch::Watch;
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;
use crate::tree::ctl::Outcome;
use crate::wire::{Attr, QidKind};

/// A folder of sockets seen as one tree: `/NAME/…` is what the socket `NAME` serves.
///
/// Cheap to clone; one connection for each service is kept and made anew when it has ended. Work that was under way then is
/// done again by itself where that is safe: reads always, changes where the server knows 9P2000.L.goblin1 and so does
/// none twice. A path begins with `/`. Every error names the path.
#[derive(Debug, Clone)]
pub struct Namespace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    uname: String,
    services: Mutex<HashMap<String, Arc<Service>>>,
    /// Names this client in the ledgers of servers.
    client: u64,
    /// Requests sent that must not be done twice.
    count: AtomicU64,
    /// How long a service that went away is waited for.
    patience: Duration,
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

/// The service, the folder and the last name of a path.
fn place(path: &str) -> Result<(&str, &str, &str)> {
    let (service, rest) = split(path)?;
    let (folder, name) = parent(rest).map_err(|_| {
        Error::new(
            Errno::PERM,
            format!("{path}: services come and go by themselves"),
        )
    })?;
    Ok((service, folder, name))
}

/// Does something with a service's root, and once more if the connection is lost meanwhile.
macro_rules! with_root {
    ($ns:expr, $path:expr, $service:expr, |$root:ident| $work:expr) => {{
        let mut again = true;
        loop {
            let work = async {
                let $root = $ns.root($service).await?;
                let done: Result<_> = $work.await;
                Ok::<_, Error>((done, $root.client().is_closed()))
            };
            match work.await {
                Ok((Err(error), true)) if again && error.is_disconnect() => again = false,
                Ok((done, _)) => break done.map_err(|error| told(error, $path)),
                Err(error) => break Err(told(error, $path)),
            }
        }
    }};
}

/// The error, with the path it is about.
fn told(error: Error, path: &str) -> Error {
    if error.what().starts_with(path) {
        error
    } else {
        error.context(path)
    }
}

impl Namespace {
    /// The services whose sockets lie in `dir`. Nothing is connected yet.
    pub fn new(dir: PathBuf) -> Self {
        let uname = user();
        Self(Arc::new(Inner {
            dir,
            uname,
            services: Mutex::default(),
            client: random(),
            count: AtomicU64::new(0),
            patience: Duration::ZERO,
        }))
    }

    /// The same services over connections of its own, for work that would rather wait than fail: a service that goes away in
    /// the middle is waited for as long as `patience`.
    #[must_use]
    pub fn patient(&self, patience: Duration) -> Self {
        Self(Arc::new(Inner {
            dir: self.0.dir.clone(),
            uname: self.0.uname.clone(),
            services: Mutex::default(),
            client: random(),
            count: AtomicU64::new(0),
            patience,
        }))
    }

    /// The folder of the sockets.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// A number for a request that must not be done twice.
    fn number(&self) -> Number {
        (self.0.client, self.0.count.fetch_add(1, Ordering::Relaxed))
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
        // Only who was there before is waited for: a name that nobody has is a mistake.
        let patience = if kept.is_some() {
            self.0.patience
        } else {
            Duration::ZERO
        };
        let root = Arc::new(self.dial(name, patience).await?);
        *kept = Some(Arc::clone(&root));
        Ok(root)
    }

    async fn dial(&self, name: &str, patience: Duration) -> Result<Fid> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            // Watched before the try: a service that appears in between is not slept over.
            let watch = Watch::new(&self.0.dir);
            let dialled = async {
                let client = Client::connect(&self.0.dir.join(name)).await?;
                client.attach(&self.0.uname, "").await
            };
            let error = match dialled.await {
                Ok(root) => return Ok(root),
                Err(error) => error,
            };
            let gone = error.is_disconnect() || error.errno() == Errno::NOENT;
            let (true, Ok(mut watch)) = (gone, watch) else {
                return Err(error);
            };
            match tokio::time::timeout_at(deadline, watch.appeared(name)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(error),
            }
        }
    }

    /// A fid for `path`.
    ///
    /// # Errors
    /// `ENOENT` when the service is not running or has no such file; a lost connection.
    pub async fn fid(&self, path: &str) -> Result<Fid> {
        let (service, rest) = split(path)?;
        with_root!(self, path, service, |root| root.walk(rest))
    }

    /// Opens `path`.
    ///
    /// # Errors
    /// As [`Namespace::fid`]; what the server refuses with.
    pub async fn open(&self, path: &str, flags: OpenFlags) -> Result<RemoteFile> {
        let opened = self.fid(path).await?.open(flags).await;
        opened.map_err(|error| told(error, path))
    }

    /// Opens `path` so that it outlives its connection; see [`Resumable`].
    ///
    /// # Errors
    /// As [`Namespace::open`].
    pub async fn open_resumable(&self, path: &str, flags: OpenFlags) -> Result<Resumable> {
        Resumable::open(self.clone(), path.to_owned(), flags).await
    }

    /// The whole of a file.
    ///
    /// # Errors
    /// As [`Namespace::open`]; `EAGAIN` for an `event` file that has nothing yet.
    pub async fn read(&self, path: &str) -> Result<Bytes> {
        let (service, rest) = split(path)?;
        with_root!(self, path, service, |root| root.get(rest))
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
    /// As [`Namespace::open`]. After a lost connection it is not known whether it was written.
    pub async fn write(&self, path: &str, data: impl Into<Bytes>) -> Result<()> {
        let file = self.open(path, OpenFlags::WRONLY).await?;
        let write = async {
            file.write_at(0, data.into()).await?;
            file.clunk().await
        };
        write.await.map_err(|error: Error| told(error, path))
    }

    /// Makes `path` a file that holds `data`: created, or cut to nothing first.
    ///
    /// # Errors
    /// As [`Namespace::open`]; `ENOSPC` and the like when it cannot be kept.
    pub async fn put(&self, path: &str, data: impl Into<Bytes>) -> Result<()> {
        self.put_sync(path, data.into(), false).await
    }

    /// As [`Namespace::put`]; with `sync` it is durable when this returns.
    ///
    /// # Errors
    /// As [`Namespace::put`].
    pub async fn put_sync(&self, path: &str, data: Bytes, sync: bool) -> Result<()> {
        let (service, rest) = split(path)?;
        let number = self.number();
        with_root!(self, path, service, |root| root.put(
            rest,
            data.clone(),
            sync,
            number
        ))
    }

    /// Gives an order: writes `line` to the `ctl` file at `path` and reads what became of it.
    ///
    /// # Errors
    /// [`CtlError::Refused`] with the reason when nothing was done.
    pub async fn ctl(&self, path: &str, line: &str) -> Result<Value, CtlError> {
        let file = self.open(path, OpenFlags::RDWR).await?;
        let written = file.write_at(0, Bytes::from(format!("{line}\n"))).await;
        // A service may refuse with any errno, that of a lost connection included: only the connection itself tells.
        match written {
            Err(error) if file.fid().client().is_closed() => {
                return Err(error.context(path).into());
            }
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
        let (service, rest) = split(path)?;
        with_root!(self, path, service, |root| root.list(rest))
    }

    /// Everything below the folder `path`: paths relative to it, folders before what is in them.
    ///
    /// # Errors
    /// As [`Namespace::list`].
    pub async fn tree(&self, path: &str) -> Result<Vec<(String, Attr)>> {
        let (service, rest) = split(path)?;
        with_root!(self, path, service, |root| paths::tree(&root, rest))
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
        let (service, rest) = split(path)?;
        with_root!(self, path, service, |root| root.stat(rest))
    }

    /// Makes a folder, or an object whose folder it is.
    ///
    /// # Errors
    /// As [`Namespace::fid`]; `EEXIST`; what the server refuses with.
    pub async fn mkdir(&self, path: &str) -> Result<()> {
        let (service, folder, name) = place(path)?;
        let number = self.number();
        with_root!(self, path, service, |root| async {
            let folder = root.walk(folder).await?;
            folder.change(&folder.mkdir_request(name), number).await
        })
    }

    /// Removes a file or an empty folder.
    ///
    /// # Errors
    /// As [`Namespace::fid`]; `ENOTEMPTY`; what the server refuses with.
    pub async fn remove(&self, path: &str) -> Result<()> {
        let (service, folder, name) = place(path)?;
        let dir = self.stat(path).await?.is_dir();
        let number = self.number();
        with_root!(self, path, service, |root| async {
            let folder = root.walk(folder).await?;
            folder
                .change(&folder.unlink_request(name, dir), number)
                .await
        })
    }

    /// Moves a file or folder, within one service.
    ///
    /// # Errors
    /// `EXDEV` between services; as [`Namespace::fid`]; what the server refuses with.
    pub async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let ((service, old_folder, old), (other, new_folder, new)) = (place(from)?, place(to)?);
        if service != other {
            let apart = format!("{from} and {to} are of different services; copy instead");
            return Err(Error::new(Errno::XDEV, apart));
        }
        let number = self.number();
        let what = format!("rename {from} to {to}");
        with_root!(self, &what, service, |root| async {
            let (old_folder, new_folder) =
                (root.walk(old_folder).await?, root.walk(new_folder).await?);
            old_folder
                .change(&old_folder.rename_request(old, &new_folder, new), number)
                .await
        })
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

/// A number that no other client has.
fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    // The standard library seeds each state from the system's randomness.
    std::hash::RandomState::new().build_hasher().finish()
}

/// The name of this process's user, as *passwd(5)* has it, or the number where it has none.
fn user() -> String {
    let uid = rustix::process::geteuid().as_raw().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    });
    name.unwrap_or(uid)
}
