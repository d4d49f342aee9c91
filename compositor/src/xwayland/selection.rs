//! Who has the clipboard and the primary selection, as X11 programs and all others see it (ICCCM 2,
//! XFIXES 1). What a Wayland client offers, we own at the X server; what an X11 client owns, we offer
//! to Wayland clients. The data itself goes through [`outgoing`](super::outgoing) and
//! [`incoming`](super::incoming).

use std::os::fd::OwnedFd;

use smithay::wayland::selection::SelectionTarget;
use x11rb::connection::Connection as _;
use x11rb::protocol::xfixes::{
    ConnectionExt as _, SelectionEventMask, SelectionNotifyEvent as Owned,
};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Timestamp, Window as Xid,
    WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::connection::{Atoms, X11, X11Error};
use super::incoming::Incoming;
use super::outgoing::Outgoing;
use super::properties::of_living;
use crate::goblin::Goblin;

/// The types that are taken of one offer.
const TYPES: usize = 256;
/// Text as X11 calls it, and as MIME does.
const UTF8: &str = "text/plain;charset=utf-8";
const PLAIN: &str = "text/plain";

/// Both selections and the transfers under way.
pub(super) struct Selections {
    clipboard: Selection,
    primary: Selection,
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) incoming: Vec<Incoming>,
    /// Transfers so far.
    pub(super) numbers: u64,
}

/// One selection.
struct Selection {
    atom: Atom,
    /// A window of ours, which owns it on behalf of Wayland clients.
    window: Xid,
    /// Since when it does, in the server's time.
    since: Timestamp,
    /// What a Wayland client offers through us.
    served: Option<Vec<String>>,
    /// What an X11 client offers: as MIME calls it, and as the client does.
    offered: Vec<(String, Atom)>,
}

/// The types that Wayland clients offer, whether or not an X server runs.
#[derive(Default)]
pub(super) struct Held {
    clipboard: Option<Vec<String>>,
    primary: Option<Vec<String>>,
}

impl Held {
    fn slot(&mut self, which: SelectionTarget) -> &mut Option<Vec<String>> {
        match which {
            SelectionTarget::Clipboard => &mut self.clipboard,
            SelectionTarget::Primary => &mut self.primary,
        }
    }
}

/// Both, in the order in which they are begun.
const BOTH: [SelectionTarget; 2] = [SelectionTarget::Clipboard, SelectionTarget::Primary];

impl Selections {
    /// Begins to follow the owners of both.
    pub(super) fn new(x11: &X11, atoms: &Atoms, root: Xid) -> Result<Self, X11Error> {
        let follow = |atom| -> Result<Selection, X11Error> {
            let window = small_window(x11, root)?;
            let mask = SelectionEventMask::SET_SELECTION_OWNER
                | SelectionEventMask::SELECTION_WINDOW_DESTROY
                | SelectionEventMask::SELECTION_CLIENT_CLOSE;
            x11.xfixes_select_selection_input(window, atom, mask)?;
            Ok(Selection {
                atom,
                window,
                since: x11rb::CURRENT_TIME,
                served: None,
                offered: Vec::new(),
            })
        };
        Ok(Self {
            clipboard: follow(atoms.CLIPBOARD)?,
            primary: follow(AtomEnum::PRIMARY.into())?,
            outgoing: Vec::new(),
            incoming: Vec::new(),
            numbers: 0,
        })
    }

    fn get(&self, which: SelectionTarget) -> &Selection {
        match which {
            SelectionTarget::Clipboard => &self.clipboard,
            SelectionTarget::Primary => &self.primary,
        }
    }

    fn get_mut(&mut self, which: SelectionTarget) -> &mut Selection {
        match which {
            SelectionTarget::Clipboard => &mut self.clipboard,
            SelectionTarget::Primary => &mut self.primary,
        }
    }

    fn named(&self, atom: Atom) -> Option<SelectionTarget> {
        BOTH.into_iter().find(|which| self.get(*which).atom == atom)
    }

    /// Whether a window is one of ours.
    pub(super) fn is_own(&self, window: Xid) -> bool {
        BOTH.iter().any(|which| self.get(*which).window == window)
            || self
                .incoming
                .iter()
                .any(|transfer| transfer.window == window)
    }
}

