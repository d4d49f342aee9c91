//! `cargo xtask`: the commands of a person who builds goblin from its source.
//!
//! One module for each word. Nothing on the machine is needed but Rust and a C linker: what else a
//! word needs, it installs and says so.

mod bench;
mod build;
mod exec;
mod fuzz;
mod image;
mod journey;
mod packages;
mod run;
mod say;
mod soak;
mod test;
mod workspace;

use std::process::ExitCode;

use exec::{Fault, Outcome};

const HELP: &str = "\
Build, run and test goblin.

Usage: cargo xtask <WORD> [OPTIONS]

  run                  install what is needed, build, and start the session: in a window where
                       there is a display, else headless with a picture of it
    --headless           without a window, even where there is a display
    --screenshot FILE    where the picture of a headless session goes
    --once               stop after the picture (for scripts)
    --release            with optimised programs
  build [--release]    build every program as it ships, into one folder
  test [SUITE…]        install what the tests need and run all of them, or only the suites named
    -- ARGS              ARGS go to cargo-nextest (a part of a test's name, for example)
  bench [NAME [ARGS]]  measure; without a name: list what can be measured
  fuzz ninep           fuzz the 9P codec and server for ten minutes
    --minutes N          or for so many
    --keep               and add inputs that showed something new to the kept corpus
  fuzz compositor      a million random requests of hostile clients
    --requests N         or so many
    --seed N             from another seed, or from one that a failure named
  fuzz layout          a million random operations on the model of the windows' places
    --operations N       or so many
  soak compositor      windows, outputs and changes of focus by the thousand: memory stays as it is
    --windows N          so many windows, not 10,000
    --outputs N          so many outputs, not 1,000
    --focuses N          so many changes of focus, not 100,000
    --seed N             in another order
  journey              a working day in some fifty steps with a browser, a film and fcitx5, a picture of
                       each in target/system-tests/journey
    --light              without what is heavy to install
  image guest9p        build the QEMU guest in which Linux's own 9P client meets our server
  help                 this text

Suites of `test`: ";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            say::fault(&fault);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[String]) -> Outcome {
    let Some((word, rest)) = words.split_first() else {
        print_help();
        return Ok(());
    };
    match word.as_str() {
        "run" => run::main(rest),
        "build" => build::main(rest),
        "test" => test::main(rest),
        "bench" => bench::main(rest),
        "fuzz" => fuzz::main(rest),
        "soak" => soak::main(rest),
        "image" => image::main(rest),
        "journey" => journey::main(rest),
        "help" | "--help" | "-h" => {
            print_help();
            Ok(())
        }
        unknown => Err(Fault::new(format!(
            "there is no word `{unknown}`; `cargo xtask help` lists them"
        ))),
    }
}

fn print_help() {
    say::plain(format_args!("{HELP}{}", test::suite_names().join(", ")));
}
