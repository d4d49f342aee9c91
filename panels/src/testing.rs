//! Trees that were never served: plain states for the tests of the panels.

use jiff::Timestamp;
use trees::mirror::{Action, Disk, Event, Space, Status, Who};
use trees::subsystems::{Failure, Kind, State, Subsystem};
use trees::time::Millis;

use crate::feed::{Heard, Line};

/// 22 November 2026, 14:03:07 UTC.
pub(crate) const NOW: Timestamp = Timestamp::constant(1_795_356_187, 0);

/// So many seconds before [`NOW`].
pub(crate) fn before(seconds: u64) -> Millis {
    Millis((u64::try_from(NOW.as_second()).unwrap() - seconds) * 1000)
}

/// The same as an instant.
pub(crate) fn earlier(seconds: u64) -> Timestamp {
    crate::reach::instant(before(seconds))
}

pub(crate) fn space(name: &str, files: u64, bytes: u64, changed: Option<u64>) -> Space {
    Space {
        rev: 1,
        name: name.into(),
        files,
        folders: 2,
        bytes,
        changed: changed.map(before),
    }
}

pub(crate) fn mirror(spaces: Vec<Space>) -> Status {
    let disk = Disk {
        total: 512_000_000_000,
        available: 211_900_000_000,
        measured: before(60),
    };
    Status {
        rev: 3,
        since: before(7200),
        spaces,
        disk,
    }
}

pub(crate) fn who(program: &str) -> Who {
    Who {
        uid: 1000,
        user: "lin".into(),
        program: Some(program.into()),
    }
}

pub(crate) fn wrote(seq: u64, ago: u64, action: Action, path: &str) -> Line<Event> {
    Line {
        seq,
        time: before(ago),
        event: Event::File {
            space: space("home", 1_112, 48_300_000, Some(ago)),
            action,
            path: path.into(),
            from: (action == Action::Renamed).then(|| "草稿.md".into()),
            bytes: 18_400 * seq,
            who: who("goblin"),
        },
    }
}

pub(crate) fn down<S, E>() -> Heard<S, E> {
    Heard::Down {
        since: earlier(42),
        cause: "/mirror/event: the server hung up (ECONNRESET)".into(),
    }
}

pub(crate) fn subsystem(name: &str, state: State) -> Subsystem {
    let alive = matches!(state, State::Running | State::Starting | State::Stopping);
    Subsystem {
        rev: 2,
        name: name.into(),
        kind: Kind::Process,
        state,
        on_demand: name == "panels",
        pid: alive.then_some(4_711),
        since: before(3_600),
        restarts: if state == State::Running { 0 } else { 3 },
        retry: (state == State::Backoff).then(|| Millis(before(0).0 + 4_000)),
        waiting_for: (state == State::Waiting).then(|| "desktop".into()),
        failure: matches!(state, State::Failed | State::Backoff).then(|| Failure {
            cause: "exited with code 1".into(),
            at: before(12),
            last_words: Some("store: /srv/data is not writable (EACCES); chown it".into()),
        }),
    }
}

/// Where the hashes of the pictures are.
pub(crate) const PICTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures");

/// What the manager says of a mirror in this state.
pub(crate) fn keeps(state: State) -> Heard<trees::subsystems::Status, trees::subsystems::Event> {
    Heard::Status(trees::subsystems::Status {
        rev: 1,
        session: "test".into(),
        since: before(9_000),
        subsystems: vec![
            subsystem("desktop", State::Running),
            subsystem("mirror", state),
        ],
    })
}
