//! The way from any thread to the state's.

use std::future::Future;
use std::pin::Pin;

use calloop::channel::Sender;
use ninep::tree::Pending;
use ninep::tree::ctl::Refusal;
use ninep::{Errno, Error};
use tokio::sync::oneshot;

use crate::control::{Command, Outcome, Reply};

/// A handle on the state's thread.
#[derive(Clone)]
pub(crate) struct Port(Sender<Command>);

impl Port {
    pub(crate) fn new(sender: Sender<Command>) -> Self {
        Self(sender)
    }

    /// Asks, and gives the answer when it is there.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        make: impl FnOnce(Reply<T>) -> Command,
    ) -> Pending<T> {
        let (reply, answer) = oneshot::channel();
        let sent = self.0.send(make(reply));
        Box::pin(async move {
            let ending = || Error::new(Errno::SHUTDOWN, "the compositor is ending");
            sent.map_err(|_| ending())?;
            answer.await.map_err(|_| ending())
        })
    }

    /// Gives verbs, and what became of them.
    pub(crate) fn tell(
        &self,
        make: impl FnOnce(Reply<Outcome>) -> Command,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
        let asked = self.ask(make);
        Box::pin(async move { asked.await.map_err(Refusal::from)? })
    }
}
