//! Things that may be larger than their place.

use iced_core::{Length, Padding};
use iced_widget::{container, scrollable};

use crate::Element;
use crate::tokens::control;

fn bar() -> scrollable::Scrollbar {
    scrollable::Scrollbar::new()
        .width(control::SCROLLER)
        .scroller_width(control::SCROLLER)
}

/// Scrolls up and down where `content` is too high; as high as it may be.
pub fn scroll_down<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    scrollable(content)
        .direction(scrollable::Direction::Vertical(bar()))
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
}

/// Scrolls left and right where `content` is too wide; as wide as it may be.
pub fn scroll_across<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    // The bar lies below the content, not on it.
    let content = container(content).padding(Padding::ZERO.bottom(control::SCROLLER * 2.0));
    scrollable(content)
        .direction(scrollable::Direction::Horizontal(bar()))
        .width(Length::Fill)
        .into()
}
