//! Data of an X11 client on its way to a Wayland client: taken from a property of a window of ours,
//! in pieces where there is much of it (`INCR`, ICCCM 2.7.2), and written to the other's pipe. The
//! next piece is taken when the last has been written.

use std::os::fd::OwnedFd;
use std::rc::Rc;

use calloop::generic::Generic;
use calloop::{Interest, Mode, PostAction, RegistrationToken};
use rustix::io::Errno;
use tracing::warn;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, Window as Xid};

use super::connection::X11Error;
use super::outgoing::{MOST, STALLED};
use super::properties::of_living;
use super::selection::small_window;
use crate::clock::Due;
use crate::goblin::Goblin;

/// All of a property, in units of four bytes.
const ALL: u32 = 0x1fff_ffff;

/// One transfer.
pub(super) struct Incoming {
    /// Where the data is put for us.
    pub(super) window: Xid,
    pipe: Rc<OwnedFd>,
    /// Listens for room in the pipe, where it is full.
    room: Option<RegistrationToken>,
    /// It does now.
    listens: bool,
    /// Taken and not written yet.
    data: Vec<u8>,
    /// It comes in pieces.
    pieces: bool,
    /// A piece lies there and has not been taken.
    waits: bool,
    /// All of it has been taken.
    whole: bool,
    ends: Option<Due>,
}

