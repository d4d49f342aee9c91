//! iced's catalogs for [`Theme`]: a class is a style function, as in iced's own theme.

use iced_core::{Background, Border, Color, Shadow, Vector, border};
use iced_widget::{container, progress_bar, rule, scrollable, text, text_input};

use super::Theme;
use crate::tokens::{control, radius};

impl text::Catalog for Theme {
    type Class<'a> = text::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| text::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> text::Style {
        class(self)
    }
}

impl container::Catalog for Theme {
    type Class<'a> = container::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| container::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> container::Style {
        class(self)
    }
}

impl rule::Catalog for Theme {
    type Class<'a> = rule::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme| rule::Style {
            color: theme.palette().line,
            radius: border::Radius::default(),
            fill_mode: rule::FillMode::Full,
            snap: true,
        })
    }

    fn style(&self, class: &Self::Class<'_>) -> rule::Style {
        class(self)
    }
}

impl progress_bar::Catalog for Theme {
    type Class<'a> = progress_bar::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme| {
            let palette = theme.palette();
            progress_bar::Style {
                background: palette.sunken.into(),
                bar: palette.accent.fill.into(),
                border: border::rounded(radius::ROUND),
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>) -> progress_bar::Style {
        class(self)
    }
}

impl scrollable::Catalog for Theme {
    type Class<'a> = scrollable::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(scroll)
    }

    fn style(&self, class: &Self::Class<'_>, status: scrollable::Status) -> scrollable::Style {
        class(self, status)
    }
}

fn scroll(theme: &Theme, status: scrollable::Status) -> scrollable::Style {
    let palette = theme.palette();
    let (vertical, horizontal) = match status {
        scrollable::Status::Active { .. } => (false, false),
        scrollable::Status::Hovered {
            is_vertical_scrollbar_hovered,
            is_horizontal_scrollbar_hovered,
            ..
        } => (
            is_vertical_scrollbar_hovered,
            is_horizontal_scrollbar_hovered,
        ),
        scrollable::Status::Dragged {
            is_vertical_scrollbar_dragged,
            is_horizontal_scrollbar_dragged,
            ..
        } => (
            is_vertical_scrollbar_dragged,
            is_horizontal_scrollbar_dragged,
        ),
    };
    let rail = |strong: bool| scrollable::Rail {
        background: None,
        border: border::rounded(radius::ROUND),
        scroller: scrollable::Scroller {
            background: Background::Color(if strong {
                palette.edge
            } else {
                palette.disabled
            }),
            border: border::rounded(radius::ROUND),
        },
    };
    scrollable::Style {
        container: container::Style::default(),
        vertical_rail: rail(vertical),
        horizontal_rail: rail(horizontal),
        gap: None,
        auto_scroll: scrollable::AutoScroll {
            background: palette.raised.into(),
            border: border::rounded(radius::ROUND)
                .width(control::LINE)
                .color(palette.line),
            shadow: Shadow {
                color: palette.shadow,
                offset: Vector::ZERO,
                blur_radius: 4.0,
            },
            icon: palette.muted,
        },
    }
}

impl text_input::Catalog for Theme {
    type Class<'a> = text_input::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(input)
    }

    fn style(&self, class: &Self::Class<'_>, status: text_input::Status) -> text_input::Style {
        class(self, status)
    }
}

fn input(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let palette = theme.palette();
    let (colour, width) = match status {
        text_input::Status::Active => (palette.line, control::LINE),
        text_input::Status::Hovered => (palette.edge, control::LINE),
        text_input::Status::Focused { .. } => (palette.ring, control::RING),
        text_input::Status::Disabled => (Color::TRANSPARENT, control::LINE),
    };
    let disabled = matches!(status, text_input::Status::Disabled);
    text_input::Style {
        background: if disabled {
            palette.canvas
        } else {
            palette.sunken
        }
        .into(),
        border: Border {
            color: colour,
            width,
            radius: radius::M.into(),
        },
        icon: palette.muted,
        placeholder: palette.muted,
        value: if disabled {
            palette.disabled
        } else {
            palette.text
        },
        selection: palette.accent.tint,
    }
}
