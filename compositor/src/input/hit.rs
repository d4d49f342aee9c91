//! What lies under a point of the screen, front to back: the same order as it is drawn in.

use smithay::desktop::WindowSurfaceType;
use smithay::desktop::utils::under_from_surface_tree;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point};
use smithay::wayland::shell::wlr_layer::Layer;

use crate::goblin::Goblin;
use crate::handlers::popups_front_to_back;
use crate::layers::layer_map_for_output;
use crate::layout::{FramePart, Pos, WindowId};
use crate::outputs::OutputState;

/// What is under a point.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Hit {
    /// A surface that takes input there, and where its origin lies.
    Surface {
        surface: WlSurface,
        origin: Point<f64, Logical>,
        of: Owner,
    },
    /// A part of a frame that we draw.
    Frame(WindowId, FramePart),
    /// The wallpaper.
    Nothing,
}

/// Whose surface it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Owner {
    /// A window, or a popup of it.
    Window(WindowId),
    /// A layer surface, or a popup of it.
    Layer(WlSurface),
    /// The locker's.
    Locker,
    /// A window of candidates.
    InputMethod,
    /// A menu or a tooltip of an X11 program, which lies where it asks.
    Unmanaged,
}

/// A surface and its subsurfaces, without popups.
const SURFACES: WindowSurfaceType =
    WindowSurfaceType::TOPLEVEL.union(WindowSurfaceType::SUBSURFACE);

/// What of the popups of a surface lies at a point of it, and where that begins. `geometry` is where
/// its window geometry begins.
fn popup_under(
    root: &WlSurface,
    geometry: Pos,
    point: Point<f64, Logical>,
) -> Option<(WlSurface, Pos)> {
    popups_front_to_back(root)
        .into_iter()
        .find_map(|(popup, place)| {
            let offset = geometry + place - popup.geometry().loc;
            under_from_surface_tree(popup.wl_surface(), point, offset, SURFACES)
        })
}

impl Goblin {
    /// The window that the pointer is over, itself or a popup of it.
    pub(crate) fn window_under_pointer(&self) -> Option<WindowId> {
        match self.hit(self.input.pointer_shown_at()?) {
            Hit::Surface {
                of: Owner::Window(id),
                ..
            }
            | Hit::Frame(id, _) => Some(id),
            Hit::Surface { .. } | Hit::Nothing => None,
        }
    }

    /// The surface that the pointer is over.
    pub(crate) fn surface_under_pointer(&self) -> Option<WlSurface> {
        // Not where smithay's pointer is: it may be asked for from within its own grab.
        match self.hit(self.input.pointer_shown_at()?) {
            Hit::Surface { surface, .. } => Some(surface),
            Hit::Frame(..) | Hit::Nothing => None,
        }
    }

    /// What is at a point of the plane.
    pub(super) fn hit(&self, pos: Point<f64, Logical>) -> Hit {
        let point: Pos = pos.to_i32_floor();
        // smithay 0.7.0 rounds to the next pixel where a surface has an input region.
        let pos = point.to_f64();
        let output = self
            .layout
            .output_near(point)
            .and_then(|output| self.output_state(output.id));
        let Some(output) = output else {
            return Hit::Nothing;
        };
        if self.globals.lock.is_on() {
            return self.hit_lock(output, pos);
        }
        if let Some(hit) = self.hit_candidates(output, pos) {
            return hit;
        }
        if self.switcher().is_some() {
            return Hit::Nothing;
        }
        let covered = self.fullscreen_on_top(output.id);
        let layers = |layer| hit_layer(output, pos, layer);
        if self.overview().is_some() {
            let above = layers(Layer::Overlay).or_else(|| layers(Layer::Top));
            return above.unwrap_or(Hit::Nothing);
        }
        layers(Layer::Overlay)
            .or_else(|| self.hit_unmanaged(pos))
            .or_else(|| if covered { None } else { layers(Layer::Top) })
            .or_else(|| self.hit_windows(pos, point))
            .or_else(|| if covered { layers(Layer::Top) } else { None })
            .or_else(|| layers(Layer::Bottom))
            .or_else(|| layers(Layer::Background))
            .unwrap_or(Hit::Nothing)
    }

