//! `goblin-compositor`: see `--help`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use ninep::tree::Log;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt;

use compositor::{Options, run};

/// What `/desktop/log` keeps, in bytes.
const KEEP: usize = 128 << 10;

fn main() -> ExitCode {
    let options = Options::parse();
    let log = Log::new(KEEP);
    let filter = EnvFilter::try_from_env("GOBLIN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,compositor=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_target(false)
        .with_writer(std::io::stderr.and(LogWriter(log.clone())))
        .init();
    match run(&options, &log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin-compositor: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Lines of the program's log, for `/desktop/log`.
#[derive(Clone)]
struct LogWriter(Log);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.line(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
