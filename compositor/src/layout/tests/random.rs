//! Any sequence of anything that can happen keeps the invariants.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::RngAlgorithm;
use trees::desktop::{Axis, Direction, Snap, WorkspaceTarget};

use super::super::*;

/// Sequences in the ordinary test, of up to [`LENGTH`] operations: 200,000 in all. The environment
/// variable `GOBLIN_LAYOUT_CASES` sets another number.
const CASES: u32 = 8_000;
const LENGTH: usize = 50;

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
        opening: Opening,
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
    Replug(u32),
    Tiling(u32, bool),
    Tiled(u64, bool),
    Shift(u64, Direction),
    Join(u64, Direction),
    Tabs(u64),
    NextTab(u64, i32),
    Grow(u64, Axis, i32),
    Drop(u64, i32, i32, bool),
    Decorated(u64, bool),
    Sticky(u64, bool),
    OnTop(u64, bool),
    Scratch(u64, bool),
    ShowScratch(Option<u32>),
    Workspace(u32, WorkspaceTarget),
    SendToWorkspace(u64, u32, WorkspaceTarget),
    SendWorkspace(u32, u32),
    NameWorkspace(u32, Option<u8>),
    FocusTowards(u64, Direction),
    FocusOutput(u32),
    Options(bool, i32),
}

fn snap() -> impl Strategy<Value = Snap> {
    proptest::sample::select(Snap::ALL)
}

fn opening() -> impl Strategy<Value = Opening> {
    let flag = || proptest::bool::weighted(0.1);
    (
        proptest::option::weighted(0.2, 0..12_u64),
        proptest::option::weighted(0.3, proptest::bool::ANY),
        proptest::option::weighted(0.2, snap()),
        proptest::option::weighted(0.2, (-4000..4000_i32, -4000..4000_i32)),
        proptest::array::uniform4(flag()),
    )
        .prop_map(
            |(workspace, tiled, snap, at, [sticky, on_top, scratch, minimised])| Opening {
                workspace: workspace.map(WorkspaceId),
                tiled,
                size: tiled.map(|_| (700, 500).into()),
                at: at.map(Into::into),
                snap,
                sticky,
                on_top,
                scratch,
                minimised,
            },
        )
}

