//! When a frame is due: one state machine for each output.
//!
//! Nothing ticks. A change queues a redraw; a redraw is followed by one wait until the estimated
//! end of the refresh cycle, at which clients get their frame callbacks. A client that draws in
//! answer queues the next redraw; where none does, the output is idle and no timer is armed.

use std::time::Duration;

use tracing::error;
use trees::time::Millis;

use crate::goblin::Goblin;
use crate::layout::OutputId;
use crate::outputs::OutputState;

/// What an output waits for.
#[derive(Debug)]
pub(crate) enum RedrawState {
    /// Nothing has changed since the last frame.
    Idle,
    /// Something has changed: draw at the end of this turn of the event loop.
    Queued,
    /// A frame was drawn; its refresh cycle is not over. `queued`: something changed since.
    WaitingForEstimatedVBlank {
        /// Whether to draw again then.
        queued: bool,
    },
}

impl RedrawState {
    /// Something changed.
    fn queue(&mut self) {
        match self {
            RedrawState::Idle => *self = RedrawState::Queued,
            RedrawState::Queued => {}
            RedrawState::WaitingForEstimatedVBlank { queued } => *queued = true,
        }
    }

    /// The refresh cycle is over.
    fn vblank(&mut self) {
        *self = match self {
            RedrawState::WaitingForEstimatedVBlank { queued: true } | RedrawState::Queued => {
                RedrawState::Queued
            }
            RedrawState::WaitingForEstimatedVBlank { .. } | RedrawState::Idle => RedrawState::Idle,
        };
    }
}

impl Goblin {
    /// Something on this output has changed.
    pub(crate) fn queue_redraw(&mut self, id: OutputId) {
        if let Some(output) = self.output_state_mut(id) {
            output.redraw.queue();
        }
    }

    /// Something changed that may show on any output.
    pub(crate) fn queue_redraw_all(&mut self) {
        for output in &mut self.outputs {
            output.redraw.queue();
        }
    }

    /// Draws the outputs that are due. Called at the end of each turn of the event loop.
    pub(crate) fn redraw_queued(&mut self) {
        let due = |output: &&OutputState| matches!(output.redraw, RedrawState::Queued);
        let ids: Vec<OutputId> = self
            .outputs
            .iter()
            .filter(due)
            .map(|output| output.id)
            .collect();
        for id in ids {
            self.redraw(id);
        }
    }

    fn redraw(&mut self, id: OutputId) {
        // The backend draws what the rest of the state says: it is taken out meanwhile.
        let Some(mut backend) = self.backend.take() else {
            return;
        };
        let drawn = backend.draw(self, id);
        self.backend = Some(backend);
        match drawn {
            Ok(frame) => {
                if let Some(output) = self.output_state_mut(id)
                    && frame.damaged
                {
                    output.frames += 1;
                    output.last_frame = Some(Millis::now());
                }
                self.update_visible(id, &frame.states);
            }
            Err(reason) => error!("a frame was not drawn: {reason}"),
        }
        self.lock_drawn(id);
        self.serve_captures(id);
        self.wait_for_vblank(id);
    }

    fn wait_for_vblank(&mut self, id: OutputId) {
        let now: Duration = self.clock.now().into();
        let Some(output) = self.output_state_mut(id) else {
            return;
        };
        let next = next_vblank(output.last_vblank, output.refresh(), now);
        output.last_vblank = next;
        let armed = self.after(next.saturating_sub(now), move |goblin| goblin.vblank(id));
        let Some(output) = self.output_state_mut(id) else {
            return;
        };
        output.redraw = if armed {
            RedrawState::WaitingForEstimatedVBlank { queued: false }
        } else {
            RedrawState::Idle
        };
    }

    fn vblank(&mut self, id: OutputId) {
        if let Some(output) = self.output_state_mut(id) {
            output.redraw.vblank();
        }
        self.present(id);
    }
}

/// The end of the refresh cycle that `now` lies in. Cycles keep their beat for as long as frames
/// follow each other; after a rest a new beat begins.
fn next_vblank(last: Duration, refresh: Duration, now: Duration) -> Duration {
    let Some(since) = now.checked_sub(last) else {
        return last + refresh;
    };
    if refresh.is_zero() || since > 4 * refresh {
        return now + refresh;
    }
    let cycles = since.as_nanos() / refresh.as_nanos() + 1;
    last + refresh * u32::try_from(cycles).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CYCLE: Duration = Duration::from_millis(16);

    #[test]
    fn frames_that_follow_each_other_keep_the_beat() {
        let last = Duration::from_millis(1000);
        assert_eq!(
            next_vblank(last, CYCLE, last + Duration::from_millis(5)),
            last + CYCLE
        );
        assert_eq!(next_vblank(last, CYCLE, last + CYCLE), last + 2 * CYCLE);
        assert_eq!(
            next_vblank(last, CYCLE, last + Duration::from_millis(40)),
            last + 3 * CYCLE
        );
    }

    #[test]
    fn after_a_rest_a_new_beat_begins() {
        let now = Duration::from_secs(50);
        assert_eq!(next_vblank(Duration::from_secs(1), CYCLE, now), now + CYCLE);
    }

    #[test]
    fn a_redraw_queued_while_waiting_comes_after_the_cycle() {
        let mut state = RedrawState::Idle;
        state.vblank();
        assert!(matches!(state, RedrawState::Idle));
        state.queue();
        assert!(matches!(state, RedrawState::Queued));
    }
}
