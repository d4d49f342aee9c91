//! Where a dragged window would go if it were dropped now: a veil over that part of the screen.

use smithay::backend::renderer::Color32F;
use smithay::backend::renderer::element::solid::SolidColorRenderElement;
use smithay::backend::renderer::element::{Id, Kind};
use smithay::backend::renderer::utils::CommitCounter;
use smithay::utils::{Physical, Rectangle};

use crate::goblin::Goblin;
use crate::layout::{Rect, WindowId};

/// The veil, premultiplied: it lets two thirds of what lies below through, on light and on dark.
const VEIL: Color32F = Color32F::new(0.09, 0.15, 0.25, 0.35);

/// What the dragged window would fill; `None` where this window is not dragged or would stay free.
pub(super) fn target(goblin: &Goblin, id: WindowId) -> Option<Rect> {
    let (window, was_tile) = goblin.input.grab.moved()?;
    if window != id {
        return None;
    }
    let pointer = goblin.input.pointer_shown_at()?.to_i32_floor();
    goblin.layout.drop_preview(id, pointer, was_tile)
}

/// The veil over a part of an output.
pub(super) fn veil(id: &Id, area: Rectangle<i32, Physical>) -> SolidColorRenderElement {
    let commit = CommitCounter::default();
    SolidColorRenderElement::new(id.clone(), area, commit, VEIL, Kind::Unspecified)
}
