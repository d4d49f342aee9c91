//! What the X server and its clients are told of the layout: places, states, the focus, the order.
//! One pass over all windows finds what differs from what was told last, and says only that.

use smithay::reexports::wayland_server::Resource;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, CONFIGURE_NOTIFY_EVENT, ClientMessageEvent, ConfigureNotifyEvent,
    ConfigureWindowAux, ConnectionExt as _, EventMask, InputFocus, PropMode, StackMode,
    Window as Xid,
};
use x11rb::wrapper::ConnectionExt as _;

use super::connection::{Atoms, X11, X11Error};
use super::plane::{Plane, XRect};
use super::properties::InputModel;
use super::wm::Wm;
use crate::client::ClientState;
use crate::goblin::Goblin;
use crate::layout::{Insets, WindowId};
use crate::shell::X11Side;

/// `WM_STATE` of ICCCM 4.1.3.1.
const NORMAL: u32 = 1;
pub(super) const ICONIC: u32 = 3;

/// What was told of the whole.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The window that has the keyboard.
    pub(super) focus: Option<Xid>,
    /// All windows, the oldest first.
    clients: Vec<Xid>,
    /// All windows, bottom to top.
    stacking: Vec<Xid>,
    /// The scale that programs draw at.
    scale: Option<f64>,
}

/// What was told of one window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ToldWindow {
    place: XRect,
    states: Vec<Atom>,
    iconic: bool,
    /// Left, right, top and bottom of its frame.
    frame: [u32; 4],
}

impl Goblin {
    /// Tells the X server what has changed. Does nothing where nothing has.
    pub(crate) fn refresh_x11(&mut self) {
        let plane = self.x11_plane();
        let Some(wm) = self.xwayland.wm() else {
            return;
        };
        let rescaled = wm.told.scale != Some(plane.scale());
        self.xwayland.plane = plane;
        let told = self
            .rescale_x11(rescaled)
            .and_then(|()| self.tell_windows())
            .and_then(|()| self.tell_order())
            .and_then(|()| self.tell_focus());
        let flushed = told.and_then(|()| match self.xwayland.wm() {
            Some(wm) => Ok(wm.x11.flush()?),
            None => Ok(()),
        });
        if let Err(error) = flushed {
            self.x11_failed(&error);
        }
    }

    pub(super) fn x11_plane(&self) -> Plane {
        let outputs: Vec<_> = self
            .outputs
            .iter()
            .filter_map(|state| {
                let geometry = self.layout.output(state.id)?.geometry;
                Some((geometry, state.scale()))
            })
            .collect();
        Plane::new(&outputs)
    }

    /// The scale that X11 programs draw at has changed: the server learns the new size of its
    /// outputs, programs the density to draw at.
    fn rescale_x11(&mut self, changed: bool) -> Result<(), X11Error> {
        let scale = self.xwayland.plane.scale();
        let Some(wm) = self.xwayland.wm_mut().filter(|_| changed) else {
            return Ok(());
        };
        wm.told.scale = Some(scale);
        if let Some(state) = wm.client.get_data::<ClientState>() {
            state.compositor.set_client_scale(scale);
        }
        let density = resources(scale);
        wm.x11.change_property8(
            PropMode::REPLACE,
            wm.root,
            AtomEnum::RESOURCE_MANAGER,
            AtomEnum::STRING,
            density.as_bytes(),
        )?;
        for state in &self.outputs {
            // Says all of it again to a client whose scale has changed.
            state.output.change_current_state(None, None, None, None);
        }
        Ok(())
    }

    fn tell_windows(&mut self) -> Result<(), X11Error> {
        let ids: Vec<(Xid, WindowId)> = match self.xwayland.wm() {
            Some(wm) => wm
                .windows
                .iter()
                .filter_map(|(xid, window)| Some((*xid, window.window?)))
                .collect(),
            None => return Ok(()),
        };
        for (xid, id) in ids {
            let Some(wanted) = self.wanted_of_x11(id) else {
                continue;
            };
            let Some(wm) = self.xwayland.wm_mut() else {
                return Ok(());
            };
            let (x11, atoms) = (wm.x11.clone(), wm.atoms);
            let Some(window) = wm.windows.get_mut(&xid) else {
                continue;
            };
            let before = window.told.replace(wanted.clone());
            let asked = std::mem::take(&mut window.asked);
            if window.place != wanted.place {
                window.place = wanted.place;
                configure(&x11, xid, wanted.place)?;
            } else if asked {
                // No event of the server's would say so.
                tell_place(&x11, xid, wanted.place)?;
            }
            let same = |of: fn(&ToldWindow) -> bool| before.as_ref().map(of);
            if same(|told| told.iconic) != Some(wanted.iconic) {
                let state = if wanted.iconic { ICONIC } else { NORMAL };
                set(&x11, xid, atoms.WM_STATE, atoms.WM_STATE, &[state, 0])?;
            }
            if before.as_ref().map(|told| &told.states) != Some(&wanted.states) {
                let atom = AtomEnum::ATOM.into();
                set(&x11, xid, atoms._NET_WM_STATE, atom, &wanted.states)?;
            }
            if before.as_ref().map(|told| told.frame) != Some(wanted.frame) {
                tell_frame(&x11, &atoms, xid, wanted.frame)?;
            }
        }
        Ok(())
    }

