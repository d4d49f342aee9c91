//! What the layout promises, by example and by random operation.

use proptest::prelude::*;

use super::*;

const BAR: i32 = 36;

fn screen() -> Layout {
    let mut layout = Layout::new(FrameMetrics::default());
    layout.add_output(OutputId(1), "A", Rect::from_size((1920, 1080).into()));
    layout
}

fn open(layout: &mut Layout, id: u64, size: (i32, i32)) -> WindowId {
    let id = WindowId(id);
    layout.insert(NewWindow {
        id,
        size: size.into(),
        limits: SizeLimits::default(),
        parent: None,
        decorated: true,
        output: None,
        maximised: false,
        fullscreen: false,
    });
    layout.focus(id);
    layout.raise(id);
    id
}

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
        output: None,
        maximised: true,
        fullscreen: false,
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
    for (id, tile) in [(left, Tile::Left), (right, Tile::Right)] {
        layout.set_placement(id, Placement::Tiled(tile));
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
fn alt_tab_goes_round_by_recency() {
    let mut layout = screen();
    let ids: Vec<_> = (1..=3)
        .map(|id| open(&mut layout, id, (100, 100)))
        .collect();
    let order = layout.focus_history().to_vec();
    assert_eq!(layout.recent(&order, 1), Some(ids[1]));
    assert_eq!(layout.recent(&order, 3), Some(ids[2]));
    assert_eq!(layout.recent(&order, -1), Some(ids[0]));
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

/// Anything that can happen to a layout.
#[derive(Debug, Clone)]
enum Op {
    AddOutput {
        id: u32,
        name: u8,
        x: i32,
        y: i32,
        w: i32,
        h: i32,
    },
    RemoveOutput(u32),
    MoveOutput {
        id: u32,
        x: i32,
        y: i32,
        w: i32,
        h: i32,
    },
    WorkArea {
        id: u32,
        left: i32,
        top: i32,
        right: i32,
        bottom: i32,
    },
    Open {
        id: u64,
        w: i32,
        h: i32,
        parent: u64,
        decorated: bool,
        output: u32,
    },
    Close(u64),
    Focus(u64),
    Unfocus,
    Raise(u64),
    Parent(u64, u64),
    Limits {
        id: u64,
        min: (i32, i32),
        max: (i32, i32),
    },
    Place(u64, Placement),
    Fullscreen(u64, bool, u32),
    Minimise(u64, bool),
    MoveTo(u64, i32, i32),
    ResizeTo(u64, i32, i32),
    Send(u64, u32),
    BeginMove(u64, i32, i32),
    BeginResize(u64, Edges),
    UpdateResize(u64, i32, i32),
    EndResize(u64),
    Commit(u64, i32, i32),
    Answer(u64),
}

fn op() -> impl Strategy<Value = Op> {
    let id = || 1..6_u64;
    let out = || 1..4_u32;
    let at = || -4000..4000_i32;
    let any = || any::<i32>();
    let side = || 1..3000_i32;
    let place = prop_oneof![
        Just(Placement::Floating),
        Just(Placement::Maximised),
        Just(Placement::Tiled(Tile::Left)),
        Just(Placement::Tiled(Tile::Right)),
    ];
    let edges =
        proptest::array::uniform4(proptest::bool::ANY).prop_map(|[left, right, top, bottom]| {
            Edges {
                left,
                right,
                top,
                bottom,
            }
        });
    let flag = || proptest::bool::ANY;
    prop_oneof![
        (out(), 0..3_u8, at(), at(), 64..4000_i32, 64..4000_i32).prop_map(
            |(id, name, x, y, w, h)| Op::AddOutput {
                id,
                name,
                x,
                y,
                w,
                h
            }
        ),
        out().prop_map(Op::RemoveOutput),
        (out(), at(), at(), 64..4000_i32, 64..4000_i32)
            .prop_map(|(id, x, y, w, h)| Op::MoveOutput { id, x, y, w, h }),
        (out(), 0..400_i32, 0..400_i32, 0..400_i32, 0..400_i32).prop_map(
            |(id, left, top, right, bottom)| Op::WorkArea {
                id,
                left,
                top,
                right,
                bottom
            }
        ),
        (id(), side(), side(), 0..6_u64, flag(), 0..4_u32).prop_map(
            |(id, w, h, parent, decorated, output)| Op::Open {
                id,
                w,
                h,
                parent,
                decorated,
                output
            }
        ),
        id().prop_map(Op::Close),
        id().prop_map(Op::Focus),
        Just(Op::Unfocus),
        id().prop_map(Op::Raise),
        (id(), id()).prop_map(|(a, b)| Op::Parent(a, b)),
        (id(), (any(), any()), (any(), any())).prop_map(|(id, min, max)| Op::Limits {
            id,
            min,
            max
        }),
        (id(), place).prop_map(|(id, place)| Op::Place(id, place)),
        (id(), flag(), 0..4_u32).prop_map(|(id, on, output)| Op::Fullscreen(id, on, output)),
        (id(), flag()).prop_map(|(id, on)| Op::Minimise(id, on)),
        (id(), any(), any()).prop_map(|(id, x, y)| Op::MoveTo(id, x, y)),
        (id(), any(), any()).prop_map(|(id, w, h)| Op::ResizeTo(id, w, h)),
        (id(), out()).prop_map(|(id, output)| Op::Send(id, output)),
        (id(), at(), at()).prop_map(|(id, x, y)| Op::BeginMove(id, x, y)),
        (id(), edges).prop_map(|(id, edges)| Op::BeginResize(id, edges)),
        (id(), any(), any()).prop_map(|(id, x, y)| Op::UpdateResize(id, x, y)),
        id().prop_map(Op::EndResize),
        (id(), side(), side()).prop_map(|(id, w, h)| Op::Commit(id, w, h)),
        id().prop_map(Op::Answer),
    ]
}

fn apply(layout: &mut Layout, op: &Op) {
    match *op {
        Op::AddOutput {
            id,
            name,
            x,
            y,
            w,
            h,
        } => {
            let rect = Rect::new((x, y).into(), (w, h).into());
            layout.add_output(OutputId(id), &format!("out-{name}"), rect);
        }
        Op::RemoveOutput(id) => layout.remove_output(OutputId(id)),
        Op::MoveOutput { id, x, y, w, h } => {
            let rect = Rect::new((x, y).into(), (w, h).into());
            layout.set_output_geometry(OutputId(id), rect);
        }
        Op::WorkArea {
            id,
            left,
            top,
            right,
            bottom,
        } => {
            let Some(output) = layout.output(OutputId(id)) else {
                return;
            };
            let all = output.geometry;
            let size = (
                (all.size.w - left - right).max(0),
                (all.size.h - top - bottom).max(0),
            );
            let area = Rect::new(all.loc + Pos::from((left, top)), size.into());
            layout.set_work_area(OutputId(id), area);
        }
        Op::Open {
            id,
            w,
            h,
            parent,
            decorated,
            output,
        } => layout.insert(NewWindow {
            id: WindowId(id),
            size: (w, h).into(),
            limits: SizeLimits::default(),
            parent: Some(WindowId(parent)),
            decorated,
            output: Some(OutputId(output)),
            maximised: false,
            fullscreen: false,
        }),
        Op::Close(id) => layout.remove(WindowId(id)),
        Op::Focus(id) => layout.focus(WindowId(id)),
        Op::Unfocus => layout.unfocus(),
        Op::Raise(id) => layout.raise(WindowId(id)),
        Op::Parent(id, parent) => layout.set_parent(WindowId(id), Some(WindowId(parent))),
        Op::Limits { id, min, max } => {
            // The edge rejects negative limits and a minimum above the maximum.
            let limits = SizeLimits {
                min: (min.0.max(0), min.1.max(0)).into(),
                max: (max.0.max(0), max.1.max(0)).into(),
            };
            layout.set_limits(WindowId(id), limits);
        }
        Op::Place(id, placement) => layout.set_placement(WindowId(id), placement),
        Op::Fullscreen(id, on, output) => {
            layout.set_fullscreen(WindowId(id), on, Some(OutputId(output)));
        }
        Op::Minimise(id, on) => layout.set_minimised(WindowId(id), on),
        Op::MoveTo(id, x, y) => layout.move_to(WindowId(id), (x, y).into()),
        Op::ResizeTo(id, w, h) => layout.resize_to(WindowId(id), (w.max(0), h.max(0)).into()),
        Op::Send(id, output) => layout.send_to_output(WindowId(id), OutputId(output)),
        Op::BeginMove(id, x, y) => {
            let pointer = layout.confine((x, y).into());
            if let Some(hold) = layout.begin_move(WindowId(id), pointer) {
                layout.move_to(WindowId(id), pointer - hold);
            }
        }
        Op::BeginResize(id, edges) => {
            layout.begin_resize(WindowId(id), edges);
        }
        Op::UpdateResize(id, x, y) => {
            layout.update_resize(WindowId(id), (x, y).into());
        }
        Op::EndResize(id) => layout.end_resize(WindowId(id)),
        Op::Commit(id, w, h) => layout.committed(WindowId(id), (w, h).into()),
        Op::Answer(id) => {
            let size = layout.wanted(WindowId(id)).and_then(|wanted| wanted.size);
            if let Some(size) = size {
                layout.committed(WindowId(id), size);
                layout.finish_resize(WindowId(id));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::default())]
    #[test]
    fn any_sequence_of_operations_keeps_the_invariants(ops in prop::collection::vec(op(), 1..60)) {
        let mut layout = Layout::new(FrameMetrics::default());
        for op in ops {
            apply(&mut layout, &op);
            if let Err(reason) = layout.verify_invariants() {
                prop_assert!(false, "after {op:?}: {reason}");
            }
        }
    }
}
