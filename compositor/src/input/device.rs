//! Events of a backend's devices, into the compositor's own terms.

use smithay::backend::input::{
    AbsolutePositionEvent, Axis, AxisSource, Device, DeviceCapability, Event, InputBackend,
    InputEvent, KeyboardKeyEvent, PointerAxisEvent, PointerButtonEvent, PointerMotionEvent,
    TouchEvent,
};
use smithay::input::pointer::AxisFrame;
use smithay::utils::{Logical, Point};

use crate::goblin::Goblin;
use crate::layout::OutputId;

/// Logical pixels that one notch of a wheel scrolls, where the device does not say.
const NOTCH: f64 = 15.0;

impl Goblin {
    /// Takes an event of a device. Absolute places are those of one output.
    pub(crate) fn process_input<B: InputBackend>(&mut self, event: InputEvent<B>, on: OutputId) {
        match &event {
            InputEvent::DeviceAdded { device } => self.input.devices.push(described(device)),
            InputEvent::DeviceRemoved { device } => {
                let gone = described(device);
                let place = self.input.devices.iter().position(|known| *known == gone);
                place.map(|place| self.input.devices.remove(place));
            }
            _ => {}
        }
        match event {
            InputEvent::Keyboard { event } => {
                self.key(event.key_code(), event.state(), event.time_msec());
            }
            InputEvent::PointerMotion { event } => {
                let (delta, raw) = (event.delta(), event.delta_unaccel());
                self.pointer_moved_by(delta, raw, event.time_msec());
            }
            InputEvent::PointerMotionAbsolute { event } => {
                let pos = self.on_output(&event, on);
                self.pointer_moved(pos, event.time_msec());
            }
            InputEvent::PointerButton { event } => {
                self.pointer_button(event.button_code(), event.state(), event.time_msec());
            }
            InputEvent::PointerAxis { event } => self.pointer_axis(axis_frame::<B>(&event)),
            InputEvent::TouchDown { event } => {
                let pos = self.on_output(&event, on);
                self.touch_down(event.slot(), pos, event.time_msec());
            }
            InputEvent::TouchMotion { event } => {
                let pos = self.on_output(&event, on);
                self.touch_moved(event.slot(), pos, event.time_msec());
            }
            InputEvent::TouchUp { event } => self.touch_up(event.slot(), event.time_msec()),
            InputEvent::TouchFrame { .. } => self.touch_frame(),
            InputEvent::TouchCancel { .. } => self.touch_cancelled(),
            event => self.process_gesture(event, on),
        }
    }

    pub(super) fn on_output<B: InputBackend>(
        &self,
        event: &impl AbsolutePositionEvent<B>,
        id: OutputId,
    ) -> Point<f64, Logical> {
        let Some(area) = self.layout.output(id).map(|output| output.geometry) else {
            return self.pointer_location();
        };
        event.position_transformed(area.size) + area.loc.to_f64()
    }
}

/// A device as `/desktop` tells of it.
fn described(device: &impl Device) -> trees::desktop::Device {
    let kinds = [
        (DeviceCapability::Keyboard, "keyboard"),
        (DeviceCapability::Pointer, "pointer"),
        (DeviceCapability::Touch, "touch"),
        (DeviceCapability::TabletTool, "tablet-tool"),
        (DeviceCapability::TabletPad, "tablet-pad"),
        (DeviceCapability::Gesture, "gesture"),
        (DeviceCapability::Switch, "switch"),
    ];
    let kinds = kinds
        .into_iter()
        .filter(|(kind, _)| device.has_capability(*kind))
        .map(|(_, word)| word.to_owned());
    trees::desktop::Device {
        name: device.name(),
        kinds: kinds.collect(),
    }
}

fn axis_frame<B: InputBackend>(event: &B::PointerAxisEvent) -> AxisFrame {
    let mut frame = AxisFrame::new(event.time_msec()).source(event.source());
    for axis in [Axis::Horizontal, Axis::Vertical] {
        let notches = event.amount_v120(axis);
        let amount = event
            .amount(axis)
            .or_else(|| Some(notches? * NOTCH / 120.0));
        match amount {
            Some(amount) if amount != 0.0 => {
                frame = frame.relative_direction(axis, event.relative_direction(axis));
                frame = frame.value(axis, amount);
                if let Some(notches) = notches {
                    frame = frame.v120(axis, notches as i32);
                }
            }
            // Fingers that were lifted: the client may let the motion run out.
            Some(_) if event.source() == AxisSource::Finger => frame = frame.stop(axis),
            _ => {}
        }
    }
    frame
}
