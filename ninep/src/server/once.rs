//! Answers that are kept, so that a request sent again after a lost connection is not done twice.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::reply::Reply;

/// How long an answer is kept: longer than any client goes on trying.
const KEEP: Duration = Duration::from_secs(150);
/// Answers kept, at most. They are small: a request that is done once changes something, and says little.
const MOST: usize = 65_536;

/// A request's number: who asks (a user, a client), and its count.
pub(super) type Number = (u32, u64, u64);

/// The answers of one server, over all of its connections.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<Number, watch::Receiver<Option<Reply>>>,
    /// Oldest first.
    order: VecDeque<(Instant, Number)>,
}

/// What the ledger says to a number.
pub(super) enum Entry {
    /// It is new: do it, and tell the answer here.
    New(watch::Sender<Option<Reply>>),
    /// It was begun before: this will hold the answer.
    Known(watch::Receiver<Option<Reply>>),
}

impl Ledger {
    /// Enters `number`, or finds it.
    pub(super) fn enter(self: &Arc<Self>, number: Number) -> Entry {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while let Some((since, old)) = kept.order.front().copied()
            && (now.duration_since(since) > KEEP || kept.order.len() >= MOST)
        {
            kept.order.pop_front();
            kept.answers.remove(&old);
        }
        if let Some(known) = kept.answers.get(&number) {
            return Entry::Known(known.clone());
        }
        let (tell, told) = watch::channel(None);
        kept.answers.insert(number, told);
        kept.order.push_back((now, number));
        Entry::New(tell)
    }
}
