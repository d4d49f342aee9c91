//! Touch: each finger belongs to the surface it went down on.

use smithay::backend::input::TouchSlot;
use smithay::input::touch::{DownEvent, MotionEvent, UpEvent};
use smithay::utils::{Logical, Point, SERIAL_COUNTER};

use super::hit::Hit;
use crate::goblin::Goblin;

impl Goblin {
    pub(super) fn touch_down(&mut self, slot: TouchSlot, location: Point<f64, Logical>, time: u32) {
        self.input_happened();
        let hit = self.hit(location);
        self.focus_hit(&hit);
        let focus = match hit {
            Hit::Surface {
                surface, origin, ..
            } => Some((surface, origin)),
            Hit::Frame(..) | Hit::Nothing => None,
        };
        let Some(touch) = self.seat.get_touch() else {
            return;
        };
        let serial = SERIAL_COUNTER.next_serial();
        touch.down(
            self,
            focus,
            &DownEvent {
                slot,
                location,
                serial,
                time,
            },
        );
    }

    pub(super) fn touch_moved(
        &mut self,
        slot: TouchSlot,
        location: Point<f64, Logical>,
        time: u32,
    ) {
        let Some(touch) = self.seat.get_touch() else {
            return;
        };
        let focus = match self.hit(location) {
            Hit::Surface {
                surface, origin, ..
            } => Some((surface, origin)),
            Hit::Frame(..) | Hit::Nothing => None,
        };
        touch.motion(
            self,
            focus,
            &MotionEvent {
                slot,
                location,
                time,
            },
        );
    }

    pub(super) fn touch_up(&mut self, slot: TouchSlot, time: u32) {
        let Some(touch) = self.seat.get_touch() else {
            return;
        };
        let serial = SERIAL_COUNTER.next_serial();
        touch.up(self, &UpEvent { slot, serial, time });
    }

    pub(super) fn touch_frame(&mut self) {
        if let Some(touch) = self.seat.get_touch() {
            touch.frame(self);
        }
    }

    pub(super) fn touch_cancelled(&mut self) {
        if let Some(touch) = self.seat.get_touch() {
            touch.cancel(self);
        }
    }
}
