//! `goblin-manager`: the root of a session. See the library for what it is made of.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use manager::options::Options;
use manager::{exec, session};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    if exec::is_asked(std::env::args_os()) {
        // It returns only when there is nothing to become.
        let Err(error) = exec::become_program(std::env::args_os());
        eprintln!("{error:#}");
        return ExitCode::from(126);
    }
    let options = Options::parse();
    match run(options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("goblin-manager: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<ExitCode> {
    let filter = EnvFilter::try_from_env("GOBLIN_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .without_time()
        .with_target(false)
        .init();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be made")?;
    runtime.block_on(session::run(options))
}
