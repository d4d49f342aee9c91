use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use futures_util::stream::{self, StreamExt};
use ninep::client::Namespace;
use ninep::tree::OpenFlags;
use ninep::wire::{Attr, QidKind};

use super::resume::{self, There};
use super::{Failures, PIECE, Progress, WINDOW};
use crate::path::TreePath;

/// What is to be copied.
struct Copy {
    from: TreePath,
    to: PathBuf,
    attr: Attr,
}

/// Copies `remote` to the path `local`, a folder with all that is in it; with `resume`, what is there already is left as it
/// is, and what is there in part is gone on with.
///
/// # Errors
/// What stopped it, or how many files failed; each is told as it fails.
pub(crate) async fn get(
    ns: &Namespace,
    remote: &TreePath,
    local: &Path,
    resume: bool,
) -> Result<()> {
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
            .map(|copy| async move { (copy.attr.size, fetch(ns, &copy, resume).await) })
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
async fn fetch(ns: &Namespace, copy: &Copy, resume: bool) -> Result<()> {
    let copied = if copy.attr.qid.kind.0 & QidKind::SYMLINK.0 == 0 {
        file(ns, copy, resume).await
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

async fn file(ns: &Namespace, copy: &Copy, resume: bool) -> Result<()> {
    let remote = ns.open(copy.from.as_str(), OpenFlags::RDONLY).await?;
    let size = copy.attr.size;
    // A file that is made when it is read says no size, and has no part that could be gone on from.
    let there = if resume && copy.attr.qid.version != 0 {
        resume::at_local(&copy.to, &remote, size).await?
    } else {
        There::Nothing
    };
    let mut offset = match there {
        There::Whole => return Ok(()),
        There::Part(from) => from,
        There::Nothing => 0,
    };
    let mut ahead = std::pin::pin!(remote.stream(offset, size));
    let mut data = match ahead.next().await {
        Some(data) => data?,
        None => remote.read_at(offset, PIECE).await?,
    };
    // The old file is not touched before the new one can be read.
    let local = if there == There::Nothing {
        create(&copy.to, copy.attr.mode & 0o777)?
    } else {
        OpenOptions::new().write(true).open(&copy.to)?
    };
    while !data.is_empty() {
        local.write_all_at(&data, offset)?;
        offset += data.len() as u64;
        data = match ahead.next().await {
            Some(data) => data?,
            // Beyond the size that was told there may be more by now.
            None => remote.read_at(offset, PIECE).await?,
        };
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
