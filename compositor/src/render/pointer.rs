//! The pointer as it is drawn: a shape of ours, or a surface of a client's.

use smithay::backend::renderer::element::Kind;
use smithay::desktop::utils::bbox_from_surface_tree;
use smithay::input::pointer::{CursorImageStatus, CursorImageSurfaceData};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Physical, Point, Size};
use smithay::wayland::compositor::with_states;

use super::elements::OutputElement;
use super::scene::{Painter, SceneRenderer, View};
use super::surfaces::{pointer_area, push_tree};
use crate::goblin::Goblin;

/// The size of the pointer's picture and the point of it that points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CursorLook {
    pub(crate) size: Size<i32, Physical>,
    /// Relative to its top left.
    pub(crate) hotspot: Point<i32, Physical>,
}

impl<R> Painter<R>
where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    /// How the pointer looks at a scale. `None` where nothing is drawn for it.
    pub(crate) fn cursor_look(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        scale: f64,
    ) -> Option<CursorLook> {
        match goblin.input.cursor() {
            CursorImageStatus::Hidden => None,
            CursorImageStatus::Named(icon) => self.cursors.look(renderer, icon, scale),
            CursorImageStatus::Surface(surface) => {
                let area = bbox_from_surface_tree(&surface, (0, 0));
                let size: Size<i32, Physical> =
                    area.size.to_f64().to_physical(scale).to_i32_round();
                let look = CursorLook {
                    size,
                    hotspot: hotspot_of(&surface, scale),
                };
                (!size.is_empty()).then_some(look)
            }
        }
    }

    /// The pointer's picture with its top left at a place.
    pub(super) fn cursor(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        scale: f64,
        at: Point<i32, Physical>,
    ) -> Vec<OutputElement<R>> {
        match goblin.input.cursor() {
            CursorImageStatus::Hidden => Vec::new(),
            CursorImageStatus::Named(icon) => self
                .cursors
                .element(renderer, icon, at, scale)
                .into_iter()
                .collect(),
            CursorImageStatus::Surface(surface) => {
                let tip = at + hotspot_of(&surface, scale);
                let clip = pointer_area(goblin, &surface, tip, scale);
                let mut elements = Vec::new();
                let kind = Kind::Cursor;
                push_tree(&mut elements, renderer, &surface, at, scale, clip, kind);
                elements
            }
        }
    }

    /// The pointer where it is, and what is dragged with it.
    pub(super) fn push_pointer(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        view: View,
    ) {
        let Some(location) = goblin.input.pointer_shown_at() else {
            return;
        };
        let at = view.point(location);
        if let Some(look) = self.cursor_look(renderer, goblin, view.scale) {
            let at = at - look.hotspot;
            elements.extend(self.cursor(renderer, goblin, view.scale, at));
        }
        if let Some(icon) = &goblin.input.dnd_icon {
            let at = view.point(location + icon.offset.to_f64());
            self.push_dragged(elements, renderer, goblin, &icon.surface, at, view);
        }
    }
}

fn hotspot_of(surface: &WlSurface, scale: f64) -> Point<i32, Physical> {
    let hotspot: Point<i32, Logical> = with_states(surface, |states| {
        let data = states.data_map.get::<CursorImageSurfaceData>();
        data.and_then(|data| data.lock().ok().map(|data| data.hotspot))
            .unwrap_or_default()
    });
    hotspot.to_f64().to_physical(scale).to_i32_round()
}
