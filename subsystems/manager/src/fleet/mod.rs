//! Many lives together: who needs whom, in which order they end. Pure, like [`crate::lifecycle`].

mod goals;
#[cfg(test)]
mod tests;

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use trees::subsystems::{State, Subsystem};

use crate::lifecycle::{Effect, Goal, Input, Life, Now, Order, Policy, Temper};

/// How a subsystem depends on another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bond {
    /// It starts when the other answers, and is stopped and waits when the other is lost.
    Needs,
    /// It starts when the other answers, or has failed or is stopped; later losses are none of its business.
    After,
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Name of the other one.
    pub on: String,
    /// How much it matters.
    pub bond: Bond,
}

#[derive(Debug, Clone)]
struct Member {
    name: String,
    needs: Vec<Need>,
    on_demand: bool,
    life: Life,
}

/// What is to be done in the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// For one member, by its place in the fleet.
    Member(usize, Effect),
    /// The session began to end: say so.
    Quit,
}

/// All subsystems of a session, in starting order.
#[derive(Debug, Clone)]
pub struct Fleet {
    members: Vec<Member>,
    ending: bool,
}

impl Fleet {
    /// A fleet of stopped subsystems. A need must name a member that stands earlier.
    ///
    /// # Errors
    /// Which name stands for nothing, stands twice, or is needed before its place.
    pub fn new(
        members: impl IntoIterator<Item = (String, Policy, Vec<Need>)>,
        now: Now,
    ) -> Result<Self, String> {
        let mut fleet = Self {
            members: Vec::new(),
            ending: false,
        };
        for (name, policy, needs) in members {
            if fleet.place(&name).is_some() {
                return Err(format!("two subsystems are called {name}"));
            }
            if let Some(need) = needs.iter().find(|need| fleet.place(&need.on).is_none()) {
                return Err(format!(
                    "{name} needs {}, which does not stand before it",
                    need.on
                ));
            }
            let on_demand = policy.temper == Temper::OnDemand;
            fleet.members.push(Member {
                name,
                needs,
                on_demand,
                life: Life::new(policy, now),
            });
        }
        Ok(fleet)
    }

    /// Counts decisions and changes of life cycle, of all of them.
    pub fn rev(&self) -> u64 {
        let shown: u64 = self.members.iter().map(|member| member.life.rev()).sum();
        shown + u64::from(self.ending)
    }

