//! An X11 client for the tests.

use std::os::unix::net::UnixStream;
use std::thread;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    WindowClass,
};
use x11rb::rust_connection::{DefaultStream, RustConnection};
use x11rb::wrapper::ConnectionExt as _;

use crate::tests::Fixture;

pub(super) struct XClient {
    pub(super) x11: RustConnection,
    pub(super) root: u32,
}

impl XClient {
    /// Connects to the display of the fixture, which starts the X server if it does not run.
    pub(super) fn connect(fixture: &mut Fixture) -> Self {
        let display = fixture.goblin.x11_display().expect("there is a display");
        let path = format!("/tmp/.X11-unix/X{}", display.trim_start_matches(':'));
        let connecting = thread::spawn(move || {
            let stream = UnixStream::connect(path).unwrap();
            let (stream, _) = DefaultStream::from_unix_stream(stream).unwrap();
            RustConnection::connect_to_stream(stream, 0).unwrap()
        });
        fixture.until("an X11 connection", |_| connecting.is_finished());
        let x11 = connecting.join().unwrap();
        let root = x11.setup().roots[0].root;
        Self { x11, root }
    }

    /// A window that is not mapped yet, all of one colour.
    pub(super) fn window(&self, place: (i16, i16, u16, u16), colour: u32) -> u32 {
        self.create(place, CreateWindowAux::new().background_pixel(colour))
    }

    /// The same, that no window manager is to touch.
    pub(super) fn menu(&self, place: (i16, i16, u16, u16), colour: u32) -> u32 {
        let aux = CreateWindowAux::new().background_pixel(colour);
        self.create(place, aux.override_redirect(1))
    }

    fn create(&self, (x, y, w, h): (i16, i16, u16, u16), aux: CreateWindowAux) -> u32 {
        let id = self.x11.generate_id().unwrap();
        let aux = aux.event_mask(
            EventMask::KEY_PRESS
                | EventMask::BUTTON_PRESS
                | EventMask::FOCUS_CHANGE
                | EventMask::STRUCTURE_NOTIFY
                | EventMask::PROPERTY_CHANGE,
        );
        let class = WindowClass::INPUT_OUTPUT;
        self.x11
            .create_window(0, id, self.root, x, y, w, h, 0, class, 0, &aux)
            .unwrap();
        self.x11.flush().unwrap();
        id
    }

    pub(super) fn atom(&self, name: &str) -> u32 {
        let cookie = self.x11.intern_atom(false, name.as_bytes()).unwrap();
        cookie.reply().unwrap().atom
    }

    pub(super) fn set_text(&self, window: u32, property: u32, text: &str) {
        let (mode, kind) = (PropMode::REPLACE, AtomEnum::STRING);
        self.x11
            .change_property8(mode, window, property, kind, text.as_bytes())
            .unwrap();
        self.x11.flush().unwrap();
    }

    pub(super) fn set_numbers(&self, window: u32, property: u32, kind: u32, values: &[u32]) {
        self.x11
            .change_property32(PropMode::REPLACE, window, property, kind, values)
            .unwrap();
        self.x11.flush().unwrap();
    }

    pub(super) fn numbers(&self, window: u32, property: u32) -> Vec<u32> {
        let any = AtomEnum::ANY;
        let cookie = self.x11.get_property(false, window, property, any, 0, 64);
        let reply = cookie.unwrap().reply().unwrap();
        reply.value32().into_iter().flatten().collect()
    }

    pub(super) fn map(&self, window: u32) {
        self.x11.map_window(window).unwrap();
        self.x11.flush().unwrap();
    }

    /// Asks the window manager for something, by a message.
    pub(super) fn ask(&self, window: u32, kind: &str, data: [u32; 5]) {
        let event = ClientMessageEvent::new(32, window, self.atom(kind), data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.x11.send_event(false, self.root, mask, event).unwrap();
        self.x11.flush().unwrap();
    }

    /// Turns the fixture until the client is told something; what it is told before is forgotten.
    pub(super) fn until<T>(
        &self,
        fixture: &mut Fixture,
        what: &str,
        is: impl Fn(Event) -> Option<T>,
    ) -> T {
        let found = std::cell::RefCell::new(None);
        fixture.until(what, |_| {
            while let Some(event) = self.x11.poll_for_event().unwrap() {
                if let Some(value) = is(event) {
                    *found.borrow_mut() = Some(value);
                    return true;
                }
            }
            false
        });
        found.into_inner().unwrap()
    }
}
