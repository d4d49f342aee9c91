//! Selections between domains: clipboard, primary selection, and drags.
//!
//! smithay's own selection serves the board: its clients and its clipboard managers. What a subsystem
//! or an X11 client has set is shown to them as a selection of the compositor's, so that each request for it comes here
//! first. A subsystem's clients never see smithay's offers: theirs are made here ([`offers`]), of what
//! the rules let them know of, and each request of theirs is decided here too.

mod offers;
mod questions;
mod transfer;
mod x11;

use std::collections::{BTreeSet, HashMap};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::Ordering;
use std::time::Duration;

use smithay::reexports::wayland_protocols::ext::data_control::v1::server::ext_data_control_device_v1::ExtDataControlDeviceV1;
use smithay::reexports::wayland_protocols_wlr::data_control::v1::server::zwlr_data_control_device_v1::ZwlrDataControlDeviceV1;
use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_device_v1::ZwpPrimarySelectionDeviceV1;
use smithay::reexports::wayland_protocols::wp::primary_selection::zv1::server::zwp_primary_selection_source_v1::ZwpPrimarySelectionSourceV1;
use smithay::reexports::wayland_server::backend::ObjectId;
use smithay::reexports::wayland_server::protocol::wl_data_device::WlDataDevice;
use smithay::reexports::wayland_server::protocol::wl_data_source::WlDataSource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{Client, Resource};
use smithay::wayland::selection::data_device::{
    clear_data_device_selection, request_data_device_client_selection, set_data_device_selection,
};
use smithay::wayland::selection::primary_selection::{
    clear_primary_selection, request_primary_client_selection, set_primary_selection,
};
use tracing::{debug, info};
use trees::desktop::{Event, SelectionAnswer, SelectionQuestion};
use trees::time::Millis;

use crate::clock::Due;
use crate::domain::{Domain, SelectionKind, SelectionPolicy, Verdict, Way};
use crate::goblin::Goblin;
use questions::{Asked, Questions};

/// How long a person has for an answer; then it is no.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// The MIME types that are kept of one source: what a client names beyond is not offered on.
const TYPES: usize = 256;

/// What is offered to the board of a subsystem's selection: its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered(u64);

/// Who has the data.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// Somebody of the board: smithay knows.
    Board,
    /// A client of a subsystem.
    Data(WlDataSource),
    /// The same, of its primary selection.
    Primary(ZwpPrimarySelectionSourceV1),
    /// An X11 client.
    X11,
}

impl Source {
    fn is_alive(&self) -> bool {
        match self {
            Self::Board | Self::X11 => true,
            Self::Data(source) => source.is_alive(),
            Self::Primary(source) => source.is_alive(),
        }
    }

    /// Tells its client that another took its place.
    fn cancel(&self) {
        match self {
            Self::Board | Self::X11 => {}
            Self::Data(source) => source.cancelled(),
            Self::Primary(source) => source.cancelled(),
        }
    }
}

/// What can be pasted now.
#[derive(Debug, Clone, PartialEq)]
struct Selection {
    /// Never used twice: an offer of an older one gives nothing.
    number: u64,
    from: Domain,
    types: Vec<String>,
    source: Source,
}

/// A request that waits for a person's word.
#[derive(Debug)]
struct Held {
    number: u64,
    kind: SelectionKind,
    mime: String,
    /// Closed unwritten unless the answer is yes.
    fd: OwnedFd,
}

/// A drag under way.
#[derive(Debug)]
struct Drag {
    from: Domain,
    source: WlDataSource,
}

/// The state of all of it.
#[derive(Default)]
pub(crate) struct Selections {
    pub(crate) policy: SelectionPolicy,
    clipboard: Option<Selection>,
    primary: Option<Selection>,
    /// Selections so far.
    numbers: u64,
    /// The client of a subsystem that has the keyboard, and so is offered what there is.
    focus: Option<Client>,
    questions: Questions<Held>,
    /// When each question ends by itself.
    ends: HashMap<u64, Due>,
    /// What a person said no to: this selection does not go this way.
    refused: BTreeSet<(Way, u64)>,
    /// Ways that the next drag may go.
    next_drag: BTreeSet<Way>,
    drag: Option<Drag>,
    transfers: usize,
    /// The types that the sources of primary selections name: smithay tells nobody.
    pub(crate) primary_types: HashMap<ObjectId, Vec<String>>,
    pub(crate) dead_devices: DeadDevices,
}

