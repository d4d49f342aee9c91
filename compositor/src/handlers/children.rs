//! The places and the order of subsurfaces are state of their parent: its commit applies them. smithay
//! 0.7.0 applies a place with the subsurface's own commit, and an order at once. So both wait here, and
//! smithay is told when the parent's state is applied.

use std::sync::{Mutex, PoisonError};

use smithay::reexports::wayland_server::backend::protocol::{Argument, Message};
use smithay::reexports::wayland_server::protocol::wl_subsurface::{self, WlSubsurface};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{DisplayHandle, Resource, Weak};
use smithay::utils::{Logical, Point};
use smithay::wayland::compositor::{
    Cacheable, SubsurfaceCachedState, SurfaceData, TraversalAction, get_parent, with_states,
    with_surface_tree_upward,
};

use crate::goblin::Goblin;

/// What becomes of a surface's subsurfaces.
#[derive(Debug, Default)]
struct Changes {
    places: Vec<(Weak<WlSurface>, Point<i32, Logical>)>,
    /// Bottom to top, the surface itself among them.
    order: Option<Vec<Weak<WlSurface>>>,
}

/// The same, up to the surface's next commit and from there to where its state is applied.
#[derive(Debug, Default)]
struct Children {
    asked: Changes,
    committed: Changes,
}

impl Cacheable for Children {
    // Called also where an ancestor commits and this surface does not: hence the two parts.
    fn commit(&mut self, _: &DisplayHandle) -> Self {
        Self {
            asked: Changes::default(),
            committed: std::mem::take(&mut self.committed),
        }
    }

    fn merge_into(self, into: &mut Self, _: &DisplayHandle) {
        into.committed.add(self.committed);
    }
}

/// A surface commits: what was asked of its subsurfaces is in that.
pub(super) fn commit(states: &SurfaceData) {
    if states.cached_state.has::<Children>() {
        let mut children = states.cached_state.get::<Children>();
        let pending = children.pending();
        let asked = std::mem::take(&mut pending.asked);
        pending.committed.add(asked);
    }
}

impl Changes {
    fn add(&mut self, later: Changes) {
        for (child, place) in later.places {
            self.put(child, place);
        }
        self.order = later.order.or(self.order.take());
    }

    fn put(&mut self, child: Weak<WlSurface>, place: Point<i32, Logical>) {
        match self.places.iter_mut().find(|(other, _)| *other == child) {
            Some((_, before)) => *before = place,
            None => self.places.push((child, place)),
        }
    }
}

/// What is kept with a surface of its being a subsurface, and of having some.
#[derive(Debug, Default)]
struct InForce {
    /// Where its parent last put it.
    place: Point<i32, Logical>,
    /// The object by which its order was asked for.
    object: Option<WlSubsurface>,
    /// The last order that was asked for of its own.
    row: Vec<Weak<WlSurface>>,
}

fn in_force<T>(child: &WlSurface, f: impl FnOnce(&mut InForce) -> T) -> T {
    with_states(child, |states| {
        let data = states
            .data_map
            .get_or_insert_threadsafe(Mutex::<InForce>::default);
        f(&mut data.lock().unwrap_or_else(PoisonError::into_inner))
    })
}

/// A subsurface is to lie at a place of its parent.
pub(super) fn place(child: &WlSurface, place: Point<i32, Logical>) {
    if let Some(parent) = get_parent(child) {
        with_states(&parent, |states| {
            let mut children = states.cached_state.get::<Children>();
            children.pending().asked.put(child.downgrade(), place);
        });
    }
}

/// A subsurface is to lie right above or below another of its parent's, or the parent. False where
/// there is no such other.
pub(super) fn order(
    object: &WlSubsurface,
    child: &WlSurface,
    sibling: &WlSurface,
    above: bool,
) -> bool {
    let Some(parent) = get_parent(child) else {
        return false;
    };
    // The last row that was asked for: it is in force, or waits.
    let asked = in_force(&parent, |state| state.row.clone());
    let mut row = in_order(&asked, row_of(&parent));
    if child == sibling || !row.contains(sibling) {
        return false;
    }
    row.retain(|other| other != child);
    let at = row.iter().position(|other| other == sibling).unwrap_or(0);
    row.insert(at + usize::from(above), child.clone());
    in_force(child, |state| state.object = Some(object.clone()));
    let order: Vec<_> = row.iter().map(Resource::downgrade).collect();
    in_force(&parent, |state| state.row.clone_from(&order));
    with_states(&parent, |states| {
        states.cached_state.get::<Children>().pending().asked.order = Some(order);
    });
    true
}

