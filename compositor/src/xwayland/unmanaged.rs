//! Windows that lie where their clients put them, above all others: menus, tooltips, what is dragged.

use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, Rectangle};

use super::plane::XSize;
use crate::goblin::Goblin;
use crate::layout::Rect;

/// One of them, with content.
pub(crate) struct Unmanaged {
    pub(crate) surface: WlSurface,
    /// Where it lies on the plane, exactly: it may begin between two logical pixels.
    pub(crate) origin: Point<f64, Logical>,
    /// Its size in the X server's pixels.
    pub(crate) size: XSize,
    /// The least rectangle of whole logical pixels that holds it.
    pub(crate) cover: Rect,
}

impl Goblin {
    /// All of them, bottom to top.
    pub(crate) fn unmanaged_x11(&self) -> Vec<Unmanaged> {
        let Some(wm) = self.xwayland.wm() else {
            return Vec::new();
        };
        let of = |xid: &u32| {
            let window = wm.windows.get(xid)?;
            let surface = window.surface.clone()?;
            if !Self::has_content(&surface) {
                return None;
            }
            let plane = &self.xwayland.plane;
            let origin = plane.on_plane(window.place.loc);
            let size = window.place.size;
            let cover = Rectangle::new(origin, size.to_f64().to_logical(plane.scale()));
            Some(Unmanaged {
                surface,
                origin,
                size,
                cover: cover.to_i32_up(),
            })
        };
        wm.unmanaged.iter().filter_map(of).collect()
    }

    /// X pixels for each logical one.
    pub(crate) fn x11_scale(&self) -> f64 {
        self.xwayland.plane.scale()
    }
}
