//! What lies on an output, front to back: the pointer, layer surfaces, windows, the wallpaper.

use std::collections::HashMap;
use std::path::Path;

use smithay::backend::renderer::element::solid::SolidColorRenderElement;
use smithay::backend::renderer::element::surface::render_elements_from_surface_tree;
use smithay::backend::renderer::element::{Id, Kind};
use smithay::backend::renderer::utils::CommitCounter;
use smithay::backend::renderer::{Color32F, ImportAll, ImportMem, Renderer};
use smithay::desktop::LayerSurface;
use smithay::reexports::wayland_server::Resource;
use smithay::reexports::wayland_server::backend::ObjectId;
use smithay::utils::{Logical, Physical, Point, Rectangle, Size};
use smithay::wayland::shell::wlr_layer::Layer;
use tracing::warn;

use super::choosing::Stagehand;
use super::cursor::Cursors;
use super::elements::OutputElement;
use super::frame::{FrameLook, Frames};
use super::marks::Marks;
use super::palette::shell_shadow;
use super::preview;
use super::reduce::Halve;
use super::shadow::{Cast, Shadow, Shadows};
use super::surfaces::{client_area, push_content, push_popups};
use super::unmanaged;
use super::wallpaper::Wallpapers;
use crate::goblin::Goblin;
use crate::layers::layer_map_for_output;
use crate::layout::{self, Placement, WindowId};
use crate::outputs::OutputState;
use crate::windows::Window;

/// The colour where there is no wallpaper.
pub(crate) const BACKGROUND: Color32F = Color32F::new(0.133, 0.180, 0.333, 1.0);

/// What a renderer must be able to do to draw a scene.
pub(crate) trait SceneRenderer: Renderer + ImportAll + ImportMem + Halve {}
impl<R: Renderer + ImportAll + ImportMem + Halve> SceneRenderer for R {}

/// What is kept in a renderer's memory between frames.
pub(crate) struct Painter<R: Renderer> {
    pub(super) frames: Frames<R>,
    pub(super) marks: Marks<R>,
    pub(super) wallpapers: Wallpapers<R>,
    pub(super) cursors: Cursors<R>,
    shadows: Shadows<R>,
    /// Those of the shell's surfaces.
    shell_shadows: HashMap<ObjectId, Shadow<R>>,
    /// The black behind a fullscreen window that is smaller than its output.
    backdrop: Id,
    /// What the pictures of windows to choose from need.
    pub(super) stagehand: Stagehand<R>,
    /// The veil where a dragged window would go.
    preview: Id,
}

impl<R: Renderer> Default for Painter<R> {
    fn default() -> Self {
        Self {
            frames: Frames::default(),
            marks: Marks::default(),
            wallpapers: Wallpapers::default(),
            cursors: Cursors::default(),
            shadows: Shadows::default(),
            shell_shadows: HashMap::new(),
            backdrop: Id::new(),
            stagehand: Stagehand::default(),
            preview: Id::new(),
        }
    }
}

