//! Moving among the tiles: windows, tabs, the focus, and the lines between tiles.

use trees::desktop::Direction;

use super::{Column, Slot, Split, Tiling, transfer};
use crate::layout::{Edges, Rect, WindowId};

/// No tile is dragged smaller than this, in logical pixels.
const LEAST: i32 = 48;

/// A line between two tiles that is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::layout) struct Line {
    /// The column whose splits it divides; `None`: it divides columns.
    within: Option<usize>,
    /// The tile before the line.
    index: usize,
    /// The shares at the start.
    first: u32,
    second: u32,
    /// The pixels of both at the start.
    pixels: i32,
}

impl Tiling {
    /// Moves a window. Sideways: one that shares its column gets a column of its own, one that has
    /// its column alone changes places with the next. Up and down within the column. Returns
    /// whether there was somewhere to go.
    pub(in crate::layout) fn shift(&mut self, id: WindowId, direction: Direction) -> bool {
        let Some(spot) = self.spot(id) else {
            return false;
        };
        let Some(column) = self.columns.get_mut(spot.column) else {
            return false;
        };
        let forwards = matches!(direction, Direction::Right | Direction::Down);
        let alone_in_split = column
            .splits
            .get(spot.split)
            .is_none_or(|split| split.tabs.len() == 1);
        let neighbour = |index: usize, len: usize| {
            let next = if forwards {
                Some(index + 1)
            } else {
                index.checked_sub(1)
            };
            next.filter(|next| *next < len)
        };
        match direction {
            Direction::Up | Direction::Down if alone_in_split => {
                let Some(other) = neighbour(spot.split, column.splits.len()) else {
                    return false;
                };
                column.splits.swap(spot.split, other);
            }
            Direction::Up | Direction::Down => {
                // A tab becomes a split of its own.
                let at = spot.split + usize::from(forwards);
                self.remove(id);
                if let Some(column) = self.columns.get_mut(spot.column) {
                    let share = column.fair_share();
                    column
                        .splits
                        .insert(at.min(column.splits.len()), Split::of(id, share));
                }
            }
            Direction::Left | Direction::Right if alone_in_split && column.splits.len() == 1 => {
                let Some(other) = neighbour(spot.column, self.columns.len()) else {
                    return false;
                };
                self.columns.swap(spot.column, other);
            }
            Direction::Left | Direction::Right => {
                let share = self.fair_share();
                self.remove(id);
                let at = spot.column + usize::from(forwards);
                self.columns
                    .insert(at.min(self.columns.len()), Column::of(id, share));
            }
        }
        true
    }

    /// A window joins the next column sideways, as its lowest split. Returns whether there is one.
    pub(in crate::layout) fn join_column(&mut self, id: WindowId, direction: Direction) -> bool {
        let Some(spot) = self.spot(id) else {
            return false;
        };
        let target = match direction {
            Direction::Left => spot.column.checked_sub(1),
            Direction::Right => Some(spot.column + 1).filter(|next| *next < self.columns.len()),
            Direction::Up | Direction::Down => None,
        };
        let Some(target) = target else {
            return false;
        };
        let before = self.columns.len();
        self.remove(id);
        // The window's own column may have gone with it.
        let gone = self.columns.len() < before && target > spot.column;
        let Some(column) = self.columns.get_mut(target - usize::from(gone)) else {
            self.add(id, None);
            return true;
        };
        let share = column.fair_share();
        column.splits.push(Split::of(id, share));
        true
    }

    /// The splits of a window's column become tabs of one, or its tabs become splits.
    pub(in crate::layout) fn toggle_tabs(&mut self, id: WindowId) -> bool {
        let Some(spot) = self.spot(id) else {
            return false;
        };
        let Some(column) = self.columns.get_mut(spot.column) else {
            return false;
        };
        if column.splits.len() > 1 {
            let tabs: Vec<WindowId> = column
                .splits
                .iter()
                .flat_map(|split| split.tabs.iter().copied())
                .collect();
            let shown = tabs.iter().position(|other| *other == id).unwrap_or(0);
            *column = Column {
                share: column.share,
                splits: vec![Split {
                    tabs,
                    shown,
                    ..Split::of(id, super::SHARE)
                }],
            };
            return true;
        }
        let tabs: Vec<WindowId> = column
            .splits
            .iter()
            .flat_map(|split| split.tabs.clone())
            .collect();
        if tabs.len() < 2 {
            return false;
        }
        column.splits = tabs
            .into_iter()
            .map(|id| Split::of(id, super::SHARE))
            .collect();
        true
    }

