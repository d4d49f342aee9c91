//! X11 programs, through the real Xwayland.

mod client;
mod life;
mod menus;
mod selections;
mod shell;
mod windows;

use client::XClient;