impl<R> Painter<R>
where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    /// Everything on an output. `pointer`: also the cursor, if it is there.
    pub(crate) fn scene(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
        pointer: bool,
    ) -> Vec<OutputElement<R>> {
        self.frames.begin(&goblin.layout);
        self.marks.retain_alive();
        self.retain_shadows(goblin);
        self.wallpapers
            .retain(|id| goblin.layout.output(id).is_some());
        let mut elements = Vec::new();
        if pointer {
            self.push_pointer(&mut elements, renderer, goblin, View::of(output));
        }
        let view = View::of(output);
        if goblin.globals.lock.is_on() {
            self.push_lock(&mut elements, renderer, goblin, output);
            return elements;
        }
        if !goblin.is_choosing() {
            self.stagehand = Stagehand::default();
        }
        self.push_panel(&mut elements, renderer, goblin, output);
        if goblin.overview().is_some() {
            self.push_dragged_picture(&mut elements, renderer, goblin, output);
            self.push_layers(&mut elements, renderer, goblin, output, Layer::Overlay);
            self.push_layers(&mut elements, renderer, goblin, output, Layer::Top);
            self.push_overview(&mut elements, renderer, goblin, output);
            return elements;
        }
        for (surface, at) in goblin.input_popups(output.id).iter().rev() {
            elements.extend(render_elements_from_surface_tree(
                renderer,
                surface,
                view.to_physical(*at),
                view.scale,
                1.0,
                Kind::Unspecified,
            ));
        }
        self.push_layers(&mut elements, renderer, goblin, output, Layer::Overlay);
        unmanaged::push(&mut elements, renderer, goblin, output, view);
        // A fullscreen window on top covers the bars too.
        let covered = goblin.fullscreen_on_top(output.id);
        if !covered {
            self.push_layers(&mut elements, renderer, goblin, output, Layer::Top);
        }
        for id in goblin.layout.stacking().iter().rev() {
            if goblin.is_shown_on(*id, output) {
                self.push_window(&mut elements, renderer, goblin, *id, view);
                if goblin
                    .layout
                    .window(*id)
                    .is_some_and(crate::layout::Window::is_fullscreen)
                {
                    elements.push(backdrop(&self.backdrop, output.size()).into());
                }
            }
            if let Some(target) = preview::target(goblin, *id) {
                let area = Rectangle::new(view.to_physical(target.loc), view.size(target.size));
                elements.push(preview::veil(&self.preview, area).into());
            }
        }
        if covered {
            self.push_layers(&mut elements, renderer, goblin, output, Layer::Top);
        }
        self.push_layers(&mut elements, renderer, goblin, output, Layer::Bottom);
        self.push_layers(&mut elements, renderer, goblin, output, Layer::Background);
        let path = goblin.config.wallpaper.as_deref().map(Path::new);
        elements.extend(
            self.wallpapers
                .element(renderer, output.id, path, output.size()),
        );
        elements
    }

    /// One window with its frame, popups beside it left out: as it is pictured by itself. The top
    /// left of its frame is at the origin.
    pub(crate) fn window(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        id: WindowId,
        scale: f64,
    ) -> Vec<OutputElement<R>> {
        let mut elements = Vec::new();
        if goblin.globals.lock.is_on() {
            return elements;
        }
        if let Some(frame) = goblin.layout.frame_rect(id) {
            let view = View {
                scale,
                origin: frame.loc,
            };
            self.push_window(&mut elements, renderer, goblin, id, view);
        }
        elements
    }

    /// What a client draws in its window, popups above it, the frame left out: the top left of the
    /// content is at the origin. `pointer`: also the cursor, if it is there.
    pub(super) fn content(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        id: WindowId,
        scale: f64,
        pointer: bool,
    ) -> Vec<OutputElement<R>> {
        let mut elements = Vec::new();
        if goblin.globals.lock.is_on() {
            return elements;
        }
        let (Some(window), Some(content)) =
            (goblin.windows.get(id), goblin.layout.content_rect(id))
        else {
            return elements;
        };
        let view = View {
            scale,
            origin: content.loc,
        };
        if pointer {
            self.push_pointer(&mut elements, renderer, goblin, view);
        }
        push_popups(&mut elements, renderer, window.surface(), content.loc, view);
        push_content(&mut elements, renderer, window, content.loc, view, None);
        elements
    }

    fn push_window(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        id: WindowId,
        view: View,
    ) {
        let (Some(window), Some(model)) = (goblin.windows.get(id), goblin.layout.window(id)) else {
            return;
        };
        let Some(content) = goblin.layout.content_rect(id) else {
            return;
        };
        let clip = client_area(goblin, model, view);
        let (frame, shadow) = self.frame(renderer, goblin, window, model, view);
        if window.domain.mark().is_some() {
            // Its popups lie below its own frame: no client paints over where it comes from.
            elements.extend(frame);
            self.push_edge(elements, renderer, goblin, window, view);
            self.push_marked_popups(elements, renderer, goblin, window, view);
        } else {
            push_popups(elements, renderer, window.surface(), content.loc, view);
            elements.extend(frame);
        }
        push_content(elements, renderer, window, content.loc, view, clip);
        elements.extend(shadow);
    }

    /// The frame of a window, and the shadow that it casts; nothing where it has none.
    pub(super) fn frame(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        window: &Window,
        model: &layout::Window,
        view: View,
    ) -> (Vec<OutputElement<R>>, Option<OutputElement<R>>) {
        let id = model.id();
        let Some(content) = goblin.layout.content_rect(id).filter(|_| model.has_frame()) else {
            return Default::default();
        };
        let hover = goblin.input.hover.filter(|hover| hover.window == id);
        let look = FrameLook {
            title: window.title.clone(),
            domain: window.domain.clone(),
            theme: goblin.config.theme,
            focused: goblin.layout.focused() == Some(id),
            floating: matches!(model.placement(), Placement::Floating | Placement::Tiled),
            shadow: model.placement() == Placement::Floating,
            tabs: goblin.tabs_of(id),
            maximised: model.is_maximised(),
            hovered: hover.map(|hover| hover.part),
            pressed: hover.is_some_and(|hover| hover.pressed),
            content: view.size(content.size),
            scale: view.scale,
            metrics: goblin.layout.metrics(),
        };
        let at = view.to_physical(content.loc);
        self.frames
            .elements(renderer, &mut self.shadows, id, at, look)
    }

    /// The locker's surface, and black where it is not.
    fn push_lock(
        &self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
    ) {
        if let Some(surface) = goblin.globals.lock.surface_on(output.id) {
            elements.extend(render_elements_from_surface_tree(
                renderer,
                surface,
                (0, 0),
                output.scale(),
                1.0,
                Kind::Unspecified,
            ));
        }
        elements.push(backdrop(&self.backdrop, output.size()).into());
    }

    /// The layer surfaces of one layer, each with its popups above and its shadow below it.
    fn push_layers(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        goblin: &Goblin,
        output: &OutputState,
        layer: Layer,
    ) {
        let view = View::of(output);
        let map = layer_map_for_output(&output.output);
        for surface in map.layers_on(layer).rev() {
            let Some(geometry) = map.layer_geometry(surface) else {
                continue;
            };
            let loc = view.origin + geometry.loc;
            let at = view.to_physical(loc);
            push_popups(elements, renderer, surface.wl_surface(), loc, view);
            elements.extend(render_elements_from_surface_tree(
                renderer,
                surface.wl_surface(),
                at,
                view.scale,
                1.0,
                Kind::Unspecified,
            ));
            let size = view.size(geometry.size);
            if casts_shadow(surface, size, output) {
                let strength = shell_shadow(goblin.config.theme);
                let cast = Cast {
                    size,
                    scale: view.scale,
                    strength,
                    rounded: false,
                };
                self.push_shadow(elements, renderer, &surface.wl_surface().id(), cast, at);
            }
        }
    }

    fn retain_shadows(&mut self, goblin: &Goblin) {
        let of = |state: &OutputState| {
            let map = layer_map_for_output(&state.output);
            map.layers()
                .map(|layer| layer.wl_surface().id())
                .collect::<Vec<_>>()
        };
        let alive: Vec<ObjectId> = goblin.outputs.iter().flat_map(of).collect();
        self.shell_shadows.retain(|id, _| alive.contains(id));
    }

    fn push_shadow(
        &mut self,
        elements: &mut Vec<OutputElement<R>>,
        renderer: &mut R,
        id: &ObjectId,
        cast: Cast,
        at: Point<i32, Physical>,
    ) {
        let old = self.shell_shadows.get(id);
        if old.is_none_or(|shadow| shadow.cast != cast) {
            match self.shadows.cut(renderer, cast, old) {
                Ok(shadow) => drop(self.shell_shadows.insert(id.clone(), shadow)),
                Err(error) => warn!("a shadow could not be painted: {error}"),
            }
        }
        let shadow = self.shell_shadows.get(id);
        elements.extend(shadow.map(|shadow| shadow.at(at).into()));
    }
}

