//! A list of any length, of which only the rows in sight are made.

use iced_core::widget::Id;
use iced_core::{Length, Padding};
use iced_widget::{column, scrollable, space};

use crate::Element;
use crate::tokens::control;

/// Rows made above and below what is surely in sight, so that a quick wheel meets no gap.
const MARGIN: usize = 8;
/// The most rows that fit any screen: 90 rows of 44 are 3,960 logical pixels.
const IN_SIGHT: usize = 90;

/// A scrolling list of `count` rows, each `row_height` high; `make` makes the rows in sight.
///
/// `scrolled` is what `on_scroll` said last (0 at first): the distance from the top, in logical pixels.
pub fn long_list<'a, Message: 'a>(
    id: impl Into<Id>,
    count: usize,
    row_height: f32,
    scrolled: f32,
    make: impl FnMut(usize) -> Element<'a, Message>,
    on_scroll: impl Fn(f32) -> Message + 'a,
) -> Element<'a, Message> {
    // The list may have become shorter since it was scrolled.
    let first = ((scrolled.max(0.0) / row_height) as usize).min(count.saturating_sub(1));
    let from = first.saturating_sub(MARGIN);
    let to = (first + IN_SIGHT + MARGIN).min(count);
    let gap = |rows: usize| space().height(rows as f32 * row_height);
    let rows = column((from..to).map(make));
    // Room for the scroll bar, whether or not there is one, so that columns never jump.
    let content = column![gap(from), rows, gap(count - to)]
        .width(Length::Fill)
        .padding(Padding::ZERO.right(control::SCROLLER * 2.0));
    scrollable(content)
        .id(id)
        .direction(scrollable::Direction::Vertical(
            scrollable::Scrollbar::new()
                .width(control::SCROLLER)
                .scroller_width(control::SCROLLER),
        ))
        .on_scroll(move |viewport| on_scroll(viewport.absolute_offset().y))
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
}
