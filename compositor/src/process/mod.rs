//! Programs that the session starts.

mod exec;
mod heap;
mod limits;

use std::ffi::OsString;
use std::process::{Child, Command, Stdio};

use calloop::generic::Generic;
use calloop::{Interest, LoopHandle, Mode, PostAction};
use thiserror::Error;
use tracing::{debug, info};

use crate::goblin::Goblin;

pub(crate) use exec::hand_over;
pub(crate) use heap::{
    give_back_large_pieces, give_back_what_is_free, let_go_of, want_large_pages,
};
pub(crate) use limits::raise_file_limit;

/// Programs that run and are ours to wait for.
#[derive(Default)]
pub(crate) struct Children {
    running: Vec<Child>,
}

/// Why a program was not started.
#[derive(Debug, Error)]
pub(crate) enum SpawnError {
    /// There was nothing to start.
    #[error("no program was named")]
    Empty,
    /// The system refused.
    #[error("{program} was not started: {source}")]
    Failed {
        /// The first argument.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Goblin {
    /// Starts a program as a client of this session; returns its process id.
    pub(crate) fn spawn(&mut self, argv: &[String]) -> Result<u32, SpawnError> {
        let (program, arguments) = argv.split_first().ok_or(SpawnError::Empty)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .envs(client_env(&self.socket))
            .envs(self.x11_display().map(|name| ("DISPLAY", name)))
            .stdin(Stdio::null());
        exec::prepare(&mut command);
        let child = command.spawn().map_err(|source| SpawnError::Failed {
            program: program.clone(),
            source,
        })?;
        let pid = child.id();
        info!("started {program} as process {pid}");
        self.children.running.push(child);
        Ok(pid)
    }

    /// Leaves a program that ends to be waited for.
    pub(crate) fn await_end(&mut self, child: Child) {
        self.children.running.push(child);
        self.reap();
    }

    /// Takes note of programs that have ended.
    fn reap(&mut self) {
        self.children
            .running
            .retain_mut(|child| match child.try_wait() {
                Ok(Some(status)) => {
                    debug!("process {} ended: {status}", child.id());
                    false
                }
                Ok(None) => true,
                Err(_) => false,
            });
    }
}

/// What a client of this session must find in its environment.
fn client_env(socket: &str) -> [(&'static str, OsString); 3] {
    [
        ("WAYLAND_DISPLAY", socket.into()),
        ("XDG_CURRENT_DESKTOP", "goblin".into()),
        ("XDG_SESSION_TYPE", "wayland".into()),
    ]
}

/// Hears of signals: SIGTERM and SIGINT end the session, SIGCHLD says that a program has ended.
///
/// # Errors
/// What the system refused.
pub(crate) fn listen_to_signals(handle: &LoopHandle<'static, Goblin>) -> anyhow::Result<()> {
    use signal_hook::consts::{SIGCHLD, SIGINT, SIGTERM};
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    for signal in [SIGTERM, SIGINT, SIGCHLD] {
        let (hear, tell) = UnixStream::pair()?;
        hear.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(signal, tell)?;
        let source = Generic::new(hear, Interest::READ, Mode::Level);
        handle
            .insert_source(source, move |_, hear, goblin| {
                let mut heard = [0; 64];
                while matches!((&**hear).read(&mut heard), Ok(count) if count > 0) {}
                if signal == SIGCHLD {
                    goblin.reap();
                } else {
                    info!("ending on signal {signal}");
                    goblin.quit();
                }
                Ok(PostAction::Continue)
            })
            .map_err(|error| error.error)?;
    }
    Ok(())
}
