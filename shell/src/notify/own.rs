//! What goblin's own services have to say: a part failed, is started again, is back; the mirror is silent.
//!
//! One part has one notification at a time: the next word on it takes the place of the last.

use std::collections::HashMap;

use trees::mirror;
use trees::subsystems::{State, Subsystem};

use super::{Action, DEFAULT_ACTION, Notification, Timeout, Urgency, markup};
use crate::bar::lights::part_name;
use crate::fl;
use crate::reach::Reach;

/// Name that goblin's own notifications come under.
pub(super) const APP: &str = "goblin";

/// The configuration of the desktop, among the parts that words are about.
pub const CONFIGURATION: &str = "configuration";

/// What is known of each part, to tell news from repetition.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// The parts that were said to be in trouble.
    troubled: HashMap<String, Trouble>,
    /// Whether the mirror ever answered: what has not begun cannot be lost.
    mirror_seen: bool,
    /// The session is ending: everything stops, and that is no news.
    quitting: bool,
}

/// What was said of a part.
#[derive(Debug, Clone)]
enum Trouble {
    /// It died, of this cause as far as is known.
    Died(Option<String>),
    /// It does not answer.
    Silent,
}

/// A word on a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// The part it is about.
    pub part: String,
    /// What to show.
    pub notification: Notification,
}

impl Own {
    /// A subsystem changed its state.
    pub fn part(&mut self, part: &Subsystem) -> Option<Word> {
        if self.quitting {
            return None;
        }
        let id = part.name.as_str();
        let name = part_name(id);
        let cause = part.failure.as_ref();
        let cause = cause.map(|failure| markup::one_line(&failure.cause));
        let trouble = Trouble::Died(cause.clone());
        match part.state {
            State::Failed => {
                self.troubled.insert(id.to_owned(), trouble);
                Some(word(
                    id,
                    Urgency::Critical,
                    fl!("part-failed", name = name),
                    cause,
                ))
            }
            State::Backoff => {
                self.troubled.insert(id.to_owned(), trouble);
                Some(word(
                    id,
                    Urgency::Normal,
                    fl!("part-restarting", name = name),
                    cause,
                ))
            }
            State::Running => {
                // It may be back before a person has read why it went, so the cause is said again.
                let cause = match self.troubled.remove(id)? {
                    Trouble::Died(cause) => {
                        cause.map(|cause| fl!("part-back-after", cause = cause))
                    }
                    Trouble::Silent => None,
                };
                Some(word(id, Urgency::Low, fl!("part-back", name = name), cause))
            }
            State::Stopped => {
                // On purpose: whatever was wrong is settled.
                self.troubled.remove(id);
                None
            }
            State::Waiting | State::Starting | State::Stopping => None,
        }
    }

    /// The mirror's tree came into reach or went out of it. `part` is what the manager knows of it: where
    /// there is a manager, its word with the cause is the better one.
    pub fn mirror(&mut self, reach: &Reach, part: Option<&Subsystem>) -> Option<Word> {
        if self.quitting {
            return None;
        }
        match reach {
            Reach::Unknown => None,
            Reach::Down { .. } => {
                let known = part.is_some_and(|part| part.state != State::Running);
                if !self.mirror_seen || known || self.troubled.contains_key(mirror::NAME) {
                    return None;
                }
                self.troubled
                    .insert(mirror::NAME.to_owned(), Trouble::Silent);
                let hint = Some(fl!("mirror-lost-hint"));
                Some(word(
                    mirror::NAME,
                    Urgency::Normal,
                    fl!("mirror-lost"),
                    hint,
                ))
            }
            Reach::Up => {
                self.mirror_seen = true;
                // Of what died the manager says that it is back.
                if !matches!(self.troubled.get(mirror::NAME), Some(Trouble::Silent)) {
                    return None;
                }
                self.troubled.remove(mirror::NAME);
                Some(word(mirror::NAME, Urgency::Low, fl!("mirror-back"), None))
            }
        }
    }

    /// The session is ending.
    pub fn quit(&mut self) {
        self.quitting = true;
    }
}

