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
#[derive(Clone, Copy, PartialEq)]
enum Hold {
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
                // Along the edge, where the way across it is barred.
                let now = pointer.current_location();
                let ways = [pos, (pos.x, now.y).into(), (now.x, pos.y).into()];
                ways.into_iter()
                    .find(|way| self.is_within(&surface, origin, &pointer, *way))
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
