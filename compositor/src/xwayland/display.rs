//! The X11 display that clients find by `DISPLAY`: its number, its lock, and the sockets that are
//! listened on whether or not an X server runs (X(7), "DISPLAY NAMES"; Xserver(1), "FILES").

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, geteuid, test_kill_process};
use thiserror::Error;

/// How many numbers are tried.
const NUMBERS: u32 = 64;
/// The mode of the folder that the sockets lie in: everyone makes their own, nobody another's.
const SHARED: u32 = 0o1777;

/// Why there is no X11 display.
#[derive(Debug, Error)]
pub(super) enum DisplayError {
    /// The folder of the sockets is missing and cannot be made, or another could take what is in it.
    #[error("the folder {path} cannot hold the sockets of an X11 display: {why}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Others have all of them.
    #[error("all X11 display numbers below {NUMBERS} are taken")]
    NoneFree,
}

/// A display number of our own.
#[derive(Debug)]
pub(super) struct Display {
    number: u32,
    lock: PathBuf,
    path: PathBuf,
    listeners: Vec<UnixListener>,
}

impl Display {
    /// Takes the first number that is free. `root` is where X11 keeps its sockets: `/tmp`, but for
    /// tests.
    pub(super) fn take(root: &Path) -> Result<Self, DisplayError> {
        let folder = root.join(".X11-unix");
        prepare(&folder)?;
        (0..NUMBERS)
            .find_map(|number| Self::take_number(root, &folder, number))
            .ok_or(DisplayError::NoneFree)
    }

    fn take_number(root: &Path, folder: &Path, number: u32) -> Option<Self> {
        let lock = root.join(format!(".X{number}-lock"));
        write_lock(&lock).ok()?;
        // From here on the number is ours: dropping it gives it back.
        let mut display = Self {
            number,
            lock,
            path: folder.join(format!("X{number}")),
            listeners: Vec::new(),
        };
        // Clients try the abstract name first: were it left free, anyone could wait for them there.
        let name = SocketAddr::from_abstract_name(display.path.as_os_str().as_encoded_bytes());
        let hidden = name.and_then(|name| UnixListener::bind_addr(&name)).ok()?;
        // Whoever had the number died without giving it back.
        let _ = fs::remove_file(&display.path);
        let listener = UnixListener::bind(&display.path).ok()?;
        display.listeners.extend([listener, hidden]);
        let ready = display
            .listeners
            .iter()
            .all(|listener| listener.set_nonblocking(true).is_ok());
        ready.then_some(display)
    }

    /// The value of `DISPLAY` for clients.
    pub(super) fn name(&self) -> String {
        format!(":{}", self.number)
    }

    /// Copies of the sockets that clients connect to.
    pub(super) fn sockets(&self) -> io::Result<Vec<OwnedFd>> {
        self.listeners
            .iter()
            .map(|listener| listener.as_fd().try_clone_to_owned())
            .collect()
    }

    /// Turns away all who wait to be taken in.
    pub(super) fn turn_away(&self) {
        for listener in &self.listeners {
            while listener.accept().is_ok() {}
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if !self.listeners.is_empty() {
            let _ = fs::remove_file(&self.path);
        }
        let _ = fs::remove_file(&self.lock);
    }
}

/// Sees to it that the folder of the sockets is there and cannot be turned against us.
fn prepare(folder: &Path) -> Result<(), DisplayError> {
    let refuse = |why: String| DisplayError::Folder {
        path: folder.to_owned(),
        why,
    };
    let made = DirBuilder::new().mode(SHARED).create(folder);
    match made {
        // What the process keeps from its files' modes must not count here.
        Ok(()) => fs::set_permissions(folder, Permissions::from_mode(SHARED))
            .map_err(|error| refuse(error.to_string()))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(refuse(error.to_string())),
    }
    let found = fs::symlink_metadata(folder).map_err(|error| refuse(error.to_string()))?;
    if !found.is_dir() {
        return Err(refuse("it is no folder".to_owned()));
    }
    if found.uid() != 0 && found.uid() != geteuid().as_raw() {
        return Err(refuse("it belongs to another user".to_owned()));
    }
    if found.mode() & 0o022 != 0 && found.mode() & 0o1000 == 0 {
        return Err(refuse(
            "others can take away what lies in it (its mode lacks the sticky bit)".to_owned(),
        ));
    }
    Ok(())
}

/// Writes the lock of a number. One whose owner is dead is taken away first.
fn write_lock(path: &Path) -> io::Result<()> {
    for _ in 0..2 {
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o444)
            .open(path)
        {
            // The form is that of every X server: ten characters and a newline.
            Ok(mut file) => {
                return writeln!(file, "{:>10}", std::process::id())
                    .inspect_err(|_| drop(fs::remove_file(path)));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists && is_stale(path) => {
                fs::remove_file(path)?;
            }
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Whether the process that wrote a lock is gone. What cannot be read is not ours to judge.
fn is_stale(path: &Path) -> bool {
    let mut text = String::new();
    let read = fs::File::open(path).and_then(|file| file.take(64).read_to_string(&mut text));
    let pid = text.trim().parse::<i32>().ok().and_then(Pid::from_raw);
    match (read, pid) {
        (Ok(_), Some(pid)) => test_kill_process(pid) == Err(rustix::io::Errno::SRCH),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    #[test]
    fn the_first_free_number_is_taken_and_given_back() {
        let root = tempfile::tempdir().unwrap();
        let first = Display::take(root.path()).unwrap();
        let second = Display::take(root.path()).unwrap();
        assert_eq!((first.name(), second.name()), (":0".into(), ":1".into()));
        let lock = fs::read_to_string(root.path().join(".X0-lock")).unwrap();
        assert_eq!(lock, format!("{:>10}\n", std::process::id()));
        let socket = root.path().join(".X11-unix/X0");
        UnixStream::connect(&socket).unwrap();
        drop(first);
        assert!(!socket.exists() && !root.path().join(".X0-lock").exists());
        assert_eq!(Display::take(root.path()).unwrap().name(), ":0");
    }

    #[test]
    fn a_dead_owner_loses_its_number_and_a_live_or_unknown_one_keeps_it() {
        let root = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let locks = [
            format!("{:>10}\n", std::process::id()),
            "garbage\n".to_owned(),
            format!("{:>10}\n", child.id()),
        ];
        for (number, lock) in locks.iter().enumerate() {
            fs::write(root.path().join(format!(".X{number}-lock")), lock).unwrap();
        }
        assert_eq!(Display::take(root.path()).unwrap().name(), ":2");
    }

    #[test]
    fn a_folder_that_others_could_rob_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(".X11-unix");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
        let refused = Display::take(root.path()).unwrap_err().to_string();
        assert!(refused.contains("sticky"), "{refused}");
        fs::remove_dir(&folder).unwrap();
        std::os::unix::fs::symlink("/tmp", &folder).unwrap();
        assert!(Display::take(root.path()).is_err());
    }
}
