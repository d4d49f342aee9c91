//! Inputs that grow: what shows something new is kept and changed further.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long a campaign lasts where nobody says.
const SECONDS: u64 = 6;
/// Inputs that are grown however long the corpus took.
const AT_LEAST: u64 = 200;
/// The longest input.
const LONGEST: usize = 600;

/// A campaign against one target.
pub(crate) struct Campaign {
    target: &'static str,
    corpus: Vec<Vec<u8>>,
    seen: BTreeSet<u32>,
    dice: Dice,
    executions: u64,
}

impl Campaign {
    /// Begins with the kept corpus.
    pub(crate) fn of(target: &'static str) -> Self {
        let mut corpus: Vec<PathBuf> = fs::read_dir(folder(target))
            .expect("the corpus is there")
            .map(|entry| entry.unwrap().path())
            .collect();
        corpus.sort();
        assert!(!corpus.is_empty(), "the corpus of {target} has inputs");
        let corpus = corpus.iter().map(|path| fs::read(path).unwrap()).collect();
        let seed = std::env::var("GOBLIN_FUZZ_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| {
            let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
            since.as_nanos() as u64
        });
        println!("{target}: seed {seed}");
        Self {
            target,
            corpus,
            seen: BTreeSet::new(),
            dice: Dice(seed | 1),
            executions: 0,
        }
    }

    /// Runs `check` on the corpus and on what grows from it until the time is over. `check` says what an input showed.
    pub(crate) fn run(&mut self, check: impl Fn(&[u8]) -> BTreeSet<u32>) {
        let seconds = std::env::var("GOBLIN_FUZZ_SECONDS").ok();
        let seconds = seconds.map_or(SECONDS, |text| text.parse().expect("a number of seconds"));
        let end = Instant::now() + Duration::from_secs(seconds);
        let kept = self.corpus.len();
        for data in self.corpus.clone() {
            self.one(&check, &data);
        }
        let enough = self.executions + AT_LEAST;
        while Instant::now() < end || self.executions < enough {
            let data = self.grown();
            if self.one(&check, &data) {
                self.corpus.push(data);
            }
        }
        println!(
            "{}: {} executions, {} kept inputs and {} grown, {} things seen",
            self.target,
            self.executions,
            kept,
            self.corpus.len() - kept,
            self.seen.len()
        );
        if std::env::var_os("GOBLIN_FUZZ_KEEP").is_some() {
            for (n, data) in self.corpus[kept..].iter().enumerate() {
                fs::write(folder(self.target).join(format!("grown-{n:05}")), data).unwrap();
            }
        }
    }

    /// Runs one input; true if it showed something new.
    fn one(&mut self, check: &impl Fn(&[u8]) -> BTreeSet<u32>, data: &[u8]) -> bool {
        self.executions += 1;
        let ran = panic::catch_unwind(AssertUnwindSafe(|| check(data)));
        let Ok(seen) = ran else {
            let path = std::env::temp_dir().join(format!(
                "ninep-fuzz-{}-{}",
                self.target,
                std::process::id()
            ));
            fs::write(&path, data).unwrap();
            panic!(
                "{}: input {} after {} executions; keep it in ninep/fuzz/corpus/{}",
                self.target,
                path.display(),
                self.executions,
                self.target
            );
        };
        let before = self.seen.len();
        self.seen.extend(seen);
        self.seen.len() > before
    }

    /// A new input: one of the corpus, changed in a few places.
    fn grown(&mut self) -> Vec<u8> {
        let pick = self.dice.below(self.corpus.len());
        let mut data = self.corpus[pick].clone();
        for _ in 0..=self.dice.below(4) {
            let at = self.dice.below(data.len() + 1);
            match self.dice.below(8) {
                0 | 1 if !data.is_empty() => {
                    let at = at.min(data.len() - 1);
                    data[at] = self.dice.byte();
                }
                2 => data.insert(at, self.dice.byte()),
                3 if !data.is_empty() => {
                    let end = (at + 1 + self.dice.below(8)).min(data.len());
                    data.drain(at.min(end)..end);
                }
                4 => {
                    let fresh: Vec<u8> =
                        (0..self.dice.below(24)).map(|_| self.dice.byte()).collect();
                    data.splice(at..at, fresh);
                }
                5 => {
                    let other = self.dice.below(self.corpus.len());
                    let from = self.dice.below(self.corpus[other].len() + 1);
                    data.truncate(at);
                    data.extend_from_slice(&self.corpus[other][from..]);
                }
                6 if !data.is_empty() => {
                    let at = at.min(data.len() - 1);
                    data[at] ^= 1 << self.dice.below(8);
                }
                _ => {
                    let fresh: Vec<u8> =
                        (0..self.dice.below(60)).map(|_| self.dice.byte()).collect();
                    data.extend_from_slice(&fresh);
                }
            }
        }
        data.truncate(LONGEST);
        data
    }
}

fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target)
}

/// Random numbers (xorshift64*).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 11) as usize) % end
    }

    fn byte(&mut self) -> u8 {
        (self.next() >> 33) as u8
    }
}
