use std::time::Duration;

/// What it means when a subsystem ends well, by itself, with exit code 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Temper {
    /// It should not have: it is started again, as after any death.
    Steady,
    /// It has no more to do, and is left alone until it is asked for. A crash is not retried either: who asked for it
    /// sees the cause and can ask again.
    OnDemand,
    /// The person chose to leave: the session ends.
    EndsSession,
}

/// How a subsystem is started again after it died, and how long it is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What a good end means.
    pub temper: Temper,
    /// How long it may take to answer.
    pub answer_within: Duration,
    /// How long it may take to end after it was asked to.
    pub end_within: Duration,
    /// The pause before the first restart; each further one doubles it.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// Who answered for this long is well: its deaths before are forgotten.
    pub well_after: Duration,
    /// Who dies before it answered for this long died quickly.
    pub quick_before: Duration,
    /// After so many quick deaths in a row it is not started again by itself.
    pub quick_deaths: u32,
    /// A death this shortly before the loss of what it needs is a consequence, not a fault.
    pub forgive_within: Duration,
}

impl Policy {
    /// The usual figures, for this temper.
    pub fn new(temper: Temper) -> Self {
        Self {
            temper,
            answer_within: Duration::from_secs(10),
            end_within: Duration::from_secs(5),
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(30),
            well_after: Duration::from_secs(60),
            quick_before: Duration::from_secs(5),
            quick_deaths: 5,
            forgive_within: Duration::from_secs(1),
        }
    }

    /// The pause after the death that is the `nth` since it was last well, from 1.
    pub fn pause(&self, nth: u32) -> Duration {
        let factor = 1_u32.checked_shl(nth.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first_pause
            .saturating_mul(factor)
            .min(self.longest_pause)
    }
}
