//! Dynamic workspaces and the outputs they belong to.

use trees::desktop::{Direction, WorkspaceTarget};

use super::super::*;
use super::{answer, open, screen};

const ONE: OutputId = OutputId(1);
const TWO: OutputId = OutputId(2);

fn second() -> Rect {
    Rect::new((1920, 0).into(), (1280, 720).into())
}

fn at(layout: &Layout, output: OutputId, number: u32) -> WorkspaceId {
    let target = WorkspaceTarget::Number(number);
    layout.workspace_at(output, target).unwrap()
}

#[test]
fn a_row_ends_with_an_empty_workspace_and_has_no_other() {
    let mut layout = screen();
    assert_eq!(layout.workspaces(ONE).len(), 1);
    let ids: Vec<_> = (1..=3)
        .map(|id| open(&mut layout, id, (300, 200)))
        .collect();
    assert_eq!(layout.workspaces(ONE).len(), 2);
    layout.send_to_workspace(ids[1], at(&layout, ONE, 2));
    layout.send_to_workspace(ids[2], at(&layout, ONE, 99));
    assert_eq!(layout.workspaces(ONE).len(), 4);
    layout.remove(ids[1]);
    assert_eq!(layout.workspaces(ONE).len(), 3);
    layout.activate_workspace(at(&layout, ONE, 2));
    assert_eq!(layout.focused(), Some(ids[2]));
    layout.remove(ids[2]);
    assert_eq!(
        layout.workspaces(ONE).len(),
        2,
        "the one shown is the empty one"
    );
    assert_eq!((layout.focused(), layout.is_visible(ids[0])), (None, false));
    layout.focus(ids[0]);
    assert!(layout.is_visible(ids[0]), "the focus shows its workspace");
    layout.verify_invariants().unwrap();
}

#[test]
fn the_focus_of_a_workspace_is_found_again() {
    let mut layout = screen();
    let ids: Vec<_> = (1..=3)
        .map(|id| open(&mut layout, id, (300, 200)))
        .collect();
    layout.send_to_workspace(ids[2], at(&layout, ONE, 2));
    layout.focus(ids[0]);
    layout.activate_workspace(at(&layout, ONE, 2));
    assert_eq!(layout.focused(), Some(ids[2]));
    layout.activate_workspace(at(&layout, ONE, 1));
    assert_eq!(layout.focused(), Some(ids[0]));
}

#[test]
fn workspaces_return_with_their_output() {
    let mut layout = screen();
    layout.add_output(TWO, "B", second());
    layout.set_options(Options {
        tiling: true,
        gap: 8,
    });
    let ids: Vec<_> = (1..=4)
        .map(|id| open(&mut layout, id, (300, 200)))
        .collect();
    // Two workspaces on B, of which the second is shown; two tiles there.
    layout.send_to_output(ids[0], TWO);
    layout.activate_workspace(at(&layout, TWO, 2));
    layout.send_to_output(ids[1], TWO);
    layout.send_to_output(ids[2], TWO);
    answer(&mut layout);
    let rects =
        |layout: &Layout| -> Vec<_> { ids.iter().map(|id| layout.frame_rect(*id)).collect() };
    let (before, row) = (rects(&layout), layout.workspaces(TWO)[..2].to_vec());
    layout.remove_output(TWO);
    answer(&mut layout);
    assert!(!layout.is_visible(ids[1]) && layout.is_visible(ids[3]));
    assert_eq!(layout.workspaces(ONE).len(), 4);
    layout.add_output(OutputId(3), "B", second());
    answer(&mut layout);
    assert_eq!(layout.workspaces(OutputId(3))[..2], row);
    assert_eq!(layout.active_workspace(OutputId(3)), Some(row[1]));
    assert_eq!(rects(&layout), before);
    assert_eq!(layout.workspaces(ONE).len(), 2);
}

#[test]
fn windows_live_through_a_time_without_outputs() {
    let mut layout = screen();
    let id = open(&mut layout, 1, (300, 200));
    layout.remove_output(ONE);
    let meanwhile = open(&mut layout, 2, (300, 200));
    layout.verify_invariants().unwrap();
    layout.add_output(TWO, "other", second());
    layout.verify_invariants().unwrap();
    assert_eq!(layout.window(id).unwrap().output(), Some(TWO));
    layout.add_output(ONE, "A", Rect::from_size((1920, 1080).into()));
    assert_eq!(layout.window(id).unwrap().output(), Some(ONE));
    assert!(layout.is_visible(meanwhile));
    layout.verify_invariants().unwrap();
}

