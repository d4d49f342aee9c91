//! The compositor's side of each protocol: smithay's handler traits, one file each.

mod activation;
mod children;
mod compositor;
mod data_control;
mod data_device;
mod decoration;
mod dialog;
mod exclusive_edge;
mod guard;
mod idle_inhibit;
mod layer_role;
mod layer_shell;
mod misc;
mod pacing;
mod pointer_constraints;
mod primary_selection;
mod seat;
mod security_context;
mod selection;
mod session_lock;
mod shm;
mod subsurface;
mod toplevel_hints;
mod virtual_keyboard;
mod xdg_popup;
mod xdg_shell;
mod xdg_wm_base;

pub(crate) use data_device::types_of;
pub(crate) use dialog::Dialogs;
pub(crate) use exclusive_edge::layer_shell;
pub(crate) use guard::place as bounded_place;
pub(crate) use pacing::Pacing;
pub(crate) use selection::kind_of;
pub(crate) use session_lock::ScreenLock;
pub(crate) use toplevel_hints::{FrozenIcons, hints_of};
pub(crate) use xdg_popup::popups_front_to_back;
