//! What the person must know before all else on a screen.

use iced_core::alignment::Vertical;
use iced_core::{Length, border};
use iced_widget::{column, container, row, text};
use jiff::Timestamp;

use super::words::{body, strong};
use crate::icons::{Icon, icon};
use crate::semantics::{Role, semantic};
use crate::text::{fl, moment};
use crate::tokens::{Meaning, icon as icon_size, radius, space};
use crate::{Element, Theme};

/// A tinted strip: a fact, its cause, and the one next action.
pub fn banner<'a, Message: 'a>(
    meaning: Meaning,
    fact: impl Into<String>,
    cause: Option<String>,
    action: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let shape = match meaning {
        Meaning::Bad => Icon::CircleX,
        Meaning::Warning => Icon::TriangleAlert,
        Meaning::Good => Icon::CircleCheck,
        Meaning::Neutral | Meaning::Accent | Meaning::Info => Icon::Info,
    };
    let mark = icon(shape, icon_size::L).style(move |theme: &Theme| text::Style {
        color: Some(theme.palette().of(meaning).text),
    });
    let words = column![strong(fact)]
        .push(cause.map(body))
        .width(Length::Fill);
    let content = row![mark, words]
        .push(action)
        .spacing(space::M)
        .align_y(Vertical::Center);
    let strip = container(content)
        .padding([space::M, space::L])
        .width(Length::Fill)
        .style(move |theme: &Theme| {
            let palette = theme.palette();
            container::Style {
                text_color: Some(palette.text),
                background: Some(palette.of(meaning).tint.into()),
                border: border::rounded(radius::L),
                ..container::Style::default()
            }
        });
    semantic(Role::Alert, strip)
        .state(match meaning {
            Meaning::Bad => "bad",
            Meaning::Warning => "warning",
            Meaning::Good => "good",
            Meaning::Neutral | Meaning::Accent | Meaning::Info => "info",
        })
        .into()
}

/// The banner of a tree that does not answer: which one, since when, and why.
///
/// `since` is when it answered last, `None` if it never did.
pub fn unreachable<'a, Message: 'a>(
    tree: &str,
    since: Option<Timestamp>,
    now: Timestamp,
    cause: Option<&str>,
    action: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let when = match since {
        Some(since) => fl!("unreachable-since", since = moment(since, now)),
        None => fl!("unreachable-never"),
    };
    let words = match cause {
        Some(cause) => format!("{when}\n{cause}"),
        None => when,
    };
    banner(
        Meaning::Bad,
        fl!("unreachable-title", what = tree.to_owned()),
        Some(words),
        action,
    )
}
