//! Where the programs under test lie, and where a test leaves its pictures and logs.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The folder with goblin's programs as they ship: the one that `cargo xtask test` names in
/// `GOBLIN_BIN_DIR`, else the one that `cargo xtask build` fills.
///
/// # Errors
/// When there is none.
pub fn programs() -> Result<PathBuf> {
    let folder = match std::env::var_os("GOBLIN_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => target()?.join("programs/debug"),
    };
    ensure!(
        folder.join("goblin").is_file(),
        "there is no goblin in {}: run `cargo xtask build` first",
        folder.display()
    );
    Ok(folder)
}

/// A folder in `place` with all of goblin's programs but one, which is a script instead.
///
/// # Errors
/// When it cannot be made.
pub fn programs_but(place: &Path, name: &str, script: &str) -> Result<PathBuf> {
    let folder = place.join("programs");
    let made = (|| {
        std::fs::create_dir_all(&folder)?;
        for entry in std::fs::read_dir(programs()?)? {
            let entry = entry?;
            if entry.file_name() != name {
                // A link, not a copy: they are large. Not a symbolic one: a program that looks for
                // its fellows beside itself would find those of the other folder.
                std::fs::hard_link(entry.path(), folder.join(entry.file_name()))?;
            }
        }
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .create_new(true)
            .write(true)
            .mode(0o755)
            .open(folder.join(name))?;
        file.write_all(format!("#!/bin/sh\n{script}\n").as_bytes())?;
        anyhow::Ok(folder.clone())
    })();
    made.with_context(|| format!("the programs cannot be gathered in {}", folder.display()))
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
