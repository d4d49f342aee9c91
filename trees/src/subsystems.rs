//! `/subsystems`: what runs on a machine, and its life cycle; served by the manager.
//!
//! ```text
//! /subsystems/{status,ctl,event,log}
//! /subsystems/NAME/{status,ctl,event,log}
//! ```

use ninep::verbs;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Name of the tree.
pub const NAME: &str = "subsystems";

/// What a subsystem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A process of goblin's own: `desktop`, `shell`, `mirror`, `panels`, `bus`.
    Process,
}

/// Where a subsystem is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not running, and nobody wants it to.
    Stopped,
    /// Wanted, and waiting for what it needs.
    Waiting,
    /// Its process runs but does not answer yet.
    Starting,
    /// It answers.
    Running,
    /// It was told to end.
    Stopping,
    /// It died, and is started again at `retry`.
    Backoff,
    /// It died and is not started again by itself.
    Failed,
}

/// `/subsystems/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Counts decisions and changes of life cycle.
    pub rev: u64,
    /// Name of the session.
    pub session: String,
    /// Since when the manager runs.
    pub since: Millis,
    /// Every subsystem, in starting order.
    pub subsystems: Vec<Subsystem>,
}

/// `/subsystems/NAME/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subsystem {
    /// Counts its decisions and changes of life cycle.
    pub rev: u64,
    /// Name; also the name of the tree it serves, if it serves one.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it is in its life.
    pub state: State,
    /// Whether it is started only when asked for, and left alone when it ends well.
    pub on_demand: bool,
    /// Its process, while there is one.
    pub pid: Option<i32>,
    /// Since when it is in this state.
    pub since: Millis,
    /// How often it was started again after it died.
    pub restarts: u32,
    /// When it will be started again, in state `backoff`.
    pub retry: Option<Millis>,
    /// What it waits for, in state `waiting`.
    pub waiting_for: Option<String>,
    /// How it last failed, if it ever did.
    pub failure: Option<Failure>,
}

/// How a subsystem failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The cause in one line, such as `killed by signal 9 (KILL)`.
    pub cause: String,
    /// When.
    pub at: Millis,
    /// The last line it said.
    pub last_words: Option<String>,
}

/// A line of `/subsystems/event`, and of `/subsystems/NAME/event` for that one; `seq` and `time` come with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// A subsystem changed its state.
    State {
        /// The subsystem as it is now.
        subsystem: Subsystem,
    },
    /// A subsystem wrote a line to its log. Only in `/subsystems/NAME/event`.
    Log {
        /// The line.
        line: String,
    },
    /// The session is ending.
    Quit {},
}

verbs! {
    /// `/subsystems/ctl`.
    pub enum Verb {
        /// End the session: stop everything in reverse order.
        "quit" => Quit {},
    }
}

verbs! {
    /// `/subsystems/NAME/ctl`.
    pub enum SubsystemVerb {
        /// Start it; done when it answers.
        "start" => Start {},
        /// Stop it, and leave it stopped.
        "stop" => Stop {},
        /// Stop it and start it again.
        "restart" => Restart {},
    }
}
