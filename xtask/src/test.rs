//! `cargo xtask test`: everything that must hold, in suites, cheap ones first.

mod rooms;
mod rules;
mod style;
mod tally;
mod tools;
mod wgpu;
mod wlcs;

use std::time::{Duration, Instant};

use crate::build::{self, Profile};
use crate::exec::{self, Fault, Outcome};
use crate::image;
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;
use tally::Tally;

/// A suite: a word on the command line and a row of the table.
struct Suite {
    name: &'static str,
    what: &'static str,
    run: fn(&Run) -> (Tally, Outcome),
}

/// What all suites are given.
struct Run {
    workspace: Workspace,
    /// Words after `--`, for cargo-nextest; for the suite `wlcs` parts of cases' names.
    filter: Vec<String>,
}

const SUITES: &[Suite] = &[
    Suite {
        name: "style",
        what: "rustfmt and our own lints",
        run: |run| check(style::check(run)),
    },
    Suite {
        name: "rules",
        what: "who may know whom",
        run: |run| {
            check(
                run.workspace
                    .metadata()
                    .and_then(|metadata| rules::check(&metadata)),
            )
        },
    },
    Suite {
        name: "deny",
        what: "licences, bans and sources",
        run: |run| check(deny(run)),
    },
    Suite {
        name: "clippy",
        what: "clippy, warnings are errors",
        run: |run| check(clippy(run)),
    },
    Suite {
        name: "programs",
        what: "every program as it ships",
        run: |run| check(programs(run)),
    },
    Suite {
        name: "unit",
        what: "unit, property and doc tests",
        run: unit,
    },
    Suite {
        name: "wlcs",
        what: "the Wayland conformance test suite against the compositor",
        run: wlcs::suite,
    },
    Suite {
        name: "system",
        what: "whole sessions with real clients",
        run: system,
    },
];

/// The names of the suites, in the order they run.
pub(crate) fn suite_names() -> Vec<&'static str> {
    SUITES.iter().map(|suite| suite.name).collect()
}

/// The word `test`.
///
/// # Errors
/// On an unknown suite, when a package cannot be had, or when a suite fails.
pub(crate) fn main(words: &[String]) -> Outcome {
    let (names, filter) = match words.iter().position(|word| word == "--") {
        Some(place) => (&words[..place], words[place + 1..].to_vec()),
        None => (words, Vec::new()),
    };
    let chosen = choose(names)?;
    packages::ensure(Purpose::Test)?;
    let run = Run {
        workspace: Workspace::find()?,
        filter,
    };

    let mut rows = Vec::new();
    let mut outcome = Ok(());
    for (index, suite) in chosen.iter().enumerate() {
        say::line(format_args!(
            "[{}/{}] {}: {}",
            index + 1,
            chosen.len(),
            suite.name,
            suite.what
        ));
        let start = Instant::now();
        let (tally, result) = (suite.run)(&run);
        rows.push(Row {
            name: suite.name,
            took: start.elapsed(),
            tally,
        });
        if let Err(fault) = result {
            say::fault(format_args!("{}: {fault}", suite.name));
            outcome = Err(Fault::new(format!("the suite `{}` failed", suite.name)));
            break;
        }
    }
    say::plain(format_args!("\n{}", table(&rows, &chosen)));
    outcome
}

fn choose(names: &[String]) -> Outcome<Vec<&'static Suite>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| !suite_names().contains(&name.as_str()))
    {
        return Err(Fault::new(format!(
            "there is no suite `{unknown}`; there are {}",
            suite_names().join(", ")
        )));
    }
    Ok(SUITES
        .iter()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name))
        .collect())
}

struct Row {
    name: &'static str,
    took: Duration,
    tally: Tally,
}

/// The minutes and counts of each suite, and their sum; the last line is for scripts.
fn table(rows: &[Row], chosen: &[&Suite]) -> String {
    let line = |name: &str, minutes: &str, passed: &str, failed: &str| {
        format!("{name:<10} {minutes:>7} {passed:>7} {failed:>7}\n")
    };
    let mut text = line("suite", "minutes", "passed", "failed");
    for suite in chosen {
        text += &match rows.iter().find(|row| row.name == suite.name) {
            Some(Row {
                name,
                took,
                tally: Tally { passed, failed },
            }) => line(
                name,
                &say::minutes(*took),
                &passed.to_string(),
                &failed.to_string(),
            ),
            None => line(suite.name, "not run", "", ""),
        };
    }
    let sum = rows
        .iter()
        .fold(Tally::default(), |sum, row| sum + row.tally);
    let took = rows.iter().map(|row| row.took).sum();
    text += &line("sum", &say::minutes(took), "", "");
    text + &format!("{} passed, {} failed", sum.passed, sum.failed)
}

