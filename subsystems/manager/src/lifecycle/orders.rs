//! What a person can ask of a subsystem, in each of its states.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use trees::subsystems::SubsystemVerb;

use super::{Effect, Life, Now, Phase, Then};

/// What a person asks of a subsystem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Run.
    Start,
    /// Do not run.
    Stop,
    /// Run anew.
    Restart,
}

impl From<&SubsystemVerb> for Order {
    fn from(verb: &SubsystemVerb) -> Self {
        match verb {
            SubsystemVerb::Start {} => Self::Start,
            SubsystemVerb::Stop {} => Self::Stop,
            SubsystemVerb::Restart {} => Self::Restart,
        }
    }
}

/// What an order that was taken leads to: when it is there, the order is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// It answers.
    Running,
    /// It has no process, and gets none.
    Stopped,
}

/// Why an order is not taken in the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// There is nothing to start *again*.
    NotRunning,
    /// It is not running because it waits; a restart would wait just as long.
    Waits,
    /// The session is ending.
    Ending,
}

impl Refused {
    /// The refusal as the writer of the order reads it.
    pub fn tell(self, name: &str, waiting_for: Option<&str>) -> Refusal {
        match self {
            Self::NotRunning => {
                Refusal::new(Errno::SRCH, format!("{name} is not running")).would_work("start")
            }
            Self::Waits => {
                let need = waiting_for.unwrap_or("what it needs");
                Refusal::new(
                    Errno::BUSY,
                    format!("{name} waits for {need} and starts by itself"),
                )
                .would_work(format!("start written to /subsystems/{need}/ctl"))
            }
            Self::Ending => Refusal::new(Errno::CANCELED, "the session is ending")
                .would_work("a new session: goblin session"),
        }
    }
}

impl Life {
    /// Takes an order, or refuses it. Every order is decided in every state; the last one taken holds.
    ///
    /// # Errors
    /// Why it is refused; then nothing changed.
    pub fn order(
        &mut self,
        order: Order,
        now: Now,
        out: &mut Vec<Effect>,
    ) -> Result<Goal, Refused> {
        if self.retired && order != Order::Stop {
            return Err(Refused::Ending);
        }
        match order {
            Order::Start => self.start(now, out),
            Order::Stop => self.stop(now, out),
            Order::Restart => match &self.phase {
                Phase::Stopped => return Err(Refused::NotRunning),
                Phase::Waiting { .. } => return Err(Refused::Waits),
                Phase::Starting | Phase::Running { .. } => self.end(Then::Begin, now, out),
                Phase::Stopping { .. } | Phase::Backoff { .. } | Phase::Failed => {
                    self.start(now, out);
                }
            },
        }
        Ok(if order == Order::Stop {
            Goal::Stopped
        } else {
            Goal::Running
        })
    }

    fn start(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.wanted = true;
        match &mut self.phase {
            Phase::Stopped | Phase::Backoff { .. } => self.begin(now, out),
            // A person asks again: what went wrong before is not held against it.
            Phase::Failed => {
                self.deaths = super::Deaths::default();
                self.begin(now, out);
            }
            Phase::Stopping { then } => *then = Then::Begin,
            Phase::Waiting { .. } | Phase::Starting | Phase::Running { .. } => {}
        }
    }

    fn stop(&mut self, now: Now, out: &mut Vec<Effect>) {
        self.wanted = false;
        // Whatever ended it before: it is to stay so.
        self.last_end = None;
        match &mut self.phase {
            Phase::Starting | Phase::Running { .. } => self.end(Then::Rest, now, out),
            Phase::Stopping { then } => *then = Then::Rest,
            Phase::Waiting { .. } | Phase::Backoff { .. } | Phase::Failed => {
                self.enter(Phase::Stopped, now, out);
            }
            Phase::Stopped => {}
        }
    }
}
