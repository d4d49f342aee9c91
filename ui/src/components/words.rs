//! Text by what it is.

use iced_core::text::{LineHeight, Shaping, Wrapping};
use iced_widget::text;

use crate::Text;
use crate::core::Font;
use crate::fonts;
use crate::semantics::{Role, Semantic, semantic};
use crate::tokens::{Meaning, font};

fn words<'a>(content: impl Into<String>, size: f32, face: Font) -> Text<'a> {
    text(content.into())
        .size(size)
        .font(face)
        .line_height(LineHeight::Relative(font::LINE))
        .shaping(Shaping::Auto)
}

/// The name of a screen.
pub fn title<'a, Message: 'a>(content: impl Into<String>) -> Semantic<'a, Message> {
    semantic(
        Role::Heading,
        words(content, font::TITLE, fonts::STRONG).line_height(1.25),
    )
}

/// The name of a card or section.
pub fn heading<'a, Message: 'a>(content: impl Into<String>) -> Semantic<'a, Message> {
    semantic(Role::Heading, words(content, font::HEADING, fonts::STRONG))
}

/// Running text.
pub fn body<'a>(content: impl Into<String>) -> Text<'a> {
    words(content, font::BODY, fonts::UI)
}

/// What counts in running text.
pub fn strong<'a>(content: impl Into<String>) -> Text<'a> {
    words(content, font::BODY, fonts::STRONG)
}

/// A note below or beside a thing.
pub fn caption<'a>(content: impl Into<String>) -> Text<'a> {
    words(content, font::CAPTION, fonts::UI).style(|theme| text::Style {
        color: Some(theme.palette().muted),
    })
}

/// A figure in a column: digits of equal width, on one line.
pub fn tabular<'a>(content: impl Into<String>) -> Text<'a> {
    words(content, font::BODY, fonts::TABULAR).wrapping(Wrapping::None)
}

/// The one figure that a card is about.
pub fn figure<'a>(content: impl Into<String>) -> Text<'a> {
    words(content, font::FIGURE, fonts::TABULAR_STRONG)
        .line_height(1.2)
        .wrapping(Wrapping::None)
}

/// A log line, a path or a command.
pub fn mono<'a>(content: impl Into<String>) -> Text<'a> {
    words(content, font::MONO, fonts::MONO)
}

/// Gives a text the colour of a meaning; neutral means muted.
pub fn tone(text: Text<'_>, meaning: Meaning) -> Text<'_> {
    text.style(move |theme| {
        let palette = theme.palette();
        let colour = match meaning {
            Meaning::Neutral => palette.muted,
            other => palette.of(other).text,
        };
        text::Style {
            color: Some(colour),
        }
    })
}
