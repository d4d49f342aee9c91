//! Popups: kept on the screen, and their grabs.

use smithay::desktop::{
    PopupGrab, PopupKeyboardGrab, PopupKind, PopupManager, PopupPointerGrab, PopupUngrabStrategy,
    find_popup_root_surface, get_popup_toplevel_coords,
};
use smithay::input::Seat;
use smithay::input::pointer::Focus;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_wm_base;
use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, Rectangle, Serial};
use smithay::wayland::compositor::with_states;
use smithay::wayland::shell::xdg::{PopupSurface, PositionerState, XdgPopupSurfaceData};
use tracing::debug;

use crate::goblin::Goblin;
use crate::layout::OutputId;

/// How deep popups may lie on each other.
const DEPTH: usize = 64;

/// Whether the chain of a popup's parents leads back to it, or nowhere soon.
fn is_its_own_ancestor(popup: &PopupSurface) -> bool {
    let mut parent = popup.get_parent_surface();
    for _ in 0..DEPTH {
        let Some(surface) = parent else { return false };
        if surface == *popup.wl_surface() {
            return true;
        }
        parent = with_states(&surface, |states| {
            let data = states.data_map.get::<XdgPopupSurfaceData>()?;
            data.lock().ok()?.parent.clone()
        });
    }
    true
}

/// The popups of a surface and of each other, front to back, each with its place on the surface's
/// window geometry. Of popups of one parent the newest is in front; smithay 0.7.0 has them the other
/// way round.
pub(crate) fn popups_front_to_back(root: &WlSurface) -> Vec<(PopupKind, Point<i32, Logical>)> {
    type Popups = Vec<(PopupKind, Point<i32, Logical>)>;

    fn take_above(parent: &WlSurface, rest: &mut Popups, ordered: &mut Popups) {
        let is_mine = |(popup, _): &mut (PopupKind, Point<i32, Logical>)| matches!(popup, PopupKind::Xdg(popup) if popup.get_parent_surface().as_ref() == Some(parent));
        let mine: Popups = rest.extract_if(.., is_mine).collect();
        for popup in mine.into_iter().rev() {
            take_above(popup.0.wl_surface(), rest, ordered);
            ordered.push(popup);
        }
    }

    let mut rest: Popups = PopupManager::popups_for_surface(root).collect();
    let mut ordered = Vec::with_capacity(rest.len());
    take_above(root, &mut rest, &mut ordered);
    ordered
}

impl Goblin {
    pub(super) fn popup_created(&mut self, surface: PopupSurface, positioner: PositionerState) {
        surface.with_pending_state(|state| state.positioner = positioner);
        if is_its_own_ancestor(&surface) {
            // smithay would follow the chain for ever.
            surface.xdg_popup().post_error(
                xdg_wm_base::Error::InvalidPopupParent as u32,
                "the popup is its own parent, or its parent's",
            );
            return;
        }
        self.place_popup(&surface);
        if let Err(error) = self.popups.track_popup(PopupKind::Xdg(surface)) {
            debug!("a popup's parent is gone: {error}");
        }
    }

    pub(super) fn popup_repositioned(
        &mut self,
        surface: &PopupSurface,
        positioner: PositionerState,
        token: u32,
    ) {
        surface.with_pending_state(|state| state.positioner = positioner);
        self.place_popup(surface);
        surface.send_repositioned(token);
        self.queue_redraw_all();
    }

    /// Places a popup so that it stays on its output, as far as its positioner allows. A popup of
    /// a layer surface is placed again once its parent is known.
    pub(super) fn place_popup(&self, surface: &PopupSurface) {
        let kind = PopupKind::Xdg(surface.clone());
        let Ok(root) = find_popup_root_surface(&kind) else {
            return;
        };
        let Some((origin, output)) = self.root_origin(&root) else {
            return;
        };
        let Some(area) = self.layout.output(output).map(|output| output.geometry) else {
            return;
        };
        // The positioner counts from the parent's window geometry.
        let parent = origin + get_popup_toplevel_coords(&kind);
        let target: Rectangle<i32, Logical> = Rectangle::new(area.loc - parent, area.size);
        surface.with_pending_state(|state| {
            state.geometry = state.positioner.get_unconstrained_geometry(target);
        });
    }

