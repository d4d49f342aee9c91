//! The tiles of one workspace: columns side by side, in each of them splits one below the other, in
//! each split one window or several as tabs. Places are shares, never pixels: an output that
//! changes its size changes nothing here.

mod moves;

use super::{Rect, WindowId};

pub(super) use moves::Line;

/// The share of a column or split that came first; later ones take the average.
const SHARE: u32 = 10_000;
/// No share is larger, so that no sum of them overflows.
const MAX_SHARE: u32 = 1_000_000;

/// The columns of a workspace. No column and no split is ever empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tiling {
    pub(super) columns: Vec<Column>,
}

/// Splits, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) share: u32,
    pub(super) splits: Vec<Split>,
}

/// One window, or tabs of which one is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) share: u32,
    pub(super) tabs: Vec<WindowId>,
    pub(super) shown: usize,
}

/// Where a window is among the tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) column: usize,
    pub(super) split: usize,
    pub(super) tab: usize,
}

/// Where a window was, so that it can return: minimised and restored, floated out and put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Memory {
    spot: Spot,
    column_share: u32,
    split_share: u32,
    alone_in_column: bool,
    alone_in_split: bool,
}

/// The side of a tile, or its middle, at which a window joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// A column of its own to the left.
    Left,
    /// A column of its own to the right.
    Right,
    /// A split above.
    Above,
    /// A split below.
    Below,
    /// A tab.
    Tab,
}

/// A tile's place on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) column: usize,
    pub(super) split: usize,
    pub(super) rect: Rect,
}

impl Split {
    pub(super) fn of(id: WindowId, share: u32) -> Self {
        Self {
            share,
            tabs: vec![id],
            shown: 0,
        }
    }
}

impl Column {
    pub(super) fn of(id: WindowId, share: u32) -> Self {
        Self {
            share,
            splits: vec![Split::of(id, SHARE)],
        }
    }

    /// The share of one more split.
    pub(super) fn fair_share(&self) -> u32 {
        average(self.splits.iter().map(|split| split.share))
    }
}

impl Tiling {
    /// The windows, column by column, from top to bottom, tab by tab.
    pub(super) fn windows(&self) -> impl Iterator<Item = WindowId> {
        let splits = self.columns.iter().flat_map(|column| &column.splits);
        splits.flat_map(|split| split.tabs.iter().copied())
    }

    pub(super) fn spot(&self, id: WindowId) -> Option<Spot> {
        for (column, of) in self.columns.iter().enumerate() {
            for (split, of) in of.splits.iter().enumerate() {
                if let Some(tab) = of.tabs.iter().position(|other| *other == id) {
                    return Some(Spot { column, split, tab });
                }
            }
        }
        None
    }

    pub(super) fn split_of(&self, id: WindowId) -> Option<&Split> {
        let spot = self.spot(id)?;
        self.columns.get(spot.column)?.splits.get(spot.split)
    }

    pub(super) fn split_of_mut(&mut self, id: WindowId) -> Option<&mut Split> {
        let spot = self.spot(id)?;
        let column = self.columns.get_mut(spot.column)?;
        column.splits.get_mut(spot.split)
    }

    /// Whether a window is the one shown of its tabs.
    pub(super) fn is_shown(&self, id: WindowId) -> bool {
        self.split_of(id)
            .is_some_and(|split| split.tabs.get(split.shown) == Some(&id))
    }

    /// Shows a window instead of the other tabs of its split.
    pub(super) fn show(&mut self, id: WindowId) {
        if let Some(split) = self.split_of_mut(id)
            && let Some(tab) = split.tabs.iter().position(|other| *other == id)
        {
            split.shown = tab;
        }
    }

    /// The share of one more column.
    pub(super) fn fair_share(&self) -> u32 {
        average(self.columns.iter().map(|column| column.share))
    }

    /// A new column to the right of the one that holds `after`, else at the end.
    pub(super) fn add(&mut self, id: WindowId, after: Option<WindowId>) {
        let spot = after.and_then(|after| self.spot(after));
        let index = spot.map_or(self.columns.len(), |spot| spot.column + 1);
        let share = self.fair_share();
        self.columns.insert(index, Column::of(id, share));
    }