impl Goblin {
    /// Asks an X11 client for its selection as one of its targets.
    pub(super) fn begin_incoming(
        &mut self,
        selection: Atom,
        target: Atom,
        pipe: OwnedFd,
    ) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm() else {
            return Ok(());
        };
        if wm.selections.incoming.len() >= MOST || rustix::io::ioctl_fionbio(&pipe, true).is_err() {
            return Ok(());
        }
        let (x11, property) = (wm.x11.clone(), wm.atoms._GOBLIN_SELECTION);
        let window = small_window(&x11, wm.root)?;
        x11.convert_selection(window, selection, target, property, x11rb::CURRENT_TIME)?;
        x11.flush()?;
        let ends = self.later(STALLED, move |goblin| goblin.end_incoming(window));
        if let Some(wm) = self.xwayland.wm_mut() {
            wm.selections.incoming.push(Incoming {
                window,
                pipe: Rc::new(pipe),
                room: None,
                listens: false,
                data: Vec::new(),
                pieces: false,
                waits: false,
                whole: false,
                ends,
            });
        }
        Ok(())
    }

    fn incoming(&mut self, window: Xid) -> Option<&mut Incoming> {
        let incoming = &mut self.xwayland.wm_mut()?.selections.incoming;
        incoming
            .iter_mut()
            .find(|transfer| transfer.window == window)
    }

    /// The client has put the data there, or the first word of it, or says that it cannot.
    pub(super) fn x11_incoming_answered(
        &mut self,
        window: Xid,
        property: Atom,
    ) -> Result<(), X11Error> {
        if self.incoming(window).is_none() {
            return Ok(());
        }
        if property == x11rb::NONE {
            self.end_incoming(window);
            return Ok(());
        }
        let Some((kind, data)) = self.take_piece(window)? else {
            self.end_incoming(window);
            return Ok(());
        };
        let incr = self.xwayland.wm().map(|wm| wm.atoms.INCR);
        if let Some(transfer) = self.incoming(window) {
            transfer.pieces = Some(kind) == incr;
            if !transfer.pieces {
                transfer.data = data;
                transfer.whole = true;
            }
        }
        self.incoming_goes_on(window)
    }

    /// The client has put the next piece there.
    pub(super) fn x11_piece_put(&mut self, window: Xid) -> Result<(), X11Error> {
        let Some(transfer) = self.incoming(window).filter(|transfer| transfer.pieces) else {
            return Ok(());
        };
        transfer.waits = true;
        self.incoming_goes_on(window)
    }

    /// Takes what lies on the property; the client sees by that that it may go on.
    fn take_piece(&mut self, window: Xid) -> Result<Option<(Atom, Vec<u8>)>, X11Error> {
        let Some(wm) = self.xwayland.wm() else {
            return Ok(None);
        };
        let (any, property) = (AtomEnum::ANY, wm.atoms._GOBLIN_SELECTION);
        let reply = wm.x11.get_property(true, window, property, any, 0, ALL)?;
        let reply = of_living(reply.reply())?;
        Ok(reply.map(|reply| (reply.type_, reply.value)))
    }

    /// Writes what can be written, and takes what can be taken.
    fn incoming_goes_on(&mut self, window: Xid) -> Result<(), X11Error> {
        let ends = self.later(STALLED, move |goblin| goblin.end_incoming(window));
        let before = match self.incoming(window) {
            Some(transfer) => std::mem::replace(&mut transfer.ends, ends),
            None => ends,
        };
        if let Some(before) = before {
            self.call_off(&before);
        }
        loop {
            let Some(transfer) = self.incoming(window) else {
                return Ok(());
            };
            while !transfer.data.is_empty() {
                match rustix::io::write(&*transfer.pipe, &transfer.data) {
                    Ok(written) => drop(transfer.data.drain(..written)),
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => {
                        self.await_room(window);
                        return Ok(());
                    }
                    // Nobody reads any more.
                    Err(_) => {
                        self.end_incoming(window);
                        return Ok(());
                    }
                }
            }
            if transfer.whole {
                self.end_incoming(window);
                return Ok(());
            }
            if !std::mem::take(&mut transfer.waits) {
                return Ok(());
            }
            let piece = self.take_piece(window)?.unwrap_or_default();
            if let Some(transfer) = self.incoming(window) {
                transfer.whole = piece.1.is_empty();
                transfer.data = piece.1;
            }
        }
    }

    /// The pipe is full: the rest is written when there is room.
    fn await_room(&mut self, window: Xid) {
        let handle = self.loop_handle.clone();
        let Some(transfer) = self.incoming(window) else {
            return;
        };
        // In its own callback a source must not be enabled: it is.
        if std::mem::replace(&mut transfer.listens, true) {
            return;
        }
        if let Some(room) = &transfer.room {
            if let Err(error) = handle.enable(room) {
                warn!("a pipe is not listened to: {error}");
            }
            return;
        }
        let source = Generic::new(transfer.pipe.clone(), Interest::WRITE, Mode::Level);
        let room = handle.insert_source(source, move |_, _, goblin| {
            if let Err(error) = goblin.incoming_goes_on(window) {
                goblin.x11_failed(&error);
            }
            let Some(transfer) = goblin.incoming(window) else {
                return Ok(PostAction::Remove);
            };
            transfer.listens = !transfer.data.is_empty();
            Ok(if transfer.listens {
                PostAction::Continue
            } else {
                PostAction::Disable
            })
        });
        transfer.room = room.ok();
    }

    /// Ends a transfer: its pipe is closed, whatever has come of it.
    fn end_incoming(&mut self, window: Xid) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let x11 = wm.x11.clone();
        let incoming = &mut wm.selections.incoming;
        let Some(place) = incoming
            .iter()
            .position(|transfer| transfer.window == window)
        else {
            return;
        };
        let transfer = incoming.swap_remove(place);
        if let Some(room) = transfer.room {
            self.loop_handle.remove(room);
        }
        if let Some(ends) = &transfer.ends {
            self.call_off(ends);
        }
        if let Err(error) = x11.destroy_window(window) {
            self.x11_failed(&error.into());
        }
    }

    /// The X server has ended, and with it every transfer.
    pub(super) fn end_x11_transfers(&mut self) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let incoming = std::mem::take(&mut wm.selections.incoming);
        let outgoing = std::mem::take(&mut wm.selections.outgoing);
        for transfer in incoming {
            transfer
                .room
                .into_iter()
                .for_each(|room| self.loop_handle.remove(room));
            transfer.ends.iter().for_each(|ends| self.call_off(ends));
        }
        for transfer in outgoing {
            let (pipe, ends) = transfer.into_parts();
            self.loop_handle.remove(pipe);
            ends.iter().for_each(|ends| self.call_off(ends));
        }
    }
}
