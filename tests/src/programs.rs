//! Where the programs under test lie, and where a test leaves its pictures and logs.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// A program of goblin's as it ships: in the folder that `cargo xtask test` names in
/// `GOBLIN_BIN_DIR`, else in the one that `cargo xtask build` fills.
///
/// # Errors
/// When it has not been built.
pub fn program(name: &str) -> Result<PathBuf> {
    let folder = match std::env::var_os("GOBLIN_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => target()?.join("programs/debug"),
    };
    let program = folder.join(name);
    ensure!(
        program.is_file(),
        "{} is not there: run `cargo xtask build` first",
        program.display()
    );
    Ok(program)
}

/// The folder for what a test leaves behind, made empty.
///
/// # Errors
/// When it cannot be made.
pub fn artifacts(test: &str) -> Result<PathBuf> {
    let folder = target()?.join("system-tests").join(test);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("{} cannot be emptied", folder.display()));
        }
        _ => {}
    }
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

/// Cargo's target folder: our own program lies in `TARGET/PROFILE/deps` or `TARGET/PROFILE`.
fn target() -> Result<PathBuf> {
    let own = std::env::current_exe().context("our own program has no path")?;
    let folder = own
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"));
    folder
        .and_then(|profile| profile.parent())
        .map(PathBuf::from)
        .with_context(|| format!("{} lies in no target folder", own.display()))
}
