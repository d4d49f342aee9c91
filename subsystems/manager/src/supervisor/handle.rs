use std::sync::{Arc, PoisonError, RwLock};

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use ninep::tree::{Feed, Log};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use trees::subsystems::{Status, Subsystem};

use super::{Journal, Message};
use crate::lifecycle::Order;

/// Bytes of the session's own events and notes that are kept.
const KEEP: usize = 256 << 10;

/// What others hold of a [`Supervisor`](super::Supervisor): what it shows, and the way to ask it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    status: RwLock<Status>,
    journals: Vec<Arc<Journal>>,
    feed: Feed,
    log: Log,
    tell: mpsc::Sender<Message>,
}

impl Handle {
    pub(super) fn new(
        status: Status,
        journals: Vec<Arc<Journal>>,
        epoch: u64,
        tell: mpsc::Sender<Message>,
    ) -> Self {
        let (feed, log) = (Feed::new(epoch, KEEP), Log::new(KEEP));
        Self(Arc::new(Shared {
            status: RwLock::new(status),
            journals,
            feed,
            log,
            tell,
        }))
    }

    /// The state of the session.
    pub fn status(&self) -> Status {
        self.0
            .status
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Counts decisions and changes of life cycle.
    pub fn rev(&self) -> u64 {
        self.0
            .status
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .rev
    }

    /// The state of the subsystem at `place`.
    pub fn subsystem(&self, place: usize) -> Option<Subsystem> {
        let status = self.0.status.read().unwrap_or_else(PoisonError::into_inner);
        status.subsystems.get(place).cloned()
    }

    /// What the subsystem at `place` says.
    pub fn journal(&self, place: usize) -> Option<Arc<Journal>> {
        self.0.journals.get(place).cloned()
    }

    /// Changes of state, and the end of the session.
    pub fn feed(&self) -> &Feed {
        &self.0.feed
    }

    /// The same for people.
    pub fn log(&self) -> &Log {
        &self.0.log
    }

    /// Gives orders to the subsystem at `place`, all of them or none, and waits until the last one is done.
    ///
    /// # Errors
    /// Why they are refused, or why what was ordered did not come to be.
    pub async fn orders(&self, place: usize, orders: Vec<Order>) -> Result<Value, Refusal> {
        let over = || Refusal::new(Errno::CANCELED, "the session has ended");
        let (reply, answer) = oneshot::channel();
        let message = Message::Orders {
            place,
            orders,
            reply,
        };
        self.0.tell.send(message).await.map_err(|_| over())?;
        answer.await.unwrap_or_else(|_| Err(over()))
    }

    /// Begins to end the session.
    pub async fn quit(&self) {
        // A supervisor that is gone has ended it already.
        let _ = self.0.tell.send(Message::Quit).await;
    }

    /// Ends everything at once.
    pub async fn kill(&self) {
        let _ = self.0.tell.send(Message::Kill).await;
    }

    pub(super) fn sender(&self) -> mpsc::Sender<Message> {
        self.0.tell.clone()
    }

    pub(super) fn show(&self, rev: u64, subsystems: Vec<Subsystem>) {
        let mut status = self
            .0
            .status
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        status.rev = rev;
        status.subsystems = subsystems;
    }

    pub(super) fn note(&self, level: tracing::Level, text: &str) {
        self.0.log.line(text);
        match level {
            tracing::Level::ERROR => tracing::error!("{text}"),
            tracing::Level::WARN => tracing::warn!("{text}"),
            _ => tracing::info!("{text}"),
        }
    }
}
