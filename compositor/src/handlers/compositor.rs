//! `wl_compositor`, `wl_subcompositor`, `wl_shm`: surfaces and what they commit.

use smithay::backend::renderer::utils::{on_commit_buffer_handler, with_renderer_surface_state};
use smithay::desktop::PopupKind;
use smithay::reexports::wayland_server::Client;
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::buffer::BufferHandler;
use smithay::wayland::compositor::{
    CompositorClientState, CompositorHandler, CompositorState, get_parent, is_sync_subsurface,
};
use smithay::wayland::shm::{ShmHandler, ShmState};

use super::guard;
use crate::client::ClientState;
use crate::goblin::Goblin;

impl CompositorHandler for Goblin {
    fn compositor_state(&mut self) -> &mut CompositorState {
        &mut self.globals.compositor
    }

    fn client_compositor_state<'a>(&self, client: &'a Client) -> &'a CompositorClientState {
        static NONE: std::sync::OnceLock<CompositorClientState> = std::sync::OnceLock::new();
        // Every client is taken in with this state; the other arm is for the type alone.
        client.get_data::<ClientState>().map_or_else(
            || NONE.get_or_init(CompositorClientState::default),
            |state| &state.compositor,
        )
    }

    fn new_surface(&mut self, surface: &WlSurface) {
        guard::watch(surface);
        self.x11_surface_made(surface);
    }

    fn new_subsurface(&mut self, _surface: &WlSurface, _parent: &WlSurface) {
        // It is told of its output and scale with the rest of its window.
        self.layout_dirty = true;
    }

    fn commit(&mut self, surface: &WlSurface) {
        self.apply_children(surface);
        self.apply_offset(surface);
        on_commit_buffer_handler::<Self>(surface);
        self.popups.commit(surface);
        self.text_surface_committed(surface);
        self.pace(surface);
        if is_sync_subsurface(surface) {
            return;
        }
        self.input.scene_changed = true;
        self.xwayland_serial_committed(surface);
        let mut root = surface.clone();
        while let Some(parent) = get_parent(&root) {
            root = parent;
        }
        if let Some(id) = self.windows.id_of(&root) {
            self.window_committed(id);
        } else if let Some(popup) = self.popups.find_popup(&root) {
            self.popup_committed(&popup);
        } else if !self.layer_committed(&root) {
            // A cursor, the icon of a drag, or nothing that shows.
            self.queue_redraw_all();
        }
    }

    fn destroyed(&mut self, surface: &WlSurface) {
        self.x11_surface_gone(surface);
        self.globals.xwayland_shell.forget(surface);
        self.lift_fingers_from(surface);
        self.input.forget_surface(surface);
        // smithay remembers who is on an output until it is told to look.
        self.outputs.iter().for_each(|state| state.output.cleanup());
        self.foreign_gone(surface);
        self.input.scene_changed = true;
        self.queue_redraw_all();
    }
}

impl Goblin {
    /// Whether a surface has content.
    pub(crate) fn has_content(surface: &WlSurface) -> bool {
        with_renderer_surface_state(surface, |state| state.buffer().is_some()).unwrap_or(false)
    }

    fn popup_committed(&mut self, popup: &PopupKind) {
        if let PopupKind::Xdg(popup) = popup
            && !popup.is_initial_configure_sent()
        {
            self.introduce_popup(popup);
            // It is the initial configure: nothing stands against it.
            if let Err(error) = popup.send_configure() {
                tracing::warn!("a popup was not configured: {error}");
            }
            if Self::has_content(popup.wl_surface()) {
                Self::accept_unasked(popup);
            }
        }
        self.queue_redraw_all();
    }
}

impl BufferHandler for Goblin {
    fn buffer_destroyed(&mut self, _buffer: &WlBuffer) {}
}

impl ShmHandler for Goblin {
    fn shm_state(&self) -> &ShmState {
        &self.globals.shm
    }
}
