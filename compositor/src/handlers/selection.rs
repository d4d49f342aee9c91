//! Clipboard, primary selection, drag and drop, and the clipboard managers of the board (the two
//! data-control protocols). Within the board data flows between clients alone; what goes from one
//! domain to another, [`crate::selections`] decides.

use std::os::fd::OwnedFd;

use smithay::input::Seat;
use smithay::reexports::wayland_server::protocol::wl_data_source::WlDataSource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::Point;
use smithay::wayland::selection::data_device::{
    ClientDndGrabHandler, DataDeviceHandler, DataDeviceState, ServerDndGrabHandler,
};
use smithay::wayland::selection::ext_data_control::{
    DataControlHandler as ExtDataControlHandler, DataControlState as ExtDataControlState,
};
use smithay::wayland::selection::primary_selection::{
    PrimarySelectionHandler, PrimarySelectionState,
};
use smithay::wayland::selection::wlr_data_control::{
    DataControlHandler as WlrDataControlHandler, DataControlState as WlrDataControlState,
};
use smithay::wayland::selection::{SelectionHandler, SelectionSource, SelectionTarget};

use crate::domain::SelectionKind;
use crate::goblin::Goblin;
use crate::input::DragIcon;
use crate::selections::Offered;

impl SelectionHandler for Goblin {
    type SelectionUserData = Offered;

    /// A client of the board set a selection; a subsystem's does not come this way.
    fn new_selection(
        &mut self,
        ty: SelectionTarget,
        source: Option<SelectionSource>,
        _seat: Seat<Self>,
    ) {
        self.board_selected(kind_of(ty), source.map(|source| source.mime_types()));
    }

    /// A client of the board asks for what a subsystem or an X11 client has.
    fn send_selection(
        &mut self,
        ty: SelectionTarget,
        mime_type: String,
        fd: OwnedFd,
        _seat: Seat<Self>,
        offered: &Offered,
    ) {
        self.board_receives(kind_of(ty), mime_type, fd, *offered);
    }
}

/// The kind that smithay calls so.
pub(crate) fn kind_of(target: SelectionTarget) -> SelectionKind {
    match target {
        SelectionTarget::Primary => SelectionKind::Primary,
        SelectionTarget::Clipboard => SelectionKind::Clipboard,
    }
}

impl DataDeviceHandler for Goblin {
    fn data_device_state(&self) -> &DataDeviceState {
        &self.globals.data_device
    }
}

impl ClientDndGrabHandler for Goblin {
    fn started(
        &mut self,
        source: Option<WlDataSource>,
        icon: Option<WlSurface>,
        _seat: Seat<Self>,
    ) {
        self.globals.toplevel_drags.begin(source.as_ref());
        self.drag_began(source.as_ref());
        self.move_dragged(self.pointer_location());
        self.input.dnd_icon = icon.map(|surface| DragIcon {
            surface,
            offset: Point::default(),
        });
        self.queue_redraw_all();
    }

    fn dropped(&mut self, target: Option<WlSurface>, _validated: bool, _seat: Seat<Self>) {
        let over = target.or_else(|| self.surface_under_pointer());
        self.drag_ended(over.as_ref());
        self.globals.toplevel_drags.end();
        self.input.dnd_icon = None;
        self.queue_redraw_all();
    }
}

// The compositor offers nothing to drag itself.
impl ServerDndGrabHandler for Goblin {}

impl PrimarySelectionHandler for Goblin {
    fn primary_selection_state(&self) -> &PrimarySelectionState {
        &self.globals.primary_selection
    }
}

impl ExtDataControlHandler for Goblin {
    fn data_control_state(&self) -> &ExtDataControlState {
        &self.globals.ext_data_control
    }
}

impl WlrDataControlHandler for Goblin {
    fn data_control_state(&self) -> &WlrDataControlState {
        &self.globals.wlr_data_control
    }
}
