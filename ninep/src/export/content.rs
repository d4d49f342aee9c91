//! Open files: reading, writing, cutting. Everything here may block but [`OpenFile::read_cached`].

use std::io::IoSliceMut;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rustix::buffer::spare_capacity;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::ReadWriteFlags;

use super::Shared;
use super::budget::Place;
use super::handle::{self, Handle};
use super::inodes::{Entered, State};
use super::observer::Kind;
use crate::error::{Errno, Error, Result};
use crate::tree::{OpenFlags, Peer};

/// The flags of *open(2)* that a client may ask for; making and cutting are done by hand.
pub(super) fn open_flags(flags: OpenFlags) -> OFlags {
    const DSYNC: OpenFlags = OpenFlags(0o10_000);
    const SYNC: OpenFlags = OpenFlags(0o4_010_000);
    let mut how = match (flags.reads(), flags.writes()) {
        (true, true) => OFlags::RDWR,
        (false, true) => OFlags::WRONLY,
        _ => OFlags::RDONLY,
    };
    how.set(OFlags::APPEND, flags.has(OpenFlags::APPEND));
    how.set(OFlags::DSYNC, flags.has(DSYNC));
    how.set(OFlags::SYNC, flags.has(SYNC));
    how
}

/// A file that is open; the last to drop it closes it, and the observer hears of what was written.
pub(super) struct OpenFile {
    shared: Arc<Shared>,
    handle: Arc<Handle>,
    fd: Arc<OwnedFd>,
    /// None when it is only read.
    entered: Option<Entered>,
    /// The folder that it was made in, until its name is known to be durable.
    fresh_in: Mutex<Option<OwnedFd>>,
    peer: Peer,
    /// None when it shares its handle's descriptor.
    _place: Option<Place>,
}

impl OpenFile {
    /// Opens the file of `handle`.
    ///
    /// # Errors
    /// As [`Handle::reopen`].
    pub(super) fn open(
        shared: &Arc<Shared>,
        peer: &Peer,
        handle: &Arc<Handle>,
        flags: OpenFlags,
    ) -> Result<Self> {
        let place = shared.budget.take()?;
        let fd = Arc::new(handle.reopen(&shared.proc, open_flags(flags))?);
        let entered = if flags.writes() {
            let entered = shared.inodes.enter(handle)?;
            entered.lock().open += 1;
            Some(entered)
        } else {
            None
        };
        let file = Self {
            shared: Arc::clone(shared),
            handle: Arc::clone(handle),
            fd,
            entered,
            fresh_in: Mutex::default(),
            peer: peer.clone(),
            _place: Some(place),
        };
        if let Some(entered) = &file.entered
            && flags.has(OpenFlags::TRUNC)
        {
            shared.cut(peer, &file.handle, &file.fd, entered, 0)?;
        }
        Ok(file)
    }

    /// The file of `handle`, just made in `folder` and open already.
    pub(super) fn created(
        shared: &Arc<Shared>,
        peer: &Peer,
        handle: &Arc<Handle>,
        folder: &Handle,
    ) -> Result<Self> {
        let entered = shared.inodes.enter(handle)?;
        {
            let mut state = entered.lock();
            state.open += 1;
            state.created = true;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        Ok(Self {
            shared: Arc::clone(shared),
            handle: Arc::clone(handle),
            fd: handle.descriptor(),
            entered: Some(entered),
            // Without it an fsync makes the content durable, and the name on the file systems that see to it themselves.
            fresh_in: Mutex::new(folder.reopen(&shared.proc, flags).ok()),
            peer: peer.clone(),
            _place: None,
        })
    }

    /// At most `count` bytes from `offset`; fewer only at the end.
    pub(super) fn read(&self, offset: u64, count: usize) -> Result<Bytes> {
        let mut data = Vec::with_capacity(count);
        while data.len() < count {
            let from = offset.saturating_add(data.len() as u64);
            match rustix::io::pread(&self.fd, spare_capacity(&mut data), from) {
                Ok(0) => break,
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(Error::new(errno, "read")),
            }
        }
        data.truncate(count);
        Ok(data.into())
    }

    /// The same, if the kernel has the bytes in memory; never waits for a disk.
    pub(super) fn read_cached(&self, offset: u64, count: usize) -> Option<Bytes> {
        let mut data = vec![0; count];
        let mut filled = 0;
        while filled < count {
            let mut rest = [IoSliceMut::new(&mut data[filled..])];
            let from = offset.checked_add(filled as u64)?;
            match rustix::io::preadv2(&self.fd, &mut rest, from, ReadWriteFlags::NOWAIT) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(_) => return None,
            }
        }
        data.truncate(filled);
        Some(data.into())
    }

