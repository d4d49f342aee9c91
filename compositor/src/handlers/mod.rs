//! The compositor's side of each protocol: smithay's handler traits, one file each.

mod activation;
mod compositor;
mod decoration;
mod guard;
mod layer_shell;
mod misc;
mod seat;
mod security_context;
mod selection;
mod xdg_popup;
mod xdg_shell;
