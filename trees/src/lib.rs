//! The typed shape of every 9P tree of goblin: the table of contents of the whole system.
//!
//! One module for each tree, with its paths, the serde type of every `status` and `event`, and the verbs of every `ctl`.
//! The service that serves a tree and the panel that reads it compile against the same types, and a script that writes
//! the same lines is as good as either.
//!
//! | tree | served by | module |
//! |---|---|---|
//! | `/desktop` | compositor | [`desktop`] |
//! | `/subsystems` | manager | [`subsystems`] |
//! | `/machine` | manager | [`machine`] |
//! | `/mirror` | mirror | [`mirror`] |
//! | `/shell`, `/panels` | shell, panels | [`shell`], [`panels`] |
//!
//! [`srv`] says where the sockets lie, [`screen`] what a view shows, [`time`] how a time is written.

pub mod desktop;
pub mod machine;
pub mod mirror;
pub mod panels;
pub mod screen;
pub mod shell;
pub mod srv;
pub mod subsystems;
pub mod time;
