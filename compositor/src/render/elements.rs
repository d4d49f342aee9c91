//! The kinds of things that are drawn on an output.

use smithay::backend::renderer::element::render_elements;
use smithay::backend::renderer::element::solid::SolidColorRenderElement;
use smithay::backend::renderer::element::surface::WaylandSurfaceRenderElement;
use smithay::backend::renderer::element::utils::{CropRenderElement, RescaleRenderElement};
use smithay::backend::renderer::{ImportAll, ImportMem};

use super::pixels::PictureElement;
use super::scaled::ScaledSurface;
use super::shadow::ShadowElement;

render_elements! {
    pub(crate) OutputElement<R> where R: ImportAll + ImportMem;
    Surface = WaylandSurfaceRenderElement<R>,
    Clipped = CropRenderElement<WaylandSurfaceRenderElement<R>>,
    Unmanaged = RescaleRenderElement<WaylandSurfaceRenderElement<R>>,
    Picture = PictureElement<R>,
    Shadow = ShadowElement<R>,
    Solid = SolidColorRenderElement,
    Scaled = CropRenderElement<ScaledSurface<R>>,
}

impl<R> std::fmt::Debug for OutputElement<R>
where
    R: smithay::backend::renderer::Renderer,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OutputElement")
    }
}
