//! Where things lie on the X screen: between the plane of the outputs, in logical pixels, and the
//! X server's own pixels. A pure function of the outputs.
//!
//! X11 clients know one scale only. They draw at the highest of the outputs' scales, so the X screen
//! is that much larger than the plane: what shows on an output of that scale is shown pixel by pixel,
//! and on any other it is scaled down.

use smithay::utils::{Logical, Physical, Point, Rectangle, Size};

use crate::layout::{Extent, Pos, Rect, SizeLimits};

/// A rectangle in the X server's pixels.
pub(super) type XRect = Rectangle<i32, Physical>;
/// A point in the X server's pixels.
pub(super) type XPos = Point<i32, Physical>;
/// A size in the X server's pixels.
pub(super) type XSize = Size<i32, Physical>;

/// X11 has 16 bits for a coordinate.
const FARTHEST: i32 = i16::MAX as i32;

/// The outputs as the X server knows them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    scale: f64,
    outputs: Vec<Rect>,
}

impl Default for Plane {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Plane {
    /// Of outputs with their places and scales.
    pub(super) fn new(outputs: &[(Rect, f64)]) -> Self {
        Self {
            scale: outputs.iter().fold(1.0, |scale, (_, own)| own.max(scale)),
            outputs: outputs.iter().map(|(rect, _)| *rect).collect(),
        }
    }

    /// X pixels for each logical one; at least 1.
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// The corner of an output on the X screen, as it is told by `xdg_output`.
    fn corner(&self, output: Rect) -> XPos {
        output.loc.to_f64().to_physical(self.scale).to_i32_round()
    }

    /// The output that is nearest to a place, by the distance that `to` gives.
    fn nearest(&self, to: impl Fn(Rect) -> i64) -> Rect {
        let nearest = self
            .outputs
            .iter()
            .copied()
            .min_by_key(|output| to(*output));
        nearest.unwrap_or_default()
    }

    /// A place of the plane on the X screen.
    pub(super) fn to_x(&self, pos: Pos) -> XPos {
        let output = self.nearest(|output| distance((pos.x, pos.y), parts(output)));
        let inside: XPos = (pos - output.loc)
            .to_f64()
            .to_physical(self.scale)
            .to_i32_round();
        let place = self.corner(output) + inside;
        (
            place.x.clamp(-FARTHEST, FARTHEST),
            place.y.clamp(-FARTHEST, FARTHEST),
        )
            .into()
    }

    /// A place of the X screen on the plane, exactly.
    pub(super) fn on_plane(&self, pos: XPos) -> Point<f64, Logical> {
        let on_x = |output: Rect| -> (i32, i32, i32, i32) {
            let corner = self.corner(output);
            let size = self.size_to_x(output.size);
            (corner.x, corner.y, size.w, size.h)
        };
        let output = self.nearest(|output| distance((pos.x, pos.y), on_x(output)));
        output.loc.to_f64() + (pos - self.corner(output)).to_f64().to_logical(self.scale)
    }

    /// A size on the X screen: at least one pixel.
    pub(super) fn size_to_x(&self, size: Extent) -> XSize {
        let size: XSize = size.to_f64().to_physical(self.scale).to_i32_round();
        (size.w.clamp(1, FARTHEST), size.h.clamp(1, FARTHEST)).into()
    }

    /// The nearest whole size in logical pixels, at least one.
    pub(super) fn size_from_x(&self, size: XSize) -> Extent {
        let size: Extent = size.to_f64().to_logical(self.scale).to_i32_round();
        (size.w.max(1), size.h.max(1)).into()
    }

    /// A client's limits, in X pixels, as they bind us: no size within them is outside its client's.
    pub(super) fn limits_from_x(&self, min: XSize, max: XSize) -> SizeLimits {
        SizeLimits {
            min: min.to_f64().to_logical(self.scale).to_i32_ceil(),
            max: max.to_f64().to_logical(self.scale).to_i32_floor(),
        }
    }
}

fn parts(rect: Rect) -> (i32, i32, i32, i32) {
    (rect.loc.x, rect.loc.y, rect.size.w, rect.size.h)
}

/// The square of how far a point is from a rectangle, given by its corner and its size.
fn distance((x, y): (i32, i32), (left, top, width, height): (i32, i32, i32, i32)) -> i64 {
    let beside = |at: i32, start: i32, len: i32| {
        let (at, start) = (i64::from(at), i64::from(start));
        let end = start + i64::from(len) - 1;
        (start - at).max(at - end).max(0)
    };
    let (dx, dy) = (beside(x, left, width), beside(y, top, height));
    dx * dx + dy * dy
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(scales: &[f64]) -> Plane {
        let mut x = 0;
        let outputs: Vec<(Rect, f64)> = scales
            .iter()
            .map(|scale| {
                let size = Size::<f64, Logical>::from((1920.0 / scale, 1080.0 / scale));
                let rect = Rect::new((x, 0).into(), size.to_i32_round());
                x += rect.size.w;
                (rect, *scale)
            })
            .collect();
        Plane::new(&outputs)
    }

    fn scale() -> impl Strategy<Value = f64> {
        prop::sample::select(vec![1.0, 1.25, 1.5, 1.75, 2.0, 3.0])
    }

    proptest! {
        #[test]
        fn a_place_comes_back_from_the_x_screen(
            scales in prop::collection::vec(scale(), 1..4),
            x in 0..1600, y in 0..600,
        ) {
            let plane = row(&scales);
            let there = plane.to_x((x, y).into());
            let back: Pos = plane.on_plane(there).to_i32_round();
            prop_assert_eq!(back, (x, y).into());
        }

        #[test]
        fn a_size_of_whole_pixels_comes_back(scale in scale(), w in 1..8000, h in 1..8000) {
            let plane = row(&[scale]);
            let size: Extent = (w, h).into();
            prop_assert_eq!(plane.size_from_x(plane.size_to_x(size)), size);
        }

        #[test]
        fn no_number_of_a_client_is_too_much(x: i32, y: i32, w: i32, h: i32) {
            let plane = row(&[1.25, 1.0]);
            let _ = plane.on_plane((i32::from(x as i16), i32::from(y as i16)).into());
            let _ = plane.to_x((x >> 8, y >> 8).into());
            let size: XSize = (w.max(0), h.max(0)).into();
            let limits = plane.limits_from_x(size, size);
            prop_assert!(limits.min.w >= limits.max.w);
        }
    }

    #[test]
    fn an_output_of_the_highest_scale_has_its_own_pixels() {
        let plane = row(&[1.25]);
        assert_eq!(plane.size_to_x((1536, 864).into()), (1920, 1080).into());
        let two = row(&[1.0, 1.25]);
        assert_eq!(two.to_x((1920, 0).into()), (2400, 0).into());
        assert_eq!(two.to_x((1924, 3).into()), (2405, 4).into());
    }
}
