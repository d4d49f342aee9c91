//! The shadow under a floating window: four strips around its frame, never behind its pixels.

use smithay::utils::{Physical, Point};

use super::frame::FrameLook;
use super::pixels::Pixels;

/// How far the shadow reaches, in logical pixels.
const REACH: i32 = 26;
/// How far it is pushed down, in logical pixels.
const DROP: i32 = 7;
/// Radius of the frame's upper corners, in logical pixels: there the shadow shows through.
const CORNER: i32 = 10;

/// The strips and where each lies, relative to the content's top left. `strength` is the shadow's
/// alpha under the middle of the window.
pub(super) fn paint(look: &FrameLook, strength: f32) -> Vec<(Pixels, Point<i32, Physical>)> {
    let reach = look.px(REACH).max(1);
    let drop = look.px(DROP);
    let border = look.border();
    let bar = look.px(look.metrics.title_bar);
    let corner = look.px(CORNER);
    let (width, height) = (look.content.w + 2 * border, look.content.h + bar + border);
    // The falloff along each axis; a shadow of a rectangle is the product of the two.
    let across = profile(width, reach);
    let down = profile(height, reach);
    let strip = |x: i32, y: i32, w: i32, h: i32| {
        let mut data = Vec::with_capacity(usize::try_from(w * h * 4).unwrap_or(0));
        for row in y..y + h {
            let vertical = down(row - drop);
            for column in x..x + w {
                let alpha = strength * vertical * across(column);
                data.extend_from_slice(&[0, 0, 0, (alpha * 255.0).round() as u8]);
            }
        }
        let at = Point::from((x - border, y - bar));
        (
            Pixels {
                data,
                size: (w, h).into(),
                opaque: false,
            },
            at,
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
    if corner > 0 && width > 2 * corner && height > corner {
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
