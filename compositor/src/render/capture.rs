//! Pictures for `/desktop` and the tests: a scene drawn off screen, read back, written as PNG.

use smithay::backend::allocator::Fourcc;
use smithay::backend::renderer::damage::OutputDamageTracker;
use smithay::backend::renderer::element::RenderElement;
use smithay::backend::renderer::{Bind, Color32F, ExportMem, Offscreen, Renderer};
use smithay::utils::{Physical, Rectangle, Size, Transform};
use thiserror::Error;

/// Why a picture could not be taken.
#[derive(Debug, Error)]
pub(crate) enum CaptureError {
    /// There is no such output.
    #[error("there is no output {0:?}: `outputs` names them")]
    NoOutput(String),
    /// There is no such window.
    #[error("there is no window {0}: `windows` lists them")]
    NoWindow(u64),
    /// The renderer failed.
    #[error("the renderer failed: {0}")]
    Render(String),
    /// The picture could not be written as PNG.
    #[error("the picture could not be written as PNG: {0}")]
    Encode(#[from] png::EncodingError),
}

/// A picture as the renderer gave it: RGBA, premultiplied, rows without gaps.
#[derive(Debug)]
pub(crate) struct Capture {
    pub(crate) data: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Draws elements into a buffer of the renderer's and reads it back.
pub(crate) fn read_back<R, T, E>(
    renderer: &mut R,
    size: Size<i32, Physical>,
    scale: f64,
    elements: &[E],
    ground: Color32F,
) -> Result<Capture, CaptureError>
where
    R: Renderer + Bind<T> + Offscreen<T> + ExportMem,
    E: RenderElement<R>,
{
    let failed = |error: &dyn std::fmt::Display| CaptureError::Render(error.to_string());
    let buffer_size = (size.w, size.h).into();
    let mut buffer = renderer
        .create_buffer(Fourcc::Abgr8888, buffer_size)
        .map_err(|error| failed(&error))?;
    let mut target = renderer.bind(&mut buffer).map_err(|error| failed(&error))?;
    let mut tracker = OutputDamageTracker::new(size, scale, Transform::Normal);
    let drawn = tracker
        .render_output(renderer, &mut target, 0, elements, ground)
        .map_err(|error| failed(&error))?;
    renderer.wait(&drawn.sync).map_err(|error| failed(&error))?;
    let region = Rectangle::from_size(buffer_size);
    let mapping = renderer
        .copy_framebuffer(&target, region, Fourcc::Abgr8888)
        .map_err(|error| failed(&error))?;
    let data = renderer
        .map_texture(&mapping)
        .map_err(|error| failed(&error))?
        .to_vec();
    Ok(Capture {
        data,
        width: size.w.unsigned_abs(),
        height: size.h.unsigned_abs(),
    })
}

/// Writes a picture as PNG. Slow for a large one: not on the thread that draws.
pub(crate) fn encode_png(capture: Capture) -> Result<Vec<u8>, CaptureError> {
    let mut data = capture.data;
    for pixel in data.chunks_exact_mut(4) {
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
