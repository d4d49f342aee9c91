//! The picture behind everything: read once, fitted to each output and kept there.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};

use smithay::backend::renderer::element::Kind;
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::utils::{Buffer, Physical, Rectangle, Size};
use thiserror::Error;
use tracing::error;

use super::elements::OutputElement;
use super::pixels::{Picture, Pixels};
use crate::layout::OutputId;

/// The wallpaper that comes with goblin.
const BUILT_IN: &[u8] = include_bytes!("../../../assets/wallpapers/dusk.png");

/// More pixels than this are refused before they are decoded.
const MAX_PIXELS: u64 = 64 << 20;

/// Why a wallpaper cannot be shown.
#[derive(Debug, Error)]
pub(crate) enum WallpaperError {
    /// The file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no PNG, or a broken one.
    #[error("not a readable PNG: {0}")]
    Decode(#[from] png::DecodingError),
    /// The picture is too large.
    #[error("{0} × {1} pixels are more than this can bear: use a smaller picture")]
    TooLarge(u32, u32),
}

/// The wallpaper as each output shows it.
pub(crate) struct Wallpapers<R: Renderer> {
    fitted: HashMap<OutputId, Fitted<R>>,
}

struct Fitted<R: Renderer> {
    path: Option<PathBuf>,
    output: Size<i32, Physical>,
    /// None where the file could not be read: it is not tried at each frame.
    picture: Option<Picture<R>>,
}

impl<R: Renderer> Default for Wallpapers<R> {
    fn default() -> Self {
        Self {
            fitted: HashMap::new(),
        }
    }
}

impl<R> Wallpapers<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// Forgets outputs that are gone.
    pub(crate) fn retain(&mut self, alive: impl Fn(OutputId) -> bool) {
        self.fitted.retain(|id, _| alive(*id));
    }

    /// The wallpaper over a whole output. `path`: `None` is the one that comes with goblin.
    pub(crate) fn element(
        &mut self,
        renderer: &mut R,
        id: OutputId,
        path: Option<&Path>,
        output: Size<i32, Physical>,
    ) -> Option<OutputElement<R>> {
        let fits = |fitted: &Fitted<R>| fitted.output == output && fitted.path.as_deref() == path;
        if !self.fitted.get(&id).is_some_and(fits) {
            let pixels = load(path)
                .inspect_err(|reason| error!("the wallpaper is not shown: {reason}"))
                .ok()
                .map(|pixels| fit(pixels, output));
            let picture = pixels.and_then(|pixels| Picture::import(renderer, &pixels).ok());
            let fitted = Fitted {
                path: path.map(Path::to_owned),
                output,
                picture,
            };
            self.fitted.insert(id, fitted);
        }
        let picture = self.fitted.get(&id)?.picture.as_ref()?;
        Some(
            picture
                .stretched(beyond_edges(picture.size(), output), Kind::Unspecified)
                .into(),
        )
    }
}

/// Where a picture is drawn so that it covers the output. One that is stretched reaches a pixel of
/// its own beyond each edge: at its rim it would be blended with nothing.
fn beyond_edges(
    picture: Size<i32, Buffer>,
    output: Size<i32, Physical>,
) -> Rectangle<i32, Physical> {
    let over = |len: i32, of: i32| if len < of { of / len.max(1) + 1 } else { 0 };
    let (x, y) = (over(picture.w, output.w), over(picture.h, output.h));
    Rectangle::new((-x, -y).into(), (output.w + 2 * x, output.h + 2 * y).into())
}

fn load(path: Option<&Path>) -> Result<Pixels, WallpaperError> {
    match path {
        None => decode(Cursor::new(BUILT_IN)),
        Some(path) => {
            let file = File::open(path).map_err(|source| WallpaperError::Open {
                path: path.to_owned(),
                source,
            })?;
            decode(BufReader::new(file))
        }
    }
}

