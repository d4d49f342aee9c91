//! `xdg_wm_dialog_v1`: smithay's, but dialogs whose clients have died are forgotten. In smithay 0.7.0 a dialog
//! and its window keep each other until the client destroys the dialog, and with the window its surface and
//! what it shows.

use smithay::reexports::wayland_protocols::xdg::dialog::v1::server::xdg_dialog_v1::{
    self, XdgDialogV1,
};
use smithay::reexports::wayland_protocols::xdg::dialog::v1::server::xdg_wm_dialog_v1::{
    Request, XdgWmDialogV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, ObjectId};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, delegate_global_dispatch,
};
use smithay::wayland::shell::xdg::ToplevelSurface;
use smithay::wayland::shell::xdg::dialog::XdgDialogState;

use crate::goblin::Goblin;

/// The state of the global.
pub(crate) struct Dialogs {
    _state: XdgDialogState,
    /// Dialogs that are gone, and that their windows still keep.
    dead: Vec<XdgDialogV1>,
    /// The one that its client is just destroying: smithay forgets it.
    leaving: Option<ObjectId>,
}

impl Dialogs {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _state: XdgDialogState::new::<Goblin>(display),
            dead: Vec::new(),
            leaving: None,
        }
    }
}

impl Dispatch<XdgWmDialogV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        manager: &XdgWmDialogV1,
        request: Request,
        (): &(),
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        // Only a request of the dialog's own has it forgotten.
        for dead in std::mem::take(&mut goblin.globals.dialogs.dead) {
            if let Some(window) = dead.data::<ToplevelSurface>() {
                let request = xdg_dialog_v1::Request::Destroy;
                <XdgDialogState as Dispatch<XdgDialogV1, ToplevelSurface, Self>>::request(
                    goblin, client, &dead, request, window, display, init,
                );
            }
        }
        <XdgDialogState as Dispatch<XdgWmDialogV1, (), Self>>::request(
            goblin,
            client,
            manager,
            request,
            &(),
            display,
            init,
        );
    }
}

impl Dispatch<XdgDialogV1, ToplevelSurface> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        dialog: &XdgDialogV1,
        request: xdg_dialog_v1::Request,
        window: &ToplevelSurface,
        display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        if let xdg_dialog_v1::Request::Destroy = request {
            goblin.globals.dialogs.leaving = Some(dialog.id());
        }
        <XdgDialogState as Dispatch<XdgDialogV1, ToplevelSurface, Self>>::request(
            goblin, client, dialog, request, window, display, init,
        );
    }

    fn destroyed(goblin: &mut Self, _: ClientId, dialog: &XdgDialogV1, _: &ToplevelSurface) {
        let dialogs = &mut goblin.globals.dialogs;
        if dialogs.leaving.take() != Some(dialog.id()) {
            dialogs.dead.push(dialog.clone());
        }
    }
}

// What `delegate_xdg_dialog!` does for the others.
delegate_global_dispatch!(Goblin: [XdgWmDialogV1: ()] => XdgDialogState);
