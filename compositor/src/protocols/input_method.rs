//! `zwp_input_method_manager_v2`: a program of the board, such as fcitx5, makes text of keys. There is one
//! at a time. Ours, and not smithay's, because [text input](super::text_input) is: the two are one talk.
//!
//! It gets the keys that it grabs only while a text field is enabled, and none while the session is
//! locked.

use smithay::backend::input::{KeyState, Keycode};
use smithay::input::keyboard::{
    GrabStartData, KeyboardGrab, KeyboardInnerHandle, KeymapFile, ModifiersState,
};
use smithay::reexports::wayland_protocols_misc::zwp_input_method_v2::server::{
    zwp_input_method_keyboard_grab_v2::{self, ZwpInputMethodKeyboardGrabV2},
    zwp_input_method_manager_v2::{self, ZwpInputMethodManagerV2},
    zwp_input_method_v2::{self, ZwpInputMethodV2},
    zwp_input_popup_surface_v2::{self, ZwpInputPopupSurfaceV2},
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_keyboard::{self, KeymapFormat};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::utils::{SERIAL_COUNTER, Serial};
use smithay::wayland::compositor::give_role;
use tracing::warn;

use super::text_input::Words;
use crate::client::sees;
use crate::goblin::Goblin;
use crate::input::KeyTable;

const POPUP_ROLE: &str = "zwp_input_popup_surface_v2";
/// `zwp_input_method_v2.error.role`, which the protocol's crate gives no name.
const ROLE_TAKEN: u32 = 0;

/// The state of the global.
pub(crate) struct InputMethods {
    _global: GlobalId,
    method: Option<Method>,
}

/// The input method there is.
struct Method {
    object: ZwpInputMethodV2,
    /// A field is enabled.
    on: bool,
    /// What it has said since its last commit.
    pending: Said,
    popups: Vec<(ZwpInputPopupSurfaceV2, WlSurface)>,
    grab: Option<ZwpInputMethodKeyboardGrabV2>,
}

/// What an input method says to a field.
#[derive(Default)]
struct Said {
    preedit: Option<(String, i32, i32)>,
    delete: Option<(u32, u32)>,
    commit: Option<String>,
}

impl InputMethods {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, ZwpInputMethodManagerV2, _>(1, ()),
            method: None,
        }
    }

    /// Whether there is an input method.
    pub(crate) fn is_there(&self) -> bool {
        self.method.is_some()
    }

    /// The windows of candidates, while a field is enabled.
    pub(crate) fn popups(&self) -> impl Iterator<Item = (&ZwpInputPopupSurfaceV2, &WlSurface)> {
        let on = self.method.as_ref().filter(|method| method.on);
        on.into_iter().flat_map(|method| {
            let popups = method.popups.iter();
            popups.map(|(object, surface)| (object, surface))
        })
    }

    fn of(&mut self, object: &ZwpInputMethodV2) -> Option<&mut Method> {
        self.method
            .as_mut()
            .filter(|method| method.object == *object)
    }
}

impl Goblin {
    /// A text field was enabled.
    pub(crate) fn input_method_on(&mut self) {
        if let Some(method) = &mut self.globals.input_method.method {
            method.on = true;
            method.object.activate();
        }
    }

    /// The text field was disabled, or lost the keyboard.
    pub(crate) fn input_method_off(&mut self) {
        if let Some(method) = &mut self.globals.input_method.method
            && std::mem::take(&mut method.on)
        {
            method.pending = Said::default();
            method.object.deactivate();
            method.object.done();
        }
        self.queue_redraw_all();
    }

    /// The enabled field committed.
    pub(crate) fn input_method_hears(&mut self, words: Words) {
        let Some(method) = &self.globals.input_method.method else {
            return;
        };
        let object = &method.object;
        if let Some((text, cursor, anchor)) = words.surrounding {
            object.surrounding_text(text, cursor, anchor);
        }
        if let Some(cause) = words.cause {
            object.text_change_cause(cause);
        }
        if let Some((hint, purpose)) = words.content {
            object.content_type(hint, purpose);
        }
        object.done();
    }

