//! `zwp_text_input_manager_v3`: a text field tells what is around its cursor, and is told what an input
//! method makes of the keys. Ours, and not smithay's, which dies of an enum it does not know and stops
//! at version 1.
//!
//! A field is told of the focus whether or not there is an input method, as the protocol has it; one that
//! comes later hears of the field that is enabled by then.

use smithay::reexports::wayland_protocols::wp::text_input::zv3::server::{
    zwp_text_input_manager_v3::{self, ZwpTextInputManagerV3},
    zwp_text_input_v3::{
        self, Action, ChangeCause, ContentHint, ContentPurpose, Error, ZwpTextInputV3,
    },
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum,
};
use smithay::utils::{IsAlive, Logical, Rectangle};

use crate::client::sees;
use crate::goblin::Goblin;

const VERSION: u32 = 2;
/// No place and no side of a cursor is farther out, in logical pixels.
const FAR: i32 = 1 << 20;

/// The state of the global.
pub(crate) struct TextInputs {
    _global: GlobalId,
    fields: Vec<Field>,
    /// The surface with the keyboard.
    focus: Option<WlSurface>,
    /// The one object whose field is enabled.
    active: Option<ZwpTextInputV3>,
    /// Where the cursor of the active field is, on the focused surface.
    cursor: Option<Rectangle<i32, Logical>>,
    /// The same, to take effect with the surface's next commit.
    next_cursor: Option<Rectangle<i32, Logical>>,
    /// What the active field has said so far.
    said: Words,
}

/// One object of a client.
struct Field {
    object: ZwpTextInputV3,
    /// Commits so far.
    serial: u32,
    pending: Pending,
}

/// What a field has said since its last commit.
#[derive(Debug, Default)]
struct Pending {
    enable: Option<bool>,
    words: Words,
    cursor: Option<Rectangle<i32, Logical>>,
}

/// What a field tells the input method.
#[derive(Debug, Default, Clone)]
pub(crate) struct Words {
    /// Text around the cursor, and the places of cursor and anchor in its bytes.
    pub(crate) surrounding: Option<(String, u32, u32)>,
    pub(crate) cause: Option<ChangeCause>,
    pub(crate) content: Option<(ContentHint, ContentPurpose)>,
}

impl Words {
    /// Adds what is said later, but for the cause: that is of one change alone.
    fn add(&mut self, later: &Words) {
        if later.surrounding.is_some() {
            self.surrounding.clone_from(&later.surrounding);
        }
        self.content = later.content.or(self.content);
    }
}

impl TextInputs {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, ZwpTextInputManagerV3, _>(VERSION, ()),
            fields: Vec::new(),
            focus: None,
            active: None,
            cursor: None,
            next_cursor: None,
            said: Words::default(),
        }
    }

    /// The surface of the enabled field, and where on it the cursor is.
    pub(crate) fn cursor(&self) -> Option<(&WlSurface, Rectangle<i32, Logical>)> {
        self.active.as_ref()?;
        let surface = self.focus.as_ref()?;
        Some((surface, self.cursor.unwrap_or_default()))
    }

    /// The object of the enabled field, and the serial that its next `done` carries.
    pub(crate) fn active(&self) -> Option<(&ZwpTextInputV3, u32)> {
        let active = self.active.as_ref()?;
        let field = self.fields.iter().find(|field| field.object == *active)?;
        Some((active, field.serial))
    }

    fn fields_of(&self, surface: &WlSurface) -> impl Iterator<Item = &ZwpTextInputV3> {
        let objects = self.fields.iter().map(|field| &field.object);
        let of = surface.id();
        objects.filter(move |object| object.id().same_client_as(&of))
    }

    fn begin_anew(&mut self) {
        self.cursor = None;
        self.next_cursor = None;
        self.said = Words::default();
    }
}

