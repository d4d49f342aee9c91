//! Exercises a folder that the guest has mounted. What it should do is not written down here: a second folder, on
//! the guest's own ext4, is the oracle, and whatever is done is done to both.
//!
//! Ends with success, or with one line on what differed.

mod difference;
mod locks;
mod random;
mod script;
mod xattrs;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
goblin-guest random FOLDER ORACLE SEED COUNT full|content|plain   random operations, compared after each
goblin-guest xattrs FOLDER ORACLE                                 extended attributes
goblin-guest locks FOLDER SAME-FOLDER ORACLE                      byte-range locks of two processes over two mounts
goblin-guest hold FILE read|write FIRST COUNT                     (used by `locks`) hold a lock until standard input ends
goblin-guest events FILE                                          the events that there are, without waiting for more
goblin-guest populate FOLDER COUNT                                many small files
goblin-guest same FOLDER FOLDER                                   compare two folders";

/// What went wrong, as one line.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // Without a standard error there is still the exit status.
            let _ = writeln!(std::io::stderr(), "{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Outcome {
    let number = |word: &str| {
        word.parse::<u64>()
            .map_err(|_| format!("{word} is not a number"))
    };
    match words {
        ["random", folder, oracle, seed, count, scope] => {
            let scope = random::Scope::named(scope).ok_or(HELP)?;
            random::run(
                Path::new(folder),
                Path::new(oracle),
                number(seed)?,
                number(count)?,
                scope,
            )
        }
        ["xattrs", folder, oracle] => xattrs::run(Path::new(folder), Path::new(oracle)),
        ["locks", folder, same, oracle] => {
            locks::run(Path::new(folder), Path::new(same), Path::new(oracle))
        }
        ["hold", file, kind, first, count] => {
            locks::hold(Path::new(file), kind, number(first)?, number(count)?)
        }
        ["events", file] => script::events(Path::new(file)),
        ["populate", folder, count] => script::populate(Path::new(folder), number(count)?),
        ["same", one, other] => difference::between(Path::new(one), Path::new(other), true),
        _ => Err(HELP.to_owned()),
    }
}
