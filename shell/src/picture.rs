//! Pictures that come from outside: icons of applications, pictures in notifications. What is read here is
//! bounded, so that nobody makes the shell hold a poster for an icon.

use std::path::Path;

use iced_core::ContentFit;
use iced_widget::{image, svg};
use ui::Element;

/// Pixels on the longer side of a picture that is kept.
const SIDE_AT_MOST: u32 = 128;

/// Pixels on a side of a picture that is looked at, at all.
const READ_AT_MOST: u32 = 4_096;

/// Bytes of a file that is read as it is.
const FILE_AT_MOST: u64 = 512 * 1024;

/// Something to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// Pixels.
    Raster(image::Handle),
    /// Shapes.
    Vector(svg::Handle),
}

/// Pixels as the hint `image-data` of a notification brings them: rows of red, green, blue and perhaps alpha.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// Bytes from the start of one row to the next.
    pub stride: i32,
    /// Whether the fourth byte of a pixel is alpha.
    pub alpha: bool,
    /// Bits in one channel; only 8 exists.
    pub bits: i32,
    /// Bytes in one pixel, 3 or 4.
    pub channels: i32,
    /// The rows.
    pub data: Vec<u8>,
}

impl Pixels {
    /// The picture, scaled down if it is large; `None` if the figures contradict each other.
    pub fn picture(&self) -> Option<Picture> {
        let width = u32::try_from(self.width)
            .ok()
            .filter(|w| (1..=READ_AT_MOST).contains(w))?;
        let height = u32::try_from(self.height)
            .ok()
            .filter(|h| (1..=READ_AT_MOST).contains(h))?;
        let stride = usize::try_from(self.stride).ok()?;
        let channels = match (self.bits, self.channels, self.alpha) {
            (8, 3, false) => 3,
            (8, 4, _) => 4,
            _ => return None,
        };
        let row = width as usize * channels;
        if stride < row || self.data.len() < stride * (height as usize - 1) + row {
            return None;
        }
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for line in self.data.chunks(stride).take(height as usize) {
            for pixel in line[..row].chunks_exact(channels) {
                let alpha = if self.alpha { pixel[3] } else { u8::MAX };
                rgba.extend([pixel[0], pixel[1], pixel[2], alpha]);
            }
        }
        Some(small(::image::RgbaImage::from_raw(width, height, rgba)?))
    }
}

/// Reads a picture from a file, scaled down if it is large. `None` if it is no `.png` or `.svg`, cannot be
/// read, or is beyond all measure: a missing icon is nobody's error.
pub fn read(path: &Path) -> Option<Picture> {
    match path.extension()?.to_str()? {
        "svg" => {
            let small_enough = std::fs::metadata(path).ok()?.len() <= FILE_AT_MOST;
            small_enough.then(|| Picture::Vector(svg::Handle::from_path(path)))
        }
        "png" => {
            let mut reader = ::image::ImageReader::open(path)
                .ok()?
                .with_guessed_format()
                .ok()?;
            let mut limits = ::image::Limits::default();
            limits.max_image_width = Some(READ_AT_MOST);
            limits.max_image_height = Some(READ_AT_MOST);
            reader.limits(limits);
            Some(small(reader.decode().ok()?.into_rgba8()))
        }
        _ => None,
    }
}

/// A picture that is read from its file when it is first drawn, and dropped when it is no longer drawn: for
/// long lists of which a person sees a part. `None` if the file is too large or of another kind.
pub fn later(path: &Path) -> Option<Picture> {
    let small_enough = std::fs::metadata(path).ok()?.len() <= FILE_AT_MOST;
    match path.extension()?.to_str()? {
        "svg" if small_enough => Some(Picture::Vector(svg::Handle::from_path(path))),
        "png" if small_enough => Some(Picture::Raster(image::Handle::from_path(path))),
        _ => None,
    }
}

/// Draws a picture into a square.
pub fn view<'a, Message: 'a>(picture: &Picture, side: f32) -> Element<'a, Message> {
    let fit = ContentFit::Contain;
    match picture {
        Picture::Raster(handle) => image(handle.clone())
            .width(side)
            .height(side)
            .content_fit(fit)
            .into(),
        Picture::Vector(handle) => svg(handle.clone())
            .width(side)
            .height(side)
            .content_fit(fit)
            .into(),
    }
}

fn small(pixels: ::image::RgbaImage) -> Picture {
    let (width, height) = pixels.dimensions();
    let longer = width.max(height);
    let pixels = if longer > SIDE_AT_MOST {
        let scaled = |side: u32| (side * SIDE_AT_MOST / longer).max(1);
        ::image::imageops::thumbnail(&pixels, scaled(width), scaled(height))
    } else {
        pixels
    };
    let (width, height) = pixels.dimensions();
    Picture::Raster(image::Handle::from_rgba(width, height, pixels.into_raw()))
}

#[cfg(test)]
mod tests {
    use iced_widget::image::Handle;

    use super::{Picture, Pixels};

    fn rgb(width: i32, height: i32, stride: i32, data: Vec<u8>) -> Pixels {
        Pixels {
            width,
            height,
            stride,
            alpha: false,
            bits: 8,
            channels: 3,
            data,
        }
    }

    fn raw(picture: Option<Picture>) -> (u32, u32, Vec<u8>) {
        match picture {
            Some(Picture::Raster(Handle::Rgba {
                width,
                height,
                pixels,
                ..
            })) => (width, height, pixels.to_vec()),
            other => panic!("no pixels: {other:?}"),
        }
    }

    #[test]
    fn rows_with_padding_lose_it_and_alpha_is_added() {
        let pixels = rgb(1, 2, 4, vec![1, 2, 3, 99, 4, 5, 6]);
        assert_eq!(
            raw(pixels.picture()),
            (1, 2, vec![1, 2, 3, 255, 4, 5, 6, 255])
        );
    }

    #[test]
    fn figures_that_contradict_each_other_are_refused() {
        let good = rgb(2, 2, 6, vec![0; 12]);
        assert!(good.picture().is_some());
        for bad in [
            Pixels {
                width: -1,
                ..good.clone()
            },
            Pixels {
                height: 0,
                ..good.clone()
            },
            Pixels {
                height: i32::MAX,
                ..good.clone()
            },
            Pixels {
                stride: 5,
                ..good.clone()
            },
            Pixels {
                stride: i32::MAX,
                ..good.clone()
            },
            Pixels {
                channels: 2,
                ..good.clone()
            },
            Pixels {
                bits: 16,
                ..good.clone()
            },
            Pixels {
                alpha: true,
                ..good.clone()
            },
            Pixels {
                data: vec![0; 11],
                ..good.clone()
            },
        ] {
            assert_eq!(bad.picture(), None, "{bad:?}");
        }
    }

    #[test]
    fn a_large_picture_is_kept_small() {
        let pixels = rgb(1_000, 500, 3_000, vec![7; 1_500_000]);
        let (width, height, _) = raw(pixels.picture());
        assert_eq!((width, height), (128, 64));
    }

    #[test]
    fn a_file_that_is_no_picture_is_none() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("broken.png");
        std::fs::write(&path, b"no picture at all").expect("the file of the test");
        assert_eq!(super::read(&path), None);
        assert_eq!(super::read(&folder.path().join("missing.svg")), None);
        assert_eq!(super::read(std::path::Path::new("/etc/hostname")), None);
    }
}
