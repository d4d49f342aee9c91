//! Telling clients about frames: callbacks and presentation times, for what was seen only.

use std::time::Duration;

use smithay::backend::renderer::element::{
    RenderElementStates, default_primary_scanout_output_compare,
};
use smithay::desktop::utils::{
    OutputPresentationFeedback, send_frames_surface_tree, surface_presentation_feedback_flags_from_states,
    surface_primary_scanout_output, take_presentation_feedback_surface_tree,
    update_surface_primary_scanout_output, with_surfaces_surface_tree,
};
use smithay::desktop::PopupManager;
use smithay::input::pointer::CursorImageStatus;
use smithay::output::Output;
use smithay::reexports::wayland_protocols::wp::presentation_time::server::wp_presentation_feedback::Kind;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Monotonic, Time};
use smithay::wayland::compositor::SurfaceData;
use smithay::wayland::presentation::Refresh;

use crate::goblin::Goblin;
use crate::layers::layer_map_for_output;
use crate::layout::OutputId;
use crate::render::Subject;

/// A surface that is hidden gets a callback at a redraw only if its last one is this long ago.
const HIDDEN_THROTTLE: Duration = Duration::from_secs(1);

impl Goblin {
    /// Notes which surfaces, of those under `roots`, a frame shows.
    pub(crate) fn update_visible(
        &mut self,
        id: OutputId,
        roots: &[WlSurface],
        states: &RenderElementStates,
    ) {
        let Some(state) = self.output_state(id) else {
            return;
        };
        let output = state.output.clone();
        let mut feedback = OutputPresentationFeedback::new(&output);
        let others: Vec<(Output, Vec<WlSurface>)> = self
            .outputs
            .iter()
            .filter(|other| other.id != id)
            .map(|other| (other.output.clone(), self.roots_on(other.id)))
            .collect();
        for root in roots {
            let is_on = |other: &Output| {
                *other == output
                    || others
                        .iter()
                        .any(|(of, roots)| of == other && roots.contains(root))
            };
            with_surfaces_surface_tree(root, |surface, data| {
                forget_left(surface, data, is_on);
                update_surface_primary_scanout_output(
                    surface,
                    &output,
                    data,
                    states,
                    default_primary_scanout_output_compare,
                );
            });
            take_presentation_feedback_surface_tree(
                root,
                &mut feedback,
                surface_primary_scanout_output,
                |surface, _| surface_presentation_feedback_flags_from_states(surface, states),
            );
        }
        self.feedback.push((id, feedback));
    }

    /// A frame is on the screen: the surfaces under `roots` are told.
    pub(crate) fn present(&mut self, id: OutputId, roots: &[WlSurface]) {
        let Some(state) = self.output_state(id) else {
            return;
        };
        let (output, refresh, sequence) = (state.output.clone(), state.refresh(), state.frames);
        let time = state.last_vblank;
        for root in roots {
            send_frames_surface_tree(
                root,
                &output,
                time,
                Some(HIDDEN_THROTTLE),
                surface_primary_scanout_output,
            );
        }
        // Whoever looks at a window sees it, though it be hidden from the screen.
        for window in self.captures.windows() {
            if self.home_of(Subject::Window(window)) == Some(id)
                && let Some(window) = self.windows.get(window)
            {
                let here = |_: &WlSurface, _: &SurfaceData| Some(output.clone());
                send_frames_surface_tree(window.surface(), &output, time, None, here);
            }
        }
        if self.pacing.is_waiting() {
            let mut shown = Vec::new();
            for root in roots {
                with_surfaces_surface_tree(root, |surface, _| shown.push(surface.clone()));
            }
            self.lift_barriers(|surface| shown.contains(surface));
        }
        let (mine, others) = std::mem::take(&mut self.feedback)
            .into_iter()
            .partition(|(other, _)| *other == id);
        self.feedback = others;
        for (_, mut feedback) in mine {
            feedback.presented::<Time<Monotonic>, Monotonic>(
                Time::from(time),
                Refresh::fixed(refresh),
                sequence,
                Kind::empty(),
            );
        }
    }

    /// The roots of all surface trees that may show on an output.
    pub(super) fn roots_on(&self, id: OutputId) -> Vec<WlSurface> {
        let mut roots: Vec<WlSurface> = Vec::new();
        let Some(output) = self.output_state(id) else {
            return roots;
        };
        if self.globals.lock.is_on() {
            roots.extend(self.globals.lock.surface_on(output.id).cloned());
            if let CursorImageStatus::Surface(surface) = self.input.cursor() {
                roots.push(surface);
            }
            return roots;
        }
        roots.extend(
            self.input_popups(output.id)
                .into_iter()
                .map(|(root, _)| root),
        );
        let mut push = |surface: &WlSurface| {
            roots.push(surface.clone());
            let popups = PopupManager::popups_for_surface(surface);
            roots.extend(popups.map(|(popup, _)| popup.wl_surface().clone()));
        };
        for id in self.layout.stacking() {
            if let Some(window) = self.windows.get(*id)
                && self.is_seen_on(*id, output)
            {
                push(window.surface());
            }
        }
        for window in self.unmanaged_x11() {
            if self.covers(output, window.cover) {
                push(&window.surface);
            }
        }
        for layer in layer_map_for_output(&output.output).layers() {
            push(layer.wl_surface());
        }
        if let CursorImageStatus::Surface(surface) = self.input.cursor() {
            push(&surface);
        }
        if let Some(icon) = &self.input.dnd_icon {
            push(&icon.surface);
        }
        roots
    }
}

/// A surface that has left the output whose frames it followed follows none: that output draws it no
/// more, and so would never say that it is not seen there.
fn forget_left(surface: &WlSurface, data: &SurfaceData, is_on: impl Fn(&Output) -> bool) {
    let followed = surface_primary_scanout_output(surface, data);
    if let Some(left) = followed.filter(|output| !is_on(output)) {
        update_surface_primary_scanout_output(
            surface,
            &left,
            data,
            &RenderElementStates::default(),
            default_primary_scanout_output_compare,
        );
    }
}
