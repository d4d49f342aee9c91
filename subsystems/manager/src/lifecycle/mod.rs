//! The life of one subsystem, as a pure model: no process, no clock, no socket.
//!
//! [`Life`] is told what happened ([`Input`]) and what a person wants ([`Order`]), and says what is to be done
//! ([`Effect`]). Whoever carries the effects out is thin: the supervisor in the session, a simulation in the tests.
//!
//! ```text
//!            start              needs are met            answered
//! Stopped ─────────▶ Waiting ───────────────▶ Starting ───────────▶ Running
//!    ▲                 ▲  ▲                    ▲    │ died             │ died
//!    │ exited          │  └── a need is lost ──│────│──────────────────│── (stopped first)
//!    │                 │                       │    ▼                  │
//! Stopping ◀── stop    └───────────────────── Backoff ◀────────────────┘
//!                                                   │ too many quick deaths
//!                                                   ▼
//!                                                 Failed
//! ```

mod exit;
mod orders;
mod policy;
mod talk;
#[cfg(test)]
mod tests;

use std::time::Duration;

use trees::subsystems::{Failure, Kind, State, Subsystem};
use trees::time::Millis;

pub use exit::Exit;
pub use orders::{Goal, Order, Refused};
pub use policy::{Policy, Temper};
pub use talk::{Effect, Input, Now, Run, Ticket};

/// What follows when the process that is being stopped has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Then {
    /// It stays stopped.
    Rest,
    /// It starts again, or waits for what it needs.
    Begin,
    /// It failed before it was stopped.
    Died(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Stopped,
    Waiting { need: String },
    Starting,
    Running { answered: Duration },
    Stopping { then: Then },
    Backoff { retry: Millis },
    Failed,
}

/// How often it died of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Deaths {
    /// Since it last ran long enough to be called well.
    since_well: u32,
    /// Quick ones in a row.
    quick: u32,
}

/// What an end that nobody ordered changed, so that it can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LastEnd {
    at: Duration,
    deaths_before: Deaths,
    failure_before: Option<Failure>,
}

/// The life of one subsystem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    policy: Policy,
    phase: Phase,
    wanted: bool,
    unmet: Option<String>,
    run: Run,
    ticket: Ticket,
    pid: Option<i32>,
    rev: u64,
    since: Millis,
    restarts: u32,
    deaths: Deaths,
    last_end: Option<LastEnd>,
    failure: Option<Failure>,
    retired: bool,
}

impl Life {
    /// A subsystem that is stopped.
    pub fn new(policy: Policy, now: Now) -> Self {
        Self {
            policy,
            phase: Phase::Stopped,
            wanted: false,
            unmet: None,
            run: 0,
            ticket: 0,
            pid: None,
            rev: 1,
            since: now.wall,
            restarts: 0,
            deaths: Deaths::default(),
            last_end: None,
            failure: None,
            retired: false,
        }
    }

    /// Where it is in its life.
    pub fn state(&self) -> State {
        match self.phase {
            Phase::Stopped => State::Stopped,
            Phase::Waiting { .. } => State::Waiting,
            Phase::Starting => State::Starting,
            Phase::Running { .. } => State::Running,
            Phase::Stopping { .. } => State::Stopping,
            Phase::Backoff { .. } => State::Backoff,
            Phase::Failed => State::Failed,
        }
    }

    /// Whether it has a process, or asked for one.
    pub fn has_process(&self) -> bool {
        matches!(
            self.state(),
            State::Starting | State::Running | State::Stopping
        )
    }

    /// Counts its decisions and changes of life cycle.
    pub fn rev(&self) -> u64 {
        self.rev
    }

    /// The number of its latest process.
    pub fn run(&self) -> Run {
        self.run
    }

    /// How it last failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// It as a status shows it.
    pub fn show(&self, name: &str) -> Subsystem {
        Subsystem {
            rev: self.rev,
            name: name.to_owned(),
            kind: Kind::Process,
            state: self.state(),
            on_demand: self.policy.temper == Temper::OnDemand,
            pid: self.pid,
            since: self.since,
            restarts: self.restarts,
            retry: match self.phase {
                Phase::Backoff { retry } => Some(retry),
                _ => None,
            },
            waiting_for: match &self.phase {
                Phase::Waiting { need } => Some(need.clone()),
                _ => None,
            },
            failure: self.failure.clone(),
        }
    }

