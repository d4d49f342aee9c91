//! `cargo xtask fuzz ninep`: the fuzz targets of the 9P room for longer than a test lasts.

use crate::exec::{self, Fault, Outcome};
use crate::say;
use crate::workspace::Workspace;

const USAGE: &str = "`cargo xtask fuzz ninep [--minutes N] [--keep]`: --keep adds what was found worth keeping to ninep/fuzz/corpus";

/// The word `fuzz`.
///
/// # Errors
/// On words it does not know, and when a target finds a fault.
pub(crate) fn main(words: &[String]) -> Outcome {
    let (minutes, keep) = parse(words)?;
    let workspace = Workspace::find()?;
    say::line(format_args!(
        "two targets at a time, {minutes} minutes; with a nightly compiler `cargo +nightly fuzz run session` in ninep does it guided by coverage"
    ));
    let mut command = workspace.cargo([
        "test",
        "--locked",
        "--release",
        "--package=goblin-ninep",
        "--test=fuzz",
        "--",
        "--nocapture",
    ]);
    command
        // A release build, with the checks of a debug build.
        .env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true")
        .env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true")
        .env("GOBLIN_FUZZ_SECONDS", (minutes * 60).to_string());
    if keep {
        command.env("GOBLIN_FUZZ_KEEP", "1");
    }
    exec::run(&mut command)
}

fn parse(words: &[String]) -> Outcome<(u64, bool)> {
    let (mut minutes, mut keep) = (10, false);
    let mut words = words.iter().map(String::as_str);
    if words.next() != Some("ninep") {
        return Err(Fault::new(USAGE));
    }
    while let Some(word) = words.next() {
        match word {
            "--keep" => keep = true,
            "--minutes" => {
                let number = words.next().and_then(|word| word.parse().ok());
                minutes = number.ok_or_else(|| Fault::new(USAGE))?;
            }
            _ => return Err(Fault::new(USAGE)),
        }
    }
    Ok((minutes, keep))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn minutes_and_keeping_are_said_in_any_order() {
        assert_eq!(parse(&words("ninep")), Ok((10, false)));
        assert_eq!(parse(&words("ninep --keep --minutes 3")), Ok((3, true)));
        for wrong in [
            "",
            "store",
            "ninep --minutes",
            "ninep --minutes x",
            "ninep more",
        ] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
