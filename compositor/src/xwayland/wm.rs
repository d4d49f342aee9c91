//! The window manager's side of an X server: its connection, and what is known of its windows.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use smithay::reexports::wayland_server::Client;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use x11rb::connection::Connection;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xfixes::{ClientDisconnectFlags, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    Window as Xid, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::connection::{Atoms, X11, X11Error, connect};
use super::plane::XRect;
use super::properties::Properties;
use super::selection::Selections;
use super::tell::{Told, ToldWindow};
use crate::layout::WindowId;

/// The version of XFIXES that knows of clients which keep no server running.
const XFIXES: (u32, u32) = (6, 0);
/// What clients see as the window manager's name.
const NAME: &[u8] = b"goblin";

/// The window manager of one X server.
pub(super) struct Wm {
    pub(super) x11: Rc<X11>,
    pub(super) atoms: Atoms,
    pub(super) root: Xid,
    /// A window of our own: clients know by it that there is a window manager.
    own: Xid,
    /// The X server as a client of ours.
    pub(super) client: Client,
    pub(super) windows: BTreeMap<Xid, XWindow>,
    /// The windows that lie where they ask, above all that we manage; bottom to top.
    pub(super) unmanaged: Vec<Xid>,
    /// Surfaces that windows were said to be drawn on, before the surfaces were there, by number.
    pub(super) announced: HashMap<u32, Xid>,
    /// The same, by the serial of `xwayland_shell_v1`.
    pub(super) serials: HashMap<u64, Xid>,
    pub(super) told: Told,
    pub(super) selections: Selections,
}

/// A window of an X11 client.
pub(super) struct XWindow {
    /// It lies where its client puts it, and we keep out of it: a menu, a tooltip.
    pub(super) override_redirect: bool,
    pub(super) mapped: bool,
    pub(super) place: XRect,
    pub(super) properties: Properties,
    /// What it is drawn on, while it is mapped.
    pub(super) surface: Option<WlSurface>,
    /// The window of the layout, while it is one.
    pub(super) window: Option<WindowId>,
    pub(super) told: Option<ToldWindow>,
    /// Its client asked for another place, and must be told what comes of it (ICCCM 4.1.5).
    pub(super) asked: bool,
}

impl XWindow {
    pub(super) fn new(place: XRect, override_redirect: bool) -> Self {
        Self {
            override_redirect,
            mapped: false,
            place,
            properties: Properties::default(),
            surface: None,
            window: None,
            told: None,
            asked: false,
        }
    }
}

impl Wm {
    /// Makes ready to be the window manager on a connection. The server lets no client in before
    /// [`Wm::let_clients_in`].
    pub(super) fn start(stream: UnixStream, client: Client) -> Result<Self, X11Error> {
        let x11 = connect(stream)?;
        let atoms = Atoms::new(&x11)?.reply()?;
        let screen = x11.setup().roots.first();
        let Some((root, depth)) = screen.map(|screen| (screen.root, screen.root_depth)) else {
            return Err(x11rb::errors::ConnectionError::UnknownError.into());
        };
        let manage = ChangeWindowAttributesAux::new().event_mask(
            EventMask::SUBSTRUCTURE_REDIRECT
                | EventMask::SUBSTRUCTURE_NOTIFY
                | EventMask::PROPERTY_CHANGE,
        );
        x11.change_window_attributes(root, &manage)?.check()?;
        x11.composite_redirect_subwindows(root, Redirect::MANUAL)?;

        let own = x11.generate_id()?;
        let (class, aux) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        x11.create_window(depth, own, root, -1, -1, 1, 1, 0, class, 0, &aux)?;
        let number = |window, property, values: &[u32]| {
            x11.change_property32(
                PropMode::REPLACE,
                window,
                property,
                AtomEnum::WINDOW,
                values,
            )
        };
        number(root, atoms._NET_SUPPORTING_WM_CHECK, &[own])?;
        number(own, atoms._NET_SUPPORTING_WM_CHECK, &[own])?;
        number(root, atoms._NET_CLIENT_LIST, &[])?;
        number(root, atoms._NET_CLIENT_LIST_STACKING, &[])?;
        number(root, atoms._NET_ACTIVE_WINDOW, &[x11rb::NONE])?;
        let (replace, utf8) = (PropMode::REPLACE, atoms.UTF8_STRING);
        x11.change_property8(replace, own, atoms._NET_WM_NAME, utf8, NAME)?;
        let supported = supported(&atoms);
        x11.change_property32(
            replace,
            root,
            atoms._NET_SUPPORTED,
            AtomEnum::ATOM,
            &supported,
        )?;
        // We are no client to be kept running for.
        x11.xfixes_query_version(XFIXES.0, XFIXES.1)?.reply()?;
        x11.xfixes_set_client_disconnect_mode(ClientDisconnectFlags::TERMINATE)?;
        let selections = Selections::new(&x11, &atoms, root)?;
        Ok(Self {
            x11: Rc::new(x11),
            atoms,
            root,
            own,
            client,
            windows: BTreeMap::new(),
            unmanaged: Vec::new(),
            announced: HashMap::new(),
            serials: HashMap::new(),
            told: Told::default(),
            selections,
        })
    }

    /// Becomes the window manager. With the first of these the server begins to listen to its clients.
    pub(super) fn let_clients_in(&self) -> Result<(), X11Error> {
        for name in [self.atoms.WM_S0, self.atoms._NET_WM_CM_S0] {
            self.x11
                .set_selection_owner(self.own, name, x11rb::CURRENT_TIME)?;
        }
        Ok(self.x11.flush()?)
    }

    /// Whether a window is one of our own making.
    pub(super) fn is_own(&self, window: Xid) -> bool {
        window == self.own || self.selections.is_own(window)
    }

    /// The window of the layout that an X11 window is.
    pub(super) fn window_of(&self, xid: Xid) -> Option<WindowId> {
        self.windows.get(&xid)?.window
    }
}

/// What of EWMH is kept to.
fn supported(atoms: &Atoms) -> [u32; 20] {
    [
        atoms._NET_ACTIVE_WINDOW,
        atoms._NET_CLIENT_LIST,
        atoms._NET_CLIENT_LIST_STACKING,
        atoms._NET_CLOSE_WINDOW,
        atoms._NET_FRAME_EXTENTS,
        atoms._NET_REQUEST_FRAME_EXTENTS,
        atoms._NET_SUPPORTING_WM_CHECK,
        atoms._NET_WM_MOVERESIZE,
        atoms._NET_WM_NAME,
        atoms._NET_WM_STATE,
        atoms._NET_WM_STATE_ABOVE,
        atoms._NET_WM_STATE_DEMANDS_ATTENTION,
        atoms._NET_WM_STATE_FOCUSED,
        atoms._NET_WM_STATE_FULLSCREEN,
        atoms._NET_WM_STATE_HIDDEN,
        atoms._NET_WM_STATE_MAXIMIZED_HORZ,
        atoms._NET_WM_STATE_MAXIMIZED_VERT,
        atoms._NET_WM_STATE_MODAL,
        atoms._NET_WM_STATE_STICKY,
        atoms._NET_WM_WINDOW_TYPE,
    ]
}