/// The desktop's configuration file has a fault: it stays on the screen until it is mended or dismissed.
pub fn configuration(fault: &str) -> Word {
    let notification = Notification {
        app: APP.to_owned(),
        summary: fl!("config-fault"),
        body: markup::one_line(fault),
        urgency: Urgency::Critical,
        timeout: Timeout::Never,
        ..Notification::default()
    };
    Word {
        part: CONFIGURATION.to_owned(),
        notification,
    }
}

/// Something the person asked for did not work.
pub fn failed(body: &str) -> Notification {
    Notification {
        app: APP.to_owned(),
        summary: fl!("order-failed"),
        body: markup::plain(body),
        ..Notification::default()
    }
}

fn word(part: &str, urgency: Urgency, summary: String, body: Option<String>) -> Word {
    let open = Action {
        key: DEFAULT_ACTION.to_owned(),
        label: fl!("open-subsystems"),
    };
    let notification = Notification {
        app: APP.to_owned(),
        summary,
        body: body.unwrap_or_default(),
        urgency,
        timeout: Timeout::Default,
        actions: vec![open],
        ..Notification::default()
    };
    Word {
        part: part.to_owned(),
        notification,
    }
}

#[cfg(test)]
mod tests {
    use trees::subsystems::{Failure, State, Subsystem};
    use trees::time::Millis;
    use ui::text::{Language, with_language};

    use super::super::Urgency;
    use super::Own;
    use crate::reach::Reach;
    use crate::testing::part;

    fn died(state: State) -> Subsystem {
        let cause = "killed by signal 9 (KILL)".to_owned();
        let failure = Some(Failure {
            cause,
            at: Millis(1),
            last_words: None,
        });
        Subsystem {
            failure,
            ..part("mirror", state)
        }
    }

    #[test]
    fn a_part_that_dies_and_comes_back_is_told_once_each() {
        let mut own = Own::default();
        assert_eq!(
            own.part(&part("mirror", State::Running)),
            None,
            "running is no news"
        );
        let word = with_language(Language::English, || own.part(&died(State::Backoff)));
        let word = word.expect("it died");
        assert_eq!(
            word.notification.summary,
            "Mirror stopped and is started again"
        );
        assert_eq!(word.notification.body, "killed by signal 9 (KILL)");
        assert_eq!(own.part(&part("mirror", State::Starting)), None);
        assert_eq!(
            own.mirror(&Reach::Up, None),
            None,
            "the manager will say so"
        );
        let back = with_language(Language::English, || {
            own.part(&part("mirror", State::Running))
        });
        let back = back.expect("it is back");
        assert_eq!(
            back.notification.body,
            "It had stopped: killed by signal 9 (KILL)"
        );
        assert_eq!(
            (back.part.as_str(), back.notification.urgency),
            ("mirror", Urgency::Low)
        );
        assert_eq!(own.part(&part("mirror", State::Running)), None);
    }

    #[test]
    fn a_part_that_stays_down_is_critical_and_one_stopped_on_purpose_is_no_news() {
        let mut own = Own::default();
        let word = own.part(&died(State::Failed)).expect("it failed");
        assert_eq!(word.notification.urgency, Urgency::Critical);
        assert_eq!(own.part(&part("mirror", State::Stopped)), None);
        assert_eq!(own.part(&part("mirror", State::Running)), None);
    }

    #[test]
    fn a_silent_mirror_is_told_only_where_nobody_knows_better() {
        let down = Reach::Down { since: Millis(1) };
        let mut own = Own::default();
        assert_eq!(own.mirror(&down, None), None, "it never answered");
        assert_eq!(own.mirror(&Reach::Up, None), None);
        assert!(own.mirror(&down, None).is_some());
        assert_eq!(own.mirror(&down, None), None, "once is enough");
        assert!(own.mirror(&Reach::Up, None).is_some());

        assert!(own.part(&died(State::Backoff)).is_some());
        assert_eq!(own.mirror(&down, Some(&died(State::Backoff))), None);
    }

    #[test]
    fn the_end_of_a_session_is_no_news() {
        let mut own = Own::default();
        let _first = own.mirror(&Reach::Up, None);
        own.quit();
        assert_eq!(own.part(&died(State::Failed)), None);
        assert_eq!(own.mirror(&Reach::Down { since: Millis(1) }, None), None);
    }
}
