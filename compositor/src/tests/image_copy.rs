//! `ext_image_copy_capture_manager_v1`: outputs, windows and the pointer, copied as they change.

use wayland_client::protocol::wl_output::WlOutput;
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, delegate_noop, event_created_child};
use wayland_protocols::ext::foreign_toplevel_list::v1::client::ext_foreign_toplevel_handle_v1::ExtForeignToplevelHandleV1;
use wayland_protocols::ext::foreign_toplevel_list::v1::client::ext_foreign_toplevel_list_v1::{
    self, ExtForeignToplevelListV1,
};
use wayland_protocols::ext::image_capture_source::v1::client::ext_foreign_toplevel_image_capture_source_manager_v1::ExtForeignToplevelImageCaptureSourceManagerV1;
use wayland_protocols::ext::image_capture_source::v1::client::ext_image_capture_source_v1::ExtImageCaptureSourceV1;
use wayland_protocols::ext::image_capture_source::v1::client::ext_output_image_capture_source_manager_v1::ExtOutputImageCaptureSourceManagerV1;
use wayland_protocols::ext::image_copy_capture::v1::client::ext_image_copy_capture_cursor_session_v1::{
    Event as CursorEvent, ExtImageCopyCaptureCursorSessionV1,
};
use wayland_protocols::ext::image_copy_capture::v1::client::ext_image_copy_capture_frame_v1::{
    Event as FrameEvent, ExtImageCopyCaptureFrameV1, FailureReason,
};
use wayland_protocols::ext::image_copy_capture::v1::client::ext_image_copy_capture_manager_v1::{
    ExtImageCopyCaptureManagerV1, Options,
};
use wayland_protocols::ext::image_copy_capture::v1::client::ext_image_copy_capture_session_v1::{
    Event as SessionEvent, ExtImageCopyCaptureSessionV1,
};

use super::dispatch::{FrameMark, Heard};
use super::memory::{Memory, Told, tell};
use super::{Client, Fixture};
use crate::layout::WindowId;

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const SAND: [u8; 3] = [0xe8, 0xdc, 0xc0];
const LEAF: [u8; 3] = [0x20, 0x90, 0x40];

delegate_noop!(Heard: ignore ExtImageCopyCaptureManagerV1);
delegate_noop!(Heard: ignore ExtImageCaptureSourceV1);
delegate_noop!(Heard: ignore ExtOutputImageCaptureSourceManagerV1);
delegate_noop!(Heard: ignore ExtForeignToplevelImageCaptureSourceManagerV1);
delegate_noop!(Heard: ignore ExtForeignToplevelHandleV1);

tell!(ExtImageCopyCaptureSessionV1, SessionEvent);
tell!(ExtImageCopyCaptureFrameV1, FrameEvent);
tell!(ExtImageCopyCaptureCursorSessionV1, CursorEvent);

/// The windows that a list told of, in order.
type Listed = Told<ExtForeignToplevelHandleV1>;

impl Dispatch<ExtForeignToplevelListV1, Listed> for Heard {
    fn event(
        _: &mut Self,
        _: &ExtForeignToplevelListV1,
        event: ext_foreign_toplevel_list_v1::Event,
        told: &Listed,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let ext_foreign_toplevel_list_v1::Event::Toplevel { toplevel } = event {
            told.push(toplevel);
        }
    }

    event_created_child!(Heard, ExtForeignToplevelListV1, [
        ext_foreign_toplevel_list_v1::EVT_TOPLEVEL_OPCODE => (ExtForeignToplevelHandleV1, ()),
    ]);
}

/// A tool that records.
struct Recorder {
    client: Client,
    manager: ExtImageCopyCaptureManagerV1,
}

struct Session {
    object: ExtImageCopyCaptureSessionV1,
    told: Told<SessionEvent>,
}

struct Frame {
    object: ExtImageCopyCaptureFrameV1,
    told: Told<FrameEvent>,
}

/// What became of a frame.
#[derive(Debug, PartialEq)]
enum Outcome {
    Waits,
    Ready(Vec<(i32, i32, i32, i32)>),
    Failed(FailureReason),
}

impl Session {
    /// The size told last, and whether it ended, since the last call.
    fn news(&self) -> (Option<(i32, i32)>, bool) {
        let (mut size, mut done, mut stopped) = (None, None, false);
        for event in self.told.take() {
            match event {
                SessionEvent::BufferSize { width, height } => {
                    size = Some((width.try_into().unwrap(), height.try_into().unwrap()));
                }
                SessionEvent::Done => done = size,
                SessionEvent::Stopped => stopped = true,
                _ => {}
            }
        }
        (done, stopped)
    }
}