    /// Puts a window at a side of a tile, or on it as a tab.
    pub(super) fn join(&mut self, id: WindowId, column: usize, split: usize, join: Join) {
        let share = self.fair_share();
        let new_column = match join {
            Join::Left => Some(column),
            Join::Right => Some(column + 1),
            Join::Above | Join::Below | Join::Tab => None,
        };
        if let Some(index) = new_column {
            let index = index.min(self.columns.len());
            return self.columns.insert(index, Column::of(id, share));
        }
        let Some(of) = self.columns.get_mut(column) else {
            return self.add(id, None);
        };
        match (join, of.splits.get_mut(split)) {
            (Join::Tab, Some(tile)) => {
                let tab = (tile.shown + 1).min(tile.tabs.len());
                tile.tabs.insert(tab, id);
                tile.shown = tab;
            }
            _ => {
                let at = split + usize::from(join == Join::Below);
                let share = of.fair_share();
                of.splits
                    .insert(at.min(of.splits.len()), Split::of(id, share));
            }
        }
    }

    /// Takes a window out; the others share its place. Says where it was.
    pub(super) fn remove(&mut self, id: WindowId) -> Option<Memory> {
        let spot = self.spot(id)?;
        let column = self.columns.get_mut(spot.column)?;
        let column_share = column.share;
        let alone_in_column = column.splits.len() == 1;
        let split = column.splits.get_mut(spot.split)?;
        let alone_in_split = split.tabs.len() == 1;
        let memory = Memory {
            spot,
            column_share,
            split_share: split.share,
            alone_in_column: alone_in_column && alone_in_split,
            alone_in_split,
        };
        split.tabs.remove(spot.tab);
        if split.shown > spot.tab || split.shown >= split.tabs.len() {
            split.shown = split.shown.saturating_sub(1);
        }
        if split.tabs.is_empty() {
            column.splits.remove(spot.split);
        }
        if column.splits.is_empty() {
            self.columns.remove(spot.column);
        }
        Some(memory)
    }

    /// Puts a window back to where it was, as far as that is still there.
    pub(super) fn restore(&mut self, id: WindowId, memory: &Memory) {
        let spot = memory.spot;
        if memory.alone_in_column || spot.column >= self.columns.len() {
            let index = spot.column.min(self.columns.len());
            let column = Column::of(id, memory.column_share);
            return self.columns.insert(index, column);
        }
        let Some(column) = self.columns.get_mut(spot.column) else {
            return self.add(id, None);
        };
        let index = spot.split.min(column.splits.len());
        match column.splits.get_mut(index) {
            Some(split) if !memory.alone_in_split => {
                let tab = spot.tab.min(split.tabs.len());
                split.tabs.insert(tab, id);
                split.shown = tab;
            }
            _ => column
                .splits
                .insert(index, Split::of(id, memory.split_share)),
        }
    }

    /// Where the tiles lie in an area: they and the gaps between and around them cover it exactly.
    pub(super) fn slots(&self, area: Rect, gap: i32) -> Vec<Slot> {
        let widths = divide(
            area.size.w,
            gap,
            self.columns.iter().map(|column| column.share),
        );
        let mut slots = Vec::new();
        for (index, (column, (x, w))) in self.columns.iter().zip(widths).enumerate() {
            let heights = divide(
                area.size.h,
                gap,
                column.splits.iter().map(|split| split.share),
            );
            for (split, (y, h)) in heights.into_iter().enumerate() {
                let loc = (area.loc.x + x, area.loc.y + y);
                slots.push(Slot {
                    column: index,
                    split,
                    rect: Rect::new(loc.into(), (w, h).into()),
                });
            }
        }
        slots
    }

    /// Where the tile of a window lies in an area.
    pub(super) fn slot_of(&self, id: WindowId, area: Rect, gap: i32) -> Option<Rect> {
        let spot = self.spot(id)?;
        let columns = self.columns.iter().map(|column| column.share);
        let (x, w) = divide(area.size.w, gap, columns)
            .into_iter()
            .nth(spot.column)?;
        let splits = &self.columns.get(spot.column)?.splits;
        let heights = divide(area.size.h, gap, splits.iter().map(|split| split.share));
        let (y, h) = heights.into_iter().nth(spot.split)?;
        let loc = (area.loc.x + x, area.loc.y + y);
        Some(Rect::new(loc.into(), (w, h).into()))
    }