/// Devices that are gone and that smithay still keeps in its list.
#[derive(Debug, Default)]
pub(crate) struct DeadDevices {
    pub(crate) data: Vec<WlDataDevice>,
    pub(crate) primary: Vec<ZwpPrimarySelectionDeviceV1>,
    pub(crate) ext: Vec<ExtDataControlDeviceV1>,
    pub(crate) wlr: Vec<ZwlrDataControlDeviceV1>,
}

impl Selections {
    fn current(&self, kind: SelectionKind) -> Option<&Selection> {
        match kind {
            SelectionKind::Clipboard => self.clipboard.as_ref(),
            SelectionKind::Primary => self.primary.as_ref(),
            SelectionKind::Drag => None,
        }
    }

    fn slot(&mut self, kind: SelectionKind) -> &mut Option<Selection> {
        match kind {
            SelectionKind::Primary => &mut self.primary,
            SelectionKind::Clipboard | SelectionKind::Drag => &mut self.clipboard,
        }
    }

    /// The questions that are open, as `/desktop` tells them.
    pub(crate) fn questions(&self) -> Vec<SelectionQuestion> {
        self.questions
            .open()
            .map(questions::Question::told)
            .collect()
    }

    /// Whether a question is open.
    pub(crate) fn is_asked(&self, id: u64) -> bool {
        self.questions.get(id).is_some()
    }
}

/// The kinds that stay until another takes their place.
const LASTING: [SelectionKind; 2] = [SelectionKind::Clipboard, SelectionKind::Primary];

impl Goblin {
    /// Somebody of the board set a selection, or took it away.
    pub(crate) fn board_selected(&mut self, kind: SelectionKind, types: Option<Vec<String>>) {
        self.select(
            kind,
            types.map(|types| (Domain::Board, types, Source::Board)),
        );
    }

    /// A client of a subsystem set its clipboard, or took it away.
    pub(crate) fn subsystem_copied(
        &mut self,
        from: Domain,
        source: Option<(WlDataSource, Vec<String>)>,
    ) {
        let source = source.map(|(source, types)| (from, types, Source::Data(source)));
        self.select(SelectionKind::Clipboard, source);
        self.show_board(SelectionKind::Clipboard);
    }

    /// The same of its primary selection.
    pub(crate) fn subsystem_marked(
        &mut self,
        from: Domain,
        source: Option<(ZwpPrimarySelectionSourceV1, Vec<String>)>,
    ) {
        let source = source.map(|(source, types)| (from, types, Source::Primary(source)));
        self.select(SelectionKind::Primary, source);
        self.show_board(SelectionKind::Primary);
    }

    /// Another selection takes the place of the one that there was.
    fn select(&mut self, kind: SelectionKind, new: Option<(Domain, Vec<String>, Source)>) {
        self.selections.numbers += 1;
        let number = self.selections.numbers;
        let new = new.map(|(from, mut types, source)| {
            types.truncate(TYPES);
            Selection {
                number,
                from,
                types,
                source,
            }
        });
        let old = std::mem::replace(self.selections.slot(kind), new);
        if let Some(old) = old {
            let next = self.selections.current(kind);
            if next.is_none_or(|next| next.source != old.source) {
                old.source.cancel();
            }
            self.selections.refused.retain(|(_, of)| *of != old.number);
            self.drop_held(|_, held| held.number == old.number);
        }
        self.offer(kind);
        self.show_x11(kind);
    }

    /// Shows the board what a subsystem or an X11 client has, if the rules let it know.
    fn show_board(&mut self, kind: SelectionKind) {
        let offered = self.selections.current(kind).filter(|selection| {
            let way = Way::new(&selection.from, &Domain::Board, kind);
            self.selections.policy.verdict(&way) != Verdict::Deny
        });
        let (display, seat) = (self.display.clone(), self.seat.clone());
        match (
            offered.map(|one| (Offered(one.number), one.types.clone())),
            kind,
        ) {
            (Some((number, types)), SelectionKind::Primary) => {
                set_primary_selection::<Goblin>(&display, &seat, types, number);
            }
            (Some((number, types)), _) => {
                set_data_device_selection::<Goblin>(&display, &seat, types, number);
            }
            (None, SelectionKind::Primary) => clear_primary_selection::<Goblin>(&display, &seat),
            (None, _) => clear_data_device_selection::<Goblin>(&display, &seat),
        }
    }