/// A surface is about to be no subsurface any more, and may become one again.
pub(super) fn forget(child: &WlSurface) {
    in_force(child, |state| {
        state.place = Point::default();
        state.object = None;
    });
    if let Some(parent) = get_parent(child) {
        with_states(&parent, |states| {
            let mut children = states.cached_state.get::<Children>();
            let pending = children.pending();
            for changes in [&mut pending.asked, &mut pending.committed] {
                changes.places.retain(|(other, _)| *other != *child);
            }
        });
    }
}

/// The subsurfaces of a surface from bottom to top, itself among them.
fn row_of(parent: &WlSurface) -> Vec<WlSurface> {
    let mut row = Vec::new();
    with_surface_tree_upward(
        parent,
        (),
        |surface, _, ()| {
            if surface == parent {
                TraversalAction::DoChildren(())
            } else {
                TraversalAction::SkipChildren
            }
        },
        |surface, _, ()| row.push(surface.clone()),
        |_, _, ()| true,
    );
    row
}

/// A row as it was asked for; what came since is on top.
fn in_order(asked: &[Weak<WlSurface>], row: Vec<WlSurface>) -> Vec<WlSurface> {
    let mut rest = row;
    let mut ordered = Vec::with_capacity(rest.len());
    for surface in asked {
        if let Some(at) = rest.iter().position(|other| *surface == *other) {
            ordered.push(rest.remove(at));
        }
    }
    ordered.extend(rest);
    ordered
}

impl Goblin {
    /// A surface's state was applied: its subsurfaces go where it said, and it lies where its parent
    /// last said, whatever smithay made of its own commit.
    pub(super) fn apply_children(&mut self, surface: &WlSurface) {
        with_states(surface, |states| {
            if let Some(state) = states.data_map.get::<Mutex<InForce>>() {
                let place = state.lock().unwrap_or_else(PoisonError::into_inner).place;
                let mut cached = states.cached_state.get::<SubsurfaceCachedState>();
                cached.current().location = place;
                cached.pending().location = place;
            }
        });
        let children = with_states(surface, |states| {
            let cached = &states.cached_state;
            let told = cached.has::<Children>();
            told.then(|| std::mem::take(&mut cached.get::<Children>().current().committed))
        });
        let Some(Changes { places, order }) = children else {
            return;
        };
        for (child, place) in places {
            let child = child.upgrade().ok();
            let mine = |child: &WlSurface| get_parent(child).as_ref() == Some(surface);
            if let Some(child) = child.filter(mine) {
                in_force(&child, |state| state.place = place);
                with_states(&child, |states| {
                    let mut cached = states.cached_state.get::<SubsurfaceCachedState>();
                    cached.current().location = place;
                    cached.pending().location = place;
                });
            }
        }
        if let Some(order) = order {
            let row = row_of(surface);
            let wanted = in_order(&order, row.clone());
            if wanted != row {
                self.reorder(surface, &wanted);
            }
        }
    }

    /// Brings smithay's row of a surface's subsurfaces into an order. Those that nobody ever ordered
    /// lie right to each other already: the others are put beside their neighbour, from the parent
    /// outwards.
    fn reorder(&mut self, parent: &WlSurface, row: &[WlSurface]) {
        let Some(middle) = row.iter().position(|surface| surface == parent) else {
            return;
        };
        let (below, above) = row.split_at(middle);
        for pair in above.windows(2) {
            self.put_beside(&pair[1], &pair[0], wl_subsurface::REQ_PLACE_ABOVE_OPCODE);
        }
        let below: Vec<&WlSurface> = below.iter().chain([parent]).rev().collect();
        for pair in below.windows(2) {
            self.put_beside(pair[1], pair[0], wl_subsurface::REQ_PLACE_BELOW_OPCODE);
        }
    }

    /// Hands smithay the request by which a subsurface was ordered, now that it takes effect.
    fn put_beside(&mut self, child: &WlSurface, sibling: &WlSurface, opcode: u16) {
        let Some(object) = in_force(child, |state| state.object.clone()) else {
            return;
        };
        let handle = self.display.backend_handle();
        let (Ok(data), Ok(client)) = (
            handle.get_object_data::<Goblin>(object.id()),
            handle.get_client(object.id()),
        ) else {
            return;
        };
        let message = Message {
            sender_id: object.id(),
            opcode,
            args: [Argument::Object(sibling.id())].into_iter().collect(),
        };
        self.globals.reordering = true;
        data.request(&handle, self, client, message);
        self.globals.reordering = false;
    }
}
