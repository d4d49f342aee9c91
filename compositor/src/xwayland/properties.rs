//! What a client says of its window by properties (ICCCM 2.0 section 4, EWMH 1.5, Motif), read into
//! plain values. Whatever the bytes are, something sensible comes of them.

use x11rb::connection::RequestConnection;
use x11rb::errors::ReplyError;
use x11rb::properties::{WmClass, WmHints, WmHintsState, WmSizeHints, WmSizeHintsSpecification};
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, GetPropertyReply, Window};

use super::connection::{Atoms, X11, X11Error};
use super::plane::XSize;

/// No property is read further than this, in units of four bytes.
const LONGEST: u32 = 2048;
/// No title or class is kept longer than this, in bytes.
const LONGEST_NAME: usize = 1024;
/// The bit of the Motif hints that says that the decorations are given, and where they stand.
const MOTIF_DECORATIONS: (u32, usize) = (1 << 1, 2);

/// How a client wants to be given the keyboard (ICCCM 4.1.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputModel {
    /// It never wants it.
    None,
    /// We set it.
    Passive,
    /// We set it and say so.
    LocallyActive,
    /// We offer it, and the client sets it.
    GloballyActive,
}

/// What a client said of one window.
#[derive(Debug, Clone, Default)]
pub(super) struct Properties {
    net_name: Option<String>,
    name: String,
    /// The class of `WM_CLASS`.
    pub(super) class: String,
    /// `_NET_WM_PID`: what the client claims.
    pub(super) pid: Option<u32>,
    /// False only if it said so.
    refuses_input: bool,
    takes_focus: bool,
    /// It wants to be asked to close.
    pub(super) deletes: bool,
    pub(super) urgent: bool,
    pub(super) transient_for: Option<Window>,
    undecorated: bool,
    splash: bool,
    /// It begins minimised.
    pub(super) iconic: bool,
    /// Zero: no limit.
    pub(super) min: XSize,
    /// Zero: no limit.
    pub(super) max: XSize,
    /// Who chose the place that it asks for, if anyone.
    position: Option<WmSizeHintsSpecification>,
    /// States that were set before it was mapped.
    pub(super) maximised: bool,
    pub(super) fullscreen: bool,
    pub(super) modal: bool,
    pub(super) above: bool,
    pub(super) sticky: bool,
    pub(super) attention: bool,
}

impl Properties {
    /// The properties that are read.
    fn known(atoms: &Atoms) -> [Atom; 11] {
        [
            AtomEnum::WM_NAME.into(),
            AtomEnum::WM_CLASS.into(),
            AtomEnum::WM_HINTS.into(),
            AtomEnum::WM_NORMAL_HINTS.into(),
            AtomEnum::WM_TRANSIENT_FOR.into(),
            atoms.WM_PROTOCOLS,
            atoms._NET_WM_NAME,
            atoms._NET_WM_PID,
            atoms._NET_WM_STATE,
            atoms._NET_WM_WINDOW_TYPE,
            atoms._MOTIF_WM_HINTS,
        ]
    }

    /// Reads all of a window's.
    pub(super) fn read(x11: &X11, atoms: &Atoms, window: Window) -> Result<Self, X11Error> {
        let mut properties = Self::default();
        let known = Self::known(atoms);
        // All are asked for before the first is waited for.
        let asked: Vec<_> = known
            .iter()
            .map(|atom| x11.get_property(false, window, *atom, AtomEnum::ANY, 0, LONGEST))
            .collect::<Result<_, _>>()?;
        for (atom, cookie) in known.into_iter().zip(asked) {
            if let Some(reply) = of_living(cookie.reply())? {
                properties.apply(atoms, atom, &reply);
            }
        }
        Ok(properties)
    }

