mod random;

use super::*;

/// The world around one life, obeying its effects and checking what must always hold.
#[derive(Clone)]
struct World {
    life: Life,
    now: Now,
    process: Option<Run>,
    timer: Option<(Ticket, Duration)>,
    shown: State,
    rev: u64,
    spawned: u32,
    killed: bool,
    pauses: Vec<Duration>,
}

impl World {
    fn new(temper: Temper) -> Self {
        let now = Now {
            wall: Millis(1_000_000),
            steady: Duration::from_secs(1),
        };
        let life = Life::new(Policy::new(temper), now);
        Self {
            rev: life.show("x").rev,
            life,
            now,
            process: None,
            timer: None,
            shown: State::Stopped,
            spawned: 0,
            killed: false,
            pauses: Vec::new(),
        }
    }

    fn pass(&mut self, time: Duration) {
        self.now.steady += time;
        self.now.wall.0 += u64::try_from(time.as_millis()).unwrap();
    }

    fn obey(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Spawn { run } => {
                    assert_eq!(self.process, None, "two processes at a time");
                    self.process = Some(run);
                    self.spawned += 1;
                    self.killed = false;
                }
                Effect::Terminate { run } => assert_eq!(self.process, Some(run)),
                Effect::Kill { run } => {
                    assert_eq!(self.process, Some(run));
                    assert_eq!(
                        self.life.state(),
                        State::Stopping,
                        "killed without being asked"
                    );
                    self.killed = true;
                    self.timer = None;
                }
                Effect::Arm { ticket, after } => {
                    if self.life.state() == State::Backoff {
                        self.pauses.push(after);
                    }
                    self.timer = Some((ticket, after));
                }
                Effect::Disarm => self.timer = None,
                Effect::Announce => {
                    let shown = self.life.show("x");
                    assert!(shown.rev > self.rev, "a change without a new rev");
                    self.shown = shown.state;
                }
                Effect::EndSession => assert_eq!(self.life.policy.temper, Temper::EndsSession),
            }
        }
        let shown = self.life.show("x");
        self.rev = shown.rev;
        let state = shown.state;
        assert_eq!(state, self.shown, "a change that was not announced");
        let alive = matches!(state, State::Starting | State::Running | State::Stopping);
        assert_eq!(alive, self.process.is_some(), "{state:?}");
        assert_eq!(shown.retry.is_some(), state == State::Backoff);
        assert_eq!(shown.waiting_for.is_some(), state == State::Waiting);
        if self.process.is_none() {
            assert_eq!(shown.pid, None, "a pid without a process");
        }
        let rings = matches!(state, State::Starting | State::Stopping | State::Backoff);
        assert_eq!(
            self.timer.is_some(),
            rings && !self.killed,
            "a timer in {state:?}"
        );
    }

    fn tell(&mut self, input: Input) {
        let effects = self.life.input(input, self.now);
        self.obey(effects);
    }

    fn order(&mut self, order: Order) -> Result<Goal, Refused> {
        let before = self.clone();
        let mut effects = Vec::new();
        let taken = self.life.order(order, self.now, &mut effects);
        if taken.is_err() {
            assert!(
                effects.is_empty() && self.life == before.life,
                "refused, yet done"
            );
        }
        self.obey(effects);
        taken
    }

    fn ring(&mut self) {
        if let Some((ticket, after)) = self.timer.take() {
            self.pass(after);
            self.tell(Input::Timer { ticket });
        }
    }

    fn exit(&mut self, exit: Exit) {
        if let Some(run) = self.process.take() {
            self.killed = false;
            self.tell(Input::Exited {
                run,
                exit,
                last_words: Some("bye".to_owned()),
            });
        }
    }

    fn answer(&mut self) {
        self.tell(Input::Answered {
            run: self.life.run(),
        });
    }

    fn need(&mut self, unmet: Option<&str>) {
        self.tell(Input::Needs {
            unmet: unmet.map(str::to_owned),
        });
    }

    fn running(temper: Temper) -> Self {
        let mut world = Self::new(temper);
        world.order(Order::Start).unwrap();
        world.tell(Input::Spawned { run: 1, pid: 100 });
        world.answer();
        assert_eq!(world.life.state(), State::Running);
        world
    }

    fn in_state(state: State) -> Self {
        let mut world = Self::running(Temper::Steady);
        match state {
            State::Running => {}
            State::Stopped => {
                world.order(Order::Stop).unwrap();
                world.exit(Exit::Code(0));
            }
            State::Waiting => {
                world.need(Some("desktop"));
                world.exit(Exit::Code(0));
            }
            State::Starting => {
                world.exit(KILLED);
                world.ring();
            }
            State::Stopping => {
                world.order(Order::Stop).unwrap();
            }
            State::Backoff => world.exit(KILLED),
            State::Failed => {
                for _ in 0..5 {
                    world.exit(KILLED);
                    world.ring();
                }
            }
        }
        assert_eq!(world.life.state(), state);
        world
    }
}

