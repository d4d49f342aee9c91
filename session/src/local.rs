//! Files of this machine.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file so that nobody ever sees half of it: beside it first, then renamed over it.
///
/// # Errors
/// Those of the file system.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut partial = name.to_owned();
    partial.push(format!(".{}.part", std::process::id()));
    let partial = path.with_file_name(partial);
    let written = File::create(&partial)
        .and_then(|mut file| file.write_all(content))
        .and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // What is half written is of no use; the first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    written
}

/// What is to be copied, found below one path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its names below the path that was looked at; none for that itself.
    pub(crate) below: Vec<String>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// What can be copied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Folder,
    File { len: u64, mode: u32 },
    Link { target: String },
}

/// Everything below `top`, folders before what is in them. What cannot be copied (a socket, a name that is no UTF-8) is
/// told to `skip` and left out.
///
/// # Errors
/// Which folder or file cannot be read.
pub(crate) fn walk(top: &Path, mut skip: impl FnMut(&Path, &str)) -> io::Result<Vec<Found>> {
    let tell = |path: &Path, error: io::Error| {
        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    };
    // A link that was named by the person is what it points at.
    let meta = fs::metadata(top).map_err(|error| tell(top, error))?;
    let mut found = Vec::new();
    match kind(top, &meta) {
        Some(kind) => found.push(Found {
            path: top.to_owned(),
            below: Vec::new(),
            kind,
        }),
        None => skip(top, "it is no file, folder or link"),
    }
    let mut next = 0;
    while next < found.len() {
        if found[next].kind != Kind::Folder {
            next += 1;
            continue;
        }
        let (folder, below) = (found[next].path.clone(), found[next].below.clone());
        next += 1;
        let mut entries: Vec<_> = fs::read_dir(&folder)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|error| tell(&folder, error))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let Ok(name) = entry.file_name().into_string() else {
                skip(&path, "its name is no UTF-8");
                continue;
            };
            let meta = fs::symlink_metadata(&path).map_err(|error| tell(&path, error))?;
            match kind(&path, &meta) {
                Some(kind) => {
                    let below = below.iter().cloned().chain([name]).collect();
                    found.push(Found { path, below, kind });
                }
                None => skip(&path, "it is no file, folder or link"),
            }
        }
    }
    Ok(found)
}

fn kind(path: &Path, meta: &fs::Metadata) -> Option<Kind> {
    use std::os::unix::fs::PermissionsExt;
    if meta.is_dir() {
        Some(Kind::Folder)
    } else if meta.is_file() {
        Some(Kind::File {
            len: meta.len(),
            mode: meta.permissions().mode() & 0o777,
        })
    } else if meta.is_symlink() {
        let target = fs::read_link(path)
            .ok()?
            .into_os_string()
            .into_string()
            .ok()?;
        Some(Kind::Link { target })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn folders_come_before_what_is_in_them_and_odd_files_are_left_out() {
        let root = tempfile::tempdir().unwrap();
        let top = root.path().join("top");
        fs::create_dir_all(top.join("a/b")).unwrap();
        fs::write(top.join("a/b/file"), "four").unwrap();
        std::os::unix::fs::symlink("b/file", top.join("a/link")).unwrap();
        let _socket = UnixListener::bind(top.join("socket")).unwrap();
        let mut skipped = Vec::new();
        let found = walk(&top, |path, _| skipped.push(path.to_owned())).unwrap();
        let below: Vec<String> = found.iter().map(|found| found.below.join("/")).collect();
        assert_eq!(below, ["", "a", "a/b", "a/link", "a/b/file"]);
        assert_eq!(
            found[3].kind,
            Kind::Link {
                target: "b/file".to_owned()
            }
        );
        assert!(matches!(found[4].kind, Kind::File { len: 4, .. }));
        assert_eq!(skipped, [top.join("socket")]);
        assert!(
            walk(&root.path().join("none"), |_, _| {})
                .unwrap_err()
                .to_string()
                .contains("none")
        );
    }

    #[test]
    fn a_replaced_file_is_whole_and_leaves_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("picture.png");
        replace(&file, b"old").unwrap();
        replace(&file, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        fs::create_dir(root.path().join("folder")).unwrap();
        assert!(replace(&root.path().join("folder"), b"x").is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }
}
