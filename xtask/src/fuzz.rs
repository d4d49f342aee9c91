//! `cargo xtask fuzz ninep|compositor|layout`: what is fuzzed in the tests, for longer than a test lasts.

use crate::exec::{self, Fault, Outcome};
use crate::say;
use crate::workspace::Workspace;

const USAGE: &str = "`cargo xtask fuzz ninep [--minutes N] [--keep]`: --keep adds what was found worth keeping to ninep/fuzz/corpus; \
     `cargo xtask fuzz compositor [--requests N] [--seed N]`: random requests of hostile clients, a million of them or N; \
     `cargo xtask fuzz layout [--operations N]`: random operations on the model of the windows' places, a million or N";

/// Operations in a sequence of the random test, on average: from 1 to 50.
const SEQUENCE: u64 = 25;

/// The word `fuzz`.
///
/// # Errors
/// On words it does not know, and when a target finds a fault.
pub(crate) fn main(words: &[String]) -> Outcome {
    let workspace = Workspace::find()?;
    match parse(words)? {
        Job::Ninep { minutes, keep } => ninep(&workspace, minutes, keep),
        Job::Compositor { requests, seed } => compositor(&workspace, requests, seed),
        Job::Layout { operations } => layout(&workspace, operations),
    }
}

/// What is to be fuzzed, and for how long.
#[derive(Debug, PartialEq, Eq)]
enum Job {
    Ninep { minutes: u64, keep: bool },
    Compositor { requests: u64, seed: u64 },
    Layout { operations: u64 },
}

fn layout(workspace: &Workspace, operations: u64) -> Outcome {
    say::line(format_args!(
        "{operations} operations, the invariants looked at after each; a failure shows the shortest sequence that leads to it"
    ));
    let mut command = workspace.cargo([
        "test",
        "--locked",
        "--package=goblin-compositor",
        "--lib",
        "any_sequence_of_operations_keeps_the_invariants",
    ]);
    command.env(
        "GOBLIN_LAYOUT_CASES",
        operations.div_ceil(SEQUENCE).to_string(),
    );
    exec::run(&mut command)
}

fn compositor(workspace: &Workspace, requests: u64, seed: u64) -> Outcome {
    say::line(format_args!(
        "{requests} requests from seed {seed}; a failure names the seed that shows it again"
    ));
    let mut command = workspace.cargo([
        "test",
        "--locked",
        "--package=goblin-compositor",
        "--lib",
        "fuzz",
        "--",
        "--nocapture",
    ]);
    command
        .env("GOBLIN_FUZZ_REQUESTS", requests.to_string())
        .env("GOBLIN_FUZZ_SEED", seed.to_string());
    exec::run(&mut command)
}

fn ninep(workspace: &Workspace, minutes: u64, keep: bool) -> Outcome {
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

fn parse(words: &[String]) -> Outcome<Job> {
    let mut words = words.iter().map(String::as_str);
    let mut job = match words.next() {
        Some("ninep") => Job::Ninep {
            minutes: 10,
            keep: false,
        },
        Some("compositor") => Job::Compositor {
            requests: 1_000_000,
            seed: 1,
        },
        Some("layout") => Job::Layout {
            operations: 1_000_000,
        },
        _ => return Err(Fault::new(USAGE)),
    };
    while let Some(word) = words.next() {
        if let (Job::Ninep { keep, .. }, "--keep") = (&mut job, word) {
            *keep = true;
            continue;
        }
        let number = words.next().and_then(|word| word.parse().ok());
        let number = number.ok_or_else(|| Fault::new(USAGE))?;
        match (&mut job, word) {
            (Job::Ninep { minutes, .. }, "--minutes") => *minutes = number,
            (Job::Compositor { requests, .. }, "--requests") => *requests = number,
            (Job::Compositor { seed, .. }, "--seed") => *seed = number,
            (Job::Layout { operations }, "--operations") => *operations = number,
            _ => return Err(Fault::new(USAGE)),
        }
    }
    Ok(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn minutes_and_keeping_are_said_in_any_order() {
        let ninep = |minutes, keep| Ok(Job::Ninep { minutes, keep });
        assert_eq!(parse(&words("ninep")), ninep(10, false));
        assert_eq!(parse(&words("ninep --keep --minutes 3")), ninep(3, true));
        let compositor = |requests, seed| Ok(Job::Compositor { requests, seed });
        assert_eq!(parse(&words("compositor")), compositor(1_000_000, 1));
        let layout = |operations| Ok(Job::Layout { operations });
        assert_eq!(parse(&words("layout")), layout(1_000_000));
        assert_eq!(parse(&words("layout --operations 9")), layout(9));
        let line = "compositor --seed 7 --requests 50";
        assert_eq!(parse(&words(line)), compositor(50, 7));
        for wrong in [
            "",
            "store",
            "ninep --minutes",
            "ninep --minutes x",
            "ninep more",
            "ninep --requests 5",
            "compositor --keep",
            "layout --seed 3",
        ] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
