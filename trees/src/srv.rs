//! Where services post their sockets: `$XDG_RUNTIME_DIR/goblin/srv/NAME` serves the tree `/NAME`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ninep::client::Namespace;
use ninep::server::Server;
use ninep::transport::unix::{Listener, private_dir};
use ninep::tree::Node;
use ninep::{Error, Result};

use crate::time::Millis;

/// The user's own folder for sockets and other things of this login.
///
/// `$XDG_RUNTIME_DIR`, or where there is none, a 0700 folder of the user's own below the system's temporary folder.
pub fn runtime_dir() -> PathBuf {
    from_env(std::env::var_os("XDG_RUNTIME_DIR"))
}

fn from_env(dir: Option<OsString>) -> PathBuf {
    match dir {
        Some(dir) if Path::new(&dir).is_absolute() => PathBuf::from(dir),
        _ => std::env::temp_dir().join(format!("goblin-{}", rustix::process::geteuid().as_raw())),
    }
}

/// The folder of the sockets.
pub fn dir() -> PathBuf {
    runtime_dir().join("goblin/srv")
}

/// The socket of the service `name`.
pub fn path(name: &str) -> PathBuf {
    dir().join(name)
}

/// All services of this session, as one tree.
pub fn namespace() -> Namespace {
    Namespace::new(dir())
}

/// Takes the name `name` for a service. Nobody is answered before [`Post::serve`].
///
/// # Errors
/// When the folder is not the user's own, or a live service has the name; each names the path and what to do.
pub fn post(name: &str) -> Result<Post> {
    let runtime = runtime_dir();
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        tracing::info!("XDG_RUNTIME_DIR is not set: using {}", runtime.display());
        private_dir(&runtime)?;
    }
    private_dir(&runtime.join("goblin"))?;
    private_dir(&dir())?;
    let listener = Listener::bind(&path(name))?;
    let epoch = next_epoch(&runtime.join("goblin/epoch"), name)?;
    Ok(Post { listener, epoch })
}

/// A service's place in `srv/`. The socket goes when this, or the future of [`Post::serve`], is dropped.
#[derive(Debug)]
pub struct Post {
    listener: Listener,
    epoch: u64,
}

impl Post {
    /// The epoch for this run's feeds: higher than that of any earlier run.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Serves `root` to everybody of this user, until the future is dropped.
    pub async fn serve(self, root: Arc<dyn Node>) {
        Server::new(root).serve(self.listener).await;
    }
}

/// The clock in steps of two minutes, so that a lost file does no harm, and more than the last: 23 bits last 31 years.
fn next_epoch(dir: &Path, name: &str) -> Result<u64> {
    const BEGIN_2026: u64 = 1_767_225_600_000;
    const STEP: u64 = 120_000;
    let tell = |error: std::io::Error| {
        Error::from(error).context(format!("the epoch of {name} in {}", dir.display()))
    };
    private_dir(dir)?;
    let file = dir.join(name);
    let last: u64 = fs::read_to_string(&file)
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0);
    let by_clock = Millis::now().0.saturating_sub(BEGIN_2026) / STEP;
    let epoch = by_clock.max(last + 1);
    fs::write(&file, format!("{epoch}\n")).map_err(tell)?;
    Ok(epoch)
}
