//! A picture of our own on the screen, pixel for pixel: title bars, shadows, cursors, wallpaper.
//!
//! smithay's texture elements take their size in logical pixels, which a fractional scale rounds;
//! this one is given its place in physical pixels and is drawn exactly there.

use smithay::backend::allocator::Fourcc;
use smithay::backend::renderer::element::{Element, Id, Kind, RenderElement};
use smithay::backend::renderer::utils::{CommitCounter, OpaqueRegions};
use smithay::backend::renderer::{Frame, ImportMem, Renderer, RendererSuper};
use smithay::utils::{Buffer, Physical, Point, Rectangle, Scale, Size, Transform};

use super::scaled::Reduced;

/// Pixels in memory: blue, green, red and alpha, premultiplied, one byte each, rows without gaps. In this order pixman draws and
/// stretches them with the processor's vector instructions; in any other it takes ten times as long.
#[derive(Debug, Clone)]
pub(crate) struct Pixels {
    /// The bytes.
    pub(crate) data: Vec<u8>,
    /// Width and height.
    pub(crate) size: Size<i32, Buffer>,
    /// No pixel lets through what is behind.
    pub(crate) opaque: bool,
}

impl From<tiny_skia::Pixmap> for Pixels {
    fn from(pixmap: tiny_skia::Pixmap) -> Self {
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let size = (side(pixmap.width()), side(pixmap.height())).into();
        let mut data = pixmap.take();
        for pixel in data.chunks_exact_mut(4) {
            pixel.swap(0, 2);
        }
        Self {
            data,
            size,
            opaque: false,
        }
    }
}

/// A picture in the renderer's own memory, with an identity that damage tracking follows.
pub(crate) struct Picture<R: Renderer> {
    id: Id,
    texture: R::TextureId,
    /// What is shown of the texture.
    part: Rectangle<i32, Buffer>,
    opaque: bool,
}

impl<R> Picture<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// Hands the pixels to the renderer.
    pub(crate) fn import(renderer: &mut R, pixels: &Pixels) -> Result<Self, R::Error> {
        let format = if pixels.opaque {
            Fourcc::Xrgb8888
        } else {
            Fourcc::Argb8888
        };
        let texture = renderer.import_memory(&pixels.data, format, pixels.size, false)?;
        Ok(Self {
            id: Id::new(),
            texture,
            part: Rectangle::from_size(pixels.size),
            opaque: pixels.opaque,
        })
    }

    /// A part of the picture, as a picture of its own in the same memory. `part` lies inside of [`Self::size`].
    pub(crate) fn part(&self, part: Rectangle<i32, Buffer>) -> Self {
        Self {
            id: Id::new(),
            texture: self.texture.clone(),
            part: Rectangle::new(self.part.loc + part.loc, part.size),
            opaque: self.opaque,
        }
    }

    /// The picture at its own size, its top left at `at`.
    pub(crate) fn at(&self, at: Point<i32, Physical>, kind: Kind) -> PictureElement<R> {
        self.stretched(
            Rectangle::new(at, (self.part.size.w, self.part.size.h).into()),
            kind,
        )
    }

    /// The picture stretched over a rectangle.
    pub(crate) fn stretched(
        &self,
        geometry: Rectangle<i32, Physical>,
        kind: Kind,
    ) -> PictureElement<R> {
        PictureElement {
            id: self.id.clone(),
            texture: self.texture.clone(),
            src: self.part.to_f64(),
            geometry,
            opaque: self.opaque,
            kind,
        }
    }
}

impl<R: Renderer> Picture<R> {
    /// Its width and height.
    pub(crate) fn size(&self) -> Size<i32, Buffer> {
        self.part.size
    }

    /// Draws parts of the picture, which are relative to its top left, at its own size, that at `at`.
    pub(super) fn draw(
        &self,
        frame: &mut R::Frame<'_, '_>,
        at: Point<i32, Physical>,
        parts: &[Rectangle<i32, Physical>],
    ) -> Result<(), R::Error> {
        let place = Rectangle::new(at, (self.part.size.w, self.part.size.h).into());
        frame.render_texture_from_to(
            &self.texture,
            self.part.to_f64(),
            place,
            parts,
            &[],
            Transform::Normal,
            1.0,
        )
    }
}

impl<R: Renderer> std::fmt::Debug for Picture<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture")
            .field("id", &self.id)
            .field("part", &self.part)
            .finish()
    }
}

impl<R: Renderer> PictureElement<R> {
    /// The same picture elsewhere, and only the part of it that lies in `clip`; `None` where there is none.
    pub(super) fn moved(
        &self,
        onto: Rectangle<i32, Physical>,
        clip: Rectangle<i32, Physical>,
        reduced: Option<Reduced<R::TextureId>>,
    ) -> Option<Self>
    where
        R::TextureId: Clone,
    {
        let seen = onto.intersection(clip).filter(|seen| !seen.is_empty())?;
        let share = |part: i32, of: i32| f64::from(part) / f64::from(of.max(1));
        let from = seen.loc - onto.loc;
        let (texture, mut src) = match reduced {
            Some(reduced) => (reduced.texture, self.src.upscale(reduced.share)),
            None => (self.texture.clone(), self.src),
        };
        src.loc.x += src.size.w * share(from.x, onto.size.w);
        src.loc.y += src.size.h * share(from.y, onto.size.h);
        src.size.w *= share(seen.size.w, onto.size.w);
        src.size.h *= share(seen.size.h, onto.size.h);
        Some(Self {
            id: self.id.clone(),
            texture,
            src,
            geometry: seen,
            opaque: self.opaque,
            kind: self.kind,
        })
    }

    pub(super) fn texture(&self) -> &R::TextureId {
        &self.texture
    }
}

/// A [`Picture`] at a place of the screen.
pub(crate) struct PictureElement<R: RendererSuper> {
    id: Id,
    texture: R::TextureId,
    src: Rectangle<f64, Buffer>,
    geometry: Rectangle<i32, Physical>,
    opaque: bool,
    kind: Kind,
}

impl<R: Renderer> Element for PictureElement<R> {
    fn id(&self) -> &Id {
        &self.id
    }

    fn current_commit(&self) -> CommitCounter {
        // A picture never changes: another one has another id.
        CommitCounter::default()
    }

    fn src(&self) -> Rectangle<f64, Buffer> {
        self.src
    }

    fn transform(&self) -> Transform {
        Transform::Normal
    }

    fn geometry(&self, _scale: Scale<f64>) -> Rectangle<i32, Physical> {
        self.geometry
    }

    fn opaque_regions(&self, _scale: Scale<f64>) -> OpaqueRegions<i32, Physical> {
        if self.opaque {
            OpaqueRegions::from_slice(&[Rectangle::from_size(self.geometry.size)])
        } else {
            OpaqueRegions::default()
        }
    }

    fn kind(&self) -> Kind {
        self.kind
    }
}

impl<R> RenderElement<R> for PictureElement<R>
where
    R: Renderer,
{
    fn draw(
        &self,
        frame: &mut R::Frame<'_, '_>,
        src: Rectangle<f64, Buffer>,
        dst: Rectangle<i32, Physical>,
        damage: &[Rectangle<i32, Physical>],
        opaque_regions: &[Rectangle<i32, Physical>],
    ) -> Result<(), R::Error> {
        frame.render_texture_from_to(
            &self.texture,
            src,
            dst,
            damage,
            opaque_regions,
            Transform::Normal,
            1.0,
        )
    }
}
