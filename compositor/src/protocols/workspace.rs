//! `ext_workspace_manager_v1`: the workspaces for bars and switchers, one group for each output.

use std::collections::BTreeMap;

use smithay::output::Output;
use smithay::reexports::wayland_protocols::ext::workspace::v1::server::ext_workspace_group_handle_v1::{
    self, ExtWorkspaceGroupHandleV1, GroupCapabilities,
};
use smithay::reexports::wayland_protocols::ext::workspace::v1::server::ext_workspace_handle_v1::{
    self, ExtWorkspaceHandleV1, State, WorkspaceCapabilities,
};
use smithay::reexports::wayland_protocols::ext::workspace::v1::server::ext_workspace_manager_v1::{
    self, ExtWorkspaceManagerV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId, InvalidId};
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::{OutputId, WorkspaceId};

const VERSION: u32 = 1;

/// The state of the global.
pub(crate) struct WorkspaceState {
    managers: Vec<Manager>,
    told: Row,
    /// A workspace may have come, gone or changed since.
    pub(crate) dirty: bool,
    _global: GlobalId,
}

/// All workspaces, as clients are told of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Row {
    groups: Vec<OutputId>,
    workspaces: BTreeMap<WorkspaceId, Place>,
}

/// Where a workspace is, and whether it is shown there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    group: OutputId,
    /// Its place in the row of its output, from 0.
    index: u32,
    active: bool,
    /// The one it was given, else its number.
    name: String,
}

struct Manager {
    object: ExtWorkspaceManagerV1,
    /// By output; `None` once the client has destroyed its object.
    groups: BTreeMap<OutputId, Option<ExtWorkspaceGroupHandleV1>>,
    workspaces: BTreeMap<WorkspaceId, Option<ExtWorkspaceHandleV1>>,
    /// What is asked for until the next commit.
    asked: Vec<Wish>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Activate(WorkspaceId),
    Assign(WorkspaceId, OutputId),
}

/// What goes with a group.
pub(crate) struct GroupData {
    manager: ExtWorkspaceManagerV1,
    output: OutputId,
}

/// What goes with a workspace.
pub(crate) struct HandleData {
    manager: ExtWorkspaceManagerV1,
    workspace: WorkspaceId,
}

impl WorkspaceState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            managers: Vec::new(),
            told: Row::default(),
            dirty: false,
            _global: display.create_global::<Goblin, ExtWorkspaceManagerV1, _>(VERSION, ()),
        }
    }

    fn manager(&mut self, object: &ExtWorkspaceManagerV1) -> Option<&mut Manager> {
        self.managers
            .iter_mut()
            .find(|manager| manager.object == *object)
    }
}

impl Manager {
    fn group(&self, id: OutputId) -> Option<&ExtWorkspaceGroupHandleV1> {
        self.groups.get(&id)?.as_ref()
    }

    fn handle(&self, id: WorkspaceId) -> Option<&ExtWorkspaceHandleV1> {
        self.workspaces.get(&id)?.as_ref()
    }

