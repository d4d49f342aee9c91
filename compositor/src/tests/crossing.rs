//! Selections from one domain to another: by a rule, by a person's word, or not at all. Nobody hangs.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use ninep::Errno;
use trees::desktop::{SelectionAnswer, SelectionQuestion, Verb};
use wayland_client::protocol::wl_data_device::WlDataDevice;
use wayland_client::protocol::wl_data_device_manager::WlDataDeviceManager;

use super::control::ask;
use super::{Client, Fixture};
use crate::config;
use crate::control::Command;
use crate::domain::Domain;
use crate::layout::WindowId;
use crate::selections::ANSWER_WITHIN;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
pub(super) const TEXT: &str = "text/plain;charset=utf-8";
/// Longer than any transfer may stand still, looked at in whatever rhythm.
const LONG: Duration = Duration::from_secs(21);

pub(super) fn inside(name: &str) -> Domain {
    Domain::of_sandbox(Some("goblin"), Some(name), None)
}

/// A client with a window and a device for data.
pub(super) struct Side {
    pub(super) client: Client,
    pub(super) device: WlDataDevice,
    id: WindowId,
}

impl Side {
    /// A client whose window has the keyboard.
    pub(super) fn new(fixture: &mut Fixture, domain: Domain) -> Self {
        let mut client = fixture.connect_from(domain);
        let manager: WlDataDeviceManager = client.bind();
        let device = manager.get_data_device(&client.globals().seat, &client.handle(), ());
        client.open(fixture, (300, 200), BLUE);
        let id = *fixture.goblin.layout.stacking().last().unwrap();
        client.roundtrip(fixture);
        Self { client, device, id }
    }

    /// Brings the window to the front and gives it the keyboard.
    pub(super) fn focus(&mut self, fixture: &mut Fixture) {
        fixture.goblin.focus_window(self.id);
        fixture.turn();
        self.client.roundtrip(fixture);
    }

    /// Copies a text.
    pub(super) fn copy(&mut self, fixture: &mut Fixture) {
        self.focus(fixture);
        let manager: WlDataDeviceManager = self.client.bind();
        let source = manager.create_data_source(&self.client.handle(), ());
        source.offer(TEXT.to_owned());
        self.device.set_selection(Some(&source), 1);
        self.client.roundtrip(fixture);
    }

    /// Whether there is something to paste, as far as the client was told.
    pub(super) fn is_offered(&self) -> bool {
        self.client.heard.data.selection.is_some()
    }

    /// Asks for what there is to paste.
    pub(super) fn paste(&mut self, fixture: &mut Fixture) -> UnixStream {
        let offer = self.client.heard.data.selection.clone().expect("an offer");
        let (reader, writer) = UnixStream::pair().unwrap();
        offer.receive(TEXT.to_owned(), writer.as_fd());
        self.client.roundtrip(fixture);
        reader.set_nonblocking(true).unwrap();
        reader
    }

    /// Writes what it was asked for.
    fn give(&mut self, fixture: &mut Fixture, text: &[u8]) {
        self.client.roundtrip(fixture);
        let fd = self.client.heard.data.asked.pop().expect("it is asked");
        File::from(fd).write_all(text).unwrap();
    }

    /// Whether the data was asked for and not given yet.
    fn is_asked(&mut self, fixture: &mut Fixture) -> bool {
        self.client.roundtrip(fixture);
        !self.client.heard.data.asked.is_empty()
    }
}

