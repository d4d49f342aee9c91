//! Chinese typed through an input method: from the keys to the text field, and the window of candidates.

use smithay::reexports::wayland_server::Resource;
use wayland_client::backend::protocol::{Argument, Message};
use wayland_client::backend::smallvec::smallvec;
use wayland_client::{Proxy, delegate_noop};
use wayland_protocols::wp::text_input::zv3::client::zwp_text_input_manager_v3::ZwpTextInputManagerV3;
use wayland_protocols::wp::text_input::zv3::client::zwp_text_input_v3::{
    ChangeCause, ContentHint, ContentPurpose, ZwpTextInputV3,
};
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_keyboard_grab_v2::ZwpInputMethodKeyboardGrabV2;
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_manager_v2::ZwpInputMethodManagerV2;
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_method_v2::ZwpInputMethodV2;
use wayland_protocols_misc::zwp_input_method_v2::client::zwp_input_popup_surface_v2::ZwpInputPopupSurfaceV2;

use super::client::TestWindow;
use super::dispatch::{Heard, note_events};
use super::{Client, Fixture};

const BLUE: [u8; 3] = [0x30, 0x50, 0xc0];
const RED: [u8; 3] = [0xd0, 0x20, 0x20];
const NOTHING: [&str; 0] = [];

delegate_noop!(Heard: ignore ZwpTextInputManagerV3);
delegate_noop!(Heard: ignore ZwpInputMethodManagerV2);
note_events!(
    ZwpTextInputV3,
    ZwpInputMethodV2,
    ZwpInputMethodKeyboardGrabV2,
    ZwpInputPopupSurfaceV2
);

struct Desk {
    fixture: Fixture,
    app: Client,
    window: TestWindow,
    field: ZwpTextInputV3,
    ime: Client,
    method: ZwpInputMethodV2,
}

impl Desk {
    /// An application with a text field that has the keyboard but is not enabled, and an input
    /// method.
    fn new() -> Self {
        let mut fixture = Fixture::new();
        let mut app = fixture.connect();
        let window = app.open(&mut fixture, (400, 300), BLUE);
        let id = fixture.only_window();
        fixture.goblin.layout.move_to(id, (100, 100).into());
        fixture.goblin.layout_changed();
        let manager: ZwpTextInputManagerV3 = app.bind();
        let field = manager.get_text_input(&app.globals().seat, &app.handle(), ());
        app.roundtrip(&mut fixture);
        assert!(app.heard.take_notes(&field)[0].starts_with("Enter"));
        let mut ime = fixture.connect();
        let manager: ZwpInputMethodManagerV2 = ime.bind();
        let method = manager.get_input_method(&ime.globals().seat, &ime.handle(), ());
        ime.roundtrip(&mut fixture);
        app.roundtrip(&mut fixture);
        assert_eq!(app.heard.take_notes(&field), NOTHING);
        Self {
            fixture,
            app,
            window,
            field,
            ime,
            method,
        }
    }

    fn app(&mut self) -> Vec<String> {
        self.app.roundtrip(&mut self.fixture);
        self.app.heard.take_notes(&self.field)
    }

    fn ime(&mut self) -> Vec<String> {
        self.app.roundtrip(&mut self.fixture);
        self.ime.roundtrip(&mut self.fixture);
        self.ime.heard.take_notes(&self.method)
    }

    fn enable(&mut self) {
        self.field.enable();
        self.field.set_cursor_rectangle(40, 50, 2, 20);
        self.field.commit();
        self.window.surface.commit();
        assert!(self.ime().contains(&"Activate".to_owned()));
    }
}

