//! What a person reads while a long step runs.

use std::fmt::Display;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::exec::Outcome;

/// One line about what is going on.
pub(crate) fn line(text: impl Display) {
    plain(format_args!("xtask: {text}"));
}

/// One line as it is. That nobody reads it (any more) is no reason to stop.
pub(crate) fn plain(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// One line about what stopped us, on standard error.
pub(crate) fn fault(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "xtask: {text}");
}

/// A known number of steps, each announced with its place and closed with its time.
pub(crate) struct Steps {
    total: usize,
    begun: usize,
}

impl Steps {
    /// Makes ready for `total` steps.
    pub(crate) fn new(total: usize) -> Self {
        Self { total, begun: 0 }
    }

    /// Runs one step: says what it is and how far we are, then how long it took.
    ///
    /// # Errors
    /// Those of the step.
    pub(crate) fn step<T>(&mut self, what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        self.begun += 1;
        let place = format!("[{}/{}]", self.begun, self.total);
        line(format_args!("{place} {what}"));
        let start = Instant::now();
        let result = work();
        let word = if result.is_ok() { "done" } else { "FAILED" };
        line(format_args!(
            "{place} {what}: {word} in {}",
            minutes(start.elapsed())
        ));
        result
    }
}

/// A duration as `minutes:seconds`.
pub(crate) fn minutes(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_keep_two_digits_of_seconds() {
        assert_eq!(minutes(Duration::from_millis(9_999)), "0:09");
        assert_eq!(minutes(Duration::from_secs(3_725)), "62:05");
    }
}
