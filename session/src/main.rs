//! The command `goblin`: starts a session, and reads and writes its trees from a terminal.

mod cli;
mod commands;
mod fault;
mod fuse;
mod local;
mod output;
mod path;
mod transfer;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use cli::{Cli, Command};
use commands::{
    cat, export, get, ls, mkdir, mount, mv, panel, put, rm, screenshot, session, stat, tail, write,
};
use output::Output;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read us has seen enough.
        Err(error) if output::is_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin: {}", fault::line(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    if let Command::Session(options) = command {
        return session::run(&options);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be made")?;
    runtime.block_on(with_trees(command))
}

async fn with_trees(command: Command) -> Result<()> {
    let ns = trees::srv::namespace();
    let mut out = Output::standard();
    let done = match command {
        Command::Session(options) => session::run(&options),
        Command::Ls(options) => ls::run(&ns, &options, &mut out).await,
        Command::Cat(options) => cat::run(&ns, &options, &mut out).await,
        Command::Write(options) => write::run(&ns, &options, &mut out).await,
        Command::Tail(options) => tail::run(&ns, &options, &mut out).await,
        Command::Stat(options) => stat::run(&ns, &options, &mut out).await,
        Command::Get(options) => get::run(&ns, &options).await,
        Command::Put(options) => put::run(&ns, &options).await,
        Command::Rm(options) => rm::run(&ns, &options).await,
        Command::Mkdir(options) => mkdir::run(&ns, &options).await,
        Command::Mv(options) => mv::run(&ns, &options).await,
        Command::Screenshot(options) => screenshot::run(&ns, &options, &mut out).await,
        Command::Panel(options) => panel::run(&ns, &options).await,
        Command::Mount(options) => mount::run(&ns, &options).await,
        Command::Export(options) => export::run(&options).await,
    };
    done.map_err(|error| fault::explain(error, &ns))
}
