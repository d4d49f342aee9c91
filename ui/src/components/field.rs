//! A place to type one line.

use iced_core::widget::Id;
use iced_core::{Length, Pixels};
use iced_widget::text_input;

use crate::tokens::{font, space};
use crate::{Element, fonts};

/// A field that holds `value`; `hint` is shown while it is empty. Enter says `on_submit`.
pub fn field<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    hint: &str,
    value: &str,
    on_input: impl Fn(String) -> Message + 'a,
    on_submit: Message,
) -> Element<'a, Message> {
    text_input(hint, value)
        .id(id)
        .on_input(on_input)
        .on_submit(on_submit)
        .font(fonts::UI)
        .size(Pixels(font::BODY))
        .padding([space::S, space::M])
        .width(Length::Fill)
        .into()
}
