//! Tiles: columns, splits, tabs, their sizes, and windows that leave and return.

use trees::desktop::{Axis, Direction};

use super::super::*;
use super::{answer, open, screen};

const ONE: OutputId = OutputId(1);

/// A screen whose workspace has tiles, without gaps.
fn tiled(count: u64) -> (Layout, Vec<WindowId>) {
    let mut layout = screen();
    layout.set_options(Options {
        tiling: true,
        gap: 0,
    });
    let ids = (1..=count)
        .map(|id| open(&mut layout, id, (300, 200)))
        .collect();
    answer(&mut layout);
    (layout, ids)
}

fn place(layout: &Layout, id: WindowId) -> (i32, i32, i32, i32) {
    let rect = layout.frame_rect(id).unwrap();
    (rect.loc.x, rect.loc.y, rect.size.w, rect.size.h)
}

#[test]
fn each_new_window_takes_a_column_beside_the_focused_one() {
    let (mut layout, ids) = tiled(3);
    assert_eq!(place(&layout, ids[0]), (0, 0, 640, 1080));
    assert_eq!(place(&layout, ids[2]), (1280, 0, 640, 1080));
    layout.focus(ids[0]);
    let fourth = open(&mut layout, 4, (10, 10));
    answer(&mut layout);
    assert_eq!(place(&layout, fourth), (480, 0, 480, 1080));
    let wanted = layout.wanted(fourth).unwrap();
    assert!(wanted.tiled.left && wanted.tiled.right && wanted.tiled.top && wanted.tiled.bottom);
}

#[test]
fn gaps_lie_between_tiles_and_around_them() {
    let (mut layout, ids) = tiled(2);
    layout.set_options(Options {
        tiling: true,
        gap: 10,
    });
    answer(&mut layout);
    assert_eq!(place(&layout, ids[0]), (10, 10, 945, 1060));
    assert_eq!(place(&layout, ids[1]), (965, 10, 945, 1060));
}

#[test]
fn a_window_joins_the_next_column_and_leaves_it_again() {
    let (mut layout, ids) = tiled(3);
    assert!(layout.join_column(ids[2], Direction::Left));
    answer(&mut layout);
    assert_eq!(place(&layout, ids[1]), (960, 0, 960, 540));
    assert_eq!(place(&layout, ids[2]), (960, 540, 960, 540));
    layout.shift(ids[2], Direction::Up);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[2]).1, 0);
    layout.shift(ids[2], Direction::Left);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[2]), (640, 0, 640, 1080));
    layout.shift(ids[2], Direction::Left);
    answer(&mut layout);
    assert_eq!(
        place(&layout, ids[2]).0,
        0,
        "alone in its column it changes places"
    );
}

#[test]
fn the_focus_goes_to_the_tile_beside_at_the_same_height() {
    let (mut layout, ids) = tiled(4);
    layout.join_column(ids[1], Direction::Left);
    layout.join_column(ids[3], Direction::Left);
    answer(&mut layout);
    // Two columns of two: 1 over 2, 3 over 4.
    assert_eq!(
        layout.window_towards(ids[1], Direction::Right),
        Some(ids[3])
    );
    assert_eq!(layout.window_towards(ids[3], Direction::Up), Some(ids[2]));
    assert_eq!(layout.window_towards(ids[2], Direction::Left), Some(ids[0]));
    assert_eq!(layout.window_towards(ids[0], Direction::Left), None);
}

#[test]
fn tabs_show_one_window_of_their_tile() {
    let (mut layout, ids) = tiled(3);
    layout.join_column(ids[2], Direction::Left);
    assert!(layout.toggle_tabs(ids[1]));
    layout.focus(ids[1]);
    answer(&mut layout);
    assert_eq!(layout.tabs(ids[1]), Some((&ids[1..], 0)));
    assert!(!layout.is_visible(ids[2]) && layout.is_visible(ids[1]));
    assert!(layout.wanted(ids[2]).unwrap().suspended);
    assert_eq!(place(&layout, ids[1]), (960, 0, 960, 1080));
    let next = layout.tab_beside(ids[1], 1).unwrap();
    layout.focus(next);
    assert!(layout.is_visible(ids[2]) && !layout.is_visible(ids[1]));
    // The bar has a part for each tab.
    assert_eq!(
        layout.frame_part_at(ids[2], (970, 18).into()),
        Some(FramePart::Tab(0))
    );
    assert_eq!(
        layout.frame_part_at(ids[2], (1700, 18).into()),
        Some(FramePart::Tab(1))
    );
    layout.toggle_tabs(ids[2]);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[2]).3, 540);
}

#[test]
fn a_closed_tab_leaves_the_others() {
    let (mut layout, ids) = tiled(2);
    layout.join_column(ids[1], Direction::Left);
    layout.toggle_tabs(ids[1]);
    layout.remove(ids[1]);
    answer(&mut layout);
    assert_eq!(
        (layout.focused(), layout.tabs(ids[0])),
        (Some(ids[0]), None)
    );
    assert!(layout.is_visible(ids[0]));
}

