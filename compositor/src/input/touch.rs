//! Touch: each finger belongs to the surface it went down on.

use smithay::backend::input::TouchSlot;
use smithay::input::touch::{DownEvent, MotionEvent, UpEvent};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, SERIAL_COUNTER};

use super::hit::Hit;
use crate::goblin::Goblin;

impl Goblin {
    pub(crate) fn touch_down(&mut self, slot: TouchSlot, location: Point<f64, Logical>, time: u32) {
        self.input_happened();
        if self.finger_down(slot, location) {
            return;
        }
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
        self.input.fingers.retain(|(finger, _)| *finger != slot);
        let surface = focus.iter().map(|(surface, _)| (slot, surface.clone()));
        self.input.fingers.extend(surface);
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

    pub(crate) fn touch_moved(
        &mut self,
        slot: TouchSlot,
        location: Point<f64, Logical>,
        time: u32,
    ) {
        if self.finger_moved(slot, location) {
            return;
        }
        let Some(touch) = self.seat.get_touch() else {
            return;
        };
        let focus = match self.hit(location) {
            Hit::Surface {
                surface, origin, ..
            } => Some((surface, origin)),
            Hit::Frame(..) | Hit::Nothing => None,
        };
        let focus = self.let_drag_in(focus);
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

    pub(crate) fn touch_up(&mut self, slot: TouchSlot, time: u32) {
        if self.finger_up(slot) {
            return;
        }
        let Some(touch) = self.seat.get_touch() else {
            return;
        };
        self.input.fingers.retain(|(finger, _)| *finger != slot);
        let serial = SERIAL_COUNTER.next_serial();
        touch.up(self, &UpEvent { slot, serial, time });
    }

    pub(crate) fn touch_frame(&mut self) {
        if let Some(touch) = self.seat.get_touch() {
            touch.frame(self);
        }
    }

    pub(crate) fn touch_cancelled(&mut self) {
        self.finger_lost();
        if let Some(touch) = self.seat.get_touch() {
            touch.cancel(self);
        }
        self.input.fingers.clear();
    }

    /// A surface goes away: its client is told that the fingers on it are up.
    pub(crate) fn lift_fingers_from(&mut self, surface: &WlSurface) {
        let time = self.now_ms();
        let fingers = self.input.fingers.iter();
        let slots: Vec<TouchSlot> = fingers
            .filter(|(_, on)| on == surface)
            .map(|(slot, _)| *slot)
            .collect();
        for slot in slots {
            self.touch_up(slot, time);
            self.touch_frame();
        }
    }
}
