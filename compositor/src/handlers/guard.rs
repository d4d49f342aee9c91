//! Bounds on the numbers that clients send.
//!
//! A protocol lets a client send any 32-bit number as a size, a margin or a place. Our own sums,
//! and smithay's, are made for numbers that a screen could hold: here they are cut to such before
//! they take effect. Cutting is invisible to any honest client.
//!
//! # What is broken in smithay 0.7.0
//!
//! Everything that was mended in smithay after 0.7.0 and that a client could have used, by the commit that
//! mended it, what is made of it here, and the test that shows it. *Avoided*: the code in question is not
//! used. *Guarded*: what would break it does not reach it. *Replaced*: the code is ours.
//!
//! | fault | here | shown by |
//! |---|---|---|
//! | `ff5fa7df` an unknown enum of text-input ends the session | replaced: `protocols/text_input.rs` | `input_method::numbers_that_mean_nothing_kill_nobody` |
//! | `7c1fc895` margins and zones overflow when layers are arranged | replaced: `layers/arrange.rs`, and bounded here | `hostile::layer_surfaces_with_wild_numbers`, `arrange::what_is_left_is_never_less_than_nothing` |
//! | `b386893a` the sum of damage overflows | guarded: bounded here | `upstream::damage_of_any_size_is_taken` |
//! | `39ee351a` destruction hooks of shm buffers | avoided: nothing sets one, `handlers/toplevel_hints.rs` looks at the buffers of icons itself | `upstream::buffers_and_pools_go_in_any_order`, `hints::an_icon_of_pixels_goes_before_its_buffer` |
//! | `8df0d3a5` a tree of popups is registered twice | harmless: both entries go with the last popup | `upstream::popups_come_and_go_and_leave_nothing_behind` |
//! | `47c2d2de` the older of two popups lies in front | replaced: `popups_front_to_back` | `upstream::of_two_popups_of_a_window_the_newer_lies_in_front_and_takes_the_click` |
//! | `712d565b` the clipboard keeps the objects of the dead | guarded: `handlers/data_device.rs`, `primary_selection.rs` and `data_control.rs` have them forgotten | `upstream::clients_that_die_with_the_keyboard_are_no_burden_to_the_clipboard`, `leftovers::*` |
//! | `4ecc206f` the state of a pointer constraint is not looked at | guarded: `input/constrain.rs` looks | `constraints::one_constraint_for_a_surface_and_none_on_what_is_gone` |
//! | wayland-rs #858: a surface without a role is exported | replaced: `protocols/xdg_foreign.rs` | `foreign::what_is_no_window_is_not_exported_and_gets_no_parent` |
//! | `956f81ba` a surface is destroyed and keeps the keyboard | guarded: `input/focus.rs` gives it to the next | `upstream::the_keyboard_leaves_a_surface_that_is_destroyed` |
//! | `ca932e04` text-input's enter and leave | replaced: `protocols/text_input.rs` | `input_method::a_field_that_loses_the_keyboard_is_no_longer_enabled` |
//! | `bf17945e` the edges of an input region are rounded | guarded: `input/hit.rs` asks for whole pixels | `upstream::an_input_region_ends_where_it_says` |
//! | `732d06bb` what a mouse's hardware says is scaled | avoided: it goes to the client as it came | `constraints::a_locked_pointer_stays_and_the_game_hears_how_far_the_hand_went` |
//! | `91c1d363` a popup's grab that comes before its parent is lost | guarded: `handlers/xdg_popup.rs` waits for the parent | `upstream::a_popup_of_a_bar_may_ask_for_all_input_before_it_is_told_whose_it_is` |
//! | a layer surface gets a second role object, has content before it is one, or commits without one | guarded: `handlers/layer_role.rs` | `layers::a_surface_*` |
//! | a dialog and its window keep each other when their client dies | guarded: `handlers/dialog.rs` | `leftovers::*` |
//! | place and order of subsurfaces come with their own commit | replaced: `handlers/children.rs` | `subsurfaces::*` |
//! | a subsurface is put beside itself | guarded: `handlers/subsurface.rs` | `hostile::a_subsurface_that_is_put_above_itself` |
//! | popups that are each other's parents are followed for ever | guarded: `handlers/xdg_popup.rs` | `hostile::popups_that_are_each_others_parents` |
//! | an icon changes after it was given to a window | guarded: `handlers/toplevel_hints.rs` | `hints::*` |
//! | a keymap is mapped at the size that a client says | guarded: `handlers/virtual_keyboard.rs` copies it | `virtual_keyboard::*` |
//! | a pool shrinks to nothing | guarded: `handlers/shm.rs` | `hostile::a_pool_that_shrinks_to_nothing` |
//! | wayland-rs 0.31 unwraps a string that is null | guarded: `dispatch.rs` | `hostile::a_string_that_is_null_costs_its_client_the_connection` |
//!
//! What was mended in smithay's GLES and DRM code (`0d49747f`, `5aa2680c`, `9479cd6c`, `d1da9512`, `4e8da008`,
//! `5816a1b4`, `e76f1af1`, `15e3fcde`, `03b2d897`, `298ebc9a`, `e68923f2`) is not built yet: no backend of ours
//! uses it.