    /// What a window of the layout is to be at the X server.
    fn wanted_of_x11(&self, id: WindowId) -> Option<ToldWindow> {
        let (window, model) = (self.windows.get(id)?, self.layout.window(id)?);
        let atoms = &self.xwayland.wm()?.atoms;
        let plane = &self.xwayland.plane;
        let content = self.layout.content_rect(id)?;
        let size = window.sent.size.unwrap_or(content.size);
        let place = XRect::new(plane.to_x(content.loc), plane.size_to_x(size));
        let frame = self.layout.frame_rect(id)?;
        let insets = Insets {
            left: content.loc.x - frame.loc.x,
            top: content.loc.y - frame.loc.y,
            right: frame.size.w - content.size.w - (content.loc.x - frame.loc.x),
            bottom: frame.size.h - content.size.h - (content.loc.y - frame.loc.y),
        };
        let maximised = model.is_maximised() && !model.is_fullscreen();
        let states = [
            (atoms._NET_WM_STATE_MAXIMIZED_HORZ, maximised),
            (atoms._NET_WM_STATE_MAXIMIZED_VERT, maximised),
            (atoms._NET_WM_STATE_FULLSCREEN, model.is_fullscreen()),
            (atoms._NET_WM_STATE_HIDDEN, model.is_minimised()),
            (atoms._NET_WM_STATE_FOCUSED, window.sent.activated),
            (atoms._NET_WM_STATE_ABOVE, model.is_on_top()),
            (atoms._NET_WM_STATE_STICKY, model.is_sticky()),
            (atoms._NET_WM_STATE_MODAL, window.shell.is_modal()),
            (atoms._NET_WM_STATE_DEMANDS_ATTENTION, window.rang),
        ];
        Some(ToldWindow {
            place,
            states: states
                .into_iter()
                .filter_map(|(state, on)| on.then_some(state))
                .collect(),
            iconic: model.is_minimised(),
            frame: frame_extents(insets, plane),
        })
    }

    fn tell_order(&mut self) -> Result<(), X11Error> {
        let of_layout = |id: &WindowId| {
            let side = self.windows.get(*id)?.shell.x11()?;
            Some(side.xid)
        };
        let stacking: Vec<Xid> = self
            .layout
            .stacking()
            .iter()
            .filter_map(of_layout)
            .collect();
        let mut clients: Vec<(WindowId, Xid)> = self
            .layout
            .windows()
            .filter_map(|window| Some((window.id(), of_layout(&window.id())?)))
            .collect();
        clients.sort_unstable();
        let clients: Vec<Xid> = clients.into_iter().map(|(_, xid)| xid).collect();
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let window = AtomEnum::WINDOW.into();
        if wm.told.clients != clients {
            let list = wm.atoms._NET_CLIENT_LIST;
            set(&wm.x11, wm.root, list, window, &clients)?;
            wm.told.clients = clients;
        }
        if wm.told.stacking != stacking {
            let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            for xid in stacking.iter().chain(&wm.unmanaged) {
                wm.x11.configure_window(*xid, &above)?;
            }
            let list = wm.atoms._NET_CLIENT_LIST_STACKING;
            set(&wm.x11, wm.root, list, window, &stacking)?;
            wm.told.stacking = stacking;
        }
        Ok(())
    }

    fn tell_focus(&mut self) -> Result<(), X11Error> {
        let focused = self.seat.get_keyboard().and_then(|keyboard| {
            let surface = keyboard.current_focus()?;
            self.windows.of_surface(&surface)?.shell.x11()
        });
        let focused = focused.map(|side: &X11Side| side.xid);
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        if wm.told.focus == focused {
            return Ok(());
        }
        wm.told.focus = focused;
        let active = [focused.unwrap_or(x11rb::NONE)];
        let window = AtomEnum::WINDOW.into();
        set(
            &wm.x11,
            wm.root,
            wm.atoms._NET_ACTIVE_WINDOW,
            window,
            &active,
        )?;
        wm.give_focus()
    }
}

