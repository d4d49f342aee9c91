//! `cargo xtask bench NAME`: figures, measured on this machine. A bench reports; it never fails for
//! being slow.

use crate::build::{self, Profile};
use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

/// Something that can be measured.
struct Bench {
    name: &'static str,
    what: &'static str,
    /// Gets the words after the name.
    run: fn(&[String]) -> Outcome,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "rest",
        what: "a session with a panel open, from second 5 to second 50 of a minute without input: \
               frames drawn; PSS, wake-ups and CPU time of each process",
        run: rest,
    },
    Bench {
        name: "ninep",
        what: "our 9P server against Debian's diod, on one folder in memory: rates, processor time \
               and wake-ups; takes --dir DIR, --rounds N, --only WORK and --depth N",
        run: ninep,
    },
    Bench {
        name: "compositor",
        what: "our compositor against sway and weston, headless: start, memory, wake-ups, processor \
               time, pacing, input, screenshots; takes --rounds N and --only ROW",
        run: compositor,
    },
];

/// The word `bench`.
///
/// # Errors
/// On an unknown bench, or when the session to measure cannot be built or started.
pub(crate) fn main(words: &[String]) -> Outcome {
    let Some((name, options)) = words.split_first() else {
        for Bench { name, what, .. } in BENCHES {
            say::plain(format_args!("{name:<11} {what}"));
        }
        return Ok(());
    };
    let Some(bench) = BENCHES.iter().find(|bench| bench.name == name) else {
        return Err(Fault::new(format!(
            "there is no bench `{name}`; `cargo xtask bench` lists them"
        )));
    };
    (bench.run)(options)
}

/// The measuring is in the crate `goblin-tests`, where real sessions are started.
fn rest(options: &[String]) -> Outcome {
    if let Some(unknown) = options.first() {
        return Err(Fault::new(format!(
            "`bench rest` has no option `{unknown}`; it takes none"
        )));
    }
    packages::ensure(Purpose::Run)?;
    let workspace = Workspace::find()?;
    let folder = build::programs(&workspace, Profile::Release)?;
    say::line("measuring `rest`");
    exec::run(
        workspace
            .cargo([
                "run",
                "--quiet",
                "--locked",
                "--package=goblin-tests",
                "--bin=goblin-bench",
            ])
            .args(["--", "rest"])
            .env("GOBLIN_BIN_DIR", &folder),
    )
}

/// The measuring is a bench of the crate itself; the three compositors are processes of their own.
fn compositor(options: &[String]) -> Outcome {
    packages::ensure(Purpose::BenchCompositor)?;
    let workspace = Workspace::find()?;
    say::line("measuring `compositor` (about five minutes after the build)");
    exec::run(
        workspace
            .cargo([
                "bench",
                "--quiet",
                "--locked",
                "--package=goblin-compositor",
                "--bench=against_peers",
            ])
            .arg("--")
            .args(options),
    )
}

/// The measuring is a bench of the crate itself; both servers and the load are processes of its own.
fn ninep(options: &[String]) -> Outcome {
    packages::ensure(Purpose::BenchNinep)?;
    let workspace = Workspace::find()?;
    say::line("measuring `ninep` (about four minutes after the build)");
    exec::run(
        workspace
            .cargo([
                "bench",
                "--quiet",
                "--locked",
                "--package=goblin-ninep",
                "--bench=against_diod",
            ])
            .arg("--")
            .args(options),
    )
}