    /// Reads one that has changed. Returns whether it is one that matters.
    pub(super) fn reread(
        &mut self,
        x11: &X11,
        atoms: &Atoms,
        window: Window,
        atom: Atom,
    ) -> Result<bool, X11Error> {
        // The states of a mapped window are ours to write.
        if !Self::known(atoms).contains(&atom) || atom == atoms._NET_WM_STATE {
            return Ok(false);
        }
        let cookie = x11.get_property(false, window, atom, AtomEnum::ANY, 0, LONGEST)?;
        if let Some(reply) = of_living(cookie.reply())? {
            self.apply(atoms, atom, &reply);
        }
        Ok(true)
    }

    fn apply(&mut self, atoms: &Atoms, atom: Atom, reply: &GetPropertyReply) {
        let numbers = || reply.value32().into_iter().flatten();
        if atom == u32::from(AtomEnum::WM_NAME) {
            self.name = text(atoms, reply).unwrap_or_default();
        } else if atom == atoms._NET_WM_NAME {
            self.net_name = text(atoms, reply);
        } else if atom == u32::from(AtomEnum::WM_CLASS) {
            let class = WmClass::from_reply(reply.clone()).ok().flatten();
            self.class = class.map(|class| latin(class.class())).unwrap_or_default();
        } else if atom == u32::from(AtomEnum::WM_HINTS) {
            let hints = WmHints::from_reply(reply)
                .ok()
                .flatten()
                .unwrap_or_default();
            self.refuses_input = hints.input == Some(false);
            self.urgent = hints.urgent;
            self.iconic = matches!(hints.initial_state, Some(WmHintsState::Iconic));
        } else if atom == u32::from(AtomEnum::WM_NORMAL_HINTS) {
            let hints = WmSizeHints::from_reply(reply).ok().flatten();
            let hints = hints.unwrap_or_default();
            // Where there is no smallest size, the base size is it (ICCCM 4.1.2.3).
            self.min = size(hints.min_size.or(hints.base_size));
            self.max = size(hints.max_size);
            self.position = hints.position.map(|(who, _, _)| who);
        } else if atom == u32::from(AtomEnum::WM_TRANSIENT_FOR) {
            self.transient_for = numbers().next().filter(|window| *window != 0);
        } else if atom == atoms.WM_PROTOCOLS {
            self.takes_focus = numbers().any(|protocol| protocol == atoms.WM_TAKE_FOCUS);
            self.deletes = numbers().any(|protocol| protocol == atoms.WM_DELETE_WINDOW);
        } else if atom == atoms._NET_WM_PID {
            self.pid = numbers().next();
        } else if atom == atoms._NET_WM_STATE {
            let has = |state| numbers().any(|atom| atom == state);
            self.maximised =
                has(atoms._NET_WM_STATE_MAXIMIZED_HORZ) && has(atoms._NET_WM_STATE_MAXIMIZED_VERT);
            self.fullscreen = has(atoms._NET_WM_STATE_FULLSCREEN);
            self.modal = has(atoms._NET_WM_STATE_MODAL);
            self.above = has(atoms._NET_WM_STATE_ABOVE);
            self.sticky = has(atoms._NET_WM_STATE_STICKY);
            self.attention = has(atoms._NET_WM_STATE_DEMANDS_ATTENTION);
        } else if atom == atoms._NET_WM_WINDOW_TYPE {
            self.splash = numbers().any(|kind| kind == atoms._NET_WM_WINDOW_TYPE_SPLASH);
        } else if atom == atoms._MOTIF_WM_HINTS {
            let hints: Vec<u32> = numbers().collect();
            let (bit, place) = MOTIF_DECORATIONS;
            let given = hints.first().is_some_and(|flags| flags & bit != 0);
            self.undecorated = given && hints.get(place) == Some(&0);
        }
    }

    /// What the window is called.
    pub(super) fn title(&self) -> &str {
        self.net_name.as_deref().unwrap_or(&self.name)
    }

    /// Whether we draw its frame.
    pub(super) fn is_decorated(&self) -> bool {
        !self.undecorated && !self.splash
    }

