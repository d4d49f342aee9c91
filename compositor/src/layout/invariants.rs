//! What must hold of a layout after whatever happened to it.

use std::collections::BTreeSet;

use super::placement::REACHABLE;
use super::{Layout, Placement, Rect, Window, WindowId};

impl Layout {
    /// Checks all that must hold; the text names the first thing that does not.
    ///
    /// # Errors
    /// A sentence that says which rule is broken, and by which window or output.
    pub fn verify_invariants(&self) -> Result<(), String> {
        let ids: BTreeSet<WindowId> = self.windows.keys().copied().collect();
        for (what, list) in [("stacking", &self.stacking), ("history", &self.history)] {
            let set: BTreeSet<WindowId> = list.iter().copied().collect();
            if set != ids || list.len() != ids.len() {
                return Err(format!(
                    "the {what} holds {list:?}, the windows are {ids:?}"
                ));
            }
        }
        let names: BTreeSet<_> = self.outputs.iter().map(|output| output.id).collect();
        if names.len() != self.outputs.len() {
            return Err("two outputs have one number".to_owned());
        }
        for output in &self.outputs {
            if !output.geometry.contains_rect(output.work_area) {
                return Err(format!(
                    "the work area of {} leaves the output",
                    output.name
                ));
            }
        }
        if let Some(id) = self.focused {
            match self.windows.get(&id) {
                None => return Err(format!("window {id} has the focus and does not exist")),
                Some(window) if window.minimised => {
                    return Err(format!("window {id} has the focus and is minimised"));
                }
                Some(_) if self.history.first() != Some(&id) => {
                    return Err(format!(
                        "window {id} has the focus, the history says otherwise"
                    ));
                }
                Some(_) => {}
            }
        }
        self.windows
            .values()
            .try_for_each(|window| self.verify_window(window))
    }

    fn verify_window(&self, window: &Window) -> Result<(), String> {
        let id = window.id;
        match window.output {
            None if !self.outputs.is_empty() => {
                return Err(format!(
                    "window {id} is on no output although there are some"
                ));
            }
            Some(output) if self.output(output).is_none() => {
                return Err(format!(
                    "window {id} is on {output:?}, which does not exist"
                ));
            }
            _ => {}
        }
        if let Some(parent) = window.parent {
            let place = |id| self.stacking.iter().position(|other| *other == id);
            if place(parent) >= place(id) {
                return Err(format!("window {id} lies below its parent {parent}"));
            }
            let parent = self.windows.get(&parent);
            if parent.is_some_and(|parent| parent.minimised && !window.minimised) {
                return Err(format!(
                    "window {id} is shown although its parent is hidden"
                ));
            }
        }
        self.verify_reach(window)
    }

    fn verify_reach(&self, window: &Window) -> Result<(), String> {
        let id = window.id;
        let area = self.work_area_of(window);
        if area.is_empty() {
            return Ok(());
        }
        if window.placement == Placement::Maximised && !window.fullscreen {
            let wanted = self
                .metrics
                .insets(window)
                .around(self.wanted_content(window));
            if wanted.loc != area.loc {
                return Err(format!(
                    "window {id} is maximised at {wanted:?}, not at {area:?}"
                ));
            }
        }
        let floating = Window {
            placement: Placement::Floating,
            fullscreen: false,
            ..window.clone()
        };
        let insets = self.metrics.insets(&floating);
        let frame = insets.around(window.floating);
        let bar = Rect::new(frame.loc, (frame.size.w, insets.top.max(1)).into());
        let reach = bar.intersection(area).map_or(0, |part| part.size.w);
        if reach < REACHABLE.min(frame.size.w).min(area.size.w) {
            return Err(format!(
                "window {id} cannot be grabbed: its bar is at {bar:?} of {area:?}"
            ));
        }
        Ok(())
    }
}
