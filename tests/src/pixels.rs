//! What a picture shows, pixel by pixel.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use trees::desktop::Rect;

/// A decoded picture.
pub struct Pixels {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel, row by row.
    rows: Vec<[u8; 3]>,
}

impl Pixels {
    /// Decodes one of the compositor's pictures, which are PNGs of eight bits a channel.
    ///
    /// # Errors
    /// When it is none.
    pub fn decode(png: &[u8]) -> Result<Self> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png))
            .read_info()
            .context("a picture is no PNG")?;
        let size = reader
            .output_buffer_size()
            .context("a picture without end")?;
        let mut data = vec![0; size];
        let info = reader
            .next_frame(&mut data)
            .context("a picture is cut off")?;
        let channels = info.color_type.samples();
        ensure!(
            info.bit_depth == png::BitDepth::Eight && channels >= 3,
            "a picture in {:?}",
            info.color_type
        );
        let rows = data[..info.buffer_size()]
            .chunks_exact(channels)
            .map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect();
        Ok(Self {
            width: info.width as usize,
            height: info.height as usize,
            rows,
        })
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The colour of a pixel, if it is in the picture.
    #[must_use]
    pub fn at(&self, x: i32, y: i32) -> Option<[u8; 3]> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.width && y < self.height).then(|| self.rows[y * self.width + x])
    }

    /// How many colours the picture has.
    #[must_use]
    pub fn colours(&self) -> usize {
        self.rows.iter().collect::<BTreeSet<_>>().len()
    }

    /// The smallest rectangle with all pixels of a colour; none without one.
    #[must_use]
    pub fn area_of(&self, colour: [u8; 3]) -> Option<Rect> {
        let mut area: Option<(usize, usize, usize, usize)> = None;
        for (index, _) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, at)| **at == colour)
        {
            let (x, y) = (index % self.width, index / self.width);
            let (left, top, right, bottom) = area.unwrap_or((x, y, x, y));
            area = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
        }
        let (left, top, right, bottom) = area?;
        let side = |from: usize, to: usize| i32::try_from(to - from).unwrap_or(i32::MAX);
        Some(Rect {
            x: side(0, left),
            y: side(0, top),
            width: side(left, right + 1),
            height: side(top, bottom + 1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_found_where_it_is() {
        let mut rows = vec![[0; 3]; 12];
        rows[5] = [1, 2, 3];
        rows[10] = [1, 2, 3];
        let pixels = Pixels {
            width: 4,
            height: 3,
            rows,
        };
        assert_eq!(pixels.at(1, 1), Some([1, 2, 3]));
        assert_eq!(pixels.at(4, 0), None);
        assert_eq!(pixels.at(-1, 0), None);
        assert_eq!(pixels.colours(), 2);
        let found = Rect {
            x: 1,
            y: 1,
            width: 2,
            height: 2,
        };
        assert_eq!(pixels.area_of([1, 2, 3]), Some(found));
        assert_eq!(pixels.area_of([9; 3]), None);
    }
}
