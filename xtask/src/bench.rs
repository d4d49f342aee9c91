//! `cargo xtask bench NAME`: figures, measured on this machine. A bench reports; it never fails for
//! being slow.

use std::process::Command;

use crate::build::{self, Profile};
use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

/// What can be measured.
struct Bench {
    name: &'static str,
    what: &'static str,
    /// What is to be run for it, once all is built.
    command: fn(&Workspace) -> Outcome<Command>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "rest",
        what: "a session with a panel open, from second 5 to second 50 of a minute without input: \
               frames drawn; PSS, wake-ups and CPU time of each process",
        command: rest,
    },
    Bench {
        name: "ninep",
        what: "9P against diod: rates of small and large requests over unix sockets and TCP",
        command: ninep,
    },
];

/// The word `bench`.
///
/// # Errors
/// On an unknown bench, or when what it measures cannot be built or started.
pub(crate) fn main(words: &[String]) -> Outcome {
    let Some((name, more)) = words.split_first() else {
        for bench in BENCHES {
            say::plain(format_args!("{:<8} {}", bench.name, bench.what));
        }
        return Ok(());
    };
    let bench = BENCHES
        .iter()
        .find(|bench| bench.name == name)
        .ok_or_else(|| {
            Fault::new(format!(
                "there is no bench `{name}`; `cargo xtask bench` lists them"
            ))
        })?;
    packages::ensure(Purpose::Bench)?;
    let workspace = Workspace::find()?;
    let mut command = (bench.command)(&workspace)?;
    say::line(format_args!("measuring `{name}`: {}", bench.what));
    exec::run(command.args(more))
}

/// Real sessions are started by the crate of the whole-system tests; so it is there that they are
/// measured.
fn rest(workspace: &Workspace) -> Outcome<Command> {
    let folder = build::programs(workspace, Profile::Release)?;
    let package = "--package=goblin-tests";
    let mut command = workspace.cargo([
        "run",
        "--quiet",
        "--locked",
        package,
        "--bin=goblin-bench",
        "--",
    ]);
    command.arg("rest").env("GOBLIN_BIN_DIR", &folder);
    Ok(command)
}

fn ninep(workspace: &Workspace) -> Outcome<Command> {
    let package = "--package=goblin-ninep";
    Ok(workspace.cargo(["bench", "--locked", package, "--bench=against_diod", "--"]))
}
