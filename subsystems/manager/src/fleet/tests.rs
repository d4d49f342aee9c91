use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use trees::time::Millis;

use super::*;
use crate::lifecycle::Exit;

const KILLED: Exit = Exit::Signal {
    number: 9,
    dumped: false,
};

fn need(on: &str, bond: Bond) -> Need {
    Need {
        on: on.to_owned(),
        bond,
    }
}

/// A session's fleet and processes that exist only here.
#[derive(Clone)]
struct World {
    fleet: Fleet,
    now: Now,
    processes: BTreeMap<usize, u64>,
    timers: BTreeMap<usize, (u64, Duration)>,
    /// Names in the order in which they were asked to end.
    terminated: Vec<String>,
}

impl World {
    fn new() -> Self {
        let member = |name: &str, temper, needs: &[Need]| {
            (name.to_owned(), Policy::new(temper), needs.to_vec())
        };
        let gui = [need("desktop", Bond::Needs), need("bus", Bond::After)];
        let now = Now {
            wall: Millis(1_000_000),
            steady: Duration::from_secs(1),
        };
        let members = [
            member("bus", Temper::Steady, &[]),
            member("mirror", Temper::Steady, &[]),
            member("desktop", Temper::EndsSession, &[need("bus", Bond::After)]),
            member("shell", Temper::Steady, &gui),
            member("panels", Temper::OnDemand, &gui),
        ];
        let fleet = Fleet::new(members, now).unwrap();
        Self {
            fleet,
            now,
            processes: BTreeMap::new(),
            timers: BTreeMap::new(),
            terminated: Vec::new(),
        }
    }

    fn up() -> Self {
        let mut world = Self::new();
        let acts = world.fleet.begin(world.now);
        world.obey(acts);
        world.all_answer();
        assert_eq!(
            world.states(),
            "bus=Running mirror=Running desktop=Running shell=Running panels=Stopped"
        );
        world
    }

    fn states(&self) -> String {
        let shown = self.fleet.show();
        let words: Vec<String> = shown
            .iter()
            .map(|one| format!("{}={:?}", one.name, one.state))
            .collect();
        words.join(" ")
    }

    fn state(&self, name: &str) -> State {
        self.fleet.state_of(name)
    }

    fn obey(&mut self, acts: Vec<Act>) {
        for act in acts {
            let Act::Member(place, effect) = act else {
                continue;
            };
            match effect {
                Effect::Spawn { run } => {
                    assert_eq!(self.processes.insert(place, run), None);
                    let name = &self.fleet.members[place].name;
                    let met = self.fleet.members[place].needs.iter().all(|need| {
                        need.bond != Bond::Needs || self.state(&need.on) == State::Running
                    });
                    assert!(met, "{name} was started without what it needs");
                }
                Effect::Terminate { run } => {
                    assert_eq!(self.processes.get(&place), Some(&run));
                    self.terminated.push(self.fleet.members[place].name.clone());
                }
                Effect::Kill { run } => assert_eq!(self.processes.get(&place), Some(&run)),
                Effect::Arm { ticket, after } => drop(self.timers.insert(place, (ticket, after))),
                Effect::Disarm => drop(self.timers.remove(&place)),
                Effect::Announce | Effect::EndSession => {}
            }
        }
    }

    fn tell(&mut self, place: usize, input: Input) {
        let acts = self.fleet.input(place, input, self.now);
        self.obey(acts);
    }

    fn exit(&mut self, name: &str, exit: Exit) {
        let place = self.fleet.place(name).unwrap();
        if let Some(run) = self.processes.remove(&place) {
            self.tell(
                place,
                Input::Exited {
                    run,
                    exit,
                    last_words: None,
                },
            );
        }
    }

    fn ring(&mut self, place: usize) {
        if let Some((ticket, after)) = self.timers.remove(&place) {
            self.now.steady += after;
            self.tell(place, Input::Timer { ticket });
        }
    }

    /// Lets the world be kind: what is asked to end ends, what starts answers, pauses pass.
    fn all_answer(&mut self) {
        self.all_answer_but(usize::MAX);
    }

