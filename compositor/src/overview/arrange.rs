//! Where pictures go: pure functions from sizes to places. None makes a picture larger than the window
//! it is of.

use crate::layout::{Extent, Pos, Rect};

/// The room that pictures are spread over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room {
    pub(super) area: Rect,
    /// Between two pictures, where there is room enough.
    pub(super) gap: i32,
    /// Kept free below each picture, for its title.
    pub(super) label: i32,
}

/// Spreads windows of these sizes over a room, in rows, in their order. They keep their shape and do not
/// overlap, and of the ways to do so the one that shows most of them is taken.
///
/// Where there are more windows than pixels, all places are empty.
pub(super) fn spread(sizes: &[Extent], room: &Room) -> Vec<Rect> {
    // More rows than this are narrower than high even on a screen that stands upright.
    let most = ((sizes.len() as f64).sqrt() * 2.0).ceil() as usize;
    let most = most.min(sizes.len()).max(1);
    // Of equals the last one is taken, which has the fewest rows.
    let ways = (1..=most).rev();
    let ways = ways.filter_map(|rows| in_rows(sizes, room, rows));
    let best = ways.max_by(|one, other| shown(one).total_cmp(&shown(other)));
    best.unwrap_or_else(|| vec![Rect::from_size((0, 0).into()); sizes.len()])
}

/// How much of the windows a way to spread them shows: the sum of the sides of squares as large.
fn shown(places: &[Rect]) -> f64 {
    let side = |rect: &Rect| (f64::from(rect.size.w) * f64::from(rect.size.h)).sqrt();
    places.iter().map(side).sum()
}

/// Spreads windows over so many rows; `None` where there is no room for that.
fn in_rows(sizes: &[Extent], room: &Room, rows: usize) -> Option<Vec<Rect>> {
    let count = i32::try_from(rows).ok()?;
    let gap = room.gap.min(room.area.size.h / (2 * count)).max(0);
    let height = (room.area.size.h - gap * (count - 1)) / count - room.label;
    if height < 1 {
        return None;
    }
    let mut lines = Vec::with_capacity(rows);
    let mut rest = sizes;
    for row in 0..rows {
        let (line, later) = rest.split_at(rest.len().div_ceil(rows - row));
        lines.push(scaled(line, room, height)?);
        rest = later;
    }
    let tall = |line: &Vec<Extent>| line.iter().map(|size| size.h).max().unwrap_or(0);
    let used: i32 = lines.iter().map(|line| tall(line) + room.label).sum();
    let mut y = room.area.loc.y + (room.area.size.h - used - gap * (count - 1)).max(0) / 2;
    let mut places = Vec::with_capacity(sizes.len());
    for line in &lines {
        let tall = tall(line);
        let (width, gap_across) = width_of(line, room);
        let mut x = room.area.loc.x + (room.area.size.w - width).max(0) / 2;
        for size in line {
            places.push(Rect::new((x, y + (tall - size.h) / 2).into(), *size));
            x += size.w + gap_across;
        }
        y += tall + room.label + gap;
    }
    Some(places)
}

/// The gap between the pictures of a row.
fn gap_across(count: usize, room: &Room) -> i32 {
    let count = i32::try_from(count).unwrap_or(i32::MAX).max(1);
    let most = room.area.size.w / count.saturating_mul(2);
    room.gap.min(most).max(0)
}

/// How wide a row is, and the gap between its pictures.
fn width_of(line: &[Extent], room: &Room) -> (i32, i32) {
    let gap = gap_across(line.len(), room);
    let gaps = i32::try_from(line.len()).unwrap_or(i32::MAX) - 1;
    let wide: i32 = line.iter().map(|size| size.w).sum();
    (wide + gap * gaps.max(0), gap)
}

/// The windows of a row as large as they can be in it; `None` where they do not fit.
fn scaled(line: &[Extent], room: &Room, height: i32) -> Option<Vec<Extent>> {
    let across = i32::try_from(line.len()).ok()?;
    let free = room.area.size.w - gap_across(line.len(), room) * (across - 1);
    let alone = |size: &Extent| factor(*size, (room.area.size.w, height).into());
    let wide: f64 = line
        .iter()
        .map(|size| f64::from(size.w.max(1)) * alone(size))
        .sum();
    // A pixel for each of them: what would be less is rounded up to one.
    let squeeze = (f64::from(free - across).max(0.0) / wide).min(1.0);
    let sizes: Vec<Extent> = line
        .iter()
        .map(|size| times(*size, alone(size) * squeeze))
        .collect();
    let fits = sizes.iter().map(|size| size.w).sum::<i32>() <= free;
    fits.then_some(sizes)
}

