//! `zwlr_output_manager_v1`: what outputs there are and how they are set up, for the tools that show
//! and change it. The changes are in [`output_configuration`](super::output_configuration).

use std::collections::BTreeMap;

use smithay::output::Mode;
use smithay::reexports::wayland_protocols_wlr::output_management::v1::server::zwlr_output_head_v1::{
    self, AdaptiveSyncState, ZwlrOutputHeadV1,
};
use smithay::reexports::wayland_protocols_wlr::output_management::v1::server::zwlr_output_manager_v1::{
    self, ZwlrOutputManagerV1,
};
use smithay::reexports::wayland_protocols_wlr::output_management::v1::server::zwlr_output_mode_v1::{
    self, ZwlrOutputModeV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId, InvalidId};
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::utils::{Logical, Point, Transform};

use super::output_configuration::ConfigurationData;
use crate::client::sees;
use crate::goblin::Goblin;

const VERSION: u32 = 4;
/// The newest version of a mode.
const MODE_VERSION: u32 = 3;

/// An output as managers are told of it.
#[derive(Debug, Clone, PartialEq)]
struct Head {
    description: String,
    make: String,
    model: String,
    enabled: bool,
    mode: Mode,
    place: Point<i32, Logical>,
    transform: Transform,
    scale: f64,
}

/// The state of the global.
pub(crate) struct OutputManagementState {
    /// Counts what was told; a change that was made without knowing the last is refused.
    pub(super) serial: u32,
    /// What was told last, by name.
    heads: BTreeMap<String, Head>,
    managers: Vec<Manager>,
    _global: GlobalId,
}

struct Manager {
    object: ZwlrOutputManagerV1,
    heads: BTreeMap<String, Objects>,
}

/// One manager's objects for an output.
struct Objects {
    head: ZwlrOutputHeadV1,
    mode: ZwlrOutputModeV1,
}

/// What goes with a head: the name of its output.
pub(crate) struct HeadData {
    pub(super) name: String,
}

/// What goes with a mode.
pub(crate) struct ModeData {
    pub(super) name: String,
    pub(super) mode: Mode,
}

impl OutputManagementState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            serial: 0,
            heads: BTreeMap::new(),
            managers: Vec::new(),
            _global: display.create_global::<Goblin, ZwlrOutputManagerV1, _>(VERSION, ()),
        }
    }

    /// The names of all outputs, in use or not, as they were told last.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.heads.keys().map(String::as_str)
    }
}

impl Manager {
    /// Tells of one output, which may be new to the manager.
    fn tell(
        &mut self,
        display: &DisplayHandle,
        name: &str,
        before: Option<&Head>,
        head: &Head,
    ) -> Result<(), InvalidId> {
        let known = self.heads.contains_key(name);
        if !known {
            let objects = self.introduce(display, name, head)?;
            self.heads.insert(name.to_owned(), objects);
        }
        let before = before.filter(|_| known);
        let Some(objects) = self.heads.get_mut(name) else {
            return Ok(());
        };
        if before.is_some_and(|before| before.mode != head.mode) {
            objects.mode.finished();
            objects.mode = new_mode(display, &self.object, &objects.head, name, head.mode)?;
        }
        let news = |of: &dyn Fn(&Head) -> bool| before.is_none_or(of);
        let object = &objects.head;
        let appeared = news(&|old| old.enabled != head.enabled);
        if appeared {
            object.enabled(i32::from(head.enabled));
        }
        if !head.enabled {
            return Ok(());
        }
        if appeared || news(&|old| old.mode != head.mode) {
            object.current_mode(&objects.mode);
        }
        if appeared || news(&|old| old.place != head.place) {
            object.position(head.place.x, head.place.y);
        }
        if appeared || news(&|old| old.transform != head.transform) {
            object.transform(head.transform.into());
        }
        if appeared || news(&|old| old.scale.to_bits() != head.scale.to_bits()) {
            object.scale(head.scale);
        }
        if appeared && object.version() >= zwlr_output_head_v1::EVT_ADAPTIVE_SYNC_SINCE {
            object.adaptive_sync(AdaptiveSyncState::Disabled);
        }
        Ok(())
    }

    fn introduce(
        &self,
        display: &DisplayHandle,
        name: &str,
        head: &Head,
    ) -> Result<Objects, InvalidId> {
        let client = self.object.client().ok_or(InvalidId)?;
        let data = HeadData {
            name: name.to_owned(),
        };
        let object = client.create_resource::<ZwlrOutputHeadV1, _, Goblin>(
            display,
            self.object.version(),
            data,
        )?;
        self.object.head(&object);
        object.name(name.to_owned());
        object.description(head.description.clone());
        if object.version() >= zwlr_output_head_v1::EVT_MAKE_SINCE {
            object.make(head.make.clone());
            object.model(head.model.clone());
        }
        let mode = new_mode(display, &self.object, &object, name, head.mode)?;
        Ok(Objects { head: object, mode })
    }
}

