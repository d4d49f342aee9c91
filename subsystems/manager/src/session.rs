//! A session, from its first socket to its last process.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use ninep::Errno;
use ninep::tree::Node;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use trees::srv::Post;
use trees::subsystems::{State, Subsystem};
use trees::{desktop, machine, srv, subsystems};

use crate::board;
use crate::options::Options;
use crate::supervisor::{self, Handle, Place, Programs};
use crate::tree;

/// Runs a session until it ends: by `quit`, by a signal, or because the person left the desktop.
///
/// # Errors
/// Why it cannot begin, with the way out; or that its desktop did not come up.
pub async fn run(options: Options) -> Result<ExitCode> {
    let runtime = srv::runtime_dir();
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        tracing::warn!(
            "XDG_RUNTIME_DIR is not set: the session uses {0}; for `goblin` in another terminal: \
             export XDG_RUNTIME_DIR={0}",
            runtime.display()
        );
    }
    let subsystems_post = post(subsystems::NAME, &runtime)?;
    let machine_post = post(machine::NAME, &runtime)?;

    let specs = board::specs(&options, &runtime, board::bus_needed(&runtime));
    let place = Place {
        sockets: srv::dir(),
        logs: log_folder(),
        programs: Programs::of_this_process(),
        helper: std::env::current_exe().context("our own program is not found (/proc/self/exe)")?,
        epoch: subsystems_post.epoch(),
        session: options.name,
    };
    let (supervisor, handle) = supervisor::start(specs, place).map_err(|why| anyhow!(why))?;

    let shown: std::sync::Arc<dyn Node> = tree::subsystems(&handle);
    tokio::spawn(subsystems_post.serve(shown));
    let machine = tree::Machine::new(machine_post.epoch()).await;
    tokio::spawn(machine_post.serve(machine.root()));
    tokio::spawn(machine.follow_mounts());
    tokio::spawn(end_on_signals(handle.clone())?);

    let (tell, up) = oneshot::channel();
    let ending = handle.clone();
    supervisor
        .run(move |subsystems| {
            let up = report(subsystems);
            if up.is_err() {
                // Nobody can do anything in a session that never had a desktop.
                tokio::spawn(async move { ending.quit().await });
            }
            // Only a session that has ended has nobody to tell.
            let _ = tell.send(up);
        })
        .await;
    match up.await {
        Ok(Err(why)) => Err(why),
        Ok(Ok(())) | Err(_) => Ok(ExitCode::SUCCESS),
    }
}

/// Takes a name in `srv/`.
fn post(name: &str, runtime: &Path) -> Result<Post> {
    srv::post(name).map_err(|error| {
        if error.errno() == Errno::ADDRINUSE {
            anyhow!(
                "a session runs already in {0}: end it with `goblin write /subsystems/ctl quit`, or \
                 start this one with another XDG_RUNTIME_DIR",
                runtime.display()
            )
        } else {
            anyhow!(error).context("the session cannot begin")
        }
    })
}

/// Says that the session is up, or why it is not.
fn report(subsystems: &[Subsystem]) -> Result<()> {
    let desktop = subsystems.iter().find(|one| one.name == desktop::NAME);
    if let Some(failed) = desktop.filter(|one| one.state == State::Failed) {
        let why = failed
            .failure
            .as_ref()
            .map_or("it failed", |failure| failure.cause.as_str());
        let words = failed
            .failure
            .as_ref()
            .and_then(|failure| failure.last_words.as_deref());
        let words = words
            .map(|words| format!(" It said: {words}"))
            .unwrap_or_default();
        return Err(anyhow!(
            "the desktop did not come up, so the session ends: {why}.{words}"
        ));
    }
    let line = format!(
        "the session is up; its trees are in {}: look with `goblin ls /`\n",
        srv::dir().display()
    );
    // Whoever started us may not listen.
    let _ = std::io::stdout().write_all(line.as_bytes());
    Ok(())
}

/// Ends the session at SIGTERM, SIGINT or SIGHUP; at the second one, at once.
fn end_on_signals(handle: Handle) -> Result<impl Future<Output = ()>> {
    let watch = |kind| signal(kind).context("signals cannot be watched");
    let mut terminate = watch(SignalKind::terminate())?;
    let mut interrupt = watch(SignalKind::interrupt())?;
    let mut hang_up = watch(SignalKind::hangup())?;
    Ok(async move {
        let mut asked = false;
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hang_up.recv() => {}
            }
            if asked {
                handle.kill().await;
            } else {
                handle.quit().await;
            }
            asked = true;
        }
    })
}

/// `$XDG_STATE_HOME/goblin/log` (XDG Base Directory Specification).
fn log_folder() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state =
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(state.join("goblin/log"))
}