    fn hit_candidates(&self, output: &OutputState, pos: Point<f64, Logical>) -> Option<Hit> {
        let popups = self.input_popups(output.id);
        popups.into_iter().rev().find_map(|(surface, origin)| {
            let at = pos - origin.to_f64();
            let kinds = WindowSurfaceType::TOPLEVEL | WindowSurfaceType::SUBSURFACE;
            let (surface, loc) = under_from_surface_tree(&surface, at, (0, 0), kinds)?;
            Some(Hit::Surface {
                surface,
                origin: (origin + loc).to_f64(),
                of: Owner::InputMethod,
            })
        })
    }

    fn hit_unmanaged(&self, pos: Point<f64, Logical>) -> Option<Hit> {
        self.unmanaged_x11().into_iter().rev().find_map(|window| {
            let kinds = WindowSurfaceType::TOPLEVEL | WindowSurfaceType::SUBSURFACE;
            let at = pos - window.origin;
            let (surface, loc) = under_from_surface_tree(&window.surface, at, (0, 0), kinds)?;
            Some(Hit::Surface {
                surface,
                origin: window.origin + loc.to_f64(),
                of: Owner::Unmanaged,
            })
        })
    }

    fn hit_lock(&self, output: &OutputState, pos: Point<f64, Logical>) -> Hit {
        let origin = output.origin();
        let surface = self.globals.lock.surface_on(output.id);
        let under = surface.and_then(|surface| {
            under_from_surface_tree(
                surface,
                pos - origin.to_f64(),
                (0, 0),
                WindowSurfaceType::ALL,
            )
        });
        under.map_or(Hit::Nothing, |(surface, loc)| Hit::Surface {
            surface,
            origin: (origin + loc).to_f64(),
            of: Owner::Locker,
        })
    }

    fn hit_windows(&self, pos: Point<f64, Logical>, point: Pos) -> Option<Hit> {
        let ids = self.layout.stacking().iter().rev().copied();
        // What hangs at the pointer is not what it is over.
        let dragged = self.dragged_window().map(|(id, _)| id);
        ids.filter(|id| self.layout.is_visible(*id) && dragged != Some(*id))
            .find_map(|id| self.hit_window(id, pos, point))
    }

    fn hit_window(&self, id: WindowId, pos: Point<f64, Logical>, point: Pos) -> Option<Hit> {
        let window = self.windows.get(id)?;
        let content = self.layout.content_rect(id)?;
        let origin = (content.loc - window.geometry().loc).to_f64();
        let under = |kinds| {
            let (surface, loc) = window.shell.surface_under(pos - origin, kinds)?;
            let origin = origin + loc.to_f64();
            Some(Hit::Surface {
                surface,
                origin,
                of: Owner::Window(id),
            })
        };
        let frame = self.layout.frame_part_at(id, point);
        let frame = frame.map(|part| Hit::Frame(id, part));
        // Where we draw the frame, the client's pixels end at its content.
        let area = self.layout.client_area(id);
        let within = area.is_none_or(|area| area.contains(point));
        let surfaces = || if within { under(SURFACES) } else { None };
        let popup = popup_under(window.surface(), window.geometry().loc, pos - origin);
        let popup = popup.map(|(surface, loc)| Hit::Surface {
            surface,
            origin: origin + loc.to_f64(),
            of: Owner::Window(id),
        });
        if window.domain.mark().is_some() {
            // As it is drawn: popups lie below a frame that says where they come from.
            let on_frame = matches!(frame, Some(Hit::Frame(_, part)) if !part.is_edge());
            return if on_frame { frame } else { popup.or(frame) }.or_else(surfaces);
        }
        popup.or(frame).or_else(surfaces)
    }
}

fn hit_layer(output: &OutputState, pos: Point<f64, Logical>, layer: Layer) -> Option<Hit> {
    let map = layer_map_for_output(&output.output);
    map.layers_on(layer).rev().find_map(|surface| {
        let geometry = map.layer_geometry(surface)?;
        let origin = (output.origin() + geometry.loc).to_f64();
        let at = pos - origin;
        let (under, loc) = popup_under(surface.wl_surface(), Point::default(), at)
            .or_else(|| surface.surface_under(at, SURFACES))?;
        Some(Hit::Surface {
            surface: under,
            origin: origin + loc.to_f64(),
            of: Owner::Layer(surface.wl_surface().clone()),
        })
    })
}
