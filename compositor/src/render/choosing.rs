//! The switcher's panel and the overview, as they are drawn.

use std::path::Path;

use smithay::backend::renderer::Renderer;
use smithay::backend::renderer::element::solid::SolidColorRenderElement;
use smithay::backend::renderer::element::utils::CropRenderElement;
use smithay::backend::renderer::element::{Element, Id, Kind};
use smithay::backend::renderer::utils::CommitCounter;
use smithay::utils::{Physical, Rectangle};
use tiny_skia::Color;

use super::caption::{ButtonLook, CaptionLook, Captions};
use super::elements::OutputElement;
use super::frame::solid;
use super::palette::Stage;
use super::plate::Plates;
use super::reduce::Halves;
use super::scaled::{Fit, ScaledSurface, reduction};
use super::scene::{Painter, SceneRenderer, View};
use super::surfaces::{client_area, push_content};
use crate::goblin::Goblin;
use crate::layout::{Rect, Window, WindowId};
use crate::outputs::OutputState;
use crate::overview::{Overview, Spot, Switcher, Thumbnail, close_button};

/// Radius of the panel's corners, in logical pixels.
const CORNER: i32 = 14;
/// Radius of the corners of what lies on it.
const INNER_CORNER: i32 = 9;
/// How far a ring reaches beyond what it is around, in logical pixels.
const RING: i32 = 4;
/// The same around a workspace.
const THIN_RING: i32 = 3;

/// What is kept between frames while windows are pictured.
pub(super) struct Stagehand<R: Renderer> {
    plates: Plates<R>,
    captions: Captions<R>,
    halves: Halves<R>,
    /// The ground of the overview, and its colour.
    ground: Option<(Color, Id)>,
}

impl<R: Renderer> Default for Stagehand<R> {
    fn default() -> Self {
        Self {
            plates: Plates::default(),
            captions: Captions::default(),
            halves: Halves::default(),
            ground: None,
        }
    }
}

