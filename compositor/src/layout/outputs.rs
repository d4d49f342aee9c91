//! Outputs coming, going and changing, and the windows that move with them.

use super::window::Displaced;
use super::{Layout, Pos, Rect, Window, WindowId};

/// An output's number: given once in a session, never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputId(pub u32);

/// One output as the layout sees it.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its number.
    pub id: OutputId,
    /// Its connector's name: what windows that were on it remember it by.
    pub name: String,
    /// Its place in the plane.
    pub geometry: Rect,
    /// What bars and docks leave free of it.
    pub work_area: Rect,
}

impl Layout {
    /// The outputs, in the order they came.
    #[must_use]
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The output with this number.
    #[must_use]
    pub fn output(&self, id: OutputId) -> Option<&Output> {
        self.outputs.iter().find(|output| output.id == id)
    }

    /// The output that holds the point, or else the nearest one.
    #[must_use]
    pub fn output_near(&self, pos: Pos) -> Option<&Output> {
        self.outputs.iter().min_by_key(|output| {
            let nearest = nearest_within(output.geometry, pos);
            let (dx, dy) = (i64::from(nearest.x - pos.x), i64::from(nearest.y - pos.y));
            dx * dx + dy * dy
        })
    }

    /// The nearest point to `pos` that lies on an output. Without outputs: `pos`.
    #[must_use]
    pub fn confine(&self, pos: Pos) -> Pos {
        self.output_near(pos)
            .map_or(pos, |output| nearest_within(output.geometry, pos))
    }

    /// Adds an output; windows that were on one of this name return to it.
    pub fn add_output(&mut self, id: OutputId, name: &str, geometry: Rect) {
        if self.output(id).is_some() {
            return self.set_output_geometry(id, geometry);
        }
        let name = name.to_owned();
        self.outputs.push(Output {
            id,
            name: name.clone(),
            geometry,
            work_area: geometry,
        });
        let ids: Vec<WindowId> = self.windows.keys().copied().collect();
        for window_id in ids {
            let Some(window) = self.windows.get_mut(&window_id) else {
                continue;
            };
            if let Some(back) = window.displaced.take_if(|back| back.output == name) {
                window.floating = moved_by(back.floating, geometry.loc);
                window.output = Some(id);
            } else if window.output.is_none() {
                window.output = Some(id);
            }
            self.keep_reachable(window_id);
        }
    }

    /// Removes an output; its windows go to another one and remember where they were.
    pub fn remove_output(&mut self, id: OutputId) {
        let Some(index) = self.outputs.iter().position(|output| output.id == id) else {
            return;
        };
        let gone = self.outputs.remove(index);
        let refuge = self
            .output_near(gone.geometry.loc)
            .map(|output| (output.id, output.geometry));
        let ids: Vec<WindowId> = self.windows_on(id).collect();
        for window_id in ids {
            let Some(window) = self.windows.get_mut(&window_id) else {
                continue;
            };
            let relative = moved_by(window.floating, inverse(gone.geometry.loc));
            window.displaced.get_or_insert_with(|| Displaced {
                output: gone.name.clone(),
                floating: relative,
            });
            window.resize = None;
            window.output = refuge.map(|(output, _)| output);
            if let Some((_, geometry)) = refuge {
                window.floating = moved_by(relative, geometry.loc);
            }
            self.keep_reachable(window_id);
        }
    }

    /// Moves or resizes an output; its windows move along. The work area starts anew.
    pub fn set_output_geometry(&mut self, id: OutputId, geometry: Rect) {
        let Some(output) = self.outputs.iter_mut().find(|output| output.id == id) else {
            return;
        };
        let shift = geometry.loc - output.geometry.loc;
        output.geometry = geometry;
        output.work_area = geometry;
        let ids: Vec<WindowId> = self.windows_on(id).collect();
        for window_id in ids {
            if let Some(window) = self.windows.get_mut(&window_id) {
                window.floating = moved_by(window.floating, shift);
            }
            self.keep_reachable(window_id);
        }
    }

    /// Sets what bars and docks leave free of an output. What lies outside the output is cut off.
    pub fn set_work_area(&mut self, id: OutputId, area: Rect) {
        let Some(output) = self.outputs.iter_mut().find(|output| output.id == id) else {
            return;
        };
        let area = area
            .intersection(output.geometry)
            .unwrap_or(output.geometry);
        // Bars that leave nothing free are ignored: windows must have somewhere to be.
        let usable = area.size.w >= 64 && area.size.h >= 64;
        output.work_area = if usable { area } else { output.geometry };
        let ids: Vec<WindowId> = self.windows_on(id).collect();
        for window_id in ids {
            self.keep_reachable(window_id);
        }
    }

    fn windows_on(&self, id: OutputId) -> impl Iterator<Item = WindowId> {
        let on = move |window: &&Window| window.output == Some(id);
        self.windows.values().filter(on).map(Window::id)
    }
}

/// The point of `rect` that is nearest to `pos`.
fn nearest_within(rect: Rect, pos: Pos) -> Pos {
    let side = |value: i32, start: i32, len: i32| value.clamp(start, start + (len - 1).max(0));
    (
        side(pos.x, rect.loc.x, rect.size.w),
        side(pos.y, rect.loc.y, rect.size.h),
    )
        .into()
}

pub(super) fn moved_by(rect: Rect, shift: Pos) -> Rect {
    Rect::new(rect.loc + shift, rect.size)
}

fn inverse(pos: Pos) -> Pos {
    (-pos.x, -pos.y).into()
}
