//! Floating windows: where they open, what they fill, how they are dragged.

use trees::desktop::Snap;

use super::super::*;
use super::{open, screen};

const BAR: i32 = 36;

#[test]
fn a_new_window_stands_in_the_middle_and_the_next_beside_it() {
    let mut layout = screen();
    let first = open(&mut layout, 1, (800, 600));
    let second = open(&mut layout, 2, (800, 600));
    let frame = layout.frame_rect(first).unwrap();
    assert_eq!(frame.loc.x * 2 + frame.size.w, 1920);
    assert_eq!(frame.loc.y * 2 + frame.size.h, 1080 - (frame.size.h % 2));
    assert_eq!(
        layout.frame_rect(second).unwrap().loc - frame.loc,
        Pos::from((BAR, BAR))
    );
}

#[test]
fn new_windows_open_within_the_work_area_and_hide_no_title_bar_while_there_is_room() {
    let mut layout = screen();
    let area = Rect::new((0, 40).into(), (1920, 1040).into());
    layout.set_work_area(OutputId(1), area);
    let frames: Vec<Rect> = (1..=60)
        .map(|id| {
            let window = open(&mut layout, id, (800, 600));
            layout.frame_rect(window).unwrap()
        })
        .collect();
    for (index, frame) in frames.iter().enumerate() {
        assert!(area.contains_rect(*frame), "window {index}: {frame:?}");
        let hidden = frames[..index].iter().any(|other| {
            let away = frame.loc - other.loc;
            away.x.abs() < BAR / 2 && away.y.abs() < BAR / 2
        });
        assert!(!hidden, "window {index} hides the bar of one before it");
    }
}

#[test]
fn maximising_fills_the_work_area_and_gives_the_old_place_back() {
    let mut layout = screen();
    layout.set_work_area(OutputId(1), Rect::new((0, 0).into(), (1920, 1040).into()));
    let id = open(&mut layout, 1, (800, 600));
    let before = layout.content_rect(id).unwrap();
    layout.set_placement(id, Placement::Maximised);
    let wanted = layout.wanted(id).unwrap();
    assert_eq!(wanted.size, Some((1920, 1040 - BAR).into()));
    assert!(wanted.maximised);
    layout.committed(id, wanted.size.unwrap());
    assert_eq!(
        layout.frame_rect(id).unwrap(),
        Rect::from_size((1920, 1040).into())
    );
    layout.set_placement(id, Placement::Floating);
    assert_eq!(layout.wanted(id).unwrap().size, Some(before.size));
    layout.committed(id, before.size);
    assert_eq!(layout.content_rect(id), Some(before));
}

#[test]
fn a_window_that_begins_maximised_has_a_size_to_return_to() {
    let mut layout = screen();
    let id = WindowId(1);
    layout.insert(NewWindow {
        id,
        size: (1920, 1044).into(),
        limits: SizeLimits::default(),
        parent: None,
        decorated: true,
        marked: false,
        output: None,
        maximised: true,
        fullscreen: false,
        opening: Opening::default(),
    });
    layout.set_placement(id, Placement::Floating);
    assert_eq!(layout.wanted(id).unwrap().size, Some((1280, 720).into()));
    layout.committed(id, (1280, 720).into());
    assert_eq!(layout.frame_rect(id).unwrap().loc.x, (1920 - 1282) / 2);
}

#[test]
fn the_two_halves_meet() {
    let mut layout = screen();
    let (left, right) = (
        open(&mut layout, 1, (300, 300)),
        open(&mut layout, 2, (300, 300)),
    );
    for (id, part) in [(left, Snap::Left), (right, Snap::Right)] {
        layout.set_placement(id, Placement::Snapped(part));
        let size = layout.wanted(id).unwrap().size.unwrap();
        layout.committed(id, size);
    }
    let (left, right) = (
        layout.frame_rect(left).unwrap(),
        layout.frame_rect(right).unwrap(),
    );
    assert_eq!(left.loc.x + left.size.w, right.loc.x);
    assert_eq!(right.loc.x + right.size.w, 1920);
}

