//! What lies where on an output while the overview is open: the row of its workspaces, below it the
//! windows of the one shown.

use super::Thumbnail;
use super::arrange::{Room, row, spread};
use crate::layout::{Extent, Layout, OutputId, Place, Pos, Rect, Window, WindowId, WorkspaceId};

/// The part of the height that the row of workspaces takes, in hundredths.
const ROW: i32 = 14;
/// Around everything, and between the row and the windows.
const MARGIN: i32 = 24;
/// Between two workspaces, and between two windows.
const GAP: i32 = 20;
/// The height of a title.
const LABEL: i32 = 26;
/// The side of a close button.
const CLOSE: i32 = 26;
/// A picture that is smaller than this has no close button.
const CLOSABLE: i32 = 72;

/// What is at a place of the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// The picture of a window.
    Window(WindowId),
    /// The button on it.
    Close(WindowId),
    /// A workspace of the row.
    Workspace(WorkspaceId),
    /// What is free of an output.
    Ground(OutputId),
}

/// A workspace in the row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    pub(crate) id: WorkspaceId,
    pub(crate) rect: Rect,
    /// It is the one that its output shows.
    pub(crate) shown: bool,
    /// Its windows, front to back, each where it lies on the card; parts may lie outside of it.
    pub(crate) windows: Vec<(WindowId, Rect)>,
}

/// An output while the overview is open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) output: OutputId,
    pub(crate) cards: Vec<Card>,
    /// The windows of the workspace shown, in the order they were opened.
    pub(crate) thumbnails: Vec<Thumbnail>,
}

impl Sheet {
    /// The overview of an output.
    pub(crate) fn of(layout: &Layout, output: OutputId) -> Option<Self> {
        let of = layout.output(output)?;
        let work = within(of.work_area, MARGIN);
        let high = (work.size.h * ROW / 100).max(1);
        let strip = Rect::new(work.loc, (work.size.w, high).into());
        let workspaces = layout.workspaces(output);
        let boxes = row(workspaces.len(), of.geometry.size, strip, GAP);
        let shown = layout.active_workspace(output);
        let cards = workspaces.iter().zip(boxes).map(|(id, rect)| Card {
            id: *id,
            rect,
            shown: shown == Some(*id),
            windows: on_card(layout, *id, of.geometry, rect),
        });
        let below = (high + MARGIN).min(work.size.h - 1);
        let area = Rect::new(
            work.loc + Pos::from((0, below)),
            (work.size.w, work.size.h - below).into(),
        );
        let windows: Vec<WindowId> = layout
            .windows()
            .filter(|window| is_spread(layout, window, output))
            .map(Window::id)
            .collect();
        let sizes: Vec<Extent> = windows
            .iter()
            .map(|id| layout.frame_rect(*id).unwrap_or_default().size)
            .collect();
        let label = if area.size.h >= 4 * LABEL { LABEL } else { 0 };
        let room = Room {
            area,
            gap: GAP,
            label,
        };
        let places = spread(&sizes, &room);
        let thumbnails = windows.iter().zip(places).map(|(window, rect)| Thumbnail {
            window: *window,
            rect,
            label: Rect::new(
                rect.loc + Pos::from((0, rect.size.h)),
                (rect.size.w, label).into(),
            ),
        });
        Some(Self {
            output,
            cards: cards.collect(),
            thumbnails: thumbnails.collect(),
        })
    }

    /// What is at a place of this output.
    pub(crate) fn spot(&self, pos: Pos) -> Spot {
        let card = self.cards.iter().find(|card| card.rect.contains(pos));
        if let Some(card) = card {
            return Spot::Workspace(card.id);
        }
        let on_close =
            |of: &&Thumbnail| close_button(of.rect).is_some_and(|button| button.contains(pos));
        if let Some(of) = self.thumbnails.iter().find(on_close) {
            return Spot::Close(of.window);
        }
        let on = |of: &&Thumbnail| of.rect.contains(pos) || of.label.contains(pos);
        self.thumbnails
            .iter()
            .find(on)
            .map_or(Spot::Ground(self.output), |of| Spot::Window(of.window))
    }
}

/// The close button of a picture, on its upper right corner.
pub(crate) fn close_button(of: Rect) -> Option<Rect> {
    if of.size.w < CLOSABLE || of.size.h < CLOSABLE {
        return None;
    }
    let loc = of.loc + Pos::from((of.size.w - CLOSE * 2 / 3, -CLOSE / 3));
    Some(Rect::new(loc, (CLOSE, CLOSE).into()))
}

