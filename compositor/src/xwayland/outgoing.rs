//! Data of a Wayland client on its way to an X11 client: read from a pipe, put on a property of the
//! other's window, in pieces where there is much of it (`INCR`, ICCCM 2.7.2).

use std::os::fd::OwnedFd;
use std::time::Duration;

use calloop::generic::Generic;
use calloop::{Interest, Mode, PostAction, RegistrationToken};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use smithay::wayland::selection::SelectionTarget;
use tracing::warn;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    Atom, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, PropMode,
    SelectionRequestEvent, Window as Xid,
};
use x11rb::wrapper::ConnectionExt as _;

use super::connection::X11Error;
use super::selection::{answer, property_of};
use crate::clock::Due;
use crate::goblin::Goblin;

/// How much is put on a property at once.
const PIECE: usize = 64 * 1024;
/// No more transfers than this are under way in one direction.
pub(super) const MOST: usize = 32;
/// A transfer in which nothing has happened for so long is given up.
pub(super) const STALLED: Duration = Duration::from_secs(30);

/// One transfer.
pub(super) struct Outgoing {
    pub(super) number: u64,
    request: SelectionRequestEvent,
    pipe: RegistrationToken,
    /// The pipe is read from.
    listens: bool,
    /// Read and not passed on yet.
    data: Vec<u8>,
    /// The pipe has ended.
    whole: bool,
    /// It goes in pieces.
    pieces: bool,
    /// The last piece has not been taken yet.
    lies_there: bool,
    ends: Option<Due>,
}

/// What is to be done next.
enum Step {
    Wait,
    /// All of it at once, and that is all.
    All,
    /// Says that it comes in pieces.
    Announce,
    Piece,
    /// The empty one that ends it.
    Last,
}

impl Outgoing {
    fn step(&self) -> Step {
        match (self.pieces, self.lies_there) {
            (false, _) if self.whole && self.data.len() <= PIECE => Step::All,
            (false, _) if self.data.len() > PIECE => Step::Announce,
            (true, false) if self.data.len() >= PIECE => Step::Piece,
            (true, false) if self.whole && !self.data.is_empty() => Step::Piece,
            (true, false) if self.whole => Step::Last,
            _ => Step::Wait,
        }
    }

    /// What the event loop holds of it.
    pub(super) fn into_parts(self) -> (RegistrationToken, Option<Due>) {
        (self.pipe, self.ends)
    }

    /// Whether more may be read.
    fn has_room(&self) -> bool {
        !self.whole && self.data.len() <= PIECE
    }
}

