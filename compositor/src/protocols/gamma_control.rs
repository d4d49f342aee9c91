//! `zwlr_gamma_control_manager_v1`: the curve from the pixels to the light of a screen, for the
//! programs that make it warmer at night.
//!
//! A curve belongs to the screen, behind the pixels: pictures that clients take do not have it. A
//! virtual screen has one all the same, and it is in what a person is shown of that screen:
//! `picture.png` of `/desktop`. Of an output that is a window nobody can change the light: control
//! of it fails.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use smithay::output::Output;
use smithay::reexports::wayland_protocols_wlr::gamma_control::v1::server::zwlr_gamma_control_manager_v1::{
    self, ZwlrGammaControlManagerV1,
};
use smithay::reexports::wayland_protocols_wlr::gamma_control::v1::server::zwlr_gamma_control_v1::{
    self, ZwlrGammaControlV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};

use crate::backend::Backend;
use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::OutputId;
use crate::render::{Gamma, RAMP};

const VERSION: u32 = 1;

/// The state of the global.
pub(crate) struct GammaControlState {
    /// Who controls which output; one controls each.
    controls: Vec<(ZwlrGammaControlV1, OutputId)>,
    _global: GlobalId,
}

impl GammaControlState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            controls: Vec::new(),
            _global: display.create_global::<Goblin, ZwlrGammaControlManagerV1, _>(VERSION, ()),
        }
    }

    /// An output is gone.
    pub(crate) fn forget(&mut self, id: OutputId) {
        for (control, _) in self.controls.extract_if(.., |(_, of)| *of == id) {
            control.failed();
        }
    }

    fn output_of(&self, control: &ZwlrGammaControlV1) -> Option<OutputId> {
        let found = self.controls.iter().find(|(other, _)| other == control);
        found.map(|(_, id)| *id)
    }
}

impl GlobalDispatch<ZwlrGammaControlManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ZwlrGammaControlManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ZwlrGammaControlManagerV1>(&client)
    }
}

impl Dispatch<ZwlrGammaControlManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        _manager: &ZwlrGammaControlManagerV1,
        request: zwlr_gamma_control_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let zwlr_gamma_control_manager_v1::Request::GetGammaControl { id, output } = request else {
            return;
        };
        let control = init.init(id, ());
        let able = state.backend.as_ref().is_some_and(Backend::has_gamma);
        let output = Output::from_resource(&output).filter(|_| able);
        let id = output.and_then(|output| state.id_of_output(&output));
        let controls = &mut state.globals.gamma_control.controls;
        let free = id.filter(|id| controls.iter().all(|(_, of)| of != id));
        let Some(id) = free else {
            return control.failed();
        };
        control.gamma_size(RAMP as u32);
        controls.push((control, id));
    }
}

impl Dispatch<ZwlrGammaControlV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        control: &ZwlrGammaControlV1,
        request: zwlr_gamma_control_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        let zwlr_gamma_control_v1::Request::SetGamma { fd } = request else {
            return;
        };
        let Some(id) = state.globals.gamma_control.output_of(control) else {
            return;
        };
        match read_ramps(fd) {
            Some(gamma) => {
                if let Some(output) = state.output_state_mut(id) {
                    output.gamma = Some(gamma);
                }
            }
            None => {
                let error = zwlr_gamma_control_v1::Error::InvalidGamma;
                let why = format!("a gamma table is a file of 3 times {RAMP} 16-bit numbers");
                control.post_error(error, why);
            }
        }
    }

    fn destroyed(state: &mut Self, _client: ClientId, control: &ZwlrGammaControlV1, _data: &()) {
        let Some(id) = state.globals.gamma_control.output_of(control) else {
            return;
        };
        let controls = &mut state.globals.gamma_control.controls;
        controls.retain(|(other, _)| other != control);
        if let Some(output) = state.output_state_mut(id) {
            output.gamma = None;
        }
    }
}

/// The ramps in a client's file. `None` where there is none, or the client would let us wait for it.
fn read_ramps(fd: OwnedFd) -> Option<Gamma> {
    let file = File::from(fd);
    let about = file.metadata().ok()?;
    let mut bytes = [0; 3 * RAMP * 2];
    if !about.is_file() || about.len() != bytes.len() as u64 {
        return None;
    }
    file.read_exact_at(&mut bytes, 0).ok()?;
    let mut numbers = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_ne_bytes([pair[0], pair[1]]));
    let mut ramp = || std::array::from_fn(|_| numbers.next().unwrap_or(u16::MAX));
    Some(Gamma([ramp(), ramp(), ramp()]))
}
