//! The mark around what a client draws outside of its window's frame: the popups of a subsystem's
//! window, what is dragged out of it, and the edge of the window while it fills its output.
//!
//! A mark is a line in the domain's colour around the client's pixels, and where there is room for
//! what could pass for a dialog, a tag with the domain's glyph and name.

use std::collections::HashMap;

use smithay::backend::renderer::element::solid::SolidColorRenderElement;
use smithay::backend::renderer::element::{Id, Kind};
use smithay::backend::renderer::utils::CommitCounter;
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Physical, Point, Rectangle};
use tiny_skia::Pixmap;
use tracing::warn;

use super::elements::OutputElement;
use super::frame::solid;
use super::glyph;
use super::palette::Palette;
use super::pixels::{Picture, Pixels};
use super::title::{Title, Titles};
use crate::config::Theme;
use crate::domain::Domain;

/// Width of the line around a popup, in logical pixels.
const LINE: f64 = 2.0;
/// Height of a tag, in logical pixels.
const TAG: f32 = 20.0;
/// Width of a tag, in logical pixels, at most.
const TAG_WIDTH: f32 = 180.0;
/// Height of the em of its name, in logical pixels.
const NAME: f32 = 11.5;
/// What is smaller than this, in logical pixels, carries no tag: nothing fits in that would pass for
/// a dialog.
const TAGGED: (f64, f64) = (96.0, 48.0);

/// Where the tag of a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagPlace {
    /// Below what is marked, at its right; above its pixels where the output ends there.
    Below,
    /// At the top in the middle, above its pixels.
    Top,
}

/// What is marked, and how.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MarkLook {
    pub(super) domain: Domain,
    pub(super) theme: Theme,
    pub(super) scale: f64,
}

/// The place of a mark, in an output's pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct MarkPlace {
    /// What the client's pixels are kept within: the line goes around it.
    pub(super) inner: Rectangle<i32, Physical>,
    /// The width of the line.
    pub(super) line: i32,
    pub(super) tag: TagPlace,
    /// What can be seen: a tag does not leave it.
    pub(super) seen: Rectangle<i32, Physical>,
}

struct Painted<R: Renderer> {
    look: MarkLook,
    /// `None` where it could not be painted.
    tag: Option<Picture<R>>,
    lines: [Id; 4],
}

/// The marks painted so far, by the surface that each is for.
pub(crate) struct Marks<R: Renderer> {
    painted: HashMap<WlSurface, Painted<R>>,
}

impl<R: Renderer> Default for Marks<R> {
    fn default() -> Self {
        Self {
            painted: HashMap::new(),
        }
    }
}

/// The width of the line around a popup at a scale.
pub(super) fn line(scale: f64) -> i32 {
    ((LINE * scale).round() as i32).max(1)
}

impl<R> Marks<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// Forgets the marks of surfaces that are gone.
    pub(super) fn retain_alive(&mut self) {
        self.painted.retain(|surface, _| surface.is_alive());
    }

    /// The elements of a mark, front to back: to be put in front of the client's.
    pub(super) fn elements(
        &mut self,
        renderer: &mut R,
        titles: &mut Titles,
        surface: &WlSurface,
        look: MarkLook,
        place: MarkPlace,
    ) -> Vec<OutputElement<R>> {
        let known = self.painted.get(surface);
        if known.is_none_or(|painted| painted.look != look) {
            let tag = paint(&look, titles)
                .map(|pixels| Picture::import(renderer, &pixels))
                .transpose()
                .unwrap_or_else(|error| {
                    warn!("the mark of a popup could not be painted: {error}");
                    None
                });
            let painted = Painted {
                look,
                tag,
                lines: std::array::from_fn(|_| Id::new()),
            };
            self.painted.insert(surface.clone(), painted);
        }
        let Some(painted) = self.painted.get(surface) else {
            return Vec::new();
        };
        let look = &painted.look;
        let palette = Palette::of(look.theme, &look.domain, true);
        let mut elements = Vec::with_capacity(5);
        let roomy = f64::from(place.inner.size.w) >= TAGGED.0 * look.scale
            && f64::from(place.inner.size.h) >= TAGGED.1 * look.scale;
        if let Some(tag) = painted.tag.as_ref().filter(|_| roomy) {
            let size = tag.size();
            elements.push(
                tag.at(tag_at(place, (size.w, size.h)), Kind::Unspecified)
                    .into(),
            );
        }
        for (id, rect) in painted.lines.iter().zip(lines(place.inner, place.line)) {
            let line = SolidColorRenderElement::new(
                id.clone(),
                rect,
                CommitCounter::default(),
                solid(palette.mark),
                Kind::Unspecified,
            );
            elements.push(line.into());
        }
        elements
    }
}