/// Whether a window is one of those spread over its output: on the workspace shown, in any of its tabs,
/// and not minimised.
fn is_spread(layout: &Layout, window: &Window, output: OutputId) -> bool {
    if window.output() != Some(output) || window.is_minimised() {
        return false;
    }
    match window.place() {
        Place::Workspace(id) => layout.active_workspace(output) == Some(id),
        Place::Sticky => true,
        Place::Scratch => layout.is_scratch_shown(),
    }
}

/// The windows of a workspace as they lie on its card, front to back.
fn on_card(layout: &Layout, id: WorkspaceId, screen: Rect, card: Rect) -> Vec<(WindowId, Rect)> {
    let seen = |window: &WindowId| {
        let here = layout
            .window(*window)
            .is_some_and(|of| of.place() == Place::Workspace(id) && !of.is_minimised());
        let behind = layout
            .tabs(*window)
            .is_some_and(|(tabs, shown)| tabs.get(shown) != Some(window));
        here && !behind
    };
    let by = f64::from(card.size.w) / f64::from(screen.size.w.max(1));
    let down = f64::from(card.size.h) / f64::from(screen.size.h.max(1));
    let place = |id: WindowId| {
        let frame = layout.frame_rect(id)?;
        let at = |pos: Pos| {
            let from = (pos - screen.loc).to_f64();
            card.loc + Pos::from(((from.x * by).round() as i32, (from.y * down).round() as i32))
        };
        let (start, end) = (at(frame.loc), at(frame.loc + frame.size));
        let size = ((end.x - start.x).max(1), (end.y - start.y).max(1));
        Some((id, Rect::new(start, size.into())))
    };
    let stacking = layout.stacking().iter().rev().copied();
    stacking.filter(seen).filter_map(place).collect()
}

/// A rectangle with so much taken off each side, as far as something is left.
fn within(rect: Rect, margin: i32) -> Rect {
    let across = margin.min((rect.size.w - 1).max(0) / 2);
    let down = margin.min((rect.size.h - 1).max(0) / 2);
    Rect::new(
        rect.loc + Pos::from((across, down)),
        (
            (rect.size.w - 2 * across).max(1),
            (rect.size.h - 2 * down).max(1),
        )
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layout::{FrameMetrics, NewWindow, Opening, SizeLimits};

    /// A screen with windows of these sizes on it.
    fn screen(size: (i32, i32), windows: &[(i32, i32)]) -> Layout {
        let mut layout = Layout::new(FrameMetrics::default());
        layout.add_output(OutputId(1), "A", Rect::new((40, 30).into(), size.into()));
        for (id, size) in (1..).zip(windows) {
            layout.insert(NewWindow {
                id: WindowId(id),
                size: (*size).into(),
                limits: SizeLimits::default(),
                parent: None,
                decorated: true,
                marked: false,
                output: None,
                maximised: false,
                fullscreen: false,
                opening: Opening::default(),
            });
        }
        layout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn everything_lies_on_the_output_and_is_found_where_it_lies(
            size in (200..4_000_i32, 200..4_000_i32),
            windows in proptest::collection::vec((1..5_000_i32, 1..5_000_i32), 0..30),
        ) {
            let layout = screen(size, &windows);
            let sheet = Sheet::of(&layout, OutputId(1)).unwrap();
            let whole = layout.outputs()[0].geometry;
            prop_assert_eq!(sheet.thumbnails.len(), windows.len());
            for card in &sheet.cards {
                prop_assert!(whole.contains_rect(card.rect));
                prop_assert_eq!(sheet.spot(card.rect.loc), Spot::Workspace(card.id));
            }
            for of in &sheet.thumbnails {
                prop_assert!(whole.contains_rect(of.rect) && whole.contains_rect(of.label));
                prop_assert!(sheet.cards.iter().all(|card| !card.rect.overlaps(of.rect)));
                let low = of.rect.loc + Pos::from((0, of.rect.size.h - 1));
                prop_assert_eq!(sheet.spot(low), Spot::Window(of.window));
                if let Some(button) = close_button(of.rect) {
                    prop_assert!(whole.contains_rect(button));
                    let middle = button.loc + Pos::from((CLOSE / 2, CLOSE / 2));
                    prop_assert_eq!(sheet.spot(middle), Spot::Close(of.window));
                }
            }
            prop_assert_eq!(sheet.spot(whole.loc), Spot::Ground(OutputId(1)));
        }
    }
}
