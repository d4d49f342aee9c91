use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use futures_util::stream::{self, StreamExt};
use ninep::client::Namespace;
use ninep::tree::OpenFlags;
use ninep::wire::{Attr, QidKind};

use super::{Failures, PIECE, Progress, WINDOW};
use crate::path::TreePath;

/// What is to be copied.
struct Copy {
    from: TreePath,
    to: PathBuf,
    attr: Attr,
}

/// Copies `remote` to the path `local`, a folder with all that is in it.
///
/// # Errors
/// What stopped it, or how many files failed; each is told as it fails.
pub(crate) async fn get(ns: &Namespace, remote: &TreePath, local: &Path) -> Result<()> {
    let top = Copy {
        from: remote.clone(),
        to: local.to_owned(),
        attr: ns.stat(remote.as_str()).await?,
    };
    let mut progress = Progress::new(None);
    let mut failures = Failures::default();
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    if top.attr.qid.kind.is_dir() {
        folders.push(top);
    } else {
        files.push(top);
    }
    // Folder by folder, so that what waits in memory is one folder and the names of those to come.
    loop {
        let mut copies = stream::iter(files.drain(..))
            .map(|copy| async move { (copy.attr.size, fetch(ns, &copy).await) })
            .buffer_unordered(WINDOW);
        while let Some((bytes, done)) = copies.next().await {
            if done.is_ok() {
                progress.file(bytes);
            }
            if !failures.take(done, &mut progress) {
                return failures.result();
            }
        }
        drop(copies);
        let Some(folder) = folders.pop() else { break };
        match fs::create_dir(&folder.to) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !folder.to.is_dir() => {
                return Err(error).with_context(|| format!("the folder {}", folder.to.display()));
            }
            _ => {}
        }
        for entry in ns.list(folder.from.as_str()).await? {
            // The server chose the name: it must not lead out of the folder.
            let from = folder
                .from
                .join(&entry.name)
                .map_err(|why| anyhow!("{}: {why}", folder.from))?;
            let copy = Copy {
                from,
                to: folder.to.join(&entry.name),
                attr: entry.attr,
            };
            if copy.attr.qid.kind.is_dir() {
                folders.push(copy);
            } else {
                files.push(copy);
            }
        }
    }
    progress.done();
    failures.result()
}

/// Copies one file or link.
async fn fetch(ns: &Namespace, copy: &Copy) -> Result<()> {
    let copied = if copy.attr.qid.kind.0 & QidKind::SYMLINK.0 == 0 {
        file(ns, copy).await
    } else {
        link(ns, copy).await
    };
    copied.with_context(|| format!("{} to {}", copy.from, copy.to.display()))
}

async fn link(ns: &Namespace, copy: &Copy) -> Result<()> {
    let target = ns.fid(copy.from.as_str()).await?.readlink().await?;
    if fs::symlink_metadata(&copy.to).is_ok_and(|meta| meta.is_symlink()) {
        fs::remove_file(&copy.to)?;
    }
    symlink(target, &copy.to)?;
    Ok(())
}

/// Reads until the end: the size of a file that is made when it is read is not known.
async fn file(ns: &Namespace, copy: &Copy) -> Result<()> {
    let remote = ns.open(copy.from.as_str(), OpenFlags::RDONLY).await?;
    let mut offset = 0;
    let mut data = remote.read_at(offset, PIECE).await?;
    // The old file is not touched before the new one can be read.
    let local = create(&copy.to, copy.attr.mode & 0o777)?;
    while !data.is_empty() {
        local.write_all_at(&data, offset)?;
        offset += data.len() as u64;
        data = remote.read_at(offset, PIECE).await?;
    }
    Ok(())
}

fn create(path: &Path, mode: u32) -> io::Result<File> {
    // Synthetic files are read-only; a copy of one is the person's own.
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode | 0o600)
        .open(path)
}
