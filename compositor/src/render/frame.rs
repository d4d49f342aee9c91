//! Window frames: the title bar with its buttons, the line around the window, the shadow.
//!
//! A frame is painted when something of it changed and kept as pictures of the renderer; moving a
//! window paints nothing.

use std::collections::HashMap;

use smithay::backend::renderer::element::solid::SolidColorRenderElement;
use smithay::backend::renderer::element::{Id, Kind};
use smithay::backend::renderer::utils::CommitCounter;
use smithay::backend::renderer::{Color32F, ImportMem, Renderer};
use smithay::utils::{Physical, Point, Rectangle, Size};
use tiny_skia::Color;
use tracing::warn;

use super::bar::{self, BarLook};
use super::elements::OutputElement;
use super::palette::Palette;
use super::pixels::Picture;
use super::shadow::{Cast, Shadow, Shadows};
use super::title::Titles;
use crate::config::Theme;
use crate::domain::Domain;
use crate::layout::{FrameMetrics, FramePart, Layout, WindowId};

/// One of the tabs that a bar shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tab {
    pub(crate) title: String,
    pub(crate) domain: Domain,
}

/// Everything that a frame's looks depend on, except its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FrameLook {
    pub(crate) title: String,
    /// The tabs of its tile, and which of them is shown; empty without tabs.
    pub(crate) tabs: (Vec<Tab>, usize),
    pub(crate) domain: Domain,
    pub(crate) theme: Theme,
    pub(crate) focused: bool,
    /// Free on all sides: it has rounded corners and a line around it.
    pub(crate) floating: bool,
    /// It lies above others and casts a shadow on them; tiles lie side by side.
    pub(crate) shadow: bool,
    pub(crate) maximised: bool,
    pub(crate) hovered: Option<FramePart>,
    pub(crate) pressed: bool,
    /// The content's size in physical pixels.
    pub(crate) content: Size<i32, Physical>,
    pub(crate) scale: f64,
    pub(crate) metrics: FrameMetrics,
}

impl FrameLook {
    /// A length of the metrics in physical pixels.
    pub(super) fn px(&self, logical: i32) -> i32 {
        (f64::from(logical) * self.scale).round() as i32
    }

    /// The thickness of the line around the window, in physical pixels.
    pub(super) fn border(&self) -> i32 {
        if self.floating {
            self.px(self.metrics.border).max(1)
        } else {
            0
        }
    }
}

struct Painted<R: Renderer> {
    look: FrameLook,
    /// The last scene that it was in.
    scene: u64,
    bar: Picture<R>,
    /// Only what lies above others has one.
    shadow: Option<Shadow<R>>,
    /// Left, right and bottom line.
    lines: [Id; 3],
}

/// Scenes for which the frame of a hidden window is kept that is in none of them: some seconds of them. What is hidden for long
/// would be kept for nothing, at the size and scale that it was last seen at.
const KEPT: u64 = 240;

/// The frames painted so far, one for each window that was seen lately.
pub(crate) struct Frames<R: Renderer> {
    painted: HashMap<WindowId, Painted<R>>,
    /// Scenes drawn so far, of all outputs.
    scene: u64,
    pub(super) titles: Titles,
}

impl<R: Renderer> Default for Frames<R> {
    fn default() -> Self {
        Self {
            painted: HashMap::new(),
            scene: 0,
            titles: Titles::default(),
        }
    }
}

impl<R> Frames<R>
where
    R: Renderer + ImportMem,
    R::TextureId: Clone,
{
    /// A new scene begins: the frames of windows that are gone are forgotten, and those of windows that are hidden and were
    /// in no scene for long. One that is visible may be on a screen at rest, which has no scenes.
    pub(crate) fn begin(&mut self, layout: &Layout) {
        self.scene += 1;
        let scene = self.scene;
        self.painted.retain(|id, painted| {
            let lately = scene - painted.scene <= KEPT;
            layout.window(*id).is_some() && (lately || layout.is_visible(*id))
        });
    }

    /// The elements of a frame around the content at `content`, front to back, and those of the
    /// shadow that it casts: what hangs out of the window lies between the two.
    pub(crate) fn elements(
        &mut self,
        renderer: &mut R,
        shadows: &mut Shadows<R>,
        id: WindowId,
        content: Point<i32, Physical>,
        look: FrameLook,
    ) -> (Vec<OutputElement<R>>, Option<OutputElement<R>>) {
        if self
            .painted
            .get(&id)
            .is_none_or(|painted| painted.look != look)
        {
            match self.paint(renderer, shadows, id, look) {
                Ok(painted) => drop(self.painted.insert(id, painted)),
                Err(error) => warn!("the frame of window {id} could not be painted: {error}"),
            }
        }
        let Some(painted) = self.painted.get_mut(&id) else {
            return Default::default();
        };
        painted.scene = self.scene;
        let look = &painted.look;
        let palette = Palette::of(look.theme, &look.domain, look.focused);
        let border = look.border();
        let bar = look.px(look.metrics.title_bar);
        let mut elements = Vec::with_capacity(4);
        let bar_at = content + Point::from((-border, -bar));
        elements.push(painted.bar.at(bar_at, Kind::Unspecified).into());
        if border > 0 {
            for (id, rect) in painted.lines.iter().zip(line_rects(look, border)) {
                let rect = Rectangle::new(rect.loc + content, rect.size);
                let colour = solid(palette.border);
                let commit = CommitCounter::default();
                let line = SolidColorRenderElement::new(
                    id.clone(),
                    rect,
                    commit,
                    colour,
                    Kind::Unspecified,
                );
                elements.push(line.into());
            }
        }
        let shadow = painted.shadow.as_ref();
        (elements, shadow.map(|shadow| shadow.at(bar_at).into()))
    }

    fn paint(
        &mut self,
        renderer: &mut R,
        shadows: &mut Shadows<R>,
        id: WindowId,
        look: FrameLook,
    ) -> Result<Painted<R>, R::Error> {
        let old = self.painted.remove(&id);
        let palette = Palette::of(look.theme, &look.domain, look.focused);
        let look_of_bar = BarLook::of(&look);
        let bar = Picture::import(
            renderer,
            &bar::paint(&look_of_bar, &palette, &mut self.titles),
        )?;
        let cast = look.shadow.then(|| Cast {
            size: (
                look.content.w + 2 * look.border(),
                look.content.h + look.px(look.metrics.title_bar) + look.border(),
            )
                .into(),
            scale: look.scale,
            strength: palette.shadow,
            rounded: true,
        });
        let shadow = match (old.and_then(|old| old.shadow), cast) {
            (Some(shadow), Some(cast)) if shadow.cast == cast => Some(shadow),
            (old, Some(cast)) => Some(shadows.cut(renderer, cast, old.as_ref())?),
            (_, None) => None,
        };
        // New lines with each look: their colour may have changed.
        Ok(Painted {
            look,
            scene: self.scene,
            bar,
            shadow,
            lines: [Id::new(), Id::new(), Id::new()],
        })
    }
}

/// The lines left, right and below, relative to the content's top left.
fn line_rects(look: &FrameLook, border: i32) -> [Rectangle<i32, Physical>; 3] {
    let (w, h) = (look.content.w, look.content.h);
    [
        Rectangle::new((-border, 0).into(), (border, h).into()),
        Rectangle::new((w, 0).into(), (border, h).into()),
        Rectangle::new((-border, h).into(), (w + 2 * border, border).into()),
    ]
}

/// An opaque colour as the renderer takes it.
pub(super) fn solid(colour: Color) -> Color32F {
    Color32F::new(colour.red(), colour.green(), colour.blue(), 1.0)
}
