//! The supervisor: carries out what the models of [`crate::fleet`] decide, on real processes, and tells them what happens.
//!
//! One task owns the fleet. Everything else (a process that ends, a timer, an order from a `ctl`) is a message to it. It
//! sleeps until one comes.

mod child;
mod handle;
mod journal;
mod lines;
mod notes;
mod programs;
mod ready;
mod spec;
mod throttle;

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ninep::tree::ctl::Refusal;
use rustix::process::Signal;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use trees::subsystems::{Event, State, Status, Subsystem};
use trees::time::Millis;

use crate::fleet::{Act, Fleet};
use crate::lifecycle::{Effect, Exit, Goal, Input, Now, Order, Run};
use child::{Launch, Process};

pub use handle::Handle;
pub use journal::{Journal, push};
pub use programs::Programs;
pub use spec::{Export, Ready, Source, Spec};

/// Messages that may wait; who sends more waits too.
const QUEUE: usize = 64;

/// Where a supervisor works.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of the sockets of this session.
    pub sockets: PathBuf,
    /// The folder for log files, if any are kept.
    pub logs: Option<PathBuf>,
    /// Where programs are found.
    pub programs: Programs,
    /// The program that is started in place of each, and becomes it: `goblin-manager` (see [`crate::exec`]).
    pub helper: PathBuf,
    /// The epoch of the events.
    pub epoch: u64,
    /// Name of the session.
    pub session: String,
}

#[derive(Debug)]
enum Message {
    Happened {
        place: usize,
        run: Run,
        what: Happened,
    },
    Timer {
        place: usize,
        ticket: u64,
    },
    Orders {
        place: usize,
        orders: Vec<Order>,
        reply: oneshot::Sender<Result<Value, Refusal>>,
    },
    Quit,
    Kill,
}

#[derive(Debug)]
enum Happened {
    Answered {
        status: Option<Value>,
    },
    Exited {
        exit: Exit,
        last_words: Option<String>,
    },
}

/// Somebody who waits for what they ordered.
struct Waiter {
    place: usize,
    goal: Goal,
    reply: oneshot::Sender<Result<Value, Refusal>>,
}

/// What exists in the world for one subsystem.
#[derive(Default)]
struct Body {
    process: Option<Process>,
    timer: Option<AbortHandle>,
    waiting_for_answer: Option<AbortHandle>,
    exports: Vec<(OsString, OsString)>,
}

/// Owns the fleet and the processes; made by [`start`], run by [`Supervisor::run`].
pub struct Supervisor {
    fleet: Fleet,
    specs: Vec<Spec>,
    bodies: Vec<Body>,
    waiters: Vec<Waiter>,
    place: Place,
    handle: Handle,
    inbox: mpsc::Receiver<Message>,
    began: Instant,
    noted: HashMap<usize, State>,
}

/// Makes a supervisor for `specs` and the handle to it. Nothing is started before [`Supervisor::run`].
///
/// # Errors
/// When the specs make no sense together: which and why.
pub fn start(specs: Vec<Spec>, place: Place) -> Result<(Supervisor, Handle), String> {
    let began = Instant::now();
    let now = Now {
        wall: Millis::now(),
        steady: Duration::ZERO,
    };
    let members = specs
        .iter()
        .map(|spec| (spec.name.clone(), spec.policy.clone(), spec.needs.clone()));
    let fleet = Fleet::new(members, now)?;
    let status = Status {
        rev: fleet.rev(),
        session: place.session.clone(),
        since: now.wall,
        subsystems: fleet.show(),
    };
    let journals = specs
        .iter()
        .map(|spec| Arc::new(Journal::new(&spec.name, place.epoch, place.logs.as_deref())))
        .collect();
    let (tell, inbox) = mpsc::channel(QUEUE);
    let handle = Handle::new(status, journals, place.epoch, tell);
    let supervisor = Supervisor {
        bodies: specs.iter().map(|_| Body::default()).collect(),
        fleet,
        specs,
        waiters: Vec::new(),
        place,
        handle: handle.clone(),
        inbox,
        began,
        noted: HashMap::new(),
    };
    Ok((supervisor, handle))
}

