//! When an order is done: whoever wrote it waits for that.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use serde_json::{Value, json};
use trees::subsystems::State;

use super::Fleet;
use crate::lifecycle::Goal;

impl Fleet {
    /// What has become of an order that was taken for the subsystem at `place`; nothing while it is on its way.
    pub fn outcome(&self, place: usize, goal: Goal) -> Option<Result<Value, Refusal>> {
        let shown = self
            .members
            .get(place)
            .map(|member| member.life.show(&member.name))?;
        let done = || {
            Some(Ok(
                json!({ "state": shown.state, "waiting_for": shown.waiting_for }),
            ))
        };
        match (goal, shown.state) {
            (Goal::Running, State::Running)
            | (Goal::Stopped, State::Stopped | State::Waiting | State::Failed | State::Backoff) => {
                done()
            }
            (Goal::Running, State::Starting | State::Stopping)
            | (Goal::Stopped, State::Stopping) => None,
            (Goal::Stopped, State::Starting | State::Running) => {
                let why = format!("{} was started again before it had ended", shown.name);
                Some(Err(Refusal::new(Errno::CANCELED, why).would_work("stop")))
            }
            (Goal::Running, State::Waiting) => {
                let coming = shown
                    .waiting_for
                    .as_deref()
                    .is_some_and(|need| self.coming(need));
                if coming { None } else { done() }
            }
            (Goal::Running, State::Stopped) => {
                let why = format!("{} was stopped before it answered", shown.name);
                Some(Err(Refusal::new(Errno::CANCELED, why).would_work("start")))
            }
            (Goal::Running, State::Backoff | State::Failed) => {
                let mut why = format!("{} did not come up", shown.name);
                if let Some(failure) = &shown.failure {
                    why = format!("{why}: {}", failure.cause);
                    if let Some(words) = &failure.last_words {
                        why = format!("{why}; its last words: {words}");
                    }
                }
                let log = format!("/subsystems/{}/log tells more", shown.name);
                let hint = match shown.state {
                    State::Backoff => format!("nothing yet, it is tried again by itself; {log}"),
                    _ => format!("start, once the cause is gone; {log}"),
                };
                Some(Err(Refusal::new(Errno::IO, why).would_work(hint)))
            }
        }
    }

    /// Whether `name` will run without anybody's help, or may.
    pub(super) fn coming(&self, name: &str) -> bool {
        let Some(life) = self.place(name).and_then(|place| self.life(place)) else {
            return false;
        };
        match life.state() {
            State::Starting | State::Running | State::Stopping | State::Backoff => true,
            State::Stopped | State::Failed => false,
            State::Waiting => life
                .show(name)
                .waiting_for
                .as_deref()
                .is_some_and(|need| self.coming(need)),
        }
    }
}
