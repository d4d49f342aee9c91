//! What the layout promises, by example and by random operation.

mod floating;
mod random;
mod states;
mod tiles;
mod workspaces;

use super::*;

pub(super) fn screen() -> Layout {
    let mut layout = Layout::new(FrameMetrics::default());
    layout.add_output(OutputId(1), "A", Rect::from_size((1920, 1080).into()));
    layout
}

pub(super) fn open(layout: &mut Layout, id: u64, size: (i32, i32)) -> WindowId {
    let id = WindowId(id);
    layout.insert(NewWindow {
        id,
        size: size.into(),
        limits: SizeLimits::default(),
        parent: None,
        decorated: true,
        marked: false,
        output: None,
        maximised: false,
        fullscreen: false,
        opening: Opening::default(),
    });
    layout.focus(id);
    layout.raise(id);
    id
}

/// Lets every client draw at the size that it was asked for.
pub(super) fn answer(layout: &mut Layout) {
    let ids: Vec<WindowId> = layout.windows().map(Window::id).collect();
    for id in ids {
        if let Some(size) = layout.wanted(id).and_then(|wanted| wanted.size) {
            layout.committed(id, size);
        }
    }
    layout.verify_invariants().unwrap();
}
