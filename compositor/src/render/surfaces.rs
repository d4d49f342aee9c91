//! What clients draw: surface trees, each kept within what it may cover.

use smithay::backend::renderer::element::Element;
use smithay::backend::renderer::element::Kind;
use smithay::backend::renderer::element::surface::{
    WaylandSurfaceRenderElement, render_elements_from_surface_tree,
};
use smithay::backend::renderer::element::utils::CropRenderElement;
use smithay::desktop::PopupKind;
use smithay::desktop::utils::bbox_from_surface_tree;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Physical, Point, Rectangle};

use super::elements::OutputElement;
use super::marks::{self, MarkLook, MarkPlace, TagPlace};
use super::scene::{Painter, SceneRenderer, View};
use crate::goblin::Goblin;
use crate::handlers::popups_front_to_back;
use crate::layout;
use crate::windows::Window;

/// The largest side of what is dragged out of a subsystem's window, in logical pixels: it lies above
/// everything, and must not pass for a window.
const DRAGGED: i32 = 256;

/// How far from the point that points a subsystem's pointer reaches, in logical pixels.
const POINTER: f64 = 64.0;

/// A surface and its subsurfaces, the surface's top left at `at`. Nothing of them lies outside of `clip`.
pub(super) fn push_tree<R>(
    elements: &mut Vec<OutputElement<R>>,
    renderer: &mut R,
    surface: &WlSurface,
    at: Point<i32, Physical>,
    scale: f64,
    clip: Option<Rectangle<i32, Physical>>,
    kind: Kind,
) where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    let tree: Vec<WaylandSurfaceRenderElement<R>> =
        render_elements_from_surface_tree(renderer, surface, at, scale, 1.0, kind);
    for element in tree {
        match clip {
            Some(clip) if !clip.contains_rect(element.geometry(scale.into())) => {
                let part = CropRenderElement::from_element(element, scale, clip);
                elements.extend(part.map(OutputElement::from));
            }
            Some(_) | None => elements.push(element.into()),
        }
    }
}

/// A window's own surfaces, its content's top left at `loc`.
pub(super) fn push_content<R>(
    elements: &mut Vec<OutputElement<R>>,
    renderer: &mut R,
    window: &Window,
    loc: Point<i32, Logical>,
    view: View,
    clip: Option<Rectangle<i32, Physical>>,
) where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    let at = view.to_physical(loc - window.geometry().loc);
    let surface = window.surface();
    push_tree(
        elements,
        renderer,
        surface,
        at,
        view.scale,
        clip,
        Kind::Unspecified,
    );
}

/// The popups of a surface whose content's top left is at `loc`, as their client draws them.
pub(super) fn push_popups<R>(
    elements: &mut Vec<OutputElement<R>>,
    renderer: &mut R,
    parent: &WlSurface,
    loc: Point<i32, Logical>,
    view: View,
) where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    for (popup, offset) in popups_front_to_back(parent) {
        let at = view.to_physical(loc + offset - popup.geometry().loc);
        let surface = popup.wl_surface();
        push_tree(
            elements,
            renderer,
            surface,
            at,
            view.scale,
            None,
            Kind::Unspecified,
        );
    }
}

/// What of a popup counts as the popup, seen from its surface's corner.
fn extent(popup: &PopupKind) -> Rectangle<i32, Logical> {
    let own = popup.geometry();
    if own.is_empty() {
        bbox_from_surface_tree(popup.wl_surface(), (0, 0))
    } else {
        own
    }
}

/// The bounds of a client's pixels in a window that we draw the frame of, `None` where it draws its
/// own.
pub(super) fn client_area(
    goblin: &Goblin,
    model: &layout::Window,
    view: View,
) -> Option<Rectangle<i32, Physical>> {
    let area = goblin.layout.client_area(model.id())?;
    if !model.has_edge() {
        return Some(Rectangle::new(
            view.to_physical(area.loc),
            view.size(area.size),
        ));
    }
    let (outer, edge) = (output_area(goblin, model, view)?, edge_of(goblin, view));
    let size = outer.size - (2 * edge, 2 * edge).into();
    Some(Rectangle::new(
        outer.loc + Point::from((edge, edge)),
        (size.w.max(1), size.h.max(1)).into(),
    ))
}

fn edge_of(goblin: &Goblin, view: View) -> i32 {
    let edge = f64::from(goblin.layout.metrics().edge) * view.scale;
    (edge.round() as i32).max(1)
}

