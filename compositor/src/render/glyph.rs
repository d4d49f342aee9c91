//! The shapes that stand beside a domain's colour, as they are painted.

use tiny_skia::{
    Color, FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use crate::domain::Glyph;

/// Paints a shape into the square around `(x, y)` that reaches `half` to each side.
pub(super) fn paint(pixmap: &mut Pixmap, glyph: Glyph, (x, y): (f32, f32), half: f32, ink: Color) {
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color(ink);
    let at = Transform::from_row(half, 0.0, 0.0, half, x, y);
    let Some(path) = outline(glyph) else { return };
    match glyph {
        Glyph::Ring | Glyph::Pane | Glyph::Cross => {
            let stroke = Stroke {
                width: 0.44,
                line_join: LineJoin::Miter,
                ..Stroke::default()
            };
            pixmap.stroke_path(&path, &paint, &stroke, at, None);
        }
        _ => pixmap.fill_path(&path, &paint, FillRule::Winding, at, None),
    }
}

/// The shape in the square from -1 to 1.
fn outline(glyph: Glyph) -> Option<Path> {
    let corners = |corners: &[(f32, f32)]| {
        let mut path = PathBuilder::new();
        for (index, (x, y)) in corners.iter().enumerate() {
            match index {
                0 => path.move_to(*x, *y),
                _ => path.line_to(*x, *y),
            }
        }
        path.close();
        path.finish()
    };
    let rects = |rects: &[(f32, f32, f32, f32)]| {
        let mut path = PathBuilder::new();
        for (left, top, right, bottom) in rects {
            path.push_rect(Rect::from_ltrb(*left, *top, *right, *bottom)?);
        }
        path.finish()
    };
    match glyph {
        Glyph::Disc => PathBuilder::from_circle(0.0, 0.0, 0.92),
        // Stroked: the line stays within the square.
        Glyph::Ring => PathBuilder::from_circle(0.0, 0.0, 0.74),
        Glyph::Square => rects(&[(-0.84, -0.84, 0.84, 0.84)]),
        Glyph::Pane => rects(&[(-0.7, -0.7, 0.7, 0.7)]),
        Glyph::Diamond => corners(&[(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)]),
        Glyph::Upward => corners(&[(0.0, -0.94), (1.0, 0.84), (-1.0, 0.84)]),
        Glyph::Downward => corners(&[(0.0, 0.94), (1.0, -0.84), (-1.0, -0.84)]),
        Glyph::Plus => rects(&[(-0.96, -0.3, 0.96, 0.3), (-0.3, -0.96, 0.3, 0.96)]),
        Glyph::Cross => {
            let mut path = PathBuilder::new();
            path.move_to(-0.78, -0.78);
            path.line_to(0.78, 0.78);
            path.move_to(0.78, -0.78);
            path.line_to(-0.78, 0.78);
            path.finish()
        }
        Glyph::Star => corners(&ring::<10>(|index| if index % 2 == 0 { 1.0 } else { 0.44 })),
        Glyph::Hourglass => corners(&[(-0.92, -0.92), (0.92, -0.92), (-0.92, 0.92), (0.92, 0.92)]),
        Glyph::Bars => rects(&[(-0.8, -0.9, -0.2, 0.9), (0.2, -0.9, 0.8, 0.9)]),
    }
}

/// Points around the middle, the first one at the top, each at a distance of its own.
fn ring<const N: usize>(distance: impl Fn(usize) -> f32) -> [(f32, f32); N] {
    std::array::from_fn(|index| {
        let turn = index as f32 / N as f32 * std::f32::consts::TAU;
        let far = distance(index);
        (turn.sin() * far, -turn.cos() * far)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_has_pixels_of_its_own_and_stays_in_its_square() {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for glyph in Glyph::ALL {
            let mut pixmap = Pixmap::new(24, 24).unwrap();
            paint(&mut pixmap, glyph, (12.0, 12.0), 8.0, Color::BLACK);
            let alpha: Vec<u8> = pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect();
            let outside = alpha.iter().enumerate().filter(|(index, _)| {
                let (x, y) = (index % 24, index / 24);
                !(4..20).contains(&x) || !(4..20).contains(&y)
            });
            assert!(
                outside.map(|(_, alpha)| *alpha).all(|alpha| alpha == 0),
                "{glyph:?}"
            );
            assert!(alpha.contains(&255), "{glyph:?}");
            let differs = |other: &Vec<u8>| {
                let pairs = alpha.iter().zip(other);
                pairs
                    .filter(|(one, other)| one.abs_diff(**other) > 100)
                    .count()
            };
            assert!(seen.iter().all(|other| differs(other) > 20), "{glyph:?}");
            seen.push(alpha);
        }
    }
}