    /// Every subsystem, in starting order.
    pub fn show(&self) -> Vec<Subsystem> {
        self.members
            .iter()
            .map(|member| member.life.show(&member.name))
            .collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The place of the subsystem called `name`.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.name == name)
    }

    /// The life at `place`.
    pub fn life(&self, place: usize) -> Option<&Life> {
        self.members.get(place).map(|member| &member.life)
    }

    /// Whether the session is ending.
    pub fn ending(&self) -> bool {
        self.ending
    }

    /// Whether the session has ended: nothing runs, and nothing will.
    pub fn finished(&self) -> bool {
        self.ending && !self.members.iter().any(|member| member.life.has_process())
    }

    /// Whether everything that is not on demand answers, has been given up, or waits in vain for what has been.
    pub fn settled(&self) -> bool {
        let mut members = self.members.iter().filter(|member| !member.on_demand);
        members.all(|member| match member.life.state() {
            State::Running | State::Failed | State::Stopped => true,
            State::Waiting => !self.coming(&member.name),
            State::Starting | State::Stopping | State::Backoff => false,
        })
    }

    /// Starts everything that is not on demand.
    pub fn begin(&mut self, now: Now) -> Vec<Act> {
        let mut acts = Vec::new();
        for place in 0..self.members.len() {
            if self.members[place].on_demand {
                continue;
            }
            // Its needs are looked at first, so that it waits for them instead of starting and being stopped.
            self.settle(now, &mut acts);
            let mut out = Vec::new();
            let _ = self.members[place].life.order(Order::Start, now, &mut out);
            acts.extend(out.into_iter().map(|effect| Act::Member(place, effect)));
        }
        self.settle(now, &mut acts);
        acts
    }

    /// Takes orders for one subsystem: all of them or none.
    ///
    /// # Errors
    /// Why one of them is refused; then nothing changed.
    pub fn orders(
        &mut self,
        place: usize,
        orders: &[Order],
        now: Now,
    ) -> Result<(Vec<Act>, Option<Goal>), Refusal> {
        let mut next = self.clone();
        let mut acts = Vec::new();
        let mut goal = None;
        next.settle(now, &mut acts);
        for order in orders {
            let Some(member) = next.members.get_mut(place) else {
                return Err(Refusal::new(Errno::NOENT, "there is no such subsystem"));
            };
            let mut out = Vec::new();
            let taken = member
                .life
                .order(*order, now, &mut out)
                .map_err(|refused| {
                    let shown = member.life.show(&member.name);
                    refused.tell(&member.name, shown.waiting_for.as_deref())
                })?;
            goal = Some(taken);
            acts.extend(out.into_iter().map(|effect| Act::Member(place, effect)));
            next.settle(now, &mut acts);
        }
        *self = next;
        Ok((acts, goal))
    }

    /// Takes note of what happened to one subsystem.
    pub fn input(&mut self, place: usize, input: Input, now: Now) -> Vec<Act> {
        let mut acts = Vec::new();
        let Some(member) = self.members.get_mut(place) else {
            return acts;
        };
        let out = member.life.input(input, now);
        let leave = out.contains(&Effect::EndSession);
        acts.extend(out.into_iter().map(|effect| Act::Member(place, effect)));
        if leave {
            acts.extend(self.quit(now));
        }
        self.settle(now, &mut acts);
        acts
    }

    /// Begins to end the session: everything is stopped, in reverse order, each when the one after it has ended.
    pub fn quit(&mut self, now: Now) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.ending {
            return acts;
        }
        self.ending = true;
        acts.push(Act::Quit);
        for place in 0..self.members.len() {
            let out = self.members[place].life.input(Input::Retire, now);
            acts.extend(out.into_iter().map(|effect| Act::Member(place, effect)));
        }
        self.settle(now, &mut acts);
        acts
    }

    /// Ends everything at once: for a person who does not want to wait any longer.
    pub fn kill(&mut self, now: Now) -> Vec<Act> {
        let mut acts = self.quit(now);
        for (place, member) in self.members.iter().enumerate() {
            if member.life.has_process() {
                acts.push(Act::Member(
                    place,
                    Effect::Kill {
                        run: member.life.run(),
                    },
                ));
            }
        }
        acts
    }

    /// Carries a change on to those it matters to, until nothing changes any more.
    fn settle(&mut self, now: Now, acts: &mut Vec<Act>) {
        // A need stands before who needs it, so one pass in order carries a loss all the way; a start or a stop
        // changes nobody earlier.
        for place in 0..self.members.len() {
            let unmet = self.unmet(place);
            let out = self.members[place].life.input(Input::Needs { unmet }, now);
            acts.extend(out.into_iter().map(|effect| Act::Member(place, effect)));
        }
        if self.ending
            && let Some(place) = self
                .members
                .iter()
                .rposition(|member| member.life.has_process())
        {
            let life = &mut self.members[place].life;
            if life.state() != State::Stopping {
                let mut out = Vec::new();
                let _ = life.order(Order::Stop, now, &mut out);
                acts.extend(out.into_iter().map(|effect| Act::Member(place, effect)));
            }
        }
    }

    fn state_of(&self, name: &str) -> State {
        self.place(name)
            .map_or(State::Stopped, |place| self.members[place].life.state())
    }

    fn unmet(&self, place: usize) -> Option<String> {
        let member = &self.members[place];
        let unmet = member.needs.iter().find(|need| {
            let state = self.state_of(&need.on);
            let given_up = matches!(state, State::Running | State::Failed | State::Stopped);
            match need.bond {
                Bond::Needs => state != State::Running,
                Bond::After => !given_up && !member.life.has_process(),
            }
        });
        unmet.map(|need| need.on.clone())
    }
}
