//! The theme: a palette, and from it the style of every iced widget that goblin uses.

mod catalog;
mod choice;
#[cfg(feature = "pictures")]
mod pictures;

pub use choice::Choice;

use iced_core::theme::{Base, Mode, Style};

use crate::tokens::{DARK, LIGHT, Palette};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// Dark text on a light ground.
    #[default]
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl Theme {
    /// The colours of the theme.
    pub const fn palette(self) -> &'static Palette {
        match self {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The theme of this name: `light` or `dark`.
    pub fn named(name: &str) -> Option<Theme> {
        match name {
            "light" => Some(Theme::Light),
            "dark" => Some(Theme::Dark),
            _ => None,
        }
    }
}

impl Base for Theme {
    fn default(preference: Mode) -> Self {
        match preference {
            Mode::Dark => Theme::Dark,
            Mode::Light | Mode::None => Theme::Light,
        }
    }

    fn mode(&self) -> Mode {
        match self {
            Theme::Light => Mode::Light,
            Theme::Dark => Mode::Dark,
        }
    }

    fn base(&self) -> Style {
        let palette = Theme::palette(*self);
        Style {
            background_color: palette.canvas,
            text_color: palette.text,
        }
    }

    fn palette(&self) -> Option<iced_core::theme::Palette> {
        let palette = Theme::palette(*self);
        Some(iced_core::theme::Palette {
            background: palette.canvas,
            text: palette.text,
            primary: palette.accent.fill,
            success: palette.good.fill,
            warning: palette.warning.fill,
            danger: palette.bad.fill,
        })
    }

    fn name(&self) -> &str {
        match self {
            Theme::Light => "goblin light",
            Theme::Dark => "goblin dark",
        }
    }
}
