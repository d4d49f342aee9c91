//! Where log lines go: to stderr, and into `/mirror/log`.

use std::io::{self, IsTerminal as _, Write};

use ninep::tree::Log;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// Starts logging; `GOBLIN_LOG` says what goes to stderr, `info` unless it is set.
pub(crate) fn start(log: &Log) {
    let wanted = EnvFilter::try_from_env("GOBLIN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let stderr = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .with_filter(wanted);
    let log = log.clone();
    let file = fmt::layer()
        .with_writer(move || Line(log.clone()))
        .with_ansi(false)
        .with_target(false)
        .with_filter(LevelFilter::INFO);
    tracing_subscriber::registry()
        .with(stderr)
        .with(file)
        .init();
}

/// Takes one formatted event in one write.
struct Line(Log);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.line(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
