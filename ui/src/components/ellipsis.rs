//! One line of text that ends in "…" where it does not fit. iced 0.14 has none of its own.

use iced_core::alignment::Vertical;
use iced_core::text::paragraph::Plain;
use iced_core::text::{Alignment, Hit, LineHeight, Paragraph as _, Shaping, Text, Wrapping};
use iced_core::widget::text::{Style, draw};
use iced_core::widget::{Operation, Tree, tree};
use iced_core::{
    Font, Layout, Length, Pixels, Point, Rectangle, Size, Widget, layout, mouse, renderer,
};

use crate::tokens::{Meaning, font};
use crate::{Element, Renderer, Theme, fonts};

type Paragraph = <Renderer as iced_core::text::Renderer>::Paragraph;

/// Body text on one line, as wide as it may be; to operations it tells its whole text.
pub fn ellipsis(content: impl Into<String>) -> Ellipsis {
    Ellipsis {
        content: content.into(),
        size: font::BODY,
        font: fonts::UI,
        meaning: None,
    }
}

/// See [`ellipsis`].
#[derive(Debug, Clone)]
pub struct Ellipsis {
    content: String,
    size: f32,
    font: Font,
    meaning: Option<Meaning>,
}

impl Ellipsis {
    /// In the heavier weight.
    #[must_use]
    pub fn strong(mut self) -> Self {
        self.font = fonts::STRONG;
        self
    }

    /// As a quiet note.
    #[must_use]
    pub fn caption(mut self) -> Self {
        self.size = font::CAPTION;
        self.meaning = Some(Meaning::Neutral);
        self
    }

    /// As a figure: digits of equal width.
    #[must_use]
    pub fn tabular(mut self) -> Self {
        self.font = fonts::TABULAR;
        self
    }

    /// As a path or command.
    #[must_use]
    pub fn mono(mut self) -> Self {
        self.size = font::MONO;
        self.font = fonts::MONO;
        self
    }

    fn text<'a>(&self, content: &'a str, bounds: Size) -> Text<&'a str, Font> {
        Text {
            content,
            bounds,
            size: Pixels(self.size),
            line_height: LineHeight::Relative(font::LINE),
            font: self.font,
            align_x: Alignment::Left,
            align_y: Vertical::Top,
            shaping: Shaping::Auto,
            wrapping: Wrapping::None,
        }
    }
}

#[derive(Default)]
struct State {
    /// The whole text, to measure.
    whole: Plain<Paragraph>,
    /// The cut text, to draw.
    cut: Plain<Paragraph>,
    is_cut: bool,
}

impl<Message> Widget<Message, Theme, Renderer> for Ellipsis {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size {
            width: Length::Shrink,
            height: Length::Shrink,
        }
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        _renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let state = tree.state.downcast_mut::<State>();
        let room = limits.max().width;
        // One line, however long: what does not fit is cut below, not broken.
        let line = self.content.replace(['\n', '\r'], " ");
        state
            .whole
            .update(self.text(&line, Size::new(f32::INFINITY, f32::INFINITY)));
        let whole = state.whole.min_bounds();
        state.is_cut = whole.width > room;
        if !state.is_cut {
            return layout::Node::new(limits.resolve(Length::Shrink, Length::Shrink, whole));
        }
        let middle = Point::new(room.max(0.0), whole.height / 2.0);
        let mut end = match state.whole.raw().hit_test(middle) {
            Some(Hit::CharOffset(offset)) => line.floor_char_boundary(offset),
            None => line.len(),
        };
        loop {
            let cut = format!("{}…", line[..end].trim_end());
            state
                .cut
                .update(self.text(&cut, Size::new(f32::INFINITY, f32::INFINITY)));
            if end == 0 || state.cut.min_width() <= room {
                break;
            }
            end = line.floor_char_boundary(end - 1);
        }
        let size = Size::new(state.cut.min_width().min(room), whole.height);
        layout::Node::new(limits.resolve(Length::Shrink, Length::Shrink, size))
    }

    fn operate(
        &mut self,
        _tree: &mut Tree,
        layout: Layout<'_>,
        _renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        operation.text(None, layout.bounds(), &self.content);
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        let shown = if state.is_cut {
            &state.cut
        } else {
            &state.whole
        };
        let palette = theme.palette();
        let colour = self.meaning.map(|meaning| match meaning {
            Meaning::Neutral => palette.muted,
            other => palette.of(other).text,
        });
        draw(
            renderer,
            style,
            layout.bounds(),
            shown.raw(),
            Style { color: colour },
            viewport,
        );
    }
}

impl<Message> From<Ellipsis> for Element<'_, Message> {
    fn from(ellipsis: Ellipsis) -> Self {
        Element::new(ellipsis)
    }
}
