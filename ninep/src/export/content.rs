//! Open files: reading, writing, cutting. Everything here may block but [`OpenFile::read_cached`].

use std::io::IoSliceMut;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use rustix::io::ReadWriteFlags;

use super::Shared;
use super::budget::Place;
use super::buffers::Buffer;
use super::handle::{self, Handle};
use super::inodes::{Entered, State};
use super::observer::Kind;
use super::pace::Medium;
use crate::error::{Errno, Error, Result};
use crate::tree::{Answer, OpenFlags, Pages, Peer};

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
    /// None when its handle's own descriptor is open for I/O.
    fd: Option<(OwnedFd, Place)>,
    writes: bool,
    /// None when it is only read, or nobody listens.
    entered: Option<(Entered, Peer)>,
    /// The folder that it was made in, until its name is known to be durable.
    fresh_in: Mutex<Option<Arc<Handle>>>,
}

impl OpenFile {
    /// Opens the file of `handle`; `how` has flags beside those that the client may ask for.
    ///
    /// # Errors
    /// As [`Handle::reopen`].
    pub(super) fn open(
        shared: &Arc<Shared>,
        peer: &Peer,
        handle: &Arc<Handle>,
        flags: OpenFlags,
        how: OFlags,
    ) -> Result<Self> {
        let mut file = Self {
            shared: Arc::clone(shared),
            handle: Arc::clone(handle),
            fd: None,
            writes: flags.writes(),
            entered: None,
            fresh_in: Mutex::default(),
        };
        let only_read = open_flags(flags) == OFlags::RDONLY;
        if !only_read || !handle.read_through()? {
            let place = shared.budget.take()?;
            let fd = handle.reopen(&shared.proc, open_flags(flags) | how)?;
            file.fd = Some((fd, place));
        }
        if flags.writes() {
            file.entered = shared.enter(peer, handle)?;
            if let Some((entered, _)) = &file.entered {
                entered.lock().open += 1;
            }
            if flags.has(OpenFlags::TRUNC) {
                shared.cut(peer, &file.handle, file.fd()?, file.entered(), 0)?;
            }
        }
        Ok(file)
    }

    /// The file of `handle`, just made in `folder` and open already.
    pub(super) fn created(
        shared: &Arc<Shared>,
        peer: &Peer,
        handle: &Arc<Handle>,
        folder: &Arc<Handle>,
        flags: OpenFlags,
    ) -> Result<Self> {
        let entered = shared.enter(peer, handle)?;
        if let Some((entered, _)) = &entered {
            let mut state = entered.lock();
            state.open += 1;
            state.created = true;
        }
        Ok(Self {
            shared: Arc::clone(shared),
            handle: Arc::clone(handle),
            fd: None,
            writes: flags.writes(),
            entered,
            fresh_in: Mutex::new(Some(Arc::clone(folder))),
        })
    }

    fn entered(&self) -> Option<&Entered> {
        self.entered.as_ref().map(|(entered, _)| entered)
    }