/// By how much something is made smaller to fit into a box; at most 1.
fn factor(size: Extent, within: Extent) -> f64 {
    let across = f64::from(within.w) / f64::from(size.w.max(1));
    let down = f64::from(within.h) / f64::from(size.h.max(1));
    across.min(down).min(1.0)
}

/// A size made smaller, each side at least a pixel.
fn times(size: Extent, factor: f64) -> Extent {
    let side = |side: i32| ((f64::from(side.max(1)) * factor).floor() as i32).max(1);
    (side(size.w), side(size.h)).into()
}

/// Something in the middle of a box, made smaller if it has to be.
pub(super) fn fit(size: Extent, within: Rect) -> Rect {
    let size = times(size, factor(size, within.size));
    let loc = within.loc + Pos::from(((within.size.w - size.w) / 2, (within.size.h - size.h) / 2));
    Rect::new(loc, size)
}

/// A row of equal boxes of a shape in a strip, in its middle.
pub(super) fn row(count: usize, shape: Extent, strip: Rect, gap: i32) -> Vec<Rect> {
    let Some(across) = i32::try_from(count).ok().filter(|count| *count > 0) else {
        return Vec::new();
    };
    let gap = gap.min(strip.size.w / (2 * across)).max(0);
    let widest = ((strip.size.w - gap * (across - 1)) / across).max(1);
    let by = f64::from(strip.size.h) / f64::from(shape.h.max(1));
    let by = by.min(f64::from(widest) / f64::from(shape.w.max(1)));
    let size = times(shape, by);
    let whole = size.w * across + gap * (across - 1);
    let first = strip.loc
        + Pos::from((
            (strip.size.w - whole).max(0) / 2,
            (strip.size.h - size.h).max(0) / 2,
        ));
    (0..across)
        .map(|index| Rect::new(first + Pos::from((index * (size.w + gap), 0)), size))
        .collect()
}

/// Equal cells in columns and rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grid {
    /// The size of all cells together.
    pub(super) size: Extent,
    /// Each relative to the top left of the first.
    pub(super) cells: Vec<Rect>,
}

