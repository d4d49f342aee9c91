//! What lies where on the switcher's panel.

use super::Thumbnail;
use super::arrange::{fit, grid};
use crate::layout::{Extent, Layout, OutputId, Pos, Rect, WindowId};

/// A cell with picture and title, in logical pixels.
const CELL: (i32, i32) = (216, 176);
/// Around the picture in its cell.
const PADDING: i32 = 12;
/// The height of a title.
const LABEL: i32 = 24;
/// Around all cells.
const MARGIN: i32 = 8;
/// A cell that is lower than this shows no title.
const TITLED: i32 = 72;

/// The panel on its output.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Panel {
    pub(crate) output: OutputId,
    pub(crate) rect: Rect,
    /// The cell of each window, and its picture.
    pub(crate) cells: Vec<(Rect, Thumbnail)>,
}

impl Panel {
    /// The panel for these windows in the middle of an output.
    pub(crate) fn of(layout: &Layout, output: OutputId, windows: &[WindowId]) -> Option<Self> {
        let screen = layout.output(output)?.geometry;
        let most: Extent = (
            screen.size.w * 9 / 10 - 2 * MARGIN,
            screen.size.h * 9 / 10 - 2 * MARGIN,
        )
            .into();
        let grid = grid(windows.len(), CELL.into(), most);
        let size: Extent = (grid.size.w + 2 * MARGIN, grid.size.h + 2 * MARGIN).into();
        let loc =
            screen.loc + Pos::from(((screen.size.w - size.w) / 2, (screen.size.h - size.h) / 2));
        let cells = windows.iter().zip(grid.cells).map(|(window, cell)| {
            let cell = Rect::new(loc + cell.loc + Pos::from((MARGIN, MARGIN)), cell.size);
            (cell, thumbnail(layout, *window, cell))
        });
        Some(Self {
            output,
            rect: Rect::new(loc, size),
            cells: cells.collect(),
        })
    }

    /// The window whose cell is at a place.
    pub(crate) fn window_at(&self, pos: Pos) -> Option<WindowId> {
        let hit = self.cells.iter().find(|(cell, _)| cell.contains(pos));
        hit.map(|(_, thumbnail)| thumbnail.window)
    }

    /// How many cells a row has.
    pub(crate) fn columns(&self) -> usize {
        let first = self.cells.first().map(|(cell, _)| cell.loc.y);
        let row = self.cells.iter();
        row.take_while(|(cell, _)| Some(cell.loc.y) == first)
            .count()
    }
}

fn thumbnail(layout: &Layout, window: WindowId, cell: Rect) -> Thumbnail {
    let padding = PADDING.min(cell.size.w / 8).min(cell.size.h / 8);
    let label = if cell.size.h >= TITLED { LABEL } else { 0 };
    let inner = Rect::new(
        cell.loc + Pos::from((padding, padding)),
        (
            (cell.size.w - 2 * padding).max(1),
            (cell.size.h - 2 * padding - label).max(1),
        )
            .into(),
    );
    let frame = layout.frame_rect(window).unwrap_or_default();
    let below = inner.loc + Pos::from((0, inner.size.h + padding / 2));
    Thumbnail {
        window,
        rect: fit(frame.size, inner),
        label: Rect::new(below, (inner.size.w, label).into()),
    }
}
