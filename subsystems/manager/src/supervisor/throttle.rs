//! Keeps one who never stops talking from drowning everybody else. Pure.

use std::time::Duration;

/// Lines that may come at once.
const BURST: u32 = 2000;
/// Lines that may come each second in the long run.
const PER_SECOND: u32 = 200;

/// A bucket of lines that fills with time. Lines that find it empty are left out, and counted; who writes them is not held
/// up.
#[derive(Debug)]
pub(super) struct Throttle {
    room: u32,
    filled: Duration,
    left_out: u64,
    last: Option<String>,
}

impl Throttle {
    /// A full bucket. Times are those of any clock that only goes forward.
    pub(super) fn new(now: Duration) -> Self {
        Self {
            room: BURST,
            filled: now,
            left_out: 0,
            last: None,
        }
    }

    /// The lines that there is room for, with a line before them that tells of those that there was none for.
    pub(super) fn pass(&mut self, mut lines: Vec<String>, now: Duration) -> Vec<String> {
        self.fill(now);
        let taken = lines
            .len()
            .min(usize::try_from(self.room).unwrap_or(usize::MAX));
        let rest = lines.split_off(taken);
        // Never more than the room there is.
        self.room -= u32::try_from(taken).unwrap_or(self.room);
        if taken > 0 && self.left_out > 0 {
            lines.insert(0, self.notice());
            self.last = None;
        }
        if let Some(last) = rest.last() {
            self.left_out += rest.len() as u64;
            self.last = Some(last.clone());
        }
        lines
    }

    /// There will be no more: what was left out, and the last line of it, which tells the most.
    pub(super) fn end(&mut self) -> Vec<String> {
        let last = self.last.take();
        let notice = (self.left_out > 0).then(|| self.notice());
        notice.into_iter().chain(last).collect()
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.filled);
        let lines = passed.as_millis().saturating_mul(u128::from(PER_SECOND)) / 1000;
        // A fraction of a line is not thrown away: the bucket counts as filled only when a line came into it.
        if lines > 0 {
            self.filled = now;
            let lines = u32::try_from(lines).unwrap_or(BURST);
            self.room = self.room.saturating_add(lines).min(BURST);
        }
    }

    fn notice(&mut self) -> String {
        format!(
            "({} lines were left out: more than {PER_SECOND} a second)",
            std::mem::take(&mut self.left_out)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("line {n}")).collect()
    }

    #[test]
    fn who_talks_normally_is_heard_in_full() {
        let mut throttle = Throttle::new(Duration::ZERO);
        for second in 0..100 {
            let heard = throttle.pass(lines(200), Duration::from_secs(second));
            assert_eq!(heard, lines(200));
        }
        assert!(throttle.end().is_empty());
    }

    #[test]
    fn a_flood_is_cut_counted_and_told() {
        let mut throttle = Throttle::new(Duration::ZERO);
        assert_eq!(throttle.pass(lines(5000), Duration::ZERO).len(), 2000);
        assert!(
            throttle
                .pass(lines(1000), Duration::from_millis(4))
                .is_empty()
        );
        let heard = throttle.pass(lines(10), Duration::from_secs(1));
        assert_eq!(
            heard[0],
            "(4000 lines were left out: more than 200 a second)"
        );
        assert_eq!(heard[1..], lines(10));
        throttle.pass(lines(1000), Duration::from_secs(1));
        let end = throttle.end();
        assert_eq!(end[0], "(810 lines were left out: more than 200 a second)");
        assert_eq!(end[1], "line 999", "last words are heard in any case");
        assert!(throttle.end().is_empty());
    }
}
