//! The shadow under what floats: strips around a rectangle, never behind its pixels.

use smithay::backend::renderer::element::Kind;
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::utils::{Physical, Point, Size};

use super::elements::OutputElement;
use super::pixels::{Picture, Pixels};

/// How far the shadow reaches, in logical pixels.
const REACH: i32 = 26;
/// How far it is pushed down, in logical pixels.
const DROP: i32 = 7;
/// Radius of the frame's upper corners, in logical pixels: there the shadow shows through.
const CORNER: i32 = 10;

/// What a shadow's looks depend on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cast {
    /// The rectangle that casts it.
    pub(super) size: Size<i32, Physical>,
    /// The scale of the output.
    pub(super) scale: f64,
    /// Its alpha under the middle of the rectangle.
    pub(super) strength: f32,
    /// Whether the rectangle's upper corners are rounded.
    pub(super) rounded: bool,
}

/// A shadow in the renderer's memory.
pub(super) struct Shadow<R: Renderer> {
    pub(super) cast: Cast,
    /// The strips and where each lies, relative to the rectangle's top left.
    strips: Vec<(Picture<R>, Point<i32, Physical>)>,
}

impl<R> Shadow<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    pub(super) fn new(renderer: &mut R, cast: Cast) -> Result<Self, R::Error> {
        let strips = paint(&cast).into_iter();
        let strips = strips.map(|(pixels, at)| Ok((Picture::import(renderer, &pixels)?, at)));
        Ok(Self {
            cast,
            strips: strips.collect::<Result<_, R::Error>>()?,
        })
    }

    /// The elements of the shadow of a rectangle whose top left is at `at`.
    pub(super) fn elements(
        &self,
        at: Point<i32, Physical>,
    ) -> impl Iterator<Item = OutputElement<R>> {
        let strips = self.strips.iter();
        strips.map(move |(picture, offset)| picture.at(at + *offset, Kind::Unspecified).into())
    }
}

fn paint(cast: &Cast) -> Vec<(Pixels, Point<i32, Physical>)> {
    let px = |logical: i32| (f64::from(logical) * cast.scale).round() as i32;
    let (reach, drop, corner) = (px(REACH).max(1), px(DROP), px(CORNER));
    let (width, height) = (cast.size.w, cast.size.h);
    // The falloff along each axis; a shadow of a rectangle is the product of the two.
    let across = profile(width, reach);
    let down = profile(height, reach);
    let strip = |x: i32, y: i32, w: i32, h: i32| {
        let mut data = Vec::with_capacity(usize::try_from(w * h * 4).unwrap_or(0));
        for row in y..y + h {
            let vertical = down(row - drop);
            for column in x..x + w {
                let alpha = cast.strength * vertical * across(column);
                data.extend_from_slice(&[0, 0, 0, (alpha * 255.0).round() as u8]);
            }
        }
        (
            Pixels {
                data,
                size: (w, h).into(),
                opaque: false,
            },
            Point::from((x, y)),
        )
    };
    let (top, bottom) = (-reach + drop, height + reach + drop);
    let sides = bottom - height;
    let mut strips = vec![
        strip(-reach, height, width + 2 * reach, sides),
        strip(-reach, 0, reach, height),
        strip(width, 0, reach, height),
    ];
    if top < 0 {
        strips.push(strip(-reach, top, width + 2 * reach, -top));
    }
    // Under the rounded corners, lying behind the bar's picture.
    if cast.rounded && width > 2 * corner && height > corner {
        strips.push(strip(0, 0, corner, corner));
        strips.push(strip(width - corner, 0, corner, corner));
    }
    strips
}

/// How dark the shadow of a segment from 0 to `len` is at a place: 1 inside, smoothly 0 at `reach`.
fn profile(len: i32, reach: i32) -> impl Fn(i32) -> f32 {
    let (len, reach) = (len as f32, reach as f32);
    move |at: i32| {
        let at = at as f32 + 0.5;
        let inside = at.min(len - at);
        let t = ((inside + reach) / (1.6 * reach)).clamp(0.0, 1.0);
        // Smoother than a straight ramp, and flat at both ends.
        t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
    }
}