/// All that comes until the end; `None` where the end does not come.
fn read(fixture: &mut Fixture, reader: &mut UnixStream) -> Option<String> {
    let mut text = Vec::new();
    for _ in 0..200 {
        fixture.turn();
        match reader.read_to_end(&mut text) {
            Ok(_) => return Some(String::from_utf8(text).unwrap()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // What was written into the pipe is not lost by its other end's going.
            Err(error) => panic!("{error}"),
        }
    }
    None
}

pub(super) fn questions(fixture: &mut Fixture) -> Vec<SelectionQuestion> {
    ask(fixture, Command::Status).questions
}

pub(super) fn answer(fixture: &mut Fixture, id: u64, answer: SelectionAnswer) {
    let verb = Verb::Selection { id, answer };
    ask(fixture, |reply| Command::Desktop(vec![verb], reply)).unwrap();
}

/// Puts a configuration into force, as a reload does.
pub(super) fn configure(fixture: &mut Fixture, text: &str) {
    fixture.goblin.config = config::parse(Path::new("compositor.toml"), text).unwrap();
    fixture.goblin.selection_rules_changed();
    fixture.turn();
}

#[test]
fn within_a_subsystem_nobody_is_asked() {
    let mut fixture = Fixture::new();
    let mut from = Side::new(&mut fixture, inside("debian"));
    from.copy(&mut fixture);
    let mut to = Side::new(&mut fixture, inside("debian"));
    assert_eq!(to.client.heard.data.types, [TEXT]);
    let mut reader = to.paste(&mut fixture);
    from.give(&mut fixture, b"from one to the other");
    assert_eq!(
        read(&mut fixture, &mut reader).unwrap(),
        "from one to the other"
    );
    assert!(questions(&mut fixture).is_empty());
}

#[test]
fn what_goes_once_is_asked_about_again() {
    let mut fixture = Fixture::new();
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    assert_eq!(debian.client.heard.data.types, [TEXT]);
    for id in 1..3 {
        let mut reader = debian.paste(&mut fixture);
        assert_eq!(read(&mut fixture, &mut reader), None, "it waits");
        assert!(!board.is_asked(&mut fixture));
        let asked = questions(&mut fixture);
        let [question] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!((question.id, question.kind.as_str()), (id, "clipboard"));
        assert_eq!(
            (question.from.as_str(), question.to.as_str()),
            ("board", "debian")
        );
        assert_eq!(question.types, [TEXT]);
        answer(&mut fixture, id, SelectionAnswer::Once);
        board.give(&mut fixture, b"a secret");
        assert_eq!(read(&mut fixture, &mut reader).unwrap(), "a secret");
        assert!(questions(&mut fixture).is_empty());
    }
}

#[test]
fn what_is_allowed_goes_from_then_on_and_in_that_direction_only() {
    let mut fixture = Fixture::new();
    let mut board = Side::new(&mut fixture, Domain::Board);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    board.copy(&mut fixture);
    debian.focus(&mut fixture);
    let mut reader = debian.paste(&mut fixture);
    answer(&mut fixture, 1, SelectionAnswer::Allow);
    board.give(&mut fixture, b"one");
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "one");
    board.copy(&mut fixture);
    debian.focus(&mut fixture);
    let mut reader = debian.paste(&mut fixture);
    board.give(&mut fixture, b"two");
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "two");
    assert!(questions(&mut fixture).is_empty());

    debian.copy(&mut fixture);
    board.focus(&mut fixture);
    let mut reader = board.paste(&mut fixture);
    assert_eq!(read(&mut fixture, &mut reader), None);
    assert_eq!(questions(&mut fixture)[0].to, "board");
    answer(&mut fixture, 2, SelectionAnswer::Once);
    debian.give(&mut fixture, b"three");
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "three");
}

#[test]
fn what_is_denied_ends_at_once_and_is_not_asked_about_again() {
    let mut fixture = Fixture::new();
    let mut board = Side::new(&mut fixture, Domain::Board);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    board.copy(&mut fixture);
    debian.focus(&mut fixture);
    let mut reader = debian.paste(&mut fixture);
    answer(&mut fixture, 1, SelectionAnswer::Deny);
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
    let mut reader = debian.paste(&mut fixture);
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
    assert!(questions(&mut fixture).is_empty());
    // Of the next thing that is copied, it is.
    board.copy(&mut fixture);
    debian.focus(&mut fixture);
    let _reader = debian.paste(&mut fixture);
    assert_eq!(questions(&mut fixture).len(), 1);
}