    /// The enabled field is told what the input method made.
    fn speak(&mut self, said: Said) {
        let Some((field, serial)) = self.globals.text_inputs.active() else {
            return;
        };
        if let Some((text, begin, end)) = said.preedit {
            let (begin, end) = preedit_cursor(&text, begin, end);
            field.preedit_string(Some(text), begin, end);
        }
        if let Some((before, after)) = said.delete {
            field.delete_surrounding_text(before, after);
        }
        if let Some(text) = said.commit {
            field.commit_string(Some(text));
        }
        field.done(serial);
    }

    /// The input method's grab of the keyboard holds while a field is enabled and nothing else has
    /// the keys.
    pub(crate) fn refresh_method_grab(&mut self) {
        let method = self.globals.input_method.method.as_ref();
        let on = method.is_some_and(|method| method.on) && !self.globals.lock.is_on();
        let grab = method.and_then(|method| method.grab.clone()).filter(|_| on);
        let Some(keyboard) = self.seat.get_keyboard() else {
            return;
        };
        let ours = keyboard.with_grab(|_, grab| {
            let grab = grab.as_any().downcast_ref::<MethodGrab>();
            grab.map(|grab| grab.object.clone())
        });
        match (ours, grab) {
            (None, Some(object)) => {
                let start = GrabStartData { focus: None };
                let serial = SERIAL_COUNTER.next_serial();
                keyboard.set_grab(self, MethodGrab { object, start }, serial);
            }
            (Some(Some(held)), wanted) if wanted.as_ref() != Some(&held) => {
                keyboard.unset_grab(self);
            }
            _ => {}
        }
    }

    /// Tells a grab the keymap in use.
    fn send_keymap(&self, grab: &ZwpInputMethodKeyboardGrabV2) {
        let table = match KeyTable::new(&self.config.keyboard.xkb()) {
            Ok(table) => table,
            Err(reason) => return warn!("an input method gets no keymap: {reason}"),
        };
        let file = KeymapFile::new(table.keymap());
        let sent = file.with_fd(false, |fd, size| {
            let size = u32::try_from(size).unwrap_or(u32::MAX);
            grab.keymap(KeymapFormat::XkbV1, fd, size);
        });
        if let Err(error) = sent {
            warn!("an input method gets no keymap: {error}");
        }
        let keyboard = &self.config.keyboard;
        grab.repeat_info(keyboard.repeat_rate, keyboard.repeat_delay);
    }
}

/// The cursor in a text that is being composed: both -1 where it is hidden, else places in it.
fn preedit_cursor(text: &str, begin: i32, end: i32) -> (i32, i32) {
    let is_place = |at: i32| usize::try_from(at).is_ok_and(|at| text.is_char_boundary(at));
    if is_place(begin) && is_place(end) {
        (begin, end)
    } else {
        (-1, -1)
    }
}

/// The keyboard while an input method has it.
struct MethodGrab {
    object: ZwpInputMethodKeyboardGrabV2,
    start: GrabStartData<Goblin>,
}

impl KeyboardGrab<Goblin> for MethodGrab {
    fn input(
        &mut self,
        _: &mut Goblin,
        _: &mut KeyboardInnerHandle<'_, Goblin>,
        keycode: Keycode,
        state: KeyState,
        modifiers: Option<ModifiersState>,
        serial: Serial,
        time: u32,
    ) {
        let state = match state {
            KeyState::Pressed => wl_keyboard::KeyState::Pressed,
            KeyState::Released => wl_keyboard::KeyState::Released,
        };
        let serial = serial.into();
        self.object
            .key(serial, time, keycode.raw().saturating_sub(8), state);
        if let Some(now) = modifiers.map(|modifiers| modifiers.serialized) {
            self.object.modifiers(
                serial,
                now.depressed,
                now.latched,
                now.locked,
                now.layout_effective,
            );
        }
    }

    fn set_focus(
        &mut self,
        goblin: &mut Goblin,
        handle: &mut KeyboardInnerHandle<'_, Goblin>,
        focus: Option<WlSurface>,
        serial: Serial,
    ) {
        handle.set_focus(goblin, focus, serial);
    }

