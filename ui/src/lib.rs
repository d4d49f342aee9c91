//! goblin's design system on iced 0.14: what shell and panels are drawn with.
//!
//! - [`tokens`]: colours, distances, radii, type sizes. The only place with literal values.
//! - [`Theme`]: light or dark, and the style of every iced widget in use.
//! - [`components`]: what programs put on screen; they know meaning, not colour.
//! - [`fonts`], [`icons`]: bundled, so that text looks the same on every machine.
//! - [`text`]: Fluent texts in English and Chinese, and sizes, numbers and times in words.
//! - [`semantics`]: role, text and place of what a view drew, read off the widgets themselves.
//!
//! No renderer is chosen here: the program that draws switches on `tiny-skia` or `wgpu` in
//! `iced_renderer`.

pub mod components;
pub mod focus;
pub mod fonts;
pub mod icons;
pub mod semantics;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
pub mod theme;
pub mod tokens;

pub use iced_core as core;
pub use iced_renderer::Renderer;
pub use iced_widget as widget;
pub use theme::Theme;

/// A widget of ours: styled by [`Theme`], drawn by whatever renderer the program chose.
pub type Element<'a, Message> = iced_core::Element<'a, Message, Theme, Renderer>;
/// A text of ours, still open to size and style.
pub type Text<'a> = iced_widget::Text<'a, Theme, Renderer>;
/// A column of ours.
pub type Column<'a, Message> = iced_widget::Column<'a, Message, Theme, Renderer>;
/// A row of ours.
pub type Row<'a, Message> = iced_widget::Row<'a, Message, Theme, Renderer>;
/// A container of ours.
pub type Container<'a, Message> = iced_widget::Container<'a, Message, Theme, Renderer>;
