//! Something that is drawn smaller than it is: what a window consists of, in a picture of the window.
//!
//! It is the window's own surface that is drawn, so the picture lives and what changes in it is all
//! that is drawn anew.

use smithay::backend::renderer::element::surface::{
    WaylandSurfaceRenderElement, WaylandSurfaceTexture,
};
use smithay::backend::renderer::element::{Element, Id, Kind, RenderElement};
use smithay::backend::renderer::utils::{CommitCounter, DamageSet, OpaqueRegions};
use smithay::backend::renderer::{Frame, ImportAll, Renderer, Texture};
use smithay::utils::{Buffer, Physical, Point, Rectangle, Scale, Size, Transform};

/// How a window's pixels become those of its picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// The scale that the window is drawn at, its top left at the origin.
    pub(super) from: f64,
    /// By how much it is made smaller.
    pub(super) ratio: Scale<f64>,
    /// Where the top left of the picture is.
    pub(super) at: Point<i32, Physical>,
}

impl Fit {
    /// The fit that draws something of a size, at a scale, over a rectangle.
    pub(super) fn over(
        from: f64,
        size: Size<i32, Physical>,
        onto: Rectangle<i32, Physical>,
    ) -> Self {
        let part = |to: i32, of: i32| f64::from(to) / f64::from(of.max(1));
        Self {
            from,
            ratio: (part(onto.size.w, size.w), part(onto.size.h, size.h)).into(),
            at: onto.loc,
        }
    }

    /// Where a rectangle of the window lies on the screen. What meets there meets here.
    pub(super) fn map(&self, rect: Rectangle<i32, Physical>) -> Rectangle<i32, Physical> {
        self.edges(rect, f64::round, f64::round)
    }

    fn edges(
        &self,
        rect: Rectangle<i32, Physical>,
        first: impl Fn(f64) -> f64,
        last: impl Fn(f64) -> f64,
    ) -> Rectangle<i32, Physical> {
        let end = rect.loc + rect.size;
        let (x, y) = (
            first(f64::from(rect.loc.x) * self.ratio.x) as i32,
            first(f64::from(rect.loc.y) * self.ratio.y) as i32,
        );
        let (right, bottom) = (
            last(f64::from(end.x) * self.ratio.x) as i32,
            last(f64::from(end.y) * self.ratio.y) as i32,
        );
        let size = ((right - x).max(0), (bottom - y).max(0));
        Rectangle::new(self.at + Point::from((x, y)), size.into())
    }

    /// The parts of an element, relative to it, as parts of its picture: all that may show any of them.
    fn touched(
        &self,
        of: Rectangle<i32, Physical>,
        part: Rectangle<i32, Physical>,
    ) -> Option<Rectangle<i32, Physical>> {
        let whole = self.map(of);
        let part = Rectangle::new(of.loc + part.loc, part.size);
        // A pixel is mixed of its neighbours too.
        let near = |value: f64| value.floor() - 1.0;
        let far = |value: f64| value.ceil() + 1.0;
        let mut touched = self.edges(part, near, far).intersection(whole)?;
        touched.loc -= whole.loc;
        (!touched.is_empty()).then_some(touched)
    }

    /// The same, but only what shows nothing else.
    fn covered(
        &self,
        of: Rectangle<i32, Physical>,
        part: Rectangle<i32, Physical>,
    ) -> Option<Rectangle<i32, Physical>> {
        let whole = self.map(of);
        let part = Rectangle::new(of.loc + part.loc, part.size);
        // The outermost pixels of a surface are mixed with what lies beside it.
        let near = |value: f64| value.ceil() + 1.0;
        let far = |value: f64| value.floor() - 1.0;
        let mut covered = self.edges(part, near, far).intersection(whole)?;
        covered.loc -= whole.loc;
        (!covered.is_empty()).then_some(covered)
    }
}

/// A texture that shows the same as another one with fewer pixels.
pub(super) struct Reduced<T> {
    pub(super) texture: T,
    /// The share of the pixels along each axis.
    pub(super) share: Scale<f64>,
}

/// A surface in the picture of its window.
pub(crate) struct ScaledSurface<R: Renderer> {
    surface: WaylandSurfaceRenderElement<R>,
    fit: Fit,
    reduced: Option<Reduced<R::TextureId>>,
}

impl<R> ScaledSurface<R>
where
    R: Renderer + ImportAll,
    R::TextureId: Texture + 'static,
{
    pub(super) fn new(
        surface: WaylandSurfaceRenderElement<R>,
        fit: Fit,
        reduced: Option<Reduced<R::TextureId>>,
    ) -> Self {
        Self {
            surface,
            fit,
            reduced,
        }
    }

    fn whole(&self) -> Rectangle<i32, Physical> {
        self.surface.geometry(self.fit.from.into())
    }
}

