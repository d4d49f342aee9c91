//! `zwlr_foreign_toplevel_manager_v1` and `ext_foreign_toplevel_list_v1`: the list of windows, for
//! docks and switchers. Both tell from one state; the older one can also be told what to do.

use std::collections::BTreeMap;

use smithay::output::Output;
use smithay::reexports::wayland_protocols::ext::foreign_toplevel_list::v1::server::ext_foreign_toplevel_list_v1::ExtForeignToplevelListV1;
use smithay::reexports::wayland_protocols_wlr::foreign_toplevel::v1::server::zwlr_foreign_toplevel_handle_v1::{
    self, State, ZwlrForeignToplevelHandleV1,
};
use smithay::reexports::wayland_protocols_wlr::foreign_toplevel::v1::server::zwlr_foreign_toplevel_manager_v1::{
    self, ZwlrForeignToplevelManagerV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId, ObjectId};
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::wayland::foreign_toplevel_list::{ForeignToplevelHandle, ForeignToplevelListState};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::{OutputId, Placement, WindowId};

const VERSION: u32 = 3;

/// The state of both globals.
pub(crate) struct ForeignToplevels {
    /// smithay's side of the newer protocol.
    pub(crate) list: ForeignToplevelListState,
    managers: Vec<ZwlrForeignToplevelManagerV1>,
    /// What was told last of each window.
    told: BTreeMap<WindowId, Told>,
    /// A window may have come, gone or changed since.
    pub(crate) dirty: bool,
    _global: GlobalId,
}

struct Told {
    looks: Looks,
    /// The newer protocol's handle; smithay has its objects.
    listed: ForeignToplevelHandle,
    handles: Vec<ZwlrForeignToplevelHandleV1>,
}

/// What other programs see of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Looks {
    title: String,
    app_id: String,
    maximised: bool,
    minimised: bool,
    activated: bool,
    fullscreen: bool,
    outputs: Vec<OutputId>,
    parent: Option<WindowId>,
}

/// What goes with a handle.
pub(crate) struct HandleData {
    window: WindowId,
    manager: ObjectId,
}

impl ForeignToplevels {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            list: ForeignToplevelListState::new_with_filter::<Goblin>(
                display,
                sees::<ExtForeignToplevelListV1>,
            ),
            managers: Vec::new(),
            told: BTreeMap::new(),
            dirty: false,
            _global: display.create_global::<Goblin, ZwlrForeignToplevelManagerV1, _>(VERSION, ()),
        }
    }

    /// Makes a manager's handle for a window, and tells nothing of it yet.
    fn introduce(
        &mut self,
        display: &DisplayHandle,
        manager: &ZwlrForeignToplevelManagerV1,
        window: WindowId,
    ) {
        let (Some(client), Some(told)) = (manager.client(), self.told.get_mut(&window)) else {
            return;
        };
        let data = HandleData {
            window,
            manager: manager.id(),
        };
        let version = manager.version();
        // A client that is just going away needs none.
        if let Ok(handle) =
            client.create_resource::<ZwlrForeignToplevelHandleV1, _, Goblin>(display, version, data)
        {
            manager.toplevel(&handle);
            told.handles.push(handle);
        }
    }

    /// The same manager's handle for another window.
    fn beside(
        &self,
        handle: &ZwlrForeignToplevelHandleV1,
        window: Option<WindowId>,
    ) -> Option<ZwlrForeignToplevelHandleV1> {
        let manager = |handle: &ZwlrForeignToplevelHandleV1| {
            let data = handle.data::<HandleData>();
            data.map(|data| data.manager.clone())
        };
        let of = manager(handle)?;
        let mut handles = self.told.get(&window?)?.handles.iter();
        handles
            .find(|other| manager(other).as_ref() == Some(&of))
            .cloned()
    }
}

impl Looks {
    fn states(&self, version: u32) -> Vec<u8> {
        let fullscreen = self.fullscreen && version >= 2;
        let states = [
            (State::Maximized, self.maximised),
            (State::Minimized, self.minimised),
            (State::Activated, self.activated),
            (State::Fullscreen, fullscreen),
        ];
        let on = states.into_iter().filter(|(_, on)| *on);
        on.flat_map(|(state, _)| (state as u32).to_ne_bytes())
            .collect()
    }
}

