//! The pointer's picture: named cursors from an XCursor theme, with an arrow of our own where the
//! theme has none.

use std::collections::HashMap;
use std::fs;

use smithay::backend::renderer::element::Kind;
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::input::pointer::CursorIcon;
use smithay::utils::{Physical, Point};
use tiny_skia::{Color, FillRule, LineJoin, Paint, PathBuilder, Pixmap, Stroke, Transform};
use tracing::{debug, warn};
use xcursor::CursorTheme;

use super::elements::OutputElement;
use super::pixels::{Picture, Pixels};
use super::pointer::CursorLook;

/// The size of a cursor in logical pixels where `XCURSOR_SIZE` says nothing.
const SIZE: u32 = 24;

/// Cursors loaded so far. The theme is read when the first one is drawn.
pub(crate) struct Cursors<R: Renderer> {
    theme: Option<CursorTheme>,
    /// By shape and nominal size in physical pixels.
    loaded: HashMap<(CursorIcon, u32), Option<Loaded<R>>>,
}

struct Loaded<R: Renderer> {
    picture: Picture<R>,
    hotspot: Point<i32, Physical>,
}

impl<R: Renderer> Default for Cursors<R> {
    fn default() -> Self {
        Self {
            theme: None,
            loaded: HashMap::new(),
        }
    }
}

impl<R> Cursors<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// The element of a named cursor whose top left is at `at`.
    pub(super) fn element(
        &mut self,
        renderer: &mut R,
        icon: CursorIcon,
        at: Point<i32, Physical>,
        scale: f64,
    ) -> Option<OutputElement<R>> {
        let loaded = self.load(renderer, icon, scale)?;
        Some(loaded.picture.at(at, Kind::Cursor).into())
    }

    /// How large a named cursor is, and what of it points.
    pub(super) fn look(
        &mut self,
        renderer: &mut R,
        icon: CursorIcon,
        scale: f64,
    ) -> Option<CursorLook> {
        let loaded = self.load(renderer, icon, scale)?;
        let size = loaded.picture.size();
        Some(CursorLook {
            size: (size.w, size.h).into(),
            hotspot: loaded.hotspot,
        })
    }

    fn load(&mut self, renderer: &mut R, icon: CursorIcon, scale: f64) -> Option<&Loaded<R>> {
        let size = (f64::from(nominal_size()) * scale).round() as u32;
        if !self.loaded.contains_key(&(icon, size)) {
            let (pixels, hotspot) = self.read(icon, size);
            let loaded = Picture::import(renderer, &pixels)
                .inspect_err(|error| warn!("the cursor {icon} could not be drawn: {error}"))
                .ok()
                .map(|picture| Loaded { picture, hotspot });
            self.loaded.insert((icon, size), loaded);
        }
        self.loaded.get(&(icon, size))?.as_ref()
    }

    fn read(&mut self, icon: CursorIcon, size: u32) -> (Pixels, Point<i32, Physical>) {
        let theme = self.theme.get_or_insert_with(|| {
            let name = std::env::var("XCURSOR_THEME").unwrap_or_else(|_| "default".to_owned());
            CursorTheme::load(&name)
        });
        let names = [icon.name()]
            .into_iter()
            .chain(icon.alt_names().iter().copied());
        let found = names.chain(["default", "left_ptr"]).find_map(|name| {
            let path = theme.load_icon(name)?;
            let images = xcursor::parser::parse_xcursor(&fs::read(path).ok()?)?;
            images
                .into_iter()
                .min_by_key(|image| image.size.abs_diff(size))
        });
        let Some(image) = found else {
            debug!("no cursor {icon} in the theme, drawing an arrow");
            return arrow(size);
        };
        // The file holds blue, green, red, alpha, whatever the crate calls it.
        let data = image.pixels_rgba;
        let side = |side: u32| i32::try_from(side).unwrap_or(0);
        let size = (side(image.width), side(image.height)).into();
        let hotspot = (side(image.xhot), side(image.yhot)).into();
        (
            Pixels {
                data,
                size,
                opaque: false,
            },
            hotspot,
        )
    }
}

/// `XCURSOR_SIZE`, or else [`SIZE`].
fn nominal_size() -> u32 {
    let asked = std::env::var("XCURSOR_SIZE")
        .ok()
        .and_then(|size| size.parse().ok());
    asked
        .filter(|size| (8..=256).contains(size))
        .unwrap_or(SIZE)
}

/// A plain arrow, dark with a light rim.
fn arrow(size: u32) -> (Pixels, Point<i32, Physical>) {
    let side = size.clamp(8, 512);
    let unit = side as f32 / 24.0;
    let empty = || Pixels {
        data: vec![0; 4],
        size: (1, 1).into(),
        opaque: false,
    };
    let Some(mut pixmap) = Pixmap::new(side, side) else {
        return (empty(), (0, 0).into());
    };
    let mut path = PathBuilder::new();
    path.move_to(2.0, 2.0);
    for (x, y) in [
        (2.0, 18.5),
        (6.2, 14.6),
        (9.0, 21.0),
        (11.8, 19.8),
        (9.0, 13.6),
        (14.6, 13.2),
    ] {
        path.line_to(x, y);
    }
    path.close();
    let Some(path) = path.finish() else {
        return (empty(), (0, 0).into());
    };
    let scale = Transform::from_scale(unit, unit);
    let mut paint = Paint {
        anti_alias: true,
        ..Paint::default()
    };
    paint.set_color(Color::WHITE);
    let rim = Stroke {
        width: 2.4,
        line_join: LineJoin::Round,
        ..Stroke::default()
    };
    pixmap.stroke_path(&path, &paint, &rim, scale, None);
    paint.set_color(Color::from_rgba8(0x16, 0x1a, 0x20, 0xff));
    pixmap.fill_path(&path, &paint, FillRule::Winding, scale, None);
    let tip = (2.0 * unit).round() as i32;
    (Pixels::from(pixmap), (tip, tip).into())
}
