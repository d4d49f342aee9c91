use crate::fl;

/// One of the panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Panel {
    /// Spaces, files and disks.
    Storage,
    /// Who wrote what, when.
    Sync,
    /// What runs.
    Subsystems,
}

impl Panel {
    /// All of them, in the order of [`trees::panels::PANELS`].
    pub const ALL: [Panel; 3] = [Panel::Storage, Panel::Sync, Panel::Subsystems];

    /// Its name in `/panels`.
    pub const fn name(self) -> &'static str {
        match self {
            Panel::Storage => "storage",
            Panel::Sync => "sync",
            Panel::Subsystems => "subsystems",
        }
    }

    /// The panel of that name.
    pub fn named(name: &str) -> Option<Panel> {
        Panel::ALL.into_iter().find(|panel| panel.name() == name)
    }

    /// Its title, for the person.
    pub fn title(self) -> String {
        match self {
            Panel::Storage => fl!("storage"),
            Panel::Sync => fl!("sync"),
            Panel::Subsystems => fl!("subsystems"),
        }
    }
}
