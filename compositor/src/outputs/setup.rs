//! What an output can be set to, and setting it while the session runs.

use smithay::output::{Mode, Scale};
use smithay::utils::{Logical, Physical, Point, Size, Transform};

use super::{MAX_SIDE, SCALES};
use crate::goblin::Goblin;
use crate::layout::OutputId;

/// The refresh rate of a virtual output that nobody gave one, in millihertz.
pub(crate) const REFRESH: i32 = 60_000;
/// The refresh rates that an output can have, in millihertz.
const REFRESHES: std::ops::RangeInclusive<i32> = 1_000..=1_000_000;
/// How far from the origin an output can be put, in logical pixels.
const FAR: i32 = 65_536;

/// Everything of an output that can be changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Setup {
    /// Pixels and refresh rate.
    pub(crate) mode: Mode,
    pub(crate) scale: f64,
    /// How it is turned, in the sense of `wl_output.transform`.
    pub(crate) transform: Transform,
    /// Its top left in the plane. `None`: to the right of the others.
    pub(crate) place: Option<Point<i32, Logical>>,
}

impl Setup {
    /// A virtual output of a size.
    pub(crate) fn of_size(size: Size<i32, Physical>, scale: f64) -> Self {
        Self {
            mode: Mode {
                size,
                refresh: REFRESH,
            },
            scale,
            transform: Transform::Normal,
            place: None,
        }
    }

    /// Checks that an output can be so.
    ///
    /// # Errors
    /// What cannot be, and what could.
    pub(crate) fn check(&self) -> Result<(), String> {
        let side = |side| (1..=MAX_SIDE).contains(&side);
        let size = self.mode.size;
        if !side(size.w) || !side(size.h) {
            return Err(format!(
                "{}×{} is no size of an output: sides are 1 to {MAX_SIDE}",
                size.w, size.h
            ));
        }
        if !REFRESHES.contains(&self.mode.refresh) {
            return Err(format!(
                "{} mHz is no refresh rate: 1000 to 1000000 are",
                self.mode.refresh
            ));
        }
        if !SCALES.contains(&self.scale) {
            return Err(format!(
                "the scale {} is out of range: 0.5 to 4",
                self.scale
            ));
        }
        let near = |at: i32| (-FAR..=FAR).contains(&at);
        match self.place {
            Some(place) if !near(place.x) || !near(place.y) => Err(format!(
                "{} {} is too far out: {FAR} pixels at most",
                place.x, place.y
            )),
            _ => Ok(()),
        }
    }
}

impl Goblin {
    /// What an output is set to.
    pub(crate) fn setup_of(&self, id: OutputId) -> Option<Setup> {
        let state = self.output_state(id)?;
        Some(Setup {
            mode: state.output.current_mode()?,
            scale: state.scale(),
            transform: state.output.current_transform(),
            place: state.place,
        })
    }

    /// Sets an output up anew. The caller has checked that it can be so.
    pub(crate) fn set_up_output(&mut self, id: OutputId, setup: Setup) {
        let Some(before) = self.setup_of(id) else {
            return;
        };
        let Some(state) = self.output_state_mut(id) else {
            return;
        };
        state.place = setup.place;
        if before.mode != setup.mode {
            // A virtual screen has one mode: that which it has.
            state.output.delete_mode(before.mode);
            state.output.set_preferred(setup.mode);
        }
        let scale = clamp_scale(setup.scale);
        state.output.change_current_state(
            (before.mode != setup.mode).then_some(setup.mode),
            (before.transform != setup.transform).then_some(setup.transform),
            (before.scale.to_bits() != scale.to_bits()).then_some(Scale::Fractional(scale)),
            None,
        );
        let name = state.output.name();
        self.scale_changed(id);
        self.arrange_outputs();
        self.publish_output_changed(&name);
    }

    /// Sets an output's mode or scale.
    pub(crate) fn change_output(
        &mut self,
        id: OutputId,
        size: Option<Size<i32, Physical>>,
        scale: Option<f64>,
    ) {
        if let Some(mut setup) = self.setup_of(id) {
            setup.mode.size = size.unwrap_or(setup.mode.size);
            setup.scale = scale.unwrap_or(setup.scale);
            self.set_up_output(id, setup);
        }
    }
}

/// A scale as clients can be told of it: within [`SCALES`], in steps of 1/120.
pub(super) fn clamp_scale(scale: f64) -> f64 {
    let scale = if scale.is_finite() { scale } else { 1.0 };
    (scale.clamp(*SCALES.start(), *SCALES.end()) * 120.0).round() / 120.0
}

/// The names of the eight ways to turn an output, as `/desktop` and the command line tools of
/// wlroots have them.
const TURNS: [(&str, Transform); 8] = [
    ("normal", Transform::Normal),
    ("90", Transform::_90),
    ("180", Transform::_180),
    ("270", Transform::_270),
    ("flipped", Transform::Flipped),
    ("flipped-90", Transform::Flipped90),
    ("flipped-180", Transform::Flipped180),
    ("flipped-270", Transform::Flipped270),
];

/// The way to turn an output that has this name.
pub(crate) fn turn_named(name: &str) -> Option<Transform> {
    let found = TURNS.iter().find(|(word, _)| *word == name);
    found.map(|(_, turn)| *turn)
}

/// The name of a way to turn an output.
pub(crate) fn turn_name(turn: Transform) -> &'static str {
    let found = TURNS.iter().find(|(_, other)| *other == turn);
    found.map_or("normal", |(word, _)| word)
}
