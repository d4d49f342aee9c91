//! `cargo bench -p goblin-compositor --bench soak`: a session that goes on for very long, in minutes.
//!
//! The compositor runs as a process of its own, headless; the clients of this program speak to its socket, the verbs go by its tree. Windows
//! open and close by the thousand, outputs come and go in any order, the focus goes from window to window. A tenth of
//! it warms the process up; from then on its memory may grow by [`MAY_GROW`], its descriptors not at all, and
//! no window may be lost.
//!
//! `-- [--windows N] [--outputs N] [--focuses N] [--seed N]`

mod client;
mod desktop;
mod held;
mod server;
mod work;

use anyhow::{Context, Result, bail, ensure};

use desktop::Desktop;
use held::Held;
use server::Server;
use work::{Random, Work};

/// The most that memory may grow by after the warming up, in KiB.
const MAY_GROW: u64 = 2 * 1024;
/// What part of the work warms it up.
const WARM: u64 = 10;

/// How much is done.
#[derive(Debug, Clone, Copy)]
struct Amount {
    windows: u64,
    outputs: u64,
    focuses: u64,
}

impl Amount {
    fn warming(self) -> Self {
        Self {
            windows: self.windows / WARM,
            outputs: self.outputs / WARM,
            focuses: self.focuses / WARM,
        }
    }
}

fn main() -> Result<()> {
    let (amount, seed) = parse(std::env::args().skip(1))?;
    let server = Server::start()?;
    let desktop = Desktop::of(&server)?;
    let mut work = Work::new(&server, &desktop, Random::new(seed))?;
    println!("{}", Held::HEAD);
    let started = Held::by(server.pid(), &desktop)?;
    started.print("started");
    pass(&mut work, amount.warming())?;
    work.rest()?;
    let before = Held::by(server.pid(), &desktop)?;
    before.print("warmed up");

    work.windows(amount.windows)?;
    let label = format!("{} windows", amount.windows);
    Held::by(server.pid(), &desktop)?.print(&label);
    work.outputs(amount.outputs)?;
    let label = format!("{} outputs", amount.outputs);
    Held::by(server.pid(), &desktop)?.print(&label);
    let told = work.focuses(amount.focuses)?;
    let label = format!("{} focus changes", amount.focuses);
    Held::by(server.pid(), &desktop)?.print(&label);
    work.rest()?;
    let after = Held::by(server.pid(), &desktop)?;
    after.print("at rest");

    println!(
        "{told} of {} focus changes were told to clients",
        amount.focuses
    );
    ensure!(told == amount.focuses, "focus changes were lost");
    judge(&before, &after)?;
    ensure!(desktop.faults()? == 0, "requests ended in a fault of ours");
    server.end()
}

/// All of the work, once.
fn pass(work: &mut Work<'_>, amount: Amount) -> Result<()> {
    work.windows(amount.windows)?;
    work.outputs(amount.outputs)?;
    work.focuses(amount.focuses)?;
    Ok(())
}

fn judge(before: &Held, after: &Held) -> Result<()> {
    for (what, before, after) in [
        ("memory (PSS)", before.pss, after.pss),
        ("memory (anonymous)", before.anonymous, after.anonymous),
    ] {
        ensure!(
            after <= before + MAY_GROW,
            "{what} grew from {before} to {after} KiB: {MAY_GROW} at most"
        );
    }
    ensure!(
        after.descriptors <= before.descriptors,
        "descriptors grew from {} to {}",
        before.descriptors,
        after.descriptors
    );
    ensure!(
        after.threads <= before.threads,
        "threads grew from {} to {}",
        before.threads,
        after.threads
    );
    ensure!(
        after.windows == before.windows,
        "there were {} windows and are {}",
        before.windows,
        after.windows
    );
    Ok(())
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<(Amount, u64)> {
    let mut amount = Amount {
        windows: 10_000,
        outputs: 1_000,
        focuses: 100_000,
    };
    let mut seed = 1;
    while let Some(word) = words.next() {
        let number = match word.as_str() {
            // cargo says this to every bench.
            "--bench" => continue,
            "--windows" => &mut amount.windows,
            "--outputs" => &mut amount.outputs,
            "--focuses" => &mut amount.focuses,
            "--seed" => &mut seed,
            unknown => bail!("there is no option {unknown}"),
        };
        let value = words.next();
        *number = value
            .and_then(|value| value.parse().ok())
            .with_context(|| format!("{word} needs a number"))?;
    }
    Ok((amount, seed))
}
