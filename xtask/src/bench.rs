//! `cargo xtask bench NAME`: figures, measured on this machine. A bench reports; it never fails for
//! being slow.

use crate::build::{self, Profile};
use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

/// What can be measured. The measuring itself is in the crate `goblin-tests`, where real sessions
/// are started.
const BENCHES: &[(&str, &str)] = &[(
    "rest",
    "a session at rest from second 5 to second 50: frames drawn, and PSS, wake-ups and CPU time of \
     each process",
)];

/// The word `bench`.
///
/// # Errors
/// On an unknown bench, or when the session to measure cannot be built or started.
pub(crate) fn main(words: &[String]) -> Outcome {
    let [name] = words else {
        for (name, what) in BENCHES {
            say::plain(format_args!("{name:<8} {what}"));
        }
        return Ok(());
    };
    if !BENCHES.iter().any(|(known, _)| known == name) {
        return Err(Fault::new(format!(
            "there is no bench `{name}`; `cargo xtask bench` lists them"
        )));
    }
    packages::ensure(Purpose::Run)?;
    let workspace = Workspace::find()?;
    let folder = build::programs(&workspace, Profile::Release)?;
    say::line(format_args!("measuring `{name}`"));
    exec::run(
        workspace
            .cargo([
                "run",
                "--quiet",
                "--locked",
                "--package=goblin-tests",
                "--bin=goblin-bench",
            ])
            .args(["--", name])
            .env("GOBLIN_BIN_DIR", &folder),
    )
}