    fn fd(&self) -> Result<BorrowedFd<'_>> {
        match &self.fd {
            Some((fd, _)) => Ok(fd.as_fd()),
            None => self.handle.fd(),
        }
    }

    /// A buffer for a read of `count` bytes.
    pub(super) fn buffer(&self, count: usize) -> Buffer {
        self.shared.buffers.take(count)
    }

    /// Reads on into `buffer`, which has what lies from `offset` on, until it has `count` bytes or the file ends.
    pub(super) fn read(&self, offset: u64, count: usize, mut buffer: Buffer) -> Result<Bytes> {
        while buffer.filled() < count {
            let from = offset.saturating_add(buffer.filled() as u64);
            match rustix::io::pread(self.fd()?, buffer.rest(count), from) {
                Ok(0) => break,
                Ok(more) => buffer.advance(more),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(Error::new(errno, "read")),
            }
        }
        Ok(buffer.into_bytes())
    }

    /// The same as far as the kernel has the bytes in memory, without waiting for a disk; true when nothing is left to
    /// read.
    pub(super) fn read_cached(&self, offset: u64, count: usize, buffer: &mut Buffer) -> bool {
        let Ok(fd) = self.fd() else {
            return false;
        };
        while buffer.filled() < count {
            let from = offset.saturating_add(buffer.filled() as u64);
            if from > i64::MAX.cast_unsigned() {
                // No file is so long; and the largest number of all is how preadv2(2) is asked for wherever the descriptor is.
                break;
            }
            let mut rest = [IoSliceMut::new(buffer.rest(count))];
            match rustix::io::preadv2(fd, &mut rest, from, ReadWriteFlags::NOWAIT) {
                Ok(0) => break,
                Ok(more) => buffer.advance(more),
                Err(_) => return false,
            }
        }
        true
    }

    /// Takes up what a read of a file in memory would come to; `None` where it has to be read.
    pub(super) fn pages(&self, offset: u64, count: usize) -> Option<Pages> {
        if !self.in_memory() {
            return None;
        }
        self.shared
            .budget
            .pipes()
            .take(self.fd().ok()?, offset, count)
    }

    /// Whether reads wait for nothing.
    pub(super) fn in_memory(&self) -> bool {
        self.shared.medium(&self.handle) == Medium::Memory
    }

    /// Runs `work`, which changes this file.
    pub(super) fn change<T: Send + 'static>(
        self: &Arc<Self>,
        peer: &Peer,
        work: impl FnOnce(&Self, &Peer) -> Result<T> + Send + 'static,
    ) -> Answer<T> {
        let file = Arc::clone(self);
        self.shared
            .change(peer, &self.handle, move |_, peer, _| work(&file, peer))
    }

    /// Writes `data` at `offset`; gives how many bytes were taken, which is fewer only when the disk takes no more.
    pub(super) fn write(&self, peer: &Peer, offset: u64, data: &[u8]) -> Result<u32> {
        if !self.writes {
            return Err(Error::new(Errno::BADF, "write"));
        }
        let fd = self.fd()?;
        clear_set_id(fd)?;
        let mut taken = 0;
        let mut failed = None;
        while taken < data.len() && failed.is_none() {
            let at = offset.saturating_add(taken as u64);
            match rustix::io::pwrite(fd, &data[taken..], at) {
                Ok(0) => failed = Some(Errno::IO),
                Ok(more) => taken += more,
                Err(Errno::INTR) => {}
                Err(errno) => failed = Some(errno),
            }
        }
        if let Some(entered) = self.entered() {
            let mut state = entered.lock();
            state.dirty |= taken > 0;
            self.shared.measure(peer, fd, &mut state)?;
        }
        match failed {
            Some(errno) if taken == 0 => Err(Error::new(errno, "write")),
            // A frame's length fits 32 bits, and so does a part of its payload.
            _ => Ok(u32::try_from(taken).unwrap_or(u32::MAX)),
        }
    }

    /// Makes what was written, and the name if the file was made through this, durable.
    pub(super) fn sync(&self, data_only: bool) -> Result<()> {
        let fd = self.fd()?;
        let synced = if data_only {
            rustix::fs::fdatasync(fd)
        } else {
            rustix::fs::fsync(fd)
        };
        synced.map_err(|errno| Error::new(errno, "fsync"))?;
        let mut fresh_in = self.fresh_in.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = &*fresh_in {
            let tell = |error: Error| error.context("fsync of the folder");
            let _place = self.shared.budget.take().map_err(tell)?;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY;
            let folder = folder.reopen(&self.shared.proc, flags).map_err(tell)?;
            rustix::fs::fsync(folder).map_err(|errno| tell(errno.into()))?;
        }
        *fresh_in = None;
        Ok(())
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        let Some((entered, peer)) = &self.entered else {
            return;
        };
        let mut state = entered.lock();
        state.open -= 1;
        if state.open == 0 {
            self.shared.tell_closed(peer, &self.handle, &mut state);
        }
    }
}

impl Shared {
    /// Holds the state of `file` for the observer, if there is one, who is told of `peer`.
    fn enter(&self, peer: &Peer, file: &Handle) -> Result<Option<(Entered, Peer)>> {
        match &self.observer {
            Some(_) => Ok(Some((self.inodes.enter(file)?, peer.clone()))),
            None => Ok(None),
        }
    }

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
        let entered = self.enter(peer, handle)?;
        let entered = entered.as_ref().map(|(entered, _)| entered);
        self.cut(peer, handle, fd.as_fd(), entered, size)
    }

    fn cut(
        &self,
        peer: &Peer,
        handle: &Handle,
        fd: BorrowedFd<'_>,
        entered: Option<&Entered>,
        size: u64,
    ) -> Result<()> {
        clear_set_id(fd)?;
        let cut = || rustix::fs::ftruncate(fd, size).map_err(|errno| Error::new(errno, "truncate"));
        let Some(entered) = entered else {
            return cut();
        };
        let mut state = entered.lock();
        cut()?;
        state.dirty = true;
        self.measure(peer, fd, &mut state)?;
        if state.open == 0 {
            self.tell_closed(peer, handle, &mut state);
        }
        Ok(())
    }

    /// Looks how long the file is now, and tells.
    fn measure(&self, peer: &Peer, fd: BorrowedFd<'_>, state: &mut State) -> Result<()> {
        let stat = handle::stat(fd)?;
        let from = std::mem::replace(&mut state.size, handle::bytes(&stat));
        if let Some(observer) = &self.observer
            && !state.gone
        {
            observer.written(peer, from, state.size, handle::time(stat.stx_ctime));
        }
        Ok(())
    }

    /// Tells that nobody writes the file any more, if anybody did.
    fn tell_closed(&self, peer: &Peer, handle: &Handle, state: &mut State) {
        let created = std::mem::take(&mut state.created);
        let dirty = std::mem::take(&mut state.dirty);
        let Some(observer) = &self.observer else {
            return;
        };
        if state.gone || !(created || dirty) {
            return;
        }
        let Ok(stat) = handle.fd().and_then(handle::stat) else {
            return;
        };
        // Who removed it by other means than the export took its path along.
        if stat.stx_nlink > 0 {
            let path = self.path_of(handle);
            observer.closed(
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
    let mode = handle::look(&fd)?.st_mode;
    if mode & 0o6000 != 0 {
        rustix::fs::fchmod(fd, Mode::from_raw_mode(mode & 0o1777))
            .map_err(|errno| Error::new(errno, "write: the set-id bits stay"))?;
    }
    Ok(())
}
