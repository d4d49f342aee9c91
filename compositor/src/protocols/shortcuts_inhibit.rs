//! `zwp_keyboard_shortcuts_inhibit_manager_v1`: a virtual machine or a remote desktop that has the
//! keyboard gets the shortcuts too. Super+Escape gives them back to the person.

use smithay::reexports::wayland_protocols::wp::keyboard_shortcuts_inhibit::zv1::server::{
    zwp_keyboard_shortcuts_inhibit_manager_v1::{
        self, Error, ZwpKeyboardShortcutsInhibitManagerV1,
    },
    zwp_keyboard_shortcuts_inhibitor_v1::{self, ZwpKeyboardShortcutsInhibitorV1},
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};

use crate::client::sees;
use crate::goblin::Goblin;

/// The state of the global.
pub(crate) struct ShortcutsInhibit {
    _global: GlobalId,
    inhibitors: Vec<Inhibitor>,
}

struct Inhibitor {
    object: ZwpKeyboardShortcutsInhibitorV1,
    surface: WlSurface,
    /// What the client was told last.
    active: bool,
    /// The person took the shortcuts back.
    refused: bool,
}

impl ShortcutsInhibit {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        let global =
            display.create_global::<Goblin, ZwpKeyboardShortcutsInhibitManagerV1, _>(1, ());
        Self {
            _global: global,
            inhibitors: Vec::new(),
        }
    }

    /// Whether shortcuts go to a client at the moment.
    pub(crate) fn is_active(&self) -> bool {
        self.inhibitors.iter().any(|inhibitor| inhibitor.active)
    }
}

impl Goblin {
    /// The inhibitor of the surface that has the keyboard is active, all others are not; their
    /// clients are told.
    pub(crate) fn refresh_shortcuts_inhibit(&mut self) {
        if self.globals.shortcuts_inhibit.inhibitors.is_empty() {
            return;
        }
        let keyboard = self.seat.get_keyboard();
        let focus = keyboard.and_then(|keyboard| keyboard.current_focus());
        for inhibitor in &mut self.globals.shortcuts_inhibit.inhibitors {
            let focused = focus.as_ref() == Some(&inhibitor.surface);
            let active = focused && !inhibitor.refused;
            if active == inhibitor.active {
                continue;
            }
            inhibitor.active = active;
            if active {
                inhibitor.object.active();
            } else {
                inhibitor.object.inactive();
            }
        }
    }

    /// The person takes the shortcuts back from the client that has them.
    pub(crate) fn take_shortcuts_back(&mut self) {
        for inhibitor in &mut self.globals.shortcuts_inhibit.inhibitors {
            inhibitor.refused |= inhibitor.active;
        }
        self.refresh_shortcuts_inhibit();
    }
}

impl GlobalDispatch<ZwpKeyboardShortcutsInhibitManagerV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<ZwpKeyboardShortcutsInhibitManagerV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<ZwpKeyboardShortcutsInhibitManagerV1>(&client)
    }
}

impl Dispatch<ZwpKeyboardShortcutsInhibitManagerV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        manager: &ZwpKeyboardShortcutsInhibitManagerV1,
        request: zwp_keyboard_shortcuts_inhibit_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let zwp_keyboard_shortcuts_inhibit_manager_v1::Request::InhibitShortcuts {
            id,
            surface,
            ..
        } = request
        else {
            return;
        };
        let inhibitors = &mut goblin.globals.shortcuts_inhibit.inhibitors;
        if inhibitors.iter().any(|other| other.surface == surface) {
            let reason = "the shortcuts are inhibited for this surface already";
            manager.post_error(Error::AlreadyInhibited, reason);
            return;
        }
        let object = data_init.init(id, ());
        inhibitors.push(Inhibitor {
            object,
            surface,
            active: false,
            refused: false,
        });
    }
}

impl Dispatch<ZwpKeyboardShortcutsInhibitorV1, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ZwpKeyboardShortcutsInhibitorV1,
        _: zwp_keyboard_shortcuts_inhibitor_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        // It can only be destroyed.
    }

    fn destroyed(
        goblin: &mut Self,
        _: ClientId,
        object: &ZwpKeyboardShortcutsInhibitorV1,
        (): &(),
    ) {
        let inhibitors = &mut goblin.globals.shortcuts_inhibit.inhibitors;
        inhibitors.retain(|inhibitor| inhibitor.object != *object);
    }
}
