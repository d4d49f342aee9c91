//! The process of the X server: started with the sockets that clients wait on, ended with the last of
//! them.

use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use rustix::pipe::{PipeFlags, pipe_with};
use smithay::reexports::wayland_server::Client;

use super::display::Display;
use crate::client::Kind;
use crate::domain::Domain;
use crate::goblin::Goblin;
use crate::process::hand_over;

/// The program.
pub(super) const PROGRAM: &str = "Xwayland";
/// For how many seconds it stays when the last client has gone: scripts start one after another.
const LINGER: &str = "5";

/// A running X server.
pub(super) struct Server {
    pub(super) child: Child,
    /// It as a client of ours.
    pub(super) client: Client,
    /// Our end of the window manager's connection, until it is used.
    pub(super) wm: Option<UnixStream>,
    /// It writes its display number there once it can be talked to.
    pub(super) ready: OwnedFd,
}

/// Whether the program is there at all.
pub(super) fn is_installed() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file())
}

/// Starts an X server for a display.
pub(super) fn start(goblin: &mut Goblin, display: &Display) -> io::Result<Server> {
    let (ours, wayland) = UnixStream::pair()?;
    let (wm, their_wm) = UnixStream::pair()?;
    let (ready, tell_ready) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    let sockets = display.sockets()?;

    let mut command = Command::new(PROGRAM);
    command
        .arg(display.name())
        // Without windows of its own. It draws into shared memory: there is no other way yet for it
        // to hand us its pictures.
        .args(["-rootless", "-shm", "-terminate", LINGER])
        .args(["-wm", &their_wm.as_raw_fd().to_string()])
        .args(["-displayfd", &tell_ready.as_raw_fd().to_string()]);
    for socket in &sockets {
        command.args(["-listenfd", &socket.as_raw_fd().to_string()]);
    }
    command
        .env("WAYLAND_SOCKET", wayland.as_raw_fd().to_string())
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("DISPLAY")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut keep = vec![wayland.into(), their_wm.into(), tell_ready];
    keep.extend(sockets);
    hand_over(&mut command, keep);
    let mut child = command.spawn()?;
    let client = goblin.accept_as(ours, Domain::Board, Kind::Xwayland);
    let Some(client) = client else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(ErrorKind::ConnectionRefused.into());
    };
    Ok(Server {
        child,
        client,
        wm: Some(wm),
        ready,
    })
}

/// What the pipe of a server that starts says.
pub(super) enum Readiness {
    NotYet,
    Ready,
    /// It will never be.
    Never,
}

/// Reads what is on that pipe.
pub(super) fn readiness(ready: &OwnedFd) -> Readiness {
    let mut bytes = [0; 64];
    match rustix::io::read(ready, &mut bytes) {
        Ok(read) if bytes[..read].contains(&b'\n') => Readiness::Ready,
        Ok(0) => Readiness::Never,
        Ok(_) | Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Readiness::NotYet,
        Err(_) => Readiness::Never,
    }
}
