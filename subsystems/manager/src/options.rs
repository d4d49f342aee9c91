//! The command line of `goblin-manager`, as `goblin session` writes it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// The root of a goblin session: starts and supervises its processes, and serves /subsystems and /machine.
///
/// People start it with `goblin session`.
#[derive(Debug, Clone, Parser)]
#[command(name = "goblin-manager", version)]
pub struct Options {
    /// What the desktop draws on
    #[arg(long, value_enum)]
    pub backend: Backend,

    /// Size and scale of an output of a headless desktop; several lie side by side
    #[arg(long = "size", value_name = "WIDTHxHEIGHT@SCALE")]
    pub sizes: Vec<String>,

    /// Let /desktop inject input and take pictures: for sessions that are tests
    #[arg(long)]
    pub testing: bool,

    /// The folder of the embedded mirror's data, if not its usual one
    #[arg(long, value_name = "FOLDER")]
    pub store: Option<PathBuf>,

    /// Name of the session
    #[arg(long, default_value = "board")]
    pub name: String,

    /// How long a process may take until it answers
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub answer_within: Duration,
}

/// What the desktop draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// No screen: frames are drawn into memory.
    Headless,
    /// A window on another desktop.
    Nested,
}

impl Backend {
    /// The word that the compositor is given.
    pub fn word(self) -> &'static str {
        match self {
            Self::Headless => "headless",
            Self::Nested => "nested",
        }
    }
}

fn seconds(word: &str) -> Result<Duration, String> {
    let number: f64 = word
        .parse()
        .map_err(|_| format!("{word} is not a number of seconds"))?;
    match Duration::try_from_secs_f64(number) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(format!("{word} s is no time to wait")),
    }
}
