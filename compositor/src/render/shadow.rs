//! The shadow under what floats: strips around a rectangle, never behind its pixels.

use std::rc::Rc;

use smithay::backend::renderer::element::{Element, Id, Kind as ElementKind, RenderElement};
use smithay::backend::renderer::utils::{CommitCounter, DamageSet};
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::utils::{Buffer, Physical, Point, Rectangle, Scale, Size, Transform};

use super::pixels::{Picture, Pixels};

/// How far the shadow reaches, in logical pixels.
const REACH: i32 = 26;
/// How far it is pushed down, in logical pixels.
const DROP: i32 = 7;
/// Radius of the frame's upper corners, in logical pixels: there the shadow shows through.
const CORNER: i32 = 10;
/// How much of the middle of a side is kept, in pixels.
const MIDDLE: i32 = 256;

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
    /// The same for all that one rectangle ever casts, so that of another only the strips are drawn.
    id: Id,
    /// One more with each.
    commit: CommitCounter,
    strips: Strips<R>,
}

/// Strips, and where each lies, relative to the rectangle's top left.
type Strips<R> = Rc<[(Picture<R>, Point<i32, Physical>)]>;

/// The shadows in a renderer's memory: one of each kind, of which those of all rectangles are cut.
///
/// A shadow is of one darkness along the middle of each side, so a long side is a short one with more of its middle.
pub(super) struct Shadows<R: Renderer> {
    kinds: Vec<Kind<R>>,
}

/// Shadows that differ in nothing but the rectangle's size.
struct Kind<R: Renderer> {
    cast: Cast,
    strips: Vec<(Picture<R>, Point<i32, Physical>)>,
}

impl<R: Renderer> Default for Shadows<R> {
    fn default() -> Self {
        Self { kinds: Vec::new() }
    }
}

impl<R> Shadows<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// The shadow that `cast` asks for, in the place of the `old` one.
    pub(super) fn cut(
        &mut self,
        renderer: &mut R,
        cast: Cast,
        old: Option<&Shadow<R>>,
    ) -> Result<Shadow<R>, R::Error> {
        let (id, mut commit) = old.map_or_else(
            || (Id::new(), CommitCounter::default()),
            |old| (old.id.clone(), old.commit),
        );
        commit.increment();
        Ok(Shadow {
            cast,
            id,
            commit,
            strips: self.strips(renderer, cast)?,
        })
    }

    fn strips(&mut self, renderer: &mut R, cast: Cast) -> Result<Strips<R>, R::Error> {
        let ends = Ends::of(cast.scale);
        if cast.size.w < ends.across.0 + ends.across.1 || cast.size.h < ends.down.0 + ends.down.1 {
            // There is no middle to take from.
            let strips = paint(&cast).into_iter();
            let strips = strips.map(|(pixels, at)| Ok((Picture::import(renderer, &pixels)?, at)));
            return strips.collect();
        }
        let kind = self.kind(renderer, cast, ends)?;
        let mut strips = Vec::new();
        for (picture, at) in &kind.strips {
            let (from, size) = (kind.cast.size, picture.size());
            for across in pieces(at.x, size.w, from.w, cast.size.w, ends.across) {
                for down in pieces(at.y, size.h, from.h, cast.size.h, ends.down) {
                    let part = Rectangle::new(
                        (across.from, down.from).into(),
                        (across.len, down.len).into(),
                    );
                    strips.push((picture.part(part), (across.to, down.to).into()));
                }
            }
        }
        Ok(strips.into())
    }

    fn kind(&mut self, renderer: &mut R, cast: Cast, ends: Ends) -> Result<&Kind<R>, R::Error> {
        // Of a window that moves between outputs and themes, a few.
        const MOST: usize = 8;
        let cast = Cast {
            size: (
                ends.across.0 + MIDDLE + ends.across.1,
                ends.down.0 + MIDDLE + ends.down.1,
            )
                .into(),
            ..cast
        };
        let index = match self.kinds.iter().position(|kind| kind.cast == cast) {
            Some(index) => index,
            None => {
                let strips = paint(&cast).into_iter();
                let strips =
                    strips.map(|(pixels, at)| Ok((Picture::import(renderer, &pixels)?, at)));
                let strips = strips.collect::<Result<_, R::Error>>()?;
                self.kinds.truncate(MOST - 1);
                self.kinds.insert(0, Kind { cast, strips });
                0
            }
        };
        Ok(&self.kinds[index])
    }
}