/// The lines above, below, left and right of a rectangle.
fn lines(inner: Rectangle<i32, Physical>, line: i32) -> [Rectangle<i32, Physical>; 4] {
    let (x, y) = (inner.loc.x, inner.loc.y);
    let (w, h) = (inner.size.w, inner.size.h);
    [
        Rectangle::new((x - line, y - line).into(), (w + 2 * line, line).into()),
        Rectangle::new((x - line, y + h).into(), (w + 2 * line, line).into()),
        Rectangle::new((x - line, y).into(), (line, h).into()),
        Rectangle::new((x + w, y).into(), (line, h).into()),
    ]
}

/// Where the top left of a tag of a size goes.
fn tag_at(place: MarkPlace, (w, h): (i32, i32)) -> Point<i32, Physical> {
    let MarkPlace {
        inner, line, seen, ..
    } = place;
    let (x, y) = match place.tag {
        TagPlace::Below => (
            inner.loc.x + inner.size.w + line - w,
            inner.loc.y + inner.size.h + line,
        ),
        TagPlace::Top => (inner.loc.x + (inner.size.w - w) / 2, inner.loc.y),
    };
    let within =
        |at: i32, from: i32, room: i32, length: i32| at.min(from + room - length).max(from);
    (
        within(x, seen.loc.x, seen.size.w, w),
        within(y, seen.loc.y, seen.size.h, h),
    )
        .into()
}

/// The tag: the domain's glyph and name on its ground.
fn paint(look: &MarkLook, titles: &mut Titles) -> Option<Pixels> {
    let mark = look.domain.mark()?;
    let palette = Palette::of(look.theme, &look.domain, true);
    let scale = look.scale as f32;
    let (height, half) = ((TAG * scale).round(), 5.0 * scale);
    let margin = 7.0 * scale;
    let text = Title {
        text: mark.name,
        size: NAME * scale,
        colour: palette.ink,
        width: TAG_WIDTH * scale,
        height,
        margin_left: 2.0 * margin + 2.0 * half,
        margin_right: margin,
        centred: false,
    };
    let width = (titles.end_of(&text) + margin).ceil();
    let mut pixmap = Pixmap::new(width as u32, height as u32)?;
    pixmap.fill(palette.bar);
    let middle = (margin + half, height / 2.0);
    glyph::paint(&mut pixmap, mark.glyph, middle, half, palette.mark);
    titles.draw(&mut pixmap, &text);
    let mut pixels = Pixels::from(pixmap);
    pixels.opaque = true;
    Some(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(tag: TagPlace, inner: (i32, i32, i32, i32)) -> MarkPlace {
        let (x, y, w, h) = inner;
        MarkPlace {
            inner: Rectangle::new((x, y).into(), (w, h).into()),
            line: 2,
            tag,
            seen: Rectangle::from_size((800, 600).into()),
        }
    }

    #[test]
    fn a_tag_stays_on_the_screen() {
        let at = |tag, inner| {
            let point = tag_at(place(tag, inner), (90, 20));
            (point.x, point.y)
        };
        assert_eq!(at(TagPlace::Below, (100, 100, 200, 50)), (212, 152));
        assert_eq!(at(TagPlace::Below, (100, 500, 200, 100)), (212, 580));
        assert_eq!(at(TagPlace::Below, (-300, 0, 310, 50)), (0, 52));
        assert_eq!(at(TagPlace::Top, (3, 3, 794, 594)), (355, 3));
    }

    #[test]
    fn the_line_goes_all_around_and_never_over_what_it_is_around() {
        let inner = Rectangle::new((10, 20).into(), (30, 40).into());
        let lines = lines(inner, 2);
        assert!(lines.iter().all(|line| !line.overlaps(inner)));
        let area: i32 = lines.iter().map(|line| line.size.w * line.size.h).sum();
        assert_eq!(area, 34 * 44 - 30 * 40);
    }
}