fn decode(source: impl std::io::BufRead + std::io::Seek) -> Result<Pixels, WallpaperError> {
    let mut decoder = png::Decoder::new(source);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let (width, height) = (reader.info().width, reader.info().height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(WallpaperError::TooLarge(width, height));
    }
    let mut raw = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let info = reader.next_frame(&mut raw)?;
    let samples = info.color_type.samples();
    let mut data = Vec::with_capacity(raw.len() / samples * 4);
    for pixel in raw.chunks_exact(samples) {
        let (r, g, b) = match *pixel {
            [grey] | [grey, _] => (grey, grey, grey),
            [r, g, b] | [r, g, b, _] => (r, g, b),
            _ => (0, 0, 0),
        };
        // Nothing is behind a wallpaper: its own alpha means nothing.
        data.extend_from_slice(&[b, g, r, 0xff]);
    }
    let side = |side: u32| i32::try_from(side).unwrap_or(0);
    Ok(Pixels {
        data,
        size: (side(width), side(height)).into(),
        opaque: true,
    })
}

/// Cuts the picture to the output's proportions and makes it no larger than the output. What is
/// smaller stays small: the renderer stretches it, and no memory is spent on pixels it has not.
fn fit(pixels: Pixels, output: Size<i32, Physical>) -> Pixels {
    let (w, h) = (
        i64::from(pixels.size.w.max(1)),
        i64::from(pixels.size.h.max(1)),
    );
    let (ow, oh) = (i64::from(output.w.max(1)), i64::from(output.h.max(1)));
    let (cut_w, cut_h) = if w * oh > h * ow {
        (h * ow / oh, h)
    } else {
        (w, w * oh / ow)
    };
    let (cut_w, cut_h) = (cut_w.max(1), cut_h.max(1));
    let (left, top) = ((w - cut_w) / 2, (h - cut_h) / 2);
    let (to_w, to_h) = (cut_w.min(ow), cut_h.min(oh));
    if (to_w, to_h) == (w, h) {
        return pixels;
    }
    let mut data = Vec::with_capacity(usize::try_from(to_w * to_h * 4).unwrap_or(0));
    for y in 0..to_h {
        let rows = top + y * cut_h / to_h..top + ((y + 1) * cut_h - 1) / to_h + 1;
        for x in 0..to_w {
            let columns = left + x * cut_w / to_w..left + ((x + 1) * cut_w - 1) / to_w + 1;
            data.extend_from_slice(&average(&pixels, w, columns, rows.clone()));
        }
    }
    let side = |side: i64| i32::try_from(side).unwrap_or(1);
    let size: Size<i32, Buffer> = (side(to_w), side(to_h)).into();
    Pixels {
        data,
        size,
        opaque: true,
    }
}

/// The mean colour of a block of a picture that is `width` pixels wide.
fn average(
    pixels: &Pixels,
    width: i64,
    columns: std::ops::Range<i64>,
    rows: std::ops::Range<i64>,
) -> [u8; 4] {
    let mut sum = [0_u64; 3];
    let mut count = 0_u64;
    for y in rows {
        for x in columns.clone() {
            let start = usize::try_from((y * width + x) * 4).unwrap_or(usize::MAX - 4);
            if let Some([b, g, r, _]) = pixels.data.get(start..start + 4) {
                sum = [
                    sum[0] + u64::from(*b),
                    sum[1] + u64::from(*g),
                    sum[2] + u64::from(*r),
                ];
                count += 1;
            }
        }
    }
    let [b, g, r] = sum.map(|sum| (sum / count.max(1)) as u8);
    [b, g, r, 0xff]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_wallpaper_is_cut_to_an_outputs_proportions() {
        let pixels = load(None).unwrap();
        let fitted = fit(pixels, (1000, 1000).into());
        assert_eq!(fitted.size.w, fitted.size.h);
        assert!(fitted.size.w <= 1000 && fitted.opaque);
    }

    #[test]
    fn a_file_that_is_no_picture_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wall.png");
        std::fs::write(&path, b"not a picture").unwrap();
        assert!(matches!(load(Some(&path)), Err(WallpaperError::Decode(_))));
        let missing = load(Some(&folder.path().join("none.png"))).unwrap_err();
        assert!(missing.to_string().contains("none.png"));
    }
}