impl Supervisor {
    /// Starts what is to be started and supervises until the session has ended.
    ///
    /// `settled` is called once, when everything has come up or been given up, with what stands then.
    pub async fn run(mut self, settled: impl FnOnce(&[Subsystem])) {
        let mut settled = Some(settled);
        let acts = self.fleet.begin(self.now());
        self.carry_out(acts);
        while !self.fleet.finished() {
            if self.fleet.settled()
                && let Some(settled) = settled.take()
            {
                settled(&self.fleet.show());
            }
            let Some(message) = self.inbox.recv().await else {
                return;
            };
            self.take(message);
            self.answer_waiters();
        }
    }

    fn now(&self) -> Now {
        Now {
            wall: Millis::now(),
            steady: self.began.elapsed(),
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Happened { place, run, what } => {
                let input = match what {
                    Happened::Answered { status } => {
                        self.take_exports(place, run, status.as_ref());
                        Input::Answered { run }
                    }
                    Happened::Exited { exit, last_words } => {
                        self.buried(place, run);
                        Input::Exited {
                            run,
                            exit,
                            last_words,
                        }
                    }
                };
                self.input(place, input);
            }
            Message::Timer { place, ticket } => self.input(place, Input::Timer { ticket }),
            Message::Orders {
                place,
                orders,
                reply,
            } => self.orders(place, &orders, reply),
            Message::Quit => {
                let acts = self.fleet.quit(self.now());
                self.carry_out(acts);
            }
            Message::Kill => {
                let acts = self.fleet.kill(self.now());
                self.carry_out(acts);
            }
        }
    }

    fn input(&mut self, place: usize, input: Input) {
        let acts = self.fleet.input(place, input, self.now());
        self.carry_out(acts);
    }

    fn orders(
        &mut self,
        place: usize,
        orders: &[Order],
        reply: oneshot::Sender<Result<Value, Refusal>>,
    ) {
        match self.fleet.orders(place, orders, self.now()) {
            Ok((acts, goal)) => {
                self.carry_out(acts);
                match goal {
                    Some(goal) => self.waiters.push(Waiter { place, goal, reply }),
                    None => drop(reply.send(Ok(Value::Null))),
                }
            }
            // Whoever ordered may be gone; nobody else wants to know.
            Err(refusal) => drop(reply.send(Err(refusal))),
        }
    }

    fn answer_waiters(&mut self) {
        let (fleet, waiters) = (&self.fleet, std::mem::take(&mut self.waiters));
        for waiter in waiters {
            match fleet.outcome(waiter.place, waiter.goal) {
                Some(outcome) => drop(waiter.reply.send(outcome)),
                None => self.waiters.push(waiter),
            }
        }
    }

    /// Carries out what was decided, in order. What follows from it is decided at once and done after it.
    fn carry_out(&mut self, acts: Vec<Act>) {
        let mut acts = VecDeque::from(acts);
        while let Some(act) = acts.pop_front() {
            match act {
                Act::Quit => {
                    self.show();
                    self.handle.note(tracing::Level::INFO, "the session ends");
                    push(self.handle.feed(), &Event::Quit {});
                }
                Act::Member(place, effect) => acts.extend(self.effect(place, &effect)),
            }
        }
    }

    fn effect(&mut self, place: usize, effect: &Effect) -> Vec<Act> {
        match *effect {
            Effect::Spawn { run } => {
                let input = match self.spawn(place, run) {
                    Ok(pid) => Input::Spawned { run, pid },
                    Err((cause, hopeless)) => Input::NotSpawned {
                        run,
                        cause,
                        hopeless,
                    },
                };
                return self.fleet.input(place, input, self.now());
            }
            Effect::Terminate { run } => self.signal(place, run, Signal::TERM),
            Effect::Kill { run } => {
                let name = &self.specs[place].name;
                self.handle.note(
                    tracing::Level::WARN,
                    &format!("{name}: does not end; killed"),
                );
                self.signal(place, run, Signal::KILL);
            }
            Effect::Arm { ticket, after } => {
                let tell = self.handle.sender();
                let timer = tokio::spawn(async move {
                    tokio::time::sleep(after).await;
                    let _ = tell.send(Message::Timer { place, ticket }).await;
                });
                self.disarm(place);
                self.bodies[place].timer = Some(timer.abort_handle());
            }
            Effect::Disarm => self.disarm(place),
            Effect::Announce => self.announce(place),
            // The fleet has seen to it.
            Effect::EndSession => {}
        }
        Vec::new()
    }

