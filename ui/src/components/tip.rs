//! Explanations under the pointer.

use iced_core::{Shadow, Vector, border};
use iced_widget::{container, tooltip};

use super::words::body;
use crate::semantics::{Role, semantic};
use crate::tokens::{control, font, radius, space, width};
use crate::{Element, Theme};

/// Shows `words` while the pointer rests on `content`.
pub fn tip<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    words: impl Into<String>,
) -> Element<'a, Message> {
    let words = container(body(words).size(font::CAPTION)).max_width(width::TOOLTIP);
    tooltip(
        content,
        semantic(Role::Tooltip, words),
        tooltip::Position::Bottom,
    )
    .gap(space::XS)
    .padding(space::S)
    .style(|theme: &Theme| {
        let palette = theme.palette();
        container::Style {
            text_color: Some(palette.text),
            background: Some(palette.raised.into()),
            border: border::rounded(radius::M)
                .width(control::LINE)
                .color(palette.line),
            shadow: Shadow {
                color: palette.shadow,
                offset: Vector::new(0.0, space::XS),
                blur_radius: space::M,
            },
            snap: true,
        }
    })
    .into()
}