    /// The rules changed: who may know of what there is, is told anew.
    pub(crate) fn selection_rules_changed(&mut self) {
        let rules = self.config.selections.clone();
        self.selections.policy.set_rules(rules);
        for kind in LASTING {
            let from_inside = self
                .selections
                .current(kind)
                .is_some_and(|selection| selection.source != Source::Board);
            if from_inside {
                self.show_board(kind);
            }
            self.offer(kind);
            self.show_x11(kind);
        }
    }

    /// The board asks for what a subsystem has.
    pub(crate) fn board_receives(
        &mut self,
        kind: SelectionKind,
        mime: String,
        fd: OwnedFd,
        Offered(number): Offered,
    ) {
        self.receive(kind, &Domain::Board, mime, fd, number);
    }

    /// A client asks for a selection. Where it gets nothing, its end of the pipe is closed.
    fn receive(
        &mut self,
        kind: SelectionKind,
        to: &Domain,
        mime: String,
        fd: OwnedFd,
        number: u64,
    ) {
        let Some(selection) = self.selections.current(kind) else {
            return;
        };
        if selection.number != number || !selection.types.contains(&mime) {
            return;
        }
        let way = Way::new(&selection.from, to, kind);
        match self.selections.policy.verdict(&way) {
            Verdict::Allow => self.give(kind, mime, fd),
            Verdict::Deny => {}
            Verdict::Ask => {
                let no = self.selections.refused.contains(&(way.clone(), number));
                if !no {
                    let types = [mime.clone()];
                    let held = Held {
                        number,
                        kind,
                        mime,
                        fd,
                    };
                    self.ask(&way, &types, Some(held));
                }
            }
        }
    }

    /// Asks the source for the data, and passes it on.
    fn give(&mut self, kind: SelectionKind, mime: String, fd: OwnedFd) {
        if self.selections.transfers >= transfer::MOST {
            return;
        }
        let Some((ours, theirs)) = transfer::pipe() else {
            return;
        };
        let seat = self.seat.clone();
        match self.selections.current(kind).map(|one| &one.source) {
            Some(Source::Data(source)) => source.send(mime, theirs.as_fd()),
            Some(Source::Primary(source)) => source.send(mime, theirs.as_fd()),
            Some(Source::Board) => {
                let asked = match kind {
                    SelectionKind::Primary => {
                        request_primary_client_selection::<Goblin>(&seat, mime, theirs)
                            .map_err(|error| error.to_string())
                    }
                    SelectionKind::Clipboard | SelectionKind::Drag => {
                        request_data_device_client_selection::<Goblin>(&seat, mime, theirs)
                            .map_err(|error| error.to_string())
                    }
                };
                if let Err(reason) = asked {
                    debug!("a selection is no more: {reason}");
                    return;
                }
            }
            Some(Source::X11) => self.x11_gives(x11::target_of(kind), &mime, theirs),
            None => return,
        }
        self.begin_transfer(ours, fd);
    }

    /// Asks a person. While the screen is locked nobody is asked, and it is no.
    fn ask(&mut self, way: &Way, types: &[String], held: Option<Held>) {
        if self.globals.lock.is_on() {
            return;
        }
        let asked = self
            .selections
            .questions
            .ask(way, types, Millis::now(), held);
        let id = match asked {
            Asked::New(id) => {
                let ends = self.later(ANSWER_WITHIN, move |goblin| goblin.settle(id, "time-out"));
                self.selections.ends.extend(ends.map(|due| (id, due)));
                info!("may {} have what {} has?", way.to, way.from);
                id
            }
            Asked::More(id) => id,
            Asked::Known | Asked::Refused => return,
        };
        let question = self.selections.questions.get(id);
        if let Some(question) = question.map(questions::Question::told) {
            self.control.rev.fetch_add(1, Ordering::Relaxed);
            self.publish(&Event::SelectionAsked { question });
        }
    }

