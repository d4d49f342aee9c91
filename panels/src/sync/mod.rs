//! The sync panel: who wrote what when, live, and whether the mirror is in touch.

mod view;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use jiff::Timestamp;
use trees::mirror::{Event, Status};
use trees::subsystems;

pub use view::LIST;

use crate::feed::{Heard, Line};
use crate::keeper::Says;
use crate::{Action, Keeper, Order, Reach};

/// The most lines of activity that are kept; the mirror itself keeps about as many.
const KEEP: usize = 5_000;

/// The state of the panel.
#[derive(Debug, Default)]
pub struct Sync {
    mirror: Reach,
    keeper: Keeper,
    /// Known only while the mirror answers.
    status: Option<Status>,
    /// What happened, newest first. History stays true while the mirror is away.
    activity: VecDeque<Line<Event>>,
    /// The space whose activity is shown; all of them if none.
    only: Option<String>,
    scrolled: f32,
    refused: Option<String>,
}

/// What happens to the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The mirror said something.
    Mirror(Heard<Status, Event>),
    /// The manager said something, perhaps of the mirror.
    Manager(Heard<subsystems::Status, subsystems::Event>),
    /// The activity of one space, or of all, shall be shown.
    Only(Option<String>),
    /// The list was scrolled to this many logical pixels from its top.
    Scrolled(f32),
    /// An order was carried out, or refused with a reason.
    Done(Order, Result<(), String>),
    /// An order shall be given.
    Give(Order),
    /// A text shall go to the clipboard.
    Copy(String),
    /// The refusal has been read.
    Understood,
}

impl Says for Message {
    fn give(order: Order) -> Self {
        Message::Give(order)
    }

    fn copy(text: String) -> Self {
        Message::Copy(text)
    }
}

/// The space that an event is of.
pub(crate) fn space_of(event: &Event) -> &str {
    match event {
        Event::File { space, .. } | Event::SpaceCreated { space, .. } => &space.name,
        Event::SpaceRemoved { name, .. } => name,
    }
}

impl Sync {
    /// Whether the mirror answers.
    pub fn reach(&self) -> &Reach {
        &self.mirror
    }

    /// Takes a message in; gives what is to be done outside.
    pub fn update(&mut self, message: Message, now: Timestamp) -> Vec<Action> {
        match message {
            Message::Mirror(Heard::Status(status)) => {
                self.mirror.up(now);
                self.status = Some(status);
                Vec::new()
            }
            Message::Mirror(Heard::Down { since, cause }) => {
                self.mirror.down(since, cause);
                self.status = None;
                Vec::new()
            }
            Message::Mirror(Heard::Event(line)) => {
                self.activity.push_front(line);
                self.activity.truncate(KEEP);
                Vec::new()
            }
            Message::Manager(heard) => {
                self.keeper.hear(heard);
                Vec::new()
            }
            Message::Only(space) => {
                self.only = space;
                self.scrolled = 0.0;
                vec![Action::ToTop(LIST)]
            }
            Message::Scrolled(to) => {
                self.scrolled = to;
                Vec::new()
            }
            Message::Done(_, result) => {
                self.refused = result.err();
                Vec::new()
            }
            Message::Give(order) => {
                self.refused = None;
                vec![Action::Write(order)]
            }
            Message::Copy(text) => vec![Action::Copy(text)],
            Message::Understood => {
                self.refused = None;
                Vec::new()
            }
        }
    }

    /// Shows the activity of one space, or of all for an empty place.
    pub fn navigate(&mut self, place: &str) -> Vec<Action> {
        let space = place
            .split('/')
            .find(|name| !name.is_empty())
            .map(str::to_owned);
        self.update(Message::Only(space), Timestamp::UNIX_EPOCH)
    }

    /// The spaces that can be chosen: those there are, and those that activity is known of.
    fn choices(&self) -> Vec<&str> {
        let present = self.status.iter().flat_map(|status| &status.spaces);
        let mut names: Vec<&str> = present
            .map(|space| space.name.as_str())
            .chain(self.activity.iter().map(|line| space_of(&line.event)))
            .chain(self.only.as_deref())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The activity that is shown, newest first.
    fn shown(&self) -> Vec<&Line<Event>> {
        self.activity
            .iter()
            .filter(|line| {
                self.only
                    .as_deref()
                    .is_none_or(|only| only == space_of(&line.event))
            })
            .collect()
    }
}
