//! What each word of `goblin` does, one file each.

pub(crate) mod cat;
pub(crate) mod export;
pub(crate) mod get;
pub(crate) mod ls;
pub(crate) mod mkdir;
pub(crate) mod mount;
pub(crate) mod mv;
pub(crate) mod panel;
pub(crate) mod put;
pub(crate) mod rm;
pub(crate) mod screenshot;
pub(crate) mod session;
pub(crate) mod stat;
pub(crate) mod tail;
pub(crate) mod write;
