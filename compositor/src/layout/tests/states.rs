//! Sticky, on top, scratch, snapped, and dialogs with their parents.

use trees::desktop::{Snap, WorkspaceTarget};

use super::super::*;
use super::{answer, open, screen};

const ONE: OutputId = OutputId(1);

fn dialog(layout: &mut Layout, id: u64, parent: WindowId) -> WindowId {
    let id = WindowId(id);
    layout.insert(NewWindow {
        id,
        size: (200, 100).into(),
        limits: SizeLimits::default(),
        parent: Some(parent),
        decorated: true,
        marked: false,
        output: None,
        maximised: false,
        fullscreen: false,
        opening: Opening::default(),
    });
    id
}

fn go(layout: &mut Layout, to: WorkspaceTarget) {
    let id = layout.workspace_at(ONE, to).unwrap();
    layout.activate_workspace(id);
    layout.verify_invariants().unwrap();
}

#[test]
fn a_sticky_window_is_on_all_workspaces() {
    let mut layout = screen();
    let (stays, sticks) = (
        open(&mut layout, 1, (300, 200)),
        open(&mut layout, 2, (300, 200)),
    );
    layout.set_sticky(sticks, true);
    go(&mut layout, WorkspaceTarget::Next);
    assert!(layout.is_visible(sticks) && !layout.is_visible(stays));
    assert_eq!(layout.focused(), Some(sticks));
    layout.set_sticky(sticks, false);
    go(&mut layout, WorkspaceTarget::Previous);
    assert!(layout.is_visible(stays) && !layout.is_visible(sticks));
}

#[test]
fn what_is_on_top_stays_above_what_is_raised() {
    let mut layout = screen();
    let (top, other) = (
        open(&mut layout, 1, (300, 200)),
        open(&mut layout, 2, (300, 200)),
    );
    layout.set_on_top(top, true);
    layout.focus(other);
    layout.raise(other);
    assert_eq!(layout.stacking(), [other, top]);
    // A fullscreen window with the focus covers it.
    layout.set_fullscreen(other, true, None);
    layout.raise(other);
    assert_eq!(layout.stacking(), [top, other]);
    layout.set_fullscreen(other, false, None);
    assert_eq!(layout.stacking(), [other, top]);
}

#[test]
fn a_fullscreen_window_that_loses_the_focus_goes_back_below_what_is_on_top() {
    let mut layout = screen();
    let (film, top) = (
        open(&mut layout, 1, (300, 200)),
        open(&mut layout, 2, (300, 200)),
    );
    layout.set_on_top(top, true);
    layout.set_fullscreen(film, true, None);
    layout.focus(film);
    layout.raise(film);
    assert_eq!(layout.stacking(), [top, film]);
    layout.unfocus();
    assert_eq!(layout.stacking(), [film, top]);
    layout.verify_invariants().unwrap();
}

#[test]
fn scratch_comes_and_goes_over_any_workspace() {
    let mut layout = screen();
    let (stays, notes) = (
        open(&mut layout, 1, (300, 200)),
        open(&mut layout, 2, (300, 200)),
    );
    layout.set_scratch(notes, true);
    assert!(!layout.is_visible(notes));
    assert_eq!(layout.focused(), Some(stays));
    go(&mut layout, WorkspaceTarget::Next);
    layout.show_scratch(Some(ONE));
    assert!(layout.is_visible(notes) && !layout.is_visible(stays));
    assert_eq!(layout.focused(), Some(notes));
    layout.show_scratch(None);
    assert_eq!((layout.is_visible(notes), layout.focused()), (false, None));
    layout.focus(notes);
    assert!(layout.is_visible(notes), "who focuses it shows it");
    layout.set_scratch(notes, false);
    layout.show_scratch(None);
    assert!(layout.is_visible(notes));
}

#[test]
fn halves_and_quarters_meet() {
    let mut layout = screen();
    let id = open(&mut layout, 1, (300, 200));
    let before = layout.content_rect(id);
    let mut area = 0;
    for (part, rect) in [
        (Snap::TopLeft, (0, 0, 960, 540)),
        (Snap::TopRight, (960, 0, 960, 540)),
        (Snap::BottomLeft, (0, 540, 960, 540)),
        (Snap::BottomRight, (960, 540, 960, 540)),
        (Snap::Top, (0, 0, 1920, 540)),
        (Snap::Bottom, (0, 540, 1920, 540)),
    ] {
        layout.set_placement(id, Placement::Snapped(part));
        answer(&mut layout);
        let now = layout.frame_rect(id).unwrap();
        assert_eq!(
            (now.loc.x, now.loc.y, now.size.w, now.size.h),
            rect,
            "{part}"
        );
        area += now.size.w * now.size.h;
    }
    assert_eq!(area, 2 * 1920 * 1080);
    layout.set_placement(id, Placement::Floating);
    answer(&mut layout);
    assert_eq!(layout.content_rect(id), before);
}

#[test]
fn the_edges_and_corners_of_the_screen_snap() {
    let layout = screen();
    let at = |x, y| layout.snap_at((x, y).into());
    let part = |snap| Some(SnapTarget::Part(snap));
    assert_eq!(at(0, 500), part(Snap::Left));
    assert_eq!(at(1919, 500), part(Snap::Right));
    assert_eq!(at(0, 10), part(Snap::TopLeft));
    assert_eq!(at(1900, 0), part(Snap::TopRight));
    assert_eq!(at(5, 1079), part(Snap::BottomLeft));
    assert_eq!(at(1919, 1070), part(Snap::BottomRight));
    assert_eq!(at(900, 0), Some(SnapTarget::Maximise));
    assert_eq!(at(900, 1079), None);
    assert_eq!(at(900, 500), None);
}

#[test]
fn a_dialog_goes_along_with_its_parent() {
    let mut layout = screen();
    let main = open(&mut layout, 1, (800, 600));
    let dialog = dialog(&mut layout, 2, main);
    layout.focus(dialog);
    let next = layout.workspace_at(ONE, WorkspaceTarget::Next).unwrap();
    layout.send_to_workspace(dialog, next);
    for id in [main, dialog] {
        assert_eq!(layout.window(id).unwrap().place(), Place::Workspace(next));
    }
    assert_eq!(layout.focused(), None);
    layout.set_scratch(main, true);
    assert!(layout.window(dialog).unwrap().is_scratch());
    layout.focus(dialog);
    layout.set_on_top(main, true);
    layout.raise(main);
    assert_eq!(layout.stacking(), [main, dialog]);
    layout.set_minimised(main, true);
    assert!(!layout.is_visible(dialog));
    layout.focus(dialog);
    assert!(layout.is_visible(main), "a dialog is shown with its parent");
    layout.verify_invariants().unwrap();
}