impl Frame {
    fn outcome(&self) -> Outcome {
        let mut damage = Vec::new();
        for event in self.told.take() {
            match event {
                FrameEvent::Damage {
                    x,
                    y,
                    width,
                    height,
                } => damage.push((x, y, width, height)),
                FrameEvent::Ready => return Outcome::Ready(damage),
                FrameEvent::Failed { reason } => {
                    return Outcome::Failed(reason.into_result().unwrap());
                }
                _ => {}
            }
        }
        Outcome::Waits
    }
}

impl Recorder {
    fn new(fixture: &mut Fixture) -> Self {
        let client = fixture.connect();
        let manager = client.bind();
        Self { client, manager }
    }

    fn output(&self) -> ExtImageCaptureSourceV1 {
        let sources: ExtOutputImageCaptureSourceManagerV1 = self.client.bind();
        let output: WlOutput = self.client.bind();
        sources.create_source(&output, &self.client.handle(), ())
    }

    /// The window that was listed at a place.
    fn window(&mut self, fixture: &mut Fixture, index: usize) -> ExtImageCaptureSourceV1 {
        let listed = Listed::default();
        let _: ExtForeignToplevelListV1 = self.client.bind_with(listed.clone());
        self.client.roundtrip(fixture);
        let sources: ExtForeignToplevelImageCaptureSourceManagerV1 = self.client.bind();
        sources.create_source(&listed.take()[index], &self.client.handle(), ())
    }

    fn session(&mut self, fixture: &mut Fixture, source: &ExtImageCaptureSourceV1) -> Session {
        let told = Told::default();
        let handle = self.client.handle();
        let (options, log) = (Options::empty(), told.clone());
        let object = self.manager.create_session(source, options, &handle, log);
        self.client.roundtrip(fixture);
        Session { object, told }
    }

    fn capture(&mut self, fixture: &mut Fixture, session: &Session, memory: &Memory) -> Frame {
        let told = Told::default();
        let object = session
            .object
            .create_frame(&self.client.handle(), told.clone());
        object.attach_buffer(&memory.buffer);
        object.damage_buffer(0, 0, 1, 1);
        object.capture();
        let frame = Frame { object, told };
        self.catch_up(fixture);
        frame
    }

    fn catch_up(&mut self, fixture: &mut Fixture) {
        self.client.roundtrip(fixture);
        fixture.settle();
        self.client.roundtrip(fixture);
    }
}

fn content(fixture: &Fixture, id: WindowId) -> (i32, i32, i32, i32) {
    let rect = fixture.goblin.layout.content_rect(id).unwrap();
    (rect.loc.x, rect.loc.y, rect.size.w, rect.size.h)
}

#[test]
fn an_output_is_copied_at_once_and_then_as_it_changes() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (220, 110), BLUE);
    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.output();
    let session = recorder.session(&mut fixture, &source);
    assert_eq!(session.news(), (Some((440, 280)), false));

    let mut memory = Memory::new(&recorder.client, 440, 280);
    let first = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(first.outcome(), Outcome::Ready(vec![(0, 0, 440, 280)]));
    let seen = fixture.picture();
    let seen: Vec<&[u8]> = seen.data.chunks_exact(4).collect();
    assert_eq!(memory.pixels(), seen);
    first.object.destroy();

    let second = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(second.outcome(), Outcome::Waits);
    assert_eq!(fixture.goblin.next_due(), None, "and costs nothing");

    client.draw(&window, (220, 110), SAND);
    client.roundtrip(&mut fixture);
    recorder.catch_up(&mut fixture);
    let place = content(&fixture, fixture.only_window());
    assert_eq!(second.outcome(), Outcome::Ready(vec![place]));
    assert_eq!(memory.colour(place.0 + 3, place.1 + 3), SAND);
}

#[test]
fn each_session_has_a_damage_of_its_own() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (220, 110), BLUE);
    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.output();
    let sessions = [0, 1].map(|_| recorder.session(&mut fixture, &source));
    let memory = Memory::new(&recorder.client, 440, 280);
    for session in &sessions {
        let frame = recorder.capture(&mut fixture, session, &memory);
        assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, 440, 280)]));
        frame.object.destroy();
    }
    client.draw(&window, (220, 110), SAND);
    client.roundtrip(&mut fixture);
    fixture.settle();
    let place = content(&fixture, fixture.only_window());
    for session in &sessions {
        let frame = recorder.capture(&mut fixture, session, &memory);
        assert_eq!(frame.outcome(), Outcome::Ready(vec![place]));
    }
}

