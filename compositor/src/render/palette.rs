//! The colours of window frames, light and dark, and how a domain tints them.
//!
//! They are the greys of the design system (`ui/src/tokens/colour.rs`), which this room may not know: a frame continues the
//! ground of the panel in it.

use tiny_skia::Color;

use crate::config::Theme;
use crate::domain::Domain;

/// The colours of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Palette {
    /// The title bar.
    pub(crate) bar: Color,
    /// The line around the window.
    pub(crate) border: Color,
    /// The hairline between title bar and content.
    pub(crate) divider: Color,
    /// Title and glyphs.
    pub(crate) ink: Color,
    /// The shape that stands for the domain. As strong without the focus: a mark is always told.
    pub(crate) mark: Color,
    /// The disc behind a button under the pointer.
    pub(crate) hover: Color,
    /// The same while the button is held.
    pub(crate) pressed: Color,
    /// The disc behind the close button under the pointer.
    pub(crate) danger: Color,
    /// The glyph on [`Palette::danger`].
    pub(crate) on_danger: Color,
    /// The strength of the shadow at the window's edge, from 0 to 1.
    pub(crate) shadow: f32,
}

/// The colours around the pictures of windows: the switcher's panel and the overview.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stage {
    /// Behind the overview.
    pub(crate) ground: Color,
    /// The panel.
    pub(crate) panel: Color,
    /// The line around it, and the place that a dragged picture came from.
    pub(crate) edge: Color,
    /// Behind the chosen picture on the panel.
    pub(crate) chosen: Color,
    /// Around what is selected, and around the workspace shown.
    pub(crate) ring: Color,
    /// Titles.
    pub(crate) ink: Color,
}

impl Stage {
    /// The colours for a theme.
    pub(crate) fn of(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self {
                ground: rgb(0xdc, 0xe0, 0xd8),
                panel: rgb(0xf5, 0xf6, 0xf3),
                edge: rgb(0xb9, 0xbe, 0xb4),
                chosen: rgb(0xd3, 0xe6, 0xca),
                ring: rgb(0x34, 0x7a, 0x22),
                ink: rgb(0x1a, 0x1e, 0x18),
            },
            Theme::Dark => Self {
                ground: rgb(0x12, 0x14, 0x10),
                panel: rgb(0x25, 0x29, 0x22),
                edge: rgb(0x45, 0x4c, 0x41),
                chosen: rgb(0x33, 0x4c, 0x29),
                ring: rgb(0x8c, 0xcb, 0x69),
                ink: rgb(0xe7, 0xeb, 0xe3),
            },
        }
    }
}

/// The strength of the shadow under a surface of the shell, such as the launcher.
pub(crate) fn shell_shadow(theme: Theme) -> f32 {
    match theme {
        Theme::Light => 0.30,
        Theme::Dark => 0.50,
    }
}

impl Palette {
    /// The colours for a theme, a domain and whether the window has the focus.
    pub(crate) fn of(theme: Theme, domain: &Domain, focused: bool) -> Self {
        let plain = match (theme, focused) {
            (Theme::Light, true) => Self {
                bar: rgb(0xf5, 0xf6, 0xf3),
                border: rgb(0xb9, 0xbe, 0xb4),
                divider: rgb(0xe2, 0xe5, 0xde),
                ink: rgb(0x1a, 0x1e, 0x18),
                mark: rgb(0x1a, 0x1e, 0x18),
                hover: rgb(0xe4, 0xe8, 0xdf),
                pressed: rgb(0xd3, 0xd8, 0xcd),
                danger: rgb(0xd6, 0x45, 0x4b),
                on_danger: rgb(0xff, 0xff, 0xff),
                shadow: 0.34,
            },
            (Theme::Light, false) => Self {
                bar: rgb(0xee, 0xf0, 0xeb),
                border: rgb(0xce, 0xd2, 0xc9),
                ink: rgb(0x84, 0x8b, 0x7e),
                shadow: 0.18,
                ..Self::of(theme, &Domain::Board, true)
            },
            (Theme::Dark, true) => Self {
                bar: rgb(0x25, 0x29, 0x22),
                border: rgb(0x45, 0x4c, 0x41),
                divider: rgb(0x1c, 0x1f, 0x1a),
                ink: rgb(0xe7, 0xeb, 0xe3),
                mark: rgb(0xe7, 0xeb, 0xe3),
                hover: rgb(0x36, 0x3c, 0x32),
                pressed: rgb(0x43, 0x4a, 0x3e),
                danger: rgb(0xd6, 0x45, 0x4b),
                on_danger: rgb(0xff, 0xff, 0xff),
                shadow: 0.55,
            },
            (Theme::Dark, false) => Self {
                bar: rgb(0x1c, 0x1f, 0x1a),
                border: rgb(0x36, 0x3b, 0x32),
                ink: rgb(0x8c, 0x94, 0x86),
                shadow: 0.35,
                ..Self::of(theme, &Domain::Board, true)
            },
        };
        match domain.mark() {
            None => plain,
            Some(mark) => {
                let [r, g, b] = mark.colour;
                let tint = rgb(r, g, b);
                Self {
                    bar: mix(plain.bar, tint, if focused { 0.30 } else { 0.16 }),
                    border: mix(plain.border, tint, 0.75),
                    divider: mix(plain.divider, tint, 0.40),
                    mark: mix(plain.mark, tint, 0.70),
                    ..plain
                }
            }
        }
    }
}

fn rgb(r: u8, g: u8, b: u8) -> Color {
    Color::from_rgba8(r, g, b, 0xff)
}

/// `share` of `b` in `a`.
fn mix(a: Color, b: Color, share: f32) -> Color {
    let part = |a: f32, b: f32| a + (b - a) * share;
    Color::from_rgba(
        part(a.red(), b.red()),
        part(a.green(), b.green()),
        part(a.blue(), b.blue()),
        1.0,
    )
    .unwrap_or(a)
}
