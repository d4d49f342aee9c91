//! Outputs coming, going and changing, and the windows that move with them.

use super::window::Displaced;
use super::workspace::Home;
use super::{Layout, Place, Pos, Rect, Window, WindowId, WorkspaceId};

/// So many outputs that went away are remembered by what was on them.
const REMEMBERED: usize = 8;

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
    /// Its workspaces, in order.
    pub(super) workspaces: Vec<WorkspaceId>,
    /// The one it shows.
    pub(super) active: WorkspaceId,
}

/// A focus that an output took with it when it went away.
#[derive(Debug, Clone)]
pub(super) struct Away {
    window: WindowId,
    output: String,
    /// What had the focus then.
    meanwhile: Option<WindowId>,
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

    /// Adds an output; workspaces and windows that were on one of this name return to it.
    pub fn add_output(&mut self, id: OutputId, name: &str, geometry: Rect) {
        let geometry = bounded(geometry);
        if self.output(id).is_some() {
            return self.set_output_geometry(id, geometry);
        }
        let first = self.outputs.is_empty();
        let active = self.fresh_id();
        let workspace = self.empty_workspace(active, Some(id));
        self.workspaces.insert(active, workspace);
        self.outputs.push(Output {
            id,
            name: name.to_owned(),
            geometry,
            work_area: geometry,
            workspaces: vec![active],
            active,
        });
        let orphans = std::mem::take(&mut self.orphans);
        let mut returning: Vec<(usize, bool, WorkspaceId)> = Vec::new();
        for workspace in self.workspaces.values_mut() {
            let home = workspace.past.iter().position(|home| home.output == name);
            if let Some(home) = home {
                let mut later = workspace.past.split_off(home);
                let home = later.swap_remove(0);
                returning.push((home.index, home.active, workspace.id));
            }
        }
        returning.sort_by_key(|(index, ..)| *index);
        let back: Vec<WorkspaceId> = returning.iter().map(|(.., id)| *id).collect();
        let others = orphans.iter().filter(|id| first && !back.contains(id));
        for workspace in back.iter().chain(others) {
            self.take_workspace(*workspace, id);
        }
        for window in self.windows.values_mut() {
            let shared = !matches!(window.place, Place::Workspace(_));
            let home = window.displaced.iter().position(|home| home.output == name);
            if shared && (home.is_some() || window.output.is_none()) {
                window.output = Some(id);
            }
            if let Some(home) = home {
                let mut later = window.displaced.split_off(home);
                if window.output == Some(id) {
                    window.floating = moved_by(later.swap_remove(0).floating, geometry.loc);
                }
            }
        }
        let focused = self
            .focused
            .and_then(|id| match self.windows.get(&id)?.place {
                Place::Workspace(id) => Some(id),
                Place::Sticky | Place::Scratch => None,
            });
        let was_active = returning.iter().find(|(_, active, _)| *active);
        let show = focused
            .filter(|id| back.contains(id) || orphans.contains(id))
            .or(was_active.map(|(.., id)| *id));
        if let Some(show) = show {
            self.show_workspace(show);
        }
        self.keep_all_reachable(id);
        self.settle();
        self.focus_again(name);
    }

    /// An output is back: so is the focus, unless the person has moved it meanwhile.
    fn focus_again(&mut self, name: &str) {
        if let Some(away) = self.away.take_if(|away| away.output == name)
            && self.focused == away.meanwhile
            && self.is_shown(away.window)
        {
            self.focus(away.window);
        }
    }

    /// Moves a workspace with its windows to an output that came.
    fn take_workspace(&mut self, workspace: WorkspaceId, id: OutputId) {
        let before = self.workspaces.get(&workspace).and_then(|of| of.output);
        let from = before
            .and_then(|id| self.output(id))
            .map(|of| of.geometry.loc);
        let to = self.output(id).map(|of| of.geometry.loc);
        if let Some(before) = before {
            self.detach_workspace(workspace, before);
        }
        self.attach_workspace(workspace, id);
        for window in self.windows.values_mut() {
            if window.place == Place::Workspace(workspace) {
                window.output = Some(id);
                window.resize = None;
                if let (Some(from), Some(to)) = (from, to) {
                    window.floating = moved_by(window.floating, to - from);
                }
            }
        }
    }

