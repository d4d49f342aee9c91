//! `cargo bench -p goblin-compositor --bench against_peers`: our compositor against sway and weston, all headless on one output of
//! 1920×1080 with software rendering, one after the other in one run. The load is a Wayland client of this program, the same for all
//! three. Reports, and judges nothing but the budgets beside the figures.
//!
//! `-- [--rounds N] [--only ROW]`: every row is measured N times (3 unless given), the median counts; ROW picks lines by a
//! part of their name.

mod client;
mod process;
mod report;
mod rows;
mod servers;

use anyhow::{Context, Result, bail};

use report::Report;
use servers::{Kind, Server};

struct Options {
    rounds: usize,
    only: Option<String>,
}

fn main() -> Result<()> {
    let options = parse(std::env::args().skip(1))?;
    let mut report = Report::default();
    println!(
        "load average before: {}",
        std::fs::read_to_string("/proc/loadavg")?.trim()
    );
    for round in 1..=options.rounds {
        for kind in Kind::ALL {
            eprintln!("round {round} of {}: {}", options.rounds, kind.name());
            for row in rows::ALL {
                if options
                    .only
                    .as_ref()
                    .is_some_and(|only| !row.name.contains(only.as_str()))
                {
                    continue;
                }
                let server = Server::start(kind).with_context(|| kind.name())?;
                match (row.measure)(&server) {
                    Ok(figures) => report.add(row, kind, figures),
                    Err(error) => {
                        report.note(format!("{}: {}: {error:#}", kind.name(), row.name));
                    }
                }
            }
        }
    }
    report.print();
    Ok(())
}

fn parse(words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options {
        rounds: 3,
        only: None,
    };
    let mut words = words;
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))
        };
        match word.as_str() {
            // cargo says this to every bench.
            "--bench" => {}
            "--rounds" => options.rounds = value()?.parse().context("--rounds")?,
            "--only" => options.only = Some(value()?),
            unknown => bail!("there is no option {unknown}; --rounds and --only are"),
        }
    }
    Ok(options)
}
