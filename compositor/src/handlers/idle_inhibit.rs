//! `zwp_idle_inhibit_manager_v1`: a video that plays where it is seen keeps the session awake.

use smithay::delegate_idle_inhibit;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::IsAlive;
use smithay::wayland::compositor::get_parent;
use smithay::wayland::idle_inhibit::IdleInhibitHandler;

use crate::goblin::Goblin;

impl IdleInhibitHandler for Goblin {
    fn inhibit(&mut self, surface: WlSurface) {
        self.input.idle_inhibitors.push(surface);
    }

    fn uninhibit(&mut self, surface: WlSurface) {
        let inhibitors = &mut self.input.idle_inhibitors;
        if let Some(index) = inhibitors.iter().position(|other| *other == surface) {
            inhibitors.swap_remove(index);
        }
    }
}

impl Goblin {
    /// Only what is seen keeps the session awake: not a minimised window, nor anything behind a
    /// locked screen. smithay tells nothing of the inhibitors of clients that died.
    pub(crate) fn refresh_idle_inhibit(&mut self) {
        self.input.idle_inhibitors.retain(IsAlive::alive);
        let inhibited = self
            .input
            .idle_inhibitors
            .iter()
            .any(|surface| self.is_seen(surface));
        self.set_idle_inhibited(inhibited);
    }

    fn is_seen(&self, surface: &WlSurface) -> bool {
        if self.globals.lock.is_on() {
            return false;
        }
        let mut root = surface.clone();
        while let Some(parent) = get_parent(&root) {
            root = parent;
        }
        if let Some(id) = self.windows.id_of(&root) {
            return self
                .outputs
                .iter()
                .any(|output| self.is_shown_on(id, output));
        }
        self.layer_origin(&root).is_some() && Self::has_content(&root)
    }
}

delegate_idle_inhibit!(Goblin);