/// By how much the texture of a surface is made smaller in a picture, and that texture. `None` where it
/// has none.
pub(super) fn reduction<'a, R>(
    surface: &'a WaylandSurfaceRenderElement<R>,
    fit: &Fit,
) -> Option<(f64, &'a R::TextureId)>
where
    R: Renderer + ImportAll,
    R::TextureId: Texture + 'static,
{
    let WaylandSurfaceTexture::Texture(texture) = surface.texture() else {
        return None;
    };
    let shown = fit.map(surface.geometry(fit.from.into())).size;
    let src = surface.src().size;
    let turned = surface.transform().transform_size(shown);
    let along = |shown: i32, of: f64| f64::from(shown) / of.max(1.0);
    Some((along(turned.w, src.w).max(along(turned.h, src.h)), texture))
}

impl<R> Element for ScaledSurface<R>
where
    R: Renderer + ImportAll,
    R::TextureId: Texture + 'static,
{
    fn id(&self) -> &Id {
        self.surface.id()
    }

    fn current_commit(&self) -> CommitCounter {
        self.surface.current_commit()
    }

    fn src(&self) -> Rectangle<f64, Buffer> {
        self.surface.src()
    }

    fn transform(&self) -> Transform {
        self.surface.transform()
    }

    fn geometry(&self, _scale: Scale<f64>) -> Rectangle<i32, Physical> {
        self.fit.map(self.whole())
    }

    fn damage_since(
        &self,
        _scale: Scale<f64>,
        commit: Option<CommitCounter>,
    ) -> DamageSet<i32, Physical> {
        let whole = self.whole();
        self.surface
            .damage_since(self.fit.from.into(), commit)
            .into_iter()
            .filter_map(|part| self.fit.touched(whole, part))
            .collect()
    }

    fn opaque_regions(&self, _scale: Scale<f64>) -> OpaqueRegions<i32, Physical> {
        let whole = self.whole();
        self.surface
            .opaque_regions(self.fit.from.into())
            .into_iter()
            .filter_map(|part| self.fit.covered(whole, part))
            .collect()
    }

    fn alpha(&self) -> f32 {
        self.surface.alpha()
    }

    fn kind(&self) -> Kind {
        Kind::Unspecified
    }
}

impl<R> RenderElement<R> for ScaledSurface<R>
where
    R: Renderer + ImportAll,
    R::TextureId: Texture + 'static,
{
    fn draw(
        &self,
        frame: &mut R::Frame<'_, '_>,
        src: Rectangle<f64, Buffer>,
        dst: Rectangle<i32, Physical>,
        damage: &[Rectangle<i32, Physical>],
        opaque_regions: &[Rectangle<i32, Physical>],
    ) -> Result<(), R::Error> {
        let Some(reduced) = &self.reduced else {
            return self.surface.draw(frame, src, dst, damage, opaque_regions);
        };
        let src = src.upscale(reduced.share);
        let (transform, alpha) = (self.surface.transform(), self.surface.alpha());
        frame.render_texture_from_to(
            &reduced.texture,
            src,
            dst,
            damage,
            opaque_regions,
            transform,
            alpha,
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rect(x: i32, y: i32, w: i32, h: i32) -> Rectangle<i32, Physical> {
        Rectangle::new((x, y).into(), (w, h).into())
    }

    proptest! {
        #[test]
        fn parts_that_meet_in_a_window_meet_in_its_picture(
            (w, h) in (2..4_000_i32, 2..4_000_i32),
            (to_w, to_h) in (1..2_000_i32, 1..2_000_i32),
            cut in 0.0..1.0_f64,
        ) {
            let fit = Fit::over(1.0, (w, h).into(), rect(7, 9, to_w, to_h));
            let at = (f64::from(w) * cut) as i32;
            let (left, right) = (fit.map(rect(0, 0, at, h)), fit.map(rect(at, 0, w - at, h)));
            prop_assert_eq!(left.loc.x + left.size.w, right.loc.x);
            prop_assert_eq!(left.loc, Point::from((7, 9)));
            prop_assert_eq!(right.loc + right.size, Point::from((7 + to_w, 9 + to_h)));
        }

        #[test]
        fn what_a_part_touches_holds_what_it_covers(
            (w, h) in (2..4_000_i32, 2..4_000_i32),
            to in (1..2_000_i32, 1..2_000_i32),
            (x, y) in (0.0..1.0_f64, 0.0..1.0_f64),
        ) {
            let whole = rect(3, 5, w, h);
            let fit = Fit::over(1.0, (w + 10, h + 10).into(), rect(0, 0, to.0, to.1));
            let start = ((f64::from(w) * x) as i32, (f64::from(h) * y) as i32);
            let part = rect(start.0, start.1, w - start.0, h - start.1);
            let picture = Rectangle::from_size(fit.map(whole).size);
            if let Some(covered) = fit.covered(whole, part) {
                let touched = fit.touched(whole, part).unwrap();
                prop_assert!(touched.contains_rect(covered));
                prop_assert!(picture.contains_rect(touched));
            }
        }
    }
}