#[test]
fn a_line_between_tiles_is_dragged_and_grown() {
    let (mut layout, ids) = tiled(2);
    let right = Edges {
        right: true,
        ..Edges::default()
    };
    assert!(layout.begin_resize(ids[0], right));
    assert!(layout.wanted(ids[0]).unwrap().resizing);
    layout.update_resize(ids[0], (300, 0).into());
    layout.update_resize(ids[0], (240, 50).into());
    layout.end_resize(ids[0]);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[0]).2, 1200);
    assert_eq!(place(&layout, ids[1]), (1200, 0, 720, 1080));
    layout.grow(ids[1], Axis::Width, 240);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[1]).2, 960);
    // Not smaller than can be seen.
    layout.grow(ids[1], Axis::Width, i32::MAX);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[0]).2, 48);
    let left = Edges {
        left: true,
        ..Edges::default()
    };
    assert!(!layout.begin_resize(ids[0], left), "the screen ends there");
}

#[test]
fn what_is_floated_out_or_minimised_returns_to_its_tile() {
    let (mut layout, ids) = tiled(3);
    layout.grow(ids[1], Axis::Width, 100);
    answer(&mut layout);
    let before: Vec<_> = ids.iter().map(|id| place(&layout, *id)).collect();
    layout.set_tiled(ids[1], false);
    answer(&mut layout);
    assert_eq!(
        layout.window(ids[1]).unwrap().placement(),
        Placement::Floating
    );
    assert_eq!(place(&layout, ids[0]).2 + place(&layout, ids[2]).2, 1920);
    assert_eq!(layout.stacking().last(), Some(&ids[1]), "above the tiles");
    layout.set_tiled(ids[1], true);
    layout.set_minimised(ids[1], true);
    answer(&mut layout);
    layout.set_minimised(ids[1], false);
    answer(&mut layout);
    let after: Vec<_> = ids.iter().map(|id| place(&layout, *id)).collect();
    assert_eq!(after, before);
}

#[test]
fn a_maximised_tile_makes_way_for_another() {
    let (mut layout, ids) = tiled(2);
    layout.set_placement(ids[1], Placement::Maximised);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[1]), (0, 0, 1920, 1080));
    layout.focus(ids[0]);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[1]), (960, 0, 960, 1080));
}

#[test]
fn dialogs_and_windows_of_one_size_float_above_tiles() {
    let (mut layout, ids) = tiled(1);
    let new = |id, parent, limits| NewWindow {
        id: WindowId(id),
        size: (300, 200).into(),
        limits,
        parent,
        decorated: true,
        marked: false,
        output: None,
        maximised: false,
        fullscreen: false,
        opening: Opening::default(),
    };
    let fixed = SizeLimits {
        min: (300, 200).into(),
        max: (300, 200).into(),
    };
    layout.insert(new(8, Some(ids[0]), SizeLimits::default()));
    layout.insert(new(9, None, fixed));
    for id in [WindowId(8), WindowId(9)] {
        assert_eq!(layout.window(id).unwrap().placement(), Placement::Floating);
    }
    layout.raise(ids[0]);
    assert_eq!(layout.stacking()[0], ids[0]);
}

#[test]
fn a_workspace_is_switched_to_tiles_from_left_to_right_and_back() {
    let mut layout = screen();
    let ids: Vec<_> = (1..=2)
        .map(|id| open(&mut layout, id, (300, 200)))
        .collect();
    layout.move_to(ids[0], (1000, 300).into());
    layout.move_to(ids[1], (100, 300).into());
    let before: Vec<_> = ids.iter().map(|id| layout.content_rect(*id)).collect();
    let workspace = layout.active_workspace(ONE).unwrap();
    layout.set_tiling(workspace, true);
    answer(&mut layout);
    assert!(place(&layout, ids[1]).0 < place(&layout, ids[0]).0);
    layout.set_tiling(workspace, false);
    answer(&mut layout);
    let after: Vec<_> = ids.iter().map(|id| layout.content_rect(*id)).collect();
    assert_eq!(after, before);
}

#[test]
fn a_tile_is_dropped_at_an_edge_or_onto_another() {
    let (mut layout, ids) = tiled(3);
    // Onto the upper edge of the first.
    layout.begin_move(ids[2], (1300, 10).into()).unwrap();
    let preview = layout.drop_preview(ids[2], (480, 20).into(), true).unwrap();
    layout.drop_window(ids[2], (480, 20).into(), true);
    answer(&mut layout);
    assert_eq!(place(&layout, ids[2]), (0, 0, 960, 540));
    assert_eq!(layout.frame_rect(ids[2]), Some(preview));
    assert_eq!(place(&layout, ids[0]).1, 540);
    // Onto the middle of the other: a tab.
    layout.begin_move(ids[2], (100, 10).into()).unwrap();
    layout.drop_window(ids[2], (1440, 500).into(), true);
    assert_eq!(layout.tabs(ids[2]), Some((&[ids[1], ids[2]][..], 1)));
    // What floated before stays floating there.
    layout.begin_move(ids[2], (1000, 10).into()).unwrap();
    layout.drop_window(ids[2], (1440, 500).into(), false);
    assert_eq!(
        layout.window(ids[2]).unwrap().placement(),
        Placement::Floating
    );
    layout.verify_invariants().unwrap();
}

#[test]
fn a_size_is_known_before_the_window_is_there() {
    let (layout, _) = tiled(1);
    let new = NewWindow {
        id: WindowId(2),
        size: (1, 1).into(),
        limits: SizeLimits::default(),
        parent: None,
        decorated: true,
        marked: false,
        output: Some(ONE),
        maximised: false,
        fullscreen: false,
        opening: Opening::default(),
    };
    let wanted = layout.preview(new).unwrap();
    assert_eq!(wanted.size, Some((958, 1080 - 37).into()));
    assert_eq!(layout.windows().count(), 1);
}
