//! `zwlr_output_power_manager_v1`: outputs made dark and light, for the programs that watch over an
//! idle desktop.

use smithay::output::Output;
use smithay::reexports::wayland_protocols_wlr::output_power_management::v1::server::zwlr_output_power_manager_v1::{
    self, ZwlrOutputPowerManagerV1,
};
use smithay::reexports::wayland_protocols_wlr::output_power_management::v1::server::zwlr_output_power_v1::{
    self, Mode, ZwlrOutputPowerV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum,
};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::OutputId;

const VERSION: u32 = 1;

/// The state of the global.
pub(crate) struct OutputPowerState {
    controls: Vec<(ZwlrOutputPowerV1, OutputId)>,
    _global: GlobalId,
}

impl OutputPowerState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            controls: Vec::new(),
            _global: display.create_global::<Goblin, ZwlrOutputPowerManagerV1, _>(VERSION, ()),
        }
    }

    /// An output became dark or light.
    pub(crate) fn tell(&self, id: OutputId, on: bool) {
        for (control, _) in self.controls.iter().filter(|(_, of)| *of == id) {
            control.mode(if on { Mode::On } else { Mode::Off });
        }
    }

    /// An output is gone.
    pub(crate) fn forget(&mut self, id: OutputId) {
        for (control, _) in self.controls.extract_if(.., |(_, of)| *of == id) {
            control.failed();
        }
    }
}

impl GlobalDispatch<ZwlrOutputPowerManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ZwlrOutputPowerManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ZwlrOutputPowerManagerV1>(&client)
    }
}

impl Dispatch<ZwlrOutputPowerManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        _manager: &ZwlrOutputPowerManagerV1,
        request: zwlr_output_power_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let zwlr_output_power_manager_v1::Request::GetOutputPower { id, output } = request else {
            return;
        };
        let control = init.init(id, ());
        let output = Output::from_resource(&output);
        let id = output.and_then(|output| state.id_of_output(&output));
        let Some(of) = id.and_then(|id| state.output_state(id)) else {
            return control.failed();
        };
        control.mode(if of.powered { Mode::On } else { Mode::Off });
        let id = of.id;
        state.globals.output_power.controls.push((control, id));
    }
}

impl Dispatch<ZwlrOutputPowerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        control: &ZwlrOutputPowerV1,
        request: zwlr_output_power_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        let zwlr_output_power_v1::Request::SetMode { mode } = request else {
            return;
        };
        let WEnum::Value(mode) = mode else {
            let error = zwlr_output_power_v1::Error::InvalidMode;
            return control.post_error(error, "there is no such mode: off is 0, on is 1");
        };
        let controls = &state.globals.output_power.controls;
        let id = controls.iter().find(|(other, _)| other == control);
        if let Some(id) = id.map(|(_, id)| *id) {
            state.power_output(id, mode == Mode::On);
        }
    }

    fn destroyed(state: &mut Self, _client: ClientId, control: &ZwlrOutputPowerV1, _data: &()) {
        let controls = &mut state.globals.output_power.controls;
        controls.retain(|(other, _)| other != control);
    }
}
