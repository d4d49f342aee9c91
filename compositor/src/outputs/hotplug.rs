//! Outputs that come and go while the session runs.

use std::time::Duration;

use smithay::desktop::utils::with_surfaces_surface_tree;
use smithay::output::{Output, PhysicalProperties, Scale, Subpixel};
use tracing::info;

use super::setup::clamp_scale;
use super::{OutputState, Setup};
use crate::capture::Failure;
use crate::goblin::Goblin;
use crate::layers::layer_map_for_output;
use crate::layout::{OutputId, Rect};
use crate::process::give_back_what_is_free;
use crate::render::{Costs, RedrawState, Subject};

/// The most outputs that a session has.
const MOST: usize = 32;
/// The longest name of an output.
const LONGEST_NAME: usize = 64;
/// A client may bind an output that has just gone: for so long it still can.
const GRACE: Duration = Duration::from_secs(10);

/// An output that is switched off: its name and what it is set to are kept, it has no place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parked {
    pub(crate) name: String,
    pub(crate) setup: Setup,
}

impl Goblin {
    /// A name for one more virtual output: the first of `headless-1`, `headless-2`, … that is free.
    pub(crate) fn free_output_name(&self) -> String {
        let kind = self.backend_kind();
        let mut names = (1..).map(|number: u32| format!("{kind}-{number}"));
        names
            .find(|name| !self.is_output_name_taken(name))
            .unwrap_or_default()
    }

    fn is_output_name_taken(&self, name: &str) -> bool {
        self.output_named(name).is_some() || self.parked.iter().any(|parked| parked.name == name)
    }

    /// Checks that one more output of this name can be added.
    ///
    /// # Errors
    /// Why not, and what would do.
    pub(crate) fn check_new_output(&self, name: &str) -> Result<(), String> {
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(letter) {
            return Err(format!(
                "{name:?} is no name of an output: letters, digits and dashes are, {LONGEST_NAME} at most"
            ));
        }
        // In /desktop/outputs it would hide the file of that name.
        if name == "ctl" || self.is_output_name_taken(name) {
            return Err(format!("there is an output {name:?} already"));
        }
        if self.outputs.len() + self.parked.len() >= MOST {
            return Err(format!("there are {MOST} outputs: remove one first"));
        }
        Ok(())
    }

    /// A setup with the scale that the configuration has for an output.
    pub(crate) fn configured(&self, name: &str, mut setup: Setup) -> Setup {
        setup.scale = self.config.scale_of(name).unwrap_or(setup.scale);
        setup
    }

    /// Adds an output. Windows that were on one of this name return to it.
    pub(crate) fn add_output(&mut self, name: &str, setup: Setup) -> OutputId {
        self.next_output += 1;
        let id = OutputId(self.next_output);
        let properties = PhysicalProperties {
            size: (0, 0).into(),
            subpixel: Subpixel::Unknown,
            make: "goblin".to_owned(),
            model: self.backend_kind().to_owned(),
        };
        let output = Output::new(name.to_owned(), properties);
        output.change_current_state(
            Some(setup.mode),
            Some(setup.transform),
            Some(Scale::Fractional(clamp_scale(setup.scale))),
            None,
        );
        output.set_preferred(setup.mode);
        let state = OutputState {
            id,
            output,
            place: setup.place,
            powered: true,
            gamma: None,
            redraw: RedrawState::Idle,
            frames: 0,
            costs: Costs::default(),
            last_frame: None,
            last_vblank: Duration::ZERO,
            global: None,
        };
        let size = setup.mode.size;
        info!(
            "output {name}: {}×{} at scale {}",
            size.w,
            size.h,
            state.scale()
        );
        self.outputs.push(state);
        let places = self.output_places();
        if let (Some(state), Some(at)) = (self.outputs.last_mut(), places.last()) {
            state
                .output
                .change_current_state(None, None, None, Some(*at));
            // Only now: a client that binds it at once is told all of it.
            state.global = Some(state.output.create_global::<Goblin>(&self.display));
            let geometry = Rect::new(*at, state.logical_size());
            self.layout.add_output(id, name, geometry);
        }
        self.arrange_outputs();
        self.publish_output_added(name);
        self.queue_redraw(id);
        id
    }

    /// Takes an output away. Its windows go to another one; what lies on its edges is closed.
    pub(crate) fn remove_output(&mut self, id: OutputId) {
        let Some(index) = self.outputs.iter().position(|state| state.id == id) else {
            return;
        };
        let layers: Vec<_> = layer_map_for_output(&self.outputs[index].output)
            .layers()
            .cloned()
            .collect();
        let mut state = self.outputs.remove(index);
        for layer in layers {
            layer_map_for_output(&state.output).unmap_layer(&layer, &state.output);
            layer.layer_surface().send_close();
        }
        self.layout.remove_output(id);
        for subject in [
            Subject::Output(id),
            Subject::Upright(id),
            Subject::Cursor(id),
        ] {
            self.fail_captures_of(subject, Failure::Gone);
        }
        let on = |window: &crate::layout::Window| window.id();
        let windows: Vec<_> = self.layout.windows().map(on).collect();
        for window in windows {
            if let Some(window) = self.windows.get_mut(window)
                && window.on.contains(&id)
            {
                window.on.retain(|on| *on != id);
                with_surfaces_surface_tree(window.surface(), |surface, _| {
                    state.output.leave(surface);
                });
            }
        }
        self.toplevels_left(id, &state.output);
        self.workspaces_left(id, &state.output);
        for (_, mut feedback) in self.feedback.extract_if(.., |(of, _)| *of == id) {
            feedback.discarded();
        }
        if let Some(global) = state.global.take() {
            self.display.disable_global::<Goblin>(global.clone());
            self.after(GRACE, move |goblin| {
                goblin.display.remove_global::<Goblin>(global);
                // By now its windows' pictures were drawn anew elsewhere, too.
                give_back_what_is_free();
            });
        }
        let name = state.output.name();
        info!("output {name} is gone");
        self.control.layers_dirty = true;
        self.arrange_outputs();
        self.globals.output_power.forget(id);
        self.globals.gamma_control.forget(id);
        if let Some(shown) = self.input.pointer_shown_at() {
            // It must be on an output, if there is one.
            let now = self.now_ms();
            self.pointer_moved(shown, now);
        }
        self.publish_output_removed(&name);
    }

    /// Takes an output out of the plane; what it is set to is kept for when it comes back.
    pub(crate) fn park_output(&mut self, id: OutputId) {
        let (Some(setup), Some(state)) = (self.setup_of(id), self.output_state(id)) else {
            return;
        };
        let name = state.output.name();
        self.parked.push(Parked { name, setup });
        self.remove_output(id);
    }

    /// Puts an output that was parked back into the plane.
    pub(crate) fn unpark_output(&mut self, name: &str, setup: Setup) {
        self.parked.retain(|parked| parked.name != name);
        self.add_output(name, setup);
    }

    /// Switches an output's light on or off. It keeps its place and its windows; nothing is drawn
    /// on it while it is dark.
    pub(crate) fn power_output(&mut self, id: OutputId, on: bool) {
        let Some(state) = self.output_state_mut(id) else {
            return;
        };
        if state.powered == on {
            return;
        }
        state.powered = on;
        let name = state.output.name();
        if on {
            self.queue_redraw(id);
        } else {
            state.redraw.cancel();
            self.fail_captures_of(Subject::Output(id), Failure::Dark);
        }
        self.globals.output_power.tell(id, on);
        self.publish_output_changed(&name);
    }
}
