//! `/mirror`: spaces of data; served by a mirror.
//!
//! ```text
//! /mirror/{status,ctl,event,log}
//! /mirror/spaces/NAME/data/…
//! /mirror/spaces/NAME/status
//! ```
//!
//! `mkdir /mirror/spaces/NAME` makes a space; `rmdir` ends an empty one.

use ninep::verbs;
use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// Name of the tree.
pub const NAME: &str = "mirror";

/// `/mirror/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Counts decisions and changes of life cycle.
    pub rev: u64,
    /// Since when the mirror runs.
    pub since: Millis,
    /// Its spaces.
    pub spaces: Vec<Space>,
    /// The disk that the store lies on.
    pub disk: Disk,
}

/// The disk below the store, measured when the status is opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// Bytes that hold data or may, as in [`machine::Disk`](crate::machine::Disk).
    pub total: u64,
    /// Bytes that the mirror may still fill.
    pub available: u64,
    /// When the kernel was asked.
    pub measured: Millis,
}

/// `/mirror/spaces/NAME/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Counts its decisions and changes of life cycle.
    pub rev: u64,
    /// Name.
    pub name: String,
    /// Files in it, folders not counted.
    pub files: u64,
    /// Folders in it.
    pub folders: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// When something in it last changed; none in an empty space.
    pub changed: Option<Millis>,
}

/// Who did something, as far as the kernel and the client say.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Who {
    /// User id.
    pub uid: u32,
    /// User name that the client gave.
    pub user: String,
    /// Program at the other end of the connection, if it still runs.
    pub program: Option<String>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// A new file was written and closed.
    Created,
    /// A file that was there was written and closed.
    Changed,
    /// A folder was made.
    Folder,
    /// It has another name or place.
    Renamed,
    /// It is gone.
    Removed,
}

/// A line of `/mirror/event`; `seq` and `time` come with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Event {
    /// Something in a space changed.
    File {
        /// The space as it is now.
        space: Space,
        /// What happened.
        action: Action,
        /// Path in the space's `data`, without a leading slash.
        path: String,
        /// Where it was before, of what was renamed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// Bytes of the file after it.
        bytes: u64,
        /// Who did it.
        who: Who,
    },
    /// A space was made.
    SpaceCreated {
        /// The space.
        space: Space,
        /// Who did it.
        who: Who,
    },
    /// A space was ended.
    SpaceRemoved {
        /// Its name.
        name: String,
        /// Who did it.
        who: Who,
    },
}

verbs! {
    /// `/mirror/ctl`.
    pub enum Verb {
        /// Make a space.
        "create" => Create { name: String },
        /// End an empty space.
        "remove" => Remove { name: String },
        /// Count files and bytes of every space again, from the disk.
        "recount" => Recount {},
    }
}