#[test]
fn fullscreen_has_no_frame_and_covers_the_bar() {
    let mut layout = screen();
    layout.set_work_area(OutputId(1), Rect::new((0, 40).into(), (1920, 1040).into()));
    let id = open(&mut layout, 1, (800, 600));
    layout.set_fullscreen(id, true, None);
    let wanted = layout.wanted(id).unwrap();
    assert_eq!(
        (wanted.size, wanted.fullscreen),
        (Some((1920, 1080).into()), true)
    );
    layout.committed(id, (1000, 500).into());
    let rect = layout.frame_rect(id).unwrap();
    assert_eq!(
        rect,
        Rect::new((460, 290).into(), (1000, 500).into()),
        "a small client is centred"
    );
}

#[test]
fn resizing_by_the_left_edge_keeps_the_right_edge() {
    let mut layout = screen();
    let id = open(&mut layout, 1, (800, 600));
    let before = layout.content_rect(id).unwrap();
    let edges = Edges {
        left: true,
        top: true,
        ..Edges::default()
    };
    assert!(layout.begin_resize(id, edges));
    assert!(layout.update_resize(id, (-33, -21).into()));
    assert_eq!(layout.wanted(id).unwrap().size, Some((833, 621).into()));
    // A terminal takes whole cells only: the far corner stays none the less.
    layout.committed(id, (830, 610).into());
    layout.end_resize(id);
    layout.finish_resize(id);
    let after = layout.content_rect(id).unwrap();
    assert_eq!(
        after.loc + Pos::from((830, 610)),
        before.loc + Pos::from((800, 600))
    );
}

#[test]
fn a_resize_stays_within_the_clients_limits() {
    let mut layout = screen();
    let id = open(&mut layout, 1, (800, 600));
    let limits = SizeLimits {
        min: (700, 500).into(),
        max: (900, 650).into(),
    };
    layout.set_limits(id, limits);
    let edges = Edges {
        right: true,
        bottom: true,
        ..Edges::default()
    };
    layout.begin_resize(id, edges);
    layout.update_resize(id, (-5000, 5000).into());
    assert_eq!(layout.wanted(id).unwrap().size, Some((700, 650).into()));
}

#[test]
fn dragging_a_maximised_window_restores_it_under_the_pointer() {
    let mut layout = screen();
    let id = open(&mut layout, 1, (800, 600));
    layout.set_placement(id, Placement::Maximised);
    let full = layout.wanted(id).unwrap().size.unwrap();
    layout.committed(id, full);
    let pointer = Pos::from((960, 10));
    let hold = layout.begin_move(id, pointer).unwrap();
    assert_eq!(layout.wanted(id).unwrap().size, Some((800, 600).into()));
    layout.committed(id, (800, 600).into());
    layout.move_to(id, pointer + Pos::from((0, 200)) - hold);
    let frame = layout.frame_rect(id).unwrap();
    assert!(frame.contains(pointer + Pos::from((0, 200))));
    assert_eq!(
        layout.frame_part_at(id, pointer + Pos::from((0, 200))),
        Some(FramePart::TitleBar)
    );
}

#[test]
fn minimising_hands_the_focus_back_and_takes_dialogs_along() {
    let mut layout = screen();
    let below = open(&mut layout, 1, (300, 300));
    let main = open(&mut layout, 2, (300, 300));
    let dialog = open(&mut layout, 3, (100, 100));
    layout.set_parent(dialog, Some(main));
    layout.set_minimised(main, true);
    assert!(!layout.is_visible(main) && !layout.is_visible(dialog));
    assert_eq!(layout.focused(), Some(below));
    layout.focus(dialog);
    assert!(layout.is_visible(main) && layout.is_visible(dialog));
}

