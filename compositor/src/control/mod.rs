//! What other threads can ask of the state and tell it to do. The state's own thread carries it
//! out; the 9P tree is one thin caller of this.

mod feedback;
mod inject;
mod output_verbs;
mod picture;
mod status;
mod verbs;
mod window_verbs;

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use serde_json::Value;
use tokio::sync::oneshot;
use trees::desktop::{
    Configuration, InputStatus, InputVerb, OutputStatus, OutputVerb, OutputsVerb, Perf, Status,
    Verb, WindowStatus, WindowVerb,
};

use crate::goblin::Goblin;
use crate::layout::WindowId;

pub(crate) use feedback::Feedback;

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<T>;
/// What became of some verbs.
pub(crate) type Outcome = Result<Value, Refusal>;

/// A question or an order.
#[derive(Debug)]
pub(crate) enum Command {
    Status(Reply<Status>),
    Perf(Reply<Perf>),
    InputStatus(Reply<InputStatus>),
    Config(Reply<Configuration>),
    OutputStatus(String, Reply<Option<OutputStatus>>),
    WindowStatus(WindowId, Reply<Option<WindowStatus>>),
    Desktop(Vec<Verb>, Reply<Outcome>),
    Window(WindowId, Vec<WindowVerb>, Reply<Outcome>),
    Output(String, Vec<OutputVerb>, Reply<Outcome>),
    Outputs(Vec<OutputsVerb>, Reply<Outcome>),
    Input(Vec<InputVerb>, Reply<Outcome>),
    OutputPicture(String, Reply<Result<Vec<u8>, Refusal>>),
    WindowPicture(WindowId, Reply<Result<Vec<u8>, Refusal>>),
}

impl Goblin {
    /// Carries out a command. Who asked may be gone by the time of the answer: that is no fault.
    pub(crate) fn carry_out(&mut self, command: Command) {
        match command {
            Command::Status(reply) => drop(reply.send(self.desktop_status())),
            Command::Perf(reply) => drop(reply.send(self.desktop_perf())),
            Command::InputStatus(reply) => drop(reply.send(self.input_status())),
            Command::Config(reply) => {
                drop(reply.send(self.config.told(&self.config_file)));
            }
            Command::OutputStatus(name, reply) => drop(reply.send(self.output_status(&name))),
            Command::WindowStatus(id, reply) => drop(reply.send(self.window_status(id))),
            Command::Desktop(verbs, reply) => drop(reply.send(self.desktop_verbs(verbs))),
            Command::Window(id, verbs, reply) => drop(reply.send(self.window_verbs(id, verbs))),
            Command::Output(name, verbs, reply) => {
                drop(reply.send(self.output_verbs(&name, verbs)));
            }
            Command::Outputs(verbs, reply) => drop(reply.send(self.outputs_verbs(verbs))),
            Command::Input(verbs, reply) => drop(reply.send(self.input_verbs(verbs))),
            Command::OutputPicture(name, reply) => self.output_picture(&name, reply),
            Command::WindowPicture(id, reply) => self.window_picture(id, reply),
        }
    }

    /// Whether pictures and injected input are allowed at all (DESIGN.md, section 6).
    pub(crate) fn check_testing(&self, what: &str) -> Result<(), Refusal> {
        if self.globals.lock.is_on() {
            let why = format!("there is no {what} while the session is locked");
            return Err(Refusal::new(Errno::ACCESS, why).would_work("unlock the session first"));
        }
        if self.testing {
            return Ok(());
        }
        let why = format!("{what} is for sessions started for testing");
        Err(Refusal::new(Errno::ACCESS, why).would_work("start the session with --testing"))
    }
}

/// A refusal for something that is not there.
pub(crate) fn gone(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(Errno::NOENT, format!("there is no {what}")).would_work("read /desktop/status")
}