impl Goblin {
    /// Begins to pass on what a Wayland client offers.
    pub(super) fn begin_outgoing(
        &mut self,
        which: SelectionTarget,
        mime: String,
        request: SelectionRequestEvent,
    ) -> Result<(), X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(());
        };
        let x11 = wm.x11.clone();
        wm.selections.numbers += 1;
        let number = wm.selections.numbers;
        if wm.selections.outgoing.len() >= MOST {
            return answer(&x11, &request, false);
        }
        let Ok((ours, theirs)) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK) else {
            return answer(&x11, &request, false);
        };
        // The other end must block: clients write to it as to any pipe.
        if rustix::io::ioctl_fionbio(&theirs, false).is_err() {
            return answer(&x11, &request, false);
        }
        self.x11_receives(which, mime, theirs);
        let source = Generic::new(ours, Interest::READ, Mode::Level);
        let pipe = self
            .loop_handle
            .insert_source(source, move |_, pipe, goblin| {
                Ok(goblin.outgoing_readable(number, pipe))
            });
        let Ok(pipe) = pipe else {
            return answer(&x11, &request, false);
        };
        // When a piece is taken the other deletes it: that must be heard.
        let hear = EventMask::PROPERTY_CHANGE;
        let hear = ChangeWindowAttributesAux::new().event_mask(hear);
        x11.change_window_attributes(request.requestor, &hear)?;
        let ends = self.later(STALLED, move |goblin| goblin.end_outgoing(number, false));
        if let Some(wm) = self.xwayland.wm_mut() {
            wm.selections.outgoing.push(Outgoing {
                number,
                request,
                pipe,
                listens: true,
                data: Vec::new(),
                whole: false,
                pieces: false,
                lies_there: false,
                ends,
            });
        }
        Ok(())
    }

    fn outgoing(&mut self, number: u64) -> Option<&mut Outgoing> {
        let outgoing = &mut self.xwayland.wm_mut()?.selections.outgoing;
        outgoing
            .iter_mut()
            .find(|transfer| transfer.number == number)
    }

    fn outgoing_readable(&mut self, number: u64, pipe: &OwnedFd) -> PostAction {
        let mut bytes = vec![0; PIECE];
        let Some(transfer) = self.outgoing(number) else {
            return PostAction::Remove;
        };
        match rustix::io::read(pipe, &mut bytes) {
            Ok(0) => transfer.whole = true,
            Ok(read) => transfer.data.extend_from_slice(&bytes[..read]),
            Err(Errno::AGAIN | Errno::INTR) => return PostAction::Continue,
            Err(_) => transfer.whole = true,
        }
        self.outgoing_goes_on(number);
        match self.outgoing(number) {
            None => PostAction::Remove,
            Some(transfer) => {
                transfer.listens = transfer.has_room();
                if transfer.listens {
                    PostAction::Continue
                } else {
                    PostAction::Disable
                }
            }
        }
    }

    /// Does what can be done of a transfer now.
    fn outgoing_goes_on(&mut self, number: u64) {
        let ends = self.later(STALLED, move |goblin| goblin.end_outgoing(number, false));
        let Some(transfer) = self.outgoing(number) else {
            if let Some(ends) = ends {
                self.call_off(&ends);
            }
            return;
        };
        if let Some(before) = std::mem::replace(&mut transfer.ends, ends) {
            self.call_off(&before);
        }
        match self.outgoing_step(number) {
            Ok(true) => self.end_outgoing(number, true),
            Ok(false) => {}
            Err(error) => self.x11_failed(&error),
        }
    }

    /// Takes the next step; returns whether it was the last.
    fn outgoing_step(&mut self, number: u64) -> Result<bool, X11Error> {
        let Some(wm) = self.xwayland.wm_mut() else {
            return Ok(false);
        };
        let (x11, incr) = (wm.x11.clone(), wm.atoms.INCR);
        let Some(transfer) = self.outgoing(number) else {
            return Ok(false);
        };
        let (replace, request) = (PropMode::REPLACE, transfer.request);
        let (window, property) = (request.requestor, property_of(&request));
        let last = match transfer.step() {
            Step::Wait => return Ok(false),
            Step::All => {
                let data = &transfer.data;
                x11.change_property8(replace, window, property, request.target, data)?;
                answer(&x11, &request, true)?;
                true
            }
            Step::Announce => {
                let least = u32::try_from(transfer.data.len()).unwrap_or(u32::MAX);
                x11.change_property32(replace, window, property, incr, &[least])?;
                answer(&x11, &request, true)?;
                (transfer.pieces, transfer.lies_there) = (true, true);
                false
            }
            Step::Piece => {
                let rest = transfer.data.split_off(transfer.data.len().min(PIECE));
                let piece = std::mem::replace(&mut transfer.data, rest);
                x11.change_property8(replace, window, property, request.target, &piece)?;
                transfer.lies_there = true;
                false
            }
            Step::Last => {
                x11.change_property8(replace, window, property, request.target, &[])?;
                true
            }
        };
        x11.flush()?;
        Ok(last)
    }

    /// A property was deleted: if a piece lay there, the next may.
    pub(super) fn x11_piece_taken(&mut self, window: Xid, property: Atom) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let mut transfers = wm.selections.outgoing.iter_mut();
        let taken = transfers.find(|transfer| {
            let request = &transfer.request;
            request.requestor == window && property_of(request) == property && transfer.lies_there
        });
        let Some(transfer) = taken else { return };
        transfer.lies_there = false;
        let number = transfer.number;
        self.outgoing_goes_on(number);
        let handle = self.loop_handle.clone();
        if let Some(transfer) = self.outgoing(number)
            && transfer.has_room()
            && !std::mem::replace(&mut transfer.listens, true)
            && let Err(error) = handle.enable(&transfer.pipe)
        {
            warn!("a pipe is not listened to: {error}");
        }
    }

    /// Ends a transfer. One that comes to nothing is answered so, if nothing was yet.
    fn end_outgoing(&mut self, number: u64, done: bool) {
        let Some(wm) = self.xwayland.wm_mut() else {
            return;
        };
        let x11 = wm.x11.clone();
        let outgoing = &mut wm.selections.outgoing;
        let Some(place) = outgoing
            .iter()
            .position(|transfer| transfer.number == number)
        else {
            return;
        };
        let transfer = outgoing.swap_remove(place);
        self.loop_handle.remove(transfer.pipe);
        if let Some(ends) = &transfer.ends {
            self.call_off(ends);
        }
        let refused = !done && !transfer.pieces;
        if refused && let Err(error) = answer(&x11, &transfer.request, false) {
            self.x11_failed(&error);
        }
    }

    /// A window is gone: nobody waits for what was on its way to it.
    pub(super) fn end_outgoing_to(&mut self, window: Xid) {
        let Some(wm) = self.xwayland.wm() else {
            return;
        };
        let to = wm.selections.outgoing.iter();
        let to = to.filter(|transfer| transfer.request.requestor == window);
        for number in to.map(|transfer| transfer.number).collect::<Vec<_>>() {
            self.end_outgoing(number, true);
        }
    }
}