impl Wm {
    /// Gives the keyboard to the window that has it, in the way that its client asks for.
    pub(super) fn give_focus(&self) -> Result<(), X11Error> {
        let Some(xid) = self.told.focus else {
            let nobody = x11rb::NONE;
            self.x11
                .set_input_focus(InputFocus::NONE, nobody, x11rb::CURRENT_TIME)?;
            return Ok(());
        };
        let model = self
            .windows
            .get(&xid)
            .map_or(InputModel::None, |window| window.properties.input_model());
        if matches!(model, InputModel::Passive | InputModel::LocallyActive) {
            let back = InputFocus::POINTER_ROOT;
            self.x11.set_input_focus(back, xid, x11rb::CURRENT_TIME)?;
        }
        if matches!(
            model,
            InputModel::LocallyActive | InputModel::GloballyActive
        ) {
            self.protocol(xid, self.atoms.WM_TAKE_FOCUS)?;
        }
        Ok(())
    }

    /// Tells a client something by one of the protocols that its window takes part in.
    pub(super) fn protocol(&self, xid: Xid, protocol: Atom) -> Result<(), X11Error> {
        let data = [protocol, x11rb::CURRENT_TIME, 0, 0, 0];
        let event = ClientMessageEvent::new(32, xid, self.atoms.WM_PROTOCOLS, data);
        self.x11
            .send_event(false, xid, EventMask::NO_EVENT, event)?;
        Ok(())
    }
}

/// Puts a window in its place.
pub(super) fn configure(x11: &X11, xid: Xid, place: XRect) -> Result<(), X11Error> {
    let side = |side: i32| u32::try_from(side).unwrap_or(1).max(1);
    let aux = ConfigureWindowAux::new()
        .x(place.loc.x)
        .y(place.loc.y)
        .width(side(place.size.w))
        .height(side(place.size.h))
        .border_width(0);
    x11.configure_window(xid, &aux)?;
    Ok(())
}

/// Tells a client that its window stays where it is (ICCCM 4.1.5).
fn tell_place(x11: &X11, xid: Xid, place: XRect) -> Result<(), X11Error> {
    let short = |side: i32| i16::try_from(side).unwrap_or(i16::MAX);
    let side = |side: i32| u16::try_from(side).unwrap_or(u16::MAX);
    let event = ConfigureNotifyEvent {
        response_type: CONFIGURE_NOTIFY_EVENT,
        sequence: 0,
        event: xid,
        window: xid,
        above_sibling: x11rb::NONE,
        x: short(place.loc.x),
        y: short(place.loc.y),
        width: side(place.size.w),
        height: side(place.size.h),
        border_width: 0,
        override_redirect: false,
    };
    x11.send_event(false, xid, EventMask::STRUCTURE_NOTIFY, event)?;
    Ok(())
}

/// Tells a client how far its frame reaches around its window: left, right, top, bottom.
pub(super) fn tell_frame(
    x11: &X11,
    atoms: &Atoms,
    xid: Xid,
    frame: [u32; 4],
) -> Result<(), X11Error> {
    let cardinal = AtomEnum::CARDINAL.into();
    set(x11, xid, atoms._NET_FRAME_EXTENTS, cardinal, &frame)
}

/// The sizes of a frame in X pixels: left, right, top, bottom.
pub(super) fn frame_extents(insets: Insets, plane: &Plane) -> [u32; 4] {
    let side = |side: i32| {
        let pixels = (f64::from(side) * plane.scale()).round().clamp(0.0, 1024.0);
        // Within the bounds above it is a whole number of few digits.
        pixels as u32
    };
    [insets.left, insets.right, insets.top, insets.bottom].map(side)
}

fn set(x11: &X11, xid: Xid, property: Atom, kind: Atom, values: &[u32]) -> Result<(), X11Error> {
    x11.change_property32(PropMode::REPLACE, xid, property, kind, values)?;
    Ok(())
}

/// The resources by which programs know the density to draw at (xrdb(1)): 96 dots per inch is one
/// pixel to a logical one.
fn resources(scale: f64) -> String {
    let density = (96.0 * scale).round();
    let cursor = (24.0 * scale).round();
    format!("Xft.dpi:\t{density}\nXcursor.size:\t{cursor}\n")
}

impl Goblin {
    /// Whether a surface is the X server's.
    pub(super) fn is_x11(&self, surface: &impl Resource) -> bool {
        self.xwayland
            .wm()
            .is_some_and(|wm| surface.client().as_ref() == Some(&wm.client))
    }
}