const KILLED: Exit = Exit::Signal {
    number: 9,
    dumped: false,
};

/// The whole table: what each order does in each state.
#[test]
fn every_order_is_decided_in_every_state() {
    use Order::{Restart, Start, Stop};
    use State::{Backoff, Failed, Running, Starting, Stopped, Stopping, Waiting};
    let table = [
        (Stopped, Start, Ok(Starting)),
        (Stopped, Stop, Ok(Stopped)),
        (Stopped, Restart, Err(Refused::NotRunning)),
        (Waiting, Start, Ok(Waiting)),
        (Waiting, Stop, Ok(Stopped)),
        (Waiting, Restart, Err(Refused::Waits)),
        (Starting, Start, Ok(Starting)),
        (Starting, Stop, Ok(Stopping)),
        (Starting, Restart, Ok(Stopping)),
        (Running, Start, Ok(Running)),
        (Running, Stop, Ok(Stopping)),
        (Running, Restart, Ok(Stopping)),
        (Stopping, Start, Ok(Stopping)),
        (Stopping, Stop, Ok(Stopping)),
        (Stopping, Restart, Ok(Stopping)),
        (Backoff, Start, Ok(Starting)),
        (Backoff, Stop, Ok(Stopped)),
        (Backoff, Restart, Ok(Starting)),
        (Failed, Start, Ok(Starting)),
        (Failed, Stop, Ok(Stopped)),
        (Failed, Restart, Ok(Starting)),
    ];
    for (state, order, expected) in table {
        let mut world = World::in_state(state);
        let taken = world.order(order);
        match expected {
            Ok(next) => {
                let goal = if order == Stop {
                    Goal::Stopped
                } else {
                    Goal::Running
                };
                assert_eq!(taken, Ok(goal), "{order:?} in {state:?}");
                assert_eq!(world.life.state(), next, "{order:?} in {state:?}");
            }
            Err(why) => {
                assert_eq!(taken, Err(why), "{order:?} in {state:?}");
                assert_eq!(world.life.state(), state);
                let told = why.tell("shell", Some("desktop"));
                assert!(!told.why.is_empty() && !told.would_work.is_empty());
            }
        }
        // What was ordered last is what comes of it.
        if taken.is_ok() && state != Waiting {
            if world.life.state() == Stopping {
                world.exit(Exit::Code(0));
            }
            world.answer();
            let end = if order == Stop { Stopped } else { Running };
            assert_eq!(world.life.state(), end, "after {order:?} in {state:?}");
        }
    }
}

#[test]
fn a_service_that_dies_at_once_is_given_up_with_its_cause() {
    let mut world = World::new(Temper::Steady);
    world.order(Order::Start).unwrap();
    while world.life.state() != State::Failed {
        world.exit(Exit::Code(1));
        world.ring();
    }
    assert_eq!(world.spawned, 5);
    assert_eq!(
        world.pauses,
        [100, 200, 400, 800].map(Duration::from_millis)
    );
    let shown = world.life.show("mirror");
    assert_eq!(shown.restarts, 4);
    let failure = shown.failure.unwrap();
    assert_eq!(failure.cause, "exit code 1");
    assert_eq!(failure.last_words.as_deref(), Some("bye"));
}

#[test]
fn a_service_that_runs_well_between_deaths_is_always_started_again_soon() {
    let mut world = World::running(Temper::Steady);
    for _ in 0..50 {
        world.pass(Duration::from_secs(61));
        world.exit(KILLED);
        assert_eq!(world.life.state(), State::Backoff);
        world.ring();
        world.answer();
        assert_eq!(world.life.state(), State::Running);
    }
    assert!(
        world
            .pauses
            .iter()
            .all(|pause| *pause == Duration::from_millis(100))
    );
}

#[test]
fn the_pause_doubles_and_has_an_upper_bound() {
    let mut world = World::running(Temper::Steady);
    for _ in 0..12 {
        // Not quick, yet never well.
        world.pass(Duration::from_secs(10));
        world.exit(KILLED);
        world.ring();
        world.answer();
    }
    assert_eq!(
        world.pauses[..3],
        [100, 200, 400].map(Duration::from_millis)
    );
    assert_eq!(world.pauses[11], Duration::from_secs(30));
}