    /// Writes `data` at `offset`; gives how many bytes were taken, which is fewer only when the disk takes no more.
    pub(super) fn write(&self, peer: &Peer, offset: u64, data: &[u8]) -> Result<u32> {
        let entered = self
            .entered
            .as_ref()
            .ok_or_else(|| Error::new(Errno::BADF, "write"))?;
        let _changing = self.shared.changing();
        clear_set_id(&self.fd)?;
        let mut taken = 0;
        let mut failed = None;
        while taken < data.len() && failed.is_none() {
            let at = offset.saturating_add(taken as u64);
            match rustix::io::pwrite(&self.fd, &data[taken..], at) {
                Ok(0) => failed = Some(Errno::IO),
                Ok(more) => taken += more,
                Err(Errno::INTR) => {}
                Err(errno) => failed = Some(errno),
            }
        }
        let mut state = entered.lock();
        state.dirty |= taken > 0;
        self.shared.measure(peer, &self.fd, &mut state)?;
        match failed {
            Some(errno) if taken == 0 => Err(Error::new(errno, "write")),
            // A frame's length fits 32 bits, and so does a part of its payload.
            _ => Ok(u32::try_from(taken).unwrap_or(u32::MAX)),
        }
    }

    /// Makes what was written, and the name if the file was made through this, durable.
    pub(super) fn sync(&self, data_only: bool) -> Result<()> {
        let synced = if data_only {
            rustix::fs::fdatasync(&self.fd)
        } else {
            rustix::fs::fsync(&self.fd)
        };
        synced.map_err(|errno| Error::new(errno, "fsync"))?;
        let mut fresh_in = self.fresh_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*fresh_in {
            rustix::fs::fsync(folder).map_err(|errno| Error::new(errno, "fsync of the folder"))?;
        }
        *fresh_in = None;
        Ok(())
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        let Some(entered) = &self.entered else { return };
        let mut state = entered.lock();
        state.open -= 1;
        if state.open == 0 {
            self.shared
                .tell_closed(&self.peer, &self.handle, &mut state);
        }
    }
}

impl Shared {
    /// Cuts or lengthens the file of `handle` to `size` bytes.
    pub(super) fn truncate(&self, peer: &Peer, handle: &Handle, size: u64) -> Result<()> {
        match handle.kind() {
            Kind::File => {}
            Kind::Folder => return Err(Error::new(Errno::ISDIR, "truncate")),
            Kind::Link | Kind::Other => {
                return Err(Error::new(Errno::INVAL, "truncate: not a plain file"));
            }
        }
        let _place = self.budget.take()?;
        let fd = handle.reopen(&self.proc, OFlags::WRONLY)?;
        let entered = self.inodes.enter(handle)?;
        self.cut(peer, handle, &fd, &entered, size)
    }

    fn cut(
        &self,
        peer: &Peer,
        handle: &Handle,
        fd: &OwnedFd,
        entered: &Entered,
        size: u64,
    ) -> Result<()> {
        let _changing = self.changing();
        clear_set_id(fd)?;
        let mut state = entered.lock();
        rustix::fs::ftruncate(fd, size).map_err(|errno| Error::new(errno, "truncate"))?;
        state.dirty = true;
        self.measure(peer, fd, &mut state)?;
        if state.open == 0 {
            self.tell_closed(peer, handle, &mut state);
        }
        Ok(())
    }

    /// Looks how long the file is now, and tells.
    fn measure(&self, peer: &Peer, fd: &OwnedFd, state: &mut State) -> Result<()> {
        let stat = handle::stat(fd)?;
        let from = std::mem::replace(&mut state.size, handle::bytes(&stat));
        if !state.gone {
            self.observer
                .written(peer, from, state.size, handle::time(stat.stx_ctime));
        }
        Ok(())
    }

    /// Tells that nobody writes the file any more, if anybody did.
    fn tell_closed(&self, peer: &Peer, handle: &Handle, state: &mut State) {
        let created = std::mem::take(&mut state.created);
        let dirty = std::mem::take(&mut state.dirty);
        if state.gone || !(created || dirty) {
            return;
        }
        let Ok(stat) = handle::stat(handle) else {
            return;
        };
        // Who removed it by other means than the export took its path along.
        if stat.stx_nlink > 0 {
            let path = self.path_of(handle);
            self.observer.closed(
                peer,
                &path,
                created,
                state.size,
                handle::time(stat.stx_ctime),
            );
        }
    }
}

/// Takes the set-user-id and set-group-id bits off, as the kernel does for a writer without privileges.
fn clear_set_id(fd: impl AsFd) -> Result<()> {
    let mode = handle::stat(&fd)?.stx_mode;
    if mode & 0o6000 != 0 {
        rustix::fs::fchmod(fd, Mode::from_raw_mode(u32::from(mode) & 0o1777))
            .map_err(|errno| Error::new(errno, "write: the set-id bits stay"))?;
    }
    Ok(())
}
