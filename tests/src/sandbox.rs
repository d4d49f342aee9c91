//! A place for programs of a subsystem: a Wayland socket with a security context, as whoever starts a subsystem makes it.

use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::process::{Child, Command};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::{Connection, Dispatch, QueueHandle, delegate_noop};
use wayland_protocols::wp::security_context::v1::client::wp_security_context_manager_v1::WpSecurityContextManagerV1;
use wayland_protocols::wp::security_context::v1::client::wp_security_context_v1::WpSecurityContextV1;

use crate::Session;
use crate::session::{Said, run};

/// The place. It is closed when this is dropped.
pub struct Sandbox {
    socket: PathBuf,
    environment: Vec<(OsString, OsString)>,
    _open: OwnedFd,
    _ours: Connection,
}

struct Maker;

delegate_noop!(Maker: WpSecurityContextManagerV1);
delegate_noop!(Maker: WpSecurityContextV1);

impl Dispatch<WlRegistry, GlobalListContents> for Maker {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

impl Sandbox {
    /// Makes a place for the subsystem `name` in a session.
    ///
    /// # Errors
    /// When the compositor makes none.
    pub async fn new(session: &Session, name: &str) -> Result<Self> {
        let connection = connect(session).await?;
        let (globals, mut queue) =
            registry_queue_init::<Maker>(&connection).context("the compositor has no globals")?;
        let handle = queue.handle();
        let manager: WpSecurityContextManagerV1 = globals
            .bind(&handle, 1..=1, ())
            .context("no security contexts")?;
        let socket = session.home().runtime().join(format!("wayland-{name}"));
        let listener = UnixListener::bind(&socket)
            .with_context(|| format!("{} cannot be made", socket.display()))?;
        // The compositor listens until the other end of this is closed.
        let (theirs, ours) = UnixStream::pair().context("a pair of sockets")?;
        let context = manager.create_listener(listener.as_fd(), theirs.as_fd(), &handle, ());
        context.set_sandbox_engine("goblin".into());
        context.set_app_id(name.into());
        context.commit();
        queue
            .roundtrip(&mut Maker)
            .context("the compositor refuses the place")?;
        let mut environment = session.environment().to_vec();
        environment.push(("WAYLAND_DISPLAY".into(), socket.clone().into()));
        Ok(Self {
            socket,
            environment,
            _open: ours.into(),
            _ours: connection,
        })
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Runs a program in it to its end.
    ///
    /// # Errors
    /// As [`run`].
    pub async fn run(&self, argv: &[&str]) -> Result<Said> {
        let (program, args) = argv.split_first().context("no program")?;
        run(Path::new(program), args, &self.environment).await
    }

    /// Starts a program in it, which ends with what this gives.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self, argv: &[&str]) -> Result<Child> {
        let (program, args) = argv.split_first().context("no program")?;
        Command::new(program)
            .args(args)
            .env_clear()
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{program} cannot be started"))
    }
}

/// A connection to the session's compositor, as a program of the board.
pub(crate) async fn connect(session: &Session) -> Result<Connection> {
    let stream = UnixStream::connect(session.wayland_socket().await?)
        .context("the compositor does not listen")?;
    Connection::from_socket(stream).context("no connection to the compositor")
}
