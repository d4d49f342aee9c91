//! A socket on which clients connect, kept alive whatever happens on it.

use std::io;
use std::os::unix::net::UnixStream;

use calloop::{EventSource, Poll, PostAction, Readiness, Token, TokenFactory};
use tracing::warn;

/// Wraps a listening source. An error of one would end the event loop, and the session with it: no
/// more descriptors, or a descriptor from a client that is no listening socket.
pub(crate) struct Listener<S> {
    source: S,
    /// What it is, for the log.
    what: String,
    /// What follows an error.
    after_error: PostAction,
}

impl<S> Listener<S> {
    /// The socket of the session: it stays whatever happens.
    pub(crate) fn lasting(source: S, what: &str) -> Self {
        Self {
            source,
            what: what.to_owned(),
            after_error: PostAction::Continue,
        }
    }

    /// A socket that a client gave us: its first error is its last.
    pub(crate) fn lent(source: S, what: String) -> Self {
        Self {
            source,
            what,
            after_error: PostAction::Remove,
        }
    }
}

impl<S> EventSource for Listener<S>
where
    S: EventSource<Event = UnixStream, Metadata = (), Ret = (), Error = io::Error>,
{
    type Event = UnixStream;
    type Metadata = ();
    type Ret = ();
    type Error = io::Error;

    fn process_events<F>(
        &mut self,
        readiness: Readiness,
        token: Token,
        callback: F,
    ) -> io::Result<PostAction>
    where
        F: FnMut(UnixStream, &mut ()),
    {
        let done = self.source.process_events(readiness, token, callback);
        Ok(done.unwrap_or_else(|error| {
            let what = &self.what;
            warn!("no client could be taken in on {what}: {error}");
            self.after_error
        }))
    }

    fn register(&mut self, poll: &mut Poll, factory: &mut TokenFactory) -> calloop::Result<()> {
        self.source.register(poll, factory)
    }

    fn reregister(&mut self, poll: &mut Poll, factory: &mut TokenFactory) -> calloop::Result<()> {
        self.source.reregister(poll, factory)
    }

    fn unregister(&mut self, poll: &mut Poll) -> calloop::Result<()> {
        self.source.unregister(poll)
    }
}
