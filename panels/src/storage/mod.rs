//! The storage panel: spaces of the mirror, what is in them, and the disk below.

mod folder;
mod list;
mod view;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use trees::mirror::{Event, Space, Status, Verb};
use trees::subsystems;

pub use folder::{Entry, Kind, Place};
pub use view::{FIELD, LIST};

use crate::feed::{Heard, Line};
use crate::keeper::Says;
use crate::{Action, Keeper, Order, Reach};
use folder::Folder;

/// The state of the panel.
#[derive(Debug, Default)]
pub struct Storage {
    mirror: Reach,
    keeper: Keeper,
    /// Known only while the mirror answers: an old state is never shown as the present one.
    status: Option<Status>,
    /// Where the person is; kept while the mirror is away.
    place: Option<Place>,
    folder: Folder,
    /// How far the listing is scrolled, in logical pixels.
    scrolled: f32,
    /// The name typed for a new space, while one is being made.
    naming: Option<String>,
    /// What the last order was refused with.
    refused: Option<String>,
    /// Whether the status will be read again shortly.
    measuring: bool,
}

/// What happens to the panel.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// The mirror said something.
    Mirror(Heard<Status, Event>),
    /// The manager said something, perhaps of the mirror.
    Manager(Heard<subsystems::Status, subsystems::Event>),
    /// A folder was listed.
    Listed(String, Result<Vec<Entry>, String>),
    /// An order was carried out, or refused with a reason.
    Done(Order, Result<(), String>),
    /// A place was chosen.
    Go(Place),
    /// The listing was scrolled to this many logical pixels from its top.
    Scrolled(f32),
    /// A new space is wanted, its name not yet known.
    Name,
    /// The name of the new space was typed so far.
    Typed(String),
    /// The new space shall be made.
    Create,
    /// No new space after all.
    Cancel,
    /// One step back: from naming a space, else to the folder above.
    Leave,
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

/// Reads a place as `/panels/storage/ctl` has it.
///
/// # Errors
/// It names no space.
pub fn place(text: &str) -> Result<Place, String> {
    Place::parse(text).ok_or_else(|| {
        format!("{text:?} is no place; SPACE or SPACE/PATH would be, such as home/photos")
    })
}

impl Storage {
    /// Whether the mirror answers.
    pub fn reach(&self) -> &Reach {
        &self.mirror
    }

