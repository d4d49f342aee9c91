//! The launcher: the panels, then the installed applications, found by a few letters.

pub mod apps;
pub mod search;
pub mod view;
pub mod watch;

use std::cmp::Reverse;

use trees::panels::PANELS;
use ui::icons::Icon;

use crate::fl;
use crate::picture::{self, Picture};
use apps::App;
use search::{Findable, Search};

/// What the launcher starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A panel.
    Panel(&'static str),
    /// An application, by its place in the catalogue.
    App(usize),
}

/// An application as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The application.
    pub app: App,
    /// Its name.
    pub name: String,
    /// Its icon; read only when it is drawn.
    pub picture: Option<Picture>,
    found_by: Findable,
}

/// The installed applications, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    apps: Vec<Shown>,
    /// Whether the folders were read at all yet.
    read: bool,
}

impl Catalogue {
    /// The catalogue of these applications.
    pub fn new(apps: Vec<App>) -> Self {
        let mut apps: Vec<Shown> = apps.into_iter().map(Shown::new).collect();
        apps.sort_by_cached_key(|shown| shown.found_by.sort_key());
        Self { apps, read: true }
    }

    /// The application that a window belongs to, by what the window calls itself.
    pub fn owner(&self, app_id: &str) -> Option<&Shown> {
        self.apps.iter().find(|shown| shown.app.owns(app_id))
    }

    /// The application with this id of its desktop entry.
    pub fn by_id(&self, id: &str) -> Option<&Shown> {
        self.apps.iter().find(|shown| shown.app.id == id)
    }

    /// One application.
    pub fn get(&self, place: usize) -> Option<&Shown> {
        self.apps.get(place)
    }

    /// Whether the folders were read.
    pub fn is_read(&self) -> bool {
        self.read
    }
}

impl Shown {
    fn new(app: App) -> Self {
        let id = std::iter::once(app.id.clone());
        let words = app
            .keywords
            .iter()
            .cloned()
            .chain([app.kind.clone()])
            .chain(id);
        let found_by = Findable::new(&app.name, words);
        let picture = app.icon.as_deref().and_then(picture::later);
        Self {
            name: app.name.clone(),
            picture,
            found_by,
            app,
        }
    }
}

/// The name of a panel.
pub fn panel_name(panel: &str) -> String {
    match panel {
        "storage" => fl!("panel-storage"),
        "sync" => fl!("panel-sync"),
        _ => fl!("panel-subsystems"),
    }
}

/// What a panel is for.
pub fn panel_note(panel: &str) -> String {
    match panel {
        "storage" => fl!("panel-storage-note"),
        "sync" => fl!("panel-sync-note"),
        _ => fl!("panel-subsystems-note"),
    }
}

/// The pictogram of a panel.
pub fn panel_icon(panel: &str) -> Icon {
    match panel {
        "storage" => Icon::HardDrive,
        "sync" => Icon::RefreshCw,
        _ => Icon::Layers,
    }
}

/// The launcher while it is open.
#[derive(Debug, Clone)]
pub struct Launcher {
    /// What is searched for.
    pub query: String,
    /// What was found, the panels first.
    pub found: Vec<Target>,
    /// The place in `found` that Enter starts.
    pub chosen: usize,
}

/// What a person does in the launcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Typed.
    Search(String),
    /// Went up (negative) or down in the list.
    Move(isize),
    /// Pressed Enter.
    Start,
    /// Pressed an entry.
    Choose(usize),
    /// Pressed Escape, or the keyboard went elsewhere.
    Close,
}

impl Launcher {
    /// A launcher that was just opened.
    pub fn new(query: String, catalogue: &Catalogue) -> Self {
        let mut launcher = Self {
            query,
            found: Vec::new(),
            chosen: 0,
        };
        launcher.search(catalogue);
        launcher
    }

    /// Searches anew; the first of what is found is chosen.
    pub fn search(&mut self, catalogue: &Catalogue) {
        self.chosen = 0;
        let Some(mut search) = Search::new(&self.query) else {
            let panels = PANELS.iter().map(|panel| Target::Panel(panel));
            self.found = panels
                .chain((0..catalogue.apps.len()).map(Target::App))
                .collect();
            return;
        };
        let panels = PANELS.iter().filter_map(|panel| {
            let words = [panel_note(panel), (*panel).to_owned()];
            search
                .score(&Findable::new(&panel_name(panel), words))
                .map(|score| (score, *panel))
        });
        let mut panels: Vec<_> = panels.collect();
        panels.sort_by_key(|&(score, _)| Reverse(score));
        let apps = catalogue.apps.iter().enumerate();
        let mut apps: Vec<_> = apps
            .filter_map(|(place, shown)| Some((search.score(&shown.found_by)?, place)))
            .collect();
        apps.sort_by_key(|&(score, place)| (Reverse(score), place));
        let panels = panels.into_iter().map(|(_, panel)| Target::Panel(panel));
        self.found = panels
            .chain(apps.into_iter().map(|(_, place)| Target::App(place)))
            .collect();
    }

    /// Goes up or down in the list, from either end to the other.
    pub fn step(&mut self, by: isize) {
        if let Ok(count @ 1..) = isize::try_from(self.found.len()) {
            let at = isize::try_from(self.chosen).unwrap_or(0);
            self.chosen = (at + by).rem_euclid(count).unsigned_abs();
        }
    }

    /// Where the chosen entry stands in the list, from 0 at its head to 1 at its end.
    pub fn share(&self) -> f32 {
        self.chosen as f32 / (self.found.len().saturating_sub(1)).max(1) as f32
    }
}

#[cfg(test)]
#[path = "mod_tests.rs"]
mod tests;