    /// Tells what differs between two rows, from the first to the second.
    fn tell(&mut self, goblin: &Goblin, before: &Row, now: &Row) -> Result<(), InvalidId> {
        for (id, old) in &before.workspaces {
            let stays = now.workspaces.get(id);
            if stays.is_none_or(|new| new.group != old.group)
                && let (Some(group), Some(handle)) = (self.group(old.group), self.handle(*id))
            {
                group.workspace_leave(handle);
            }
            if stays.is_none()
                && let Some(handle) = self.workspaces.remove(id).flatten()
            {
                handle.removed();
            }
        }
        for id in before.groups.iter().filter(|id| !now.groups.contains(id)) {
            if let Some(group) = self.groups.remove(id).flatten() {
                group.removed();
            }
        }
        for id in &now.groups {
            if !self.groups.contains_key(id) {
                let group = self.introduce_group(goblin, *id)?;
                self.groups.insert(*id, Some(group));
            }
        }
        for (id, place) in &now.workspaces {
            let mut old = before.workspaces.get(id);
            if !self.workspaces.contains_key(id) {
                let handle = self.introduce(goblin, *id)?;
                self.workspaces.insert(*id, Some(handle));
                old = None;
            }
            let Some(handle) = self.handle(*id) else {
                continue;
            };
            if old.is_none_or(|old| old.index != place.index) {
                handle.coordinates(place.index.to_ne_bytes().to_vec());
            }
            if old.is_none_or(|old| old.name != place.name) {
                handle.name(place.name.clone());
            }
            if old.is_none_or(|old| old.active != place.active) {
                let active = place.active.then_some(State::Active);
                handle.state(active.unwrap_or(State::empty()));
            }
            if old.is_none_or(|old| old.group != place.group)
                && let Some(group) = self.group(place.group)
            {
                group.workspace_enter(handle);
            }
        }
        self.object.done();
        Ok(())
    }

    fn introduce_group(
        &self,
        goblin: &Goblin,
        id: OutputId,
    ) -> Result<ExtWorkspaceGroupHandleV1, InvalidId> {
        let client = self.object.client().ok_or(InvalidId)?;
        let data = GroupData {
            manager: self.object.clone(),
            output: id,
        };
        let version = self.object.version();
        let group = client.create_resource::<ExtWorkspaceGroupHandleV1, _, Goblin>(
            &goblin.display,
            version,
            data,
        )?;
        self.object.workspace_group(&group);
        // A new workspace is there when the last one is filled: nobody makes one.
        group.capabilities(GroupCapabilities::empty());
        if let Some(state) = goblin.output_state(id) {
            for output in state.output.client_outputs(&client) {
                group.output_enter(&output);
            }
        }
        Ok(group)
    }

    fn introduce(
        &self,
        goblin: &Goblin,
        id: WorkspaceId,
    ) -> Result<ExtWorkspaceHandleV1, InvalidId> {
        let client = self.object.client().ok_or(InvalidId)?;
        let data = HandleData {
            manager: self.object.clone(),
            workspace: id,
        };
        let version = self.object.version();
        let handle = client.create_resource::<ExtWorkspaceHandleV1, _, Goblin>(
            &goblin.display,
            version,
            data,
        )?;
        self.object.workspace(&handle);
        handle.capabilities(WorkspaceCapabilities::Activate | WorkspaceCapabilities::Assign);
        Ok(handle)
    }
}

impl GlobalDispatch<ExtWorkspaceManagerV1, ()> for Goblin {
    fn bind(
        state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ExtWorkspaceManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        let mut manager = Manager {
            object: init.init(manager, ()),
            groups: BTreeMap::new(),
            workspaces: BTreeMap::new(),
            asked: Vec::new(),
        };
        let told = &state.globals.workspaces.told;
        if manager.tell(state, &Row::default(), told).is_ok() {
            state.globals.workspaces.managers.push(manager);
        }
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ExtWorkspaceManagerV1>(&client)
    }
}

impl Dispatch<ExtWorkspaceManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        object: &ExtWorkspaceManagerV1,
        request: ext_workspace_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        match request {
            ext_workspace_manager_v1::Request::Commit => {
                let manager = state.globals.workspaces.manager(object);
                let asked = manager.map(|manager| std::mem::take(&mut manager.asked));
                for wish in asked.into_iter().flatten() {
                    state.grant(wish);
                }
            }
            ext_workspace_manager_v1::Request::Stop => {
                let managers = &mut state.globals.workspaces.managers;
                managers.retain(|manager| manager.object != *object);
                object.finished();
            }
            _ => {}
        }
    }

    fn destroyed(state: &mut Self, _client: ClientId, object: &ExtWorkspaceManagerV1, _data: &()) {
        let managers = &mut state.globals.workspaces.managers;
        managers.retain(|manager| manager.object != *object);
    }
}

