//! Rounded grounds of one colour: made of one small picture, however large they are.

use smithay::backend::renderer::element::Kind;
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::utils::{Physical, Rectangle};
use tiny_skia::{Color, Path, PathBuilder, Pixmap};
use tracing::warn;

use super::bar::fill;
use super::elements::OutputElement;
use super::pixels::{Picture, Pixels};

/// So many kinds are kept.
const MOST: usize = 16;

/// How a plate looks, its size apart.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    colour: Color,
    /// The radius of its corners, in pixels.
    radius: i32,
}

/// The plates painted so far.
pub(super) struct Plates<R: Renderer> {
    /// The nine parts of each: row by row.
    painted: Vec<(Look, Vec<Picture<R>>)>,
}

impl<R: Renderer> Default for Plates<R> {
    fn default() -> Self {
        Self {
            painted: Vec::new(),
        }
    }
}

impl<R> Plates<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// A plate over a rectangle.
    pub(super) fn elements(
        &mut self,
        renderer: &mut R,
        rect: Rectangle<i32, Physical>,
        colour: Color,
        radius: i32,
    ) -> Vec<OutputElement<R>> {
        let radius = radius.min(rect.size.w / 2).min(rect.size.h / 2).max(0);
        let Some(parts) = self.parts_of(renderer, Look { colour, radius }) else {
            return Vec::new();
        };
        let spans = |from: i32, len: i32| {
            [
                (from, radius),
                (from + radius, len - 2 * radius),
                (from + len - radius, radius),
            ]
        };
        let mut elements = Vec::with_capacity(9);
        let rows = spans(rect.loc.y, rect.size.h);
        for (row, (y, h)) in rows.into_iter().enumerate() {
            for (column, (x, w)) in spans(rect.loc.x, rect.size.w).into_iter().enumerate() {
                let place = Rectangle::new((x, y).into(), (w, h).into());
                if let Some(part) = parts.get(3 * row + column)
                    && !place.is_empty()
                {
                    elements.push(part.stretched(place, Kind::Unspecified).into());
                }
            }
        }
        elements
    }

    fn parts_of(&mut self, renderer: &mut R, look: Look) -> Option<&[Picture<R>]> {
        let known = self.painted.iter().position(|(known, _)| *known == look);
        if known.is_none() {
            let picture = Picture::import(renderer, &paint(look)?)
                .inspect_err(|error| warn!("a ground was not painted: {error}"))
                .ok()?;
            self.painted.truncate(MOST - 1);
            self.painted.insert(0, (look, cut(&picture, look.radius)));
        }
        let (_, parts) = self.painted.get(known.unwrap_or(0))?;
        Some(parts)
    }
}

/// The corners, a pixel of each side, and one of the middle.
fn cut<R>(picture: &Picture<R>, radius: i32) -> Vec<Picture<R>>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    // Three pixels in the middle, so that the one that is stretched has its like on both sides.
    let spans = [
        (0, radius.max(1)),
        (radius + 1, 1),
        (radius + 3, radius.max(1)),
    ];
    let parts = spans.iter().flat_map(|(y, h)| {
        spans.iter().map(move |(x, w)| {
            let part = Rectangle::new((*x, *y).into(), (*w, *h).into());
            picture.part(part)
        })
    });
    parts.collect()
}

fn paint(look: Look) -> Option<Pixels> {
    let side = u32::try_from(2 * look.radius + 4).ok()?;
    let mut pixmap = Pixmap::new(side, side)?;
    let size = (2 * look.radius + 3) as f32;
    fill(
        &mut pixmap,
        rounded(0.0, 0.0, size, size, look.radius as f32),
        look.colour,
    );
    Some(Pixels::from(pixmap))
}

/// A rectangle whose corners are rounded.
pub(super) fn rounded(x: f32, y: f32, w: f32, h: f32, radius: f32) -> Option<Path> {
    let r = radius.min(w / 2.0).min(h / 2.0);
    // The control point's distance for a quarter of a circle.
    let k = r * 0.552_284_8;
    let (right, bottom) = (x + w, y + h);
    let mut path = PathBuilder::new();
    path.move_to(x, y + r);
    path.cubic_to(x, y + r - k, x + r - k, y, x + r, y);
    path.line_to(right - r, y);
    path.cubic_to(right - r + k, y, right, y + r - k, right, y + r);
    path.line_to(right, bottom - r);
    path.cubic_to(
        right,
        bottom - r + k,
        right - r + k,
        bottom,
        right - r,
        bottom,
    );
    path.line_to(x + r, bottom);
    path.cubic_to(x + r - k, bottom, x, bottom - r + k, x, bottom - r);
    path.close();
    path.finish()
}
