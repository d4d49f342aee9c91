//! Where the workspace and its target folder are, and `cargo` run in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::exec::{Fault, Outcome, capture};

/// The workspace this program was built from.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// When cargo cannot be run, or the workspace's manifests are faulty.
    pub(crate) fn find() -> Outcome<Self> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version=1"]);
        if let Some(folder) = std::env::var_os("CARGO_MANIFEST_DIR") {
            command.current_dir(folder);
        }
        let metadata = parse(&capture(&mut command)?)?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| Fault::new(format!("`cargo metadata` gives no {key}")))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A folder or file below cargo's target folder.
    pub(crate) fn target(&self, name: impl AsRef<Path>) -> PathBuf {
        self.target.join(name)
    }

    /// `cargo ARGS`, to be run at the workspace's root.
    pub(crate) fn cargo<I: AsRef<std::ffi::OsStr>>(
        &self,
        args: impl IntoIterator<Item = I>,
    ) -> Command {
        let mut command = cargo();
        command.args(args).current_dir(&self.root);
        command
    }

    /// The resolved dependency graph for the platform we build for, exactly as locked.
    ///
    /// # Errors
    /// When cargo cannot resolve it, most often because `Cargo.lock` is out of date.
    pub(crate) fn metadata(&self) -> Outcome<Value> {
        let platform = host_platform()?;
        let mut command = self.cargo([
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            &platform,
        ]);
        parse(&capture(&mut command)?)
    }
}

/// The triple of the platform that rustc builds for here.
///
/// # Errors
/// When rustc cannot be run.
pub(crate) fn host_platform() -> Outcome<String> {
    let version = capture(Command::new("rustc").arg("-vV"))?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Fault::new("`rustc -vV` names no host"))
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn parse(text: &str) -> Outcome<Value> {
    serde_json::from_str(text)
        .map_err(|error| Fault::new(format!("`cargo metadata` is not JSON: {error}")))
}