/// The output that a window is on, in pixels.
fn output_area(
    goblin: &Goblin,
    model: &layout::Window,
    view: View,
) -> Option<Rectangle<i32, Physical>> {
    let output = goblin.layout.output(model.output()?)?.geometry;
    Some(Rectangle::new(
        view.to_physical(output.loc),
        view.size(output.size),
    ))
}

impl<R> Painter<R>
where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    /// The popups of a subsystem's window, each with the domain's mark around it and nothing of it
    /// outside of that.
    pub(super) fn push_marked_popups(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        window: &Window,
        view: View,
    ) {
        let (Some(content), Some(model)) = (
            goblin.layout.content_rect(window.id),
            goblin.layout.window(window.id),
        ) else {
            return;
        };
        let Some(seen) = output_area(goblin, model, view) else {
            return;
        };
        for (popup, offset) in popups_front_to_back(window.surface()) {
            let (surface, extent) = (popup.wl_surface(), extent(&popup));
            let corner = content.loc + offset - popup.geometry().loc;
            let inner = Rectangle::new(
                view.to_physical(corner + extent.loc),
                view.size(extent.size),
            );
            if inner.is_empty() || !Goblin::has_content(surface) {
                continue;
            }
            let place = MarkPlace {
                inner,
                line: marks::line(view.scale),
                tag: TagPlace::Below,
                seen,
            };
            let look = mark_look(goblin, window, view);
            let titles = &mut self.frames.titles;
            elements.extend(self.marks.elements(renderer, titles, surface, look, place));
            let at = view.to_physical(corner);
            let (clip, kind) = (Some(inner), Kind::Unspecified);
            push_tree(elements, renderer, surface, at, view.scale, clip, kind);
        }
    }

    /// The edge around a subsystem's window that fills its output.
    pub(super) fn push_edge(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        window: &Window,
        view: View,
    ) {
        let Some(model) = goblin
            .layout
            .window(window.id)
            .filter(|model| model.has_edge())
        else {
            return;
        };
        let (Some(inner), Some(seen)) = (
            client_area(goblin, model, view),
            output_area(goblin, model, view),
        ) else {
            return;
        };
        let place = MarkPlace {
            inner,
            line: edge_of(goblin, view),
            tag: TagPlace::Top,
            seen,
        };
        let look = mark_look(goblin, window, view);
        let (titles, surface) = (&mut self.frames.titles, window.surface());
        elements.extend(self.marks.elements(renderer, titles, surface, look, place));
    }

    /// What is dragged with the pointer. What a subsystem drags is marked, and never large.
    pub(super) fn push_dragged(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        icon: &WlSurface,
        at: Point<i32, Physical>,
        view: View,
    ) {
        let domain = goblin.domain_of(icon);
        let mut clip = None;
        if domain.mark().is_some() {
            let extent = bbox_from_surface_tree(icon, (0, 0));
            let loc: Point<i32, Physical> =
                extent.loc.to_f64().to_physical(view.scale).to_i32_round();
            let size = view.size((extent.size.w.min(DRAGGED), extent.size.h.min(DRAGGED)).into());
            let inner = Rectangle::new(at + loc, size);
            if inner.is_empty() {
                return;
            }
            let place = MarkPlace {
                inner,
                line: marks::line(view.scale),
                tag: TagPlace::Below,
                seen: inner,
            };
            let look = MarkLook {
                domain,
                theme: goblin.config.theme,
                scale: view.scale,
            };
            let titles = &mut self.frames.titles;
            elements.extend(self.marks.elements(renderer, titles, icon, look, place));
            clip = Some(inner);
        }
        push_tree(
            elements,
            renderer,
            icon,
            at,
            view.scale,
            clip,
            Kind::Unspecified,
        );
    }
}

/// What a client's picture of the pointer may cover around the point that points. It cannot be
/// marked; so that it is not taken for more than it is, a subsystem's is small.
pub(super) fn pointer_area(
    goblin: &Goblin,
    surface: &WlSurface,
    tip: Point<i32, Physical>,
    scale: f64,
) -> Option<Rectangle<i32, Physical>> {
    goblin.domain_of(surface).mark()?;
    let reach = (POINTER * scale).round() as i32;
    Some(Rectangle::new(
        tip - Point::from((reach, reach)),
        (2 * reach, 2 * reach).into(),
    ))
}

fn mark_look(goblin: &Goblin, window: &Window, view: View) -> MarkLook {
    MarkLook {
        domain: window.domain.clone(),
        theme: goblin.config.theme,
        scale: view.scale,
    }
}
