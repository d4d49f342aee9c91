//! What WLCS asks of a compositor, carried out by ours.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use compositor::{ClientTag, Embedded};
use wayland_sys::client::{wl_display, wl_proxy};
use wlcs::ffi_display_server_api::WlcsIntegrationDescriptor;
use wlcs::{Pointer, Touch, Wlcs};

use crate::ffi;

/// One compositor, for one case.
pub(crate) struct Server {
    /// None where it did not start: every case then fails for want of a socket.
    running: Option<Arc<Embedded>>,
    /// Clients by the descriptor of their end of the connection, which is how WLCS names them.
    clients: Mutex<HashMap<RawFd, ClientTag>>,
    touches: AtomicU32,
}

/// The suite's pointer.
pub(crate) struct TestPointer(Arc<Embedded>);

/// One finger.
pub(crate) struct TestTouch {
    server: Arc<Embedded>,
    finger: u32,
}

impl Wlcs for Server {
    type Pointer = TestPointer;
    type Touch = TestTouch;

    fn new() -> Self {
        let running = Embedded::start()
            .inspect_err(|error| eprintln!("the compositor did not start: {error:#}"))
            .ok();
        Self {
            running: running.map(Arc::new),
            clients: Mutex::default(),
            touches: AtomicU32::new(0),
        }
    }

    fn start(&mut self) {
        // It runs since it was made: WLCS asks for the globals before it starts it.
    }

    fn stop(&mut self) {
        self.running = None;
    }

    fn create_client_socket(&self) -> io::Result<OwnedFd> {
        let running = self.running.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let (stream, tag) = running.connect()?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.insert(stream.as_raw_fd(), tag);
        Ok(stream.into())
    }

    fn position_window_absolute(
        &self,
        display: *mut wl_display,
        surface: *mut wl_proxy,
        x: i32,
        y: i32,
    ) {
        let clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let tag = clients.get(&ffi::descriptor(display)).copied();
        if let (Some(running), Some(tag)) = (&self.running, tag) {
            running.place(tag, ffi::object_id(surface), (x, y));
        }
    }

    fn create_pointer(&mut self) -> Option<TestPointer> {
        self.running.clone().map(TestPointer)
    }

    fn create_touch(&mut self) -> Option<TestTouch> {
        let server = self.running.clone()?;
        let finger = self.touches.fetch_add(1, Ordering::Relaxed);
        Some(TestTouch { server, finger })
    }

    fn get_descriptor(&self) -> &WlcsIntegrationDescriptor {
        ffi::descriptor_of_globals(self.running.as_deref())
    }
}

impl Pointer for TestPointer {
    fn move_absolute(&mut self, x: i32, y: i32) {
        self.0.pointer_to(from_fixed(x), from_fixed(y));
    }

    fn move_relative(&mut self, dx: i32, dy: i32) {
        self.0.pointer_by(from_fixed(dx), from_fixed(dy));
    }

    fn button_up(&mut self, button: i32) {
        self.0.pointer_button(button.unsigned_abs(), false);
    }

    fn button_down(&mut self, button: i32) {
        self.0.pointer_button(button.unsigned_abs(), true);
    }
}

impl Touch for TestTouch {
    // Unlike the pointer's, WLCS gives these places as plain numbers.
    fn touch_down(&mut self, x: i32, y: i32) {
        self.server.touch_down(self.finger, x.into(), y.into());
    }

    fn touch_move(&mut self, x: i32, y: i32) {
        self.server.touch_moved(self.finger, x.into(), y.into());
    }

    fn touch_up(&mut self) {
        self.server.touch_up(self.finger);
    }
}

/// From `wl_fixed_t`: 24 bits before the point, 8 after it.
fn from_fixed(value: i32) -> f64 {
    f64::from(value) / 256.0
}