/// So many cells of a size, or of the same shape and smaller where they do not fit into `most`.
pub(super) fn grid(count: usize, cell: Extent, most: Extent) -> Grid {
    let count = i32::try_from(count).unwrap_or(i32::MAX).max(1);
    let mut cell = cell;
    let (columns, rows) = loop {
        let columns = (most.w / cell.w.max(1)).clamp(1, count);
        let rows = count.div_euclid(columns) + i32::from(count % columns > 0);
        let fits = columns * cell.w <= most.w && rows.saturating_mul(cell.h) <= most.h;
        if fits || (cell.w <= 1 && cell.h <= 1) {
            // As square as the rows allow: no last row with one cell under seven.
            break (count.div_euclid(rows) + i32::from(count % rows > 0), rows);
        }
        cell = times(cell, 0.9);
    };
    let cells = (0..count)
        .map(|index| {
            let loc = (index % columns * cell.w, index / columns * cell.h);
            Rect::new(loc.into(), cell)
        })
        .collect();
    Grid {
        size: (columns * cell.w, rows.saturating_mul(cell.h)).into(),
        cells,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sizes(most: usize) -> impl Strategy<Value = Vec<Extent>> {
        let side = || prop_oneof![1..40_i32, 40..2_000_i32, 2_000..16_384_i32];
        proptest::collection::vec((side(), side()).prop_map(Extent::from), 1..most)
    }

    fn areas() -> impl Strategy<Value = Rect> {
        (
            -4_000..4_000_i32,
            -4_000..4_000_i32,
            300..8_000_i32,
            300..8_000_i32,
        )
            .prop_map(|(x, y, w, h)| Rect::new((x, y).into(), (w, h).into()))
    }

    /// The shape is kept as far as whole pixels can.
    fn same_shape(of: Extent, shown: Extent) -> bool {
        let (w, h) = (f64::from(of.w), f64::from(of.h));
        let by = (f64::from(shown.w) / w).max(f64::from(shown.h) / h);
        (w * by - f64::from(shown.w)).abs() <= 1.0 + w / h
            && (h * by - f64::from(shown.h)).abs() <= 1.0 + h / w
    }

    fn with_label(rect: &Rect, label: i32) -> Rect {
        Rect::new(rect.loc, (rect.size.w, rect.size.h + label).into())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_spread_lies_in_the_area_keeps_its_shape_and_does_not_overlap(
            sizes in sizes(60),
            area in areas(),
            gap in 0..64_i32,
            label in 0..40_i32,
        ) {
            let room = Room { area, gap, label };
            let places = spread(&sizes, &room);
            prop_assert_eq!(places.len(), sizes.len());
            for (index, place) in places.iter().enumerate() {
                let whole = with_label(place, label);
                prop_assert!(!place.is_empty());
                prop_assert!(area.contains_rect(whole), "{:?} in {:?}", whole, area);
                prop_assert!(place.size.w <= sizes[index].w && place.size.h <= sizes[index].h);
                prop_assert!(same_shape(sizes[index], place.size), "{:?} of {:?}", place, sizes[index]);
                for other in &places[..index] {
                    prop_assert!(!whole.overlaps(with_label(other, label)));
                }
            }
        }

        #[test]
        fn the_order_is_that_of_reading(sizes in sizes(60), area in areas()) {
            let places = spread(&sizes, &Room { area, gap: 20, label: 20 });
            for pair in places.windows(2) {
                let beside = pair[1].loc.x >= pair[0].loc.x + pair[0].size.w;
                let below = pair[1].loc.y >= pair[0].loc.y + pair[0].size.h;
                prop_assert!(beside || below);
            }
        }

        #[test]
        fn no_number_of_windows_is_too_large(sizes in sizes(700), w in 1..400_i32, h in 1..400_i32) {
            let area = Rect::from_size((w, h).into());
            let places = spread(&sizes, &Room { area, gap: 20, label: 20 });
            prop_assert_eq!(places.len(), sizes.len());
            prop_assert!(places.iter().all(|place| area.contains_rect(*place)));
        }

        #[test]
        fn a_row_of_boxes_lies_in_its_strip(
            count in 1..60_usize,
            strip in areas(),
            shape in (1..8_000_i32, 1..8_000_i32),
        ) {
            let boxes = row(count, shape.into(), strip, 16);
            prop_assert_eq!(boxes.len(), count);
            for (index, place) in boxes.iter().enumerate() {
                prop_assert!(strip.contains_rect(*place), "{:?} in {:?}", place, strip);
                prop_assert!(boxes[..index].iter().all(|other| !other.overlaps(*place)));
            }
        }

        #[test]
        fn a_grid_is_no_larger_than_it_may_be(
            count in 1..400_usize,
            cell in (40..300_i32, 40..300_i32),
            most in (200..4_000_i32, 200..4_000_i32),
        ) {
            let grid = grid(count, cell.into(), most.into());
            prop_assert_eq!(grid.cells.len(), count);
            prop_assert!(grid.size.w <= most.0 && grid.size.h <= most.1);
            let whole = Rect::from_size(grid.size);
            for (index, cell) in grid.cells.iter().enumerate() {
                prop_assert!(!cell.is_empty() && whole.contains_rect(*cell));
                prop_assert!(grid.cells[..index].iter().all(|other| !other.overlaps(*cell)));
            }
        }

        #[test]
        fn what_is_fitted_lies_in_its_box(
            size in (1..16_384_i32, 1..16_384_i32),
            within in areas(),
        ) {
            let place = fit(size.into(), within);
            prop_assert!(within.contains_rect(place));
            prop_assert!(same_shape(size.into(), place.size));
        }
    }

    #[test]
    fn one_window_is_as_large_as_it_is_and_in_the_middle() {
        let room = Room {
            area: Rect::new((100, 0).into(), (1000, 800).into()),
            gap: 20,
            label: 20,
        };
        let places = spread(&[(400, 300).into()], &room);
        assert_eq!(places, [Rect::new((400, 240).into(), (400, 300).into())]);
        assert!(spread(&[], &room).is_empty());
    }

    #[test]
    fn four_equal_windows_are_two_rows_of_two() {
        let room = Room {
            area: Rect::from_size((1600, 900).into()),
            gap: 20,
            label: 0,
        };
        let places = spread(&[(1600, 900).into(); 4], &room);
        assert_eq!(places[0].loc.y, places[1].loc.y);
        assert_eq!(places[2].loc.y, places[3].loc.y);
        assert!(places[2].loc.y > places[1].loc.y && places[0].size.w > 700);
    }
}