    /// Whether its place is meant: a person chose it, or its program did and not for want of a
    /// better one.
    pub(super) fn has_place(&self, at: (i32, i32)) -> bool {
        match self.position {
            Some(WmSizeHintsSpecification::UserSpecified) => true,
            Some(WmSizeHintsSpecification::ProgramSpecified) => {
                at != (0, 0) && self.transient_for.is_none()
            }
            None => false,
        }
    }

    /// How it is given the keyboard.
    pub(super) fn input_model(&self) -> InputModel {
        match (self.refuses_input, self.takes_focus) {
            (false, false) => InputModel::Passive,
            (false, true) => InputModel::LocallyActive,
            (true, true) => InputModel::GloballyActive,
            (true, false) => InputModel::None,
        }
    }
}

/// A reply about a window that may be gone by now: then there is none.
pub(super) fn of_living<T>(reply: Result<T, ReplyError>) -> Result<Option<T>, X11Error> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

/// The process at the other end of the connection that a window belongs to, as the X server knows it
/// (X-Resource 1.2).
pub(super) fn pid_of(x11: &X11, window: Window) -> Result<Option<u32>, X11Error> {
    use x11rb::protocol::res::{self, ClientIdMask, ClientIdSpec, ConnectionExt as _};
    if x11
        .extension_information(res::X11_EXTENSION_NAME)?
        .is_none()
    {
        return Ok(None);
    }
    let of = ClientIdSpec {
        client: window,
        mask: ClientIdMask::LOCAL_CLIENT_PID,
    };
    let reply = of_living(x11.res_query_client_ids(&[of])?.reply())?;
    let ids = reply.map(|reply| reply.ids).unwrap_or_default();
    Ok(ids.iter().find_map(|id| id.value.first().copied()))
}

/// A name as Latin-1, where an X11 string says no better.
fn latin(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(LONGEST_NAME)];
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn text(atoms: &Atoms, reply: &GetPropertyReply) -> Option<String> {
    if reply.format != 8 {
        return None;
    }
    if reply.type_ == atoms.UTF8_STRING {
        let bytes = &reply.value[..reply.value.len().min(LONGEST_NAME)];
        return Some(String::from_utf8_lossy(bytes).into_owned());
    }
    Some(latin(&reply.value))
}

