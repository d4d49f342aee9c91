//! What stands where nothing is yet.

use iced_core::Length;
use iced_core::alignment::Horizontal;
use iced_core::text::Alignment;
use iced_widget::{column, container, text};

use super::words::{body, heading, tone};
use crate::Element;
use crate::icons::{Icon, icon};
use crate::tokens::{Meaning, icon as icon_size, space, width};

/// A pictogram, what is not there, how it comes to be there, and perhaps a button for it.
pub fn empty<'a, Message: 'a>(
    shape: Icon,
    fact: impl Into<String>,
    hint: impl Into<String>,
    action: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let mark = icon(shape, icon_size::XL).style(|theme: &crate::Theme| text::Style {
        color: Some(theme.palette().disabled),
    });
    let words = container(tone(body(hint), Meaning::Neutral).align_x(Alignment::Center))
        .max_width(width::PROSE);
    let content = column![mark, heading(fact), words]
        .push(action)
        .spacing(space::S)
        .align_x(Horizontal::Center);
    container(content)
        .padding(space::XXL)
        .center_x(Length::Fill)
        .into()
}