    /// The same, but one never answers.
    fn all_answer_but(&mut self, mute: usize) {
        for _ in 0..40 {
            for place in 0..self.fleet.len() {
                let name = self.fleet.members[place].name.clone();
                match self.state(&name) {
                    State::Stopping => self.exit(&name, Exit::Code(0)),
                    State::Starting if place != mute => {
                        let run = self.processes[&place];
                        self.tell(place, Input::Answered { run });
                    }
                    State::Backoff => self.ring(place),
                    _ => {}
                }
            }
        }
    }

    fn order(&mut self, name: &str, orders: &[Order]) -> Result<Option<Goal>, Refusal> {
        let place = self.fleet.place(name).unwrap();
        let (acts, goal) = self.fleet.orders(place, orders, self.now)?;
        self.obey(acts);
        Ok(goal)
    }
}

#[test]
fn a_fleet_must_make_sense() {
    let now = World::new().now;
    let member =
        |name: &str, on: &[Need]| (name.to_owned(), Policy::new(Temper::Steady), on.to_vec());
    let twice = Fleet::new([member("a", &[]), member("a", &[])], now);
    assert!(twice.unwrap_err().contains("two subsystems"));
    let late = Fleet::new(
        [member("a", &[need("b", Bond::Needs)]), member("b", &[])],
        now,
    );
    assert!(late.unwrap_err().contains("a needs b"));
}

#[test]
fn when_the_desktop_dies_its_clients_wait_and_come_back_uncounted() {
    let mut world = World::up();
    world.order("panels", &[Order::Start]).unwrap();
    world.all_answer();
    world.exit("desktop", KILLED);
    // The shell notices by itself, the panels have to be asked.
    world.exit("shell", Exit::Code(1));
    world.exit("panels", Exit::Code(0));
    assert_eq!(
        world.states(),
        "bus=Running mirror=Running desktop=Backoff shell=Waiting panels=Waiting"
    );
    world.all_answer();
    assert_eq!(
        world.states(),
        "bus=Running mirror=Running desktop=Running shell=Running panels=Running"
    );
    let shown = world.fleet.show();
    assert_eq!(shown[2].restarts, 1);
    assert_eq!((shown[3].restarts, &shown[3].failure), (0, &None));
    assert_eq!((shown[4].restarts, &shown[4].failure), (0, &None));
}

#[test]
fn a_bus_that_is_given_up_holds_nobody_up() {
    let mut world = World::new();
    let acts = world.fleet.begin(world.now);
    world.obey(acts);
    assert_eq!(world.state("desktop"), State::Waiting);
    world.processes.remove(&0);
    let cause = "dbus-daemon is not there".to_owned();
    world.tell(
        0,
        Input::NotSpawned {
            run: 1,
            cause,
            hopeless: true,
        },
    );
    world.all_answer();
    assert_eq!(
        world.states(),
        "bus=Failed mirror=Running desktop=Running shell=Running panels=Stopped"
    );
}

#[test]
fn a_fleet_is_settled_when_nothing_more_comes_by_itself() {
    let mut world = World::new();
    assert!(world.fleet.settled(), "nothing was begun");
    let acts = world.fleet.begin(world.now);
    world.obey(acts);
    assert!(!world.fleet.settled());
    let desktop = world.fleet.place("desktop").unwrap();
    while world.state("desktop") != State::Failed {
        world.exit("desktop", Exit::Code(1));
        world.all_answer_but(desktop);
    }
    assert_eq!(world.state("shell"), State::Waiting);
    assert!(world.fleet.settled(), "the shell waits in vain");
    world.order("desktop", &[Order::Start]).unwrap();
    assert!(!world.fleet.settled());
    world.all_answer();
    assert!(world.fleet.settled());
}

#[test]
fn a_lost_bus_is_nobody_elses_end() {
    let mut world = World::up();
    world.exit("bus", KILLED);
    let others = "mirror=Running desktop=Running shell=Running panels=Stopped";
    assert_eq!(world.states(), format!("bus=Backoff {others}"));
    // Whoever starts now waits for it.
    world.order("panels", &[Order::Start]).unwrap();
    assert_eq!(world.state("panels"), State::Waiting);
    world.all_answer();
    assert_eq!(world.state("panels"), State::Running);
    assert!(world.terminated.is_empty());
}

