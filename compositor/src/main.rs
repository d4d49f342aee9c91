//! `goblin-compositor`: see `--help`.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use ninep::tree::Log;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use compositor::{Options, run};

/// What `/desktop/log` keeps, in bytes.
const KEEP: usize = 128 << 10;

fn main() -> ExitCode {
    let options = Options::parse();
    let log = Log::new(KEEP);
    tracing_subscriber::fmt()
        // The filter decides.
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_target(false)
        .with_writer(std::io::stderr.and(LogWriter(log.clone())))
        .finish()
        .with(wanted(std::env::var("GOBLIN_LOG").ok().as_deref()))
        .init();
    match run(&options, &log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin-compositor: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What is logged, by words such as `warn,compositor=debug,smithay::xwayland=trace`: a level for all, and levels
/// for modules. Words that make no sense say nothing.
fn wanted(words: Option<&str>) -> Targets {
    // The filter of tracing-subscriber that goes by the environment brings regular expressions along.
    words
        .and_then(|words| words.parse().ok())
        .unwrap_or_else(|| {
            Targets::new()
                .with_default(Level::WARN)
                .with_target("compositor", Level::INFO)
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_filtered_by_the_words_of_the_environment() {
        let usual = wanted(None);
        assert!(usual.would_enable("compositor::session", &Level::INFO));
        assert!(!usual.would_enable("smithay", &Level::INFO));
        let told = wanted(Some("error,compositor=debug,smithay::xwayland=trace"));
        assert!(told.would_enable("compositor::input", &Level::DEBUG));
        assert!(told.would_enable("smithay::xwayland::xwm", &Level::TRACE));
        assert!(!told.would_enable("smithay", &Level::WARN));
        assert!(!wanted(Some("off")).would_enable("compositor", &Level::ERROR));
        assert_eq!(wanted(Some("compositor=loud")), usual);
    }
}