impl<R> Shadow<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// The shadow of a rectangle whose top left is at `at`.
    pub(super) fn at(&self, at: Point<i32, Physical>) -> ShadowElement<R> {
        let places = self.strips.iter().map(|(picture, offset)| {
            let size = picture.size();
            Rectangle::new(*offset, (size.w, size.h).into())
        });
        let bounds = places.reduce(Rectangle::merge).unwrap_or_default();
        ShadowElement {
            id: self.id.clone(),
            commit: self.commit,
            corner: bounds.loc,
            geometry: Rectangle::new(at + bounds.loc, bounds.size),
            strips: Rc::clone(&self.strips),
        }
    }
}

/// A [`Shadow`] at a place of the screen: one element, though it is many strips, for the work of damage tracking grows with the
/// square of their number.
pub(crate) struct ShadowElement<R: Renderer> {
    id: Id,
    commit: CommitCounter,
    /// Where the outermost strips begin, relative to the rectangle's top left.
    corner: Point<i32, Physical>,
    geometry: Rectangle<i32, Physical>,
    strips: Strips<R>,
}

impl<R: Renderer> ShadowElement<R> {
    /// The strips, and where each lies in the element.
    fn places(&self) -> impl Iterator<Item = (&Picture<R>, Rectangle<i32, Physical>)> {
        self.strips.iter().map(|(picture, offset)| {
            let size = picture.size();
            let place = Rectangle::new(*offset - self.corner, (size.w, size.h).into());
            (picture, place)
        })
    }
}

impl<R: Renderer> Element for ShadowElement<R> {
    fn id(&self) -> &Id {
        &self.id
    }

    fn current_commit(&self) -> CommitCounter {
        self.commit
    }

    fn src(&self) -> Rectangle<f64, Buffer> {
        let size = self.geometry.size;
        Rectangle::from_size((f64::from(size.w), f64::from(size.h)).into())
    }

    fn transform(&self) -> Transform {
        Transform::Normal
    }

    fn geometry(&self, _scale: Scale<f64>) -> Rectangle<i32, Physical> {
        self.geometry
    }

    fn damage_since(
        &self,
        _scale: Scale<f64>,
        commit: Option<CommitCounter>,
    ) -> DamageSet<i32, Physical> {
        if commit == Some(self.commit) {
            return DamageSet::default();
        }
        self.places().map(|(_, place)| place).collect()
    }

    fn kind(&self) -> ElementKind {
        ElementKind::Unspecified
    }
}

impl<R: Renderer> RenderElement<R> for ShadowElement<R> {
    fn draw(
        &self,
        frame: &mut R::Frame<'_, '_>,
        _src: Rectangle<f64, Buffer>,
        dst: Rectangle<i32, Physical>,
        damage: &[Rectangle<i32, Physical>],
        _opaque_regions: &[Rectangle<i32, Physical>],
    ) -> Result<(), R::Error> {
        let mut parts = Vec::new();
        for (picture, place) in self.places() {
            let seen = damage.iter().filter_map(|rect| rect.intersection(place));
            parts.clear();
            parts.extend(seen.map(|rect| Rectangle::new(rect.loc - place.loc, rect.size)));
            if !parts.is_empty() {
                picture.draw(frame, dst.loc + place.loc, &parts)?;
            }
        }
        Ok(())
    }
}

/// How much of a rectangle, along each axis and from either end, a shadow depends on, in pixels.
#[derive(Debug, Clone, Copy)]
struct Ends {
    across: (i32, i32),
    down: (i32, i32),
}