    /// A person answered. Whether there is such a question, the caller has looked.
    pub(crate) fn answer_selection(&mut self, id: u64, answer: SelectionAnswer) {
        self.settle(id, answer.word());
    }

    /// A question ends: by an answer, by its time, or because nothing waits for it any more.
    fn settle(&mut self, id: u64, answer: &str) {
        if let Some(due) = self.selections.ends.remove(&id) {
            self.call_off(&due);
        }
        let Some(question) = self.selections.questions.take(id) else {
            return;
        };
        let (way, waiting) = (question.way, question.waiting);
        let yes = [SelectionAnswer::Once, SelectionAnswer::Allow]
            .iter()
            .any(|yes| yes.word() == answer);
        if answer == SelectionAnswer::Allow.word() {
            self.selections.policy.allow(way.clone());
        } else if yes && way.kind == SelectionKind::Drag {
            self.selections.next_drag.insert(way.clone());
        }
        for held in waiting {
            let current = self.selections.current(held.kind);
            if current.is_none_or(|selection| selection.number != held.number) {
                continue;
            }
            if yes {
                self.give(held.kind, held.mime, held.fd);
            } else {
                self.selections.refused.insert((way.clone(), held.number));
            }
        }
        self.control.rev.fetch_add(1, Ordering::Relaxed);
        self.publish(&Event::SelectionSettled {
            id,
            answer: answer.to_owned(),
        });
    }

    /// Lets go of requests that are to no purpose any more, and of the questions they were for.
    fn drop_held(&mut self, gone: impl Fn(&Way, &Held) -> bool) {
        for id in self.selections.questions.drop_waiting(gone) {
            self.settle(id, "gone");
        }
    }

    /// At the end of a turn: what a source that died had is gone, and a locked screen asks nothing.
    pub(crate) fn refresh_selections(&mut self) {
        for kind in LASTING {
            let dead = self
                .selections
                .current(kind)
                .is_some_and(|selection| !selection.source.is_alive());
            if dead {
                *self.selections.slot(kind) =
                    self.selections.slot(kind).take().map(|old| Selection {
                        // Nobody is there to be told.
                        source: Source::Board,
                        ..old
                    });
                self.select(kind, None);
                self.show_board(kind);
            }
        }
        if self.globals.lock.is_on() {
            let open: Vec<u64> = self.selections.questions.open().map(|one| one.id).collect();
            open.into_iter().for_each(|id| self.settle(id, "gone"));
        }
    }

    /// A drag begins.
    pub(crate) fn drag_began(&mut self, source: Option<&WlDataSource>) {
        self.selections.drag = source.map(|source| Drag {
            from: source
                .client()
                .map_or(Domain::Board, |client| crate::client::domain_of(&client)),
            source: source.clone(),
        });
    }

    /// The surface under a drag, if what is dragged may go there. Anywhere else it is as over nothing:
    /// the client below is not told of it.
    pub(crate) fn let_drag_in<P>(&self, under: Option<(WlSurface, P)>) -> Option<(WlSurface, P)> {
        let Some(drag) = &self.selections.drag else {
            return under;
        };
        under.filter(|(surface, _)| {
            let way = Way::new(&drag.from, &self.domain_of(surface), SelectionKind::Drag);
            self.selections.policy.verdict(&way) == Verdict::Allow
                || self.selections.next_drag.contains(&way)
        })
    }

    /// A drag ends over a surface. Where a person is to say whether it may go there, they are asked:
    /// after a yes they drag again.
    pub(crate) fn drag_ended(&mut self, over: Option<&WlSurface>) {
        let (Some(drag), Some(over)) = (self.selections.drag.take(), over) else {
            return;
        };
        let way = Way::new(&drag.from, &self.domain_of(over), SelectionKind::Drag);
        if self.selections.next_drag.remove(&way) {
            return;
        }
        let types = crate::handlers::types_of(&drag.source);
        if self.selections.policy.verdict(&way) == Verdict::Ask && !types.is_empty() {
            self.ask(&way, &types, None);
        }
    }
}
