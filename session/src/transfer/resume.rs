//! What is there already of a copy that was broken off.
//!
//! A copy grows from its beginning, so what is there is trusted when it is no longer than the original and its last
//! [`TAIL`] bytes are the same.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use anyhow::Result;
use ninep::Errno;
use ninep::client::{Namespace, RemoteFile};
use ninep::tree::OpenFlags;

use crate::path::TreePath;

/// Bytes that are compared.
const TAIL: u64 = 64 << 10;

/// How much of a copy is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum There {
    /// None of it, or something else under its name.
    Nothing,
    /// This many bytes from the beginning.
    Part(u64),
    /// All.
    Whole,
}

fn there(have: u64, whole: u64) -> There {
    match have {
        0 if whole > 0 => There::Nothing,
        _ if have == whole => There::Whole,
        _ => There::Part(have),
    }
}

/// How much of `local`, `len` bytes long, is at `path`.
pub(super) async fn at_remote(
    ns: &Namespace,
    path: &TreePath,
    local: &File,
    len: u64,
) -> Result<There> {
    let attr = match ns.stat(path.as_str()).await {
        Ok(attr) => attr,
        Err(error) if error.errno() == Errno::NOENT => return Ok(There::Nothing),
        Err(error) => return Err(error.into()),
    };
    // What is made when it is read has no part that could be gone on from.
    if attr.is_dir() || attr.qid.version == 0 || attr.size > len {
        return Ok(There::Nothing);
    }
    let remote = ns.open(path.as_str(), OpenFlags::RDONLY).await?;
    let same = same_tail(local, &remote, attr.size).await?;
    Ok(if same {
        there(attr.size, len)
    } else {
        There::Nothing
    })
}

/// How much of `remote`, `len` bytes long, is in the file at `local`.
pub(super) async fn at_local(
    local: &std::path::Path,
    remote: &RemoteFile,
    len: u64,
) -> Result<There> {
    let file = match File::open(local) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(There::Nothing),
        Err(error) => return Err(error.into()),
    };
    let have = file.metadata()?.len();
    if have > len {
        return Ok(There::Nothing);
    }
    let same = same_tail(&file, remote, have).await?;
    Ok(if same {
        there(have, len)
    } else {
        There::Nothing
    })
}

/// Whether the last bytes before `end` are the same in both.
async fn same_tail(local: &File, remote: &RemoteFile, end: u64) -> Result<bool> {
    let from = end.saturating_sub(TAIL);
    let mut here = vec![0; usize::try_from(end - from)?];
    if local.read_exact_at(&mut here, from).is_err() {
        return Ok(false);
    }
    let mut at = 0;
    while at < here.len() {
        let want = u32::try_from(here.len() - at)?;
        let piece = remote.read_at(from + at as u64, want).await?;
        if piece.is_empty() || here[at..at + piece.len()] != piece[..] {
            return Ok(false);
        }
        at += piece.len();
    }
    Ok(true)
}
