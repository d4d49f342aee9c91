//! `goblin-shell`: the bar, the launcher and the notifications of a session. The manager starts it.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use goblin_shell::run::{Parts, run};
use goblin_shell::{follow, wayland};
use tracing_subscriber::EnvFilter;
use trees::srv;

/// The bar, the launcher and the notifications of a goblin session.
///
/// It connects to the compositor of WAYLAND_DISPLAY, posts /shell, and speaks for org.freedesktop.Notifications on
/// the session bus. The language is that of LC_ALL, LC_MESSAGES or LANG. It is light or dark as the desktop is, or as
/// GOBLIN_THEME says; GOBLIN_LOG says what is logged (default: info).
#[derive(Debug, Parser)]
#[command(version, name = "goblin-shell")]
struct Arguments {}

fn main() -> ExitCode {
    let Arguments {} = Arguments::parse();
    let filter = EnvFilter::try_from_env("GOBLIN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
    match shell() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, outermost first, so that a log names the thing and the way out.
            eprintln!("goblin-shell: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn shell() -> anyhow::Result<()> {
    // One thread beside the window loop: nothing here computes for long, and threads cost memory.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("edges")
        .enable_all()
        .build()
        .context("the runtime could not be started")?;
    let connection = wayland::connect()?;
    let post = {
        let _inside = runtime.enter();
        srv::post(trees::shell::NAME).context("/shell cannot be posted")?
    };
    ui::fonts::load();
    let parts = Parts {
        connection,
        post,
        trees: follow::session(),
        theme: ui::theme::Choice::from_environment(),
    };
    let ended = run(&runtime, parts);
    // Nothing that still waits may hold the process; the socket of /shell goes with its task.
    runtime.shutdown_background();
    // The errors of the layers repeat each other; the innermost names what happened.
    ended.map_err(|error| {
        let root = anyhow::Error::new(error).root_cause().to_string();
        anyhow::anyhow!("the compositor is gone, or refused the shell: {root}")
    })
}
