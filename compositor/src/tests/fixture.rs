//! A server without a socket, and its clients.

use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use calloop::EventLoop;
use smithay::backend::input::{ButtonState, KeyState};
use smithay::reexports::wayland_server::Display;

use super::Client;
use crate::backend::{Headless, VirtualOutput};
use crate::clock::Clock;
use crate::config::{Config, ConfigFile, KeyboardConfig};
use crate::dispatch::serve_clients;
use crate::domain::Domain;
use crate::goblin::{Goblin, Setup};
use crate::input::{KeyTable, LEFT};
use crate::layout::WindowId;
use crate::render::{Capture, RedrawState, Subject};

/// Longer than anything that is waited for takes, on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Fixture {
    event_loop: EventLoop<'static, Goblin>,
    pub(super) goblin: Goblin,
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let faults = &self.goblin.faults;
        if !std::thread::panicking() {
            assert_eq!(faults.count, 0, "a request panicked: {}", faults.last);
        }
    }
}

impl Fixture {
    /// A server with one output of 1920×1080.
    pub(super) fn new() -> Self {
        Self::with_outputs(&["1920x1080@1"])
    }

    pub(super) fn with_outputs(sizes: &[&str]) -> Self {
        let event_loop = EventLoop::try_new().unwrap();
        let display = Display::new().unwrap();
        let keyboard = KeyboardConfig {
            layout: "us".to_owned(),
            ..KeyboardConfig::default()
        };
        let mut config = Config::default();
        config.keyboard = keyboard;
        let mut goblin = Goblin::new(Setup {
            display: display.handle(),
            loop_handle: event_loop.handle(),
            loop_signal: event_loop.get_signal(),
            clock: Clock::by_hand(),
            config,
            config_file: ConfigFile::default(),
            socket: "none".to_owned(),
            testing: true,
        })
        .unwrap();
        serve_clients(&event_loop.handle(), &goblin.arrivals, display).unwrap();
        let outputs: Vec<VirtualOutput> = sizes.iter().map(|size| size.parse().unwrap()).collect();
        Headless::start(&mut goblin, &outputs).unwrap();
        let mut fixture = Self { event_loop, goblin };
        fixture.turn();
        fixture
    }

    /// One turn of the server's loop, with what is there.
    pub(super) fn turn(&mut self) {
        self.turn_within(Duration::ZERO);
    }

    pub(super) fn turn_within(&mut self, timeout: Duration) {
        self.event_loop
            .dispatch(Some(timeout), &mut self.goblin)
            .unwrap();
        self.goblin.end_turn();
    }

    /// Turns until something holds. The clock moves on to what is due next; where nothing is, an
    /// event must come from outside: a file, another thread.
    pub(super) fn until(&mut self, what: &str, holds: impl Fn(&Goblin) -> bool) {
        self.until_some(what, |goblin| holds(goblin).then_some(()));
    }

    /// The same, until there is something to give.
    pub(super) fn until_some<T>(
        &mut self,
        what: &str,
        mut find: impl FnMut(&Goblin) -> Option<T>,
    ) -> T {
        let begun = Instant::now();
        loop {
            self.turn();
            if let Some(found) = find(&self.goblin) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for: {what}");
            match self.goblin.next_due() {
                Some(wait) => self.goblin.advance(wait),
                None => self.turn_within(Duration::from_millis(20)),
            }
        }
    }

    /// Turns until no output has anything to draw or to wait for.
    pub(super) fn settle(&mut self) {
        self.until("outputs at rest", |goblin| {
            goblin
                .outputs
                .iter()
                .all(|output| matches!(output.redraw, RedrawState::Idle))
        });
    }

    /// Lets time go by on the server's clock; what falls due meanwhile is done.
    pub(super) fn rest(&mut self, time: Duration) {
        self.turn();
        self.goblin.advance(time);
        self.turn();
    }

    pub(super) fn connect(&mut self) -> Client {
        self.connect_from(Domain::Board)
    }

    /// A client of a domain.
    pub(super) fn connect_from(&mut self, domain: Domain) -> Client {
        let (ours, theirs) = UnixStream::pair().unwrap();
        self.goblin.accept(ours, domain);
        self.introduce(theirs)
    }

    /// The client at the other end of a connection that the server has, or is about to take in.
    pub(super) fn introduce(&mut self, theirs: UnixStream) -> Client {
        let mut client = Client::new(theirs);
        client.roundtrip(self);
        client.bind_globals();
        client.roundtrip(self);
        client
    }

    /// The only window in the layout.
    pub(super) fn only_window(&self) -> WindowId {
        let mut ids = self.goblin.layout.windows().map(crate::layout::Window::id);
        let id = ids.next().expect("there is a window");
        assert_eq!(ids.next(), None, "there is one window only");
        id
    }

    pub(super) fn pointer_to(&mut self, x: i32, y: i32) {
        let time = self.goblin.now_ms();
        self.goblin
            .pointer_moved((f64::from(x) + 0.5, f64::from(y) + 0.5).into(), time);
        self.turn();
    }

    pub(super) fn press(&mut self) {
        let time = self.goblin.now_ms();
        self.goblin.pointer_button(LEFT, ButtonState::Pressed, time);
        self.turn();
    }

    pub(super) fn release(&mut self) {
        let time = self.goblin.now_ms();
        self.goblin
            .pointer_button(LEFT, ButtonState::Released, time);
        self.turn();
    }

    pub(super) fn click(&mut self, x: i32, y: i32) {
        self.pointer_to(x, y);
        self.press();
        self.release();
    }

    /// Presses and releases keys, such as `super+q`.
    pub(super) fn tap(&mut self, name: &str) {
        self.keys(name, true);
        self.keys(name, false);
    }

    pub(super) fn keys(&mut self, name: &str, down: bool) {
        let table = KeyTable::new(&self.goblin.config.keyboard.xkb()).unwrap();
        let chord = table.named(name, 0).unwrap();
        let mut codes = chord.hold;
        codes.push(chord.key);
        if !down {
            codes.reverse();
        }
        let state = if down {
            KeyState::Pressed
        } else {
            KeyState::Released
        };
        for code in codes {
            let time = self.goblin.now_ms();
            self.goblin.key(code, state, time);
        }
        self.turn();
    }

    /// A picture of the first output: red, green, blue and alpha.
    pub(super) fn picture(&mut self) -> Capture {
        self.picture_of(0)
    }

    /// A picture of an output, by its place in the row: red, green, blue and alpha.
    pub(super) fn picture_of(&mut self, index: usize) -> Capture {
        let mut capture = self.capture(index);
        for pixel in capture.data.chunks_exact_mut(4) {
            pixel.swap(0, 2);
        }
        capture
    }

    /// A picture of an output, as the renderer gives it.
    pub(super) fn capture(&mut self, index: usize) -> Capture {
        let mut backend = self.goblin.backend.take().unwrap();
        let id = self.goblin.outputs[index].id;
        let capture = backend.picture(&self.goblin, Subject::Upright(id)).unwrap();
        self.goblin.backend = Some(backend);
        capture
    }
}
