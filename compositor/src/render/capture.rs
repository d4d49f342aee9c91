//! Pictures: a scene drawn off screen and read back. For `/desktop`, for the protocols that capture
//! the screen, and for the tests.

use smithay::backend::renderer::damage::OutputDamageTracker;
use smithay::backend::renderer::element::{Element, RenderElement};
use smithay::backend::renderer::{Color32F, Renderer};
use smithay::utils::{Buffer, Physical, Point, Rectangle, Size, Transform};
use thiserror::Error;

use super::readout::{Drawn, ReadOut};

/// Why a picture could not be taken.
#[derive(Debug, Error)]
pub(crate) enum CaptureError {
    /// There is no such output.
    #[error("there is no output {0:?}: `outputs` names them")]
    NoOutput(String),
    /// There is no such window.
    #[error("there is no window {0}: `windows` lists them")]
    NoWindow(u64),
    /// There is no pointer to be seen.
    #[error("the pointer shows nothing")]
    NoCursor,
    /// The renderer failed.
    #[error("the renderer failed: {0}")]
    Render(String),
    /// The picture could not be written as PNG.
    #[error("the picture could not be written as PNG: {0}")]
    Encode(#[from] png::EncodingError),
}

/// A picture as the renderer gave it: blue, green, red and alpha, premultiplied, rows without gaps. As in [`super::pixels`],
/// this order is the fast one; and it is the one that nearly every client asks for.
#[derive(Debug)]
pub(crate) struct Capture {
    pub(crate) data: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// How large a scene is drawn, and how it lies in memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Canvas {
    /// Pixels of the scene as a person sees it.
    pub(crate) size: Size<i32, Physical>,
    /// Pixels of one logical pixel.
    pub(crate) scale: f64,
    /// From the scene to memory, in the sense of `wl_output.transform`.
    pub(crate) transform: Transform,
}

impl Canvas {
    /// A scene that lies in memory as it is seen.
    pub(crate) fn upright(size: Size<i32, Physical>, scale: f64) -> Self {
        Self {
            size,
            scale,
            transform: Transform::Normal,
        }
    }

    /// Pixels in memory.
    pub(crate) fn buffer_size(&self) -> Size<i32, Buffer> {
        let size = self.transform.transform_size(self.size);
        (size.w, size.h).into()
    }

    /// Where a part of the scene lies in memory.
    pub(crate) fn in_buffer(&self, part: Rectangle<i32, Physical>) -> Rectangle<i32, Buffer> {
        let part = self.transform.invert().transform_rect_in(part, &self.size);
        Rectangle::new(
            (part.loc.x, part.loc.y).into(),
            (part.size.w, part.size.h).into(),
        )
    }

    fn tracker(&self) -> OutputDamageTracker {
        let size = self.transform.transform_size(self.size);
        OutputDamageTracker::new(size, self.scale, self.transform)
    }
}

/// What changes of a scene from one look at it to the next.
#[derive(Default)]
pub(crate) struct Watch(Option<(Canvas, OutputDamageTracker)>);

impl Watch {
    /// What has changed since the last look, as places in memory: all of it at the first one.
    pub(crate) fn look<E: Element>(
        &mut self,
        canvas: &Canvas,
        elements: &[E],
    ) -> Vec<Rectangle<i32, Buffer>> {
        let whole = || vec![Rectangle::from_size(canvas.buffer_size())];
        let known = self.0.as_ref().is_some_and(|(known, _)| known == canvas);
        if !known {
            self.0 = Some((*canvas, canvas.tracker()));
        }
        let Some((_, tracker)) = &mut self.0 else {
            return whole();
        };
        match tracker.damage_output(usize::from(known), elements) {
            Ok((damage, _)) if known => damage
                .into_iter()
                .flatten()
                .map(|part| canvas.in_buffer(*part))
                .collect(),
            Ok(_) | Err(_) => whole(),
        }
    }
}

/// Draws elements into a buffer of a canvas' size and has a part of it read.
pub(super) fn read_back<R, T, E, O>(
    renderer: &mut R,
    buffer: &mut T,
    canvas: &Canvas,
    part: Rectangle<i32, Buffer>,
    elements: &[E],
    ground: Color32F,
    read: impl FnOnce(&Drawn<'_>) -> O,
) -> Result<O, CaptureError>
where
    R: Renderer + ReadOut<T>,
    E: RenderElement<R>,
{
    let failed = |error: &dyn std::fmt::Display| CaptureError::Render(error.to_string());
    let mut target = renderer.bind(buffer).map_err(|error| failed(&error))?;
    let mut tracker = canvas.tracker();
    let drawn = tracker
        .render_output(renderer, &mut target, 0, elements, ground)
        .map_err(|error| failed(&error))?;
    renderer.wait(&drawn.sync).map_err(|error| failed(&error))?;
    drop(target);
    renderer
        .read_out(buffer, part, read)
        .map_err(|error| failed(&error))
}

/// The parts of `areas` that lie in `part`, relative to it.
pub(super) fn within(
    part: Rectangle<i32, Buffer>,
    areas: Vec<Rectangle<i32, Buffer>>,
) -> Vec<Rectangle<i32, Buffer>> {
    let inside = |area: Rectangle<i32, Buffer>| {
        let mut area = area.intersection(part).filter(|area| !area.is_empty())?;
        area.loc -= Point::from((part.loc.x, part.loc.y));
        Some(area)
    };
    areas.into_iter().filter_map(inside).collect()
}

/// Writes a picture as PNG. Slow for a large one: not on the thread that draws.
pub(crate) fn encode_png(capture: Capture) -> Result<Vec<u8>, CaptureError> {
    let mut data = capture.data;
    for pixel in data.chunks_exact_mut(4) {
        pixel.swap(0, 2);
        let [r, g, b, a] = pixel else { continue };
        if *a != 0 && *a != 0xff {
            let alpha = u32::from(*a);
            for part in [r, g, b] {
                *part = ((u32::from(*part) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, capture.width, capture.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(bytes)
}
