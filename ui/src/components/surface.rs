//! The grounds of surfaces that stand on the screen by themselves: the bar and what pops up.

use iced_core::text::{Alignment, LineHeight, Paragraph as _, Shaping, Text, Wrapping};
use iced_core::{Font, Length, Pixels, Size, border};
use iced_widget::{column, container, rule};

use crate::tokens::{control, font, space};
use crate::{Container, Element, Renderer, Theme, fonts};

/// The ground of the bar: as wide as the screen, with a line at its lower edge.
pub fn bar<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    let ground = container(content)
        .padding([0.0, space::S])
        .center_y(Length::Fill)
        .width(Length::Fill)
        .style(|theme: &Theme| {
            let palette = theme.palette();
            container::Style {
                text_color: Some(palette.text),
                background: Some(palette.surface.into()),
                ..container::Style::default()
            }
        });
    column![ground, rule::horizontal(control::LINE)].into()
}

/// The ground of a popup: the whole surface, with an edge. Rounding and shadow are the compositor's.
pub fn popup<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Container<'a, Message> {
    container(content)
        .width(Length::Fill)
        .height(Length::Fill)
        .style(|theme: &Theme| {
            let palette = theme.palette();
            container::Style {
                text_color: Some(palette.text),
                background: Some(palette.raised.into()),
                border: border::width(control::LINE).color(palette.line),
                ..container::Style::default()
            }
        })
}

/// How high `words` stand in running text of this width: for surfaces whose size is told before they
/// are drawn.
pub fn text_height(words: &str, width: f32) -> f32 {
    measure(words, font::BODY, fonts::UI, width)
}

/// The same for words that count.
pub fn strong_height(words: &str, width: f32) -> f32 {
    measure(words, font::BODY, fonts::STRONG, width)
}

/// Height of one line of running text.
pub const fn line_height() -> f32 {
    font::BODY * font::LINE
}

fn measure(words: &str, size: f32, face: Font, width: f32) -> f32 {
    type Paragraph = <Renderer as iced_core::text::Renderer>::Paragraph;
    Paragraph::with_text(Text {
        content: words,
        bounds: Size::new(width, f32::INFINITY),
        size: Pixels(size),
        line_height: LineHeight::Relative(font::LINE),
        font: face,
        align_x: Alignment::Default,
        align_y: iced_core::alignment::Vertical::Top,
        shaping: Shaping::Auto,
        wrapping: Wrapping::default(),
    })
    .min_bounds()
    .height
}