    /// Takes note of what happened.
    pub fn input(&mut self, input: Input, now: Now) -> Vec<Effect> {
        let mut out = Vec::new();
        match input {
            Input::Spawned { run, pid } if run == self.run => {
                self.pid = Some(pid);
                self.announce(&mut out);
            }
            Input::NotSpawned {
                run,
                cause,
                hopeless,
            } if run == self.run => {
                self.pid = None;
                self.ended(Err((cause, hopeless)), None, now, &mut out);
            }
            Input::Answered { run } if run == self.run && self.phase == Phase::Starting => {
                self.enter(
                    Phase::Running {
                        answered: now.steady,
                    },
                    now,
                    &mut out,
                );
            }
            Input::Exited {
                run,
                exit,
                last_words,
            } if run == self.run => {
                self.pid = None;
                self.ended(Ok(exit), last_words, now, &mut out);
            }
            Input::Timer { ticket } if ticket == self.ticket => self.timer(now, &mut out),
            Input::Needs { unmet } => self.needs(unmet, now, &mut out),
            Input::Retire => self.retire(now, &mut out),
            // Of an earlier run, or a timer that was disarmed while it rang.
            Input::Spawned { .. }
            | Input::NotSpawned { .. }
            | Input::Answered { .. }
            | Input::Exited { .. }
            | Input::Timer { .. } => {}
        }
        out
    }

    fn announce(&mut self, out: &mut Vec<Effect>) {
        self.rev += 1;
        out.push(Effect::Announce);
    }

    /// Every change of phase goes through here: the timer of the old phase ends with it.
    fn enter(&mut self, phase: Phase, now: Now, out: &mut Vec<Effect>) {
        if matches!(
            self.phase,
            Phase::Starting | Phase::Stopping { .. } | Phase::Backoff { .. }
        ) {
            self.ticket += 1;
            out.push(Effect::Disarm);
        }
        let changed = std::mem::discriminant(&self.phase) != std::mem::discriminant(&phase);
        self.phase = phase;
        if changed {
            self.since = now.wall;
        }
        self.announce(out);
    }

    fn arm(&mut self, after: Duration, out: &mut Vec<Effect>) {
        self.ticket += 1;
        out.push(Effect::Arm {
            ticket: self.ticket,
            after,
        });
    }

    /// Starts it, as far as that can be now.
    fn begin(&mut self, now: Now, out: &mut Vec<Effect>) {
        if !self.wanted {
            self.enter(Phase::Stopped, now, out);
        } else if let Some(need) = self.unmet.clone() {
            self.enter(Phase::Waiting { need }, now, out);
        } else {
            self.run += 1;
            self.enter(Phase::Starting, now, out);
            out.push(Effect::Spawn { run: self.run });
            self.arm(self.policy.answer_within, out);
        }
    }

    /// Asks its process to end.
    fn end(&mut self, then: Then, now: Now, out: &mut Vec<Effect>) {
        self.enter(Phase::Stopping { then }, now, out);
        out.push(Effect::Terminate { run: self.run });
        self.arm(self.policy.end_within, out);
    }

    /// Its process ended, or could not be made.
    fn ended(
        &mut self,
        how: Result<Exit, (String, bool)>,
        last_words: Option<String>,
        now: Now,
        out: &mut Vec<Effect>,
    ) {
        match std::mem::replace(&mut self.phase, Phase::Stopped) {
            phase @ (Phase::Starting | Phase::Running { .. }) => {
                self.phase = phase;
                match how {
                    Ok(Exit::Code(0)) if self.may_leave() => {
                        self.remember_end(now);
                        self.wanted = false;
                        self.enter(Phase::Stopped, now, out);
                        if self.policy.temper == Temper::EndsSession {
                            out.push(Effect::EndSession);
                        }
                    }
                    Ok(exit) => self.died(exit.to_string(), false, last_words, now, out),
                    Err((cause, hopeless)) => self.died(cause, hopeless, last_words, now, out),
                }
            }
            Phase::Stopping { then } => {
                self.phase = Phase::Stopping { then: Then::Rest };
                match then {
                    Then::Rest => {
                        self.wanted = false;
                        self.enter(Phase::Stopped, now, out);
                    }
                    Then::Begin => self.begin(now, out),
                    Then::Died(cause) => self.died(cause, false, last_words, now, out),
                }
            }
            // No process was there to end.
            other => self.phase = other,
        }
    }