    /// Tells a popup its output and scale before it draws.
    pub(super) fn introduce_popup(&self, surface: &PopupSurface) {
        let Ok(root) = find_popup_root_surface(&PopupKind::Xdg(surface.clone())) else {
            return;
        };
        let output = self.root_origin(&root).map(|(_, output)| output);
        if let Some(state) = output.and_then(|id| self.output_state(id)) {
            state.output.enter(surface.wl_surface());
        }
        self.send_scale(surface.wl_surface(), output);
    }

    /// A popup that has content before it was told its place lies there all the same.
    pub(super) fn accept_unasked(surface: &PopupSurface) {
        let told = surface.with_pending_state(|state| *state);
        with_states(surface.wl_surface(), |states| {
            let data = states.data_map.get::<XdgPopupSurfaceData>();
            if let Some(mut attributes) = data.and_then(|data| data.lock().ok()) {
                attributes.current = told;
            }
        });
    }

    /// Where the window geometry of a popup's root lies in the plane, and its output.
    fn root_origin(&self, root: &WlSurface) -> Option<(Point<i32, Logical>, OutputId)> {
        if let Some(id) = self.windows.id_of(root) {
            let content = self.layout.content_rect(id)?;
            return Some((content.loc, self.layout.window(id)?.output()?));
        }
        self.layer_origin(root)
    }

    /// A client asks that all input goes to its popup until it is dismissed, as for a menu.
    pub(super) fn popup_grabbed(
        &mut self,
        surface: PopupSurface,
        seat: &Seat<Goblin>,
        serial: Serial,
    ) {
        if surface.get_parent_surface().is_none() {
            // A popup of a layer surface may ask before it is told whose it is: Qt's do.
            self.input.early_grab = Some((surface, serial));
            return;
        }
        let kind = PopupKind::Xdg(surface);
        let Ok(root) = find_popup_root_surface(&kind) else {
            return;
        };
        // A bar may have its menus over the overview; windows are pictures there.
        let pictured = self.is_choosing() && self.windows.id_of(&root).is_some();
        let Ok(mut grab) = self.popups.grab_popup(root, kind, seat, serial) else {
            return;
        };
        let (Some(keyboard), Some(pointer)) = (seat.get_keyboard(), seat.get_pointer()) else {
            return;
        };
        if pictured
            || !self.may_grab(
                &grab,
                keyboard.is_grabbed(),
                pointer.is_grabbed(),
                |serial| keyboard.has_grab(serial) || pointer.has_grab(serial),
            )
        {
            grab.ungrab(PopupUngrabStrategy::All);
            return;
        }
        keyboard.set_focus(self, grab.current_grab(), serial);
        keyboard.set_grab(self, PopupKeyboardGrab::new(&grab), serial);
        pointer.set_grab(self, PopupPointerGrab::new(&grab), serial, Focus::Keep);
        self.input.menu = Some(grab);
    }

    /// A popup has its parent now: what it asked for before is done.
    pub(super) fn popup_adopted(&mut self, popup: &PopupSurface) {
        self.place_popup(popup);
        if let Some((surface, serial)) = self.input.early_grab.take() {
            if surface == *popup {
                let seat = self.seat.clone();
                self.popup_grabbed(surface, &seat, serial);
            } else if surface.alive() {
                self.input.early_grab = Some((surface, serial));
            }
        }
    }

    /// A popup may take the input over from nobody, from the press that opened it, or from the
    /// popup it belongs to.
    fn may_grab(
        &self,
        grab: &PopupGrab<Goblin>,
        keyboard_grabbed: bool,
        pointer_grabbed: bool,
        holds: impl Fn(Serial) -> bool,
    ) -> bool {
        if self.input.is_dragging() || self.globals.lock.is_on() {
            return false;
        }
        let ours = holds(grab.serial()) || grab.previous_serial().is_some_and(holds);
        !(keyboard_grabbed || pointer_grabbed) || ours
    }
}
