//! Explanations under the pointer.

use std::time::Duration;

use iced_core::{Shadow, Vector, border};
use iced_widget::{container, tooltip};

use super::words::body;
use crate::tokens::{control, font, radius, space, width};
use crate::{Element, Theme};

/// How long the pointer rests on a thing before it is explained.
const REST: Duration = Duration::from_millis(500);

/// Shows `words` while the pointer rests on `content`.
///
/// iced lets no operation into a tooltip, so what it says is to be a name or a fact of `content`, too,
/// or a screen reader would miss it.
pub fn tip<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    words: impl Into<String>,
) -> Element<'a, Message> {
    let words = container(body(words).size(font::CAPTION)).max_width(width::TOOLTIP);
    tooltip(content, words, tooltip::Position::Bottom)
        .delay(REST)
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