fn op() -> impl Strategy<Value = Op> {
    let id = || 1..9_u64;
    let out = || 1..4_u32;
    let at = || -4000..4000_i32;
    let any = || any::<i32>();
    let side = || prop_oneof![4 => 1..3000_i32, 1 => any()];
    let place = prop_oneof![
        Just(Placement::Floating),
        Just(Placement::Maximised),
        Just(Placement::Tiled),
        snap().prop_map(Placement::Snapped),
    ];
    let target = prop_oneof![
        Just(WorkspaceTarget::Next),
        Just(WorkspaceTarget::Previous),
        (1..5_u32).prop_map(WorkspaceTarget::Number),
    ];
    let direction = || proptest::sample::select(Direction::ALL);
    let axis = proptest::sample::select(Axis::ALL);
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
        1 => (out(), 0..3_u8, at(), at(), 64..4000_i32, 64..4000_i32).prop_map(
            |(id, name, x, y, w, h)| Op::AddOutput {
                id,
                name,
                x,
                y,
                w,
                h
            }
        ),
        1 => out().prop_map(Op::RemoveOutput),
        1 => (out(), at(), at(), 64..4000_i32, 64..4000_i32)
            .prop_map(|(id, x, y, w, h)| Op::MoveOutput { id, x, y, w, h }),
        1 => (out(), 0..400_i32, 0..400_i32, 0..400_i32, 0..400_i32).prop_map(
            |(id, left, top, right, bottom)| Op::WorkArea {
                id,
                left,
                top,
                right,
                bottom
            }
        ),
        4 => (id(), side(), side(), 0..12_u64, flag(), 0..4_u32, opening()).prop_map(
            |(id, w, h, parent, decorated, output, opening)| Op::Open {
                id,
                w,
                h,
                parent,
                decorated,
                output,
                opening
            }
        ),
        1 => id().prop_map(Op::Close),
        1 => id().prop_map(Op::Focus),
        1 => Just(Op::Unfocus),
        1 => id().prop_map(Op::Raise),
        1 => (id(), id()).prop_map(|(a, b)| Op::Parent(a, b)),
        1 => (id(), (any(), any()), (any(), any())).prop_map(|(id, min, max)| Op::Limits {
            id,
            min,
            max
        }),
        1 => (id(), place).prop_map(|(id, place)| Op::Place(id, place)),
        1 => (id(), flag(), 0..4_u32).prop_map(|(id, on, output)| Op::Fullscreen(id, on, output)),
        1 => (id(), flag()).prop_map(|(id, on)| Op::Minimise(id, on)),
        1 => (id(), any(), any()).prop_map(|(id, x, y)| Op::MoveTo(id, x, y)),
        1 => (id(), any(), any()).prop_map(|(id, w, h)| Op::ResizeTo(id, w, h)),
        1 => (id(), out()).prop_map(|(id, output)| Op::Send(id, output)),
        1 => (id(), at(), at()).prop_map(|(id, x, y)| Op::BeginMove(id, x, y)),
        1 => (id(), edges).prop_map(|(id, edges)| Op::BeginResize(id, edges)),
        1 => (id(), any(), any()).prop_map(|(id, x, y)| Op::UpdateResize(id, x, y)),
        1 => id().prop_map(Op::EndResize),
        1 => (id(), side(), side()).prop_map(|(id, w, h)| Op::Commit(id, w, h)),
        3 => id().prop_map(Op::Answer),
        2 => out().prop_map(Op::Replug),
        2 => (out(), flag()).prop_map(|(output, on)| Op::Tiling(output, on)),
        2 => (id(), flag()).prop_map(|(id, on)| Op::Tiled(id, on)),
        1 => (id(), direction()).prop_map(|(id, to)| Op::Shift(id, to)),
        1 => (id(), direction()).prop_map(|(id, to)| Op::Join(id, to)),
        2 => id().prop_map(Op::Tabs),
        1 => (id(), any()).prop_map(|(id, step)| Op::NextTab(id, step)),
        1 => (id(), axis, any()).prop_map(|(id, axis, by)| Op::Grow(id, axis, by)),
        2 => (id(), at(), at(), flag()).prop_map(|(id, x, y, tile)| Op::Drop(id, x, y, tile)),
        1 => (id(), flag()).prop_map(|(id, on)| Op::Decorated(id, on)),
        1 => (id(), flag()).prop_map(|(id, on)| Op::Sticky(id, on)),
        1 => (id(), flag()).prop_map(|(id, on)| Op::OnTop(id, on)),
        1 => (id(), flag()).prop_map(|(id, on)| Op::Scratch(id, on)),
        1 => proptest::option::of(out()).prop_map(Op::ShowScratch),
        2 => (out(), target.clone()).prop_map(|(output, to)| Op::Workspace(output, to)),
        2 => (id(), out(), target).prop_map(|(id, output, to)| Op::SendToWorkspace(id, output, to)),
        1 => (out(), out()).prop_map(|(from, to)| Op::SendWorkspace(from, to)),
        1 => (out(), proptest::option::of(0..3_u8))
            .prop_map(|(output, name)| Op::NameWorkspace(output, name)),
        1 => (id(), direction()).prop_map(|(id, to)| Op::FocusTowards(id, to)),
        1 => out().prop_map(Op::FocusOutput),
        1 => (flag(), any()).prop_map(|(tiling, gap)| Op::Options(tiling, gap)),
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
            let name = format!("out-{name}");
            // Two outputs never have one connector.
            let taken = layout.outputs().iter().any(|output| output.name == name);
            if !taken {
                layout.add_output(OutputId(id), &name, rect);
            }
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
            opening,
        } => layout.insert(NewWindow {
            id: WindowId(id),
            size: (w, h).into(),
            limits: SizeLimits::default(),
            parent: Some(WindowId(parent)),
            decorated,
            marked: id % 3 == 0,
            output: Some(OutputId(output)),
            maximised: false,
            fullscreen: false,
            opening,
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
        Op::Replug(id) => replug(layout, OutputId(id)),
        Op::Tiling(output, on) => {
            if let Some(id) = layout.active_workspace(OutputId(output)) {
                layout.set_tiling(id, on);
            }
        }
        Op::Tiled(id, on) => layout.set_tiled(WindowId(id), on),
        Op::Shift(id, to) => layout.shift(WindowId(id), to),
        Op::Join(id, to) => drop(layout.join_column(WindowId(id), to)),
        Op::Tabs(id) => drop(layout.toggle_tabs(WindowId(id))),
        Op::NextTab(id, step) => {
            if let Some(id) = layout.tab_beside(WindowId(id), step) {
                layout.focus(id);
            }
        }
        Op::Grow(id, axis, by) => layout.grow(WindowId(id), axis, by),
        Op::Drop(id, x, y, tile) => {
            let pointer = layout.confine((x, y).into());
            let preview = layout.drop_preview(WindowId(id), pointer, tile);
            layout.drop_window(WindowId(id), pointer, tile);
            let window = layout.window(WindowId(id));
            let floats = window.is_none_or(|window| window.placement() == Placement::Floating);
            assert_eq!(preview.is_none(), floats, "the preview is {preview:?}");
        }
        Op::Decorated(id, on) => layout.set_decorated(WindowId(id), on),
        Op::Sticky(id, on) => layout.set_sticky(WindowId(id), on),
        Op::OnTop(id, on) => layout.set_on_top(WindowId(id), on),
        Op::Scratch(id, on) => layout.set_scratch(WindowId(id), on),
        Op::ShowScratch(output) => layout.show_scratch(output.map(OutputId)),
        Op::Workspace(output, to) => {
            if let Some(id) = layout.workspace_at(OutputId(output), to) {
                layout.activate_workspace(id);
            }
        }
        Op::SendToWorkspace(id, output, to) => {
            if let Some(target) = layout.workspace_at(OutputId(output), to) {
                layout.send_to_workspace(WindowId(id), target);
            }
        }
        Op::SendWorkspace(from, to) => {
            if let Some(id) = layout.active_workspace(OutputId(from)) {
                layout.send_workspace_to_output(id, OutputId(to));
            }
        }
        Op::NameWorkspace(output, name) => {
            if let Some(id) = layout.active_workspace(OutputId(output)) {
                let name = name.map(|name| name.to_string());
                layout.name_workspace(id, name.as_deref());
            }
        }
        Op::FocusTowards(id, to) => {
            if let Some(id) = layout.window_towards(WindowId(id), to) {
                layout.focus(id);
            }
        }
        Op::FocusOutput(id) => layout.focus_output(OutputId(id)),
        Op::Options(tiling, gap) => layout.set_options(Options { tiling, gap }),
    }
}

