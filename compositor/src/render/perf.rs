//! What drawing costs, kept for each output and read by `/desktop/perf`.

use std::collections::VecDeque;
use std::time::Duration;

/// Frames that the figures of time are of.
const KEPT: usize = 256;

/// The costs of one output's frames.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    /// Turns in which something was looked at and nothing had changed on the screen.
    pub(crate) empty: u64,
    /// Pixels drawn anew, of all frames.
    pub(crate) damage: u64,
    /// How long the last frames took to draw, oldest first.
    times: VecDeque<Duration>,
}

/// Times of the frames that are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Times {
    pub(crate) last: Duration,
    /// Half of them took less.
    pub(crate) median: Duration,
    pub(crate) worst: Duration,
}

impl Costs {
    /// A frame was drawn: `damage` pixels of it are new, none if nothing had changed.
    pub(crate) fn add(&mut self, took: Duration, damage: Option<u64>) {
        let Some(damage) = damage else {
            self.empty += 1;
            return;
        };
        self.damage = self.damage.saturating_add(damage);
        if self.times.len() == KEPT {
            self.times.pop_front();
        }
        self.times.push_back(took);
    }

    /// The times of the last frames.
    pub(crate) fn times(&self) -> Times {
        let mut sorted: Vec<Duration> = self.times.iter().copied().collect();
        sorted.sort_unstable();
        Times {
            last: self.times.back().copied().unwrap_or_default(),
            median: sorted.get(sorted.len() / 2).copied().unwrap_or_default(),
            worst: sorted.last().copied().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_those_of_the_last_frames() {
        let mut costs = Costs::default();
        assert_eq!(costs.times(), Times::default());
        let milliseconds = Duration::from_millis;
        costs.add(milliseconds(90), Some(7));
        for time in 1..=u64::try_from(KEPT).unwrap() {
            costs.add(milliseconds(time % 5 + 1), Some(1));
        }
        costs.add(milliseconds(70), None);
        let times = costs.times();
        assert_eq!(times.worst, milliseconds(5), "the first is forgotten");
        assert_eq!(times.median, milliseconds(3));
        assert_eq!(
            times.last,
            milliseconds(u64::try_from(KEPT).unwrap() % 5 + 1)
        );
        assert_eq!((costs.empty, costs.damage), (1, 7 + 256));
    }
}
