//! Reads what clients send, one client after the other, so that a request which ends in a panic costs
//! its client the connection and nobody else anything.
//!
//! There are two kinds. The decoders of wayland-rs 0.31 unwrap a string that must not be null, where a
//! client sent one that is: that is the client's fault, and is told to it as a malformed request. Any
//! other panic is a fault of ours, or of smithay's: it is logged with its place, counted in
//! `/desktop/perf`, and fails every test in which it happens.

use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use calloop::generic::Generic;
use calloop::{Interest, LoopHandle, Mode, PostAction};
use smithay::reexports::wayland_server::Display;
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::backend::protocol::Interface;
use tracing::{error, warn};

use crate::arrivals::Arrivals;
use crate::goblin::Goblin;

/// `wl_display`, of which wayland-rs has no module; an interface is known by its name.
static DISPLAY: Interface = Interface {
    name: "wl_display",
    version: 1,
    requests: &[],
    events: &[],
    c_ptr: None,
};
/// `wl_display.error`: the request is malformed, or the compositor failed at it.
const INVALID_METHOD: u32 = 1;
const IMPLEMENTATION: u32 = 3;

/// Panics that were caught.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) count: u64,
    /// Where the last one happened, and what it said.
    pub(crate) last: String,
}

/// A panic, as its hook saw it.
struct Noted {
    text: String,
    decoder: bool,
}

thread_local! {
    /// A request is being carried out by this thread.
    static DISPATCHING: Cell<bool> = const { Cell::new(false) };
    static NOTED: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

/// Whether a panic is that of a decoder over a null string. Its place is in what `wayland-scanner` made
/// of a protocol.
fn is_decoder(panic: &PanicHookInfo<'_>) -> bool {
    let generated = ["wayland-protocols", "wayland-server", "xdg_session.rs"];
    let file = panic.location().map_or("", |place| place.file());
    let payload = panic.payload();
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    generated.iter().any(|part| file.contains(part))
        && text.is_some_and(|text| text.contains("`Option::unwrap()` on a `None`"))
}

/// From here on it is noted where a request panics. A decoder's panic is not printed: that would be a
/// way for clients to fill the log.
fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !DISPATCHING.get() {
                return before(panic);
            }
            let decoder = is_decoder(panic);
            let text = panic.to_string();
            NOTED.set(Some(Noted { text, decoder }));
            if !decoder {
                before(panic);
            }
        }));
    });
}

/// Reads what clients send, from the event loop, when `arrivals` of the state say that there is something.
///
/// # Errors
/// The event loop does not take it.
pub(crate) fn serve_clients(
    handle: &LoopHandle<'static, Goblin>,
    arrivals: &Arrivals,
    mut display: Display<Goblin>,
) -> anyhow::Result<()> {
    note_panics();
    let source = Generic::new(arrivals.wake()?, Interest::READ, Mode::Level);
    handle
        .insert_source(source, move |_, _, goblin| {
            let ready = goblin.arrivals.ready();
            if ready.is_empty() {
                // One that is gone, and whose socket is still open.
                read_from(&mut display, None, goblin);
            }
            for (number, client) in ready {
                let before = goblin.input.motions;
                read_from(&mut display, Some(&client), goblin);
                let motions = goblin.input.motions - before;
                goblin.arrivals.gave(number, motions);
            }
            Ok(PostAction::Continue)
        })
        .map_err(|error| error.error)?;
    Ok(())
}

/// Carries out what a client has sent, or what all have.
fn read_from(display: &mut Display<Goblin>, client: Option<&ClientId>, goblin: &mut Goblin) {
    let backend = display.backend();
    let mut read = |goblin: &mut Goblin| {
        DISPATCHING.set(true);
        // What a panic leaves half done is its client's, which ends with it.
        let outcome = catch_unwind(AssertUnwindSafe(|| match client {
            Some(client) => backend.dispatch_single_client(goblin, client.clone()),
            None => backend.dispatch_all_clients(goblin),
        }));
        DISPATCHING.set(false);
        // An error is that there was nothing, or that the client left.
        outcome.is_ok()
    };
    if read(goblin) {
        return;
    }
    goblin.request_panicked(client);
    // Its objects go now, not with somebody's next request.
    if client.is_some() && !read(goblin) {
        goblin.request_panicked(None);
    }
}

impl Goblin {
    /// A request of a client ended in a panic: the client is told and cut off.
    fn request_panicked(&mut self, client: Option<&ClientId>) {
        let noted = NOTED.take();
        let (decoder, text) =
            noted.map_or_else(Default::default, |noted| (noted.decoder, noted.text));
        let (code, why) = if decoder {
            warn!("a client sent null where the protocol has none");
            (INVALID_METHOD, "null where the protocol has none")
        } else {
            error!("a request ended in a panic, which is a fault of ours: {text}");
            self.faults.count += 1;
            self.faults.last = text;
            (IMPLEMENTATION, "the compositor failed at a request")
        };
        let Some(client) = client else { return };
        let handle = self.display.backend_handle();
        let display = handle.object_for_protocol_id(client.clone(), &DISPLAY, 1);
        if let (Ok(display), Ok(why)) = (display, CString::new(why)) {
            handle.post_error(display, code, why);
        }
    }
}
