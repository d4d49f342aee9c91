//! Running other programs, with errors that name the command line.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::say;

/// What went wrong, as one text for a person: what was tried, on what, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault(String);

impl Fault {
    /// A fault with this text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The result of every word and step.
pub(crate) type Outcome<T = ()> = Result<T, Fault>;

/// Runs a command to its end, its output going where ours goes. It gets no standard input, so that
/// nothing in a script can wait for an answer.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Fault::new(format!("`{}` failed: {status}", shown(command))))
    }
}

/// Runs a command and gives what it wrote to standard output; its standard error goes where ours
/// goes.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(Fault::new(format!(
            "`{}` failed: {}",
            shown(command),
            output.status
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command can be started and succeeds, with all of its output dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a command to its end and hands each line of its standard output to `line`, which is also
/// passed on to ours.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub(crate) fn run_lines(command: &mut Command, mut line: impl FnMut(&str)) -> Outcome {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for text in BufReader::new(stdout).lines().map_while(Result::ok) {
            say::plain(&text);
            line(&text);
        }
    }
    let status = child
        .wait()
        .map_err(|error| cannot_start(command, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Fault::new(format!("`{}` failed: {status}", shown(command))))
    }
}

/// The command line as a person would type it, without the folder it runs in.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Fault {
    Fault::new(format!("`{}` cannot be started: {error}", shown(command)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named_with_its_exit() {
        let fault = run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(fault.to_string(), "`sh -c exit 3` failed: exit status: 3");
    }

    #[test]
    fn a_missing_program_is_named() {
        let fault = run(Command::new("/nowhere/at-all").arg("x")).unwrap_err();
        assert!(
            fault
                .to_string()
                .starts_with("`at-all x` cannot be started: "),
            "{fault}"
        );
    }

    #[test]
    fn lines_are_handed_on_in_order() {
        let mut seen = Vec::new();
        run_lines(Command::new("printf").arg("one\\ntwo\\n"), |line| {
            seen.push(line.to_owned());
        })
        .unwrap();
        assert_eq!(seen, ["one", "two"]);
    }
}
