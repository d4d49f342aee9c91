//! Installed applications from their desktop entries (Desktop Entry Specification 1.5).

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use freedesktop_desktop_entry::DesktopEntry;
use rustix::fs::{Access, access};

use crate::icons;

/// How this desktop is called in `OnlyShowIn`, `NotShowIn` and `XDG_CURRENT_DESKTOP`.
const DESKTOP: &str = "goblin";

/// The terminal that runs programs without a window of their own.
const TERMINAL: &str = "foot";

/// Pixels that icons of the launcher are looked up for.
const ICON_SIZE: u16 = 48;

/// An application that a person can start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The id of its desktop entry, which is usually what its windows call themselves.
    pub id: String,
    /// Its name in the person's language.
    pub name: String,
    /// What kind of thing it is, in the person's language; may be empty.
    pub kind: String,
    /// Words it can be found by beside its name.
    pub keywords: Vec<String>,
    /// What its windows call themselves, if that is not the id.
    pub window_class: Option<String>,
    /// The file of its icon.
    pub icon: Option<PathBuf>,
    /// The program and its arguments.
    pub command: Vec<String>,
}

impl App {
    /// Whether a window that calls itself `app_id` belongs to this application.
    pub fn owns(&self, app_id: &str) -> bool {
        self.id.eq_ignore_ascii_case(app_id)
            || self
                .window_class
                .as_deref()
                .is_some_and(|class| class.eq_ignore_ascii_case(app_id))
    }
}

/// What decides which entries are shown, and how.
#[derive(Debug, Clone)]
pub struct Scan {
    /// Folders with desktop entries, the most important one first.
    pub folders: Vec<PathBuf>,
    /// The person's languages as desktop entries write them (`zh_CN`), the best one first.
    pub languages: Vec<String>,
    /// Folders with programs.
    pub path: Vec<PathBuf>,
}

impl Scan {
    /// The scan of this session: the XDG folders, `PATH`, and the language given (`zh-CN`).
    pub fn of_session(language: &str) -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let home = set("HOME").map(PathBuf::from);
        let own = set("XDG_DATA_HOME").map(PathBuf::from);
        let own = own.or_else(|| home.map(|home| home.join(".local/share")));
        let shared = set("XDG_DATA_DIRS").unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let folders = own.into_iter().chain(std::env::split_paths(&shared));
        Self {
            folders: folders
                .filter(|dir| dir.is_absolute())
                .map(|dir| dir.join("applications"))
                .collect(),
            languages: vec![language.replace('-', "_")],
            path: set("PATH")
                .map(|path| std::env::split_paths(&path).collect())
                .unwrap_or_default(),
        }
    }

    /// Reads all entries and keeps those a person can start, in no order. Reads many files: not for the
    /// drawing loop. An entry that cannot be read is passed over with a word in the log.
    pub fn run(&self) -> Vec<App> {
        let mut seen = HashSet::new();
        let mut apps = Vec::new();
        for path in freedesktop_desktop_entry::Iter::new(self.folders.clone().into_iter()) {
            match DesktopEntry::from_path(path.as_path(), Some(&self.languages)) {
                // The first folder that has an id decides about it, also that it is hidden.
                Ok(entry) if seen.insert(entry.id().to_owned()) => apps.extend(self.app(&entry)),
                Ok(_) => {}
                Err(error) => tracing::debug!("{}: no desktop entry: {error}", path.display()),
            }
        }
        apps
    }

    fn app(&self, entry: &DesktopEntry) -> Option<App> {
        if entry.type_() != Some("Application") || entry.no_display() || entry.hidden() {
            return None;
        }
        if !shown_here(entry.only_show_in(), entry.not_show_in()) {
            return None;
        }
        if entry
            .try_exec()
            .is_some_and(|program| !self.has_program(program))
        {
            return None;
        }
        let words = entry.parse_exec_with_uris(&[], &self.languages).ok()?;
        let keywords = entry.keywords(&self.languages).unwrap_or_default();
        Some(App {
            id: entry.id().to_owned(),
            name: entry.name(&self.languages)?.into_owned(),
            kind: entry
                .generic_name(&self.languages)
                .or_else(|| entry.comment(&self.languages))
                .unwrap_or_default()
                .into_owned(),
            keywords: keywords
                .into_iter()
                .map(std::borrow::Cow::into_owned)
                .filter(|word| !word.is_empty())
                .collect(),
            window_class: entry.startup_wm_class().map(str::to_owned),
            icon: entry.icon().and_then(|icon| icons::find(icon, ICON_SIZE)),
            command: command(words, entry.terminal(), entry.path()),
        })
    }

    fn has_program(&self, program: &str) -> bool {
        let runs = |path: &Path| path.is_file() && access(path, Access::EXEC_OK).is_ok();
        if program.starts_with('/') {
            return runs(Path::new(program));
        }
        self.path.iter().any(|folder| runs(&folder.join(program)))
    }
}

fn shown_here(only: Option<Vec<&str>>, not: Option<Vec<&str>>) -> bool {
    let named = |list: &[&str]| list.iter().any(|name| name.eq_ignore_ascii_case(DESKTOP));
    only.is_none_or(|only| named(&only)) && !not.is_some_and(|not| named(&not))
}

/// The words to run: in a terminal if the entry wants one, in the folder it wants.
fn command(words: Vec<String>, terminal: bool, folder: Option<&str>) -> Vec<String> {
    let mut command = Vec::new();
    if let Some(folder) = folder.filter(|folder| !folder.is_empty()) {
        command.extend(["env".to_owned(), "-C".to_owned(), folder.to_owned()]);
    }
    if terminal {
        command.push(TERMINAL.to_owned());
    }
    command.extend(words);
    command
}

#[cfg(test)]
#[path = "apps_tests.rs"]
mod tests;
