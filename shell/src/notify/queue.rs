//! What is shown, what waits, and what ends a notification: the rules of the Desktop Notifications
//! Specification 1.3 as plain state. Nothing here draws, sleeps or speaks D-Bus.

use std::time::{Duration, Instant};

use super::{Notification, Timeout, Urgency};

/// Popups on the screen at once; the rest waits its turn.
pub const SHOWN_AT_ONCE: usize = 4;

/// Notifications that may wait; past it the oldest that is not critical is let go.
const WAITING_AT_MOST: usize = 100;

/// How long a notification of normal urgency stays when its sender leaves it to us.
const STAYS: Duration = Duration::from_secs(8);

/// The same for low urgency.
const STAYS_LOW: Duration = Duration::from_secs(4);

/// Why a notification went away; the number is the one of the signal `NotificationClosed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its time was up.
    Expired = 1,
    /// The person closed it.
    Dismissed = 2,
    /// Its sender called `CloseNotification`.
    Withdrawn = 3,
    /// Any other; here: there were too many.
    Undefined = 4,
}

/// A notification that is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// Its id.
    pub id: u32,
    /// Why it went.
    pub reason: Reason,
}

#[derive(Debug, Clone)]
struct Entry {
    id: u32,
    notification: Notification,
    /// When it came onto the screen; `None` while it waits.
    shown_at: Option<Instant>,
}

impl Entry {
    fn deadline(&self) -> Option<Instant> {
        Some(self.shown_at? + self.notification.stays()?)
    }

    fn critical(&self) -> bool {
        self.notification.urgency == Urgency::Critical
    }
}

impl Notification {
    /// How long it stays on the screen; `None`: until it is closed. A critical one stays whatever its
    /// sender asked for, as the specification demands.
    fn stays(&self) -> Option<Duration> {
        if self.urgency == Urgency::Critical {
            return None;
        }
        match self.timeout {
            Timeout::Never => None,
            Timeout::After(time) => Some(time),
            Timeout::Default if self.urgency == Urgency::Low => Some(STAYS_LOW),
            Timeout::Default => Some(STAYS),
        }
    }
}

/// All notifications that are alive, in the order they came.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    entries: Vec<Entry>,
    last_id: u32,
}

impl Queue {
    /// Takes a notification in. With `replaces` it takes the place, the id and a new time of that one;
    /// without (0) it gets a new id. Returns the id, and those that had to go for it.
    pub fn post(
        &mut self,
        notification: Notification,
        replaces: u32,
        now: Instant,
    ) -> (u32, Vec<Closed>) {
        let id = if replaces == 0 {
            self.new_id()
        } else {
            replaces
        };
        match self.entries.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => {
                entry.notification = notification;
                entry.shown_at = None;
            }
            None => self.entries.push(Entry {
                id,
                notification,
                shown_at: None,
            }),
        }
        let mut gone = Vec::new();
        while self.entries.len() > SHOWN_AT_ONCE + WAITING_AT_MOST {
            let place = self
                .entries
                .iter()
                .position(|entry| !entry.critical())
                .unwrap_or(0);
            gone.push(Closed {
                id: self.entries.remove(place).id,
                reason: Reason::Undefined,
            });
        }
        self.arrange(now);
        (id, gone)
    }

    /// Ends one notification; `None` if there is none with this id.
    pub fn close(&mut self, id: u32, reason: Reason, now: Instant) -> Option<Closed> {
        let place = self.entries.iter().position(|entry| entry.id == id)?;
        self.entries.remove(place);
        self.arrange(now);
        Some(Closed { id, reason })
    }

    /// The person chose the action `key`. `None` if the notification is gone or never offered it; else
    /// whether the notification closed (a resident one stays).
    pub fn invoke(&mut self, id: u32, key: &str, now: Instant) -> Option<Option<Closed>> {
        let entry = self.entries.iter().find(|entry| entry.id == id)?;
        if !entry
            .notification
            .actions
            .iter()
            .any(|action| action.key == key)
        {
            return None;
        }
        if entry.notification.resident {
            return Some(None);
        }
        Some(self.close(id, Reason::Dismissed, now))
    }

    /// Ends those whose time is up.
    pub fn expire(&mut self, now: Instant) -> Vec<Closed> {
        let mut gone = Vec::new();
        self.entries.retain(|entry| {
            let over = entry.deadline().is_some_and(|deadline| deadline <= now);
            if over {
                gone.push(Closed {
                    id: entry.id,
                    reason: Reason::Expired,
                });
            }
            !over
        });
        self.arrange(now);
        gone
    }

    /// When [`Queue::expire`] has something to do next; `None`: not before something else happens.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.entries.iter().filter_map(Entry::deadline).min()
    }

    /// Those on the screen, from the top: critical ones first, then in the order they came.
    pub fn shown(&self) -> impl Iterator<Item = (u32, &Notification)> {
        let mut shown: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| entry.shown_at.is_some())
            .collect();
        shown.sort_by_key(|entry| !entry.critical());
        shown
            .into_iter()
            .map(|entry| (entry.id, &entry.notification))
    }

    /// How many wait for a place on the screen.
    pub fn waiting(&self) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.shown_at.is_none())
            .count()
    }

    /// One notification, shown or waiting.
    pub fn get(&self, id: u32) -> Option<&Notification> {
        self.entries
            .iter()
            .find(|entry| entry.id == id)
            .map(|entry| &entry.notification)
    }

    /// Gives the places on the screen: critical ones first, so that nothing hides them.
    fn arrange(&mut self, now: Instant) {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&place| !self.entries[place].critical());
        for (rank, place) in order.into_iter().enumerate() {
            let entry = &mut self.entries[place];
            if rank < SHOWN_AT_ONCE {
                entry.shown_at.get_or_insert(now);
            } else {
                entry.shown_at = None;
            }
        }
    }

    fn new_id(&mut self) -> u32 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if self.last_id != 0 && self.get(self.last_id).is_none() {
                return self.last_id;
            }
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