#[test]
fn chinese_is_typed_into_a_field() {
    let mut desk = Desk::new();
    desk.field.enable();
    desk.field.set_surrounding_text("从".to_owned(), 3, 3);
    desk.field.set_text_change_cause(ChangeCause::InputMethod);
    desk.field
        .set_content_type(ContentHint::Latin, ContentPurpose::Normal);
    desk.field.set_cursor_rectangle(40, 50, 2, 20);
    desk.field.commit();
    let told = desk.ime().join(" | ");
    assert_eq!(
        told,
        "Activate | SurroundingText { text: \"从\", cursor: 3, anchor: 3 } | \
         TextChangeCause { cause: Value(InputMethod) } | \
         ContentType { hint: Value(ContentHint(Latin)), purpose: Value(Normal) } | Done"
    );
    let grab = desk.method.grab_keyboard(&desk.ime.handle(), ());
    desk.ime();
    desk.app.heard.keys.clear();
    desk.fixture.tap("n");
    desk.ime();
    let keys = desk.ime.heard.take_notes(&grab).join(" | ");
    assert!(
        keys.contains("Keymap") && keys.contains("RepeatInfo"),
        "{keys}"
    );
    assert!(keys.contains("key: 49, state: Value(Pressed)"), "{keys}");
    desk.app();
    assert!(
        desk.app.heard.keys.is_empty(),
        "the keys are the input method's"
    );

    desk.method.set_preedit_string("ni hao".to_owned(), 6, 6);
    desk.method.commit(1);
    desk.ime();
    let told = desk.app().join(" | ");
    assert!(
        told.contains("Some(\"ni hao\"), cursor_begin: 6, cursor_end: 6"),
        "{told}"
    );
    assert!(told.ends_with("Done { serial: 1 }"), "{told}");
    desk.method.delete_surrounding_text(3, 0);
    desk.method.commit_string("你好".to_owned());
    desk.method.commit(1);
    desk.ime();
    let told = desk.app().join(" | ");
    assert!(told.contains("DeleteSurroundingText { before_length: 3, after_length: 0 }"));
    assert!(
        told.contains("CommitString { text: Some(\"你好\") }"),
        "{told}"
    );

    // The field is left: the keys are the application's again.
    desk.field.disable();
    desk.field.commit();
    assert_eq!(desk.ime(), ["Deactivate", "Done"]);
    desk.fixture.tap("n");
    desk.app();
    assert_eq!(desk.app.heard.keys.len(), 2);
    desk.method.commit_string("too late".to_owned());
    desk.method.commit(2);
    desk.ime();
    assert_eq!(desk.app(), NOTHING);
}

#[test]
fn the_window_of_candidates_lies_under_the_cursor() {
    let mut desk = Desk::new();
    let surface = desk.ime.surface();
    let handle = desk.ime.handle();
    let popup = desk.method.get_input_popup_surface(&surface, &handle, ());
    surface.attach(Some(&desk.ime.buffer(120, 30, RED)), 0, 0);
    surface.commit();
    desk.ime();
    let red = |desk: &mut Desk, x: i32, y: i32| {
        let picture = desk.fixture.picture();
        let at = usize::try_from(y * 1920 + x).unwrap() * 4;
        picture.data[at..at + 3] == RED
    };
    assert!(!red(&mut desk, 145, 175), "no field is enabled");
    desk.field.enable();
    desk.field.set_cursor_rectangle(40, 50, 2, 20);
    desk.field.commit();
    desk.ime();
    assert!(
        !red(&mut desk, 145, 175),
        "its place comes with the window's next frame"
    );
    desk.window.surface.commit();
    desk.ime();
    // The window's content begins at 100, 100.
    assert!(red(&mut desk, 140, 170) && red(&mut desk, 259, 199));
    assert!(!red(&mut desk, 139, 170) && !red(&mut desk, 140, 169));
    let told = desk.ime.heard.take_notes(&popup);
    assert_eq!(
        told.last().unwrap(),
        "TextInputRectangle { x: 0, y: -20, width: 2, height: 20 }"
    );
    // A click on it is the input method's, and the field keeps the keyboard.
    desk.fixture.click(200, 185);
    desk.ime();
    assert_eq!(desk.ime.heard.presses.len(), 1);
    desk.app();
    assert_eq!(desk.app.heard.keyboard, Some(desk.window.surface.id()));
    desk.field.disable();
    desk.field.commit();
    desk.ime();
    assert!(!red(&mut desk, 145, 175));
}

#[test]
fn a_field_that_loses_the_keyboard_is_no_longer_enabled() {
    let mut desk = Desk::new();
    desk.enable();
    let mut other = desk.fixture.connect();
    other.open(&mut desk.fixture, (100, 80), BLUE);
    assert_eq!(desk.ime(), ["Deactivate", "Done"]);
    assert!(desk.app()[0].starts_with("Leave"));
    // Nor while the session is locked.
    let surface = {
        let windows = &desk.fixture.goblin.windows;
        let mine = windows.iter().find(|window| {
            window.surface().id().protocol_id() == desk.window.surface.id().protocol_id()
        });
        mine.unwrap().id
    };
    desk.fixture.goblin.focus_window(surface);
    desk.app();
    desk.enable();
    let manager: wayland_protocols::ext::session_lock::v1::client::ext_session_lock_manager_v1::ExtSessionLockManagerV1 =
        other.bind();
    let _lock = manager.lock(&other.handle(), ());
    other.roundtrip(&mut desk.fixture);
    assert_eq!(desk.ime(), ["Deactivate", "Done"]);
}

