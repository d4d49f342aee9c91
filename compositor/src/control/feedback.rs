//! Telling the followers of `/desktop/event` what changed, once it has.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::error;
use trees::desktop::{Choosing, Event, Layer, WindowStatus, Workspace};
use trees::time::Millis;

use crate::config::Theme;
use crate::goblin::Goblin;
use crate::layout::WindowId;
use crate::overview::Mode;
use crate::tree::Tree;

/// What was told so far.
pub(crate) struct Feedback {
    /// Counts decisions and changes of life cycle.
    pub(crate) rev: Arc<AtomicU64>,
    /// Since when the compositor runs.
    pub(crate) since: Millis,
    /// Something may have changed since the last look.
    pub(crate) dirty: bool,
    /// A layer surface may have come, gone or changed its place since the last look.
    pub(crate) layers_dirty: bool,
    /// The files that show it; `None` where nobody serves them.
    tree: Option<Tree>,
    windows: BTreeMap<WindowId, Told>,
    layers: BTreeMap<String, Vec<Layer>>,
    workspaces: BTreeMap<String, Vec<Workspace>>,
    focus: Option<WindowId>,
    choosing: Option<Choosing>,
    /// Of what the last one was told.
    chooser: Mode,
}

struct Told {
    status: WindowStatus,
    rev: Arc<AtomicU64>,
}

impl Default for Feedback {
    fn default() -> Self {
        Self {
            rev: Arc::default(),
            since: Millis::now(),
            dirty: false,
            layers_dirty: false,
            tree: None,
            windows: BTreeMap::new(),
            layers: BTreeMap::new(),
            workspaces: BTreeMap::new(),
            focus: None,
            choosing: None,
            chooser: Mode::Closed,
        }
    }
}

impl Feedback {
    /// From now on the files of a tree show what happens.
    pub(crate) fn attach(&mut self, tree: Tree) {
        self.tree = Some(tree);
    }

    /// The folder to serve, if there is a tree.
    pub(crate) fn root(&self) -> Option<Arc<ninep::tree::Dir>> {
        self.tree.as_ref().map(Tree::root)
    }

    pub(super) fn window_rev(&self, id: WindowId) -> u64 {
        self.windows
            .get(&id)
            .map_or(0, |told| told.rev.load(Ordering::Relaxed))
    }
}

impl Goblin {
    /// Tells an event.
    pub(crate) fn publish(&self, event: &Event) {
        if let Some(tree) = &self.control.tree
            && let Err(reason) = tree.event(event)
        {
            error!("an event was not told: {reason}");
        }
    }

    /// Tells what has changed in layer surfaces, windows and focus since the last call.
    pub(crate) fn publish_changes(&mut self) {
        self.publish_layers();
        self.publish_choosing();
        let focus = self.keyboard_window();
        if !std::mem::take(&mut self.control.dirty) && focus == self.control.focus {
            return;
        }
        let dragging = self.input.is_dragging();
        // Places are told when the drag is over, not at each step of it.
        self.control.dirty = dragging;
        let gone: Vec<WindowId> = self
            .control
            .windows
            .keys()
            .copied()
            .filter(|id| self.layout.window(*id).is_none())
            .collect();
        for id in gone {
            self.control.windows.remove(&id);
            self.control.rev.fetch_add(1, Ordering::Relaxed);
            if let Some(tree) = &self.control.tree {
                tree.window_closed(id);
            }
            self.publish(&Event::WindowClosed { id: id.0 });
        }
        let ids: Vec<WindowId> = self
            .layout
            .windows()
            .map(crate::layout::Window::id)
            .collect();
        for id in ids {
            self.publish_window(id, dragging);
        }
        self.publish_workspaces();
        if focus != self.control.focus {
            self.control.focus = focus;
            self.control.rev.fetch_add(1, Ordering::Relaxed);
            self.publish(&Event::Focus {
                id: focus.map(|id| id.0),
            });
        }
    }

