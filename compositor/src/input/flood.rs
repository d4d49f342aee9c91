//! Tells a flood of motions from single ones. Whoever reports more often than a thousand times in a second
//! is looked at a thousand times in a second, which is more than any screen shows; the first motion
//! after a rest is never held back.

use std::time::Duration;

/// How long the source of a flood is left alone each time.
pub(crate) const PAUSE: Duration = Duration::from_millis(1);
/// Motions in [`PAUSE`] that are no flood yet.
const FEW: u32 = 2;
/// So many more than those that go by at once.
const BURST: u32 = 16;

/// How much has come of one source.
#[derive(Debug, Default)]
pub(crate) struct Flood {
    /// Motions beyond the few, at most a burst. They are forgotten as time goes by.
    excess: f64,
    /// When that was.
    at: Duration,
}

impl Flood {
    /// The source was read at `now`, by a clock that does not jump, and gave so many motions. True if it
    /// is to be left alone for [`PAUSE`].
    pub(crate) fn add(&mut self, motions: u64, now: Duration) -> bool {
        let pauses = now.saturating_sub(self.at).as_secs_f64() / PAUSE.as_secs_f64();
        self.at = now;
        let burst = f64::from(BURST);
        self.excess = (self.excess - pauses * f64::from(FEW)).max(0.0);
        // Those of a burst alone count: how many more there were does not matter.
        let motions = u32::try_from(motions).unwrap_or(u32::MAX).min(2 * BURST);
        self.excess += f64::from(motions);
        let floods = self.excess >= burst;
        self.excess = self.excess.min(burst);
        floods && motions > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often a mouse is read that reports `rate` times in a second, in the second after the first.
    fn reads(rate: u32) -> u32 {
        let mut flood = Flood::default();
        let (mut reads, mut waiting, mut held_until) = (0, 0, Duration::ZERO);
        for report in 0..2 * rate {
            let now = Duration::from_secs(1) * report / rate;
            waiting += 1;
            if now < held_until {
                continue;
            }
            if now >= Duration::from_secs(1) {
                reads += 1;
            }
            if flood.add(waiting, now) {
                held_until = now + PAUSE;
            }
            waiting = 0;
        }
        reads
    }

    #[test]
    fn a_mouse_of_a_thousand_reports_in_a_second_is_read_each_time_and_a_faster_one_as_often() {
        assert_eq!(reads(125), 125);
        assert_eq!(reads(1000), 1000);
        for rate in [4000, 8000, 20_000] {
            let reads = reads(rate);
            assert!((900..=1000).contains(&reads), "{rate}: {reads}");
        }
    }

    #[test]
    fn after_a_flood_and_a_rest_the_first_motion_is_no_flood() {
        let mut flood = Flood::default();
        let at = Duration::from_millis;
        assert!(flood.add(10_000, at(5)));
        assert!(!flood.add(0, at(6)));
        assert!(!flood.add(1, at(20)));
    }

    #[test]
    fn what_is_no_motion_is_no_flood() {
        let mut flood = Flood::default();
        assert!(flood.add(100, Duration::ZERO));
        assert!(!flood.add(0, Duration::ZERO));
    }
}
