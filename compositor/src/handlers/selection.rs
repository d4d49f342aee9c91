//! Clipboard, primary selection, drag and drop, and the clipboard managers of the board (the two
//! data-control protocols). Data flows between clients alone.

use smithay::input::Seat;
use smithay::reexports::wayland_server::protocol::wl_data_source::WlDataSource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::wayland::selection::SelectionHandler;
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
use smithay::{
    delegate_data_control, delegate_data_device, delegate_ext_data_control,
    delegate_primary_selection,
};

use crate::goblin::Goblin;

impl SelectionHandler for Goblin {
    type SelectionUserData = ();
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
        self.move_dragged(self.pointer_location());
        self.input.dnd_icon = icon;
        self.queue_redraw_all();
    }

    fn dropped(&mut self, _target: Option<WlSurface>, _validated: bool, _seat: Seat<Self>) {
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

delegate_data_device!(Goblin);
delegate_ext_data_control!(Goblin);
delegate_data_control!(Goblin);
delegate_primary_selection!(Goblin);
