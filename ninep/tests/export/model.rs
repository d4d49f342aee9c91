//! A random sequence of operations on an export does what the same does on a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;

use ninep::Errno;
use ninep::tree::{File, OpenFlags};
use ninep::wire::SetAttr;
use proptest::prelude::*;
use rustix::fs::OFlags;

use crate::fixture::{Fixture, Sums};

#[derive(Debug, Clone)]
enum Op {
    Put {
        path: String,
        data: Vec<u8>,
        exclusive: bool,
    },
    Patch {
        path: String,
        at: u64,
        data: Vec<u8>,
    },
    Cut {
        path: String,
        size: u64,
    },
    Read {
        path: String,
    },
    Mkdir {
        path: String,
    },
    Link {
        path: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Remove {
        path: String,
        dir: bool,
    },
    Chmod {
        path: String,
        mode: u32,
    },
    /// Opens a file and keeps it, in the place of the one kept before.
    Hold {
        path: String,
    },
    WriteHeld {
        at: u64,
        data: Vec<u8>,
    },
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "数"]), 1..4)
        .prop_map(|names| names.join("/"))
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..40)
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => (path(), data(), any::<bool>()).prop_map(|(path, data, exclusive)| Op::Put { path, data, exclusive }),
        2 => (path(), 0..60_u64, data()).prop_map(|(path, at, data)| Op::Patch { path, at, data }),
        1 => (path(), 0..80_u64).prop_map(|(path, size)| Op::Cut { path, size }),
        1 => path().prop_map(|path| Op::Read { path }),
        4 => path().prop_map(|path| Op::Mkdir { path }),
        1 => path().prop_map(|path| Op::Link { path }),
        4 => (path(), path()).prop_map(|(from, to)| Op::Rename { from, to }),
        3 => (path(), any::<bool>()).prop_map(|(path, dir)| Op::Remove { path, dir }),
        1 => (path(), 0..0o1000_u32).prop_map(|(path, mode)| Op::Chmod { path, mode: mode | 0o700 }),
        2 => path().prop_map(|path| Op::Hold { path }),
        2 => (0..60_u64, data()).prop_map(|(at, data)| Op::WriteHeld { at, data }),
    ]
}

/// Does `op` on the export.
async fn on_export(
    it: &Fixture,
    held: &mut Option<Arc<dyn File>>,
    op: &Op,
) -> ninep::Result<Vec<u8>> {
    match op {
        Op::Put {
            path,
            data,
            exclusive,
        } => {
            let how = if *exclusive {
                OpenFlags::EXCL
            } else {
                OpenFlags::TRUNC
            };
            let file = it.create(path, OpenFlags::WRONLY | how).await?;
            it.write(&file, 0, data).await?;
        }
        Op::Patch { path, at, data } => {
            let file = it.open(path, OpenFlags::RDWR).await?;
            it.write(&file, *at, data).await?;
        }
        Op::Cut { path, size } => {
            it.walk(path)
                .await?
                .setattr(&it.peer, SetAttr::size(*size))
                .get()
                .await?;
        }
        Op::Read { path } => {
            let file = it.open(path, OpenFlags::RDONLY).await?;
            return Ok(it.read(&file).await?.to_vec());
        }
        Op::Mkdir { path } => it.mkdir(path).await?,
        Op::Link { path } => {
            let (folder, name) = it.place(path).await?;
            folder
                .symlink(&it.peer, name, "nowhere/at all")
                .get()
                .await?;
        }
        Op::Rename { from, to } => it.rename(from, to).await?,
        Op::Remove { path, dir } => it.unlink(path, *dir).await?,
        Op::Chmod { path, mode } => {
            let change = SetAttr {
                valid: SetAttr::MODE,
                mode: *mode,
                ..SetAttr::none()
            };
            it.walk(path).await?.setattr(&it.peer, change).get().await?;
        }
        Op::Hold { path } => {
            *held = None;
            *held = Some(it.open(path, OpenFlags::RDWR).await?);
        }
        Op::WriteHeld { at, data } => {
            if let Some(file) = held {
                it.write(file, *at, data).await?;
                return Ok(it.read(file).await?.to_vec());
            }
        }
    }
    Ok(Vec::new())
}