    /// The window `step` tabs further in the split of `id`, going round.
    pub(in crate::layout) fn tab_beside(&self, id: WindowId, step: i32) -> Option<WindowId> {
        let tabs = &self.split_of(id)?.tabs;
        let len = i32::try_from(tabs.len()).ok().filter(|len| *len > 1)?;
        let index = i32::try_from(tabs.iter().position(|other| *other == id)?).ok()?;
        let index = index.saturating_add(step).rem_euclid(len);
        tabs.get(usize::try_from(index).ok()?).copied()
    }

    /// The window that lies next in a direction: in the next column the one whose tile is at about
    /// the same height.
    pub(in crate::layout) fn beside(
        &self,
        id: WindowId,
        direction: Direction,
        area: Rect,
    ) -> Option<WindowId> {
        let spot = self.spot(id)?;
        let (column, split) = match direction {
            Direction::Up => (spot.column, spot.split.checked_sub(1)?),
            Direction::Down => (spot.column, spot.split + 1),
            Direction::Left | Direction::Right => {
                let column = match direction {
                    Direction::Left => spot.column.checked_sub(1)?,
                    _ => spot.column + 1,
                };
                let slots = self.slots(area, 0);
                let middle = |slot: &Slot| slot.rect.loc.y + slot.rect.size.h / 2;
                let mine = slots
                    .iter()
                    .find(|slot| (slot.column, slot.split) == (spot.column, spot.split))
                    .map(middle)?;
                let nearest = slots
                    .iter()
                    .filter(|slot| slot.column == column)
                    .min_by_key(|slot| (middle(slot) - mine).abs())?;
                (column, nearest.split)
            }
        };
        let split = self.columns.get(column)?.splits.get(split)?;
        split.tabs.get(split.shown).copied()
    }

    /// The lines at some edges of a window's tile: between columns and between splits.
    pub(in crate::layout) fn lines_at(
        &self,
        id: WindowId,
        edges: Edges,
        area: Rect,
        gap: i32,
    ) -> (Option<Line>, Option<Line>) {
        let Some(spot) = self.spot(id) else {
            return (None, None);
        };
        let slots = self.slots(area, gap);
        let before = |index: usize, near: bool, far: bool| {
            if near {
                index.checked_sub(1)
            } else {
                far.then_some(index)
            }
        };
        let column = before(spot.column, edges.left, edges.right).and_then(|index| {
            let width = |column| {
                let slot = slots.iter().find(|slot| slot.column == column);
                slot.map(|slot| slot.rect.size.w)
            };
            Some(Line {
                within: None,
                index,
                first: self.columns.get(index)?.share,
                second: self.columns.get(index + 1)?.share,
                pixels: width(index)? + width(index + 1)?,
            })
        });
        let split = before(spot.split, edges.top, edges.bottom).and_then(|index| {
            let splits = &self.columns.get(spot.column)?.splits;
            let height = |split| {
                let mine = |slot: &&Slot| (slot.column, slot.split) == (spot.column, split);
                slots.iter().find(mine).map(|slot| slot.rect.size.h)
            };
            Some(Line {
                within: Some(spot.column),
                index,
                first: splits.get(index)?.share,
                second: splits.get(index + 1)?.share,
                pixels: height(index)? + height(index + 1)?,
            })
        });
        (column, split)
    }

    /// Puts a line so many pixels from where it was at the start.
    pub(in crate::layout) fn drag_line(&mut self, line: &Line, delta: i32) {
        let sum = i64::from(line.first) + i64::from(line.second);
        let pixels = i64::from(line.pixels.max(1));
        // Upwards, since the pixels of a share are rounded down.
        let moved = i64::from(delta).saturating_mul(sum);
        let moved = moved.saturating_add(pixels - 1).div_euclid(pixels);
        let least = u32::try_from(i64::from(LEAST) * sum / pixels).unwrap_or(1);
        let (first, second) = transfer(line.first, line.second, moved, least);
        let (one, other) = match line.within {
            None => {
                let mut columns = self.columns.iter_mut().skip(line.index);
                let shares = columns.next().zip(columns.next());
                let Some((a, b)) = shares else { return };
                (&mut a.share, &mut b.share)
            }
            Some(column) => {
                let Some(column) = self.columns.get_mut(column) else {
                    return;
                };
                let mut splits = column.splits.iter_mut().skip(line.index);
                let Some((a, b)) = splits.next().zip(splits.next()) else {
                    return;
                };
                (&mut a.share, &mut b.share)
            }
        };
        (*one, *other) = (first, second);
    }
}
