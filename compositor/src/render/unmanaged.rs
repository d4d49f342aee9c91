//! Menus and tooltips of X11 programs: they lie between logical pixels, and are drawn by the X
//! server's.

use smithay::backend::renderer::element::surface::{
    WaylandSurfaceRenderElement, render_elements_from_surface_tree,
};
use smithay::backend::renderer::element::utils::RescaleRenderElement;
use smithay::backend::renderer::element::{Element, Kind};
use smithay::utils::{Physical, Scale, Size};

use super::elements::OutputElement;
use super::scene::{SceneRenderer, View};
use crate::goblin::Goblin;
use crate::layout::Rect;
use crate::outputs::OutputState;

impl Goblin {
    /// Whether a rectangle of the plane reaches onto an output.
    pub(super) fn covers(&self, output: &OutputState, cover: Rect) -> bool {
        let output = self.layout.output(output.id);
        output.is_some_and(|output| output.geometry.overlaps(cover))
    }
}

/// Adds those on an output, the topmost first.
pub(super) fn push<R>(
    elements: &mut Vec<OutputElement<R>>,
    renderer: &mut R,
    goblin: &Goblin,
    output: &OutputState,
    view: View,
) where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    // Output pixels for each of the X server's: one, on an output of the highest scale.
    let ratio = view.scale / goblin.x11_scale();
    for window in goblin.unmanaged_x11().iter().rev() {
        if !goblin.covers(output, window.cover) {
            continue;
        }
        let at = view.point(window.origin);
        let size = window.size.to_f64();
        let wanted = Size::<f64, Physical>::from((size.w * ratio, size.h * ratio)).to_i32_round();
        let surfaces: Vec<WaylandSurfaceRenderElement<R>> = render_elements_from_surface_tree(
            renderer,
            &window.surface,
            at,
            view.scale,
            1.0,
            Kind::Unspecified,
        );
        elements.extend(surfaces.into_iter().map(|surface| {
            // Its logical size is a whole number, and may be half a pixel off.
            let drawn = surface.geometry(Scale::from(view.scale)).size;
            let factor = stretch(drawn, wanted);
            RescaleRenderElement::from_element(surface, at, factor).into()
        }));
    }
}

/// The factor that makes one size the other. Sizes that are far apart are those of a window whose
/// client has not drawn its last one yet: those are left as they are.
fn stretch(from: Size<i32, Physical>, to: Size<i32, Physical>) -> Scale<f64> {
    let side = |from: i32, to: i32| {
        if from > 0 && (from - to).abs() <= 2 {
            f64::from(to) / f64::from(from)
        } else {
            1.0
        }
    };
    Scale::from((side(from.w, to.w), side(from.h, to.h)))
}
