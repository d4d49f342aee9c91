use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often a line on a terminal is written anew, at most.
const EVERY: Duration = Duration::from_millis(100);

/// How far a copy is, on the last line of a terminal. Elsewhere nothing is said.
#[derive(Debug)]
pub(super) struct Progress {
    terminal: bool,
    began: Instant,
    shown: Option<Instant>,
    files: u64,
    bytes: u64,
    of: Option<(u64, u64)>,
}

impl Progress {
    /// Nothing done yet, of `of` files and bytes if that is known.
    pub(super) fn new(of: Option<(u64, u64)>) -> Self {
        let terminal = io::stderr().is_terminal();
        Self {
            terminal,
            began: Instant::now(),
            shown: None,
            files: 0,
            bytes: 0,
            of,
        }
    }

    /// One more file of so many bytes.
    pub(super) fn file(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
        if self.terminal && self.shown.is_none_or(|shown| shown.elapsed() >= EVERY) {
            self.shown = Some(Instant::now());
            let line = match self.of {
                Some((files, bytes)) => {
                    format!(
                        "{} of {files} files, {} of {}",
                        self.files,
                        size(self.bytes),
                        size(bytes)
                    )
                }
                None => format!("{} files, {}", self.files, size(self.bytes)),
            };
            self.say(&format!("\r\x1b[K{line}"));
        }
    }

    /// A line that stays.
    pub(super) fn note(&mut self, line: &str) {
        let clear = if self.terminal { "\r\x1b[K" } else { "" };
        self.say(&format!("{clear}{line}\n"));
    }

    /// The last line: what was done, and how fast.
    pub(super) fn done(&mut self) {
        if self.terminal {
            let seconds = self.began.elapsed().as_secs_f64();
            let (files, bytes) = (self.files, size(self.bytes));
            self.note(&format!("{files} files, {bytes} in {seconds:.1} s"));
        }
    }

    fn say(&self, text: &str) {
        // A terminal that is gone needs no progress.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// A size for people: binary multiples, three figures.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // Three figures do not see what a float loses.
    #[expect(clippy::cast_precision_loss, reason = "three figures are shown")]
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = if value < 10.0 {
        2
    } else {
        usize::from(value < 100.0)
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_figures() {
        assert_eq!(size(1000), "1000 B");
        assert_eq!(size(1536), "1.50 KiB");
        assert_eq!(size(1023 << 10), "1.00 MiB");
        assert_eq!(size(300 << 20), "300 MiB");
        assert_eq!(size(u64::MAX), "16384 PiB");
    }
}