#[test]
fn a_window_is_copied_though_it_is_covered_or_hidden() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    let below = client.open(&mut fixture, (220, 110), BLUE);
    let id = fixture.only_window();
    let above = client.open(&mut fixture, (220, 110), SAND);
    above.toplevel.set_fullscreen(None);
    client.roundtrip(&mut fixture);
    client.draw(&above, (440, 280), SAND);
    client.roundtrip(&mut fixture);

    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.window(&mut fixture, 0);
    let session = recorder.session(&mut fixture, &source);
    assert_eq!(session.news(), (Some((220, 110)), false));
    let mut memory = Memory::new(&recorder.client, 220, 110);
    let frame = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, 220, 110)]));
    assert!(memory.pixels().iter().all(|pixel| pixel[..3] == BLUE));
    frame.object.destroy();

    let frame = recorder.capture(&mut fixture, &session, &memory);
    client.heard.frames = 0;
    below.surface.frame(&client.handle(), FrameMark);
    client.draw(&below, (220, 110), LEAF);
    client.roundtrip(&mut fixture);
    recorder.catch_up(&mut fixture);
    assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, 220, 110)]));
    assert!(memory.pixels().iter().all(|pixel| pixel[..3] == LEAF));
    client.roundtrip(&mut fixture);
    assert_eq!(client.heard.frames, 1, "who is looked at is told to go on");
    frame.object.destroy();

    fixture.goblin.layout.set_minimised(id, true);
    fixture.goblin.layout_changed();
    fixture.settle();
    let frame = recorder.capture(&mut fixture, &session, &memory);
    client.draw(&below, (220, 110), BLUE);
    client.roundtrip(&mut fixture);
    recorder.catch_up(&mut fixture);
    assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, 220, 110)]));
    assert!(memory.pixels().iter().all(|pixel| pixel[..3] == BLUE));
}

#[test]
fn a_window_that_changes_its_size_asks_for_other_buffers() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    let window = client.open(&mut fixture, (220, 110), BLUE);
    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.window(&mut fixture, 0);
    let session = recorder.session(&mut fixture, &source);
    session.news();
    client.draw(&window, (200, 120), BLUE);
    client.roundtrip(&mut fixture);
    let memory = Memory::new(&recorder.client, 220, 110);
    let frame = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(session.news(), (Some((200, 120)), false));
    assert_eq!(
        frame.outcome(),
        Outcome::Failed(FailureReason::BufferConstraints)
    );
    frame.object.destroy();
    let memory = Memory::new(&recorder.client, 200, 120);
    let frame = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, 200, 120)]));
}

#[test]
fn a_session_ends_with_its_window() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (220, 110), BLUE);
    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.window(&mut fixture, 0);
    let session = recorder.session(&mut fixture, &source);
    let memory = Memory::new(&recorder.client, 220, 110);
    let frame = recorder.capture(&mut fixture, &session, &memory);
    frame.object.destroy();
    let waiting = recorder.capture(&mut fixture, &session, &memory);
    drop(client);
    fixture.until("no window", |goblin| goblin.layout.windows().count() == 0);
    recorder.catch_up(&mut fixture);
    assert_eq!(waiting.outcome(), Outcome::Failed(FailureReason::Stopped));
    assert!(session.news().1, "the session has stopped");
    waiting.object.destroy();
    let late = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(late.outcome(), Outcome::Failed(FailureReason::Stopped));
    let again = recorder.session(&mut fixture, &source);
    assert!(again.news().1, "nothing begins on what is gone");
}

