//! `cargo xtask journey`: a working day in a session, with the programs that are too heavy for the tests.

use crate::build::{self, Profile};
use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

/// The word `journey`.
///
/// # Errors
/// On an unknown option, when a package or program cannot be had, and when a station is not reached.
pub(crate) fn main(words: &[String]) -> Outcome {
    let light = words.first().is_some_and(|word| word == "--light");
    if let Some(unknown) = words.iter().find(|word| *word != "--light") {
        return Err(Fault::new(format!(
            "`journey` has no option `{unknown}`; it takes --light"
        )));
    }
    packages::ensure(Purpose::Journey)?;
    let workspace = Workspace::find()?;
    let folder = build::programs(&workspace, Profile::Debug)?;
    say::line("a working day; its pictures go to target/system-tests/journey");
    let mut command = workspace.cargo([
        "run",
        "--quiet",
        "--locked",
        "--package=goblin-tests",
        "--bin=goblin-journey",
    ]);
    if light {
        command.args(["--", "--light"]);
    }
    exec::run(command.env("GOBLIN_BIN_DIR", &folder))
}
