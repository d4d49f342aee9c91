//! A person's home, made for one test: folders of its own, an environment with nothing else in it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use tempfile::TempDir;

/// The temporary folders that stand for a person's home and session. They go with the last clone.
#[derive(Clone)]
pub struct Home {
    root: Arc<TempDir>,
}

/// What of the caller's environment a session gets to see.
const PASSED_ON: &[&str] = &["PATH", "RUST_BACKTRACE", "GOBLIN_LOG", "LD_LIBRARY_PATH"];

impl Home {
    /// Makes the folders. Their paths are short: the path of a unix socket has room for 107 bytes.
    ///
    /// # Errors
    /// When the temporary folder cannot be written.
    pub fn new() -> Result<Self> {
        let root = tempfile::Builder::new()
            .prefix("gb")
            .rand_bytes(5)
            .tempdir_in("/tmp")
            .context("a temporary home cannot be made in /tmp")?;
        let home = Self {
            root: Arc::new(root),
        };
        // Those of the sockets are there before the session, so that a test can wait for one to appear.
        let private = [
            home.runtime(),
            home.runtime().join("goblin"),
            home.sockets(),
        ];
        let plain = [home.home(), home.data(), home.config(), home.state()];
        for folder in private.iter().chain(&plain) {
            fs::DirBuilder::new()
                .mode(0o700)
                .create(folder)
                .with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        Ok(home)
    }

    /// `HOME`.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("h")
    }

    /// `XDG_RUNTIME_DIR`.
    pub fn runtime(&self) -> PathBuf {
        self.root.path().join("r")
    }

    /// `XDG_DATA_HOME`.
    pub fn data(&self) -> PathBuf {
        self.root.path().join("d")
    }

    /// `XDG_CONFIG_HOME`.
    pub fn config(&self) -> PathBuf {
        self.root.path().join("c")
    }

    /// `XDG_STATE_HOME`.
    pub fn state(&self) -> PathBuf {
        self.root.path().join("s")
    }

    /// The folder with the sockets of the session's trees.
    pub fn sockets(&self) -> PathBuf {
        self.runtime().join("goblin/srv")
    }

    /// A path below the home for a test's own files.
    pub fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.home().join(name)
    }

    /// The whole environment of a session in this home, for a person of the given language
    /// (`en_US.UTF-8`, `zh_CN.UTF-8`).
    pub fn environment(&self, language: &str) -> Vec<(OsString, OsString)> {
        let own: [(&str, OsString); 9] = [
            ("HOME", self.home().into()),
            ("XDG_RUNTIME_DIR", self.runtime().into()),
            ("XDG_DATA_HOME", self.data().into()),
            ("XDG_CONFIG_HOME", self.config().into()),
            ("XDG_STATE_HOME", self.state().into()),
            ("XDG_CACHE_HOME", self.root.path().join("k").into()),
            ("LANG", language.into()),
            ("TZ", "UTC".into()),
            ("SHELL", "/bin/sh".into()),
        ];
        let passed = PASSED_ON
            .iter()
            .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
        own.into_iter()
            .map(|(name, value)| (name.into(), value))
            .chain(passed)
            .collect()
    }
}
