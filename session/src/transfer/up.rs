use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use ninep::Errno;
use ninep::client::{Namespace, RemoteFile};
use ninep::tree::OpenFlags;

use super::resume::{self, There};
use super::{Failures, PIECE, Progress, WINDOW};
use crate::local::{Found, Kind, walk};
use crate::path::TreePath;

/// Copies each of `tops` to its path, folders with all that is in them; with `resume`, what is there already is left as it
/// is, and what is there in part is gone on with.
///
/// # Errors
/// What stopped it, or how many files failed; each is told as it fails.
pub(crate) async fn put(ns: &Namespace, tops: &[(&Path, TreePath)], resume: bool) -> Result<()> {
    let mut progress = Progress::new(None);
    let mut found = Vec::new();
    for (local, remote) in tops {
        let skip = |path: &Path, why: &str| {
            progress.note(&format!("goblin: {} is left out: {why}", path.display()));
        };
        for one in walk(local, skip)? {
            let names = one
                .below
                .iter()
                .try_fold(remote.clone(), |path, name| path.join(name));
            found.push((names.map_err(|why| anyhow!(why))?, one));
        }
    }
    let (folders, rest): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|(_, one)| one.kind == Kind::Folder);
    let bytes = rest.iter().map(|(_, one)| len(one)).sum();
    progress = Progress::new(Some((rest.len() as u64, bytes)));

    // In the order found: each before those in it.
    for (path, _) in &folders {
        match ns.mkdir(path.as_str()).await {
            Ok(()) => {}
            Err(error) if error.errno() == Errno::EXIST && is_folder(ns, path).await => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut copies = stream::iter(&rest)
        .map(|(path, one)| async move { (len(one), copy(ns, path, one, resume).await) })
        .buffer_unordered(WINDOW);
    let mut failures = Failures::default();
    while let Some((bytes, done)) = copies.next().await {
        if done.is_ok() {
            progress.file(bytes);
        }
        if !failures.take(done, &mut progress) {
            break;
        }
    }
    progress.done();
    failures.result()
}

fn len(one: &Found) -> u64 {
    match one.kind {
        Kind::File { len, .. } => len,
        Kind::Folder | Kind::Link { .. } => 0,
    }
}

async fn is_folder(ns: &Namespace, path: &TreePath) -> bool {
    ns.stat(path.as_str())
        .await
        .is_ok_and(|attr| attr.qid.kind.is_dir())
}

/// Copies one file or link.
async fn copy(ns: &Namespace, path: &TreePath, one: &Found, resume: bool) -> Result<()> {
    let copied = async {
        match &one.kind {
            Kind::File { len, mode } => {
                let local = File::open(&one.path)?;
                let there = if resume {
                    resume::at_remote(ns, path, &local, *len).await?
                } else {
                    There::Nothing
                };
                let (remote, from) = match there {
                    There::Whole => return Ok(()),
                    There::Part(from) => (ns.open(path.as_str(), OpenFlags::WRONLY).await?, from),
                    There::Nothing => (create(ns, path, *mode).await?, 0),
                };
                send(&local, from, *len, &remote).await?;
                // The answer tells whether what was written has been taken.
                Ok(remote.clunk().await?)
            }
            Kind::Link { target } => link(ns, path, target).await,
            Kind::Folder => Ok(()),
        }
    };
    copied
        .await
        .with_context(|| format!("{} to {path}", one.path.display()))
}

/// Reads the file piece by piece from `from` until its end, which may have moved since it was found `len` bytes long.
///
/// Reads of the disk are done in line: the other files' messages are on the wire meanwhile.
async fn send(local: &File, from: u64, len: u64, remote: &RemoteFile) -> Result<()> {
    let mut offset = from;
    loop {
        // One byte more than is left: where there is none, that was the end.
        let left = len.saturating_sub(offset).saturating_add(1);
        let piece = usize::try_from(left)?.min(PIECE as usize);
        let mut buffer = vec![0; piece];
        let mut filled = 0;
        while filled < piece {
            match local.read_at(&mut buffer[filled..], offset + filled as u64)? {
                0 => break,
                count => filled += count,
            }
        }
        buffer.truncate(filled);
        if filled > 0 {
            remote.write_at(offset, Bytes::from(buffer)).await?;
            offset += filled as u64;
        }
        if filled < piece {
            return Ok(());
        }
    }
}

/// Opens `path` for writing: a new file, or an old one cut to nothing.
async fn create(ns: &Namespace, path: &TreePath, mode: u32) -> Result<RemoteFile> {
    let flags = OpenFlags::WRONLY | OpenFlags::TRUNC;
    let (Some(folder), Some(name)) = (
        path.parent().filter(|folder| !folder.is_root()),
        path.name(),
    ) else {
        return Err(anyhow!("no file can be put beside the services"));
    };
    let folder = ns.fid(folder.as_str()).await?;
    let opened = match folder.walk(name).await {
        Ok(old) => old.open(flags).await,
        Err(error) if error.errno() == Errno::NOENT => folder.create(name, flags, mode).await,
        Err(error) => Err(error),
    };
    opened.map_err(|error| error.context(path).into())
}

async fn link(ns: &Namespace, path: &TreePath, target: &str) -> Result<()> {
    let (Some(folder), Some(name)) = (
        path.parent().filter(|folder| !folder.is_root()),
        path.name(),
    ) else {
        return Err(anyhow!("no link can be put beside the services"));
    };
    let folder = ns.fid(folder.as_str()).await?;
    match folder.symlink(name, target).await {
        Ok(_) => Ok(()),
        // A link cannot be written over: the old one makes room.
        Err(error) if error.errno() == Errno::EXIST => {
            folder.unlink(name, false).await?;
            folder.symlink(name, target).await?;
            Ok(())
        }
        Err(error) => Err(error.context(path).into()),
    }
}
