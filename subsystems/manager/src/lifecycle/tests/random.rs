//! Any sequence of orders and mishaps.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Order(Order),
    Answer,
    Exit(i32),
    Ring,
    Lose(bool),
    Meet,
    Pass(u64),
    Stale,
    Retire,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop_oneof![Just(Order::Start), Just(Order::Stop), Just(Order::Restart)]
            .prop_map(Step::Order),
        6 => Just(Step::Answer),
        6 => (0..3).prop_map(Step::Exit),
        6 => Just(Step::Ring),
        3 => any::<bool>().prop_map(Step::Lose),
        4 => Just(Step::Meet),
        3 => (0..120_000_u64).prop_map(Step::Pass),
        2 => Just(Step::Stale),
        1 => Just(Step::Retire),
    ]
}

fn temper() -> impl Strategy<Value = Temper> {
    prop_oneof![
        Just(Temper::Steady),
        Just(Temper::OnDemand),
        Just(Temper::EndsSession)
    ]
}

proptest! {
    /// `World::obey` checks after each step: one process at a time, a timer exactly where one is due, no change unseen.
    #[test]
    fn any_sequence_keeps_the_rules_and_the_last_order_wins(
        temper in temper(),
        steps in proptest::collection::vec(step(), 0..80),
    ) {
        let mut world = World::new(temper);
        for step in steps {
            match step {
                Step::Order(order) => drop(world.order(order)),
                Step::Answer => world.answer(),
                Step::Exit(code) => world.exit(Exit::Code(code)),
                Step::Ring => world.ring(),
                Step::Lose(first) => world.need(Some(if first { "bus" } else { "desktop" })),
                Step::Meet => world.need(None),
                Step::Pass(ms) => world.pass(Duration::from_millis(ms)),
                Step::Stale => {
                    let before = world.life.clone();
                    let run = world.life.run().wrapping_sub(1);
                    world.tell(Input::Exited { run, exit: KILLED, last_words: None });
                    world.tell(Input::Answered { run });
                    world.tell(Input::NotSpawned { run, cause: String::new(), hopeless: true });
                    let ticket = before.ticket + 1;
                    world.tell(Input::Timer { ticket });
                    prop_assert_eq!(&before, &world.life);
                }
                Step::Retire => world.tell(Input::Retire),
            }
        }
        if !world.life.retired {
            world.need(None);
            if world.order(Order::Restart).is_err() {
                world.order(Order::Start).unwrap();
            }
            if world.life.state() == State::Stopping {
                world.exit(Exit::Code(0));
            }
            world.answer();
            prop_assert_eq!(world.life.state(), State::Running);
        }
        world.order(Order::Stop).unwrap();
        world.ring();
        world.exit(KILLED);
        prop_assert_eq!(world.life.state(), State::Stopped);
        prop_assert_eq!(world.timer, None);
        world.tell(Input::Needs { unmet: None });
        prop_assert_eq!(world.life.state(), State::Stopped);
    }
}
