//! The client's side of one window, by whichever shell it came: `xdg_toplevel`, or X11 through
//! Xwayland. All that the two do differently is asked here; the rest of the compositor knows windows.

use smithay::backend::renderer::utils::with_renderer_surface_state;
use smithay::desktop::utils::{bbox_from_surface_tree, under_from_surface_tree};
use smithay::desktop::{Window as SurfaceWindow, WindowSurfaceType};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, Rectangle, Serial};
use smithay::wayland::compositor::with_states;
use smithay::wayland::shell::xdg::{SurfaceCachedState, ToplevelSurface, XdgToplevelSurfaceData};

use crate::layout::{SizeLimits, Wanted, WindowId};
use crate::windows::apply;

/// The client's side of a window.
pub(crate) enum Shell {
    /// A toplevel of `xdg_wm_base`.
    Xdg {
        toplevel: ToplevelSurface,
        window: SurfaceWindow,
    },
    /// A window of an X11 client, which we manage. Its server is told of its place, its states and
    /// the focus all at once, by [`refresh_x11`](crate::goblin::Goblin::refresh_x11).
    X11(X11Side),
}

/// What an X11 client said of its window by properties.
pub(crate) struct X11Side {
    /// The window's number at the X server.
    pub(crate) xid: u32,
    /// What the X server draws it on.
    pub(crate) surface: WlSurface,
    pub(crate) limits: SizeLimits,
    /// The window it is a dialog of (`WM_TRANSIENT_FOR`).
    pub(crate) parent: Option<WindowId>,
    /// It must be answered before its parent goes on (`_NET_WM_STATE_MODAL`).
    pub(crate) modal: bool,
}

/// The window that another is a dialog of, as its client names it.
pub(crate) enum Parent {
    Surface(WlSurface),
    Window(WindowId),
}

impl Shell {
    /// A toplevel that was just made.
    pub(crate) fn xdg(toplevel: ToplevelSurface) -> Self {
        Shell::Xdg {
            window: SurfaceWindow::new_wayland_window(toplevel.clone()),
            toplevel,
        }
    }

    pub(crate) fn surface(&self) -> &WlSurface {
        match self {
            Shell::Xdg { toplevel, .. } => toplevel.wl_surface(),
            Shell::X11(side) => &side.surface,
        }
    }

    /// The toplevel, of a window that came by `xdg_wm_base`.
    pub(crate) fn toplevel(&self) -> Option<&ToplevelSurface> {
        match self {
            Shell::Xdg { toplevel, .. } => Some(toplevel),
            Shell::X11(_) => None,
        }
    }

    pub(crate) fn x11(&self) -> Option<&X11Side> {
        match self {
            Shell::X11(side) => Some(side),
            Shell::Xdg { .. } => None,
        }
    }

    pub(crate) fn x11_mut(&mut self) -> Option<&mut X11Side> {
        match self {
            Shell::X11(side) => Some(side),
            Shell::Xdg { .. } => None,
        }
    }

    /// Takes note of a commit.
    pub(crate) fn committed(&self) {
        match self {
            Shell::Xdg { window, .. } => window.on_commit(),
            Shell::X11(_) => {}
        }
    }

    /// The part of its surface that counts as the window.
    pub(crate) fn geometry(&self) -> Rectangle<i32, Logical> {
        match self {
            Shell::Xdg { window, .. } => window.geometry(),
            Shell::X11(side) => {
                let size = with_renderer_surface_state(&side.surface, |state| state.surface_size());
                Rectangle::from_size(size.flatten().unwrap_or_default())
            }
        }
    }

    /// Whether its client said what counts as the window. Else all its surfaces do.
    pub(crate) fn has_own_geometry(&self) -> bool {
        match self {
            Shell::Xdg { toplevel, .. } => with_states(toplevel.wl_surface(), |states| {
                let mut cached = states.cached_state.get::<SurfaceCachedState>();
                cached.current().geometry.is_some()
            }),
            Shell::X11(_) => true,
        }
    }

    /// What all its surfaces cover, popups too, counted from its surface's corner.
    pub(crate) fn extent(&self) -> Rectangle<i32, Logical> {
        match self {
            Shell::Xdg { window, .. } => window.bbox_with_popups(),
            Shell::X11(side) => bbox_from_surface_tree(&side.surface, (0, 0)),
        }
    }

    /// Its surface at a point counted from its surface's corner, and where that surface lies.
    pub(crate) fn surface_under(
        &self,
        point: Point<f64, Logical>,
        kinds: WindowSurfaceType,
    ) -> Option<(WlSurface, Point<i32, Logical>)> {
        match self {
            Shell::Xdg { window, .. } => window.surface_under(point, kinds),
            Shell::X11(side) => under_from_surface_tree(&side.surface, point, (0, 0), kinds),
        }
    }

    /// The limits its client set on its size.
    pub(crate) fn limits(&self) -> SizeLimits {
        match self {
            Shell::Xdg { toplevel, .. } => with_states(toplevel.wl_surface(), |states| {
                let mut cached = states.cached_state.get::<SurfaceCachedState>();
                let current = cached.current();
                SizeLimits {
                    min: current.min_size,
                    max: current.max_size,
                }
            }),
            Shell::X11(side) => side.limits,
        }
    }

    /// Its title and its application's name, as its client last set them; `None` where they are told
    /// as they change.
    pub(crate) fn names(&self) -> Option<(String, String)> {
        let surface = self.toplevel()?.wl_surface();
        let names = with_states(surface, |states| {
            let role = states
                .data_map
                .get::<XdgToplevelSurfaceData>()?
                .lock()
                .ok()?;
            Some((role.title.clone(), role.app_id.clone()))
        });
        let (title, app_id) = names.unwrap_or_default();
        Some((title.unwrap_or_default(), app_id.unwrap_or_default()))
    }

    /// The window it is a dialog of.
    pub(crate) fn parent(&self) -> Option<Parent> {
        match self {
            Shell::Xdg { toplevel, .. } => toplevel.parent().map(Parent::Surface),
            Shell::X11(side) => side.parent.map(Parent::Window),
        }
    }

    /// Whether it must be answered before its parent goes on.
    pub(crate) fn is_modal(&self) -> bool {
        match self {
            Shell::Xdg { toplevel, .. } => with_states(toplevel.wl_surface(), |states| {
                let data = states.data_map.get::<XdgToplevelSurfaceData>();
                data.is_some_and(|data| data.lock().is_ok_and(|role| role.modal))
            }),
            Shell::X11(side) => side.modal,
        }
    }

    /// Whether its client waits to be told its first size before it draws.
    pub(crate) fn awaits_first_configure(&self) -> bool {
        self.toplevel()
            .is_some_and(|toplevel| !toplevel.is_initial_configure_sent())
    }

    /// Whether what the client has drawn may be its answer to what it was `sent` last. An X11 window
    /// has the size that it was given: any other is an older one, unless many are given in a row.
    pub(crate) fn answers(&self, sent: &Wanted) -> bool {
        match self {
            Shell::Xdg { .. } => true,
            Shell::X11(_) => {
                let drawn = self.geometry().size;
                sent.resizing || sent.size.is_none_or(|size| size == drawn)
            }
        }
    }

    /// Asks the client for what the layout wants. What it returns is acknowledged before the commit
    /// that answers it; without such a number, any commit may.
    pub(crate) fn configure(&self, wanted: Wanted) -> Option<Serial> {
        let toplevel = self.toplevel()?;
        toplevel.with_pending_state(|state| apply(wanted, state));
        Some(toplevel.send_configure())
    }
}
