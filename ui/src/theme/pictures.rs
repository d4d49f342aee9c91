//! The style of vector pictures: they keep their own colours.

use iced_widget::svg;

use super::Theme;

impl svg::Catalog for Theme {
    type Class<'a> = ();

    fn default<'a>() -> Self::Class<'a> {}

    fn style(&self, _class: &Self::Class<'_>, _status: svg::Status) -> svg::Style {
        svg::Style::default()
    }
}