#[test]
fn a_workspace_moves_to_another_output() {
    let mut layout = screen();
    layout.add_output(TWO, "B", second());
    let id = open(&mut layout, 1, (300, 200));
    let workspace = layout.active_workspace(ONE).unwrap();
    assert_eq!(layout.output_towards(ONE, Direction::Right), Some(TWO));
    layout.send_workspace_to_output(workspace, TWO);
    assert_eq!(layout.active_workspace(TWO), Some(workspace));
    assert_eq!(layout.window(id).unwrap().output(), Some(TWO));
    assert_eq!(layout.focused(), Some(id));
    layout.verify_invariants().unwrap();
}

#[test]
fn a_window_dragged_over_is_on_the_workspace_shown_there() {
    let mut layout = screen();
    layout.add_output(TWO, "B", second());
    let id = open(&mut layout, 1, (300, 200));
    layout.move_to(id, (2400, 200).into());
    let there = layout.active_workspace(TWO).unwrap();
    assert_eq!(layout.window(id).unwrap().place(), Place::Workspace(there));
    assert_eq!(layout.content_rect(id).unwrap().loc, (2400, 200).into());
    layout.shift(id, Direction::Left);
    assert_eq!(layout.content_rect(id).unwrap().loc, (2336, 200).into());
    layout.verify_invariants().unwrap();
}

#[test]
fn a_smaller_or_turned_output_keeps_the_tiles() {
    let mut layout = screen();
    layout.set_options(Options {
        tiling: true,
        gap: 0,
    });
    let ids: Vec<_> = (1..=2)
        .map(|id| open(&mut layout, id, (300, 200)))
        .collect();
    layout.set_output_geometry(ONE, Rect::from_size((1080, 1920).into()));
    answer(&mut layout);
    let frame = layout.frame_rect(ids[1]).unwrap();
    assert_eq!(frame, Rect::new((540, 0).into(), (540, 1920).into()));
}

#[test]
fn rules_open_windows_where_they_say() {
    let mut layout = screen();
    open(&mut layout, 1, (300, 200));
    let end = at(&layout, ONE, 99);
    let id = WindowId(2);
    layout.insert(NewWindow {
        id,
        size: (300, 200).into(),
        limits: SizeLimits::default(),
        parent: None,
        decorated: true,
        marked: false,
        output: None,
        maximised: false,
        fullscreen: false,
        opening: Opening {
            workspace: Some(end),
            size: Some((640, 480).into()),
            on_top: true,
            ..Opening::default()
        },
    });
    assert_eq!(layout.window(id).unwrap().place(), Place::Workspace(end));
    assert!(!layout.is_visible(id) && layout.window(id).unwrap().is_on_top());
    assert_eq!(layout.wanted(id).unwrap().size, Some((640, 480).into()));
    layout.verify_invariants().unwrap();
}

#[test]
fn the_focus_comes_back_with_the_output_it_went_with() {
    let mut layout = screen();
    let here = open(&mut layout, 1, (300, 200));
    layout.add_output(TWO, "B", second());
    let there = open(&mut layout, 2, (300, 200));
    layout.send_to_workspace(there, at(&layout, TWO, 1));
    layout.focus(there);
    layout.remove_output(TWO);
    assert_eq!(layout.focused(), Some(here));
    layout.add_output(OutputId(3), "B", second());
    assert_eq!(layout.focused(), Some(there));
    layout.verify_invariants().unwrap();

    // But not when the person went elsewhere meanwhile, nor with another output.
    let other = open(&mut layout, 4, (300, 200));
    layout.send_to_workspace(other, at(&layout, ONE, 1));
    layout.focus(there);
    layout.remove_output(OutputId(3));
    layout.add_output(
        OutputId(5),
        "C",
        Rect::new((3200, 0).into(), (640, 480).into()),
    );
    assert_ne!(layout.focused(), Some(there));
    layout.focus(here);
    layout.add_output(OutputId(6), "B", second());
    assert_eq!(layout.focused(), Some(here));
    layout.verify_invariants().unwrap();
}