fn new_mode(
    display: &DisplayHandle,
    manager: &ZwlrOutputManagerV1,
    head: &ZwlrOutputHeadV1,
    name: &str,
    mode: Mode,
) -> Result<ZwlrOutputModeV1, InvalidId> {
    let client = manager.client().ok_or(InvalidId)?;
    let data = ModeData {
        name: name.to_owned(),
        mode,
    };
    let version = manager.version().min(MODE_VERSION);
    let object = client.create_resource::<ZwlrOutputModeV1, _, Goblin>(display, version, data)?;
    head.mode(&object);
    object.size(mode.size.w, mode.size.h);
    object.refresh(mode.refresh);
    object.preferred();
    Ok(object)
}

impl GlobalDispatch<ZwlrOutputManagerV1, ()> for Goblin {
    fn bind(
        state: &mut Self,
        display: &DisplayHandle,
        _client: &Client,
        manager: New<ZwlrOutputManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        let mut manager = Manager {
            object: init.init(manager, ()),
            heads: BTreeMap::new(),
        };
        let management = &mut state.globals.output_management;
        for (name, head) in &management.heads {
            if manager.tell(display, name, None, head).is_err() {
                return;
            }
        }
        manager.object.done(management.serial);
        management.managers.push(manager);
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ZwlrOutputManagerV1>(&client)
    }
}

impl Dispatch<ZwlrOutputManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        manager: &ZwlrOutputManagerV1,
        request: zwlr_output_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        match request {
            zwlr_output_manager_v1::Request::CreateConfiguration { id, serial } => {
                init.init(id, ConfigurationData::new(serial));
            }
            zwlr_output_manager_v1::Request::Stop => {
                let managers = &mut state.globals.output_management.managers;
                managers.retain(|other| other.object != *manager);
                manager.finished();
            }
            _ => {}
        }
    }

    fn destroyed(state: &mut Self, _client: ClientId, manager: &ZwlrOutputManagerV1, _data: &()) {
        let managers = &mut state.globals.output_management.managers;
        managers.retain(|other| other.object != *manager);
    }
}

impl Dispatch<ZwlrOutputHeadV1, HeadData> for Goblin {
    fn request(
        _state: &mut Self,
        _client: &Client,
        _head: &ZwlrOutputHeadV1,
        _request: zwlr_output_head_v1::Request,
        _data: &HeadData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
    }
}

impl Dispatch<ZwlrOutputModeV1, ModeData> for Goblin {
    fn request(
        _state: &mut Self,
        _client: &Client,
        _mode: &ZwlrOutputModeV1,
        _request: zwlr_output_mode_v1::Request,
        _data: &ModeData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
    }
}

impl Goblin {
    fn heads(&self) -> BTreeMap<String, Head> {
        let model = self.backend_kind();
        let head = |enabled, setup: crate::outputs::Setup, name: &str| Head {
            description: format!("goblin - {model} - {name}"),
            make: "goblin".to_owned(),
            model: model.to_owned(),
            enabled,
            mode: setup.mode,
            place: setup.place.unwrap_or_default(),
            transform: setup.transform,
            scale: setup.scale,
        };
        let used = self.outputs.iter().filter_map(|state| {
            let name = state.output.name();
            let mut setup = self.setup_of(state.id)?;
            setup.place = Some(state.origin());
            let head = head(true, setup, &name);
            Some((name, head))
        });
        let parked = self.parked.iter().map(|parked| {
            let head = head(false, parked.setup, &parked.name);
            (parked.name.clone(), head)
        });
        used.chain(parked).collect()
    }

    /// Tells every manager what has changed in the outputs.
    pub(crate) fn refresh_output_management(&mut self) {
        if !std::mem::take(&mut self.outputs_dirty) {
            return;
        }
        let now = self.heads();
        let display = self.display.clone();
        let management = &mut self.globals.output_management;
        if now == management.heads {
            return;
        }
        let before = std::mem::replace(&mut management.heads, now);
        management.serial = management.serial.wrapping_add(1);
        let (serial, heads) = (management.serial, &management.heads);
        management.managers.retain_mut(|manager| {
            for (_, gone) in manager
                .heads
                .extract_if(.., |name, _| !heads.contains_key(name))
            {
                gone.mode.finished();
                gone.head.finished();
            }
            let told = heads
                .iter()
                .try_for_each(|(name, head)| manager.tell(&display, name, before.get(name), head));
            if told.is_ok() {
                manager.object.done(serial);
            }
            told.is_ok()
        });
    }
}
