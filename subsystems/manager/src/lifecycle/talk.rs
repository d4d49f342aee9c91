//! What a life is told, and what it says is to be done.

use std::time::Duration;

use trees::time::Millis;

use super::Exit;

/// The moment at which something happens, by both clocks: one to show, one to measure with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// The wall clock. It may jump.
    pub wall: Millis,
    /// A clock that only goes forward, from any beginning.
    pub steady: Duration,
}

/// The number of a process of this subsystem: the second one is run 2. What is told of an earlier run is ignored.
pub type Run = u64;

/// The number of a timer; one that was disarmed or armed anew in the meantime has another.
pub type Ticket = u64;

/// What happened in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The process asked for by [`Effect::Spawn`] is there.
    Spawned {
        /// Which one.
        run: Run,
        /// Its process id.
        pid: i32,
    },
    /// The process asked for cannot be made. `hopeless` says that trying again would not help.
    NotSpawned {
        /// Which one.
        run: Run,
        /// Why, in one line.
        cause: String,
        /// Whether it would fail again.
        hopeless: bool,
    },
    /// It answers: it is ready for those who need it.
    Answered {
        /// Which one.
        run: Run,
    },
    /// Its process ended.
    Exited {
        /// Which one.
        run: Run,
        /// How.
        exit: Exit,
        /// The last line it said.
        last_words: Option<String>,
    },
    /// The time of [`Effect::Arm`] is over.
    Timer {
        /// Which timer.
        ticket: Ticket,
    },
    /// The first of its needs that is not met, or none.
    Needs {
        /// Name of the subsystem that it needs.
        unmet: Option<String>,
    },
    /// The session ends: what has no process is not to get one any more.
    Retire,
}

/// What is to be done in the world, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Start a process, and tell [`Input::Spawned`] or [`Input::NotSpawned`]; later [`Input::Answered`] and
    /// [`Input::Exited`].
    Spawn {
        /// Its number.
        run: Run,
    },
    /// Ask the process to end (SIGTERM).
    Terminate {
        /// Which one.
        run: Run,
    },
    /// End the process (SIGKILL).
    Kill {
        /// Which one.
        run: Run,
    },
    /// Tell [`Input::Timer`] after this time. Replaces the timer before it.
    Arm {
        /// Number of the timer.
        ticket: Ticket,
        /// How long to wait.
        after: Duration,
    },
    /// No timer is wanted any more.
    Disarm,
    /// The state changed: show it.
    Announce,
    /// The subsystem that the session stands for ended well: the person chose to leave.
    EndSession,
}