#[test]
fn a_dialog_stays_above_its_parent() {
    let mut layout = screen();
    let main = open(&mut layout, 1, (300, 300));
    let dialog = open(&mut layout, 2, (100, 100));
    let other = open(&mut layout, 3, (300, 300));
    layout.set_parent(dialog, Some(main));
    layout.raise(main);
    assert_eq!(layout.stacking(), [other, main, dialog]);
}

#[test]
fn an_output_unplugged_and_back_changes_nothing() {
    let mut layout = screen();
    layout.add_output(
        OutputId(2),
        "B",
        Rect::new((1920, 0).into(), (1280, 720).into()),
    );
    let id = open(&mut layout, 1, (400, 300));
    layout.send_to_output(id, OutputId(2));
    layout.move_to(id, (2500, 100).into());
    let before = layout.content_rect(id);
    layout.remove_output(OutputId(2));
    assert_eq!(layout.window(id).unwrap().output(), Some(OutputId(1)));
    layout.add_output(
        OutputId(3),
        "B",
        Rect::new((1920, 0).into(), (1280, 720).into()),
    );
    assert_eq!(layout.window(id).unwrap().output(), Some(OutputId(3)));
    assert_eq!(layout.content_rect(id), before);
}

#[test]
fn a_window_sent_to_a_smaller_output_is_seen_there() {
    let mut layout = screen();
    let second = Rect::new((1920, 0).into(), (1280, 720).into());
    layout.add_output(OutputId(2), "B", second);
    let id = open(&mut layout, 1, (800, 600));
    layout.move_to(id, (1100, 400).into());
    layout.send_to_output(id, OutputId(2));
    assert!(second.contains_rect(layout.frame_rect(id).unwrap()));

    let large = open(&mut layout, 2, (1500, 900));
    layout.send_to_output(large, OutputId(2));
    assert_eq!(layout.frame_rect(large).unwrap().loc, second.loc);
}

#[test]
fn an_output_that_shrinks_still_shows_what_it_showed() {
    let mut layout = screen();
    let whole = open(&mut layout, 1, (800, 600));
    layout.move_to(whole, (1100, 450).into());
    let cut_off = open(&mut layout, 2, (800, 600));
    layout.move_to(cut_off, (1700, 200).into());
    let small = Rect::new((0, 0).into(), (1280, 720).into());
    layout.set_output_geometry(OutputId(1), small);
    let frame = layout.frame_rect(whole).unwrap();
    assert!(small.contains_rect(frame), "{frame:?}");
    // What a person had let reach beyond the edge is kept so that it can be grabbed.
    let frame = layout.frame_rect(cut_off).unwrap();
    assert!(
        small.overlaps(frame) && !small.contains_rect(frame),
        "{frame:?}"
    );
    layout.verify_invariants().unwrap();
}

#[test]
fn the_parts_of_a_frame_lie_where_they_are_drawn() {
    let mut layout = screen();
    let id = open(&mut layout, 1, (800, 600));
    let frame = layout.frame_rect(id).unwrap();
    let at = |x: i32, y: i32| layout.frame_part_at(id, frame.loc + Pos::from((x, y)));
    let right = frame.size.w;
    assert_eq!(at(right - 20, 18), Some(FramePart::Close));
    assert_eq!(at(right - 52, 18), Some(FramePart::Maximise));
    assert_eq!(at(right - 84, 18), Some(FramePart::Minimise));
    assert_eq!(at(200, 18), Some(FramePart::TitleBar));
    assert_eq!(at(200, 300), None, "the content is the client's");
    let edge = |edges| Some(FramePart::Edge(edges));
    assert_eq!(
        at(-3, 300),
        edge(Edges {
            left: true,
            ..Edges::default()
        })
    );
    assert_eq!(
        at(-3, -3),
        edge(Edges {
            left: true,
            top: true,
            ..Edges::default()
        })
    );
    assert_eq!(
        at(right + 3, frame.size.h + 3),
        edge(Edges {
            right: true,
            bottom: true,
            ..Edges::default()
        })
    );
    assert_eq!(at(-20, 300), None);
}