    /// Takes a message in; gives what is to be done outside.
    pub fn update(&mut self, message: Message, now: Timestamp) -> Vec<Action> {
        match message {
            Message::Mirror(heard) => self.hear(heard, now),
            Message::Manager(heard) => {
                self.keeper.hear(heard);
                Vec::new()
            }
            Message::Listed(path, result) => self.listed(&path, result),
            Message::Done(_, result) => {
                self.refused = result.err();
                Vec::new()
            }
            Message::Go(place) => self.go(place),
            Message::Scrolled(to) => {
                self.scrolled = to;
                Vec::new()
            }
            Message::Name => {
                self.naming = Some(String::new());
                vec![Action::Focus(FIELD)]
            }
            Message::Typed(name) => {
                self.naming = Some(name);
                Vec::new()
            }
            Message::Create => match self.creation() {
                Some(order) => {
                    self.naming = None;
                    vec![Action::Write(order)]
                }
                None => Vec::new(),
            },
            Message::Cancel => {
                self.naming = None;
                Vec::new()
            }
            Message::Leave => self.leave(),
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

    /// Goes to `SPACE` or `SPACE/PATH`, as `/panels/storage/ctl` has it.
    ///
    /// # Errors
    /// The place names no space.
    pub fn navigate(&mut self, place: &str) -> Result<Vec<Action>, String> {
        let place = self::place(place)?;
        Ok(self.go(place))
    }

    /// The order that makes the space whose name was typed, if it may be one.
    fn creation(&self) -> Option<Order> {
        let name = self.naming.as_deref()?.trim();
        let fit = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\0']);
        let free = !self.spaces().iter().any(|space| space.name == name);
        (fit && free).then(|| {
            Order::new(
                "/mirror/ctl",
                &Verb::Create {
                    name: name.to_owned(),
                },
            )
        })
    }

    fn spaces(&self) -> &[Space] {
        self.status.as_ref().map_or(&[], |status| &status.spaces)
    }

    fn hear(&mut self, heard: Heard<Status, Event>, now: Timestamp) -> Vec<Action> {
        match heard {
            Heard::Status(status) => {
                let returned = !self.mirror.is_up();
                self.mirror.up(now);
                self.measuring = false;
                self.status = Some(status);
                self.settle(returned)
            }
            Heard::Event(line) => self.happened(line),
            Heard::Down { since, cause } => {
                self.mirror.down(since, cause);
                self.status = None;
                self.measuring = false;
                self.folder = Folder::Unknown;
                Vec::new()
            }
        }
    }

    /// Finds a place to be in, after the spaces have changed.
    fn settle(&mut self, returned: bool) -> Vec<Action> {
        let here = self.place.as_ref().map(|place| place.space.as_str());
        if here.is_some_and(|here| self.spaces().iter().any(|space| space.name == here)) {
            return if returned { self.list() } else { Vec::new() };
        }
        match self.spaces().first().map(|space| Place::root(&space.name)) {
            Some(place) => self.go(place),
            None => {
                self.place = None;
                self.folder = Folder::Unknown;
                Vec::new()
            }
        }
    }

    fn leave(&mut self) -> Vec<Action> {
        if self.naming.take().is_some() {
            return Vec::new();
        }
        match &self.place {
            Some(place) if !place.names.is_empty() => {
                let above = place.climb(place.names.len() - 1);
                self.go(above)
            }
            _ => Vec::new(),
        }
    }

    fn go(&mut self, place: Place) -> Vec<Action> {
        self.scrolled = 0.0;
        self.place = Some(place);
        self.folder = Folder::Unknown;
        let mut actions = self.list();
        actions.push(Action::ToTop(LIST));
        actions
    }

    fn list(&mut self) -> Vec<Action> {
        match &self.place {
            Some(place) if self.mirror.is_up() && self.folder.ask() => {
                vec![Action::List { path: place.path() }]
            }
            _ => Vec::new(),
        }
    }

    fn listed(&mut self, path: &str, result: Result<Vec<Entry>, String>) -> Vec<Action> {
        if self.place.as_ref().is_none_or(|place| place.path() != path) || !self.mirror.is_up() {
            // The answer to a question about another place.
            return Vec::new();
        }
        if self.folder.answer(result) {
            self.list()
        } else {
            Vec::new()
        }
    }

    fn happened(&mut self, line: Line<Event>) -> Vec<Action> {
        let Some(status) = &mut self.status else {
            return Vec::new();
        };
        // The feed begins with what it has kept: what is older than the status is in it already.
        if line.time < status.disk.measured {
            return Vec::new();
        }
        let mut actions = Vec::new();
        match line.event {
            Event::File {
                space, path, from, ..
            } => {
                let near = self.place.as_ref().is_some_and(|place| {
                    place.space == space.name
                        && (place.holds(&path) || from.is_some_and(|from| place.holds(&from)))
                });
                if let Some(known) = status
                    .spaces
                    .iter_mut()
                    .find(|known| known.name == space.name)
                {
                    *known = space;
                }
                if near {
                    actions = self.list();
                }
            }
            Event::SpaceCreated { space, .. } => {
                if !status.spaces.iter().any(|known| known.name == space.name) {
                    status.spaces.push(space);
                }
                actions = self.settle(false);
            }
            Event::SpaceRemoved { name, .. } => {
                status.spaces.retain(|known| known.name != name);
                actions = self.settle(false);
            }
        }
        if !self.measuring {
            self.measuring = true;
            actions.push(Action::Measure);
        }
        actions
    }
}
