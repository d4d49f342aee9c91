//! What differs between two folders.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use crate::Outcome;

/// Compares names, kinds, contents and link targets all the way down; with `attributes` permissions and times of change too.
pub(crate) fn between(one: &Path, other: &Path, attributes: bool) -> Outcome {
    let (mine, theirs) = (look(one)?, look(other)?);
    let tell = |what: &str| {
        Err(format!(
            "{} and {}: {what} differ",
            one.display(),
            other.display()
        ))
    };
    if mine.file_type() != theirs.file_type() {
        return tell("kinds");
    }
    if attributes && mine.mode() != theirs.mode() {
        return tell(&format!("modes {:o} and {:o}", mine.mode(), theirs.mode()));
    }
    if mine.is_dir() {
        let (names, others) = (names(one)?, names(other)?);
        if names != others {
            let odd: Vec<_> = names.symmetric_difference(&others).take(5).collect();
            return tell(&format!("names {odd:?}"));
        }
        return names
            .iter()
            .try_for_each(|name| between(&one.join(name), &other.join(name), attributes));
    }
    if mine.is_symlink() {
        return if fs::read_link(one).ok() == fs::read_link(other).ok() {
            Ok(())
        } else {
            tell("targets")
        };
    }
    if mine.file_type().is_fifo() {
        return Ok(());
    }
    if attributes && (mine.mtime(), mine.nlink()) != (theirs.mtime(), theirs.nlink()) {
        let now = |meta: &fs::Metadata| format!("{} {}", meta.mtime(), meta.nlink());
        return tell(&format!("time or links ({}; {})", now(&mine), now(&theirs)));
    }
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let (bytes, others) = (read(one)?, read(other)?);
    if mine.len() != bytes.len() as u64 || bytes.len() != others.len() {
        return tell(&format!(
            "sizes {}, {} and {}",
            mine.len(),
            bytes.len(),
            others.len()
        ));
    }
    match bytes
        .iter()
        .zip(&others)
        .position(|(one, other)| one != other)
    {
        Some(at) => tell(&format!("bytes at {at}")),
        None => Ok(()),
    }
}

fn look(path: &Path) -> Result<fs::Metadata, String> {
    fs::symlink_metadata(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn names(folder: &Path) -> Result<BTreeSet<OsString>, String> {
    let list = || -> io::Result<Vec<OsString>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.file_name()))
            .collect()
    };
    let all = list().map_err(|error| format!("list {}: {error}", folder.display()))?;
    let names: BTreeSet<OsString> = all.iter().cloned().collect();
    if names.len() == all.len() {
        Ok(names)
    } else {
        Err(format!("{} lists a name twice", folder.display()))
    }
}