impl Goblin {
    /// The keyboard went to a surface: fields are told.
    pub(crate) fn refresh_text_focus(&mut self) {
        let keyboard = self.seat.get_keyboard();
        let focus = keyboard.and_then(|keyboard| keyboard.current_focus());
        // What is typed to unlock is nobody else's business.
        let hears = !self.globals.lock.is_on();
        let focus = focus.filter(|surface| hears && surface.alive());
        if self.globals.text_inputs.focus == focus {
            return;
        }
        self.disable_field();
        let inputs = &mut self.globals.text_inputs;
        inputs.begin_anew();
        if let Some(old) = std::mem::replace(&mut inputs.focus, focus.clone())
            && old.alive()
        {
            inputs.fields_of(&old).for_each(|object| object.leave(&old));
        }
        if let Some(new) = &focus {
            inputs.fields_of(new).for_each(|object| object.enter(new));
        }
    }

    fn disable_field(&mut self) {
        if self.globals.text_inputs.active.take().is_some() {
            self.globals.text_inputs.begin_anew();
            self.input_method_off();
        }
    }

    /// An input method came: it hears of the field that is enabled, if one is.
    pub(crate) fn introduce_field(&mut self) {
        if self.globals.text_inputs.active.is_some() {
            let said = self.globals.text_inputs.said.clone();
            self.input_method_on();
            self.input_method_hears(said);
        }
    }

    /// The input method is gone, and with it what it was composing.
    pub(crate) fn clear_preedit(&mut self) {
        if let Some((field, serial)) = self.globals.text_inputs.active() {
            field.preedit_string(None, 0, 0);
            field.done(serial);
        }
    }

    /// A surface committed: from version 2 on that is when a cursor's new place takes effect.
    pub(crate) fn text_surface_committed(&mut self, surface: &WlSurface) {
        let inputs = &mut self.globals.text_inputs;
        if inputs.next_cursor.is_some() && inputs.focus.as_ref() == Some(surface) {
            inputs.cursor = inputs.next_cursor.take();
            self.input_popup_moved();
        }
    }

    fn field_committed(&mut self, object: &ZwpTextInputV3) {
        let inputs = &mut self.globals.text_inputs;
        let field = inputs
            .fields
            .iter_mut()
            .find(|field| field.object == *object);
        let Some(field) = field else { return };
        field.serial = field.serial.wrapping_add(1);
        let pending = std::mem::take(&mut field.pending);
        let focus = inputs.focus.as_ref();
        let focused = focus.is_some_and(|focus| focus.id().same_client_as(&object.id()));
        let others = inputs
            .active
            .as_ref()
            .is_some_and(|active| active != object);
        if !focused || others {
            return;
        }
        match pending.enable {
            Some(false) => return self.disable_field(),
            Some(true) => {
                inputs.active = Some(object.clone());
                inputs.begin_anew();
                self.input_method_on();
            }
            None if inputs.active.is_none() => return,
            None => {}
        }
        let inputs = &mut self.globals.text_inputs;
        if let Some(cursor) = pending.cursor {
            if object.version() >= 2 {
                inputs.next_cursor = Some(cursor);
            } else {
                inputs.cursor = Some(cursor);
                self.input_popup_moved();
            }
        }
        let inputs = &mut self.globals.text_inputs;
        inputs.said.add(&pending.words);
        self.input_method_hears(pending.words);
    }
}

impl GlobalDispatch<ZwpTextInputManagerV3, ()> for Goblin {
    fn bind(
        _: &mut Self,
        _: &DisplayHandle,
        _: &Client,
        manager: New<ZwpTextInputManagerV3>,
        (): &(),
        data_init: &mut DataInit<'_, Self>,
    ) {
        data_init.init(manager, ());
    }

    fn can_view(client: Client, (): &()) -> bool {
        sees::<ZwpTextInputManagerV3>(&client)
    }
}

