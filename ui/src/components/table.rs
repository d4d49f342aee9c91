//! Rows of equal columns.

use iced_core::Length;
use iced_core::alignment::{Horizontal, Vertical};
use iced_widget::{column, container, row};

use super::card::divider;
use super::words::caption;
use crate::Element;
use crate::semantics::{Role, semantic};
use crate::tokens::space;

/// A column: its name, its width, and on which side its cells stand.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    width: Length,
    align: Horizontal,
}

impl Column {
    /// A column of words, `width` wide.
    pub fn words(name: impl Into<String>, width: impl Into<Length>) -> Self {
        Self {
            name: name.into(),
            width: width.into(),
            align: Horizontal::Left,
        }
    }

    /// A column of figures, `width` wide: they stand right, so that their digits do.
    pub fn figures(name: impl Into<String>, width: impl Into<Length>) -> Self {
        Self {
            name: name.into(),
            width: width.into(),
            align: Horizontal::Right,
        }
    }
}

/// A table. `name` tells what it lists; each row has one cell for each column.
pub fn table<'a, Message: 'a>(
    name: impl Into<String>,
    columns: &[Column],
    rows: impl IntoIterator<Item = Vec<Element<'a, Message>>>,
) -> Element<'a, Message> {
    let line = |cells: Vec<Element<'a, Message>>| {
        let cells = columns.iter().zip(cells).map(|(column, cell)| {
            container(cell)
                .width(column.width)
                .align_x(column.align)
                .into()
        });
        row(cells)
            .spacing(space::L)
            .padding([space::S, space::M])
            .align_y(Vertical::Center)
    };
    let head = line(
        columns
            .iter()
            .map(|column| caption(column.name.clone()).into())
            .collect(),
    );
    let body = rows
        .into_iter()
        .map(|cells| semantic(Role::Row, line(cells)).open(false).into());
    let content = column![head, divider(), column(body)].width(Length::Fill);
    semantic(Role::List, content).label(name).into()
}
