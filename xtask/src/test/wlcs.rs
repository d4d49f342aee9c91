//! The Wayland conformance test suite (WLCS) against our compositor, by the module of `tests/wlcs`.
//!
//! Every case that is not for a legacy global is run; WLCS itself skips those for globals that we do
//! not declare. A case may fail only if it is on the list of those known to, with the reason, and a
//! case on that list must fail: so the list is always what is left to do.

mod expected;
mod shard;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Run;
use super::tally::Tally;
use crate::exec::{self, Fault, Outcome};
use crate::say;
use expected::Expected;
use shard::{Case, Verdict};

/// A case that has not ended by then has hung. WLCS itself gives up waiting after ten seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// What names a case for a global that nobody should offer any more.
const LEGACY: &[&str] = &["wlshell", "wl_shell", "v6", "gtkprimary"];

/// What WLCS asks for only to see whether it notices that it is missing.
const SELF_TEST: &[&str] = &["wlcs_non_existent_extension", "xdg_not_really_an_extension"];

/// The suite `wlcs`.
pub(super) fn suite(run: &Run) -> (Tally, Outcome) {
    match suite_inner(run) {
        Ok((tally, faults)) if faults.is_empty() => (tally, Ok(())),
        Ok((tally, faults)) => (tally, Err(Fault::new(faults.join("\n")))),
        Err(fault) => super::check(Err(fault)),
    }
}

fn suite_inner(run: &Run) -> Outcome<(Tally, Vec<String>)> {
    let expected = run
        .workspace
        .root()
        .join("tests/wlcs/expected-failures.txt");
    let expected = fs::read_to_string(&expected)
        .map_err(|error| Fault::new(format!("{}: {error}", expected.display())))?;
    let expected = Expected::parse(&expected)?;
    exec::run(
        &mut run
            .workspace
            .cargo(["build", "--locked", "--package=goblin-wlcs"]),
    )?;
    let module = run.workspace.target("debug/libgoblin_wlcs.so");
    let program = program()?;
    let all = list(&program, &module)?;
    // A word after `--` chooses the cases whose name it is a part of.
    let chosen: Vec<String> = all
        .iter()
        .filter(|name| !is_legacy(name) && !is_disabled(name))
        .filter(|name| run.filter.is_empty() || run.filter.iter().any(|part| name.contains(part)))
        .cloned()
        .collect();
    let mut cases = shard::run_all(&program, &module, &chosen, LIMIT)?;
    if run.filter.is_empty() {
        let disabled = all
            .iter()
            .filter(|name| is_disabled(name) && !is_legacy(name));
        cases.extend(disabled.map(|name| (name.clone(), Case::disabled())));
    }
    let mut faults = verdicts(&expected, &cases);
    faults.extend(expected.unknown(&all));
    say::plain(figure(&cases));
    let passed = count(&cases, |verdict| *verdict == Verdict::Passed);
    let failed = faults.len() as u64;
    Ok((Tally { passed, failed }, faults))
}

/// Where Debian has WLCS: a folder of the machine's libraries.
fn program() -> Outcome<PathBuf> {
    let folders = fs::read_dir("/usr/lib").map_err(|error| Fault::new(error.to_string()))?;
    folders
        .flatten()
        .map(|folder| folder.path().join("wlcs/wlcs"))
        .chain([PathBuf::from("/usr/libexec/wlcs/wlcs")])
        .find(|path| path.is_file())
        .ok_or_else(|| {
            Fault::new("there is no program wlcs below /usr/lib: install the package wlcs")
        })
}

/// The names of all cases, in the order they run in.
fn list(program: &Path, module: &Path) -> Outcome<Vec<String>> {
    let text = exec::capture(Command::new(program).arg(module).arg("--gtest_list_tests"))?;
    let mut suite = "";
    let mut names = Vec::new();
    for line in text.lines() {
        let name = line.split('#').next().unwrap_or_default().trim();
        if line.starts_with(' ') {
            names.push(format!("{suite}{name}"));
        } else {
            suite = name;
        }
    }
    Ok(names)
}

fn is_legacy(name: &str) -> bool {
    let name = name.to_lowercase();
    LEGACY.iter().any(|word| name.contains(word))
}

/// Whether WLCS itself never runs a case.
fn is_disabled(name: &str) -> bool {
    name.contains(".DISABLED_")
}

