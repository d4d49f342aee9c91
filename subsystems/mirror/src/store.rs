//! The store: a folder of plain files that one mirror at a time holds.
//!
//! ```text
//! STORE/lock            held while a mirror runs; its process id
//! STORE/spaces/NAME/…   the data of a space
//! ```

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;
use trees::mirror::Disk;
use trees::time::Millis;

use crate::name;

/// A store that this process holds.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    spaces: OwnedFd,
    /// Locked for as long as it is open.
    _lock: File,
}

/// Where the store lies unless somebody says otherwise: `$XDG_DATA_HOME/goblin/mirror`.
pub(crate) fn default_dir() -> Option<PathBuf> {
    from_env(std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME"))
}

fn from_env(data: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    // The base directory specification has relative paths ignored.
    let absolute =
        |path: Option<OsString>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    let data = absolute(data).or_else(|| Some(absolute(home)?.join(".local/share")))?;
    Some(data.join("goblin/mirror"))
}

impl Store {
    /// Takes the store at `dir`, made if it is not there.
    ///
    /// # Errors
    /// When it is no folder, cannot be written, or another mirror has it; each says which folder and what to do.
    pub(crate) fn open(dir: &Path) -> anyhow::Result<Self> {
        let told = || {
            format!(
                "the store {} (choose another with --store DIR)",
                dir.display()
            )
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .with_context(told)?;
        let lock = lock(dir)?;
        let spaces = dir.join("spaces");
        if !spaces.exists() {
            // Renamed when it is whole, so that a start that was cut short is a first start again.
            let new = dir.join("spaces.new");
            let mut made = DirBuilder::new();
            made.recursive(true)
                .mode(0o700)
                .create(new.join("home"))
                .with_context(told)?;
            fs::rename(&new, &spaces).with_context(told)?;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let spaces = rustix::fs::openat(CWD, &spaces, flags, Mode::empty())
            .with_context(|| format!("{}/spaces", dir.display()))?;
        Ok(Self {
            dir: dir.to_owned(),
            spaces,
            _lock: lock,
        })
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Names of the spaces. What lies beside them and is none is told to the log.
    ///
    /// # Errors
    /// Those of reading the folder.
    pub(crate) fn names(&self) -> anyhow::Result<Vec<String>> {
        let dir = self.dir.join("spaces");
        let mut names = Vec::new();
        for entry in fs::read_dir(&dir).with_context(|| dir.display().to_string())? {
            let entry = entry.with_context(|| dir.display().to_string())?;
            let usable = entry
                .file_name()
                .into_string()
                .ok()
                .filter(|name| name::check(name).is_ok());
            match usable {
                Some(name) if entry.file_type().is_ok_and(|kind| kind.is_dir()) => names.push(name),
                _ => tracing::warn!("{} is no space and is not served", entry.path().display()),
            }
        }
        names.sort();
        Ok(names)
    }

    /// A descriptor of the folder of the space `name`.
    ///
    /// # Errors
    /// Those of *openat(2)*.
    pub(crate) fn space(&self, name: &str) -> Result<OwnedFd, Errno> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&self.spaces, name, flags, Mode::empty())
    }

    /// Makes the folder of a space, for good.
    ///
    /// # Errors
    /// `EEXIST`, or what the disk says.
    pub(crate) fn make(&self, name: &str) -> Result<(), Errno> {
        rustix::fs::mkdirat(&self.spaces, name, Mode::RWXU)?;
        rustix::fs::fsync(&self.spaces)
    }

    /// Removes the folder of an empty space, for good.
    ///
    /// # Errors
    /// `ENOTEMPTY`, or what the disk says.
    pub(crate) fn end(&self, name: &str) -> Result<(), Errno> {
        rustix::fs::unlinkat(&self.spaces, name, AtFlags::REMOVEDIR)?;
        rustix::fs::fsync(&self.spaces)
    }

    /// The disk below, as the kernel says now.
    ///
    /// # Errors
    /// Those of *statvfs(3)*.
    pub(crate) fn disk(&self) -> Result<Disk, Errno> {
        let disk = rustix::fs::fstatvfs(&self.spaces)?;
        Ok(Disk {
            total: trees::machine::total(disk.f_blocks, disk.f_bfree, disk.f_bavail, disk.f_frsize),
            available: disk.f_bavail.saturating_mul(disk.f_frsize),
            measured: Millis::now(),
        })
    }
}

/// Locks the store at `dir` for as long as the file is open.
fn lock(dir: &Path) -> anyhow::Result<File> {
    let path = dir.join("lock");
    let told = || {
        format!(
            "the store {} cannot be written (choose another with --store DIR)",
            dir.display()
        )
    };
    let mut lock = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .with_context(told)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            // Only for the message: without it the message is shorter.
            let _ = lock.read_to_string(&mut pid);
            let by = if pid.trim().is_empty() {
                String::new()
            } else {
                format!(" (process {})", pid.trim())
            };
            bail!(
                "another mirror{by} has the store {}; stop it or choose another with --store DIR",
                dir.display()
            );
        }
        Err(TryLockError::Error(error)) => {
            return Err(anyhow!(error)).with_context(|| format!("lock {}", path.display()));
        }
    }
    // A full disk may refuse this; the lock holds without it.
    let _ = lock
        .set_len(0)
        .and_then(|()| lock.rewind())
        .and_then(|()| writeln!(lock, "{}", std::process::id()));
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_follows_the_base_directories() {
        let dir = |data: &str, home: &str| {
            let set = |value: &str| (!value.is_empty()).then(|| value.into());
            from_env(set(data), set(home)).map(|path| path.display().to_string())
        };
        assert_eq!(
            dir("/data", "/home/me").as_deref(),
            Some("/data/goblin/mirror")
        );
        assert_eq!(
            dir("", "/home/me").as_deref(),
            Some("/home/me/.local/share/goblin/mirror")
        );
        assert_eq!(
            dir("data", "/home/me").as_deref(),
            Some("/home/me/.local/share/goblin/mirror")
        );
        assert_eq!(dir("", ""), None);
    }

    #[test]
    fn a_store_is_made_once_and_held_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("a/b")).unwrap();
        assert_eq!(store.names().unwrap(), ["home"]);
        let told = Store::open(&dir.path().join("a/b"))
            .unwrap_err()
            .to_string();
        assert!(
            told.contains(&std::process::id().to_string()) && told.contains("a/b"),
            "{told}"
        );
        store.end("home").unwrap();
        drop(store);
        let again = Store::open(&dir.path().join("a/b")).unwrap();
        assert!(
            again.names().unwrap().is_empty(),
            "home is made at the first start only"
        );
    }

    #[test]
    fn what_is_no_space_is_not_served() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        fs::write(dir.path().join("spaces/file"), "").unwrap();
        fs::create_dir(dir.path().join("spaces/.hidden")).unwrap();
        std::os::unix::fs::symlink("/etc", dir.path().join("spaces/etc")).unwrap();
        assert_eq!(store.names().unwrap(), ["home"]);
        assert_eq!(store.space("etc").unwrap_err(), Errno::NOTDIR);
    }

    #[test]
    fn a_file_is_no_store() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        let told = format!("{:#}", Store::open(&file).unwrap_err());
        assert!(told.contains("file") && told.contains("--store"), "{told}");
    }
}