/// Does `op` on a folder. Links in it lead nowhere, so that following one or not makes no difference.
fn on_folder(root: &Path, held: &mut Option<fs::File>, op: &Op) -> io::Result<Vec<u8>> {
    let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap();
    let open = || {
        let mut how = fs::OpenOptions::new();
        how.read(true).write(true).custom_flags(nofollow);
        how
    };
    match op {
        Op::Put {
            path,
            data,
            exclusive,
        } => {
            let mut how = fs::OpenOptions::new();
            how.write(true).mode(0o644).custom_flags(nofollow);
            let how = if *exclusive {
                how.create_new(true)
            } else {
                how.create(true).truncate(true)
            };
            how.open(root.join(path))?.write_all_at(data, 0)?;
        }
        Op::Patch { path, at, data } => open().open(root.join(path))?.write_all_at(data, *at)?,
        Op::Cut { path, size } => open().open(root.join(path))?.set_len(*size)?,
        Op::Read { path } => {
            let mut file = fs::OpenOptions::new()
                .read(true)
                .custom_flags(nofollow)
                .open(root.join(path))?;
            let mut data = Vec::new();
            io::Read::read_to_end(&mut file, &mut data)?;
            return Ok(data);
        }
        Op::Mkdir { path } => fs::DirBuilder::new().mode(0o755).create(root.join(path))?,
        Op::Link { path } => symlink("nowhere/at all", root.join(path))?,
        Op::Rename { from, to } => fs::rename(root.join(from), root.join(to))?,
        Op::Remove { path, dir: true } => fs::remove_dir(root.join(path))?,
        Op::Remove { path, dir: false } => fs::remove_file(root.join(path))?,
        Op::Chmod { path, mode } => {
            if fs::symlink_metadata(root.join(path))?.is_symlink() {
                return Err(Errno::OPNOTSUPP.into());
            }
            fs::set_permissions(root.join(path), PermissionsExt::from_mode(*mode))?;
        }
        Op::Hold { path } => {
            *held = None;
            *held = Some(open().open(root.join(path))?);
        }
        Op::WriteHeld { at, data } => {
            if let Some(file) = held {
                file.write_all_at(data, *at)?;
                let mut all = vec![0; usize::try_from(file.metadata()?.len()).unwrap()];
                file.read_exact_at(&mut all, 0)?;
                return Ok(all);
            }
        }
    }
    Ok(Vec::new())
}

/// The refusals that differ only in how a path that leads nowhere is told, by name or step by step.
fn class(errno: Errno) -> Errno {
    match errno {
        Errno::NOTDIR | Errno::LOOP | Errno::INVAL | Errno::ISDIR => Errno::NOENT,
        other => other,
    }
}

/// All that can be seen in a folder.
fn picture(dir: &Path) -> BTreeMap<String, (u32, Vec<u8>)> {
    let mut seen = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let meta = entry.metadata().unwrap();
        let content = if meta.is_dir() {
            for (below, what) in picture(&entry.path()) {
                seen.insert(format!("{name}/{below}"), what);
            }
            Vec::new()
        } else if meta.is_symlink() {
            fs::read_link(entry.path())
                .unwrap()
                .into_os_string()
                .into_encoded_bytes()
        } else {
            fs::read(entry.path()).unwrap()
        };
        seen.insert(name, (meta.permissions().mode(), content));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_export_does_what_a_folder_does(ops in prop::collection::vec(op(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let it = Fixture::new();
        let twin = tempfile::tempdir().unwrap();
        let (mut held, mut held_twin) = (None, None);
        for op in &ops {
            let done = runtime.block_on(on_export(&it, &mut held, op));
            let expected = on_folder(twin.path(), &mut held_twin, op);
            let done = done.map_err(|error| class(error.errno()));
            let expected = expected.map_err(|error| class(Errno::from_io_error(&error).unwrap()));
            prop_assert_eq!(done, expected, "{:?}", op);
            if !crate::IN_MEMORY {
                prop_assert_eq!(it.ledger.sums(), Sums::of(&it.at("")), "after {:?}", op);
            }
        }
        prop_assert_eq!(picture(&it.at("")), picture(twin.path()));
    }
}
