//! The subsystems panel: what runs, since when, why it failed, and its log as it is written.

mod view;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use jiff::Timestamp;
use trees::subsystems::{Event, State, Status, Subsystem, SubsystemVerb};

pub use view::{LOG, log_name};

use crate::feed::{Heard, Line};
use crate::{Action, Order, Reach};

/// The most lines of a log that are shown.
const KEEP: usize = 1_000;

/// The state of the panel.
#[derive(Debug, Default)]
pub struct Subsystems {
    manager: Reach,
    /// Known only while the manager answers.
    status: Option<Status>,
    /// The chosen one; kept while the manager is away.
    chosen: Option<String>,
    /// The end of the chosen one's log.
    log: VecDeque<String>,
    /// Orders that have been given and not answered yet.
    waiting: Vec<Order>,
    refused: Option<String>,
}

/// What happens to the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The manager said something.
    Manager(Heard<Status, Event>),
    /// A subsystem's log, or more of it.
    Log(LogPart),
    /// A subsystem was chosen.
    Choose(String),
    /// An order shall be given.
    Give(Order),
    /// An order was carried out, or refused with a reason.
    Done(Order, Result<(), String>),
    /// A text shall go to the clipboard.
    Copy(String),
    /// The refusal has been read.
    Understood,
}

/// Lines of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPart {
    /// Whose.
    pub subsystem: String,
    /// Whether they begin it anew, instead of going on.
    pub anew: bool,
    /// The lines.
    pub lines: Vec<String>,
}

/// The order that gives a subsystem this verb.
pub fn order(name: &str, verb: &SubsystemVerb) -> Order {
    Order::new(format!("/subsystems/{name}/ctl"), verb)
}

impl Subsystems {
    /// Whether the manager answers.
    pub fn reach(&self) -> &Reach {
        &self.manager
    }

    /// The one whose log is to be followed: the chosen one, while the manager answers.
    pub fn followed(&self) -> Option<&str> {
        self.chosen().map(|subsystem| subsystem.name.as_str())
    }

    /// Takes a message in; gives what is to be done outside.
    pub fn update(&mut self, message: Message, now: Timestamp) -> Vec<Action> {
        match message {
            Message::Manager(heard) => {
                self.hear(heard, now);
                Vec::new()
            }
            Message::Log(part) => {
                self.read(part);
                Vec::new()
            }
            Message::Choose(name) => {
                if self.chosen.as_ref() != Some(&name) {
                    self.chosen = Some(name);
                    self.log.clear();
                }
                Vec::new()
            }
            Message::Give(order) => {
                self.refused = None;
                self.waiting.push(order.clone());
                vec![Action::Write(order)]
            }
            Message::Done(order, result) => {
                if let Some(at) = self.waiting.iter().position(|waiting| *waiting == order) {
                    self.waiting.remove(at);
                }
                self.refused = result.err();
                Vec::new()
            }
            Message::Copy(text) => vec![Action::Copy(text)],
            Message::Understood => {
                self.refused = None;
                Vec::new()
            }
        }
    }

    /// Chooses the subsystem of that name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn navigate(&mut self, place: &str) -> Result<Vec<Action>, String> {
        let name = self.find(place)?;
        Ok(self.update(Message::Choose(name), Timestamp::UNIX_EPOCH))
    }

    /// The name of the subsystem that a place means; any, while it is not known which there are.
    ///
    /// # Errors
    /// There is none of that name; which there are.
    pub fn find(&self, place: &str) -> Result<String, String> {
        let name = place.trim_matches('/');
        let unknown = self.status.is_none() && !name.is_empty();
        if unknown || self.list().iter().any(|subsystem| subsystem.name == name) {
            return Ok(name.to_owned());
        }
        let names: Vec<&str> = self
            .list()
            .iter()
            .map(|known| known.name.as_str())
            .collect();
        Err(format!(
            "there is no subsystem {name:?}; there are: {}",
            names.join(", ")
        ))
    }

    fn list(&self) -> &[Subsystem] {
        self.status
            .as_ref()
            .map_or(&[], |status| &status.subsystems)
    }

    fn chosen(&self) -> Option<&Subsystem> {
        let chosen = self.chosen.as_deref()?;
        self.list()
            .iter()
            .find(|subsystem| subsystem.name == chosen)
    }

    fn hear(&mut self, heard: Heard<Status, Event>, now: Timestamp) {
        match heard {
            Heard::Status(status) => {
                self.manager.up(now);
                self.status = Some(status);
                if self.chosen().is_none() {
                    self.chosen = self
                        .worst()
                        .or(self.list().first())
                        .map(|it| it.name.clone());
                    self.log.clear();
                }
            }
            Heard::Event(Line {
                event: Event::State { subsystem },
                ..
            }) => {
                let Some(status) = &mut self.status else {
                    return;
                };
                match status
                    .subsystems
                    .iter_mut()
                    .find(|known| known.name == subsystem.name)
                {
                    // The status may have been read after this was written.
                    Some(known) if known.rev > subsystem.rev => {}
                    Some(known) => *known = subsystem,
                    None => status.subsystems.push(subsystem),
                }
            }
            Heard::Event(_) => {}
            Heard::Down { since, cause } => {
                self.manager.down(since, cause);
                self.status = None;
                self.waiting.clear();
                self.log.clear();
            }
        }
    }

    /// The one that a person should look at first, if any.
    fn worst(&self) -> Option<&Subsystem> {
        self.list()
            .iter()
            .find(|it| matches!(it.state, State::Failed | State::Backoff))
    }

    fn read(&mut self, part: LogPart) {
        if self.chosen.as_deref() != Some(&part.subsystem) {
            return;
        }
        if part.anew {
            self.log.clear();
        }
        self.log.extend(part.lines);
        let spare = self.log.len().saturating_sub(KEEP);
        self.log.drain(..spare);
    }
}
