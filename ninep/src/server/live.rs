use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::task::AbortHandle;

use super::Limits;
use super::effect::{Effect, Said};
use super::fids::Fids;
use super::numbers::Numbers;
use super::reply::{Dialect, Reply, read_head};
use super::request::Weight;
use crate::error::{Errno, Error, Result};
use crate::outbox::Outbox;
use crate::tree::Pending;

/// What the reading task and the running requests of one connection share.
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) outbox: Outbox,
    /// Room for the answers that requests under way may come to, in units of [`UNIT`].
    room: Semaphore,
    units: u32,
    /// As in [`Limits`].
    unread: usize,
    /// Told when a request has ended.
    pub(super) fewer: Notify,
}

/// The fids and the requests that are not answered yet.
pub(super) struct State {
    pub(super) fids: Fids,
    pub(super) dialect: Dialect,
    live: HashMap<u16, Live, Numbers>,
    next_id: u64,
    /// Requests that wait for an event.
    pub(super) parked: usize,
    /// Bytes of payloads that live requests hold.
    pub(super) held: usize,
}

/// Bytes that one permit of [`Shared::room`] stands for.
const UNIT: usize = 4096;

/// Work that goes on beside the reading.
pub(super) struct Spawned {
    pub(super) tag: u16,
    /// The fid, if it is a read that waits for an event.
    pub(super) parked_on: Option<u32>,
    pub(super) weight: Weight,
    pub(super) work: Pending<Effect>,
}

/// A request that is not answered yet.
struct Live {
    /// Tells this request from a later one with the same tag.
    id: u64,
    abort: AbortHandle,
    /// The fid, if it is a read that waits for an event.
    parked_on: Option<u32>,
    /// Bytes of its payload.
    held: usize,
}

impl Shared {
    pub(super) fn new(limits: &Limits) -> Self {
        let state = State {
            fids: Fids::new(limits.fids),
            dialect: Dialect::Linux,
            live: HashMap::default(),
            next_id: 0,
            parked: 0,
            held: 0,
        };
        let units = u32::try_from((limits.held / UNIT).clamp(1, Semaphore::MAX_PERMITS));
        let units = units.unwrap_or(u32::MAX);
        Self {
            state: Mutex::new(state),
            outbox: Outbox::default(),
            room: Semaphore::new(usize::try_from(units).unwrap_or(1)),
            units,
            unread: limits.unread,
            fewer: Notify::new(),
        }
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an answer.
    pub(super) fn answer(&self, dialect: Dialect, tag: u16, reply: &Reply) {
        self.outbox.push_with(|head| {
            let payload = reply.encode(dialect, tag, head).or_else(|| {
                tracing::error!("an answer that {dialect:?} has no message for: {reply:?}");
                Reply::refusal(dialect, &Error::new(Errno::IO, "the answer has no form"))
                    .encode(dialect, tag, head)
            });
            payload.unwrap_or_default()
        });
    }

    /// Sends a refusal.
    pub(super) fn refuse(&self, dialect: Dialect, tag: u16, error: &Error) {
        tracing::debug!("tag {tag} refused: {error}");
        self.answer(dialect, tag, &Reply::refusal(dialect, error));
    }

    /// Applies what a request came to and answers it, in one step, so that a flush comes either before or after both.
    pub(super) fn finish(&self, state: &mut State, tag: u16, result: Result<Effect>) {
        match result.and_then(|effect| effect.apply(&mut state.fids)) {
            Ok(Said::Reply(reply)) => self.answer(state.dialect, tag, &reply),
            Ok(Said::Read(pages)) => self
                .outbox
                .push_pages(pages, |count, head| read_head(tag, count, head)),
            Err(error) => self.refuse(state.dialect, tag, &error),
        }
    }

    /// Waits until there is room for an answer of `bytes`, which is taken until the permit is dropped.
    async fn room_for(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        if bytes == 0 {
            return None;
        }
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        self.room.acquire_many(units.min(self.units)).await.ok()
    }

    /// Runs `work` beside the reading; its end is its answer, unless a flush comes first.
    pub(super) fn spawn(self: &Arc<Self>, state: &mut State, spawned: Spawned) {
        let Spawned {
            tag,
            parked_on,
            weight,
            work,
        } = spawned;
        let id = state.next_id;
        state.next_id += 1;
        let shared = Arc::clone(self);
        let unread = self.unread;
        let task = tokio::spawn(async move {
            let _room = shared.room_for(weight.answer).await;
            if weight.answer > 0 {
                shared.outbox.wait_below(unread).await;
            }
            let result = work.await;
            let mut state = shared.lock();
            if state.live.get(&tag).is_some_and(|live| live.id == id) {
                state.end(tag);
                shared.finish(&mut state, tag, result);
                shared.fewer.notify_waiters();
            }
        });
        state.parked += usize::from(parked_on.is_some());
        state.held += weight.payload;
        state.live.insert(
            tag,
            Live {
                id,
                abort: task.abort_handle(),
                parked_on,
                held: weight.payload,
            },
        );
    }

    /// Ends the reads that wait on `fid`, before it is clunked.
    pub(super) fn answer_parked(&self, state: &mut State, fid: u32) {
        if state.parked == 0 {
            return;
        }
        let on_fid = |(tag, live): (&u16, &Live)| (live.parked_on == Some(fid)).then_some(*tag);
        let tags: Vec<u16> = state.live.iter().filter_map(on_fid).collect();
        for tag in tags {
            state.cancel(tag);
            self.refuse(
                state.dialect,
                tag,
                &Error::new(Errno::INTR, "the fid was clunked"),
            );
        }
    }
}

impl State {
    /// Whether `tag` belongs to a request under way.
    pub(super) fn is_live(&self, tag: u16) -> bool {
        self.live.contains_key(&tag)
    }

    /// Requests under way that do not wait for an event.
    pub(super) fn working(&self) -> usize {
        self.live.len() - self.parked
    }

    fn end(&mut self, tag: u16) -> Option<Live> {
        let live = self.live.remove(&tag)?;
        self.parked -= usize::from(live.parked_on.is_some());
        self.held -= live.held;
        Some(live)
    }

    /// Drops a request that will get no answer.
    pub(super) fn cancel(&mut self, tag: u16) {
        if let Some(live) = self.end(tag) {
            live.abort.abort();
        }
    }

    /// Drops all requests.
    pub(super) fn cancel_all(&mut self) {
        for (_, live) in self.live.drain() {
            live.abort.abort();
        }
        (self.parked, self.held) = (0, 0);
    }
}
