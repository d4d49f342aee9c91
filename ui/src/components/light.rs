//! State lights: a shape, a colour and a word, never a colour alone.

use iced_core::alignment::Vertical;
use iced_widget::{row, text};

use super::words::body;
use crate::icons::{Icon, icon};
use crate::semantics::{Role, semantic};
use crate::tokens::{Meaning, icon as icon_size, space};
use crate::{Element, Text};

/// How a thing is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Light {
    /// Works: a tick in a circle.
    Good,
    /// Busy, will be done by itself: a turning arrow.
    Working,
    /// Waits for something else: an hourglass.
    Waiting,
    /// Waits for the person's answer: a question mark in a circle.
    Asking,
    /// Works, but wants attention: a triangle.
    Warning,
    /// Has failed: a cross in a circle.
    Bad,
    /// Is off on purpose: an empty circle.
    Off,
    /// Nothing is known: a dashed circle.
    Unknown,
}

impl Light {
    /// The shape.
    pub const fn shape(self) -> Icon {
        match self {
            Light::Good => Icon::CircleCheck,
            Light::Working => Icon::RefreshCw,
            Light::Waiting => Icon::Hourglass,
            Light::Asking => Icon::CircleQuestionMark,
            Light::Warning => Icon::TriangleAlert,
            Light::Bad => Icon::CircleX,
            Light::Off => Icon::Circle,
            Light::Unknown => Icon::CircleDashed,
        }
    }

    /// What it means.
    pub const fn meaning(self) -> Meaning {
        match self {
            Light::Good => Meaning::Good,
            Light::Working | Light::Waiting | Light::Asking => Meaning::Info,
            Light::Warning => Meaning::Warning,
            Light::Bad => Meaning::Bad,
            Light::Off | Light::Unknown => Meaning::Neutral,
        }
    }

    /// The word for `state` in a screen file.
    pub const fn word(self) -> &'static str {
        match self {
            Light::Good => "good",
            Light::Working => "working",
            Light::Waiting => "waiting",
            Light::Asking => "asking",
            Light::Warning => "warning",
            Light::Bad => "bad",
            Light::Off => "off",
            Light::Unknown => "unknown",
        }
    }
}

fn shape<'a>(light: Light, size: f32) -> Text<'a> {
    let meaning = light.meaning();
    icon(light.shape(), size).style(move |theme| text::Style {
        color: Some(theme.palette().of(meaning).text),
    })
}

/// The light alone; `says` is its name on the screen.
pub fn light<'a, Message: 'a>(
    light: Light,
    size: f32,
    says: impl Into<String>,
) -> Element<'a, Message> {
    semantic(Role::Light, shape(light, size))
        .label(says)
        .state(light.word())
        .into()
}

/// The light with its words beside it.
pub fn status<'a, Message: 'a>(light: Light, words: impl Into<String>) -> Element<'a, Message> {
    let content = row![shape(light, icon_size::M), body(words)]
        .spacing(space::S)
        .align_y(Vertical::Center);
    semantic(Role::Light, content).state(light.word()).into()
}