fn size(hint: Option<(i32, i32)>) -> XSize {
    let side = |side: i32| side.clamp(0, i32::from(i16::MAX));
    hint.map_or_else(XSize::default, |(w, h)| (side(w), side(h)).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Names that stand for themselves: the numbers do not matter, only that they differ.
    fn atoms() -> Atoms {
        let mut next = 1000;
        let mut number = || {
            next += 1;
            next
        };
        Atoms {
            CLIPBOARD: number(),
            INCR: number(),
            TARGETS: number(),
            TIMESTAMP: number(),
            UTF8_STRING: number(),
            WL_SURFACE_ID: number(),
            WL_SURFACE_SERIAL: number(),
            WM_S0: number(),
            WM_PROTOCOLS: number(),
            WM_TAKE_FOCUS: number(),
            WM_DELETE_WINDOW: number(),
            WM_CHANGE_STATE: number(),
            WM_STATE: number(),
            _GOBLIN_SELECTION: number(),
            _MOTIF_WM_HINTS: number(),
            _NET_ACTIVE_WINDOW: number(),
            _NET_CLIENT_LIST: number(),
            _NET_CLIENT_LIST_STACKING: number(),
            _NET_CLOSE_WINDOW: number(),
            _NET_FRAME_EXTENTS: number(),
            _NET_REQUEST_FRAME_EXTENTS: number(),
            _NET_SUPPORTED: number(),
            _NET_SUPPORTING_WM_CHECK: number(),
            _NET_WM_CM_S0: number(),
            _NET_WM_MOVERESIZE: number(),
            _NET_WM_NAME: number(),
            _NET_WM_PID: number(),
            _NET_WM_STATE: number(),
            _NET_WM_STATE_ABOVE: number(),
            _NET_WM_STATE_DEMANDS_ATTENTION: number(),
            _NET_WM_STATE_FOCUSED: number(),
            _NET_WM_STATE_FULLSCREEN: number(),
            _NET_WM_STATE_HIDDEN: number(),
            _NET_WM_STATE_MAXIMIZED_HORZ: number(),
            _NET_WM_STATE_MAXIMIZED_VERT: number(),
            _NET_WM_STATE_MODAL: number(),
            _NET_WM_STATE_STICKY: number(),
            _NET_WM_WINDOW_TYPE: number(),
            _NET_WM_WINDOW_TYPE_SPLASH: number(),
        }
    }

    fn reply(type_: Atom, format: u8, value: Vec<u8>) -> GetPropertyReply {
        GetPropertyReply {
            format,
            sequence: 0,
            length: 0,
            type_,
            bytes_after: 0,
            value_len: u32::try_from(value.len()).unwrap() / u32::from(format / 8).max(1),
            value,
        }
    }

    fn words(values: &[u32]) -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_ne_bytes())
            .collect()
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(
            which in 0_usize..11,
            type_ in 0_u32..1100,
            format in prop::sample::select(vec![0_u8, 8, 16, 32]),
            value in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let atoms = atoms();
            let mut properties = Properties::default();
            let atom = Properties::known(&atoms)[which];
            properties.apply(&atoms, atom, &reply(type_, format, value));
            prop_assert!(properties.title().len() <= 4 * LONGEST_NAME);
            prop_assert!(properties.min.w >= 0 && properties.max.h >= 0);
        }
    }

    #[test]
    fn a_title_in_unicode_goes_before_the_old_one() {
        let atoms = atoms();
        let mut properties = Properties::default();
        let old = reply(AtomEnum::STRING.into(), 8, b"caf\xe9".to_vec());
        properties.apply(&atoms, AtomEnum::WM_NAME.into(), &old);
        assert_eq!(properties.title(), "café");
        let new = reply(atoms.UTF8_STRING, 8, "字".as_bytes().to_vec());
        properties.apply(&atoms, atoms._NET_WM_NAME, &new);
        assert_eq!(properties.title(), "字");
    }

    #[test]
    fn motif_hints_take_the_frame_away() {
        let atoms = atoms();
        let mut properties = Properties::default();
        assert!(properties.is_decorated());
        let mut set = |flags: u32, decorations: u32| {
            let value = words(&[flags, 0, decorations, 0, 0]);
            let hints = reply(atoms._MOTIF_WM_HINTS, 32, value);
            properties.apply(&atoms, atoms._MOTIF_WM_HINTS, &hints);
            properties.is_decorated()
        };
        assert!(!set(2, 0), "without any");
        assert!(set(2, 1), "with all");
        assert!(set(1, 0), "of functions alone");
    }

    #[test]
    fn each_input_model_follows_from_the_two_hints() {
        let atoms = atoms();
        let model = |input: Option<u32>, takes_focus: bool| {
            let mut properties = Properties::default();
            let (flags, input) = (u32::from(input.is_some()), input.unwrap_or(0));
            let hints = words(&[flags, input, 0, 0, 0, 0, 0, 0, 0]);
            let hints = reply(AtomEnum::WM_HINTS.into(), 32, hints);
            properties.apply(&atoms, AtomEnum::WM_HINTS.into(), &hints);
            let protocols: &[u32] = if takes_focus {
                &[atoms.WM_TAKE_FOCUS]
            } else {
                &[]
            };
            let protocols = reply(AtomEnum::ATOM.into(), 32, words(protocols));
            properties.apply(&atoms, atoms.WM_PROTOCOLS, &protocols);
            properties.input_model()
        };
        assert_eq!(model(None, false), InputModel::Passive);
        assert_eq!(model(Some(1), true), InputModel::LocallyActive);
        assert_eq!(model(Some(0), true), InputModel::GloballyActive);
        assert_eq!(model(Some(0), false), InputModel::None);
    }
}