    /// Checks what must hold of the structure.
    pub(super) fn verify(&self) -> Result<(), String> {
        let share = |share: u32| (1..=MAX_SHARE).contains(&share);
        for column in &self.columns {
            if column.splits.is_empty() || !share(column.share) {
                return Err(format!("a column is empty or has no share: {column:?}"));
            }
            for split in &column.splits {
                if split.shown >= split.tabs.len() || !share(split.share) {
                    return Err(format!("a split shows nothing or has no share: {split:?}"));
                }
            }
        }
        let mut ids: Vec<WindowId> = self.windows().collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() != count {
            return Err(format!("a window is in two tiles: {:?}", self.columns));
        }
        Ok(())
    }
}

/// Moves a share from one neighbour to the other, both keeping `least`.
pub(super) fn transfer(first: u32, second: u32, delta: i64, least: u32) -> (u32, u32) {
    let sum = i64::from(first) + i64::from(second);
    let low = i64::from(least.max(1)).min(sum / 2);
    // The maximum holds of the other one too.
    let low = low.max(sum - i64::from(MAX_SHARE));
    let moved = i64::from(first).saturating_add(delta);
    let first = moved.clamp(low, (sum - low).max(low));
    let of = |value: i64| u32::try_from(value).unwrap_or(1).clamp(1, MAX_SHARE);
    (of(first), of(sum - first))
}

fn average(shares: impl ExactSizeIterator<Item = u32>) -> u32 {
    let count = shares.len() as u64;
    if count == 0 {
        return SHARE;
    }
    let sum: u64 = shares.map(u64::from).sum();
    u32::try_from(sum / count)
        .unwrap_or(SHARE)
        .clamp(1, MAX_SHARE)
}

/// The gap that is left where there is room for no more.
pub(super) fn usable_gap(len: i32, gap: i32, count: usize) -> i32 {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let needed = i64::from(gap).saturating_mul(count.saturating_add(1));
    if i64::from(len).saturating_sub(needed) >= count {
        gap
    } else {
        0
    }
}

/// Divides a length by shares, with a gap between the parts and at both ends: start and length of
/// each. Parts and gaps make up the length exactly.
fn divide(
    len: i32,
    gap: i32,
    shares: impl ExactSizeIterator<Item = u32> + Clone,
) -> Vec<(i32, i32)> {
    let count = shares.len();
    let gap = usable_gap(len, gap, count);
    let gaps = i64::from(gap) * i64::try_from(count + 1).unwrap_or(0);
    let free = (i64::from(len) - gaps).max(0);
    let total: i64 = shares.clone().map(i64::from).sum::<i64>().max(1);
    let mut parts = Vec::with_capacity(count);
    let (mut sum, mut from, mut start) = (0_i64, 0_i64, i64::from(gap));
    for share in shares {
        sum += i64::from(share);
        let to = free * sum / total;
        let narrow = |value: i64| i32::try_from(value).unwrap_or(0);
        parts.push((narrow(start), narrow(to - from)));
        start += to - from + i64::from(gap);
        from = to;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_gaps_make_up_the_length() {
        for (len, gap, shares) in [
            (1000, 8, vec![1, 1, 1]),
            (7, 8, vec![1, 1]),
            (1921, 0, vec![10_000, 3, 999_999]),
            (0, 4, vec![5]),
        ] {
            let parts = divide(len, gap, shares.iter().copied());
            let gap = usable_gap(len, gap, shares.len());
            let mut at = gap;
            for (start, part) in parts {
                assert_eq!(start, at);
                at += part + gap;
            }
            assert_eq!(at, len);
        }
    }

    #[test]
    fn a_window_that_left_returns_to_where_it_was() {
        let mut tiling = Tiling::default();
        for id in 1..=3 {
            tiling.add(WindowId(id), None);
        }
        tiling.join(WindowId(4), 1, 0, Join::Below);
        tiling.join(WindowId(5), 1, 1, Join::Tab);
        for id in [1, 2, 3, 4, 5] {
            let mut other = tiling.clone();
            let memory = other.remove(WindowId(id)).unwrap();
            other.restore(WindowId(id), &memory);
            other.show(WindowId(5));
            assert_eq!(other, tiling, "window {id}");
        }
    }
}
