//! The launcher.

pub mod apps;
pub mod search;
pub mod watch;
