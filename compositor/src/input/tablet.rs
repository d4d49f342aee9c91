//! Graphics tablets: each tool goes by itself to the surface it is over.

use smithay::backend::input::{
    ButtonState, Device, DeviceCapability, Event, InputBackend, InputEvent, ProximityState,
    TabletToolButtonEvent, TabletToolDescriptor, TabletToolEvent, TabletToolProximityEvent,
    TabletToolTipEvent, TabletToolTipState,
};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, SERIAL_COUNTER};
use smithay::wayland::tablet_manager::{TabletDescriptor, TabletSeatTrait, TabletToolHandle};

use super::hit::Hit;
use crate::goblin::Goblin;
use crate::layout::OutputId;

/// What a tool measures beside its place; `None` for what has not changed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct ToolAxes {
    /// From 0 to 1.
    pub(crate) pressure: Option<f64>,
    /// From 0 to 1.
    pub(crate) distance: Option<f64>,
    /// Degrees along x and y.
    pub(crate) tilt: Option<(f64, f64)>,
    /// Degrees, clockwise.
    pub(crate) rotation: Option<f64>,
    /// From -1 to 1.
    pub(crate) slider: Option<f64>,
    /// Degrees and clicks.
    pub(crate) wheel: Option<(f64, i32)>,
}

impl Goblin {
    pub(super) fn process_tablet<B: InputBackend>(&mut self, event: InputEvent<B>, on: OutputId) {
        match event {
            InputEvent::DeviceAdded { device }
                if device.has_capability(DeviceCapability::TabletTool) =>
            {
                self.tablet_added(&TabletDescriptor::from(&device));
            }
            InputEvent::DeviceRemoved { device }
                if device.has_capability(DeviceCapability::TabletTool) =>
            {
                self.tablet_removed(&TabletDescriptor::from(&device));
            }
            InputEvent::TabletToolProximity { event } => {
                let pos = self.on_output(&event, on);
                let tablet = TabletDescriptor::from(&event.device());
                let near = event.state() == ProximityState::In;
                self.tool_near(
                    &event.tool(),
                    &tablet,
                    near.then_some(pos),
                    event.time_msec(),
                );
            }
            InputEvent::TabletToolAxis { event } => {
                let pos = self.on_output(&event, on);
                let tablet = TabletDescriptor::from(&event.device());
                self.tool_moved(&event.tool(), &tablet, pos, axes(&event), event.time_msec());
            }
            InputEvent::TabletToolTip { event } => {
                let pos = self.on_output(&event, on);
                let down = event.tip_state() == TabletToolTipState::Down;
                self.tool_tip(&event.tool(), down.then_some(pos), event.time_msec());
            }
            InputEvent::TabletToolButton { event } => {
                let (button, state) = (event.button(), event.button_state());
                self.tool_button(&event.tool(), button, state, event.time_msec());
            }
            _ => {}
        }
    }

    /// A tablet was plugged in.
    pub(crate) fn tablet_added(&mut self, tablet: &TabletDescriptor) {
        let seat = self.seat.tablet_seat();
        seat.add_tablet::<Self>(&self.display, tablet);
    }

    /// A tablet was pulled out; its tools go with the last one.
    pub(crate) fn tablet_removed(&mut self, tablet: &TabletDescriptor) {
        let seat = self.seat.tablet_seat();
        seat.remove_tablet(tablet);
        if seat.count_tablets() == 0 {
            seat.clear_tools();
        }
    }

    /// A tool came near the tablet at a place, or went away.
    pub(crate) fn tool_near(
        &mut self,
        tool: &TabletToolDescriptor,
        tablet: &TabletDescriptor,
        at: Option<Point<f64, Logical>>,
        time: u32,
    ) {
        self.input_happened();
        let seat = self.seat.tablet_seat();
        let display = self.display.clone();
        let handle = seat.add_tool::<Self>(self, &display, tool);
        let Some(pos) = at else {
            handle.proximity_out(time);
            return;
        };
        let tablet = seat.add_tablet::<Self>(&display, tablet);
        if let Some(focus) = self.surface_at(pos) {
            let serial = SERIAL_COUNTER.next_serial();
            handle.proximity_in(pos, focus, &tablet, serial, time);
        }
    }

    /// A tool moved over the tablet, or what it measures changed.
    pub(crate) fn tool_moved(
        &mut self,
        tool: &TabletToolDescriptor,
        tablet: &TabletDescriptor,
        pos: Point<f64, Logical>,
        axes: ToolAxes,
        time: u32,
    ) {
        self.input_happened();
        self.tool_moved_at_choice(pos);
        let seat = self.seat.tablet_seat();
        let (Some(handle), Some(tablet)) = (seat.get_tool(tool), seat.get_tablet(tablet)) else {
            return;
        };
        measure(&handle, axes);
        let focus = self.surface_at(pos);
        let serial = SERIAL_COUNTER.next_serial();
        handle.motion(pos, focus, &tablet, serial, time);
    }

    /// The tip of a tool went down at a place, or up. As a click does, it moves the focus there.
    pub(crate) fn tool_tip(
        &mut self,
        tool: &TabletToolDescriptor,
        at: Option<Point<f64, Logical>>,
        time: u32,
    ) {
        self.input_happened();
        if self.tool_at_choice(at) {
            return;
        }
        let Some(handle) = self.seat.tablet_seat().get_tool(tool) else {
            return;
        };
        match at {
            Some(pos) => {
                self.focus_hit(&self.hit(pos));
                handle.tip_down(SERIAL_COUNTER.next_serial(), time);
            }
            None => handle.tip_up(time),
        }
    }

    /// A button of a tool went down or up.
    pub(crate) fn tool_button(
        &mut self,
        tool: &TabletToolDescriptor,
        button: u32,
        state: ButtonState,
        time: u32,
    ) {
        self.input_happened();
        if let Some(handle) = self.seat.tablet_seat().get_tool(tool) {
            handle.button(button, state, SERIAL_COUNTER.next_serial(), time);
        }
    }

    fn surface_at(&self, pos: Point<f64, Logical>) -> Option<(WlSurface, Point<f64, Logical>)> {
        match self.hit(pos) {
            Hit::Surface {
                surface, origin, ..
            } => Some((surface, origin)),
            Hit::Frame(..) | Hit::Nothing => None,
        }
    }
}

fn measure(tool: &TabletToolHandle, axes: ToolAxes) {
    if let Some(pressure) = axes.pressure {
        tool.pressure(pressure);
    }
    if let Some(distance) = axes.distance {
        tool.distance(distance);
    }
    if let Some(tilt) = axes.tilt {
        tool.tilt(tilt);
    }
    if let Some(rotation) = axes.rotation {
        tool.rotation(rotation);
    }
    if let Some(slider) = axes.slider {
        tool.slider_position(slider);
    }
    if let Some((degrees, clicks)) = axes.wheel {
        tool.wheel(degrees, clicks);
    }
}

fn axes<B: InputBackend>(event: &impl TabletToolEvent<B>) -> ToolAxes {
    ToolAxes {
        pressure: event.pressure_has_changed().then(|| event.pressure()),
        distance: event.distance_has_changed().then(|| event.distance()),
        tilt: event.tilt_has_changed().then(|| event.tilt()),
        rotation: event.rotation_has_changed().then(|| event.rotation()),
        slider: event.slider_has_changed().then(|| event.slider_position()),
        wheel: event
            .wheel_has_changed()
            .then(|| (event.wheel_delta(), event.wheel_delta_discrete())),
    }
}
