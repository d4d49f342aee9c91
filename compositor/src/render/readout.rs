//! Pixels that were drawn, read where they lie: a picture of a screen is copied once, to whoever asked for it. The one place
//! for it, because it takes `unsafe`: pixman gives a pointer.
#![expect(
    unsafe_code,
    reason = "the pixels of a pixman image are reached by its pointer only"
)]

use smithay::backend::allocator::Fourcc;
use smithay::backend::renderer::gles::{GlesRenderer, GlesTexture};
use smithay::backend::renderer::pixman::PixmanRenderer;
use smithay::backend::renderer::{Bind, ExportMem, RendererSuper};
use smithay::reexports::pixman::{FormatCode, Image};
use smithay::utils::{Buffer, Rectangle, Size};

use super::capture::Capture;

/// Bytes of a pixel.
pub(crate) const PIXEL: usize = 4;

/// A part of what was drawn: blue, green, red and alpha, premultiplied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drawn<'a> {
    /// From the part's first pixel on.
    data: &'a [u8],
    /// Bytes from row to row.
    stride: usize,
    /// Pixels.
    pub(crate) size: Size<i32, Buffer>,
    /// There is no alpha: what lies in its place means nothing.
    pub(crate) opaque: bool,
}

impl<'a> Drawn<'a> {
    /// Its rows from top to bottom, without gaps.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let width = usize::try_from(self.size.w).unwrap_or(0) * PIXEL;
        let height = usize::try_from(self.size.h).unwrap_or(0);
        let rows = self.data.chunks(self.stride.max(1)).take(height);
        rows.filter_map(move |row| row.get(..width))
    }

    /// A copy of one's own.
    pub(crate) fn to_capture(self) -> Capture {
        let mut data = Vec::with_capacity(self.data.len());
        for row in self.rows() {
            data.extend_from_slice(row);
        }
        if self.opaque {
            let alphas = data.iter_mut().skip(PIXEL - 1).step_by(PIXEL);
            alphas.for_each(|alpha| *alpha = u8::MAX);
        }
        Capture {
            data,
            width: self.size.w.unsigned_abs(),
            height: self.size.h.unsigned_abs(),
        }
    }
}

impl Capture {
    /// All of it.
    pub(crate) fn view(&self) -> Drawn<'_> {
        let side = |side: u32| i32::try_from(side).unwrap_or(0);
        Drawn {
            data: &self.data,
            stride: self.width as usize * PIXEL,
            size: (side(self.width), side(self.height)).into(),
            opaque: false,
        }
    }
}

/// A renderer that lets what it drew be read.
pub(crate) trait ReadOut<T>: Bind<T> {
    /// Has a part of a buffer, which lies within it, read by `read`.
    ///
    /// # Errors
    /// The renderer's.
    fn read_out<O>(
        &mut self,
        buffer: &mut T,
        part: Rectangle<i32, Buffer>,
        read: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<O, Self::Error>;
}

impl ReadOut<Image<'static, 'static>> for PixmanRenderer {
    fn read_out<O>(
        &mut self,
        image: &mut Image<'static, 'static>,
        part: Rectangle<i32, Buffer>,
        read: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<O, <Self as RendererSuper>::Error> {
        let stride = image.stride();
        // SAFETY: the image owns `stride` bytes for each of its rows at this pointer, all of them set when it was made; it is
        // borrowed, and so neither drawn to nor dropped, while the slice lives.
        let data = unsafe {
            let start = image.data().cast::<u8>().cast_const();
            std::slice::from_raw_parts(start, stride * image.height())
        };
        let number = |value: i32| usize::try_from(value).unwrap_or(0);
        let first = number(part.loc.y) * stride + number(part.loc.x) * PIXEL;
        Ok(read(&Drawn {
            data: data.get(first..).unwrap_or_default(),
            stride,
            size: part.size,
            opaque: matches!(image.format(), FormatCode::X8R8G8B8),
        }))
    }
}

impl ReadOut<GlesTexture> for GlesRenderer {
    fn read_out<O>(
        &mut self,
        texture: &mut GlesTexture,
        part: Rectangle<i32, Buffer>,
        read: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<O, <Self as RendererSuper>::Error> {
        let target = self.bind(texture)?;
        let mapping = self.copy_framebuffer(&target, part, Fourcc::Argb8888)?;
        let data = self.map_texture(&mapping)?;
        Ok(read(&Drawn {
            data,
            stride: usize::try_from(part.size.w).unwrap_or(0) * PIXEL,
            size: part.size,
            opaque: false,
        }))
    }
}
