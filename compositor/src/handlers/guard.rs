//! Bounds on the numbers that clients send.
//!
//! A protocol lets a client send any 32-bit number as a size, a margin or a place. Our own sums,
//! and smithay's, are made for numbers that a screen could hold: here they are cut to such before
//! they take effect. Cutting is invisible to any honest client.

use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, Rectangle, Size};
use smithay::wayland::compositor::{
    Damage, RegionAttributes, SurfaceAttributes, SurfaceData, add_pre_commit_hook, with_states,
};
use smithay::wayland::shell::wlr_layer::{ExclusiveZone, LayerSurfaceCachedState};
use smithay::wayland::shell::xdg::SurfaceCachedState;
use smithay::wayland::viewporter::ViewportCachedState;

use super::children;
use crate::goblin::Goblin;

/// No place, side or margin is farther out than this, in either direction.
const FAR: i32 = 1 << 20;
/// No layer surface is larger, or keeps more free, than this.
const LAYER_SIDE: i32 = 16_384;
/// No surface is shown larger than this.
const SURFACE_SIDE: i32 = 32_768;

/// Watches a new surface: whatever it commits is bounded first.
pub(super) fn watch(surface: &WlSurface) {
    add_pre_commit_hook::<Goblin, _>(surface, |_, _, surface| {
        with_states(surface, |states| {
            bound(states);
            children::commit(states);
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
pub(super) fn place(pos: Point<i32, Logical>) -> Point<i32, Logical> {
    (pos.x.clamp(-FAR, FAR), pos.y.clamp(-FAR, FAR)).into()
}

fn size(size: Size<i32, Logical>, side: i32) -> Size<i32, Logical> {
    (size.w.clamp(0, side), size.h.clamp(0, side)).into()
}

fn rect(area: Rectangle<i32, Logical>) -> Rectangle<i32, Logical> {
    Rectangle::new(place(area.loc), size(area.size, FAR))
}
