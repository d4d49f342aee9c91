//! Motions of the pointer are gathered while the event loop turns, and done once at the end of the turn:
//! a mouse that reports eight thousand times in a second costs no more than how often it is looked at.
//! How far the hand went is summed up, so that a game loses nothing of it. What depends on where the
//! pointer is, a press or a key, comes after the motions before it.

use smithay::utils::{Logical, Point};

use super::constrain::Hold;
use crate::goblin::Goblin;

/// Motions of the pointer that nobody was told of.
#[derive(Debug, Default)]
pub(crate) struct Motion {
    /// How far the device went.
    delta: Point<f64, Logical>,
    /// The same as its hardware says.
    unaccelerated: Point<f64, Logical>,
    /// Where the pointer goes; `None` while a client holds it in place.
    to: Option<Point<f64, Logical>>,
    /// When the last of them was, in milliseconds.
    time: u32,
}

impl Goblin {
    /// The pointer is now at a place of the plane.
    pub(crate) fn pointer_moved(&mut self, pos: Point<f64, Logical>, time: u32) {
        let was = self.input.device_at.replace(pos).unwrap_or(pos);
        self.gather_motion(pos - was, pos - was, time, |_| pos);
    }

    /// A device moved the pointer by so much; `unaccelerated`: as its hardware says.
    pub(crate) fn pointer_moved_by(
        &mut self,
        delta: Point<f64, Logical>,
        unaccelerated: Point<f64, Logical>,
        time: u32,
    ) {
        self.gather_motion(delta, unaccelerated, time, |from| from + delta);
    }

    fn gather_motion(
        &mut self,
        delta: Point<f64, Logical>,
        unaccelerated: Point<f64, Logical>,
        time: u32,
        to: impl FnOnce(Point<f64, Logical>) -> Point<f64, Logical>,
    ) {
        self.person_acted();
        self.input.motions += 1;
        let hold = self.hold_on_pointer();
        let gathered = self.input.motion.take().unwrap_or_default();
        // Each step ends on an output, as if it were done by itself.
        let to = (hold != Some(Hold::Locked)).then(|| {
            let from = gathered.to.unwrap_or_else(|| self.pointer_location());
            self.confined(to(from))
        });
        self.input.motion = Some(Motion {
            delta: gathered.delta + delta,
            unaccelerated: gathered.unaccelerated + unaccelerated,
            to: to.or(gathered.to),
            time,
        });
        if hold == Some(Hold::Confined) {
            // How it slides along an edge depends on each step.
            self.settle_motion();
        }
    }

    /// Does the motions that were gathered.
    pub(crate) fn settle_motion(&mut self) {
        let Some(motion) = self.input.motion.take() else {
            return;
        };
        self.send_relative(motion.delta, motion.unaccelerated);
        // The outputs may have changed since.
        let pos = motion.to.map(|pos| self.confined(pos));
        match pos.and_then(|pos| self.constrained(pos)) {
            Some(pos) => self.move_pointer(pos, motion.time),
            None => {
                if let Some(pointer) = self.pointer() {
                    pointer.frame(self);
                }
            }
        }
    }

    /// A device did something that is no motion of the pointer: the motions before it come first.
    pub(crate) fn input_happened(&mut self) {
        self.settle_motion();
        self.person_acted();
    }
}
