//! The two palettes.
//!
//! Contrast (WCAG 2.1) is held by the tests of this file: text on every ground it may stand on has
//! at least 4.5 to 1; the edges of controls and the focus ring at least 3 to 1 on windows, cards and wells.

use iced_core::Color;

/// What a thing means to the person. Colour always comes with a shape or a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Meaning {
    /// No meaning of its own.
    #[default]
    Neutral,
    /// goblin's own colour: the chosen, the main action.
    Accent,
    /// Works as it should.
    Good,
    /// Wants attention, still works.
    Warning,
    /// Has failed, or destroys.
    Bad,
    /// Worth knowing.
    Info,
}

/// The colours of one [`Meaning`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shades {
    /// Text and icons on surfaces.
    pub text: Color,
    /// The ground of a filled control.
    pub fill: Color,
    /// The same under the pointer.
    pub fill_hover: Color,
    /// Text on `fill`.
    pub on_fill: Color,
    /// A tint for banners and badges; `text` can be read on it.
    pub tint: Color,
}

/// All colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// The ground of a window.
    pub canvas: Color,
    /// Cards and the bar.
    pub surface: Color,
    /// Popups and tooltips.
    pub raised: Color,
    /// Wells: logs, progress tracks, inputs.
    pub sunken: Color,
    /// Lines between things.
    pub line: Color,
    /// The edge of controls.
    pub edge: Color,
    /// Under the pointer.
    pub hover: Color,
    /// Pressed or chosen.
    pub active: Color,
    /// Text.
    pub text: Color,
    /// Text of less weight; still 4.5 to 1.
    pub muted: Color,
    /// Text and icons of what cannot be used now.
    pub disabled: Color,
    /// The focus ring.
    pub ring: Color,
    /// Shadows of raised things.
    pub shadow: Color,
    /// [`Meaning::Neutral`].
    pub neutral: Shades,
    /// [`Meaning::Accent`].
    pub accent: Shades,
    /// [`Meaning::Good`].
    pub good: Shades,
    /// [`Meaning::Warning`].
    pub warning: Shades,
    /// [`Meaning::Bad`].
    pub bad: Shades,
    /// [`Meaning::Info`].
    pub info: Shades,
}

impl Palette {
    /// The colours of a meaning.
    pub const fn of(&self, meaning: Meaning) -> &Shades {
        match meaning {
            Meaning::Neutral => &self.neutral,
            Meaning::Accent => &self.accent,
            Meaning::Good => &self.good,
            Meaning::Warning => &self.warning,
            Meaning::Bad => &self.bad,
            Meaning::Info => &self.info,
        }
    }
}

