//! Work on whole files by path, each in as few round trips as the server's dialect allows.

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt, TryStreamExt};

use super::connection::{Number, unexpected};
use super::fid::Fid;
use super::namespace::Entry;
use crate::error::{Errno, Error, Result};
use crate::tree::OpenFlags;
use crate::wire::compound::{EntryAttr, Rmsg as Answer, Tmsg as Compound};
use crate::wire::{Attr, MAX_WALK, NO_FID, NO_UID, Rmsg, Str, Tmsg};

/// `getattr`s of one listing that are in flight together, where the dialect has no better way.
const WINDOW: usize = 32;
/// How much a `Tget` asks for: whatever is larger is read in pieces that are in flight together.
const SMALL: u32 = 128 << 10;
/// A folder is opened with no other aim than to list it.
const DIRECTORY: OpenFlags = OpenFlags(0o200_000);

/// The names of a path, if one message can carry them.
fn names(path: &str) -> Option<Vec<Str>> {
    let names: Vec<Str> = path
        .split('/')
        .filter(|name| !name.is_empty())
        .map(Str::from)
        .collect();
    (names.len() <= MAX_WALK).then_some(names)
}

/// The folder and the last name of a path.
pub(super) fn parent(path: &str) -> Result<(&str, &str)> {
    let path = path.trim_end_matches('/');
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name.is_empty() {
        return Err(Error::new(Errno::BUSY, "the root stays where it is"));
    }
    Ok((folder, name))
}

fn misfit(answer: &Answer) -> Error {
    Error::new(
        Errno::PROTO,
        format!("answered by message {}", answer.kind()),
    )
}

impl Fid {
    /// Attributes of the file at `path` from here. One round trip, or two.
    ///
    /// # Errors
    /// `ENOENT`; what the server refuses with.
    pub async fn stat(&self, path: &str) -> Result<Attr> {
        if let Some(names) = self.compound_names(path) {
            let request = Compound::Walkattr {
                fid: self.number(),
                newfid: NO_FID,
                names,
            };
            return match self.client().call_compound(request).await? {
                Answer::Walkattr { attr } => Ok(attr),
                other => Err(misfit(&other)),
            };
        }
        self.walk(path).await?.getattr().await
    }

    /// The whole of the file at `path` from here. A small file takes one round trip, or five.
    ///
    /// # Errors
    /// `ENOENT`, `EISDIR`; `EAGAIN` for a feed of events that has none; what the server refuses with.
    pub async fn get(&self, path: &str) -> Result<Bytes> {
        if let Some(names) = self.compound_names(path) {
            let request = Compound::Get {
                fid: self.number(),
                names,
                offset: 0,
                count: SMALL,
            };
            let (attr, data) = match self.client().call_compound(request).await? {
                Answer::Get { attr, data } => (attr, data),
                other => return Err(misfit(&other)),
            };
            let whole = if attr.size == 0 {
                // A synthetic file says no size: less than was asked for is all there is.
                (data.len() as u64) < u64::from(SMALL / 2)
            } else {
                data.len() as u64 >= attr.size
            };
            if whole {
                return Ok(data);
            }
        }
        let fid = self.walk(path).await?;
        // Synthetic files have version 0 and no size; others are read with many reads in flight.
        let size = if fid.qid().version == 0 {
            None
        } else {
            Some(fid.getattr().await?.size)
        };
        fid.open(OpenFlags::RDONLY)
            .await?
            .read_to_end(0, size)
            .await
    }

    /// Makes `path` a file that holds `data`: created, or cut to nothing first. `number` keeps a repeated request from being
    /// done twice; with `sync`, the answer says that it is durable. What fits into one message takes one round trip, or
    /// five.
    ///
    /// # Errors
    /// `ENOENT` of the folder, `ENOSPC` and the like; what the server refuses with.
    pub(super) async fn put(
        &self,
        path: &str,
        data: Bytes,
        sync: bool,
        number: Number,
    ) -> Result<()> {
        const MODE: u32 = 0o644;
        if let Some(names) = self.compound_names(path)
            && data.len() <= self.client().io_size() as usize / 2
        {
            let request = Compound::Put {
                fid: self.number(),
                names,
                mode: MODE,
                sync: sync.into(),
                data,
            };
            return match self.client().call_compound_once(&request, number).await? {
                Answer::Put { .. } => Ok(()),
                other => Err(misfit(&other)),
            };
        }
        let (folder, name) = parent(path)?;
        let folder = self.walk(folder).await?;
        let flags = OpenFlags::WRONLY | OpenFlags::TRUNC;
        let file = match folder.walk(name).await {
            Ok(fid) => fid.open(flags).await?,
            Err(error) if error.errno() == Errno::NOENT => folder.create(name, flags, MODE).await?,
            Err(error) => return Err(error),
        };
        file.write_at(0, data).await?;
        if sync {
            file.fsync().await?;
        }
        file.clunk().await
    }