#[test]
fn there_is_one_input_method_and_its_death_leaves_the_keys_to_the_application() {
    let mut desk = Desk::new();
    let mut second = desk.fixture.connect();
    let manager: ZwpInputMethodManagerV2 = second.bind();
    let refused = manager.get_input_method(&second.globals().seat, &second.handle(), ());
    second.roundtrip(&mut desk.fixture);
    assert_eq!(second.heard.take_notes(&refused), ["Unavailable"]);
    refused.commit_string("intruder".to_owned());
    refused.commit(0);
    second.roundtrip(&mut desk.fixture);
    desk.enable();
    let _grab = desk.method.grab_keyboard(&desk.ime.handle(), ());
    desk.ime();
    desk.app.heard.keys.clear();
    let gone = std::mem::replace(&mut desk.ime, second);
    drop(gone);
    desk.fixture.turn();
    desk.fixture.tap("n");
    let told = desk.app().join(" | ");
    assert_eq!(
        told, "PreeditString { text: None, cursor_begin: 0, cursor_end: 0 } | Done { serial: 1 }",
        "what was being composed is gone with it"
    );
    assert_eq!(desk.app.heard.keys.len(), 2);
    let manager: ZwpInputMethodManagerV2 = desk.ime.bind();
    desk.method = manager.get_input_method(&desk.ime.globals().seat, &desk.ime.handle(), ());
    let told = desk.ime().join(" | ");
    assert_eq!(told, "Activate | Done", "the field is enabled still");
}

#[test]
fn an_input_method_that_comes_late_hears_of_the_field_that_is_enabled() {
    let mut fixture = Fixture::new();
    let mut app = fixture.connect();
    app.open(&mut fixture, (400, 300), BLUE);
    let manager: ZwpTextInputManagerV3 = app.bind();
    let field = manager.get_text_input(&app.globals().seat, &app.handle(), ());
    field.enable();
    field.set_surrounding_text("从".to_owned(), 3, 3);
    field.set_content_type(ContentHint::Latin, ContentPurpose::Normal);
    field.commit();
    field.set_surrounding_text("从前".to_owned(), 6, 6);
    field.set_text_change_cause(ChangeCause::Other);
    field.commit();
    app.roundtrip(&mut fixture);
    let mut ime = fixture.connect();
    let manager: ZwpInputMethodManagerV2 = ime.bind();
    let method = manager.get_input_method(&ime.globals().seat, &ime.handle(), ());
    ime.roundtrip(&mut fixture);
    let told = ime.heard.take_notes(&method).join(" | ");
    assert_eq!(
        told,
        "Activate | SurroundingText { text: \"从前\", cursor: 6, anchor: 6 } | \
         ContentType { hint: Value(ContentHint(Latin)), purpose: Value(Normal) } | Done"
    );
    method.commit_string("有".to_owned());
    method.commit(1);
    ime.roundtrip(&mut fixture);
    app.roundtrip(&mut fixture);
    let told = app.heard.take_notes(&field).join(" | ");
    assert!(
        told.contains("Some(\"有\")") && told.ends_with("Done { serial: 2 }"),
        "{told}"
    );
}

/// smithay 0.7.0 dies of an enum that it does not know.
#[test]
fn numbers_that_mean_nothing_kill_nobody() {
    let mut desk = Desk::new();
    desk.enable();
    let backend = desk.app.connection().backend();
    let (cause, content) = (4, 5);
    for wild in [14, 99, 1 << 31, u32::MAX] {
        for (opcode, args) in [
            (cause, smallvec![Argument::Uint(wild)]),
            (
                content,
                smallvec![Argument::Uint(wild), Argument::Uint(wild)],
            ),
        ] {
            let sender_id = desk.field.id();
            let message = Message {
                sender_id,
                opcode,
                args,
            };
            backend.send_request(message, None, None).unwrap();
        }
        let near = wild.cast_signed();
        desk.field.set_surrounding_text("从x".to_owned(), near, 1);
        desk.field.set_cursor_rectangle(near, near, near, near);
        desk.field.commit();
        desk.window.surface.commit();
        desk.method.set_preedit_string("从".to_owned(), near, 1);
        desk.method.delete_surrounding_text(wild, wild);
        desk.method.commit(wild);
    }
    let told = desk.ime().join(" | ");
    assert!(told.contains("purpose: Value(Normal)"), "{told}");
    assert!(
        told.contains("cursor: 4, anchor: 0") || told.contains("cursor: 0, anchor: 0"),
        "{told}"
    );
    let told = desk.app().join(" | ");
    assert!(told.contains("cursor_begin: -1, cursor_end: -1"), "{told}");

    desk.field
        .set_available_actions(0_u32.to_ne_bytes().to_vec());
    assert!(desk.app.try_roundtrip(&mut desk.fixture).is_err());
    let mut witness = desk.fixture.connect();
    witness.open(&mut desk.fixture, (100, 80), BLUE);
}
