use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::effect::Effect;
use super::fids::Fids;
use super::reply::{Dialect, Reply};
use crate::error::{Errno, Error, Result};
use crate::outbox::Outbox;
use crate::tree::Pending;

/// What the reading task and the running requests of one connection share.
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) outbox: Outbox,
    /// Told when a request has ended.
    pub(super) fewer: Notify,
}

/// The fids and the requests that are not answered yet.
pub(super) struct State {
    pub(super) fids: Fids,
    pub(super) dialect: Dialect,
    live: HashMap<u16, Live>,
    next_id: u64,
    /// Requests that wait for an event.
    pub(super) parked: usize,
}

/// A request that is not answered yet.
struct Live {
    /// Tells this request from a later one with the same tag.
    id: u64,
    abort: AbortHandle,
    /// The fid, if it is a read that waits for an event.
    parked_on: Option<u32>,
}

impl Shared {
    pub(super) fn new(fids: usize) -> Self {
        let state = State {
            fids: Fids::new(fids),
            dialect: Dialect::Linux,
            live: HashMap::new(),
            next_id: 0,
            parked: 0,
        };
        Self {
            state: Mutex::new(state),
            outbox: Outbox::default(),
            fewer: Notify::new(),
        }
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an answer.
    pub(super) fn answer(&self, dialect: Dialect, tag: u16, reply: &Reply) {
        let frame = reply.encode(dialect, tag).or_else(|| {
            tracing::error!("an answer that {dialect:?} has no message for: {reply:?}");
            Reply::refusal(dialect, &Error::new(Errno::IO, "the answer has no form"))
                .encode(dialect, tag)
        });
        if let Some(frame) = frame {
            self.outbox.push(frame);
        }
    }

    /// Sends a refusal.
    pub(super) fn refuse(&self, dialect: Dialect, tag: u16, error: &Error) {
        tracing::debug!("tag {tag} refused: {error}");
        self.answer(dialect, tag, &Reply::refusal(dialect, error));
    }

    /// Applies what a request came to and answers it, in one step, so that a flush comes either before or after both.
    pub(super) fn finish(&self, state: &mut State, tag: u16, result: Result<Effect>) {
        match result.and_then(|effect| effect.apply(&mut state.fids)) {
            Ok(reply) => self.answer(state.dialect, tag, &reply),
            Err(error) => self.refuse(state.dialect, tag, &error),
        }
    }

    /// Runs `work` beside the reading; its end is its answer, unless a flush comes first.
    pub(super) fn spawn(
        self: &Arc<Self>,
        state: &mut State,
        tag: u16,
        parked_on: Option<u32>,
        work: Pending<Effect>,
    ) {
        let id = state.next_id;
        state.next_id += 1;
        let shared = Arc::clone(self);
        let task = tokio::spawn(async move {
            let result = work.await;
            let mut state = shared.lock();
            if state.live.get(&tag).is_some_and(|live| live.id == id) {
                state.end(tag);
                shared.finish(&mut state, tag, result);
                shared.fewer.notify_waiters();
            }
        });
        state.parked += usize::from(parked_on.is_some());
        state.live.insert(
            tag,
            Live {
                id,
                abort: task.abort_handle(),
                parked_on,
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
        self.parked = 0;
    }
}