#[test]
fn a_question_that_nobody_answers_is_a_no() {
    let mut fixture = Fixture::new();
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    let mut reader = debian.paste(&mut fixture);
    fixture.rest(ANSWER_WITHIN - Duration::from_millis(1));
    assert_eq!(read(&mut fixture, &mut reader), None);
    assert_eq!(questions(&mut fixture).len(), 1);
    fixture.rest(Duration::from_millis(1));
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
    assert!(questions(&mut fixture).is_empty());
    let late = Verb::Selection {
        id: 1,
        answer: SelectionAnswer::Allow,
    };
    let refused = ask(&mut fixture, |reply| Command::Desktop(vec![late], reply));
    assert_eq!(refused.unwrap_err().errno, Errno::NOENT);
    fixture.settle();
    assert_eq!(
        fixture.goblin.next_due(),
        None,
        "nothing is left to wake for"
    );
}

#[test]
fn a_source_that_dies_or_copies_anew_takes_its_question_with_it() {
    let mut fixture = Fixture::new();
    let mut debian = Side::new(&mut fixture, inside("debian"));
    debian.copy(&mut fixture);
    let mut arch = Side::new(&mut fixture, inside("arch"));
    let mut reader = arch.paste(&mut fixture);
    assert_eq!(questions(&mut fixture).len(), 1);
    debian.copy(&mut fixture);
    assert_eq!(debian.client.heard.data.cancelled, 1);
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
    assert!(questions(&mut fixture).is_empty());

    arch.focus(&mut fixture);
    let mut reader = arch.paste(&mut fixture);
    assert_eq!(questions(&mut fixture).len(), 1);
    drop(debian);
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
    assert!(questions(&mut fixture).is_empty());
    arch.client.roundtrip(&mut fixture);
    assert!(
        !arch.is_offered(),
        "it is told that there is nothing any more"
    );
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.client.roundtrip(&mut fixture);
    assert!(!board.is_offered());
}

#[test]
fn a_source_that_says_nothing_hangs_nobody() {
    let mut fixture = Fixture::new();
    configure(
        &mut fixture,
        "[[selections]]\nto = \"*\"\nthen = \"allow\"\n",
    );
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    let mut reader = debian.paste(&mut fixture);
    assert!(board.is_asked(&mut fixture));
    assert_eq!(read(&mut fixture, &mut reader), None);
    fixture.rest(LONG);
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
    fixture.settle();
    assert_eq!(fixture.goblin.next_due(), None);
}

#[test]
fn a_source_that_dies_in_the_middle_ends_what_it_began() {
    let mut fixture = Fixture::new();
    configure(
        &mut fixture,
        "[[selections]]\nto = \"*\"\nthen = \"allow\"\n",
    );
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    let mut reader = debian.paste(&mut fixture);
    board.client.roundtrip(&mut fixture);
    let mut half = File::from(board.client.heard.data.asked.pop().unwrap());
    half.write_all(b"half of").unwrap();
    assert_eq!(read(&mut fixture, &mut reader), None);
    drop((half, board));
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "");
}

#[test]
fn more_than_a_pipe_holds_arrives_whole() {
    let mut fixture = Fixture::new();
    configure(
        &mut fixture,
        "[[selections]]\nto = \"*\"\nthen = \"allow\"\n",
    );
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    let mut reader = debian.paste(&mut fixture);
    board.client.roundtrip(&mut fixture);
    let fd = board.client.heard.data.asked.pop().unwrap();
    let text: String = (0..300_000).map(|n| format!("{n} ")).collect();
    let sent = text.clone();
    let writer = std::thread::spawn(move || File::from(fd).write_all(sent.as_bytes()).unwrap());
    let mut got = Vec::new();
    let begun = Instant::now();
    loop {
        fixture.turn();
        let mut piece = [0; 40_000];
        match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => got.extend_from_slice(&piece[..read]),
            Err(_) => assert!(begun.elapsed() < Duration::from_secs(20), "it stands still"),
        }
    }
    writer.join().unwrap();
    assert_eq!(String::from_utf8(got).unwrap(), text);
}

