//! When a frame is due: one state machine for each output.
//!
//! Nothing ticks. A change queues a redraw. An output at rest is drawn at the end of the same turn of the event loop; one
//! that was drawn less than a refresh cycle ago is drawn when that cycle is over, with all that has come until then. What was
//! drawn is seen, so clients are told at once: one that draws in answer is shown one cycle later, not two. Where nothing
//! changes, no timer is armed.

use std::time::{Duration, Instant};

use tracing::error;
use trees::time::Millis;

use crate::goblin::Goblin;
use crate::layout::OutputId;
use crate::outputs::OutputState;

/// What an output waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RedrawState {
    /// Nothing has changed since the last frame.
    Idle,
    /// Something has changed: draw at the end of this turn of the event loop, if the last frame's cycle is over.
    Queued,
    /// Something has changed, and a timer runs to the end of the last frame's cycle.
    WaitingForCycle,
    /// That end has come: draw at the end of this turn.
    Due,
}

impl RedrawState {
    /// Something changed.
    fn queue(&mut self) {
        if *self == RedrawState::Idle {
            *self = RedrawState::Queued;
        }
    }

    /// The timer's end.
    fn cycle_over(&mut self) {
        if *self == RedrawState::WaitingForCycle {
            *self = RedrawState::Due;
        }
    }

    /// Nobody will see what has changed.
    pub(crate) fn cancel(&mut self) {
        *self = RedrawState::Idle;
    }
}

impl Goblin {
    /// Something on this output has changed.
    pub(crate) fn queue_redraw(&mut self, id: OutputId) {
        if let Some(output) = self.output_state_mut(id)
            && output.powered
        {
            output.redraw.queue();
        }
    }

    /// Something changed that may show on any output.
    pub(crate) fn queue_redraw_all(&mut self) {
        for output in self.outputs.iter_mut().filter(|output| output.powered) {
            output.redraw.queue();
        }
    }

    /// Draws the outputs that are due. Called at the end of each turn of the event loop.
    pub(crate) fn redraw_queued(&mut self) {
        let waiting =
            |output: &&OutputState| matches!(output.redraw, RedrawState::Queued | RedrawState::Due);
        let ids: Vec<OutputId> = self
            .outputs
            .iter()
            .filter(waiting)
            .map(|output| output.id)
            .collect();
        for id in ids {
            let now: Duration = self.clock.now().into();
            let Some(output) = self.output_state(id) else {
                continue;
            };
            let last = output.last_vblank;
            let next = last + output.refresh();
            let at = match output.redraw {
                RedrawState::Due => beat(last, output.refresh(), now),
                // A clock that was set back is no reason to wait.
                _ if now >= next || now < last => now,
                _ => {
                    let armed = self.after(next - now, move |goblin| goblin.cycle_over(id));
                    if armed {
                        if let Some(output) = self.output_state_mut(id) {
                            output.redraw = RedrawState::WaitingForCycle;
                        }
                        continue;
                    }
                    now
                }
            };
            if let Some(output) = self.output_state_mut(id) {
                output.last_vblank = at;
                output.redraw = RedrawState::Idle;
            }
            self.redraw(id);
        }
    }

    fn cycle_over(&mut self, id: OutputId) {
        if let Some(output) = self.output_state_mut(id) {
            output.redraw.cycle_over();
        }
    }

    fn redraw(&mut self, id: OutputId) {
        // The backend draws what the rest of the state says: it is taken out meanwhile.
        let Some(mut backend) = self.backend.take() else {
            return;
        };
        let begun = Instant::now();
        let drawn = backend.draw(self, id);
        let took = begun.elapsed();
        self.backend = Some(backend);
        let roots = self.roots_on(id);
        match drawn {
            Ok(frame) => {
                if let Some(output) = self.output_state_mut(id) {
                    output.costs.add(took, frame.damage);
                    if frame.damage.is_some() {
                        output.frames += 1;
                        output.last_frame = Some(Millis::now());
                    }
                }
                self.update_visible(id, &roots, &frame.states);
            }
            Err(reason) => error!("a frame was not drawn: {reason}"),
        }
        self.lock_drawn(id);
        self.serve_captures(id);
        self.present(id, &roots);
    }
}

/// The last beat of the refresh cycle at or before `now`, which is no earlier than the one after `last`.
fn beat(last: Duration, refresh: Duration, now: Duration) -> Duration {
    let since = now.saturating_sub(last);
    if refresh.is_zero() {
        return now;
    }
    let cycles = (since.as_nanos() / refresh.as_nanos()).max(1);
    last + refresh * u32::try_from(cycles).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CYCLE: Duration = Duration::from_millis(16);

    #[test]
    fn frames_that_follow_each_other_keep_the_beat() {
        let last = Duration::from_millis(1000);
        let late = Duration::from_millis(2);
        assert_eq!(beat(last, CYCLE, last + CYCLE), last + CYCLE);
        assert_eq!(beat(last, CYCLE, last + CYCLE + late), last + CYCLE);
        assert_eq!(beat(last, CYCLE, last + 3 * CYCLE + late), last + 3 * CYCLE);
        // A timer that came early does not shift it.
        assert_eq!(beat(last, CYCLE, last + CYCLE - late), last + CYCLE);
    }

    #[test]
    fn what_changes_while_the_timer_runs_is_drawn_at_its_end() {
        let mut state = RedrawState::WaitingForCycle;
        state.queue();
        assert_eq!(state, RedrawState::WaitingForCycle);
        state.cycle_over();
        assert_eq!(state, RedrawState::Due);
        state.queue();
        assert_eq!(state, RedrawState::Due);
    }

    #[test]
    fn the_end_of_a_timer_that_nobody_waits_for_draws_nothing() {
        let mut state = RedrawState::Idle;
        state.cycle_over();
        assert_eq!(state, RedrawState::Idle);
        state.queue();
        assert_eq!(state, RedrawState::Queued);
    }
}
