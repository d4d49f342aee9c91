//! Surfaces that hold things together.

use iced_core::alignment::Vertical;
use iced_core::{Length, border};
use iced_widget::{column, container, row, rule, space as gap};

use super::words::{caption, heading};
use crate::semantics::{Role, semantic};
use crate::tokens::{control, radius, space};
use crate::{Container, Element, Theme};

/// A surface with an edge, as wide as it may be.
pub fn card<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Container<'a, Message> {
    container(content)
        .padding(space::L)
        .width(Length::Fill)
        .style(|theme: &Theme| {
            let palette = theme.palette();
            container::Style {
                text_color: Some(palette.text),
                background: Some(palette.surface.into()),
                border: border::rounded(radius::L)
                    .width(control::LINE)
                    .color(palette.line),
                ..container::Style::default()
            }
        })
}

/// A line between the parts of a card.
pub fn divider<'a, Message: 'a>() -> Element<'a, Message> {
    rule::horizontal(control::LINE).into()
}

/// A heading, a word on what follows, and what can be done with all of it.
pub fn section<'a, Message: 'a>(
    name: impl Into<String>,
    note: Option<String>,
    actions: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let words = column![heading(name)].push(note.map(caption));
    let line = row![words, gap::horizontal()]
        .push(actions)
        .spacing(space::S)
        .align_y(Vertical::Center)
        .width(Length::Fill);
    // The pieces speak for themselves; the group says where they belong.
    semantic(Role::Group, line).into()
}
