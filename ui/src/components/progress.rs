//! How much of something is done or used.

use iced_core::{Length, border};
use iced_widget::progress_bar;

use crate::semantics::{Role, semantic};
use crate::tokens::{Meaning, control, radius};
use crate::{Element, Theme};

/// A bar filled to `share` (0 to 1); `says` is its name on the screen.
pub fn progress<'a, Message: 'a>(
    share: f32,
    meaning: Meaning,
    says: impl Into<String>,
) -> Element<'a, Message> {
    let share = share.clamp(0.0, 1.0);
    let bar = progress_bar(0.0..=1.0, share)
        .length(Length::Fill)
        .girth(control::PROGRESS)
        .style(move |theme: &Theme| {
            let palette = theme.palette();
            progress_bar::Style {
                background: palette.neutral.fill.into(),
                bar: palette.of(meaning).fill.into(),
                border: border::rounded(radius::ROUND),
            }
        });
    semantic(Role::Progress, bar)
        .label(says)
        .state(format!("value={share:.2}"))
        .into()
}
