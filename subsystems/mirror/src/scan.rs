//! Counting what lies in a folder, from the disk itself.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use ninep::export::Kind;
use ninep::wire::Time;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Statx, StatxFlags, StatxTimestamp};
use rustix::io::Errno;

use crate::counts::Counts;

/// A folder that is still to be counted: where it hangs, its name there, and its path for telling.
struct Pending {
    parent: Rc<OwnedFd>,
    name: std::ffi::CString,
    path: PathBuf,
}

/// Counts everything below `folder`; blocks. A folder that cannot be read is told to the log and counts as empty.
pub(crate) fn count(folder: BorrowedFd<'_>, told_as: &Path) -> Counts {
    let mut counts = Counts::default();
    let mut pending = Vec::new();
    let mut next = open(folder, c".").map(|root| (root, told_as.to_owned()));
    loop {
        let counted = next
            .and_then(|(folder, path)| list(&Rc::new(folder), &path, &mut counts, &mut pending));
        if let Err((errno, path)) = counted {
            tracing::warn!(
                "{}: {errno}; what lies there is not counted",
                path.display()
            );
        }
        let Some(Pending { parent, name, path }) = pending.pop() else {
            return counts;
        };
        next = open(parent.as_fd(), &name)
            .map(|folder| (folder, path.clone()))
            .map_err(|(errno, _)| (errno, path));
    }
}

type Trouble = (Errno, PathBuf);

fn open(parent: BorrowedFd<'_>, name: &std::ffi::CStr) -> Result<OwnedFd, Trouble> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(parent, name, flags, Mode::empty()).map_err(|errno| (errno, PathBuf::new()))
}

/// Counts the entries of one folder, and puts the folders among them on the list.
fn list(
    folder: &Rc<OwnedFd>,
    path: &Path,
    counts: &mut Counts,
    pending: &mut Vec<Pending>,
) -> Result<(), Trouble> {
    let told = |errno| (errno, path.to_owned());
    counts.touch(changed(&look(folder, c"").map_err(told)?));
    for entry in Dir::read_from(folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let stat = match look(folder, name) {
            Ok(stat) => stat,
            // It went while we looked; whoever counts on says so.
            Err(Errno::NOENT) => continue,
            Err(errno) => return Err(told(errno)),
        };
        counts.touch(changed(&stat));
        match FileType::from_raw_mode(u32::from(stat.stx_mode)) {
            FileType::Directory => {
                counts.add(Kind::Folder, 0);
                let path = path.join(String::from_utf8_lossy(name.to_bytes()).as_ref());
                pending.push(Pending {
                    parent: Rc::clone(folder),
                    name: name.to_owned(),
                    path,
                });
            }
            FileType::RegularFile => counts.add(Kind::File, stat.stx_size),
            FileType::Symlink => counts.add(Kind::Link, 0),
            _ => counts.add(Kind::Other, 0),
        }
    }
    Ok(())
}

/// The attributes of `name` in `folder`, or of the folder itself for an empty name.
fn look(folder: &Rc<OwnedFd>, name: &std::ffi::CStr) -> Result<Statx, Errno> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::EMPTY_PATH | AtFlags::NO_AUTOMOUNT;
    let wanted = StatxFlags::TYPE | StatxFlags::SIZE | StatxFlags::CTIME;
    rustix::fs::statx(&**folder, name, flags, wanted)
}

fn changed(stat: &Statx) -> Time {
    let StatxTimestamp {
        tv_sec, tv_nsec, ..
    } = stat.stx_ctime;
    u64::try_from(tv_sec).map_or_else(
        |_| Time::default(),
        |sec| Time {
            sec,
            nsec: u64::from(tv_nsec),
        },
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_folder_is_counted_as_it_lies() {
        let dir = tempfile::tempdir().unwrap();
        let mut deep = dir.path().to_owned();
        for _ in 0..600 {
            deep.push("d");
            fs::create_dir(&deep).unwrap();
        }
        fs::write(deep.join("file"), [0; 100]).unwrap();
        fs::write(dir.path().join("file"), [0; 23]).unwrap();
        symlink("/etc", dir.path().join("link")).unwrap();
        symlink(".", dir.path().join("loop")).unwrap();
        let folder = fs::File::open(dir.path()).unwrap();
        let counts = count(folder.as_fd(), Path::new("home"));
        assert_eq!((counts.files, counts.folders, counts.bytes), (4, 600, 123));
        assert_ne!(counts.changed, Time::default());
    }
}