impl GlobalDispatch<ZwlrForeignToplevelManagerV1, ()> for Goblin {
    fn bind(
        state: &mut Self,
        display: &DisplayHandle,
        _client: &Client,
        manager: New<ZwlrForeignToplevelManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        let manager = init.init(manager, ());
        let toplevels = &mut state.globals.foreign_toplevels;
        let windows: Vec<WindowId> = toplevels.told.keys().copied().collect();
        for window in &windows {
            toplevels.introduce(display, &manager, *window);
        }
        for window in windows {
            let told = state.globals.foreign_toplevels.told.get(&window);
            if let Some(told) = told
                && let Some(handle) = told.handles.last()
            {
                state.tell_handle(handle, None, &told.looks);
            }
        }
        state.globals.foreign_toplevels.managers.push(manager);
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ZwlrForeignToplevelManagerV1>(&client)
    }
}

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        manager: &ZwlrForeignToplevelManagerV1,
        request: zwlr_foreign_toplevel_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        if let zwlr_foreign_toplevel_manager_v1::Request::Stop = request {
            let managers = &mut state.globals.foreign_toplevels.managers;
            managers.retain(|other| other != manager);
            manager.finished();
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        manager: &ZwlrForeignToplevelManagerV1,
        _data: &(),
    ) {
        let managers = &mut state.globals.foreign_toplevels.managers;
        managers.retain(|other| other != manager);
    }
}

impl Dispatch<ZwlrForeignToplevelHandleV1, HandleData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        handle: &ZwlrForeignToplevelHandleV1,
        request: zwlr_foreign_toplevel_handle_v1::Request,
        data: &HandleData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_foreign_toplevel_handle_v1::{Error, Request};
        let id = data.window;
        let Some(model) = state.layout.window(id) else {
            return;
        };
        let (maximised, fullscreen) = (model.is_maximised(), model.is_fullscreen());
        let minimised = model.is_minimised();
        match request {
            // Who asks for a hidden window to fill something wants to see it.
            Request::SetMaximized => {
                state.layout.set_placement(id, Placement::Maximised);
                state.layout.set_minimised(id, false);
            }
            Request::UnsetMaximized if maximised => {
                state.layout.set_placement(id, Placement::Floating);
            }
            Request::SetMinimized => state.layout.set_minimised(id, true),
            Request::UnsetMinimized if minimised => state.focus_window(id),
            Request::Activate { .. } => state.focus_window(id),
            Request::Close => return state.close_window(id),
            Request::SetFullscreen { output } => {
                let output = output.and_then(|output| Output::from_resource(&output));
                let output = output.and_then(|output| state.id_of_output(&output));
                state.layout.set_fullscreen(id, true, output);
                state.layout.set_minimised(id, false);
            }
            Request::UnsetFullscreen if fullscreen => {
                state.layout.set_fullscreen(id, false, None);
            }
            Request::SetRectangle { width, height, .. } if width < 0 || height < 0 => {
                let why = format!("{width}×{height} is no rectangle");
                return handle.post_error(Error::InvalidRectangle, why);
            }
            // Where a dock shows the window: nothing is moved there.
            _ => return,
        }
        state.layout_changed();
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        handle: &ZwlrForeignToplevelHandleV1,
        data: &HandleData,
    ) {
        let told = state.globals.foreign_toplevels.told.get_mut(&data.window);
        if let Some(told) = told {
            told.handles.retain(|other| other != handle);
        }
    }
}

impl Goblin {
    fn looks_of(&self, id: WindowId) -> Option<Looks> {
        let (window, model) = (self.windows.get(id)?, self.layout.window(id)?);
        Some(Looks {
            title: window.title.clone(),
            app_id: window.app_id.clone(),
            maximised: model.is_maximised(),
            minimised: model.is_minimised(),
            activated: self.layout.focused() == Some(id),
            fullscreen: model.is_fullscreen(),
            outputs: window.on.clone(),
            parent: model.parent(),
        })
    }

