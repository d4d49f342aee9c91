use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use rustix::process::Signal;

/// How a process ended (*wait(2)*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// It ended by itself, with this code.
    Code(i32),
    /// A signal ended it.
    Signal {
        /// Number of the signal.
        number: i32,
        /// Whether it left a core dump.
        dumped: bool,
    },
}

impl From<ExitStatus> for Exit {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, Some(number)) => Self::Signal {
                number,
                dumped: status.core_dumped(),
            },
            // wait(2) without WUNTRACED or WCONTINUED tells of no third kind of end.
            (None, None) => Self::Code(status.into_raw()),
        }
    }
}

/// The cause in a few words: `exit code 1`, `killed by signal 9 (KILL)`.
impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(0) => f.write_str("ended by itself, with exit code 0"),
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal { number, dumped } => {
                write!(f, "killed by signal {number}")?;
                if let Some(signal) = Signal::from_named_raw(number) {
                    let name = format!("{signal:?}");
                    write!(
                        f,
                        " ({})",
                        name.trim_matches('"').trim_start_matches("Signal::")
                    )?;
                }
                f.write_str(if dumped { ", core dumped" } else { "" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_names_the_signal() {
        let kill = Exit::from(ExitStatus::from_raw(9));
        assert_eq!(kill.to_string(), "killed by signal 9 (KILL)");
        let segv = Exit::from(ExitStatus::from_raw(11 | 0x80));
        assert_eq!(segv.to_string(), "killed by signal 11 (SEGV), core dumped");
        assert_eq!(
            Exit::from(ExitStatus::from_raw(3 << 8)).to_string(),
            "exit code 3"
        );
        assert_eq!(
            Exit::Signal {
                number: 40,
                dumped: false
            }
            .to_string(),
            "killed by signal 40"
        );
    }
}