/// From the plane to an output's pixels.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub(super) scale: f64,
    pub(super) origin: Point<i32, Logical>,
}

impl View {
    pub(super) fn of(output: &OutputState) -> Self {
        Self {
            scale: output.scale(),
            origin: output.origin(),
        }
    }

    pub(super) fn to_physical(self, pos: Point<i32, Logical>) -> Point<i32, Physical> {
        (pos - self.origin)
            .to_f64()
            .to_physical(self.scale)
            .to_i32_round()
    }

    /// A length in pixels.
    pub(super) fn px(self, logical: i32) -> i32 {
        (f64::from(logical) * self.scale).round() as i32
    }

    /// A point between logical pixels.
    pub(super) fn point(self, pos: Point<f64, Logical>) -> Point<i32, Physical> {
        (pos - self.origin.to_f64())
            .to_physical(self.scale)
            .to_i32_round()
    }

    /// The pixels of a rectangle of the plane.
    pub(super) fn rect(self, rect: Rectangle<i32, Logical>) -> Rectangle<i32, Physical> {
        let (start, end) = (
            self.to_physical(rect.loc),
            self.to_physical(rect.loc + rect.size),
        );
        Rectangle::new(start, (end.x - start.x, end.y - start.y).into())
    }

    /// A size as smithay rounds that of a surface.
    pub(super) fn size(self, size: Size<i32, Logical>) -> Size<i32, Physical> {
        size.to_f64().to_physical(self.scale).to_i32_round()
    }
}

/// Whether a layer surface has a shadow: the shell's own do (their names begin so) where they float
/// free of the output's edges. Others may draw their own, or be transparent.
fn casts_shadow(layer: &LayerSurface, size: Size<i32, Physical>, output: &OutputState) -> bool {
    let whole = output.size();
    layer.namespace().starts_with("goblin-")
        && size.w < whole.w
        && size.h < whole.h
        && Goblin::has_content(layer.wl_surface())
}

fn backdrop(id: &Id, size: Size<i32, Physical>) -> SolidColorRenderElement {
    let geometry = Rectangle::from_size(size);
    let commit = CommitCounter::default();
    SolidColorRenderElement::new(
        id.clone(),
        geometry,
        commit,
        Color32F::BLACK,
        Kind::Unspecified,
    )
}
