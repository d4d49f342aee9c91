//! From the command line to a running session and its end.

use anyhow::{Context, bail};
use calloop::EventLoop;
use calloop::channel::{Event as ChannelEvent, channel};
use ninep::tree::Log;
use smithay::reexports::wayland_server::{BindError, Display};
use smithay::wayland::socket::ListeningSocketSource;
use tracing::{error, info, warn};

use crate::backend::{Headless, Nested};
use crate::clock::Clock;
use crate::config::{self, Config, ConfigFile};
use crate::control::Command;
use crate::dispatch::serve_clients;
use crate::domain::Domain;
use crate::goblin::{Goblin, Setup};
use crate::listener::Listener;
use crate::options::{BackendKind, Options};
use crate::process;
use crate::sessions;
use crate::tree::{Port, Tree, post};

/// Runs a session until it is told to end.
///
/// # Errors
/// What kept it from starting, and the way out.
pub fn run(options: &Options, log: &Log) -> anyhow::Result<()> {
    process::raise_file_limit();
    process::give_back_large_pieces();
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        bail!(
            "XDG_RUNTIME_DIR is not set: it names the folder for the Wayland socket, such as /run/user/1000"
        );
    }
    let mut event_loop: EventLoop<'static, Goblin> = EventLoop::try_new()?;
    let handle = event_loop.handle();
    // First of all: from here on nothing ends us without our cleaning up.
    process::listen_to_signals(&handle)?;
    let listener = listen(options.socket.as_deref())?;
    let socket = listener.socket_name().to_string_lossy().into_owned();
    let posted = if options.no_tree {
        None
    } else {
        Some(post(trees::desktop::NAME)?)
    };

    let path = options
        .config
        .clone()
        .unwrap_or_else(ConfigFile::default_path);
    let (config, error) = match config::read(&path) {
        Ok(config) => (config, None),
        Err(reason) => {
            error!("starting with the defaults: {reason}");
            (Config::default(), Some(reason.to_string()))
        }
    };
    let display = Display::new()?;
    let mut goblin = Goblin::new(Setup {
        display: display.handle(),
        loop_handle: handle.clone(),
        loop_signal: event_loop.get_signal(),
        clock: Clock::machine(),
        config,
        config_file: ConfigFile { path, error },
        socket: socket.clone(),
        testing: options.testing,
    })?;
    if let Some(path) = sessions::file::default_path() {
        goblin.remember_in(path);
    }
    serve_clients(&handle, &goblin.arrivals, display)?;
    handle
        .insert_source(
            Listener::lasting(listener, &socket),
            |stream, (), goblin| {
                goblin.accept(stream, Domain::Board);
            },
        )
        .map_err(|error| error.error)?;
    if let Err(reason) = config::watch(&handle, &goblin) {
        warn!("{reason}");
    }

    let (sender, commands) = channel::<Command>();
    handle
        .insert_source(commands, |event, (), goblin| {
            if let ChannelEvent::Msg(command) = event {
                goblin.carry_out(command);
            }
        })
        .map_err(|error| error.error)?;
    if let Some(posted) = &posted {
        let rev = goblin.control.rev.clone();
        goblin
            .control
            .attach(Tree::new(posted.epoch, Port::new(sender), log, &rev));
    }
    start_backend(&mut goblin, options)?;
    goblin.offer_x11();
    if let Some(posted) = posted
        && let Some(root) = goblin.control.root()
    {
        posted.serve(root);
    }
    info!("clients connect to WAYLAND_DISPLAY={socket}");

    goblin.end_turn();
    event_loop.run(None, &mut goblin, Goblin::end_turn)?;
    goblin.finish_sessions();
    info!("the session ends");
    Ok(())
}

fn start_backend(goblin: &mut Goblin, options: &Options) -> anyhow::Result<()> {
    match options.backend {
        BackendKind::Headless => Headless::start(goblin, &options.sizes)?,
        BackendKind::Nested => {
            let [output] = options.sizes.as_slice() else {
                bail!("a nested session has one output: give --size once");
            };
            Nested::start(goblin, (output.width, output.height), output.scale)?;
        }
    }
    Ok(())
}

/// The Wayland socket.
fn listen(name: Option<&str>) -> anyhow::Result<ListeningSocketSource> {
    let Some(name) = name else {
        return ListeningSocketSource::new_auto()
            .context("no Wayland socket could be made in XDG_RUNTIME_DIR");
    };
    ListeningSocketSource::with_name(name).map_err(|error| match error {
        BindError::AlreadyInUse => anyhow::anyhow!(
            "the Wayland socket {name} is taken: another compositor serves it; choose another --socket"
        ),
        other => anyhow::anyhow!("the Wayland socket {name} could not be made: {other}"),
    })
}
