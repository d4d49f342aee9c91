//! What a client says about its window beside its title: that it is a dialog to be answered first, its
//! icon, its tag, and that it rings. `/desktop` tells all of it.

use std::collections::HashSet;

use smithay::reexports::wayland_protocols::wp::content_type::v1::server::wp_content_type_v1::Type as ContentType;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_toplevel::XdgToplevel;
use smithay::reexports::wayland_protocols::xdg::toplevel_icon::v1::server::{
    xdg_toplevel_icon_manager_v1::{self, XdgToplevelIconManagerV1},
    xdg_toplevel_icon_v1::{self, XdgToplevelIconV1},
};
use smithay::reexports::wayland_server::backend::{ClientId, ObjectId};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_global_dispatch,
};
use smithay::wayland::compositor::with_states;
use smithay::wayland::content_type::ContentTypeSurfaceCachedState;
use smithay::wayland::shell::xdg::ToplevelSurface;
use smithay::wayland::shell::xdg::dialog::XdgDialogHandler;
use smithay::wayland::shm::with_buffer_contents;
use smithay::wayland::xdg_system_bell::XdgSystemBellHandler;
use smithay::wayland::xdg_toplevel_icon::{
    ToplevelIconCachedState, XdgToplevelIconHandler, XdgToplevelIconManager,
    XdgToplevelIconManagerUserData, XdgToplevelIconUserData,
};
use smithay::wayland::xdg_toplevel_tag::XdgToplevelTagHandler;
use smithay::{delegate_xdg_system_bell, delegate_xdg_toplevel_tag};
use trees::desktop::{Event, Hints};

use crate::goblin::Goblin;
use crate::layout::WindowId;
use crate::protocols::tears;
use crate::windows::Window;

/// No tag and no description is kept longer than this, in bytes.
const LONGEST: usize = 4096;

/// Icons that were given to a window: they must not change any more. smithay says so, then changes
/// them all the same, and in a build with its own checks on dies of that.
pub(crate) type FrozenIcons = HashSet<ObjectId>;

impl XdgDialogHandler for Goblin {
    fn modal_changed(&mut self, _toplevel: ToplevelSurface, _is_modal: bool) {
        self.layout_changed();
    }
}

impl XdgToplevelIconHandler for Goblin {
    fn set_icon(&mut self, _toplevel: XdgToplevel, _surface: WlSurface) {
        // It takes effect with the next commit.
        self.control.dirty = true;
    }
}

impl XdgToplevelTagHandler for Goblin {
    fn set_tag(&mut self, toplevel: XdgToplevel, tag: String) {
        self.hint(&toplevel, |window| window.tag = Some(short(tag)));
    }

    fn set_description(&mut self, toplevel: XdgToplevel, description: String) {
        self.hint(&toplevel, |window| {
            window.description = Some(short(description));
        });
    }
}

impl XdgSystemBellHandler for Goblin {
    fn ring(&mut self, surface: Option<WlSurface>) {
        let id = surface.and_then(|surface| self.windows.id_of(&surface));
        if id != self.keyboard_window()
            && let Some(window) = id.and_then(|id| self.windows.get_mut(id))
        {
            window.rang = true;
            self.control.dirty = true;
        }
        self.publish(&Event::Bell {
            id: id.map(|id| id.0),
        });
    }
}

impl Goblin {
    fn hint(&mut self, toplevel: &XdgToplevel, set: impl FnOnce(&mut Window)) {
        let surface = self.globals.xdg_shell.get_toplevel(toplevel);
        let id = surface.and_then(|surface| self.windows.id_of(surface.wl_surface()));
        if let Some(window) = id.and_then(|id| self.windows.get_mut(id)) {
            set(window);
            self.control.dirty = true;
        }
    }

    /// A window has the keyboard: whatever it rang for, the person sees it now.
    pub(super) fn bell_heard(&mut self, surface: &WlSurface) {
        let id = self.windows.id_of(surface);
        if let Some(window) = id.and_then(|id| self.windows.get_mut(id)) {
            window.rang = false;
        }
    }

