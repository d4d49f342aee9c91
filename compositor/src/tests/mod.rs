//! The real server and real Wayland clients in one process, with no clock to wait for and no
//! socket on disk.

mod client;
mod clock;
mod conformance;
mod constraints;
mod control;
mod data_control;
mod decoration;
mod devices;
mod dispatch;
mod domains;
mod fixes;
mod fixture;
mod focus;
mod foreign;
mod foreign_toplevels;
mod frames;
mod fuzz;
mod hints;
mod hostile;
mod idle;
mod image_copy;
mod input_method;
mod layers;
mod layout;
mod lock;
mod memory;
mod output_management;
mod outputs;
mod pacing;
mod pictures;
mod pointer;
mod popups;
mod reload;
mod screencopy;
mod selection;
mod shortcuts;
mod toplevel_drag;
mod virtual_keyboard;
mod virtual_pointer;
mod windows;
mod workspaces;

use client::Client;
use fixture::Fixture;