    /// Removes an output; its workspaces and windows go to another one and remember where they were.
    pub fn remove_output(&mut self, id: OutputId) {
        let Some(index) = self.outputs.iter().position(|output| output.id == id) else {
            return;
        };
        self.tile_resize = None;
        let on_it = |focused: &WindowId| {
            let window = self.windows.get(focused);
            window.is_some_and(|window| window.output == Some(id))
        };
        let focused = self.focused.filter(on_it);
        let gone = self.outputs.remove(index);
        let refuge = self
            .output_near(gone.geometry.loc)
            .map(|output| (output.id, output.geometry));
        for (index, workspace) in gone.workspaces.iter().enumerate() {
            let used = self.windows_in(*workspace).next().is_some();
            let Some(of) = self.workspaces.get_mut(workspace).filter(|_| used) else {
                continue;
            };
            of.output = None;
            remember(
                &mut of.past,
                Home {
                    output: gone.name.clone(),
                    index,
                    active: gone.active == *workspace,
                },
            );
            match refuge {
                Some((refuge, _)) => self.attach_workspace(*workspace, refuge),
                None => self.orphans.push(*workspace),
            }
        }
        let ids: Vec<WindowId> = self.windows_on(id).collect();
        for window_id in ids {
            let Some(window) = self.windows.get_mut(&window_id) else {
                continue;
            };
            let relative = moved_by(window.floating, inverse(gone.geometry.loc));
            remember(
                &mut window.displaced,
                Displaced {
                    output: gone.name.clone(),
                    floating: relative,
                },
            );
            window.resize = None;
            window.output = refuge.map(|(output, _)| output);
            if let Some((_, geometry)) = refuge {
                window.floating = moved_by(relative, geometry.loc);
            }
            self.keep_reachable(window_id);
        }
        self.settle();
        if let Some(window) = focused {
            self.away = Some(Away {
                window,
                output: gone.name,
                meanwhile: self.focused,
            });
        }
    }

    /// Moves or resizes an output; its windows move along, and what was seen whole before is seen whole after it.
    /// The work area starts anew.
    pub fn set_output_geometry(&mut self, id: OutputId, geometry: Rect) {
        let geometry = bounded(geometry);
        self.tile_resize = None;
        let Some(output) = self.outputs.iter_mut().find(|output| output.id == id) else {
            return;
        };
        let before = output.geometry;
        output.geometry = geometry;
        output.work_area = geometry;
        let ids: Vec<WindowId> = self.windows_on(id).collect();
        for window_id in ids {
            let Some(window) = self.windows.get_mut(&window_id) else {
                continue;
            };
            let frame = self.metrics.floating_insets(window).around(window.floating);
            window.floating = moved_by(window.floating, geometry.loc - before.loc);
            // Whoever let a window reach beyond the edge finds it so again.
            if before.contains_rect(frame) {
                self.bring_into_view(window_id);
            } else {
                self.keep_reachable(window_id);
            }
        }
    }

    fn keep_all_reachable(&mut self, id: OutputId) {
        let ids: Vec<WindowId> = self.windows_on(id).collect();
        for window_id in ids {
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
        self.keep_all_reachable(id);
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

/// Adds to what is remembered; the oldest is kept, those after it make way.
fn remember<T>(past: &mut Vec<T>, home: T) {
    if past.len() >= REMEMBERED {
        past.remove(1);
    }
    past.push(home);
}

/// A place and a size that arithmetic can bear.
fn bounded(rect: Rect) -> Rect {
    const FAR: i32 = 1 << 20;
    const LARGE: i32 = 1 << 16;
    Rect::new(
        (rect.loc.x.clamp(-FAR, FAR), rect.loc.y.clamp(-FAR, FAR)).into(),
        (rect.size.w.clamp(1, LARGE), rect.size.h.clamp(1, LARGE)).into(),
    )
}
