//! The outputs: their Wayland globals, their frame clocks, and changing them live.

use std::time::Duration;

use smithay::output::{Mode, Output, PhysicalProperties, Scale, Subpixel};
use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::utils::{Logical, Physical, Point, Size, Transform};
use tracing::info;
use trees::time::Millis;

use crate::goblin::Goblin;
use crate::layout::{OutputId, Rect};
use crate::render::RedrawState;

/// The smallest and the largest scale of an output.
pub(crate) const SCALES: std::ops::RangeInclusive<f64> = 0.5..=4.0;

/// One output.
pub(crate) struct OutputState {
    pub(crate) id: OutputId,
    pub(crate) output: Output,
    pub(crate) redraw: RedrawState,
    /// Frames drawn so far: an output at rest does not count.
    pub(crate) frames: u64,
    pub(crate) last_frame: Option<Millis>,
    /// The last estimated end of a refresh cycle, on the monotonic clock.
    pub(crate) last_vblank: Duration,
    _global: GlobalId,
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
    /// Adds an output to the right of the others.
    pub(crate) fn add_output(
        &mut self,
        name: &str,
        size: Size<i32, Physical>,
        scale: f64,
        refresh: i32,
    ) -> OutputId {
        self.next_output += 1;
        let id = OutputId(self.next_output);
        let properties = PhysicalProperties {
            size: (0, 0).into(),
            subpixel: Subpixel::Unknown,
            make: "goblin".to_owned(),
            model: self.backend_kind().to_owned(),
        };
        let output = Output::new(name.to_owned(), properties);
        let global = output.create_global::<Goblin>(&self.display);
        let right = |output: &OutputState| output.origin().x + output.logical_size().w;
        let x = self.outputs.iter().map(right).max().unwrap_or(0);
        let mode = Mode { size, refresh };
        let scale = self.config.scale_of(name).unwrap_or(scale);
        output.change_current_state(
            Some(mode),
            Some(Transform::Normal),
            Some(Scale::Fractional(clamp_scale(scale))),
            Some((x, 0).into()),
        );
        output.set_preferred(mode);
        let state = OutputState {
            id,
            output,
            redraw: RedrawState::Idle,
            frames: 0,
            last_frame: None,
            last_vblank: Duration::ZERO,
            _global: global,
        };
        let geometry = Rect::new(state.origin(), state.logical_size());
        info!(
            "output {name}: {}×{} at scale {}",
            size.w,
            size.h,
            state.scale()
        );
        self.outputs.push(state);
        self.layout.add_output(id, name, geometry);
        self.publish_output_added(name);
        self.layout_changed();
        self.queue_redraw(id);
        id
    }

    /// Sets an output's mode or scale.
    pub(crate) fn change_output(
        &mut self,
        id: OutputId,
        size: Option<Size<i32, Physical>>,
        scale: Option<f64>,
    ) {
        let Some(state) = self.output_state(id) else {
            return;
        };
        let refresh = state
            .output
            .current_mode()
            .map_or(60_000, |mode| mode.refresh);
        let mode = size.map(|size| Mode { size, refresh });
        let scale = scale.map(|scale| Scale::Fractional(clamp_scale(scale)));
        state.output.change_current_state(mode, None, scale, None);
        if let Some(mode) = mode {
            state.output.set_preferred(mode);
        }
        let name = state.output.name();
        self.arrange_outputs();
        self.publish_output_changed(&name);
    }

    /// Puts the outputs side by side and tells the layout.
    fn arrange_outputs(&mut self) {
        let mut x = 0;
        for index in 0..self.outputs.len() {
            let Some(state) = self.outputs.get(index) else {
                continue;
            };
            if state.origin().x != x {
                state
                    .output
                    .change_current_state(None, None, None, Some((x, 0).into()));
            }
            let (id, size) = (state.id, state.logical_size());
            x += size.w;
            let geometry = Rect::new(state.origin(), size);
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

/// A scale as clients can be told of it: within [`SCALES`], in steps of 1/120.
fn clamp_scale(scale: f64) -> f64 {
    let scale = if scale.is_finite() { scale } else { 1.0 };
    (scale.clamp(*SCALES.start(), *SCALES.end()) * 120.0).round() / 120.0
}