#[test]
fn the_pointer_over_an_output_has_a_session_of_its_own() {
    let mut fixture = Fixture::with_outputs(&["440x280@1", "440x280@1"]);
    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.output();
    let (told, handle) = (Told::default(), recorder.client.handle());
    let pointer = recorder.client.globals().seat.get_pointer(&handle, ());
    let cursor =
        recorder
            .manager
            .create_pointer_cursor_session(&source, &pointer, &handle, told.clone());
    let shown = Told::default();
    let session = Session {
        object: cursor.get_capture_session(&handle, shown.clone()),
        told: shown,
    };
    recorder.client.roundtrip(&mut fixture);
    assert!(told.take().is_empty(), "it has not been moved yet");

    fixture.pointer_to(100, 120);
    recorder.client.roundtrip(&mut fixture);
    let [enter, position, hotspot] = &told.take()[..] else {
        panic!("enter, position and hotspot")
    };
    assert!(matches!(enter, CursorEvent::Enter));
    assert!(matches!(position, CursorEvent::Position { x: 101, y: 121 }));
    assert!(matches!(hotspot, CursorEvent::Hotspot { .. }));

    let (size, _) = session.news();
    let (width, height) = size.unwrap();
    assert!(width > 8 && height > 8, "{width}×{height}");
    let mut memory = Memory::new(&recorder.client, width, height);
    let frame = recorder.capture(&mut fixture, &session, &memory);
    assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, width, height)]));
    let alphas = memory.pixels().iter().map(|pixel| pixel[3]).max();
    assert_eq!(alphas, Some(255), "something is drawn");

    fixture.pointer_to(110, 120);
    recorder.client.roundtrip(&mut fixture);
    assert!(matches!(
        told.take()[..],
        [CursorEvent::Position { x: 111, y: 121 }]
    ));
    fixture.pointer_to(700, 120);
    recorder.client.roundtrip(&mut fixture);
    assert!(matches!(told.take()[..], [CursorEvent::Leave]));
}

/// What a client is cut off for that does something with a frame.
fn fault(act: impl FnOnce(&mut Recorder, &Session, &ExtImageCopyCaptureFrameV1)) -> String {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut recorder = Recorder::new(&mut fixture);
    let source = recorder.output();
    let session = recorder.session(&mut fixture, &source);
    let handle = recorder.client.handle();
    let frame = session.object.create_frame(&handle, Told::default());
    act(&mut recorder, &session, &frame);
    assert!(recorder.client.try_roundtrip(&mut fixture).is_err());
    recorder.client.protocol_error().unwrap()
}

#[test]
fn what_the_protocol_forbids_is_an_error_of_its_own() {
    let error = fault(|_, _, frame| frame.capture());
    assert!(error.contains("frame_v1: 1"), "{error}");
    let error = fault(|_, _, frame| frame.damage_buffer(0, -1, 5, 5));
    assert!(error.contains("frame_v1: 2"), "{error}");
    let error = fault(|recorder, _, frame| {
        frame.attach_buffer(&Memory::new(&recorder.client, 440, 280).buffer);
        frame.capture();
        frame.capture();
    });
    assert!(error.contains("frame_v1: 3"), "{error}");
    let error = fault(|recorder, session, _| {
        let handle = recorder.client.handle();
        let _ = session.object.create_frame(&handle, Told::default());
    });
    assert!(error.contains("session_v1: 1"), "{error}");
    let error = fault(|recorder, _, _| {
        let (handle, source) = (recorder.client.handle(), recorder.output());
        let options = Options::from_bits_retain(2);
        let _ = recorder
            .manager
            .create_session(&source, options, &handle, Told::default());
        assert!(source.is_alive());
    });
    assert!(error.contains("manager_v1: 1"), "{error}");
}

#[test]
fn behind_a_lock_no_window_is_copied_and_an_output_shows_the_lock() {
    let mut fixture = Fixture::with_outputs(&["440x280@1"]);
    let mut client = fixture.connect();
    client.open(&mut fixture, (220, 110), BLUE);
    let mut recorder = Recorder::new(&mut fixture);
    let sources = [recorder.output(), recorder.window(&mut fixture, 0)];
    let sessions = sources.map(|source| recorder.session(&mut fixture, &source));
    let mut locker = fixture.connect();
    let held = super::lock::lock(&mut fixture, &mut locker);

    let mut screen = Memory::new(&recorder.client, 440, 280);
    let frame = recorder.capture(&mut fixture, &sessions[0], &screen);
    assert_eq!(frame.outcome(), Outcome::Ready(vec![(0, 0, 440, 280)]));
    assert!(screen.pixels().iter().all(|pixel| pixel[..3] == [0, 0, 0]));
    let mut memory = Memory::new(&recorder.client, 220, 110);
    let hidden = recorder.capture(&mut fixture, &sessions[1], &memory);
    assert_eq!(hidden.outcome(), Outcome::Waits);
    assert_eq!(memory.colour(5, 5), [0, 0, 0]);

    held.unlock_and_destroy();
    locker.roundtrip(&mut fixture);
    recorder.catch_up(&mut fixture);
    assert_eq!(hidden.outcome(), Outcome::Ready(vec![(0, 0, 220, 110)]));
    assert_eq!(memory.colour(5, 5), BLUE);
}
