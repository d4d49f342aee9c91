//! Lines of a running program.

use iced_core::widget::Id;
use iced_core::{Length, Padding, border};
use iced_widget::{column, container, scrollable};

use super::words::mono;
use crate::semantics::{Role, semantic};
use crate::tokens::{control, radius, space};
use crate::{Element, Theme};

/// A well with these lines; it stays at its end while the person has not scrolled up.
pub fn log<'a, Message: 'a>(
    id: impl Into<Id>,
    name: impl Into<String>,
    lines: impl IntoIterator<Item = &'a str>,
) -> Element<'a, Message> {
    let lines = lines
        .into_iter()
        .map(|line| mono(line).width(Length::Fill).into());
    let content = column(lines).padding(Padding::new(space::M).right(space::L));
    let well = scrollable(content)
        .id(id)
        .direction(scrollable::Direction::Vertical(
            scrollable::Scrollbar::new()
                .width(control::SCROLLER)
                .scroller_width(control::SCROLLER),
        ))
        .anchor_bottom()
        .width(Length::Fill)
        .height(Length::Fill);
    let well = container(well)
        .width(Length::Fill)
        .height(Length::Fill)
        .clip(true)
        .style(|theme: &Theme| {
            let palette = theme.palette();
            container::Style {
                text_color: Some(palette.text),
                background: Some(palette.sunken.into()),
                border: border::rounded(radius::M)
                    .width(control::LINE)
                    .color(palette.line),
                ..container::Style::default()
            }
        });
    semantic(Role::Log, well).label(name).open(true).into()
}
