//! Standard output, and whoever stops reading it.

use std::io::{self, Write};

use anyhow::{Error, Result};

/// Where a command prints: standard output, nothing held back.
pub(crate) struct Output(io::Stdout);

impl Output {
    /// Standard output.
    pub(crate) fn standard() -> Self {
        Self(io::stdout())
    }

    /// Prints bytes as they are, at once.
    ///
    /// # Errors
    /// Those of *write(2)*; [`is_closed`] knows the one that means that nobody reads any more.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes)?;
        self.0.flush()?;
        Ok(())
    }

    /// Prints a line.
    ///
    /// # Errors
    /// As [`Output::bytes`].
    pub(crate) fn line(&mut self, line: &str) -> Result<()> {
        self.bytes(format!("{line}\n").as_bytes())
    }
}

/// Whether the error says that nobody reads our output any more.
pub(crate) fn is_closed(error: &Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
