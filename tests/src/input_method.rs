//! An input method by a script: letters are composed, space commits what they stand for. It speaks `zwp_input_method_v2`
//! as fcitx5 does, and shows a window of candidates in one plain colour, so that a picture tells where it is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use wayland_client::globals::{GlobalList, GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_buffer::WlBuffer;
use wayland_client::protocol::wl_compositor::WlCompositor;
use wayland_client::protocol::wl_keyboard::KeyState;
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::protocol::wl_seat::WlSeat;
use wayland_client::protocol::wl_shm::{Format, WlShm};
use wayland_client::protocol::wl_shm_pool::WlShmPool;
use wayland_client::protocol::wl_surface::WlSurface;
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, WEnum, delegate_noop};
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_keyboard_grab_v2::{
    self, ZwpInputMethodKeyboardGrabV2,
};
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_manager_v2::ZwpInputMethodManagerV2;
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_v2::{
    self, ZwpInputMethodV2,
};
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_popup_surface_v2::ZwpInputPopupSurfaceV2;

use crate::Session;
use crate::sandbox::connect;

/// Width and height of the window of candidates.
const SIZE: (i32, i32) = (180, 36);

/// Key codes (evdev) of the letters, row by row, as every keymap of Latin letters that we test has them.
const ROWS: [(u32, &str); 3] = [(16, "qwertyuiop"), (30, "asdfghjkl"), (44, "zxcvbnm")];
const SPACE: u32 = 57;

/// The input method. It goes when this is dropped.
pub struct InputMethod {
    connection: Connection,
    thread: Option<JoinHandle<()>>,
    said: Receiver<String>,
}

struct Method {
    /// What the letters stand for.
    words: BTreeMap<&'static str, &'static str>,
    composed: String,
    /// How often a field was done: the serial of what is said to it.
    done: u32,
    active: bool,
    parts: Parts,
    said: Sender<String>,
}

/// Its objects.
struct Parts {
    method: ZwpInputMethodV2,
    candidates: WlSurface,
    buffer: WlBuffer,
    _popup: ZwpInputPopupSurfaceV2,
    _grab: ZwpInputMethodKeyboardGrabV2,
}

impl InputMethod {
    /// The colour of the window of candidates.
    pub const COLOUR: [u8; 3] = [0xf0, 0xb0, 0x20];

    /// Becomes the session's input method. `words`: what letters stand for.
    ///
    /// # Errors
    /// When the compositor has none to be.
    pub async fn start(session: &Session, words: &[(&'static str, &'static str)]) -> Result<Self> {
        let connection = connect(session).await?;
        let (globals, mut queue) =
            registry_queue_init::<Method>(&connection).context("the compositor has no globals")?;
        let (said, hears) = channel();
        let mut method = Method {
            words: words.iter().copied().collect(),
            composed: String::new(),
            done: 0,
            active: false,
            parts: Parts::new(&globals, &queue)?,
            said,
        };
        queue.roundtrip(&mut method).context("no input method")?;
        let thread = std::thread::spawn(move || {
            // It ends when the connection does.
            while queue.blocking_dispatch(&mut method).is_ok() {}
        });
        Ok(Self {
            connection,
            thread: Some(thread),
            said: hears,
        })
    }

    /// Waits until a field is active and nothing changes for a while: a click puts some fields out of use for a moment.
    ///
    /// # Errors
    /// When none is within [`LIMIT`](crate::LIMIT).
    pub fn until_active(&self) -> Result<()> {
        const QUIET: Duration = Duration::from_millis(300);
        let begun = Instant::now();
        let mut active = false;
        while begun.elapsed() < crate::LIMIT {
            match self.said.recv_timeout(QUIET) {
                Ok(said) => active = said == "active",
                Err(_) if active => return Ok(()),
                Err(_) => {}
            }
        }
        Err(anyhow!("the input method finds no field"))
    }

    /// Waits until it has composed or committed this.
    ///
    /// # Errors
    /// When it says nothing more within [`LIMIT`](crate::LIMIT); with what it said.
    pub fn until(&self, what: &str) -> Result<()> {
        let mut heard = Vec::new();
        while let Ok(said) = self.said.recv_timeout(crate::LIMIT) {
            if said == what {
                return Ok(());
            }
            heard.push(said);
        }
        Err(anyhow!("the input method says {heard:?}, not {what:?}"))
    }
}

