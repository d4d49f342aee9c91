//! Gestures of a touchpad: to the client under the pointer.

use smithay::backend::input::{
    Event, GestureBeginEvent, GestureEndEvent, GesturePinchUpdateEvent as _,
    GestureSwipeUpdateEvent as _, InputBackend, InputEvent,
};
use smithay::input::pointer::{
    GestureHoldBeginEvent, GestureHoldEndEvent, GesturePinchBeginEvent, GesturePinchEndEvent,
    GesturePinchUpdateEvent, GestureSwipeBeginEvent, GestureSwipeEndEvent, GestureSwipeUpdateEvent,
};
use smithay::utils::SERIAL_COUNTER;

use crate::goblin::Goblin;
use crate::layout::OutputId;

/// One step of a gesture.
#[derive(Debug, Clone)]
pub(crate) enum Gesture {
    SwipeBegin(GestureSwipeBeginEvent),
    Swipe(GestureSwipeUpdateEvent),
    SwipeEnd(GestureSwipeEndEvent),
    PinchBegin(GesturePinchBeginEvent),
    Pinch(GesturePinchUpdateEvent),
    PinchEnd(GesturePinchEndEvent),
    HoldBegin(GestureHoldBeginEvent),
    HoldEnd(GestureHoldEndEvent),
}

impl Goblin {
    pub(super) fn process_gesture<B: InputBackend>(&mut self, event: InputEvent<B>, on: OutputId) {
        let serial = SERIAL_COUNTER.next_serial();
        let gesture = match event {
            InputEvent::GestureSwipeBegin { event } => {
                Gesture::SwipeBegin(GestureSwipeBeginEvent {
                    serial,
                    time: event.time_msec(),
                    fingers: event.fingers(),
                })
            }
            InputEvent::GestureSwipeUpdate { event } => Gesture::Swipe(GestureSwipeUpdateEvent {
                time: event.time_msec(),
                delta: event.delta(),
            }),
            InputEvent::GestureSwipeEnd { event } => Gesture::SwipeEnd(GestureSwipeEndEvent {
                serial,
                time: event.time_msec(),
                cancelled: event.cancelled(),
            }),
            InputEvent::GesturePinchBegin { event } => {
                Gesture::PinchBegin(GesturePinchBeginEvent {
                    serial,
                    time: event.time_msec(),
                    fingers: event.fingers(),
                })
            }
            InputEvent::GesturePinchUpdate { event } => Gesture::Pinch(GesturePinchUpdateEvent {
                time: event.time_msec(),
                delta: event.delta(),
                scale: event.scale(),
                rotation: event.rotation(),
            }),
            InputEvent::GesturePinchEnd { event } => Gesture::PinchEnd(GesturePinchEndEvent {
                serial,
                time: event.time_msec(),
                cancelled: event.cancelled(),
            }),
            InputEvent::GestureHoldBegin { event } => Gesture::HoldBegin(GestureHoldBeginEvent {
                serial,
                time: event.time_msec(),
                fingers: event.fingers(),
            }),
            InputEvent::GestureHoldEnd { event } => Gesture::HoldEnd(GestureHoldEndEvent {
                serial,
                time: event.time_msec(),
                cancelled: event.cancelled(),
            }),
            event => return self.process_tablet(event, on),
        };
        self.gesture(&gesture);
    }

    /// A step of a gesture was made on a touchpad.
    pub(crate) fn gesture(&mut self, gesture: &Gesture) {
        self.input_happened();
        let Some(pointer) = self.pointer() else {
            return;
        };
        match gesture {
            Gesture::SwipeBegin(event) => pointer.gesture_swipe_begin(self, event),
            Gesture::Swipe(event) => pointer.gesture_swipe_update(self, event),
            Gesture::SwipeEnd(event) => pointer.gesture_swipe_end(self, event),
            Gesture::PinchBegin(event) => pointer.gesture_pinch_begin(self, event),
            Gesture::Pinch(event) => pointer.gesture_pinch_update(self, event),
            Gesture::PinchEnd(event) => pointer.gesture_pinch_end(self, event),
            Gesture::HoldBegin(event) => pointer.gesture_hold_begin(self, event),
            Gesture::HoldEnd(event) => pointer.gesture_hold_end(self, event),
        }
    }
}