    /// Tells everybody who follows the list of windows what has changed in it.
    pub(crate) fn refresh_foreign_toplevels(&mut self) {
        if !std::mem::take(&mut self.globals.foreign_toplevels.dirty) {
            return;
        }
        let windows = self.layout.windows().map(crate::layout::Window::id);
        let now: BTreeMap<WindowId, Looks> = windows
            .filter_map(|id| Some((id, self.looks_of(id)?)))
            .collect();
        let display = self.display.clone();
        let toplevels = &mut self.globals.foreign_toplevels;
        let gone = |id: &WindowId, _: &mut Told| !now.contains_key(id);
        for (_, told) in toplevels.told.extract_if(.., gone).collect::<Vec<_>>() {
            toplevels.list.remove_toplevel(&told.listed);
            told.handles
                .iter()
                .for_each(ZwlrForeignToplevelHandleV1::closed);
        }
        let managers = toplevels.managers.clone();
        let mut changed = Vec::new();
        for (id, looks) in now {
            let before = match toplevels.told.get_mut(&id) {
                Some(told) if told.looks == looks => continue,
                Some(told) => {
                    tell_listed(told, &looks);
                    Some(std::mem::replace(&mut told.looks, looks))
                }
                None => {
                    let list = &mut toplevels.list;
                    let listed = list.new_toplevel::<Goblin>(&looks.title, &looks.app_id);
                    // What a client captures by this handle is that window.
                    listed.user_data().insert_if_missing(|| id);
                    let handles = Vec::new();
                    let told = Told {
                        looks,
                        listed,
                        handles,
                    };
                    toplevels.told.insert(id, told);
                    for manager in &managers {
                        toplevels.introduce(&display, manager, id);
                    }
                    None
                }
            };
            changed.push((id, before));
        }
        // Only now: a parent may be among those that are new.
        for (id, before) in changed {
            if let Some(told) = self.globals.foreign_toplevels.told.get(&id) {
                for handle in &told.handles {
                    self.tell_handle(handle, before.as_ref(), &told.looks);
                }
            }
        }
    }

    /// Tells one handle what of a window is new to it.
    fn tell_handle(
        &self,
        handle: &ZwlrForeignToplevelHandleV1,
        before: Option<&Looks>,
        now: &Looks,
    ) {
        let news = |of: &dyn Fn(&Looks) -> bool| before.is_none_or(of);
        if news(&|old| old.title != now.title) {
            handle.title(now.title.clone());
        }
        if news(&|old| old.app_id != now.app_id) {
            handle.app_id(now.app_id.clone());
        }
        let version = handle.version();
        if news(&|old| old.states(version) != now.states(version)) {
            handle.state(now.states(version));
        }
        let outputs = |of: &Looks, other: Option<&Looks>| -> Vec<WlOutput> {
            let elsewhere = |id: &&OutputId| other.is_none_or(|other| !other.outputs.contains(id));
            let ids = of.outputs.iter().filter(elsewhere);
            ids.filter_map(|id| self.output_state(*id))
                .flat_map(|state| outputs_of(handle, &state.output))
                .collect()
        };
        let left = before.map(|before| outputs(before, Some(now)));
        for output in left.into_iter().flatten() {
            handle.output_leave(&output);
        }
        for output in outputs(now, before) {
            handle.output_enter(&output);
        }
        let told_parent = before.map_or(now.parent.is_none(), |old| old.parent == now.parent);
        if !told_parent && version >= zwlr_foreign_toplevel_handle_v1::EVT_PARENT_SINCE {
            let toplevels = &self.globals.foreign_toplevels;
            handle.parent(toplevels.beside(handle, now.parent).as_ref());
        }
        handle.done();
    }

    /// A client has bound an output: its handles are told of the windows that are on it.
    pub(crate) fn toplevels_met(&self, id: OutputId, output: &WlOutput) {
        for told in self.globals.foreign_toplevels.told.values() {
            if told.looks.outputs.contains(&id) {
                let same = |handle: &&ZwlrForeignToplevelHandleV1| {
                    handle.id().same_client_as(&output.id())
                };
                for handle in told.handles.iter().filter(same) {
                    handle.output_enter(output);
                    handle.done();
                }
            }
        }
    }

    /// An output is gone, and no window is on it any more.
    pub(crate) fn toplevels_left(&mut self, id: OutputId, output: &Output) {
        for told in self.globals.foreign_toplevels.told.values_mut() {
            if !told.looks.outputs.contains(&id) {
                continue;
            }
            told.looks.outputs.retain(|on| *on != id);
            for handle in &told.handles {
                for output in outputs_of(handle, output) {
                    handle.output_leave(&output);
                }
                handle.done();
            }
        }
    }
}

/// The objects that a handle's client has for an output.
fn outputs_of(handle: &ZwlrForeignToplevelHandleV1, output: &Output) -> Vec<WlOutput> {
    let client = handle.client();
    client.map_or_else(Vec::new, |client| output.client_outputs(&client).collect())
}

/// The newer protocol knows names only.
fn tell_listed(told: &Told, now: &Looks) {
    let (title, app_id) = (
        told.looks.title != now.title,
        told.looks.app_id != now.app_id,
    );
    if title {
        told.listed.send_title(&now.title);
    }
    if app_id {
        told.listed.send_app_id(&now.app_id);
    }
    if title || app_id {
        told.listed.send_done();
    }
}