    fn publish_layers(&mut self) {
        if !std::mem::take(&mut self.control.layers_dirty) {
            return;
        }
        let now: BTreeMap<String, Vec<Layer>> = self
            .outputs
            .iter()
            .map(|state| (state.output.name(), self.layers(state)))
            .collect();
        let before = std::mem::replace(&mut self.control.layers, now.clone());
        for (name, layers) in now {
            if before.get(&name).map_or(&[][..], Vec::as_slice) != layers {
                self.publish_output_changed(&name);
            }
        }
    }

    fn publish_choosing(&mut self) {
        // The pointer moves far more often than anything changes by it.
        if self.chooser.mode == self.control.chooser && !self.control.dirty {
            return;
        }
        self.control.chooser.clone_from(&self.chooser.mode);
        let now = self.choosing_status();
        if now != self.control.choosing {
            self.control.choosing.clone_from(&now);
            self.control.rev.fetch_add(1, Ordering::Relaxed);
            self.publish(&Event::Choosing { choosing: now });
        }
    }

    fn publish_workspaces(&mut self) {
        let now: BTreeMap<String, Vec<Workspace>> = self
            .outputs
            .iter()
            .map(|state| (state.output.name(), self.workspaces(state)))
            .collect();
        if now == self.control.workspaces {
            return;
        }
        let before = std::mem::replace(&mut self.control.workspaces, now.clone());
        for (name, workspaces) in now {
            // What an output begins with is told with the output.
            if before.get(&name).is_some_and(|old| *old != workspaces) {
                self.publish_output_changed(&name);
            }
        }
    }

    fn publish_window(&mut self, id: WindowId, dragging: bool) {
        let Some(mut status) = self.window_status(id) else {
            return;
        };
        let Some(told) = self.control.windows.get_mut(&id) else {
            let rev = Arc::new(AtomicU64::new(1));
            status.rev = 1;
            let told = Told {
                status: status.clone(),
                rev: Arc::clone(&rev),
            };
            self.control.windows.insert(id, told);
            self.control.rev.fetch_add(1, Ordering::Relaxed);
            if let Some(tree) = &self.control.tree {
                tree.window_opened(id, rev);
            }
            self.publish(&Event::WindowOpened { window: status });
            return;
        };
        if dragging {
            status.geometry = told.status.geometry;
            status.frame = told.status.frame;
        }
        if status != told.status {
            status.rev = told.rev.fetch_add(1, Ordering::Relaxed) + 1;
            told.status = status.clone();
            self.publish(&Event::WindowChanged { window: status });
        }
    }

    /// The frames, and whoever follows `/desktop/event`, become light or dark.
    pub(crate) fn set_theme(&mut self, theme: Theme) {
        if self.config.theme == theme {
            return;
        }
        self.config.theme = theme;
        self.queue_redraw_all();
        self.control.rev.fetch_add(1, Ordering::Relaxed);
        self.publish(&Event::Theme {
            name: theme.name().to_owned(),
        });
    }

    pub(crate) fn publish_output_added(&mut self, name: &str) {
        self.control.rev.fetch_add(1, Ordering::Relaxed);
        if let Some(tree) = &self.control.tree {
            tree.output_added(name, Arc::clone(&self.control.rev));
        }
        self.publish(&Event::OutputAdded {
            name: name.to_owned(),
        });
    }

    pub(crate) fn publish_output_removed(&mut self, name: &str) {
        self.control.rev.fetch_add(1, Ordering::Relaxed);
        self.control.layers.remove(name);
        if let Some(tree) = &self.control.tree {
            tree.output_removed(name);
        }
        self.publish(&Event::OutputRemoved {
            name: name.to_owned(),
        });
    }

    pub(crate) fn publish_output_changed(&mut self, name: &str) {
        self.control.rev.fetch_add(1, Ordering::Relaxed);
        self.publish(&Event::OutputChanged {
            name: name.to_owned(),
        });
    }
}
