//! The outputs: their Wayland globals, their frame clocks, and changing them live.

mod hotplug;
mod places;
mod setup;

use std::time::Duration;

use smithay::output::Output;
use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::utils::{Logical, Physical, Point, Size};
use trees::time::Millis;

use crate::goblin::Goblin;
use crate::layout::{OutputId, Rect};
use crate::render::{Costs, Gamma, RedrawState};
use places::places;

pub(crate) use hotplug::Parked;
pub(crate) use setup::{REFRESH, Setup, turn_name, turn_named};

/// The smallest and the largest scale of an output.
pub(crate) const SCALES: std::ops::RangeInclusive<f64> = 0.5..=4.0;

/// The largest side of an output, in pixels.
pub(crate) const MAX_SIDE: i32 = 16_384;

/// One output.
pub(crate) struct OutputState {
    pub(crate) id: OutputId,
    pub(crate) output: Output,
    /// Where it was put. `None`: to the right of the others.
    pub(crate) place: Option<Point<i32, Logical>>,
    /// Whether it gives light: nothing is drawn on a dark one.
    pub(crate) powered: bool,
    /// From pixels to light; `None`: as they are.
    pub(crate) gamma: Option<Gamma>,
    pub(crate) redraw: RedrawState,
    /// Frames drawn so far: an output at rest does not count.
    pub(crate) frames: u64,
    pub(crate) costs: Costs,
    pub(crate) last_frame: Option<Millis>,
    /// The last estimated end of a refresh cycle, on the monotonic clock.
    pub(crate) last_vblank: Duration,
    /// Its `wl_output`.
    global: Option<GlobalId>,
}

impl OutputState {
    /// Pixels of its mode: of a screen that is turned, as its memory has them.
    pub(crate) fn mode_size(&self) -> Size<i32, Physical> {
        self.output
            .current_mode()
            .map_or_else(|| (1, 1).into(), |mode| mode.size)
    }

    /// Pixels as a person sees them.
    pub(crate) fn size(&self) -> Size<i32, Physical> {
        self.output
            .current_transform()
            .transform_size(self.mode_size())
    }

    pub(crate) fn scale(&self) -> f64 {
        self.output.current_scale().fractional_scale()
    }

    /// The top left in the plane of all outputs.
    pub(crate) fn origin(&self) -> Point<i32, Logical> {
        self.output.current_location()
    }

    /// The time between two frames.
    pub(crate) fn refresh(&self) -> Duration {
        let millihertz = self
            .output
            .current_mode()
            .map_or(60_000, |mode| mode.refresh)
            .max(1);
        Duration::from_nanos(1_000_000_000_000 / u64::from(millihertz.unsigned_abs()))
    }

    /// Size in logical pixels.
    fn logical_size(&self) -> Size<i32, Logical> {
        self.size().to_f64().to_logical(self.scale()).to_i32_round()
    }
}

impl Goblin {
    /// Where each output lies, in their order.
    fn output_places(&self) -> Vec<Point<i32, Logical>> {
        let outputs = self.outputs.iter();
        let given: Vec<_> = outputs
            .map(|state| (state.place, state.logical_size()))
            .collect();
        places(&given)
    }

    /// Puts every output in its place and tells the layout.
    fn arrange_outputs(&mut self) {
        for (index, at) in self.output_places().into_iter().enumerate() {
            let Some(state) = self.outputs.get(index) else {
                continue;
            };
            if state.origin() != at {
                state
                    .output
                    .change_current_state(None, None, None, Some(at));
            }
            let id = state.id;
            let geometry = Rect::new(at, state.logical_size());
            let same = self
                .layout
                .output(id)
                .is_some_and(|output| output.geometry == geometry);
            if !same {
                self.layout.set_output_geometry(id, geometry);
            }
            self.arrange_layers(id);
            self.queue_redraw(id);
        }
        self.outputs_dirty = true;
        self.layout_changed();
    }

    pub(crate) fn output_state(&self, id: OutputId) -> Option<&OutputState> {
        self.outputs.iter().find(|output| output.id == id)
    }

    pub(crate) fn output_state_mut(&mut self, id: OutputId) -> Option<&mut OutputState> {
        self.outputs.iter_mut().find(|output| output.id == id)
    }

    pub(crate) fn output_named(&self, name: &str) -> Option<&OutputState> {
        self.outputs
            .iter()
            .find(|output| output.output.name() == name)
    }

    pub(crate) fn id_of_output(&self, output: &Output) -> Option<OutputId> {
        self.outputs
            .iter()
            .find(|state| state.output == *output)
            .map(|state| state.id)
    }
}
