//! A client may hold the pointer in place, or within its window, while the window has the keyboard; and
//! it may put it elsewhere on its own surfaces.

use smithay::input::pointer::{PointerHandle, RelativeMotionEvent};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point};
use smithay::wayland::compositor::get_parent;
use smithay::wayland::pointer_constraints::{PointerConstraint, with_pointer_constraint};
use std::time::Duration;

use super::hit::Hit;
use crate::goblin::Goblin;

/// How a client holds the pointer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Hold {
    Locked,
    Confined,
}

impl Goblin {
    /// The surface that has the pointer, and where its origin lies.
    fn under_pointer(&self) -> Option<(WlSurface, Point<f64, Logical>)> {
        let focus = self.pointer()?.current_focus()?;
        let (surface, origin) = self.input.pointer_origin.clone()?;
        (surface == focus).then_some((surface, origin))
    }

    /// Tells the client under the pointer how far the device went, wherever the pointer goes.
    pub(super) fn send_relative(
        &mut self,
        delta: Point<f64, Logical>,
        unaccelerated: Point<f64, Logical>,
    ) {
        let (Some(pointer), Some(under)) = (self.pointer(), self.under_pointer()) else {
            return;
        };
        let now: Duration = self.clock.now().into();
        let event = RelativeMotionEvent {
            delta,
            delta_unaccel: unaccelerated,
            utime: u64::try_from(now.as_micros()).unwrap_or(u64::MAX),
        };
        pointer.relative_motion(self, Some(under), &event);
    }

    /// How the client under the pointer holds it, if it does.
    pub(super) fn hold_on_pointer(&self) -> Option<Hold> {
        let (pointer, (surface, _)) = self.pointer().zip(self.under_pointer())?;
        held(&surface, &pointer)
    }

    /// Where the pointer goes when a device asks for `pos`; `None` if it stays.
    pub(super) fn constrained(&self, pos: Point<f64, Logical>) -> Option<Point<f64, Logical>> {
        let (Some(pointer), Some((surface, origin))) = (self.pointer(), self.under_pointer())
        else {
            return Some(pos);
        };
        match held(&surface, &pointer) {
            None => Some(pos),
            Some(Hold::Locked) => None,
            Some(Hold::Confined) => {
                let now = pointer.current_location();
                let within =
                    |x: f64, y: f64| self.is_within(&surface, origin, &pointer, (x, y).into());
                if within(pos.x, pos.y) {
                    return Some(pos);
                }
                // Up to the edge, and along it where the way across is barred.
                let x = reach(now.x, pos.x, |x| within(x, now.y));
                let y = reach(now.y, pos.y, |y| within(x, y));
                let pos: Point<f64, Logical> = (x, y).into();
                (pos != now).then_some(pos)
            }
        }
    }

    /// Whether a place is one where a surface's constraint holds: in its region, and not covered.
    fn is_within(
        &self,
        surface: &WlSurface,
        origin: Point<f64, Logical>,
        pointer: &PointerHandle<Self>,
        pos: Point<f64, Logical>,
    ) -> bool {
        let uncovered =
            matches!(self.hit(pos), Hit::Surface { surface: under, .. } if under == *surface);
        let local = (pos - origin).to_i32_floor();
        uncovered
            && with_pointer_constraint(surface, pointer, |constraint| {
                constraint.is_some_and(|constraint| {
                    constraint
                        .region()
                        .is_none_or(|region| region.contains(local))
                })
            })
    }

    /// A constraint begins when the pointer is where it holds and its window has the keyboard, and
    /// ends when the keyboard goes elsewhere. (smithay ends it when the pointer leaves.)
    pub(crate) fn refresh_constraint(&mut self) {
        let (Some(pointer), Some((surface, origin))) = (self.pointer(), self.under_pointer())
        else {
            return;
        };
        let exists = with_pointer_constraint(&surface, &pointer, |constraint| constraint.is_some());
        if !exists {
            return;
        }
        let keyboard = self.seat.get_keyboard();
        let focus = keyboard.and_then(|keyboard| keyboard.current_focus());
        let focused = focus.is_some_and(|focus| root(&focus) == root(&surface));
        let pos = pointer.current_location();
        let begins =
            focused && !pointer.is_grabbed() && self.is_within(&surface, origin, &pointer, pos);
        with_pointer_constraint(&surface, &pointer, |constraint| match constraint {
            Some(constraint) if !focused && constraint.is_active() => constraint.deactivate(),
            Some(constraint) if begins && !constraint.is_active() => constraint.activate(),
            _ => {}
        });
    }