/// What must be the same after an output went away and came back.
type Snapshot = (
    BTreeMap<WindowId, (Place, Option<OutputId>, Rect, Placement)>,
    Vec<(String, Option<WorkspaceId>, Vec<WorkspaceId>)>,
);

fn snapshot(layout: &Layout) -> Snapshot {
    let windows = layout.windows().map(|window| {
        let floating = layout.floating_rect(window.id()).unwrap();
        let now = (
            window.place(),
            window.output(),
            floating,
            window.placement(),
        );
        (window.id(), now)
    });
    let used = |id: &WorkspaceId| layout.windows_in(*id).next().is_some();
    let mut rows: Vec<_> = layout
        .outputs()
        .iter()
        .map(|output| {
            let row = layout.workspaces(output.id).iter().copied().filter(used);
            let active = layout.active_workspace(output.id).filter(used);
            (output.name.clone(), active, row.collect())
        })
        .collect();
    rows.sort();
    (windows.collect(), rows)
}

fn replug(layout: &mut Layout, id: OutputId) {
    let Some(output) = layout.output(id).cloned() else {
        return;
    };
    let before = snapshot(layout);
    layout.remove_output(id);
    layout.verify_invariants().unwrap();
    layout.add_output(id, &output.name, output.geometry);
    layout.set_work_area(id, output.work_area);
    assert_eq!(snapshot(layout), before, "after {} was gone", output.name);
}

fn cases() -> ProptestConfig {
    let wanted = std::env::var("GOBLIN_LAYOUT_CASES").ok();
    let cases = wanted.map_or(CASES, |wanted| wanted.parse().unwrap());
    ProptestConfig {
        cases,
        // Without optimisation the default one takes longer than all that is tested.
        rng_algorithm: RngAlgorithm::XorShift,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]
    #[test]
    fn any_sequence_of_operations_keeps_the_invariants(ops in prop::collection::vec(op(), 1..=LENGTH)) {
        let mut layout = Layout::new(FrameMetrics::default());
        for op in ops {
            apply(&mut layout, &op);
            if let Err(reason) = layout.verify_invariants() {
                prop_assert!(false, "after {op:?}: {reason}");
            }
        }
    }
}