    fn disarm(&mut self, place: usize) {
        if let Some(timer) = self.bodies[place].timer.take() {
            timer.abort();
        }
    }

    fn signal(&self, place: usize, run: Run, signal: Signal) {
        if let Some(process) = self.bodies[place]
            .process
            .as_ref()
            .filter(|process| process.run == run)
        {
            process.signal(signal);
        }
    }

    fn show(&self) {
        self.handle.show(self.fleet.rev(), self.fleet.show());
    }

    fn announce(&mut self, place: usize) {
        self.show();
        let Some(shown) = self
            .fleet
            .life(place)
            .map(|life| life.show(&self.specs[place].name))
        else {
            return;
        };
        if self.noted.insert(place, shown.state) != Some(shown.state) {
            let (level, text) = notes::tell(&shown);
            self.handle.note(level, &text);
        }
        let event = Event::State { subsystem: shown };
        push(self.handle.feed(), &event);
        if let Some(journal) = self.handle.journal(place) {
            push(journal.feed(), &event);
        }
    }

    /// Starts a process: its id, or why there is none and whether trying again is hopeless.
    fn spawn(&mut self, place: usize, run: Run) -> Result<i32, (String, bool)> {
        let spec = &self.specs[place];
        let program = self
            .place
            .programs
            .find(&spec.program)
            .map_err(|why| (why, true))?;
        let mut environment = spec.environment.clone();
        for need in &spec.needs {
            let exports = self
                .fleet
                .place(&need.on)
                .map(|place| &self.bodies[place].exports);
            let exports = exports.into_iter().flatten();
            environment.extend(exports.map(|(name, value)| (name.clone(), Some(value.clone()))));
        }
        let says = match &spec.ready {
            Ready::Says(begin) => Some(begin.clone()),
            Ready::Serves => None,
        };
        let launch = Launch {
            helper: &self.place.helper,
            program,
            arguments: &spec.arguments,
            environment,
            says,
            place,
            run,
        };
        let journal = self
            .handle
            .journal(place)
            .ok_or(("it has no journal".to_owned(), true))?;
        // Last words are those of this run.
        journal.take_last();
        let process =
            child::spawn(launch, journal, self.handle.sender()).map_err(|why| (why, false))?;
        let pid = process.pid;
        let body = &mut self.bodies[place];
        body.process = Some(process);
        if spec.ready == Ready::Serves {
            let (dir, name) = (self.place.sockets.clone(), spec.name.clone());
            let tell = self.handle.sender();
            let waiting = tokio::spawn(async move {
                let status = Some(ready::answers(&dir, &name).await);
                let what = Happened::Answered { status };
                let _ = tell.send(Message::Happened { place, run, what }).await;
            });
            body.waiting_for_answer = Some(waiting.abort_handle());
        }
        Ok(pid)
    }

    /// The process is gone: what belonged to it goes too.
    fn buried(&mut self, place: usize, run: Run) {
        let body = &mut self.bodies[place];
        if body
            .process
            .as_ref()
            .is_some_and(|process| process.run == run)
        {
            body.process = None;
            body.exports.clear();
            if let Some(waiting) = body.waiting_for_answer.take() {
                waiting.abort();
            }
        }
    }

    fn take_exports(&mut self, place: usize, run: Run, status: Option<&Value>) {
        let (spec, body) = (&self.specs[place], &mut self.bodies[place]);
        if body
            .process
            .as_ref()
            .is_none_or(|process| process.run != run)
        {
            return;
        }
        body.exports.clear();
        for export in &spec.exports {
            let value = match &export.value {
                Source::Fixed(value) => Some(value.clone()),
                Source::Status(field) => match status.and_then(|status| status.get(field)) {
                    // It says that it has none.
                    Some(Value::Null) => continue,
                    value => value.and_then(Value::as_str).map(OsString::from),
                },
            };
            match value {
                Some(value) => body.exports.push((OsString::from(&export.variable), value)),
                None => tracing::warn!("{}: its status names no {}", spec.name, export.variable),
            }
        }
    }
}