    /// The names in the folder at `path` with their attributes, in order.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`; what the server refuses with.
    pub async fn list(&self, path: &str) -> Result<Vec<Entry>> {
        let folder = self.walk(path).await?;
        let mut entries = if self.client().is_compound() {
            folder.list_with_attributes().await?
        } else {
            folder.list_one_by_one().await?
        };
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    async fn list_with_attributes(&self) -> Result<Vec<Entry>> {
        let open = self.walk("").await?.open(DIRECTORY).await?;
        let mut entries = Vec::new();
        let mut offset = 0;
        loop {
            let count = self.client().io_size().min(SMALL * 2);
            let request = Compound::Readdirattr {
                fid: open.fid().number(),
                offset,
                count,
            };
            let data = match self.client().call_compound(request).await? {
                Answer::Readdirattr { data } => data,
                other => return Err(misfit(&other)),
            };
            let page = EntryAttr::decode_all(data)
                .map_err(|error| Error::new(Errno::PROTO, error.to_string()))?;
            let Some(last) = page.last() else {
                return Ok(entries);
            };
            offset = last.offset;
            let named = page
                .into_iter()
                .filter(|entry| !matches!(entry.name.as_str(), "." | ".."));
            entries.extend(named.map(|entry| Entry {
                name: entry.name.to_string(),
                attr: entry.attr,
            }));
        }
    }

    async fn list_one_by_one(&self) -> Result<Vec<Entry>> {
        let names = self
            .walk("")
            .await?
            .open(DIRECTORY)
            .await?
            .entries()
            .await?;
        let entry = |name: Str| async move {
            match self.stat(&name).await {
                Ok(attr) => Ok(Some(Entry {
                    name: name.to_string(),
                    attr,
                })),
                // Gone between the listing and the look.
                Err(error) if error.errno() == Errno::NOENT => Ok(None),
                Err(error) => Err(error),
            }
        };
        stream::iter(names)
            .map(|found| entry(found.name))
            .buffered(WINDOW)
            .try_filter_map(|entry| std::future::ready(Ok(entry)))
            .try_collect()
            .await
    }

    /// Sends a request that changes a folder, so that it is not done twice.
    pub(super) async fn change(&self, request: &Tmsg, number: Number) -> Result<()> {
        match self.client().call_once(request, number).await? {
            Rmsg::Mkdir { .. } | Rmsg::Unlinkat {} | Rmsg::Renameat {} => Ok(()),
            other => Err(unexpected("a change of a folder", &other)),
        }
    }

    /// The request that makes the folder `name` here.
    pub(super) fn mkdir_request(&self, name: &str) -> Tmsg {
        Tmsg::Mkdir {
            dfid: self.number(),
            name: name.into(),
            mode: 0o755,
            gid: NO_UID,
        }
    }

    /// The request that removes `name` from here.
    pub(super) fn unlink_request(&self, name: &str, dir: bool) -> Tmsg {
        Tmsg::Unlinkat {
            dirfid: self.number(),
            name: name.into(),
            flags: if dir { 0x200 } else { 0 },
        }
    }

    /// The request that moves `name` of this folder to `new_name` in `to`.
    pub(super) fn rename_request(&self, name: &str, to: &Self, new_name: &str) -> Tmsg {
        Tmsg::Renameat {
            olddirfid: self.number(),
            oldname: name.into(),
            newdirfid: to.number(),
            newname: new_name.into(),
        }
    }

    fn compound_names(&self, path: &str) -> Option<Vec<Str>> {
        if self.client().is_compound() {
            names(path)
        } else {
            None
        }
    }
}

/// Everything below a folder, each path relative to it, folders before what is in them. Several folders are listed at a
/// time, and a name costs no round trip of its own.
///
/// # Errors
/// Those of the folder itself; a folder that vanishes meanwhile is left out.
pub(super) async fn tree(root: &Fid, path: &str) -> Result<Vec<(String, Attr)>> {
    const FOLDERS: usize = 8;
    let mut found = Vec::new();
    let mut waiting = vec![String::new()];
    while !waiting.is_empty() {
        let lists: Vec<(String, Result<Vec<Entry>>)> = stream::iter(std::mem::take(&mut waiting))
            .map(|below| async move {
                let full = format!("{path}/{below}");
                let listed = root.list(&full).await;
                (below, listed)
            })
            .buffered(FOLDERS)
            .collect()
            .await;
        for (below, listed) in lists {
            let entries = match listed {
                Ok(entries) => entries,
                Err(error) if error.errno() == Errno::NOENT && !below.is_empty() => continue,
                Err(error) => return Err(error),
            };
            for Entry { name, attr } in entries {
                let path = if below.is_empty() {
                    name
                } else {
                    format!("{below}/{name}")
                };
                if attr.is_dir() {
                    waiting.push(path.clone());
                }
                found.push((path, attr));
            }
        }
    }
    Ok(found)
}

/// A file's content as a sequence of pieces, with the next ones on their way while one is used.
pub(super) fn pieces(
    file: &super::file::RemoteFile,
    from: u64,
    size: u64,
) -> impl stream::Stream<Item = Result<Bytes>> + '_ {
    const AHEAD: usize = 8;
    let piece = file.fid().client().io_size().min(SMALL);
    stream::iter((from..size).step_by(piece as usize))
        .map(move |at| async move {
            let want = u32::try_from((size - at).min(piece.into())).unwrap_or(piece);
            let mut data = file.read_at(at, want).await?;
            // A server may give less than there is.
            if data.len() < want as usize && !data.is_empty() {
                let mut all = BytesMut::from(&data[..]);
                while all.len() < want as usize {
                    let rest = u32::try_from(want as usize - all.len()).unwrap_or(want);
                    let more = file.read_at(at + all.len() as u64, rest).await?;
                    if more.is_empty() {
                        break;
                    }
                    all.extend_from_slice(&more);
                }
                data = all.freeze();
            }
            Ok(data)
        })
        .buffered(AHEAD)
}
