//! How many tests passed and failed, from what the test runners report.

use std::ffi::OsStr;
use std::fs;
use std::ops::Add;
use std::process::Command;

use super::{Run, tools};
use crate::exec::{self, Fault, Outcome};

/// Counts of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Those that passed.
    pub(super) passed: u64,
    /// Those that failed, timed out or could not be run.
    pub(super) failed: u64,
}

impl Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

/// Runs the tests of some packages by cargo-nextest, to the last one even when one fails.
pub(super) fn nextest(
    run: &Run,
    packages: &[&str],
    environment: &[(&str, &OsStr)],
) -> (Tally, Outcome) {
    let program = match tools::ensure(&run.workspace, &tools::NEXTEST) {
        Ok(program) => program,
        Err(fault) => return super::check(Err(fault)),
    };
    // Where nextest keeps it: below the root, wherever cargo's target folder is. A report of an earlier
    // run must not be taken for ours.
    let report = run
        .workspace
        .root()
        .join("target/nextest/default/junit.xml");
    let _ = fs::remove_file(&report);
    let mut command = Command::new(program);
    command
        .current_dir(run.workspace.root())
        .args([
            "nextest",
            "run",
            "--locked",
            "--no-fail-fast",
            "--no-tests=pass",
        ])
        .envs(environment.iter().copied());
    for package in packages {
        command.args(["--package", package]);
    }
    let outcome = exec::run(command.args(&run.filter));
    let tally = fs::read_to_string(&report)
        .ok()
        .and_then(|text| parse_junit(&text));
    match (tally, outcome) {
        (Some(tally), outcome) => (tally, outcome),
        (None, Ok(())) => super::check(Err(Fault::new(format!(
            "cargo-nextest left no report at {}",
            report.display()
        )))),
        // It did not come to the tests: they do not compile.
        (None, failed) => super::check(failed),
    }
}

/// The totals of a JUnit report: the attributes of its first element.
fn parse_junit(text: &str) -> Option<Tally> {
    let element = text.split("<testsuites ").nth(1)?.split('>').next()?;
    let count = |name: &str| -> Option<u64> {
        let value = element
            .split(&format!("{name}=\""))
            .nth(1)?
            .split('"')
            .next()?;
        value.parse().ok()
    };
    let failed = count("failures")? + count("errors")?;
    Some(Tally {
        passed: count("tests")?.checked_sub(failed)?,
        failed,
    })
}

/// Runs the examples in the documentation of some libraries.
pub(super) fn doc_tests(run: &Run, libraries: &[&str]) -> (Tally, Outcome) {
    let mut sum = Tally::default();
    for library in libraries {
        let mut command = run
            .workspace
            .cargo(["test", "--locked", "--doc", "--package", library]);
        let outcome = exec::run_lines(&mut command, |line| {
            if let Some(tally) = parse_test_result(line) {
                sum = sum + tally;
            }
        });
        if outcome.is_err() {
            sum.failed = sum.failed.max(1);
            return (sum, outcome);
        }
    }
    (sum, Ok(()))
}

/// The closing line of libtest.
fn parse_test_result(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("test result: ")?;
    let count = |word: &str| -> Option<u64> {
        let before = rest.split(word).next()?;
        before
            .split([' ', '.', ';'])
            .rfind(|part| !part.is_empty())?
            .parse()
            .ok()
    };
    Some(Tally {
        passed: count(" passed")?,
        failed: count(" failed")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_junit_report_gives_its_totals() {
        let text = "<?xml version=\"1.0\"?>\n<testsuites name=\"nextest-run\" tests=\"12\" \
                    failures=\"2\" errors=\"1\" uuid=\"x\"><testsuite name=\"a\" tests=\"12\"/>";
        assert_eq!(
            parse_junit(text),
            Some(Tally {
                passed: 9,
                failed: 3
            })
        );
        assert_eq!(parse_junit("<testsuites name=\"cut"), None);
        assert_eq!(parse_junit(""), None);
    }

    #[test]
    fn libtests_closing_line_gives_its_totals() {
        let line =
            "test result: FAILED. 10 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(
            parse_test_result(line),
            Some(Tally {
                passed: 10,
                failed: 3
            })
        );
        let line = "test result: ok. 0 passed; 0 failed; 0 ignored";
        assert_eq!(parse_test_result(line), Some(Tally::default()));
        assert_eq!(parse_test_result("running 3 tests"), None);
    }
}
