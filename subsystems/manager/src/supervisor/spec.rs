use std::ffi::OsString;

use crate::fleet::Need;
use crate::lifecycle::Policy;

/// One subsystem that is a process: what to run, and how to know it.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Its name; also the name of the tree it serves, if it serves one.
    pub name: String,
    /// Its program: a name to be found, or a path.
    pub program: OsString,
    /// The program's arguments.
    pub arguments: Vec<OsString>,
    /// Changes to the environment: a value, or none to take the variable away.
    pub environment: Vec<(OsString, Option<OsString>)>,
    /// When it counts as answering.
    pub ready: Ready,
    /// What those who depend on it get in their environment while it runs.
    pub exports: Vec<Export>,
    /// How it is started again, and how long it is waited for.
    pub policy: Policy,
    /// What it depends on.
    pub needs: Vec<Need>,
}

/// When a subsystem answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    /// It serves its tree: its socket takes a connection and its `status` can be read.
    Serves,
    /// It says a line that begins so.
    Says(String),
}

/// One variable for those who depend on a subsystem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its name.
    pub variable: String,
    /// Where its value comes from.
    pub value: Source,
}

/// Where the value of an [`Export`] comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// It is known beforehand.
    Fixed(OsString),
    /// A field of the subsystem's `status`; null: there is nothing to hand on.
    Status(String),
}
