//! `zwlr_virtual_pointer_manager_v1`: pointers that are moved by programs, for remote control and
//! accessibility. What they do goes the way of any other pointer, at the end of each of their frames.

use std::sync::{Mutex, PoisonError};

use smithay::backend::input::{Axis, AxisSource, ButtonState};
use smithay::input::pointer::AxisFrame;
use smithay::output::Output;
use smithay::reexports::wayland_protocols_wlr::virtual_pointer::v1::server::zwlr_virtual_pointer_manager_v1::{
    self, ZwlrVirtualPointerManagerV1,
};
use smithay::reexports::wayland_protocols_wlr::virtual_pointer::v1::server::zwlr_virtual_pointer_v1::{
    self, ZwlrVirtualPointerV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_pointer;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum,
};
use smithay::utils::{Logical, Point};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::{OutputId, Rect};

const VERSION: u32 = 2;
/// A frame of more steps than this is carried out before its end.
const LONGEST_FRAME: usize = 64;

/// The state of the global.
pub(crate) struct VirtualPointerState {
    _global: GlobalId,
}

impl VirtualPointerState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, ZwlrVirtualPointerManagerV1, _>(VERSION, ()),
        }
    }
}

/// What goes with a pointer.
pub(crate) struct PointerData {
    /// The output that its absolute places are on; without it, all of them.
    output: Option<OutputId>,
    held: Mutex<Held>,
}

/// What a pointer has begun and not ended.
#[derive(Default)]
struct Held {
    /// Buttons that are down, also by what this frame will do.
    buttons: Vec<u32>,
    /// What the frame will do, in order.
    steps: Vec<Step>,
    /// Scrolling since the last frame.
    axis: Option<AxisFrame>,
}

/// One thing that a frame does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    By(Point<f64, Logical>),
    To(Point<f64, Logical>),
    Button(u32, ButtonState),
}

impl GlobalDispatch<ZwlrVirtualPointerManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ZwlrVirtualPointerManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ZwlrVirtualPointerManagerV1>(&client)
    }
}

impl Dispatch<ZwlrVirtualPointerManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        _manager: &ZwlrVirtualPointerManagerV1,
        request: zwlr_virtual_pointer_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_virtual_pointer_manager_v1::Request;
        // There is one seat: which one is asked for does not matter.
        let (id, output) = match request {
            Request::CreateVirtualPointer { id, .. } => (id, None),
            Request::CreateVirtualPointerWithOutput { id, output, .. } => (id, output),
            _ => return,
        };
        let output = output.and_then(|output| Output::from_resource(&output));
        let data = PointerData {
            output: output.and_then(|output| state.id_of_output(&output)),
            held: Mutex::default(),
        };
        init.init(id, data);
    }
}

impl Dispatch<ZwlrVirtualPointerV1, PointerData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        pointer: &ZwlrVirtualPointerV1,
        request: zwlr_virtual_pointer_v1::Request,
        data: &PointerData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_virtual_pointer_v1::{Error, Request};
        // Times are ours: those of a client may have begun anywhere.
        let now = state.now_ms();
        let mut held = data.held.lock().unwrap_or_else(PoisonError::into_inner);
        let no_axis = || pointer.post_error(Error::InvalidAxis, "there is no such axis");
        match request {
            Request::Motion { dx, dy, .. } => held.add(Step::By((dx, dy).into())),
            Request::MotionAbsolute {
                x,
                y,
                x_extent,
                y_extent,
                ..
            } => {
                let to = state.virtual_place(data.output, (x, y), (x_extent, y_extent));
                if let Some(to) = to {
                    held.add(Step::To(to));
                }
            }
            Request::Button {
                button,
                state: WEnum::Value(pressed),
                ..
            } => {
                let index = held.buttons.iter().position(|other| *other == button);
                match (pressed, index) {
                    (wl_pointer::ButtonState::Pressed, None) => {
                        held.buttons.push(button);
                        held.add(Step::Button(button, ButtonState::Pressed));
                    }
                    (wl_pointer::ButtonState::Released, Some(index)) => {
                        held.buttons.remove(index);
                        held.add(Step::Button(button, ButtonState::Released));
                    }
                    // It is so already.
                    _ => {}
                }
            }
            Request::Axis { axis, value, .. } => match axis_of(axis) {
                Some(axis) => held.scroll(now, |frame| frame.value(axis, value)),
                None => no_axis(),
            },
            Request::AxisDiscrete {
                axis,
                value,
                discrete,
                ..
            } => match axis_of(axis) {
                Some(axis) => held.scroll(now, |frame| {
                    let steps = discrete.clamp(-1_000, 1_000) * 120;
                    frame.value(axis, value).v120(axis, steps)
                }),
                None => no_axis(),
            },
            Request::AxisStop { axis, .. } => match axis_of(axis) {
                Some(axis) => held.scroll(now, |frame| frame.stop(axis)),
                None => no_axis(),
            },
            Request::AxisSource { axis_source } => match source_of(axis_source) {
                Some(source) => held.scroll(now, |frame| frame.source(source)),
                None => pointer.post_error(Error::InvalidAxisSource, "there is no such source"),
            },
            Request::Frame => {
                state.take_steps(held.steps.drain(..), now);
                if let Some(frame) = held.axis.take() {
                    state.pointer_axis(bounded(frame));
                }
            }
            _ => {}
        }
        if held.steps.len() >= LONGEST_FRAME {
            state.take_steps(held.steps.drain(..), now);
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        _pointer: &ZwlrVirtualPointerV1,
        data: &PointerData,
    ) {
        let mut held = data.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.now_ms();
        // A button that the unfinished frame pressed or released was not pressed or released yet.
        for step in std::mem::take(&mut held.steps).into_iter().rev() {
            match step {
                Step::Button(button, ButtonState::Pressed) => {
                    held.buttons.retain(|other| *other != button);
                }
                Step::Button(button, ButtonState::Released) => held.buttons.push(button),
                Step::By(_) | Step::To(_) => {}
            }
        }
        for button in held.buttons.drain(..) {
            state.pointer_button(button, ButtonState::Released, now);
        }
    }
}