const fn rgb(hex: u32) -> Color {
    Color::from_rgb8((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const fn shades(text: u32, fill: u32, fill_hover: u32, on_fill: u32, tint: u32) -> Shades {
    Shades {
        text: rgb(text),
        fill: rgb(fill),
        fill_hover: rgb(fill_hover),
        on_fill: rgb(on_fill),
        tint: rgb(tint),
    }
}

/// Paper under daylight.
pub const LIGHT: Palette = Palette {
    canvas: rgb(0xf5f6f3),
    surface: rgb(0xffffff),
    raised: rgb(0xffffff),
    sunken: rgb(0xeef0eb),
    line: rgb(0xe2e5de),
    edge: rgb(0x848b7e),
    hover: rgb(0xeff1ec),
    active: rgb(0xe4e8df),
    text: rgb(0x1a1e18),
    muted: rgb(0x596055),
    disabled: rgb(0xa3a99e),
    ring: rgb(0x3f8a2b),
    shadow: Color {
        r: 0.06,
        g: 0.09,
        b: 0.05,
        a: 0.12,
    },
    neutral: shades(0x4c5348, 0xe6e9e2, 0xdbdfd6, 0x1a1e18, 0xeceee9),
    accent: shades(0x2c6b1c, 0x347a22, 0x2b691b, 0xffffff, 0xe3f2dc),
    good: shades(0x216b3a, 0x257a42, 0x1d6635, 0xffffff, 0xdff3e5),
    warning: shades(0x855000, 0x966000, 0x7d4f00, 0xffffff, 0xfcefd2),
    bad: shades(0xb3261e, 0xbf2f26, 0xa3231b, 0xffffff, 0xfde7e4),
    info: shades(0x1d5fa8, 0x2468b4, 0x1b559a, 0xffffff, 0xe2eefb),
};

/// Moss under the moon.
pub const DARK: Palette = Palette {
    canvas: rgb(0x131512),
    surface: rgb(0x1c1f1a),
    raised: rgb(0x252922),
    sunken: rgb(0x0e100d),
    line: rgb(0x2c3029),
    edge: rgb(0x6b7366),
    hover: rgb(0x252a22),
    active: rgb(0x30362c),
    text: rgb(0xe7ebe3),
    muted: rgb(0xa6ae9f),
    disabled: rgb(0x60675a),
    ring: rgb(0x8fd06c),
    shadow: Color {
        r: 0.0,
        g: 0.0,
        b: 0.0,
        a: 0.45,
    },
    neutral: shades(0xc3cabc, 0x31372d, 0x3b4236, 0xe7ebe3, 0x292e26),
    accent: shades(0x95d472, 0x8ccb69, 0x9ddb7a, 0x10220a, 0x22371a),
    good: shades(0x7fd69a, 0x6cc98a, 0x80d79b, 0x06210f, 0x183524),
    warning: shades(0xf0bd5c, 0xe5b04c, 0xf0bf63, 0x2a1a00, 0x3a2d12),
    bad: shades(0xff968a, 0xf08578, 0xfa988c, 0x330503, 0x43201c),
    info: shades(0x8dbff5, 0x7db3ee, 0x93c3f7, 0x04192f, 0x1a2f47),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color) -> f32 {
        let [r, g, b, _] = colour.into_linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(one: Color, other: Color) -> f32 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        for (name, palette) in [("light", LIGHT), ("dark", DARK)] {
            for (what, ground) in [
                ("canvas", palette.canvas),
                ("surface", palette.surface),
                ("raised", palette.raised),
                ("sunken", palette.sunken),
                ("hover", palette.hover),
                ("active", palette.active),
            ] {
                for (whose, text) in [("text", palette.text), ("muted", palette.muted)] {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "{name}: {whose} on {what} is {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn meanings_can_be_read_as_text_fill_and_tint() {
        for (name, palette) in [("light", LIGHT), ("dark", DARK)] {
            for meaning in [
                Meaning::Neutral,
                Meaning::Accent,
                Meaning::Good,
                Meaning::Warning,
                Meaning::Bad,
                Meaning::Info,
            ] {
                let shades = palette.of(meaning);
                for (what, one, other) in [
                    ("text on surface", shades.text, palette.surface),
                    ("text on canvas", shades.text, palette.canvas),
                    ("text on hover", shades.text, palette.hover),
                    ("text on tint", shades.text, shades.tint),
                    ("plain text on tint", palette.text, shades.tint),
                    ("on fill", shades.on_fill, shades.fill),
                    ("on hovered fill", shades.on_fill, shades.fill_hover),
                ] {
                    let ratio = contrast(one, other);
                    assert!(ratio >= 4.5, "{name}: {meaning:?} {what} is {ratio:.2}");
                }
            }
        }
    }

    #[test]
    fn edges_and_rings_can_be_seen() {
        for (name, palette) in [("light", LIGHT), ("dark", DARK)] {
            for ground in [palette.canvas, palette.surface, palette.sunken] {
                for (whose, line) in [("edge", palette.edge), ("ring", palette.ring)] {
                    let ratio = contrast(line, ground);
                    assert!(ratio >= 3.0, "{name}: {whose} is {ratio:.2}");
                }
            }
        }
    }
}
