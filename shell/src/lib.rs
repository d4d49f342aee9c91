//! The shell.

pub mod icons;
pub mod launcher;
pub mod notify;
pub mod picture;
pub mod reply;
