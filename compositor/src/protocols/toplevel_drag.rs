//! `xdg_toplevel_drag_manager_v1`: a window that moves along with a drag, such as a tab that was torn
//! off.

use smithay::reexports::wayland_protocols::xdg::toplevel_drag::v1::server::{
    xdg_toplevel_drag_manager_v1::{self, Error as ManagerError, XdgToplevelDragManagerV1},
    xdg_toplevel_drag_v1::{self, Error, XdgToplevelDragV1},
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_data_source::WlDataSource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::utils::{Logical, Point};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::{Pos, WindowId};

/// No window hangs farther from the pointer than this, in logical pixels.
const FAR: i32 = 1 << 20;

/// The state of the global.
pub(crate) struct ToplevelDrags {
    _global: GlobalId,
    drags: Vec<Drag>,
}

/// One object of a client.
struct Drag {
    object: XdgToplevelDragV1,
    source: WlDataSource,
    /// The person drags at the moment.
    running: bool,
    /// The window that comes along, and where on its content the pointer holds it.
    attached: Option<(WlSurface, Pos)>,
}

impl ToplevelDrags {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, XdgToplevelDragManagerV1, _>(1, ()),
            drags: Vec::new(),
        }
    }

    /// A drag and drop begins.
    pub(crate) fn begin(&mut self, source: Option<&WlDataSource>) {
        for drag in &mut self.drags {
            drag.running = Some(&drag.source) == source;
        }
    }

    /// It ends, wherever that was.
    pub(crate) fn end(&mut self) {
        for drag in &mut self.drags {
            drag.running = false;
            drag.attached = None;
        }
    }

    /// A window is not shown any more.
    pub(crate) fn detach(&mut self, surface: &WlSurface) {
        for drag in &mut self.drags {
            drag.attached.take_if(|(attached, _)| attached == surface);
        }
    }
}

impl Goblin {
    /// The window that hangs at the pointer, and where the pointer holds it.
    pub(crate) fn dragged_window(&self) -> Option<(WindowId, Pos)> {
        let drags = &self.globals.toplevel_drags.drags;
        let drag = drags.iter().find(|drag| drag.running)?;
        let (surface, hold) = drag.attached.as_ref()?;
        let id = self.windows.id_of(surface)?;
        self.layout.window(id).map(|_| (id, *hold))
    }

    /// The pointer is elsewhere, or the window has come: it hangs at the pointer.
    pub(crate) fn move_dragged(&mut self, pos: Point<f64, Logical>) {
        if let Some((id, hold)) = self.dragged_window() {
            self.layout.move_to(id, pos.to_i32_floor::<i32>() - hold);
            self.layout_changed();
        }
    }
}

impl GlobalDispatch<XdgToplevelDragManagerV1, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<XdgToplevelDragManagerV1>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<XdgToplevelDragManagerV1>(&client)
    }
}

impl Dispatch<XdgToplevelDragManagerV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        manager: &XdgToplevelDragManagerV1,
        request: xdg_toplevel_drag_manager_v1::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let xdg_toplevel_drag_manager_v1::Request::GetXdgToplevelDrag { id, data_source } = request
        else {
            return;
        };
        let drags = &mut goblin.globals.toplevel_drags.drags;
        if drags.iter().any(|drag| drag.source == data_source) {
            let reason = "the source has a window's drag already";
            manager.post_error(ManagerError::InvalidSource, reason);
            return;
        }
        drags.push(Drag {
            object: data_init.init(id, ()),
            source: data_source,
            running: false,
            attached: None,
        });
    }
}

impl Dispatch<XdgToplevelDragV1, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        object: &XdgToplevelDragV1,
        request: xdg_toplevel_drag_v1::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        let toplevels = &goblin.globals.xdg_shell;
        let drags = &mut goblin.globals.toplevel_drags.drags;
        let Some(drag) = drags.iter_mut().find(|drag| drag.object == *object) else {
            return;
        };
        match request {
            xdg_toplevel_drag_v1::Request::Attach {
                toplevel,
                x_offset,
                y_offset,
            } => {
                if drag
                    .attached
                    .as_ref()
                    .is_some_and(|(surface, _)| surface.is_alive())
                {
                    object.post_error(Error::ToplevelAttached, "a window is attached already");
                    return;
                }
                let hold = (x_offset.clamp(-FAR, FAR), y_offset.clamp(-FAR, FAR));
                let surface = toplevels.get_toplevel(&toplevel);
                drag.attached = surface.map(|surface| (surface.wl_surface().clone(), hold.into()));
                goblin.move_dragged(goblin.pointer_location());
            }
            xdg_toplevel_drag_v1::Request::Destroy if drag.running => {
                object.post_error(Error::OngoingDrag, "the drag has not ended");
            }
            _ => {}
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &XdgToplevelDragV1, (): &()) {
        let drags = &mut goblin.globals.toplevel_drags.drags;
        drags.retain(|drag| drag.object != *object);
    }
}