impl Ends {
    fn of(scale: f64) -> Self {
        let reach = to_pixels(REACH, scale).max(1);
        let drop = to_pixels(DROP, scale);
        // As far in, `profile` comes to 1; and the corners are cut from the ends.
        let full = (reach * 6 / 10 + 2).max(to_pixels(CORNER, scale) + 1);
        Self {
            across: (full, full),
            down: (full + drop, full),
        }
    }
}

/// A piece of a strip, along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// Where it lies in the strip.
    from: i32,
    len: i32,
    /// Where it goes, relative to the rectangle.
    to: i32,
}

/// Cuts a strip that begins at `at` and is `len` long, of a rectangle of length `whole`, for one of length `wanted`, of
/// which the `ends` stay as they are. Both rectangles are at least as long as the ends.
fn pieces(at: i32, len: i32, whole: i32, wanted: i32, ends: (i32, i32)) -> Vec<Piece> {
    let (first, last) = (ends.0, whole - ends.1);
    let mut pieces = Vec::with_capacity(3);
    let mut push = |from: i32, to_end: i32, to: i32| {
        if to_end > from {
            pieces.push(Piece {
                from: from - at,
                len: to_end - from,
                to,
            });
        }
    };
    let end = at + len;
    push(at, end.min(first), at);
    // The middle, over and over.
    if at <= first && end >= last {
        let (mut to, until) = (first, wanted - ends.1);
        while to < until {
            let long = (last - first).min(until - to);
            push(first, first + long, to);
            to += long;
        }
    }
    let from = at.max(last);
    push(from, end, from + wanted - whole);
    pieces
}

fn to_pixels(logical: i32, scale: f64) -> i32 {
    (f64::from(logical) * scale).round() as i32
}

fn paint(cast: &Cast) -> Vec<(Pixels, Point<i32, Physical>)> {
    let px = |logical| to_pixels(logical, cast.scale);
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Every pixel of the strips, by its place.
    fn pixels(strips: &[(Pixels, Point<i32, Physical>)]) -> HashMap<(i32, i32), u8> {
        let mut all = HashMap::new();
        for (pixels, at) in strips {
            for (index, pixel) in pixels.data.chunks_exact(4).enumerate() {
                let index = i32::try_from(index).unwrap();
                let place = (at.x + index % pixels.size.w, at.y + index / pixels.size.w);
                assert_eq!(
                    all.insert(place, pixel[3]),
                    None,
                    "{place:?} is there twice"
                );
            }
        }
        all
    }

    #[test]
    fn a_shadow_that_is_cut_is_the_shadow_that_would_be_painted() {
        for scale in [1.0, 1.25, 2.0] {
            let ends = Ends::of(scale);
            let cast = |w, h| Cast {
                size: (w, h).into(),
                scale,
                strength: 0.4,
                rounded: true,
            };
            let whole = cast(
                ends.across.0 + MIDDLE + ends.across.1,
                ends.down.0 + MIDDLE + ends.down.1,
            );
            let source = paint(&whole);
            for (w, h) in [(160, 170), (700, 500), (1500, 200), (300, 2600)] {
                let wanted = pixels(&paint(&cast(w, h)));
                let mut cut = HashMap::new();
                for (picture, at) in &source {
                    let size = picture.size;
                    for across in pieces(at.x, size.w, whole.size.w, w, ends.across) {
                        for down in pieces(at.y, size.h, whole.size.h, h, ends.down) {
                            for y in 0..down.len {
                                for x in 0..across.len {
                                    let index = (down.from + y) * size.w + across.from + x;
                                    let index = usize::try_from(index).unwrap() * 4 + 3;
                                    let place = (across.to + x, down.to + y);
                                    let old = cut.insert(place, picture.data[index]);
                                    assert_eq!(old, None, "{place:?} is there twice");
                                }
                            }
                        }
                    }
                }
                assert!(cut == wanted, "{w}×{h} at scale {scale}");
            }
        }
    }
}
