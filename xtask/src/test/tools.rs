//! The cargo tools that the tests use, built from source when the machine has none.

use std::path::PathBuf;
use std::process::Command;

use crate::exec::{self, Outcome};
use crate::say;
use crate::workspace::Workspace;

/// A tool from crates.io.
pub(super) struct Tool {
    /// Its package and its binary: they have one name.
    name: &'static str,
    /// The version we build. One that is on the machine already is taken as it is.
    version: &'static str,
    /// Arguments of `cargo install`.
    features: &'static [&'static str],
}

/// Licences, bans and sources of what we depend on.
pub(super) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    features: &[],
};

/// Runs each test in a process of its own, with a time limit.
pub(super) const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.143",
    features: &["--no-default-features", "--features=default-no-update"],
};

/// The program of a tool: the machine's own, or ours in the target folder, which is built the first
/// time.
///
/// # Errors
/// When it cannot be built.
pub(super) fn ensure(workspace: &Workspace, tool: &Tool) -> Outcome<PathBuf> {
    if exec::succeeds(Command::new(tool.name).arg("--version")) {
        return Ok(tool.name.into());
    }
    let root = workspace.target("tools");
    let program = root.join("bin").join(tool.name);
    if exec::succeeds(Command::new(&program).arg("--version")) {
        return Ok(program);
    }
    say::line(format_args!(
        "building {} {} once (some minutes); it will lie in {}",
        tool.name,
        tool.version,
        root.display()
    ));
    let mut command = workspace.cargo(["install", "--locked", "--debug", "--no-track", "--root"]);
    command
        .arg(&root)
        .args(["--version", tool.version])
        .args(tool.features)
        .arg(tool.name)
        // A tool is never debugged: no debug information, much less to write and link.
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .env("CARGO_TARGET_DIR", workspace.target("tools").join("build"));
    exec::run(&mut command)?;
    // A gigabyte that nobody reads again; the program is what we keep.
    let _ = std::fs::remove_dir_all(root.join("build"));
    Ok(program)
}