use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, Rectangle, Size};
use smithay::wayland::compositor::{
    Damage, RegionAttributes, SurfaceAttributes, SurfaceData, add_pre_commit_hook, with_states,
};
use smithay::wayland::shell::wlr_layer::{ExclusiveZone, LayerSurfaceCachedState};
use smithay::wayland::shell::xdg::SurfaceCachedState;
use smithay::wayland::viewporter::ViewportCachedState;

use super::{children, layer_role, returned};
use crate::goblin::Goblin;

/// No place, side or margin is farther out than this, in either direction.
const FAR: i32 = 1 << 20;
/// No layer surface is larger, or keeps more free, than this.
const LAYER_SIDE: i32 = 16_384;
/// No surface is shown larger than this.
const SURFACE_SIDE: i32 = 32_768;

/// Watches a new surface: whatever it commits is bounded first.
pub(super) fn watch(surface: &WlSurface) {
    add_pre_commit_hook::<Goblin, _>(surface, |goblin, _, surface| {
        let now = goblin.clock.now().into();
        with_states(surface, |states| {
            bound(states);
            layer_role::bear(states);
            children::commit(states);
            returned::commit(states, now);
        });
    });
}

fn bound(states: &SurfaceData) {
    let cached = &states.cached_state;
    {
        let mut guard = cached.get::<SurfaceAttributes>();
        let pending = guard.pending();
        pending.buffer_delta = pending.buffer_delta.map(place);
        for region in [&mut pending.input_region, &mut pending.opaque_region] {
            region.iter_mut().for_each(bound_region);
        }
        for damage in &mut pending.damage {
            match damage {
                Damage::Surface(area) => *area = rect(*area),
                Damage::Buffer(area) => {
                    area.loc = (area.loc.x.clamp(-FAR, FAR), area.loc.y.clamp(-FAR, FAR)).into();
                    area.size = (area.size.w.clamp(0, FAR), area.size.h.clamp(0, FAR)).into();
                }
            }
        }
    }
    if cached.has::<ViewportCachedState>() {
        let mut guard = cached.get::<ViewportCachedState>();
        let pending = guard.pending();
        pending.dst = pending.dst.map(|dst| size(dst, SURFACE_SIDE));
    }
    if cached.has::<SurfaceCachedState>() {
        let mut guard = cached.get::<SurfaceCachedState>();
        let pending = guard.pending();
        pending.geometry = pending.geometry.map(rect);
        pending.min_size = size(pending.min_size, FAR);
        pending.max_size = size(pending.max_size, FAR);
    }
    if cached.has::<LayerSurfaceCachedState>() {
        bound_layer(cached.get::<LayerSurfaceCachedState>().pending());
    }
}

fn bound_layer(pending: &mut LayerSurfaceCachedState) {
    pending.size = size(pending.size, LAYER_SIDE);
    let margin = &mut pending.margin;
    for side in [
        &mut margin.top,
        &mut margin.right,
        &mut margin.bottom,
        &mut margin.left,
    ] {
        *side = (*side).clamp(-LAYER_SIDE, LAYER_SIDE);
    }
    if let ExclusiveZone::Exclusive(zone) = &mut pending.exclusive_zone {
        *zone = (*zone).min(LAYER_SIDE.unsigned_abs());
    }
}

fn bound_region(region: &mut RegionAttributes) {
    for (_, area) in &mut region.rects {
        *area = rect(*area);
    }
}

/// A place that is not farther out than a screen could be.
pub(crate) fn place(pos: Point<i32, Logical>) -> Point<i32, Logical> {
    (pos.x.clamp(-FAR, FAR), pos.y.clamp(-FAR, FAR)).into()
}

fn size(size: Size<i32, Logical>, side: i32) -> Size<i32, Logical> {
    (size.w.clamp(0, side), size.h.clamp(0, side)).into()
}

fn rect(area: Rectangle<i32, Logical>) -> Rectangle<i32, Logical> {
    Rectangle::new(place(area.loc), size(area.size, FAR))
}
