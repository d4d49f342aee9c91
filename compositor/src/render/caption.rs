//! The title below a picture of a window. A window of a subsystem has a ground in the subsystem's colour
//! there, with its name.

use std::collections::HashMap;

use smithay::backend::renderer::element::Kind;
use smithay::backend::renderer::{ImportMem, Renderer};
use smithay::utils::{Physical, Point, Rectangle, Size};
use tiny_skia::{Color, LineCap, PathBuilder, Pixmap, Stroke, Transform};
use tracing::warn;

use super::bar::{fill, paint_of};
use super::elements::OutputElement;
use super::palette::{Palette, Stage};
use super::pixels::{Picture, Pixels};
use super::plate::rounded;
use super::title::{Title, Titles};
use crate::config::Theme;
use crate::domain::Domain;
use crate::layout::WindowId;

/// Height of a title's em, in logical pixels.
const TITLE: f32 = 13.0;
/// Free on either side of a title, in logical pixels.
const MARGIN: f32 = 8.0;

/// All that a caption's looks depend on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CaptionLook {
    pub(super) title: String,
    pub(super) domain: Domain,
    pub(super) theme: Theme,
    pub(super) size: Size<i32, Physical>,
    pub(super) scale: f64,
}

/// The captions painted so far, and the close buttons.
pub(super) struct Captions<R: Renderer> {
    painted: HashMap<WindowId, (CaptionLook, Picture<R>)>,
    buttons: Vec<(ButtonLook, Picture<R>)>,
}

impl<R: Renderer> Default for Captions<R> {
    fn default() -> Self {
        Self {
            painted: HashMap::new(),
            buttons: Vec::new(),
        }
    }
}

/// All that a close button's looks depend on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ButtonLook {
    /// In pixels.
    pub(super) side: i32,
    pub(super) theme: Theme,
    pub(super) hovered: bool,
}

impl<R> Captions<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// The caption of a window, its top left at a place.
    pub(super) fn element(
        &mut self,
        renderer: &mut R,
        titles: &mut Titles,
        id: WindowId,
        at: Point<i32, Physical>,
        look: CaptionLook,
    ) -> Option<OutputElement<R>> {
        if self
            .painted
            .get(&id)
            .is_none_or(|(known, _)| *known != look)
        {
            let picture = Picture::import(renderer, &paint(&look, titles)?)
                .inspect_err(|error| warn!("a caption was not painted: {error}"))
                .ok()?;
            self.painted.insert(id, (look, picture));
        }
        let (_, picture) = self.painted.get(&id)?;
        Some(picture.at(at, Kind::Unspecified).into())
    }

    /// A close button over a square.
    pub(super) fn button(
        &mut self,
        renderer: &mut R,
        rect: Rectangle<i32, Physical>,
        look: ButtonLook,
    ) -> Option<OutputElement<R>> {
        // Of two themes and two scales, hovered or not.
        const MOST: usize = 8;
        let known = self.buttons.iter().position(|(known, _)| *known == look);
        if known.is_none() {
            let picture = Picture::import(renderer, &paint_button(look)?)
                .inspect_err(|error| warn!("a button was not painted: {error}"))
                .ok()?;
            self.buttons.truncate(MOST - 1);
            self.buttons.insert(0, (look, picture));
        }
        let (_, picture) = self.buttons.get(known.unwrap_or(0))?;
        Some(picture.at(rect.loc, Kind::Unspecified).into())
    }
}

fn canvas(size: Size<i32, Physical>) -> Option<Pixmap> {
    let side = |side: i32| u32::try_from(side).ok();
    Pixmap::new(side(size.w)?, side(size.h)?)
}

fn paint(look: &CaptionLook, titles: &mut Titles) -> Option<Pixels> {
    let mut pixmap = canvas(look.size)?;
    let scale = look.scale as f32;
    let (width, height) = (look.size.w as f32, look.size.h as f32);
    let (text, colour) = match &look.domain {
        Domain::Board => (look.title.clone(), Stage::of(look.theme).ink),
        Domain::Subsystem { name, .. } => {
            let palette = Palette::of(look.theme, &look.domain, true);
            let inset = 2.0 * scale;
            let high = height - 2.0 * inset;
            let ground = rounded(0.0, inset, width, high, high / 2.0);
            fill(&mut pixmap, ground, palette.border);
            let line = scale.round().max(1.0);
            let inner = rounded(
                line,
                inset + line,
                width - 2.0 * line,
                high - 2.0 * line,
                high / 2.0 - line,
            );
            fill(&mut pixmap, inner, palette.bar);
            let words = [name.as_str(), look.title.trim()];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            (words.join(" · "), palette.ink)
        }
    };
    titles.draw(
        &mut pixmap,
        &Title {
            text: &text,
            size: TITLE * scale,
            colour,
            width,
            height,
            margin_left: MARGIN * scale,
            margin_right: MARGIN * scale,
            centred: true,
        },
    );
    Some(Pixels::from(pixmap))
}

fn paint_button(look: ButtonLook) -> Option<Pixels> {
    let mut pixmap = canvas((look.side, look.side).into())?;
    let palette = Palette::of(look.theme, &Domain::Board, true);
    let (ground, ink): (Color, Color) = if look.hovered {
        (palette.danger, palette.on_danger)
    } else {
        (palette.bar, palette.ink)
    };
    let side = look.side as f32;
    let middle = side / 2.0;
    fill(
        &mut pixmap,
        PathBuilder::from_circle(middle, middle, middle),
        palette.border,
    );
    fill(
        &mut pixmap,
        PathBuilder::from_circle(middle, middle, middle - side / 26.0),
        ground,
    );
    let arm = side * 0.17;
    let mut path = PathBuilder::new();
    path.move_to(middle - arm, middle - arm);
    path.line_to(middle + arm, middle + arm);
    path.move_to(middle + arm, middle - arm);
    path.line_to(middle - arm, middle + arm);
    let stroke = Stroke {
        width: side * 0.06,
        line_cap: LineCap::Round,
        ..Stroke::default()
    };
    let path = path.finish()?;
    pixmap.stroke_path(&path, &paint_of(ink), &stroke, Transform::identity(), None);
    Some(Pixels::from(pixmap))
}