impl Dispatch<ExtWorkspaceGroupHandleV1, GroupData> for Goblin {
    fn request(
        _state: &mut Self,
        _client: &Client,
        _group: &ExtWorkspaceGroupHandleV1,
        _request: ext_workspace_group_handle_v1::Request,
        _data: &GroupData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        // Making a workspace is not among the capabilities.
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        _group: &ExtWorkspaceGroupHandleV1,
        data: &GroupData,
    ) {
        let manager = state.globals.workspaces.manager(&data.manager);
        if let Some(group) = manager.and_then(|manager| manager.groups.get_mut(&data.output)) {
            *group = None;
        }
    }
}

impl Dispatch<ExtWorkspaceHandleV1, HandleData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        _handle: &ExtWorkspaceHandleV1,
        request: ext_workspace_handle_v1::Request,
        data: &HandleData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        let wish = match request {
            ext_workspace_handle_v1::Request::Activate => Wish::Activate(data.workspace),
            ext_workspace_handle_v1::Request::Assign { workspace_group } => {
                let Some(group) = workspace_group.data::<GroupData>() else {
                    return;
                };
                Wish::Assign(data.workspace, group.output)
            }
            // An output always shows one; an empty one goes by itself.
            _ => return,
        };
        if let Some(manager) = state.globals.workspaces.manager(&data.manager) {
            // Said twice is said once: what a client can ask for has an end.
            manager.asked.retain(|other| *other != wish);
            manager.asked.push(wish);
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        _handle: &ExtWorkspaceHandleV1,
        data: &HandleData,
    ) {
        let manager = state.globals.workspaces.manager(&data.manager);
        let handle = manager.and_then(|manager| manager.workspaces.get_mut(&data.workspace));
        if let Some(handle) = handle {
            *handle = None;
        }
    }
}

impl Goblin {
    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Activate(id) => {
                self.forget_layer_focus();
                self.layout.activate_workspace(id);
            }
            Wish::Assign(id, output) => self.layout.send_workspace_to_output(id, output),
        }
        self.layout_changed();
    }

    fn workspace_row(&self) -> Row {
        let mut row = Row::default();
        for output in self.layout.outputs() {
            row.groups.push(output.id);
            let active = self.layout.active_workspace(output.id);
            for (id, index) in self.layout.workspaces(output.id).iter().zip(0..) {
                let named = self.layout.workspace(*id).and_then(|of| of.name());
                let place = Place {
                    group: output.id,
                    index,
                    active: active == Some(*id),
                    name: named.map_or_else(|| (index + 1).to_string(), str::to_owned),
                };
                row.workspaces.insert(*id, place);
            }
        }
        row
    }

    /// Tells every manager what has changed in the workspaces.
    pub(crate) fn refresh_workspaces(&mut self) {
        if !std::mem::take(&mut self.globals.workspaces.dirty) {
            return;
        }
        let now = self.workspace_row();
        if now == self.globals.workspaces.told {
            return;
        }
        let before = std::mem::replace(&mut self.globals.workspaces.told, now.clone());
        let mut managers = std::mem::take(&mut self.globals.workspaces.managers);
        managers.retain_mut(|manager| manager.tell(self, &before, &now).is_ok());
        self.globals.workspaces.managers = managers;
    }

    /// A client has bound an output: its groups are told that it is theirs.
    pub(crate) fn workspaces_met(&self, id: OutputId, output: &WlOutput) {
        for manager in &self.globals.workspaces.managers {
            if let Some(group) = manager.group(id)
                && group.id().same_client_as(&output.id())
            {
                group.output_enter(output);
                manager.object.done();
            }
        }
    }

    /// An output goes: its group is told before it is removed.
    pub(crate) fn workspaces_left(&self, id: OutputId, output: &Output) {
        for manager in &self.globals.workspaces.managers {
            if let Some(group) = manager.group(id)
                && let Some(client) = group.client()
            {
                for output in output.client_outputs(&client) {
                    group.output_leave(&output);
                }
            }
        }
    }
}