impl Drop for InputMethod {
    fn drop(&mut self) {
        let socket = self.connection.as_fd();
        // The thread sees the end of the connection.
        let _ = rustix::net::shutdown(socket, rustix::net::Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Parts {
    fn new(globals: &GlobalList, queue: &EventQueue<Method>) -> Result<Self> {
        let handle = queue.handle();
        let manager: ZwpInputMethodManagerV2 = globals
            .bind(&handle, 1..=1, ())
            .context("no input methods")?;
        let seat: WlSeat = globals.bind(&handle, 1..=7, ()).context("no seat")?;
        let compositor: WlCompositor = globals.bind(&handle, 1..=4, ()).context("no surfaces")?;
        let shm: WlShm = globals.bind(&handle, 1..=1, ()).context("no memory")?;
        let method = manager.get_input_method(&seat, &handle, ());
        let candidates = compositor.create_surface(&handle, ());
        let popup = method.get_input_popup_surface(&candidates, &handle, ());
        let grab = method.grab_keyboard(&handle, ());
        let file = plain().context("the candidates cannot be drawn")?;
        let (width, height) = SIZE;
        let pool = shm.create_pool(file.as_fd(), width * height * 4, &handle, ());
        let buffer = pool.create_buffer(0, width, height, width * 4, Format::Xrgb8888, &handle, ());
        pool.destroy();
        Ok(Self {
            method,
            candidates,
            buffer,
            _popup: popup,
            _grab: grab,
        })
    }
}

/// The pixels of the candidates.
fn plain() -> std::io::Result<File> {
    let [red, green, blue] = InputMethod::COLOUR;
    let count = usize::try_from(SIZE.0 * SIZE.1).unwrap_or_default();
    let mut file = tempfile::tempfile()?;
    file.write_all(&[blue, green, red, 0xff].repeat(count))?;
    file.rewind()?;
    Ok(file)
}

fn letter(key: u32) -> Option<char> {
    ROWS.iter().find_map(|(first, row)| {
        let place = usize::try_from(key.checked_sub(*first)?).ok()?;
        row.chars().nth(place)
    })
}

impl Method {
    fn pressed(&mut self, key: u32) {
        let parts = &self.parts;
        if let Some(letter) = letter(key) {
            self.composed.push(letter);
            let end = i32::try_from(self.composed.len()).unwrap_or(0);
            parts
                .method
                .set_preedit_string(self.composed.clone(), end, end);
            parts.candidates.attach(Some(&parts.buffer), 0, 0);
            parts.candidates.damage(0, 0, SIZE.0, SIZE.1);
            parts.candidates.commit();
            self.say(self.composed.clone());
        } else if key == SPACE {
            let letters = std::mem::take(&mut self.composed);
            let text = self.words.get(letters.as_str()).copied();
            let text = text.map_or(letters, str::to_owned);
            parts.method.commit_string(text.clone());
            parts.candidates.attach(None, 0, 0);
            parts.candidates.commit();
            self.say(text);
        }
    }

    fn say(&self, what: String) {
        self.parts.method.commit(self.done);
        // A test that no longer listens misses nothing.
        let _ = self.said.send(what);
    }
}

impl Dispatch<ZwpInputMethodV2, ()> for Method {
    fn event(
        method: &mut Self,
        _: &ZwpInputMethodV2,
        event: zwp_input_method_v2::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwp_input_method_v2::Event::Activate => method.active = true,
            zwp_input_method_v2::Event::Deactivate => {
                method.active = false;
                method.composed.clear();
            }
            zwp_input_method_v2::Event::Done => {
                method.done = method.done.wrapping_add(1);
                let state = if method.active { "active" } else { "inactive" };
                // As above.
                let _ = method.said.send(state.to_owned());
            }
            _ => {}
        }
    }
}

impl Dispatch<ZwpInputMethodKeyboardGrabV2, ()> for Method {
    fn event(
        method: &mut Self,
        _: &ZwpInputMethodKeyboardGrabV2,
        event: zwp_input_method_keyboard_grab_v2::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        let zwp_input_method_keyboard_grab_v2::Event::Key { key, state, .. } = event else {
            return;
        };
        if state == WEnum::Value(KeyState::Pressed) {
            method.pressed(key);
        }
    }
}

impl Dispatch<WlRegistry, GlobalListContents> for Method {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Method: ZwpInputMethodManagerV2);
delegate_noop!(Method: ignore ZwpInputPopupSurfaceV2);
delegate_noop!(Method: WlCompositor);
delegate_noop!(Method: ignore WlSurface);
delegate_noop!(Method: ignore WlSeat);
delegate_noop!(Method: ignore WlShm);
delegate_noop!(Method: WlShmPool);
delegate_noop!(Method: ignore WlBuffer);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_where_a_keyboard_has_them() {
        let word: String = [49, 23, 35, 30, 24]
            .into_iter()
            .filter_map(letter)
            .collect();
        assert_eq!(word, "nihao");
        assert_eq!((letter(SPACE), letter(1), letter(29)), (None, None, None));
    }
}
