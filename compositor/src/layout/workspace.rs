//! One workspace as the layout sees it.

use super::tiling::{Split, Tiling};
use super::{OutputId, WindowId};

/// A workspace's number: given once in a session, never again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(pub u64);

/// A workspace: it belongs to one output at a time.
#[derive(Debug, Clone)]
pub struct Workspace {
    pub(super) id: WorkspaceId,
    /// None only while there is no output at all.
    pub(super) output: Option<OutputId>,
    /// New windows become tiles.
    pub(super) tiling: bool,
    pub(super) tiles: Tiling,
    /// What the person calls it, for as long as it is there.
    pub(super) name: Option<String>,
    /// The outputs it was on when they went away, the last one last.
    pub(super) past: Vec<Home>,
}

/// An output that went away, and the place of a workspace on it.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) output: String,
    pub(super) index: usize,
    /// It was the one shown.
    pub(super) active: bool,
}

/// Where a window belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On one workspace.
    Workspace(WorkspaceId),
    /// On all workspaces of its output.
    Sticky,
    /// On the scratch workspace, which is shown over any other when it is called.
    Scratch,
}

/// The splits of a column, each as its tabs.
#[derive(Debug)]
pub struct TileColumn<'a>(std::slice::Iter<'a, Split>);

impl<'a> Iterator for TileColumn<'a> {
    type Item = &'a [WindowId];

    fn next(&mut self) -> Option<&'a [WindowId]> {
        self.0.next().map(|split| split.tabs.as_slice())
    }
}

impl Workspace {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> WorkspaceId {
        self.id
    }

    /// The output it belongs to.
    #[must_use]
    pub fn output(&self) -> Option<OutputId> {
        self.output
    }

    /// What the person calls it, if it has a name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether its windows are tiles, unless they are floated out.
    #[must_use]
    pub fn is_tiling(&self) -> bool {
        self.tiling
    }

    /// Its tiles: columns from left to right, splits from top to bottom, tabs.
    pub fn columns(&self) -> impl Iterator<Item = TileColumn<'_>> {
        self.tiles
            .columns
            .iter()
            .map(|column| TileColumn(column.splits.iter()))
    }
}