    fn start_data(&self) -> &GrabStartData<Goblin> {
        &self.start
    }

    fn unset(&mut self, _: &mut Goblin) {}
}

impl GlobalDispatch<ZwpInputMethodManagerV2, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<ZwpInputMethodManagerV2>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<ZwpInputMethodManagerV2>(&client)
    }
}

impl Dispatch<ZwpInputMethodManagerV2, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        _: &ZwpInputMethodManagerV2,
        request: zwp_input_method_manager_v2::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let zwp_input_method_manager_v2::Request::GetInputMethod { input_method, .. } = request
        else {
            return;
        };
        let object = data_init.init(input_method, ());
        if goblin.globals.input_method.is_there() {
            object.unavailable();
            return;
        }
        goblin.globals.input_method.method = Some(Method {
            object,
            on: false,
            pending: Said::default(),
            popups: Vec::new(),
            grab: None,
        });
        goblin.introduce_field();
    }
}

impl Dispatch<ZwpInputMethodV2, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        object: &ZwpInputMethodV2,
        request: zwp_input_method_v2::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let method = goblin.globals.input_method.of(object);
        match request {
            zwp_input_method_v2::Request::CommitString { text } => {
                if let Some(method) = method {
                    method.pending.commit = Some(text);
                }
            }
            zwp_input_method_v2::Request::SetPreeditString {
                text,
                cursor_begin,
                cursor_end,
            } => {
                if let Some(method) = method {
                    method.pending.preedit = Some((text, cursor_begin, cursor_end));
                }
            }
            zwp_input_method_v2::Request::DeleteSurroundingText {
                before_length,
                after_length,
            } => {
                if let Some(method) = method {
                    method.pending.delete = Some((before_length, after_length));
                }
            }
            zwp_input_method_v2::Request::Commit { .. } => {
                // A serial that is behind changes nothing here: what a field said meanwhile is its
                // own, and it sees by the serial of `done` that this was made before.
                let said = method.map(|method| std::mem::take(&mut method.pending));
                said.into_iter().for_each(|said| goblin.speak(said));
            }
            zwp_input_method_v2::Request::GetInputPopupSurface { id, surface } => {
                if give_role(&surface, POPUP_ROLE).is_err() {
                    object.post_error(ROLE_TAKEN, "the surface has another role");
                    return;
                }
                let popup = data_init.init(id, ());
                if let Some(method) = method {
                    method.popups.push((popup, surface));
                    goblin.input_popup_moved();
                }
            }
            zwp_input_method_v2::Request::GrabKeyboard { keyboard } => {
                let grab = data_init.init(keyboard, ());
                let Some(method) = method else { return };
                method.grab = Some(grab.clone());
                goblin.send_keymap(&grab);
                goblin.refresh_method_grab();
            }
            _ => {}
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &ZwpInputMethodV2, (): &()) {
        if goblin.globals.input_method.of(object).is_none() {
            return;
        }
        goblin.globals.input_method.method = None;
        goblin.clear_preedit();
        goblin.refresh_method_grab();
        goblin.queue_redraw_all();
    }
}

impl Dispatch<ZwpInputMethodKeyboardGrabV2, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ZwpInputMethodKeyboardGrabV2,
        _: zwp_input_method_keyboard_grab_v2::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        // It can only be released.
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &ZwpInputMethodKeyboardGrabV2, (): &()) {
        if let Some(method) = &mut goblin.globals.input_method.method
            && method.grab.as_ref() == Some(object)
        {
            method.grab = None;
        }
        goblin.refresh_method_grab();
    }
}

impl Dispatch<ZwpInputPopupSurfaceV2, ()> for Goblin {
    fn request(
        _: &mut Self,
        _: &Client,
        _: &ZwpInputPopupSurfaceV2,
        _: zwp_input_popup_surface_v2::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        // It can only be destroyed.
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &ZwpInputPopupSurfaceV2, (): &()) {
        if let Some(method) = &mut goblin.globals.input_method.method {
            method.popups.retain(|(other, _)| other != object);
        }
        goblin.queue_redraw_all();
    }
}