impl Dispatch<ZwpTextInputManagerV3, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        _: &ZwpTextInputManagerV3,
        request: zwp_text_input_manager_v3::Request,
        (): &(),
        _: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let zwp_text_input_manager_v3::Request::GetTextInput { id, .. } = request else {
            return;
        };
        let object = data_init.init(id, ());
        let inputs = &mut goblin.globals.text_inputs;
        if let Some(focus) = &inputs.focus
            && focus.id().same_client_as(&object.id())
        {
            object.enter(focus);
        }
        inputs.fields.push(Field {
            object,
            serial: 0,
            pending: Pending::default(),
        });
    }
}

impl Dispatch<ZwpTextInputV3, ()> for Goblin {
    fn request(
        goblin: &mut Self,
        _: &Client,
        object: &ZwpTextInputV3,
        request: zwp_text_input_v3::Request,
        (): &(),
        _: &DisplayHandle,
        _: &mut DataInit<'_, Self>,
    ) {
        let fields = &mut goblin.globals.text_inputs.fields;
        let Some(field) = fields.iter_mut().find(|field| field.object == *object) else {
            return;
        };
        let pending = &mut field.pending;
        match request {
            zwp_text_input_v3::Request::Enable => {
                *pending = Pending {
                    enable: Some(true),
                    ..Pending::default()
                };
            }
            zwp_text_input_v3::Request::Disable => pending.enable = Some(false),
            zwp_text_input_v3::Request::SetSurroundingText {
                text,
                cursor,
                anchor,
            } => {
                let (cursor, anchor) = (place_in(&text, cursor), place_in(&text, anchor));
                pending.words.surrounding = Some((text, cursor, anchor));
            }
            zwp_text_input_v3::Request::SetTextChangeCause { cause } => {
                let known = cause.into_result();
                pending.words.cause = Some(known.unwrap_or(ChangeCause::Other));
            }
            zwp_text_input_v3::Request::SetContentType { hint, purpose } => {
                let purpose = purpose.into_result().unwrap_or(ContentPurpose::Normal);
                pending.words.content = Some((known_hints(hint), purpose));
            }
            zwp_text_input_v3::Request::SetCursorRectangle {
                x,
                y,
                width,
                height,
            } => {
                let loc = (x.clamp(-FAR, FAR), y.clamp(-FAR, FAR));
                let size = (width.clamp(0, FAR), height.clamp(0, FAR));
                pending.cursor = Some(Rectangle::new(loc.into(), size.into()));
            }
            // `zwp_input_method_v2` cannot perform any action: they are checked, and that is all.
            zwp_text_input_v3::Request::SetAvailableActions { available_actions }
                if !are_actions(&available_actions) =>
            {
                object.post_error(Error::InvalidAction, "an action is none, or given twice");
            }
            zwp_text_input_v3::Request::Commit => goblin.field_committed(object),
            // To show or to hide a keyboard on the screen is a wish: that one shows itself.
            _ => {}
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, object: &ZwpTextInputV3, (): &()) {
        let inputs = &mut goblin.globals.text_inputs;
        inputs.fields.retain(|field| field.object != *object);
        if inputs.active.as_ref() == Some(object) {
            goblin.disable_field();
        }
    }
}

/// A place in a text, in bytes, as an input method may count on it.
fn place_in(text: &str, at: i32) -> u32 {
    let mut at = usize::try_from(at).unwrap_or(0).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    u32::try_from(at).unwrap_or(0)
}

/// The hints that version 1 knew: an input method of version 2 knows no others.
fn known_hints(hint: WEnum<ContentHint>) -> ContentHint {
    let bits = match hint {
        WEnum::Value(hint) => hint.bits(),
        WEnum::Unknown(bits) => bits,
    };
    let newer =
        ContentHint::OnScreenInputProvided | ContentHint::NoEmoji | ContentHint::PreeditShown;
    ContentHint::from_bits_truncate(bits) - newer
}

fn are_actions(array: &[u8]) -> bool {
    let (numbers, rest) = array.as_chunks::<4>();
    let mut numbers: Vec<u32> = numbers.iter().map(|n| u32::from_ne_bytes(*n)).collect();
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    rest.is_empty() && numbers.len() == count && !numbers.contains(&u32::from(Action::None))
}