#[test]
fn quit_stops_in_reverse_order_and_nothing_starts_any_more() {
    let mut world = World::up();
    world.order("panels", &[Order::Start]).unwrap();
    world.all_answer();
    let acts = world.fleet.quit(world.now);
    assert!(acts.contains(&Act::Quit));
    world.obey(acts);
    let refused = world.order("mirror", &[Order::Restart]).unwrap_err();
    assert_eq!(refused.errno, Errno::CANCELED);
    world.all_answer();
    assert!(world.fleet.finished());
    assert_eq!(
        world.terminated,
        ["panels", "shell", "desktop", "mirror", "bus"]
    );
}

#[test]
fn a_desktop_that_is_left_ends_the_session() {
    let mut world = World::up();
    world.exit("desktop", Exit::Code(0));
    world.all_answer();
    assert!(world.fleet.finished());
}

#[test]
fn a_write_with_a_refused_line_does_nothing() {
    let mut world = World::up();
    let before = world.fleet.show();
    // Stopped by the first line, so the third is refused; the first is not carried out either.
    let refused = world.order(
        "panels",
        &[Order::Start, Order::Stop, Order::Stop, Order::Restart],
    );
    assert!(
        refused.is_ok(),
        "restart of one that is stopping begins it anew"
    );
    world.all_answer();
    let refused = world.order("panels", &[Order::Stop]);
    assert!(refused.is_ok());
    world.all_answer();
    let refused = world
        .order("panels", &[Order::Stop, Order::Restart])
        .unwrap_err();
    assert_eq!(
        (refused.errno, refused.would_work.as_str()),
        (Errno::SRCH, "start")
    );
    assert_eq!(world.fleet.show().len(), before.len());
    assert_eq!(world.state("panels"), State::Stopped);
}

#[test]
fn whoever_ordered_a_start_learns_what_came_of_it() {
    let mut world = World::up();
    let place = world.fleet.place("panels").unwrap();
    let goal = world.order("panels", &[Order::Start]).unwrap().unwrap();
    assert!(world.fleet.outcome(place, goal).is_none(), "not yet");
    world.exit("panels", Exit::Code(3));
    let refused = world.fleet.outcome(place, goal).unwrap().unwrap_err();
    assert!(
        refused.why.contains("panels did not come up: exit code 3"),
        "{}",
        refused.why
    );

    // It waits as long as the desktop may come by itself, and says so when it cannot.
    world.order("desktop", &[Order::Restart]).unwrap();
    let goal = world.order("panels", &[Order::Start]).unwrap().unwrap();
    assert_eq!(world.state("panels"), State::Waiting);
    assert!(world.fleet.outcome(place, goal).is_none());
    world.order("desktop", &[Order::Stop]).unwrap();
    world.exit("desktop", Exit::Code(0));
    let said = world.fleet.outcome(place, goal).unwrap().unwrap();
    assert_eq!(said["waiting_for"], "desktop");
    world.order("desktop", &[Order::Start]).unwrap();
    world.all_answer();
    let said = world.fleet.outcome(place, goal).unwrap().unwrap();
    assert_eq!(said["state"], "running");
}

proptest! {
    /// Whatever dies, rings and is ordered: nothing ever starts without what it needs (`World::obey`), and a world that
    /// is kind again ends with everything wanted running, and with nothing left after a quit.
    #[test]
    fn any_trouble_heals(
        trouble in proptest::collection::vec((0..5_usize, 0..6_u8), 0..60),
    ) {
        let mut world = World::up();
        for (place, what) in trouble {
            let name = world.fleet.members[place].name.clone();
            let order = [Order::Start, Order::Stop, Order::Restart];
            match what {
                0 => world.exit(&name, KILLED),
                1 => world.ring(place),
                2 => {
                    if let Some(run) = world.processes.get(&place).copied() {
                        world.tell(place, Input::Answered { run });
                    }
                }
                other => drop(world.order(&name, &[order[usize::from(other - 3)]])),
            }
        }
        for place in 0..world.fleet.len() {
            let name = world.fleet.members[place].name.clone();
            prop_assert!(world.order(&name, &[Order::Start]).is_ok());
        }
        world.all_answer();
        for shown in world.fleet.show() {
            prop_assert_eq!(shown.state, State::Running, "{}", shown.name);
        }
        let acts = world.fleet.quit(world.now);
        world.obey(acts);
        world.all_answer();
        prop_assert!(world.fleet.finished());
        prop_assert!(world.processes.is_empty());
    }
}
