//! The Wayland compositor of goblin.
//!
//! | module | what it does |
//! |---|---|
//! | [`layout`] | where every window is: a pure model |
//! | `goblin` | the state: one value, owned by one thread |
//! | `arrivals`, `dispatch` | which clients have sent something, and reading it |
//! | `clock` | the time that behaviour goes by, and what is due later |
//! | `handlers` | smithay's traits, one protocol a file |
//! | `protocols` | the protocols that smithay does not serve, one a file |
//! | `layers` | where layer surfaces lie on their output |
//! | `input` | devices, focus, bindings, grabs |
//! | `render` | what is drawn, and when a frame is due |
//! | `backend` | where frames go: memory, or a window of another desktop |
//! | `capture` | pictures that clients wait for |
//! | `config` | the TOML file, read again when it changes |
//! | `control`, `tree` | `/desktop`: commands to the state, and their 9P face |
//! | `embed` | all of it on a thread of another program, for the conformance suite |
//! | `shell` | the client's side of one window: `xdg_toplevel`, or X11 |
//! | `xwayland` | X11 clients: the display, Xwayland's life, and its window manager |
//! | `process` | programs started by the session, signals, limits |
//!
//! The way of a key press: `backend` → `input::keyboard` (bindings) → the focused client → its
//! commit in `handlers::compositor` → `render::redraw` → `backend` draws → `render::present`.

mod arrivals;
mod backend;
mod capture;
mod client;
mod clock;
mod config;
mod control;
mod dispatch;
pub mod domain;
mod embed;
mod globals;
mod goblin;
mod handlers;
mod input;
mod layers;
pub mod layout;
mod listener;
mod options;
mod outputs;
mod overview;
mod process;
mod protocols;
mod render;
mod selections;
mod session;
mod sessions;
mod shell;
mod tree;
mod windows;
mod xwayland;

#[cfg(test)]
mod tests;

pub use embed::{ClientTag, Embedded};
pub use options::{BackendKind, Options};
pub use session::run;
