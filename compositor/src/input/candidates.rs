//! Where an input method's window of candidates lies: under the cursor of the text field, or above it
//! where there is no room, and always whole on the screen.

use smithay::backend::renderer::utils::with_renderer_surface_state;
use smithay::desktop::{find_popup_root_surface, get_popup_toplevel_coords};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{IsAlive, Logical, Point, Rectangle, Size};

use crate::goblin::Goblin;
use crate::layout::OutputId;

impl Goblin {
    /// The windows of candidates on an output, and where each lies in the plane.
    pub(crate) fn input_popups(&self, output: OutputId) -> Vec<(WlSurface, Point<i32, Logical>)> {
        let Some((cursor, on)) = self.text_cursor() else {
            return Vec::new();
        };
        if on != output || self.globals.lock.is_on() {
            return Vec::new();
        }
        let Some(screen) = self.layout.output(output).map(|output| output.geometry) else {
            return Vec::new();
        };
        let popups = self.globals.input_method.popups();
        popups
            .filter(|(_, surface)| surface.alive())
            .filter_map(|(_, surface)| {
                let size = with_renderer_surface_state(surface, |state| state.surface_size())??;
                Some((surface.clone(), beside(cursor, size, screen)))
            })
            .collect()
    }

    /// The cursor of the enabled field in the plane, and its output.
    fn text_cursor(&self) -> Option<(Rectangle<i32, Logical>, OutputId)> {
        let (surface, cursor) = self.globals.text_inputs.cursor()?;
        let origin = match self.popups.find_popup(surface) {
            Some(popup) => {
                let root = find_popup_root_surface(&popup).ok()?;
                self.origin_of(&root)?.to_i32_round() + get_popup_toplevel_coords(&popup)
            }
            None => self.origin_of(surface)?.to_i32_round(),
        };
        let cursor = Rectangle::new(origin + cursor.loc, cursor.size);
        let output = self.layout.output_near(cursor.loc)?.id;
        Some((cursor, output))
    }

    /// The cursor, or a window of candidates, is elsewhere: the input method is told where the
    /// cursor is on its window.
    pub(crate) fn input_popup_moved(&mut self) {
        if let Some((cursor, output)) = self.text_cursor() {
            let places = self.input_popups(output);
            for (object, surface) in self.globals.input_method.popups() {
                let place = places.iter().find(|(other, _)| other == surface);
                let at = cursor.loc - place.map_or(cursor.loc, |(_, place)| *place);
                object.text_input_rectangle(at.x, at.y, cursor.size.w, cursor.size.h);
            }
        }
        self.queue_redraw_all();
    }
}

/// Where something of a size lies beside a cursor.
fn beside(
    cursor: Rectangle<i32, Logical>,
    size: Size<i32, Logical>,
    screen: Rectangle<i32, Logical>,
) -> Point<i32, Logical> {
    let (below, above) = (cursor.loc.y + cursor.size.h, cursor.loc.y - size.h);
    let bottom = screen.loc.y + screen.size.h;
    let y = if below + size.h <= bottom || above < screen.loc.y {
        below
    } else {
        above
    };
    let last = Point::<i32, Logical>::from((
        (screen.loc.x + screen.size.w - size.w).max(screen.loc.x),
        (bottom - size.h).max(screen.loc.y),
    ));
    let x = cursor.loc.x.clamp(screen.loc.x, last.x);
    (x, y.clamp(screen.loc.y, last.y)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_lie_below_the_cursor_above_it_or_at_least_on_the_screen() {
        let screen = Rectangle::new((0, 0).into(), (800, 600).into());
        let place = |x, y, w, h| {
            let cursor = Rectangle::new((x, y).into(), (2, 20).into());
            let place = beside(cursor, (w, h).into(), screen);
            (place.x, place.y)
        };
        assert_eq!(place(100, 100, 200, 50), (100, 120));
        assert_eq!(place(100, 570, 200, 50), (100, 520), "no room below");
        assert_eq!(place(700, 100, 200, 50), (600, 120), "no room to the right");
        assert_eq!(place(-500, 100, 200, 50), (0, 120));
        assert_eq!(place(100, 100, 900, 700), (0, 0), "larger than the screen");
    }
}