    /// A client that holds the pointer says where it draws its own: there it is to be once it is
    /// let go.
    pub(crate) fn hint_pointer(&mut self, surface: &WlSurface, local: Point<f64, Logical>) {
        self.settle_motion();
        let (Some(pointer), Some((under, origin))) = (self.pointer(), self.under_pointer()) else {
            return;
        };
        if under != *surface || held(surface, &pointer) != Some(Hold::Locked) {
            return;
        }
        let pos = self.confined(origin + local);
        if matches!(self.hit(pos), Hit::Surface { surface, .. } if surface == under) {
            pointer.set_location(pos);
            self.input.shown_at = Some(pos);
            self.queue_redraw_all();
        }
    }

    /// Puts the pointer at a place of a surface, if that is to be seen there.
    pub(crate) fn warp_pointer(&mut self, surface: &WlSurface, local: Point<f64, Logical>) {
        let Some(origin) = self.origin_of(surface) else {
            return;
        };
        let pos = self.confined(origin + local);
        if !matches!(self.hit(pos), Hit::Surface { surface: under, .. } if under == *surface) {
            return;
        }
        let time = self.now_ms();
        self.move_pointer(pos, time);
    }

    /// Where the origin of a surface lies, for the roots of windows and layers and for what has the
    /// pointer.
    pub(super) fn origin_of(&self, surface: &WlSurface) -> Option<Point<f64, Logical>> {
        if let Some((under, origin)) = self.under_pointer()
            && under == *surface
        {
            return Some(origin);
        }
        if let Some(id) = self.windows.id_of(surface) {
            let content = self.layout.content_rect(id)?;
            return Some((content.loc - self.windows.get(id)?.geometry().loc).to_f64());
        }
        self.layer_origin(surface)
            .map(|(origin, _)| origin.to_f64())
    }
}

/// How far the way from `now` to `wanted` leads along an axis whose pixels end somewhere: to what is
/// wanted, or to the last place of the last pixel that is `within`. `now` is within.
fn reach(now: f64, wanted: f64, within: impl Fn(f64) -> bool) -> f64 {
    /// The smallest step that a client can be told of: `wl_fixed_t` has 8 bits after the point.
    const STEP: f64 = 1.0 / 256.0;
    if within(wanted) {
        return wanted;
    }
    let sign = (wanted - now).signum();
    // Of pixels along the way the first is within, and the one after `most` is not.
    let pixels = (wanted.floor() - now.floor()).abs();
    let (mut least, mut most) = (0.0, (pixels - 1.0).max(0.0));
    while least < most {
        let middle = ((least + most) / 2.0).ceil();
        if within(now.floor() + sign * middle) {
            least = middle;
        } else {
            most = middle - 1.0;
        }
    }
    let last = now.floor() + sign * least;
    if sign > 0.0 {
        (last + 1.0 - STEP).max(now)
    } else {
        last.min(now)
    }
}

fn held(surface: &WlSurface, pointer: &PointerHandle<Goblin>) -> Option<Hold> {
    with_pointer_constraint(surface, pointer, |constraint| {
        let constraint = constraint.filter(|constraint| constraint.is_active())?;
        Some(match &*constraint {
            PointerConstraint::Locked(_) => Hold::Locked,
            PointerConstraint::Confined(_) => Hold::Confined,
        })
    })
}

fn root(surface: &WlSurface) -> WlSurface {
    let mut root = surface.clone();
    while let Some(parent) = get_parent(&root) {
        root = parent;
    }
    root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_way_ends_within_and_goes_no_less_far_than_it_may(
            edges in (-500..500_i32, 1..500_i32),
            start in 0.0..1.0_f64,
            wanted in -2000.0..2000.0_f64,
        ) {
            let (low, high) = (f64::from(edges.0), f64::from(edges.0 + edges.1));
            let within = |at: f64| (low..high).contains(&at.floor());
            let now = low + start * (high - low - 1.0 / 128.0);
            let end = reach(now, wanted, within);
            prop_assert!(within(end), "{end}");
            let nearest = wanted.clamp(low, high - 1.0 / 256.0);
            prop_assert!((end - nearest).abs() <= 1.0 / 256.0, "{end} is not {nearest}");
        }
    }
}
