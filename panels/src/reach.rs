use jiff::Timestamp;
use trees::time::Millis;
use ui::Element;
use ui::components::unreachable;

/// Whether a tree answers, and if not, since when and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reach {
    /// The first try is under way.
    #[default]
    Trying,
    /// It answers.
    Up {
        /// Since when.
        since: Timestamp,
    },
    /// It does not.
    Down {
        /// When it was lost; `None` if it never answered.
        lost: Option<Timestamp>,
        /// Why, in one line.
        cause: String,
    },
}

impl Reach {
    /// Whether it answers.
    pub fn is_up(&self) -> bool {
        matches!(self, Reach::Up { .. })
    }

    /// It answers: since now, unless it did before.
    pub(crate) fn up(&mut self, now: Timestamp) {
        if !self.is_up() {
            *self = Reach::Up { since: now };
        }
    }

    /// It has stopped answering, or still does not.
    pub(crate) fn down(&mut self, since: Timestamp, cause: String) {
        let lost = match self {
            Reach::Trying => None,
            Reach::Up { .. } => Some(since),
            Reach::Down { lost, .. } => *lost,
        };
        *self = Reach::Down { lost, cause };
    }

    /// The banner that says so, if it is out of reach. `known` is a better cause than that of the
    /// connection, where somebody knows one.
    pub(crate) fn banner<'a, Message: 'a>(
        &self,
        tree: &str,
        now: Timestamp,
        known: Option<&str>,
        action: Option<Element<'a, Message>>,
    ) -> Option<Element<'a, Message>> {
        match self {
            Reach::Down { lost, cause } => {
                let cause = known.unwrap_or(cause);
                Some(unreachable(tree, *lost, now, Some(cause), action))
            }
            Reach::Trying | Reach::Up { .. } => None,
        }
    }
}

/// A tree's time on the person's clock. Times beyond what a calendar holds become its end.
pub(crate) fn instant(time: Millis) -> Timestamp {
    i64::try_from(time.0)
        .ok()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok())
        .unwrap_or(Timestamp::MAX)
}