/// A window that is never shown, for data to be put on.
pub(super) fn small_window(x11: &X11, root: Xid) -> Result<Xid, X11Error> {
    let window = x11.generate_id()?;
    let aux = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    let class = WindowClass::INPUT_ONLY;
    x11.create_window(0, window, root, -1, -1, 1, 1, 0, class, 0, &aux)?;
    Ok(window)
}

impl Goblin {
    /// A Wayland client offers something, or nobody does any more: X11 clients see it as ours.
    pub(crate) fn serve_x11_selection(
        &mut self,
        which: SelectionTarget,
        types: Option<Vec<String>>,
    ) {
        self.xwayland.held.slot(which).clone_from(&types);
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let x11 = wm.x11.clone();
        let selection = wm.selections.get_mut(which);
        let owner = match &types {
            Some(_) => selection.window,
            None if selection.served.is_none() => return,
            None => x11rb::NONE,
        };
        selection.served = types;
        let (atom, now) = (selection.atom, x11rb::CURRENT_TIME);
        if let Err(error) = x11.set_selection_owner(owner, atom, now) {
            self.x11_failed(&error.into());
        }
    }

    /// An X server has started: it learns what there is.
    pub(super) fn serve_x11_selections(&mut self) {
        for which in BOTH {
            let types = self.xwayland.held.slot(which).clone();
            if types.is_some() {
                self.serve_x11_selection(which, types);
            }
        }
    }

    /// The X server has ended: what its clients offered is gone.
    pub(super) fn forget_x11_selections(&mut self) {
        for which in BOTH {
            self.x11_selected(which, None);
        }
    }

    /// A selection has another owner.
    pub(super) fn x11_owned(&mut self, event: &Owned) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let Some(which) = wm.selections.named(event.selection) else {
            return Ok(());
        };
        let targets = wm.atoms.TARGETS;
        let selection = wm.selections.get_mut(which);
        if event.owner == selection.window {
            selection.since = event.selection_timestamp;
            selection.offered.clear();
            return Ok(());
        }
        selection.served = None;
        if event.owner == x11rb::NONE {
            if !std::mem::take(&mut selection.offered).is_empty() {
                self.x11_selected(which, None);
            }
            return Ok(());
        }
        // What it has is asked first; the answer is a `SelectionNotify`.
        let (window, atom, time) = (selection.window, selection.atom, event.selection_timestamp);
        wm.x11
            .convert_selection(window, atom, targets, targets, time)?;
        Ok(())
    }

    /// An X11 client has answered what we asked of its selection.
    pub(super) fn x11_answered(&mut self, event: &SelectionNotifyEvent) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let Some(which) = wm.selections.named(event.selection) else {
            return Ok(());
        };
        if event.requestor != wm.selections.get(which).window {
            return self.x11_incoming_answered(event.requestor, event.property);
        }
        if event.property != wm.atoms.TARGETS {
            return Ok(());
        }
        let (x11, atoms) = (wm.x11.clone(), wm.atoms);
        let most = u32::try_from(TYPES).unwrap_or(u32::MAX);
        let (window, any) = (event.requestor, AtomEnum::ANY);
        let reply = x11.get_property(true, window, atoms.TARGETS, any, 0, most)?;
        let targets: Vec<Atom> = of_living(reply.reply())?
            .and_then(|reply| Some(reply.value32()?.collect()))
            .unwrap_or_default();
        let names: Vec<_> = targets
            .iter()
            .map(|target| x11.get_atom_name(*target))
            .collect::<Result<_, _>>()?;
        let mut offered = Vec::new();
        for (target, name) in targets.into_iter().zip(names) {
            let Some(name) = of_living(name.reply())? else {
                continue;
            };
            let mime = mime_of(&String::from_utf8_lossy(&name.name));
            // The first that means a type is the best: clients name them in that order.
            if let Some(mime) = mime
                && !offered.iter().any(|(other, _)| *other == mime)
            {
                offered.push((mime, target));
            }
        }
        let types: Vec<String> = offered.iter().map(|(mime, _)| mime.clone()).collect();
        if let Some(wm) = self.xwayland.wm_mut() {
            wm.selections.get_mut(which).offered = offered;
        }
        if !types.is_empty() {
            *self.xwayland.held.slot(which) = None;
            self.x11_selected(which, Some(types));
        }
        Ok(())
    }

    /// An X11 client wants what a Wayland client offers.
    pub(super) fn x11_requested(&mut self, event: SelectionRequestEvent) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm() else {
            return Ok(());
        };
        let (x11, atoms) = (wm.x11.clone(), wm.atoms);
        let which = wm.selections.named(event.selection);
        let served = which.and_then(|which| {
            let selection = wm.selections.get(which);
            Some((which, selection.served.as_deref()?, selection.since))
        });
        let Some((which, types, since)) = served else {
            return answer(&x11, &event, false);
        };
        let (replace, requestor) = (PropMode::REPLACE, event.requestor);
        let property = property_of(&event);
        if event.target == atoms.TARGETS {
            let mut targets = vec![atoms.TARGETS, atoms.TIMESTAMP];
            for name in types.iter().filter_map(|mime| target_of(mime)) {
                targets.push(x11.intern_atom(false, name.as_bytes())?.reply()?.atom);
            }
            x11.change_property32(replace, requestor, property, AtomEnum::ATOM, &targets)?;
            return answer(&x11, &event, true);
        }
        if event.target == atoms.TIMESTAMP {
            x11.change_property32(replace, requestor, property, AtomEnum::INTEGER, &[since])?;
            return answer(&x11, &event, true);
        }
        let name = of_living(x11.get_atom_name(event.target)?.reply())?;
        let mime = name.and_then(|name| {
            let name = String::from_utf8_lossy(&name.name).into_owned();
            let mime = mime_of(&name)?;
            // One that names text in the old way may be answered in the new one.
            let also = [mime.as_str(), UTF8, PLAIN];
            let wanted = if mime == PLAIN { &also[..] } else { &also[..1] };
            let found = wanted
                .iter()
                .find(|mime| types.iter().any(|has| has == *mime));
            found.map(|mime| (*mime).to_owned())
        });
        match mime {
            Some(mime) => self.begin_outgoing(which, mime, event),
            None => answer(&x11, &event, false),
        }
    }

    /// Writes what an X11 client offers to a Wayland client.
    pub(crate) fn x11_gives(&mut self, which: SelectionTarget, mime: &str, fd: OwnedFd) {
        let Some(wm) = self.xwayland.wm() else {
            return;
        };
        let selection = wm.selections.get(which);
        let target = selection
            .offered
            .iter()
            .find_map(|(offered, target)| (offered == mime).then_some(*target));
        let Some(target) = target else { return };
        let atom = selection.atom;
        if let Err(error) = self.begin_incoming(atom, target, fd) {
            self.x11_failed(&error);
        }
    }
}