    /// The dialog of a window that must be answered before the window goes on, if there is one; of
    /// that in turn its own.
    pub(crate) fn modal_over(&self, id: WindowId) -> Option<WindowId> {
        let mut top = None;
        let mut parent = id;
        // A chain is no longer than there are windows, even if clients tied it into a loop.
        for _ in 0..self.layout.windows().count() {
            let dialog = self.windows.iter().find(|window| {
                window.mapped
                    && window.shell.is_modal()
                    && self.windows.parent_of(window) == Some(parent)
            });
            match dialog {
                Some(dialog) => parent = dialog.id,
                None => return top,
            }
            top = Some(parent);
        }
        top
    }
}

/// What a window's client said of it.
pub(crate) fn hints_of(window: &Window) -> Hints {
    let surface = window.surface();
    let icon = with_states(surface, |states| {
        let mut cached = states.cached_state.get::<ToplevelIconCachedState>();
        cached.current().icon_name().map(str::to_owned)
    });
    Hints {
        icon,
        tag: window.tag.clone(),
        description: window.description.clone(),
        modal: window.shell.is_modal(),
        content: content_of(surface).map(str::to_owned),
        tearing: tears(surface),
        rang: window.rang,
    }
}

fn content_of(surface: &WlSurface) -> Option<&'static str> {
    with_states(surface, |states| {
        let mut cached = states.cached_state.get::<ContentTypeSurfaceCachedState>();
        match cached.current().content_type() {
            ContentType::Photo => Some("photo"),
            ContentType::Video => Some("video"),
            ContentType::Game => Some("game"),
            _ => None,
        }
    })
}

fn short(mut text: String) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}

delegate_xdg_toplevel_tag!(Goblin);
delegate_xdg_system_bell!(Goblin);
delegate_global_dispatch!(Goblin: [
    XdgToplevelIconManagerV1: XdgToplevelIconManagerUserData
] => XdgToplevelIconManager);

impl Dispatch<XdgToplevelIconManagerV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        manager: &XdgToplevelIconManagerV1,
        request: xdg_toplevel_icon_manager_v1::Request,
        (): &(),
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        if let xdg_toplevel_icon_manager_v1::Request::SetIcon {
            icon: Some(icon), ..
        } = &request
        {
            goblin.globals.frozen_icons.insert(icon.id());
        }
        <XdgToplevelIconManager as Dispatch<_, _, Self>>::request(
            goblin,
            client,
            manager,
            request,
            &(),
            display,
            data_init,
        );
    }
}

impl Dispatch<XdgToplevelIconV1, XdgToplevelIconUserData> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        icon: &XdgToplevelIconV1,
        request: xdg_toplevel_icon_v1::Request,
        data: &XdgToplevelIconUserData,
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let changes = !matches!(request, xdg_toplevel_icon_v1::Request::Destroy);
        if changes && goblin.globals.frozen_icons.contains(&icon.id()) {
            let reason = "the icon was given to a window and cannot change any more";
            icon.post_error(xdg_toplevel_icon_v1::Error::Immutable, reason);
            return;
        }
        // Pictures of windows are made here. smithay 0.7.0 keeps one for ever, its memory with it, and ends
        // the client that destroys the icon first and the buffer then, which is the right order.
        if let xdg_toplevel_icon_v1::Request::AddBuffer { buffer, .. } = &request {
            let square = with_buffer_contents(buffer, |_, _, data| data.width == data.height);
            if !square.unwrap_or(false) {
                let reason = "the buffer of an icon is a square of shared memory";
                icon.post_error(xdg_toplevel_icon_v1::Error::InvalidBuffer, reason);
            }
            return;
        }
        <XdgToplevelIconManager as Dispatch<_, _, Self>>::request(
            goblin, client, icon, request, data, display, data_init,
        );
    }

    fn destroyed(
        goblin: &mut Self,
        client: ClientId,
        icon: &XdgToplevelIconV1,
        data: &XdgToplevelIconUserData,
    ) {
        goblin.globals.frozen_icons.remove(&icon.id());
        <XdgToplevelIconManager as Dispatch<_, _, Self>>::destroyed(goblin, client, icon, data);
    }
}