#[test]
fn several_are_asked_about_side_by_side() {
    let mut fixture = Fixture::new();
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    let mut first = debian.paste(&mut fixture);
    let mut second = debian.paste(&mut fixture);
    let mut arch = Side::new(&mut fixture, inside("arch"));
    let mut third = arch.paste(&mut fixture);
    let asked = questions(&mut fixture);
    let to: Vec<&str> = asked.iter().map(|question| question.to.as_str()).collect();
    assert_eq!(to, ["debian", "arch"]);
    answer(&mut fixture, asked[1].id, SelectionAnswer::Deny);
    assert_eq!(read(&mut fixture, &mut third).unwrap(), "");
    assert_eq!(read(&mut fixture, &mut first), None);
    answer(&mut fixture, asked[0].id, SelectionAnswer::Once);
    board.give(&mut fixture, b"second");
    board.give(&mut fixture, b"first");
    assert_eq!(read(&mut fixture, &mut first).unwrap(), "first");
    assert_eq!(read(&mut fixture, &mut second).unwrap(), "second");
}

#[test]
fn while_the_screen_is_locked_nobody_is_asked() {
    let mut fixture = Fixture::new();
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    let mut before = debian.paste(&mut fixture);
    let mut locker = fixture.connect();
    let _lock = super::lock::lock(&mut fixture, &mut locker);
    assert_eq!(read(&mut fixture, &mut before).unwrap(), "");
    let mut after = debian.paste(&mut fixture);
    assert_eq!(read(&mut fixture, &mut after).unwrap(), "");
    assert!(questions(&mut fixture).is_empty());
}

#[test]
fn a_domain_that_a_rule_denies_is_not_told_that_there_is_anything() {
    let mut fixture = Fixture::new();
    configure(
        &mut fixture,
        "[[selections]]\nto = \"debian\"\nthen = \"deny\"\n",
    );
    let mut board = Side::new(&mut fixture, Domain::Board);
    board.copy(&mut fixture);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    assert!(!debian.is_offered());
    assert!(debian.client.heard.data.types.is_empty());
    // An edit of the rules is in force at once, and the other way round too.
    configure(&mut fixture, "");
    debian.client.roundtrip(&mut fixture);
    assert!(debian.is_offered());
    configure(
        &mut fixture,
        "[[selections]]\nfrom = \"board\"\nthen = \"deny\"\n",
    );
    debian.client.roundtrip(&mut fixture);
    assert!(!debian.is_offered());
}

#[test]
fn a_clipboard_manager_has_no_way_around_the_rules() {
    let mut fixture = Fixture::new();
    let mut manager = fixture.connect();
    let (_manager, _device) = super::data_control::ext(&manager);
    let mut debian = Side::new(&mut fixture, inside("debian"));
    debian.copy(&mut fixture);
    manager.roundtrip(&mut fixture);
    assert_eq!(manager.heard.control.types, [TEXT]);
    let offer = manager.heard.control.ext.clone().unwrap();
    let (mut reader, writer) = UnixStream::pair().unwrap();
    reader.set_nonblocking(true).unwrap();
    offer.receive(TEXT.to_owned(), writer.as_fd());
    manager.roundtrip(&mut fixture);
    drop(writer);
    assert_eq!(read(&mut fixture, &mut reader), None);
    assert!(!debian.is_asked(&mut fixture));
    let asked = questions(&mut fixture);
    assert_eq!(
        (asked[0].from.as_str(), asked[0].to.as_str()),
        ("debian", "board")
    );
    answer(&mut fixture, asked[0].id, SelectionAnswer::Once);
    debian.give(&mut fixture, b"kept");
    assert_eq!(read(&mut fixture, &mut reader).unwrap(), "kept");

    configure(
        &mut fixture,
        "[[selections]]\nfrom = \"debian\"\nthen = \"deny\"\n",
    );
    manager.roundtrip(&mut fixture);
    assert!(manager.heard.control.ext.is_none(), "it is empty now");
}

#[test]
fn clients_that_come_and_go_leave_no_devices_behind() {
    let mut fixture = Fixture::new();
    for _ in 0..20 {
        let side = Side::new(&mut fixture, inside("debian"));
        drop(side);
        fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
        assert!(fixture.goblin.selections.dead_devices.data.len() <= 1);
    }
    let mut board = Side::new(&mut fixture, Domain::Board);
    assert!(fixture.goblin.selections.dead_devices.data.is_empty());
    board.copy(&mut fixture);
}
