//! The figures side by side, and the budgets beside them.

use std::collections::BTreeMap;

/// What one server did in one round.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Chains or, of a stream, MB.
    pub(crate) units: f64,
    /// How long it took, in seconds.
    pub(crate) time: f64,
    /// Processor time that the server took for it, in seconds.
    pub(crate) cpu: f64,
}

/// What one server did in all rounds.
#[derive(Clone, Default)]
struct Figure {
    /// Chains or MB each second, in each round.
    rates: Vec<f64>,
    units: f64,
    /// The kernel tells it in hundredths of a second, so one round says little.
    cpu: f64,
}

impl Figure {
    fn add(&mut self, sample: Sample) {
        self.rates.push(sample.units / sample.time);
        self.units += sample.units;
        self.cpu += sample.cpu;
    }

    /// The median of the rounds: neither a lucky one nor one that something else disturbed.
    fn rate(&self) -> f64 {
        let mut rates = self.rates.clone();
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().unwrap_or_default()
    }

    fn best(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }

    /// Processor time for each chain or MB, in microseconds.
    fn cpu(&self) -> f64 {
        self.cpu * 1e6 / self.units
    }
}

/// What was measured: transport, work, block size (0 where there is none), depth.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case {
    pub(crate) net: &'static str,
    pub(crate) work: &'static str,
    pub(crate) block: u32,
    pub(crate) depth: u16,
}

/// All figures of a run: ours and diod's.
#[derive(Default)]
pub(crate) struct Report {
    cases: BTreeMap<Case, (Figure, Figure)>,
    /// Wake-ups each second, and what of.
    pub(crate) idle: Vec<(String, f64)>,
}

impl Report {
    pub(crate) fn add(&mut self, case: Case, ours: bool, sample: Sample) {
        let both = self.cases.entry(case).or_default();
        let one = if ours { &mut both.0 } else { &mut both.1 };
        one.add(sample);
    }

    pub(crate) fn print(&self) {
        println!();
        println!(
            "{:<5} {:<12} {:>6} {:>5} | {:>10} {:>10} {:>6} | {:>10} {:>10} {:>6} | {:>8} {:>8} {:>6}",
            "",
            "",
            "block",
            "depth",
            "ours",
            "diod",
            "ratio",
            "best",
            "diod",
            "ratio",
            "cpu us",
            "diod",
            "ratio"
        );
        for (case, (ours, diod)) in &self.cases {
            println!(
                "{:<5} {:<12} {:>6} {:>5} | {:>10.0} {:>10.0} {:>6.2} | {:>10.0} {:>10.0} {:>6.2} | {:>8.2} {:>8.2} {:>6.2}",
                case.net,
                case.work,
                block(case.block),
                case.depth,
                ours.rate(),
                diod.rate(),
                ours.rate() / diod.rate(),
                ours.best(),
                diod.best(),
                ours.best() / diod.best(),
                ours.cpu(),
                diod.cpu(),
                ours.cpu() / diod.cpu(),
            );
        }
        println!(
            "Rates are chains each second, of reads and writes MB each second: the median of the rounds, then the best. \
             cpu is the server's, for each chain or MB. Ratios to diod are judged by medians."
        );
        println!();
        for (what, rate) in &self.idle {
            println!("{what:<52} {rate:>8.2} wake-ups/s");
        }
        println!();
        for net in ["unix", "tcp"] {
            self.budgets(net);
        }
    }

    fn budgets(&self, net: &'static str) {
        for (work, wanted) in [("stat", 4.0), ("read small", 3.5), ("create", 3.0)] {
            let (ours, diod) = self.get(net, work, 0, 32);
            judge(
                &format!("{net}: {work}, depth 32, rate against diod"),
                ours.rate() / diod.rate(),
                wanted,
                true,
            );
        }
        for work in ["read", "write"] {
            let best = |ours: bool| {
                self.streams(net, work)
                    .map(|(_, both)| if ours { both.0.rate() } else { both.1.rate() })
                    .fold(0.0, f64::max)
            };
            judge(
                &format!("{net}: sequential {work}, best against best"),
                best(true) / best(false),
                1.1,
                true,
            );
            // A server against itself at other moments: its bests, which nothing disturbed.
            for size in [4 << 10, 64 << 10, 1 << 20] {
                let of_size = || {
                    self.streams(net, work)
                        .filter(move |(case, _)| case.block == size)
                };
                let top = of_size().map(|(_, both)| both.0.best()).fold(0.0, f64::max);
                let deep = of_size()
                    .find(|(case, _)| case.depth == 64)
                    .map_or(0.0, |(_, both)| both.0.best());
                judge(
                    &format!(
                        "{net}: sequential {work}, {}, depth 64 against best depth",
                        block(size)
                    ),
                    deep / top,
                    0.9,
                    true,
                );
            }
        }
        let (ours, diod) = self.get(net, "getattr", 0, 32);
        judge(
            &format!("{net}: getattr, depth 32, processor time against diod"),
            ours.cpu() / diod.cpu(),
            1.0 / 3.0,
            false,
        );
    }

    fn get(
        &self,
        net: &'static str,
        work: &'static str,
        block: u32,
        depth: u16,
    ) -> (Figure, Figure) {
        let case = Case {
            net,
            work,
            block,
            depth,
        };
        self.cases.get(&case).cloned().unwrap_or_default()
    }

    fn streams(
        &self,
        net: &'static str,
        work: &'static str,
    ) -> impl Iterator<Item = (&Case, &(Figure, Figure))> {
        self.cases
            .iter()
            .filter(move |(case, _)| case.net == net && case.work == work)
    }
}

fn judge(what: &str, ratio: f64, wanted: f64, at_least: bool) {
    if !ratio.is_finite() || ratio == 0.0 {
        return;
    }
    let (sign, met) = if at_least {
        ("≥", ratio >= wanted)
    } else {
        ("≤", ratio <= wanted)
    };
    println!(
        "{:<60} {ratio:>6.2}, budget {sign} {wanted:.2}  {}",
        what,
        if met { "met" } else { "MISSED" }
    );
}

fn block(size: u32) -> String {
    match size {
        0 => String::new(),
        size if size >= 1 << 20 => format!("{}M", size >> 20),
        size => format!("{}K", size >> 10),
    }
}