impl Held {
    fn add(&mut self, step: Step) {
        match (self.steps.last_mut(), step) {
            (Some(Step::By(before)), Step::By(delta)) => *before += delta,
            (Some(Step::To(before)), Step::To(place)) => *before = place,
            _ => self.steps.push(step),
        }
    }

    fn scroll(&mut self, now: u32, add: impl FnOnce(AxisFrame) -> AxisFrame) {
        let frame = self.axis.take().unwrap_or_else(|| AxisFrame::new(now));
        self.axis = Some(bounded(add(frame)));
    }
}

impl Goblin {
    fn take_steps(&mut self, steps: impl Iterator<Item = Step>, now: u32) {
        for step in steps {
            match step {
                Step::By(delta) => self.pointer_moved_by(delta, delta, now),
                Step::To(place) => self.pointer_moved(place, now),
                Step::Button(button, state) => self.pointer_button(button, state, now),
            }
        }
    }

    /// The place in the plane that a part of an extent means. `None` where there is no such place.
    fn virtual_place(
        &self,
        output: Option<OutputId>,
        (x, y): (u32, u32),
        (width, height): (u32, u32),
    ) -> Option<Point<f64, Logical>> {
        let area = match output {
            Some(id) => self.layout.output(id)?.geometry,
            None => {
                let outputs = self.layout.outputs().iter().map(|output| output.geometry);
                outputs.reduce(Rect::merge)?
            }
        };
        let part = |at: u32, of: u32| (of > 0).then(|| f64::from(at.min(of)) / f64::from(of));
        let (x, y) = part(x, width).zip(part(y, height))?;
        let size = area.size.to_f64();
        Some(area.loc.to_f64() + Point::from((x * size.w, y * size.h)))
    }
}

/// A client may add to a frame for as long as it likes: what it scrolls stays a number.
fn bounded(mut frame: AxisFrame) -> AxisFrame {
    const FAR: i32 = 1 << 20;
    let far = f64::from(FAR);
    frame.axis.0 = frame.axis.0.clamp(-far, far);
    frame.axis.1 = frame.axis.1.clamp(-far, far);
    if let Some((x, y)) = &mut frame.v120 {
        *x = (*x).clamp(-FAR, FAR);
        *y = (*y).clamp(-FAR, FAR);
    }
    frame
}

fn axis_of(axis: WEnum<wl_pointer::Axis>) -> Option<Axis> {
    match axis {
        WEnum::Value(wl_pointer::Axis::HorizontalScroll) => Some(Axis::Horizontal),
        WEnum::Value(wl_pointer::Axis::VerticalScroll) => Some(Axis::Vertical),
        _ => None,
    }
}

fn source_of(source: WEnum<wl_pointer::AxisSource>) -> Option<AxisSource> {
    match source {
        WEnum::Value(wl_pointer::AxisSource::Wheel) => Some(AxisSource::Wheel),
        WEnum::Value(wl_pointer::AxisSource::Finger) => Some(AxisSource::Finger),
        WEnum::Value(wl_pointer::AxisSource::Continuous) => Some(AxisSource::Continuous),
        WEnum::Value(wl_pointer::AxisSource::WheelTilt) => Some(AxisSource::WheelTilt),
        _ => None,
    }
}
