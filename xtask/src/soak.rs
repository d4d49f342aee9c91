//! `cargo xtask soak compositor`: a session that goes on for very long, in minutes.

use crate::exec::{self, Fault, Outcome};
use crate::packages::{self, Purpose};
use crate::say;
use crate::workspace::Workspace;

const USAGE: &str = "`cargo xtask soak compositor [--windows N] [--outputs N] [--focuses N] [--seed N]`: so many windows, outputs and \
     changes of focus, 10,000, 1,000 and 100,000 unless said otherwise";

/// The options that go on to the soak; each has a number.
const OPTIONS: [&str; 4] = ["--windows", "--outputs", "--focuses", "--seed"];

/// The word `soak`.
///
/// # Errors
/// On words it does not know, and when memory or descriptors grew or a window was lost.
pub(crate) fn main(words: &[String]) -> Outcome {
    let options = parse(words)?;
    packages::ensure(Purpose::Run)?;
    let workspace = Workspace::find()?;
    say::line("windows, outputs and the focus come and go (about five minutes after the build)");
    // The compositor as it ships, and the clients beside it.
    exec::run(
        workspace
            .cargo([
                "bench",
                "--quiet",
                "--locked",
                "--package=goblin-compositor",
                "--bench=soak",
                "--",
            ])
            .args(options),
    )
}

fn parse(words: &[String]) -> Outcome<&[String]> {
    let Some((name, options)) = words.split_first() else {
        return Err(Fault::new(USAGE));
    };
    let (pairs, rest) = options.as_chunks::<2>();
    let known = |[option, number]: &[String; 2]| {
        OPTIONS.contains(&option.as_str()) && number.parse::<u64>().is_ok()
    };
    if name == "compositor" && rest.is_empty() && pairs.iter().all(known) {
        return Ok(options);
    }
    Err(Fault::new(USAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_numbers() {
        let words =
            |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
        assert_eq!(parse(&words("compositor")), Ok(&[][..]));
        let line = words("compositor --windows 50 --seed 7");
        assert_eq!(parse(&line), Ok(&line[1..]));
        for wrong in [
            "",
            "ninep",
            "compositor --windows",
            "compositor --windows x",
            "compositor --minutes 3",
            "compositor 5",
        ] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