#[test]
fn one_that_does_not_answer_is_ended_and_the_cause_says_so() {
    let mut world = World::new(Temper::Steady);
    world.order(Order::Start).unwrap();
    world.ring();
    assert_eq!(world.life.state(), State::Stopping);
    world.ring();
    assert!(world.killed, "it ignored SIGTERM");
    world.exit(KILLED);
    assert_eq!(world.life.state(), State::Backoff);
    assert_eq!(
        world.life.failure().unwrap().cause,
        "did not answer within 10 s"
    );
}

#[test]
fn a_death_by_a_lost_need_is_not_counted_in_either_order() {
    for temper in [Temper::Steady, Temper::OnDemand] {
        for lost_first in [true, false] {
            let mut world = World::running(temper);
            if lost_first {
                world.need(Some("desktop"));
                assert_eq!(world.life.state(), State::Stopping);
                world.exit(Exit::Code(1));
            } else {
                world.exit(Exit::Code(1));
                world.pass(Duration::from_millis(20));
                world.need(Some("desktop"));
            }
            let shown = world.life.show("shell");
            assert_eq!(shown.state, State::Waiting);
            assert_eq!(shown.waiting_for.as_deref(), Some("desktop"));
            assert_eq!((shown.restarts, shown.failure), (0, None));
            assert_eq!(world.life.deaths, Deaths::default());
            world.need(None);
            assert_eq!(world.life.state(), State::Starting);
        }
    }
}

#[test]
fn panels_that_end_well_for_want_of_a_desktop_come_back_with_it() {
    let mut world = World::running(Temper::OnDemand);
    world.exit(Exit::Code(0));
    world.pass(Duration::from_millis(30));
    world.need(Some("desktop"));
    assert_eq!(world.life.state(), State::Waiting);

    // But not those that were left alone for a while, nor those that a person stopped.
    let mut left = World::running(Temper::OnDemand);
    left.exit(Exit::Code(0));
    left.pass(Duration::from_secs(2));
    left.need(Some("desktop"));
    assert_eq!(left.life.state(), State::Stopped);

    let mut stopped = World::running(Temper::OnDemand);
    stopped.exit(Exit::Code(0));
    stopped.order(Order::Stop).unwrap();
    stopped.need(Some("desktop"));
    assert_eq!(stopped.life.state(), State::Stopped);

    let mut ordered = World::running(Temper::OnDemand);
    ordered.order(Order::Stop).unwrap();
    ordered.exit(Exit::Code(0));
    ordered.need(Some("desktop"));
    assert_eq!(ordered.life.state(), State::Stopped);
}

#[test]
fn a_good_end_means_what_the_temper_says() {
    let mut panels = World::running(Temper::OnDemand);
    panels.exit(Exit::Code(0));
    assert_eq!(
        (panels.life.state(), panels.life.failure()),
        (State::Stopped, None)
    );

    let mut crashed = World::running(Temper::OnDemand);
    crashed.exit(Exit::Signal {
        number: 11,
        dumped: true,
    });
    assert_eq!(crashed.life.state(), State::Failed);
    assert_eq!(
        crashed.life.failure().unwrap().cause,
        "killed by signal 11 (SEGV), core dumped"
    );

    let mut mirror = World::running(Temper::Steady);
    mirror.exit(Exit::Code(0));
    assert_eq!(mirror.life.state(), State::Backoff);

    let mut desktop = World::running(Temper::EndsSession);
    let run = desktop.process.take().unwrap();
    let input = Input::Exited {
        run,
        exit: Exit::Code(0),
        last_words: None,
    };
    assert!(
        desktop
            .life
            .input(input, desktop.now)
            .contains(&Effect::EndSession)
    );

    let mut never_up = World::new(Temper::EndsSession);
    never_up.order(Order::Start).unwrap();
    never_up.exit(Exit::Code(0));
    assert_eq!(never_up.life.state(), State::Backoff);
}

#[test]
fn what_cannot_be_made_is_not_tried_again() {
    let mut world = World::new(Temper::Steady);
    world.order(Order::Start).unwrap();
    world.process = None;
    let cause = "goblin-shell is not there".to_owned();
    world.tell(Input::NotSpawned {
        run: 1,
        cause,
        hopeless: true,
    });
    assert_eq!(world.life.state(), State::Failed);
}
