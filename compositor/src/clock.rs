//! The time that behaviour goes by: frames, double clicks, whatever is due later. A session goes by
//! the machine's monotonic clock, a test by one that it moves by hand, so that no test sleeps.

#[cfg(test)]
use std::collections::BTreeMap;
use std::time::Duration;

use calloop::RegistrationToken;
use calloop::timer::{TimeoutAction, Timer};
use smithay::utils::{Monotonic, Time};
use tracing::error;

use crate::goblin::Goblin;

/// Something to be done later.
#[cfg(test)]
type Job = Box<dyn FnOnce(&mut Goblin)>;

/// A clock, and with a test's own also what is due by it.
pub(crate) enum Clock {
    /// `CLOCK_MONOTONIC` and the event loop's timers.
    Machine(smithay::utils::Clock<Monotonic>),
    /// It stands still but for [`Goblin::advance`].
    #[cfg(test)]
    Hand {
        /// What it shows.
        now: Duration,
        /// By the time they are due, then by the order they were asked for.
        due: BTreeMap<(Duration, u64), Job>,
        /// Jobs asked for so far.
        asked: u64,
    },
}

/// Something that is due later.
#[derive(Debug)]
pub(crate) enum Due {
    /// By a timer of the event loop.
    Timer(RegistrationToken),
    /// By a clock that is moved by hand.
    #[cfg(test)]
    Hand((Duration, u64)),
}

impl Clock {
    /// The machine's.
    pub(crate) fn machine() -> Self {
        Self::Machine(smithay::utils::Clock::new())
    }

    /// One that only a test moves.
    #[cfg(test)]
    pub(crate) fn by_hand() -> Self {
        Self::Hand {
            now: Duration::from_secs(1000),
            due: BTreeMap::new(),
            asked: 0,
        }
    }

    /// The number of the kernel's clock, as `wp_presentation` names it.
    pub(crate) const ID: u32 = rustix::time::ClockId::Monotonic as u32;

    /// Now.
    pub(crate) fn now(&self) -> Time<Monotonic> {
        match self {
            Self::Machine(clock) => clock.now(),
            #[cfg(test)]
            Self::Hand { now, .. } => Time::from(*now),
        }
    }
}

impl Goblin {
    /// Does something once, `delay` from now; returns whether it will be done.
    pub(crate) fn after(
        &mut self,
        delay: Duration,
        job: impl FnOnce(&mut Goblin) + 'static,
    ) -> bool {
        self.later(delay, job).is_some()
    }

    /// The same, with what [`Goblin::call_off`] takes.
    pub(crate) fn later(
        &mut self,
        delay: Duration,
        job: impl FnOnce(&mut Goblin) + 'static,
    ) -> Option<Due> {
        match &mut self.clock {
            Clock::Machine(_) => {
                let mut job = Some(job);
                let armed = self.loop_handle.insert_source(
                    Timer::from_duration(delay),
                    move |_, (), goblin| {
                        if let Some(job) = job.take() {
                            job(goblin);
                        }
                        TimeoutAction::Drop
                    },
                );
                armed
                    .map(Due::Timer)
                    .inspect_err(|reason| error!("no timer: {}", reason.error))
                    .ok()
            }
            #[cfg(test)]
            Clock::Hand { now, due, asked } => {
                *asked += 1;
                let key = (*now + delay, *asked);
                due.insert(key, Box::new(job));
                Some(Due::Hand(key))
            }
        }
    }

    /// What was to be done later is not done after all.
    pub(crate) fn call_off(&mut self, what: &Due) {
        match what {
            Due::Timer(token) => self.loop_handle.remove(*token),
            #[cfg(test)]
            Due::Hand(key) => {
                if let Clock::Hand { due, .. } = &mut self.clock {
                    due.remove(key);
                }
            }
        }
    }

    /// Moves the clock on. What falls due meanwhile is done at its time, each in a turn of its own.
    #[cfg(test)]
    pub(crate) fn advance(&mut self, by: Duration) {
        let end = Duration::from(self.clock.now()) + by;
        while let Some(wait) = self.next_due()
            && Duration::from(self.clock.now()) + wait <= end
        {
            let Clock::Hand { now, due, .. } = &mut self.clock else {
                return;
            };
            *now += wait;
            let job = due.pop_first().map(|(_, job)| job);
            job.into_iter().for_each(|job| job(self));
            self.end_turn();
        }
        if let Clock::Hand { now, .. } = &mut self.clock {
            *now = end;
        }
    }

    /// How far off the next thing is that is due, by a clock that is moved by hand.
    #[cfg(test)]
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let Clock::Hand { now, due, .. } = &self.clock else {
            return None;
        };
        let ((at, _), _) = due.first_key_value()?;
        Some(at.saturating_sub(*now))
    }
}