    fn remember_end(&mut self, now: Now) {
        self.last_end = Some(LastEnd {
            at: now.steady,
            deaths_before: self.deaths,
            failure_before: self.failure.clone(),
        });
    }

    /// Whether a good end now means what its temper says. A desktop that never was up cannot have been left.
    fn may_leave(&self) -> bool {
        match self.policy.temper {
            Temper::Steady => false,
            Temper::OnDemand => true,
            Temper::EndsSession => matches!(self.phase, Phase::Running { .. }),
        }
    }

    fn died(
        &mut self,
        cause: String,
        hopeless: bool,
        last_words: Option<String>,
        now: Now,
        out: &mut Vec<Effect>,
    ) {
        if !self.wanted {
            self.enter(Phase::Stopped, now, out);
            return;
        }
        if self.unmet.is_some() {
            // It ended because what it stands on ended: that is no fault of its own.
            self.begin(now, out);
            return;
        }
        let failure = Failure {
            cause,
            at: now.wall,
            last_words,
        };
        self.remember_end(now);
        self.failure = Some(failure);
        let ran = match self.phase {
            Phase::Running { answered } => now.steady.saturating_sub(answered),
            _ => Duration::ZERO,
        };
        if ran >= self.policy.well_after {
            self.deaths = Deaths::default();
        } else if ran >= self.policy.quick_before {
            self.deaths.quick = 0;
        }
        self.deaths.since_well += 1;
        if ran < self.policy.quick_before {
            self.deaths.quick += 1;
        }
        let give_up = hopeless || self.deaths.quick >= self.policy.quick_deaths;
        if give_up || self.policy.temper == Temper::OnDemand {
            self.wanted = false;
            self.enter(Phase::Failed, now, out);
        } else {
            let pause = self.policy.pause(self.deaths.since_well);
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            let retry = Millis(now.wall.0.saturating_add(pause_ms));
            self.enter(Phase::Backoff { retry }, now, out);
            self.arm(pause, out);
        }
    }

    fn timer(&mut self, now: Now, out: &mut Vec<Effect>) {
        match &self.phase {
            Phase::Starting => {
                let seconds = self.policy.answer_within.as_secs_f32();
                self.end(
                    Then::Died(format!("did not answer within {seconds} s")),
                    now,
                    out,
                );
            }
            // Nothing can refuse SIGKILL: no further timer is needed.
            Phase::Stopping { .. } => out.push(Effect::Kill { run: self.run }),
            Phase::Backoff { .. } => {
                self.restarts += 1;
                self.begin(now, out);
            }
            Phase::Stopped | Phase::Waiting { .. } | Phase::Running { .. } | Phase::Failed => {}
        }
    }

    fn needs(&mut self, unmet: Option<String>, now: Now, out: &mut Vec<Effect>) {
        if self.unmet == unmet {
            return;
        }
        self.unmet = unmet;
        let Some(need) = self.unmet.clone() else {
            if self.state() == State::Waiting {
                self.begin(now, out);
            }
            return;
        };
        match self.state() {
            State::Waiting => self.enter(Phase::Waiting { need }, now, out),
            State::Starting | State::Running => self.end(Then::Begin, now, out),
            State::Backoff => {
                self.forgive(now);
                self.begin(now, out);
            }
            State::Failed | State::Stopped => {
                if !self.retired && self.forgive(now) {
                    self.wanted = true;
                    self.begin(now, out);
                }
            }
            State::Stopping => {}
        }
    }

    /// Two ends that belong together may be told in either order: an end shortly before its need was lost is no end of its
    /// own. Says whether it was such a one.
    fn forgive(&mut self, now: Now) -> bool {
        let Some(last) = self.last_end.take() else {
            return false;
        };
        if now.steady.saturating_sub(last.at) > self.policy.forgive_within {
            return false;
        }
        self.deaths = last.deaths_before;
        self.failure = last.failure_before;
        true
    }

    fn retire(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.retired = true;
        self.wanted = false;
        match &mut self.phase {
            Phase::Waiting { .. } | Phase::Backoff { .. } => self.enter(Phase::Stopped, now, out),
            Phase::Stopping { then } => *then = Then::Rest,
            Phase::Stopped | Phase::Starting | Phase::Running { .. } | Phase::Failed => {}
        }
    }
}
