//! Who has the keyboard.

use smithay::desktop::{PopupUngrabStrategy, WindowSurfaceType};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{IsAlive, SERIAL_COUNTER};
use smithay::wayland::shell::wlr_layer::KeyboardInteractivity;

use super::hit::{Hit, Owner};
use super::pointer::in_menu;
use crate::goblin::Goblin;
use crate::layers::layer_map_for_output;
use crate::layout::WindowId;

impl Goblin {
    /// Gives a window the keyboard and the front; a minimised one is shown.
    pub(crate) fn focus_window(&mut self, id: WindowId) {
        // A dialog that must be answered first takes its window's place.
        let id = self.modal_over(id).unwrap_or(id);
        self.input.layer_focus = None;
        self.layout.focus(id);
        self.layout.raise(id);
        self.layout_changed();
    }

    /// The keyboard goes back from a layer surface that was clicked to the windows.
    pub(crate) fn forget_layer_focus(&mut self) {
        self.input.layer_focus = None;
    }

    /// A press or a touch moves the focus to what it hit.
    pub(super) fn focus_hit(&mut self, hit: &Hit) {
        if self.globals.lock.is_on() {
            return;
        }
        match hit {
            Hit::Frame(id, _)
            | Hit::Surface {
                of: Owner::Window(id),
                ..
            } => {
                let front = self.layout.stacking().last() == Some(id);
                let focused = self.layout.focused() == Some(*id);
                if !(front && focused && self.input.layer_focus.is_none()) {
                    self.focus_window(*id);
                }
            }
            Hit::Surface {
                of: Owner::Layer(layer),
                ..
            } => {
                if self.takes_keyboard(layer) {
                    self.input.layer_focus = Some(layer.clone());
                }
            }
            Hit::Surface {
                of: Owner::Locker | Owner::InputMethod | Owner::Unmanaged,
                ..
            } => {}
            Hit::Nothing if self.is_choosing() => {}
            Hit::Nothing => {
                self.input.layer_focus = None;
                self.layout.unfocus();
                self.layout_changed();
            }
        }
    }

    fn takes_keyboard(&self, surface: &WlSurface) -> bool {
        self.outputs.iter().any(|state| {
            let map = layer_map_for_output(&state.output);
            map.layer_for_surface(surface, WindowSurfaceType::TOPLEVEL)
                .is_some_and(|layer| {
                    layer.cached_state().keyboard_interactivity != KeyboardInteractivity::None
                })
        })
    }

    /// A window opens and takes the keyboard: a menu that has it is dismissed, and has it no longer
    /// whatever its client does about that.
    pub(crate) fn dismiss_menu(&mut self) {
        if let Some(mut menu) = self.input.menu.take() {
            menu.ungrab(PopupUngrabStrategy::All);
            self.release_menu();
        }
    }

    /// A menu that is closed gives all input back at once, not with the next event.
    fn end_menu(&mut self) {
        let menu = self.input.menu.take_if(|menu| menu.has_ended());
        if menu.is_some() {
            self.release_menu();
        }
    }

    fn release_menu(&mut self) {
        let (serial, time) = (SERIAL_COUNTER.next_serial(), self.now_ms());
        if let Some(keyboard) = self.seat.get_keyboard() {
            keyboard.unset_grab(self);
        }
        if let Some(pointer) = self.seat.get_pointer()
            && in_menu(&pointer)
        {
            pointer.unset_grab(self, serial, time);
        }
        self.refresh_pointer();
    }

    /// Gives the keyboard to whom it belongs now: a layer surface that wants it alone, one that was
    /// clicked, or the focused window.
    pub(crate) fn refresh_focus(&mut self) {
        self.end_menu();
        let clicked = self.input.layer_focus.clone().filter(|layer| {
            layer.alive() && Self::has_content(layer) && self.takes_keyboard(layer)
        });
        if clicked.is_none() {
            self.input.layer_focus = None;
        }
        let window = || {
            let id = self.layout.focused()?;
            self.windows.get(id).map(|window| window.surface().clone())
        };
        let wanted = if self.globals.lock.is_on() {
            self.lock_focus()
        } else if self.is_choosing() {
            self.exclusive_layer().or(clicked)
        } else {
            self.exclusive_layer().or(clicked).or_else(window)
        };
        let Some(keyboard) = self.seat.get_keyboard() else {
            return;
        };
        if keyboard.current_focus() == wanted {
            return;
        }
        // During a popup's grab the keyboard is the popup's: the grab refuses this until it ends.
        keyboard.set_focus(self, wanted, SERIAL_COUNTER.next_serial());
    }
}
