//! The window manager's own connection to the X server.

use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

/// An X server that keeps us waiting for this long is given up: the whole session waits with us.
const PATIENCE: Duration = Duration::from_secs(5);

/// The connection.
pub(super) type X11 = RustConnection<Patient>;

/// What a conversation with the X server can end in. What it refuses concerns one window; a broken
/// connection ends the server for us.
#[derive(Debug, thiserror::Error)]
pub(super) enum X11Error {
    /// No conversation could be begun.
    #[error("no connection to the X server could be made: {0}")]
    Connect(#[from] ConnectError),
    /// The server is gone, stuck, or speaks nonsense.
    #[error("the connection to the X server is broken: {0}")]
    Connection(#[from] ConnectionError),
    /// The server refused a request.
    #[error("the X server refused a request: {0}")]
    Reply(#[from] ReplyError),
    /// There is no number left for a new object, or the same as above.
    #[error("the X server refused a request: {0}")]
    Id(#[from] ReplyOrIdError),
}

/// A stream on which nobody waits forever.
#[derive(Debug)]
pub(super) struct Patient(DefaultStream);

/// Begins the conversation on the socket that the server was started with.
pub(super) fn connect(stream: UnixStream) -> Result<X11, X11Error> {
    let (stream, _) = DefaultStream::from_unix_stream(stream).map_err(ConnectionError::from)?;
    Ok(X11::connect_to_stream(Patient(stream), 0)?)
}

impl AsFd for Patient {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Stream for Patient {
    fn poll(&self, mode: PollMode) -> io::Result<()> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, mode.readable());
        flags.set(PollFlags::OUT, mode.writable());
        let begun = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let left = Timespec::try_from(left).map_err(|_| ErrorKind::InvalidInput)?;
            match poll(&mut [PollFd::new(self, flags)], Some(&left)) {
                Ok(0) => return Err(ErrorKind::TimedOut.into()),
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&self, buf: &mut [u8], fds: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.0.read(buf, fds)
    }

    fn write(&self, buf: &[u8], fds: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.0.write(buf, fds)
    }

    fn write_vectored(
        &self,
        bufs: &[IoSlice<'_>],
        fds: &mut Vec<RawFdContainer>,
    ) -> io::Result<usize> {
        self.0.write_vectored(bufs, fds)
    }
}

x11rb::atom_manager! {
    /// The names that the window manager speaks of: ICCCM 2.0, EWMH 1.5, and Xwayland's own.
    pub(super) Atoms: AtomsCookie {
        CLIPBOARD,
        INCR,
        TARGETS,
        TIMESTAMP,
        UTF8_STRING,
        WL_SURFACE_ID,
        WL_SURFACE_SERIAL,
        WM_S0,
        WM_PROTOCOLS,
        WM_TAKE_FOCUS,
        WM_DELETE_WINDOW,
        WM_CHANGE_STATE,
        WM_STATE,
        _GOBLIN_SELECTION,
        _MOTIF_WM_HINTS,
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_CLOSE_WINDOW,
        _NET_FRAME_EXTENTS,
        _NET_REQUEST_FRAME_EXTENTS,
        _NET_SUPPORTED,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_CM_S0,
        _NET_WM_MOVERESIZE,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_STATE,
        _NET_WM_STATE_ABOVE,
        _NET_WM_STATE_DEMANDS_ATTENTION,
        _NET_WM_STATE_FOCUSED,
        _NET_WM_STATE_FULLSCREEN,
        _NET_WM_STATE_HIDDEN,
        _NET_WM_STATE_MAXIMIZED_HORZ,
        _NET_WM_STATE_MAXIMIZED_VERT,
        _NET_WM_STATE_MODAL,
        _NET_WM_STATE_STICKY,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_SPLASH,
    }
}