/// What is not as it must be.
fn verdicts(expected: &Expected, cases: &BTreeMap<String, Case>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, case) in cases {
        match (&case.verdict, expected.reason(name)) {
            (Verdict::Crashed | Verdict::TimedOut, _) => {
                faults.push(format!("{name} {}:\n{}", case.verdict, case.output));
            }
            (Verdict::Failed, None) => faults.push(format!("{name} failed:\n{}", case.output)),
            (Verdict::Passed, Some(reason)) => faults.push(format!(
                "{name} passes: take it off the list of those expected to fail, where it says: {reason}"
            )),
            (Verdict::Failed | Verdict::Skipped, Some(_))
            | (Verdict::Passed | Verdict::Skipped, None) => {}
        }
    }
    faults
}

fn count(cases: &BTreeMap<String, Case>, of: impl Fn(&Verdict) -> bool) -> u64 {
    cases.values().filter(|case| of(&case.verdict)).count() as u64
}

/// How many of all passed, failed and were skipped, and why those were.
fn figure(cases: &BTreeMap<String, Case>) -> String {
    let all = cases.len() as u64;
    let passed = count(cases, |verdict| *verdict == Verdict::Passed);
    let skipped = count(cases, |verdict| *verdict == Verdict::Skipped);
    let missing: BTreeSet<&str> = cases
        .values()
        .filter(|case| case.verdict == Verdict::Skipped)
        .flat_map(|case| case.output.lines())
        .filter_map(|line| line.split_once("Missing extension: "))
        .map(|(_, name)| name.split('>').next().unwrap_or(name))
        .filter(|name| !SELF_TEST.contains(name))
        .collect();
    let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
    format!(
        "WLCS: {passed} of {all} non-legacy cases passed ({}), {} failed, {skipped} were skipped (no {missing}, or disabled by WLCS); \
         of those not skipped {} passed",
        percent(passed, all),
        all - passed - skipped,
        percent(passed, all - skipped),
    )
}

fn percent(part: u64, whole: u64) -> String {
    let tenths = (part * 1000 + whole / 2).checked_div(whole).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(rows: &[(&str, Verdict, &str)]) -> BTreeMap<String, Case> {
        let case = |(name, verdict, output): &(&str, Verdict, &str)| {
            let case = Case {
                verdict: verdict.clone(),
                output: (*output).to_owned(),
            };
            ((*name).to_owned(), case)
        };
        rows.iter().map(case).collect()
    }

    #[test]
    fn a_failure_is_allowed_only_from_the_list_and_the_list_only_failures() {
        let expected = Expected::parse("A.known  a reason\nA.mended  a reason\n").unwrap();
        let cases = cases(&[
            ("A.known", Verdict::Failed, ""),
            ("A.mended", Verdict::Passed, ""),
            ("A.new", Verdict::Failed, "what it said"),
            ("A.fine", Verdict::Passed, ""),
        ]);
        let faults = verdicts(&expected, &cases);
        assert_eq!(faults.len(), 2);
        assert!(faults[0].contains("A.mended passes"), "{faults:?}");
        assert!(faults[1].contains("A.new failed") && faults[1].contains("what it said"));
    }

    #[test]
    fn no_list_allows_a_crash_or_a_hang() {
        let expected = Expected::parse("A.*  a reason\n").unwrap();
        let cases = cases(&[
            ("A.one", Verdict::Crashed, ""),
            ("A.two", Verdict::TimedOut, ""),
        ]);
        assert_eq!(verdicts(&expected, &cases).len(), 2);
    }

    #[test]
    fn the_figure_counts_all_and_names_what_was_missing() {
        let text = figure(&cases(&[
            ("A.one", Verdict::Passed, ""),
            (
                "A.two",
                Verdict::Skipped,
                "[ ] Missing extension: wl_shell>= 1",
            ),
            ("A.three", Verdict::Failed, ""),
        ]));
        assert!(
            text.contains(
                "1 of 3 non-legacy cases passed (33.3 %), 1 failed, 1 were skipped (no wl_shell, or disabled by WLCS)"
            ),
            "{text}"
        );
        assert!(text.ends_with("not skipped 50.0 % passed"), "{text}");
    }

    #[test]
    fn legacy_shells_are_known_by_name() {
        assert!(is_legacy("XdgShellV6Subsurfaces/SubsurfaceTest.x/0"));
        assert!(is_legacy("AllSurfaceTypes/TouchTest.y/wl_shell_surface"));
        assert!(!is_legacy("XdgPopupStable/XdgPopupTest.z/0"));
    }
}