impl<R> Painter<R>
where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    /// The switcher's panel, if it is on this output.
    pub(super) fn push_panel(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
    ) {
        let Some(panel) = goblin.panel().filter(|panel| panel.output == output.id) else {
            return;
        };
        let view = View::of(output);
        let stage = Stage::of(goblin.config.theme);
        let chosen = goblin.switcher().and_then(Switcher::chosen);
        let ground = view.rect(panel.rect);
        for (cell, thumbnail) in &panel.cells {
            self.push_caption(elements, renderer, goblin, thumbnail, view);
            let clip = view.rect(thumbnail.rect);
            self.push_picture(elements, renderer, goblin, thumbnail, clip, view);
            if chosen == Some(thumbnail.window) {
                let rect = view.rect(*cell);
                self.push_plate(elements, renderer, rect, stage.chosen, INNER_CORNER, view);
            }
        }
        self.push_plate(elements, renderer, ground, stage.panel, CORNER, view);
        let line = view.px(1);
        let around = grown(ground, line);
        self.push_plate(elements, renderer, around, stage.edge, CORNER + 1, view);
    }

    /// The picture that hangs at the pointer, where it reaches onto this output.
    pub(super) fn push_dragged_picture(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
    ) {
        let Some(dragged) = goblin.overview().and_then(Overview::dragged) else {
            return;
        };
        let view = View::of(output);
        let screen = Rectangle::from_size(output.size());
        let picture = Thumbnail {
            window: dragged.window,
            rect: dragged.rect(),
            label: Rect::default(),
        };
        let clip = view.rect(picture.rect).intersection(screen);
        if let Some(clip) = clip.filter(|clip| !clip.is_empty()) {
            self.push_picture(elements, renderer, goblin, &picture, clip, view);
        }
    }

    /// The overview of an output.
    pub(super) fn push_overview(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
    ) {
        let (Some(overview), Some(sheet)) = (goblin.overview(), goblin.sheet(output.id)) else {
            return;
        };
        let view = View::of(output);
        let theme = goblin.config.theme;
        let stage = Stage::of(theme);
        let dragged = overview.dragged().map(|dragged| dragged.window);
        for card in &sheet.cards {
            let rect = view.rect(card.rect);
            for (window, place) in &card.windows {
                let picture = Thumbnail {
                    window: *window,
                    rect: *place,
                    label: Rect::default(),
                };
                if let Some(clip) = view.rect(*place).intersection(rect) {
                    self.push_picture(elements, renderer, goblin, &picture, clip, view);
                }
            }
            self.push_wallpaper(elements, renderer, goblin, output, rect);
            let aimed = dragged.is_some() && overview.hover == Some(Spot::Workspace(card.id));
            let pointed = dragged.is_none() && overview.hover == Some(Spot::Workspace(card.id));
            let ring = match (card.shown || aimed, pointed) {
                (true, _) => Some(stage.ring),
                (false, true) => Some(stage.ink),
                (false, false) => None,
            };
            if let Some(colour) = ring {
                let wide = if aimed { 2 * THIN_RING } else { THIN_RING };
                let around = grown(rect, view.px(wide));
                self.push_plate(elements, renderer, around, colour, wide, view);
            }
        }
        for thumbnail in &sheet.thumbnails {
            let rect = view.rect(thumbnail.rect);
            if dragged == Some(thumbnail.window) {
                self.push_plate(elements, renderer, rect, stage.edge, INNER_CORNER, view);
                continue;
            }
            if let Some(button) = close_button(thumbnail.rect).filter(|_| dragged.is_none()) {
                let place = view.rect(button);
                let look = ButtonLook {
                    side: place.size.w,
                    theme,
                    hovered: overview.hover == Some(Spot::Close(thumbnail.window)),
                };
                let captions = &mut self.stagehand.captions;
                elements.extend(captions.button(renderer, place, look));
            }
            self.push_caption(elements, renderer, goblin, thumbnail, view);
            self.push_picture(elements, renderer, goblin, thumbnail, rect, view);
            if overview.selected == Some(thumbnail.window) && dragged.is_none() {
                let around = grown(rect, view.px(RING));
                let corner = INNER_CORNER + RING;
                self.push_plate(elements, renderer, around, stage.ring, corner, view);
            }
        }
        let known = self.stagehand.ground.take();
        let known = known.filter(|(colour, _)| *colour == stage.ground);
        let (colour, id) = known.unwrap_or_else(|| (stage.ground, Id::new()));
        let whole = Rectangle::from_size(output.size());
        let commit = CommitCounter::default();
        let ground = SolidColorRenderElement::new(
            id.clone(),
            whole,
            commit,
            solid(colour),
            Kind::Unspecified,
        );
        elements.push(ground.into());
        self.stagehand.ground = Some((colour, id));
    }

    fn push_plate(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        rect: Rectangle<i32, Physical>,
        colour: Color,
        radius: i32,
        view: View,
    ) {
        let plates = &mut self.stagehand.plates;
        elements.extend(plates.elements(renderer, rect, colour, view.px(radius)));
    }

    fn push_caption(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        of: &Thumbnail,
        view: View,
    ) {
        let Some(window) = goblin.windows.get(of.window) else {
            return;
        };
        let rect = view.rect(of.label);
        if rect.is_empty() {
            return;
        }
        let look = CaptionLook {
            title: window.title.clone(),
            domain: window.domain.clone(),
            theme: goblin.config.theme,
            size: rect.size,
            scale: view.scale,
        };
        let titles = &mut self.frames.titles;
        let captions = &mut self.stagehand.captions;
        elements.extend(captions.element(renderer, titles, of.window, rect.loc, look));
    }

    /// A window with its frame, made smaller; nothing of it shows outside of `clip`.
    fn push_picture(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        of: &Thumbnail,
        clip: Rectangle<i32, Physical>,
        view: View,
    ) {
        let (Some(window), Some(model)) = (
            goblin.windows.get(of.window),
            goblin.layout.window(of.window),
        ) else {
            return;
        };
        let (Some(frame), Some(content)) = (
            goblin.layout.frame_rect(of.window),
            goblin.layout.content_rect(of.window),
        ) else {
            return;
        };
        // Drawn as on its own output: a frame is painted once, however many pictures there are.
        let own = View {
            scale: goblin.scale_of_window(of.window),
            origin: frame.loc,
        };
        let fit = Fit::over(own.scale, own.rect(frame).size, view.rect(of.rect));
        let mut parts = Vec::new();
        self.push_edge(&mut parts, renderer, goblin, window, own);
        // A picture lies on nothing and casts no shadow.
        let (bar, _) = self.frame(renderer, goblin, window, model, own);
        parts.extend(bar);
        for part in parts {
            elements.extend(self.scaled(renderer, part, &fit, clip, view.scale));
        }
        let area = match client_area(goblin, model, own) {
            Some(area) => fit.map(area).intersection(clip),
            None => Some(clip),
        };
        let Some(area) = area.filter(|area| !area.is_empty()) else {
            return;
        };
        let mut surfaces = Vec::new();
        push_content(&mut surfaces, renderer, window, content.loc, own, None);
        for surface in surfaces {
            elements.extend(self.scaled(renderer, surface, &fit, area, view.scale));
        }
    }

    /// The wallpaper on the card of a workspace.
    fn push_wallpaper(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
        card: Rectangle<i32, Physical>,
    ) {
        let path = goblin.config.wallpaper.as_deref().map(Path::new);
        let size = output.size();
        let whole = self.wallpapers.element(renderer, output.id, path, size);
        let fit = Fit::over(output.scale(), size, card);
        if let Some(whole) = whole {
            elements.extend(self.scaled(renderer, whole, &fit, card, output.scale()));
        }
    }

    /// Something that is drawn on the screen, as it is drawn in a picture.
    fn scaled(
        &mut self,
        renderer: &mut R,
        element: OutputElement<R>,
        fit: &Fit,
        clip: Rectangle<i32, Physical>,
        scale: f64,
    ) -> Option<OutputElement<R>> {
        let halves = &mut self.stagehand.halves;
        match element {
            OutputElement::Surface(surface) => {
                let known = (surface.id().clone(), surface.current_commit());
                let reduced = reduction(&surface, fit).and_then(|(ratio, texture)| {
                    halves.of(renderer, (&known.0, known.1), texture, ratio)
                });
                let scaled = ScaledSurface::new(surface, *fit, reduced);
                CropRenderElement::from_element(scaled, scale, clip).map(Into::into)
            }
            OutputElement::Picture(picture) => {
                let whole = picture.geometry(scale.into());
                let onto = fit.map(whole);
                onto.intersection(clip).filter(|seen| !seen.is_empty())?;
                let along = |to: i32, of: f64| f64::from(to) / of.max(1.0);
                let src = picture.src().size;
                let ratio = along(onto.size.w, src.w).max(along(onto.size.h, src.h));
                let known = (picture.id(), picture.current_commit());
                let reduced = halves.of(renderer, known, picture.texture(), ratio);
                picture.moved(onto, clip, reduced).map(Into::into)
            }
            OutputElement::Solid(line) => {
                let onto = fit.map(line.geometry(scale.into()));
                let onto = onto.intersection(clip).filter(|onto| !onto.is_empty())?;
                let (id, commit) = (line.id().clone(), line.current_commit());
                let colour = line.color();
                let line =
                    SolidColorRenderElement::new(id, onto, commit, colour, Kind::Unspecified);
                Some(line.into())
            }
            // Nothing is clipped or made smaller before it comes here.
            _ => None,
        }
    }
}

impl Goblin {
    /// The scale of the output that a window belongs to.
    fn scale_of_window(&self, id: WindowId) -> f64 {
        let output = self.layout.window(id).and_then(Window::output);
        output
            .and_then(|output| self.output_state(output))
            .map_or(1.0, OutputState::scale)
    }
}

/// A rectangle with so much more on each side.
fn grown(rect: Rectangle<i32, Physical>, by: i32) -> Rectangle<i32, Physical> {
    Rectangle::new(
        (rect.loc.x - by, rect.loc.y - by).into(),
        (rect.size.w + 2 * by, rect.size.h + 2 * by).into(),
    )
}
