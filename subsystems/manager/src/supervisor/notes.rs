//! A change of state as a line for people.

use tracing::Level;
use trees::subsystems::{Failure, State, Subsystem};

/// The line, and how much it matters.
pub(super) fn tell(shown: &Subsystem) -> (Level, String) {
    let name = &shown.name;
    match shown.state {
        State::Stopped => (Level::INFO, format!("{name}: stopped")),
        State::Waiting => {
            let need = shown.waiting_for.as_deref().unwrap_or("what it needs");
            (Level::INFO, format!("{name}: waits for {need}"))
        }
        State::Starting if shown.restarts > 0 => (
            Level::INFO,
            format!("{name}: starts (restart {})", shown.restarts),
        ),
        State::Starting => (Level::INFO, format!("{name}: starts")),
        State::Running => (Level::INFO, format!("{name}: answers")),
        State::Stopping => (Level::INFO, format!("{name}: is told to end")),
        State::Backoff => {
            let pause = shown
                .retry
                .map_or(0.0, |retry| shown.since.until(retry).as_secs_f64());
            let cause = cause(shown.failure.as_ref());
            (
                Level::WARN,
                format!("{name}: {cause}; started again in {pause} s"),
            )
        }
        State::Failed => {
            let cause = cause(shown.failure.as_ref());
            let remedy = format!("goblin write /subsystems/{name}/ctl start");
            (
                Level::ERROR,
                format!("{name} failed and is given up: {cause}. To try again: {remedy}"),
            )
        }
    }
}

/// How it failed, with its last words.
pub(super) fn cause(failure: Option<&Failure>) -> String {
    let Some(failure) = failure else {
        return "it failed".to_owned();
    };
    match &failure.last_words {
        Some(words) => format!("{} (its last words: {words})", failure.cause),
        None => failure.cause.clone(),
    }
}

#[cfg(test)]
mod tests {
    use trees::subsystems::Kind;
    use trees::time::Millis;

    use super::*;

    #[test]
    fn a_failure_tells_cause_last_words_and_the_way_out() {
        let mut shown = Subsystem {
            rev: 4,
            name: "shell".to_owned(),
            kind: Kind::Process,
            state: State::Backoff,
            on_demand: false,
            pid: None,
            since: Millis(1_000),
            restarts: 1,
            retry: Some(Millis(1_200)),
            waiting_for: None,
            failure: Some(Failure {
                cause: "exit code 1".to_owned(),
                at: Millis(1_000),
                last_words: Some("no fonts".to_owned()),
            }),
        };
        let (level, line) = tell(&shown);
        assert_eq!(level, Level::WARN);
        assert_eq!(
            line,
            "shell: exit code 1 (its last words: no fonts); started again in 0.2 s"
        );
        shown.state = State::Failed;
        let (level, line) = tell(&shown);
        assert_eq!(level, Level::ERROR);
        assert!(
            line.contains("goblin write /subsystems/shell/ctl start"),
            "{line}"
        );
    }
}