/// A suite that is one check counts as one test.
fn check(outcome: Outcome) -> (Tally, Outcome) {
    let passed = u64::from(outcome.is_ok());
    (
        Tally {
            passed,
            failed: 1 - passed,
        },
        outcome,
    )
}

fn deny(run: &Run) -> Outcome {
    let cargo_deny = tools::ensure(&run.workspace, &tools::DENY)?;
    let mut command = std::process::Command::new(cargo_deny);
    command.current_dir(run.workspace.root()).args([
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]);
    exec::run(&mut command)
}

fn clippy(run: &Run) -> Outcome {
    exec::run(&mut run.workspace.cargo([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn programs(run: &Run) -> Outcome {
    let folder = build::programs(&run.workspace, Profile::Debug)?;
    wgpu::absent_from_shell(&run.workspace, &folder)
}

/// The packages whose tests are built together: those that are built together as programs, so that
/// the features agree and nothing is compiled twice.
const UNIT: &[&[&str]] = &[
    &[
        "xtask",
        "goblin-ninep",
        "goblin-trees",
        "goblin-mirror",
        "goblin-manager",
        "goblin-session",
    ],
    &["goblin-compositor"],
    &["goblin-shell"],
    &["goblin-panels", "goblin-ui"],
];

/// The libraries, whose documentation holds examples that must compile and hold.
const LIBRARIES: &[&str] = &["goblin-ninep", "goblin-trees", "goblin-ui"];

fn unit(run: &Run) -> (Tally, Outcome) {
    let mut sum = Tally::default();
    for packages in UNIT {
        let (tally, outcome) = tally::nextest(run, packages, &[]);
        sum = sum + tally;
        if outcome.is_err() {
            return (sum, outcome);
        }
    }
    let (tally, outcome) = tally::doc_tests(run, LIBRARIES);
    (sum + tally, outcome)
}

fn system(run: &Run) -> (Tally, Outcome) {
    match build::programs(&run.workspace, Profile::Debug) {
        Ok(folder) => match image::guest9p::ensure(&run.workspace) {
            Ok(guest) => tally::nextest(
                run,
                &["goblin-tests"],
                &[
                    ("GOBLIN_BIN_DIR", folder.as_os_str()),
                    ("GOBLIN_GUEST_DIR", guest.as_os_str()),
                ],
            ),
            Err(fault) => check(Err(fault)),
        },
        Err(fault) => check(Err(fault)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_run_in_our_order_not_in_that_of_the_words() {
        let words = ["system".to_owned(), "style".to_owned()];
        let names: Vec<_> = choose(&words)
            .unwrap()
            .iter()
            .map(|suite| suite.name)
            .collect();
        assert_eq!(names, ["style", "system"]);
        assert_eq!(choose(&[]).unwrap().len(), SUITES.len());
    }

    #[test]
    fn an_unknown_suite_is_named_beside_the_known_ones() {
        let fault = choose(&["unti".to_owned()]).err().unwrap();
        assert!(fault.to_string().contains("`unti`") && fault.to_string().contains("unit"));
    }

    #[test]
    fn the_table_shows_what_ran_and_what_did_not_and_ends_with_the_sum() {
        let row = |name, seconds, passed, failed| Row {
            name,
            took: Duration::from_secs(seconds),
            tally: Tally { passed, failed },
        };
        let chosen = choose(&["style".into(), "unit".into(), "system".into()]).unwrap();
        let text = table(&[row("style", 61, 1, 0), row("unit", 4, 20, 2)], &chosen);
        let lines: Vec<Vec<&str>> = text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(lines[1], ["style", "1:01", "1", "0"]);
        assert_eq!(lines[2], ["unit", "0:04", "20", "2"]);
        assert_eq!(lines[3], ["system", "not", "run"]);
        assert_eq!(lines[4], ["sum", "1:05"]);
        assert_eq!(text.lines().last(), Some("21 passed, 2 failed"));
    }

    #[test]
    fn every_room_is_in_one_unit_run() {
        let mut listed: Vec<_> = UNIT.concat();
        // The suite `system`, what runs inside its guest, and the suite `wlcs`.
        listed.extend(["goblin-tests", "goblin-guest", "goblin-wlcs"]);
        listed.sort_unstable();
        let mut rooms: Vec<_> = rooms::ROOMS.iter().map(|room| room.name).collect();
        rooms.sort_unstable();
        assert_eq!(listed, rooms);
    }
}
