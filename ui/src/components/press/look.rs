//! How a pressable thing looks, by what it is and what is done to it.

use iced_core::{Background, Border, Color};

use crate::Theme;
use crate::tokens::{Meaning, control, radius};

/// What kind of pressable thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Filled with the colour of its meaning: at most one on a screen.
    Filled(Meaning),
    /// Edged: the usual button.
    Edged(Meaning),
    /// Bare until the pointer is on it: tools, icons, crumbs.
    Bare(Meaning),
    /// An entry of a list.
    Row,
    /// A view of several.
    Tab,
}

/// What is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) enabled: bool,
    pub(super) hovered: bool,
    pub(super) pressed: bool,
    pub(super) ring: bool,
    pub(super) selected: bool,
}

/// The outcome.
pub(super) struct Look {
    pub(super) background: Option<Background>,
    pub(super) border: Border,
    pub(super) text: Option<Color>,
}

impl Kind {
    pub(super) fn look(self, theme: &Theme, status: Status) -> Look {
        let palette = theme.palette();
        let on = status.hovered || status.pressed;
        let ground = if status.pressed {
            palette.active
        } else {
            palette.hover
        };
        let (background, edge, text) = match self {
            Kind::Filled(_) if !status.enabled => {
                (Some(palette.sunken), None, Some(palette.disabled))
            }
            Kind::Filled(meaning) => {
                let shades = palette.of(meaning);
                let fill = if on { shades.fill_hover } else { shades.fill };
                (Some(fill), None, Some(shades.on_fill))
            }
            Kind::Edged(_) | Kind::Bare(_) if !status.enabled => {
                let edge = matches!(self, Kind::Edged(_)).then_some(palette.line);
                (None, edge, Some(palette.disabled))
            }
            Kind::Edged(meaning) => {
                let text = match meaning {
                    Meaning::Neutral => palette.text,
                    other => palette.of(other).text,
                };
                (
                    Some(if on { ground } else { palette.surface }),
                    Some(palette.line),
                    Some(text),
                )
            }
            Kind::Bare(meaning) => {
                let text = palette.of(meaning).text;
                let chosen = status.selected.then_some(palette.active);
                (if on { Some(ground) } else { chosen }, None, Some(text))
            }
            Kind::Row => {
                let chosen = status.selected.then_some(palette.accent.tint);
                (chosen.or(on.then_some(ground)), None, None)
            }
            Kind::Tab => {
                let chosen = status.selected.then_some(palette.surface);
                let text = if status.selected {
                    palette.text
                } else {
                    palette.muted
                };
                let edge = status.selected.then_some(palette.line);
                (chosen.or(on.then_some(ground)), edge, Some(text))
            }
        };
        let border = if status.ring {
            Border {
                color: palette.ring,
                width: control::RING,
                radius: radius::M.into(),
            }
        } else {
            Border {
                color: edge.unwrap_or(Color::TRANSPARENT),
                width: if edge.is_some() { control::LINE } else { 0.0 },
                radius: radius::M.into(),
            }
        };
        Look {
            background: background.map(Background::Color),
            border,
            text,
        }
    }
}