/// Tells who asked that the data is there, or that there will be none (ICCCM 2.2).
pub(super) fn answer(
    x11: &X11,
    request: &SelectionRequestEvent,
    given: bool,
) -> Result<(), X11Error> {
    let event = SelectionNotifyEvent {
        response_type: SELECTION_NOTIFY_EVENT,
        sequence: 0,
        time: request.time,
        requestor: request.requestor,
        selection: request.selection,
        target: request.target,
        property: if given {
            property_of(request)
        } else {
            x11rb::NONE
        },
    };
    x11.send_event(false, request.requestor, EventMask::NO_EVENT, event)?;
    Ok(())
}

/// The property that the data goes to: clients of old name none, and mean the target's.
pub(super) fn property_of(request: &SelectionRequestEvent) -> Atom {
    if request.property == x11rb::NONE {
        request.target
    } else {
        request.property
    }
}

/// What MIME calls a target. `None` for those that are not data.
fn mime_of(target: &str) -> Option<String> {
    match target {
        "UTF8_STRING" => Some(UTF8.to_owned()),
        "STRING" | "TEXT" => Some(PLAIN.to_owned()),
        // What has no slash is no type.
        other => other.contains('/').then(|| other.to_owned()),
    }
}

/// What X11 calls a type. `None`: an X11 name already, which another name stands for.
fn target_of(mime: &str) -> Option<&str> {
    match mime {
        UTF8 => Some("UTF8_STRING"),
        PLAIN => Some("STRING"),
        other => other.contains('/').then_some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_comes_back_from_x11_as_it_was() {
        for mime in [UTF8, PLAIN, "image/png", "text/html", "text/uri-list"] {
            let target = target_of(mime).unwrap();
            assert_eq!(mime_of(target).as_deref(), Some(mime));
        }
        for name in ["TARGETS", "MULTIPLE", "SAVE_TARGETS"] {
            assert_eq!(mime_of(name), None, "{name} is not data");
        }
    }
}
