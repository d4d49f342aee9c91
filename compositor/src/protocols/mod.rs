//! Protocols that smithay does not serve, one module each, all of one shape:
//!
//! - a state, kept in [`Globals`](crate::globals::Globals), whose `new` announces the global;
//! - `GlobalDispatch` for [`Goblin`](crate::goblin::Goblin), whose `can_view` asks
//!   [`sees`](crate::client::sees) and nothing else;
//! - `Dispatch` for the objects that come of it, which check what the client sent and then call the
//!   compositor's own words for it: what a request means is never decided here alone;
//! - where clients are told what changed, one function that [`end_turn`](crate::goblin::Goblin::end_turn)
//!   calls, which does nothing where nothing did.
//!
//! An object whose subject is gone (an output, a window) stays valid and does nothing.

mod fixes;
mod foreign_toplevel;
mod gamma_control;
mod idle_notify;
mod image_capture_source;
mod image_copy_capture;
mod image_copy_cursor;
mod input_method;
mod output_configuration;
mod output_management;
mod output_power;
mod pointer_warp;
mod screencopy;
mod session_management;
mod shortcuts_inhibit;
mod tearing_control;
mod text_input;
mod toplevel_drag;
mod transient_seat;
mod virtual_pointer;
mod workspace;
mod xdg_foreign;
pub(crate) mod xdg_session;
mod xwayland_shell;

pub(crate) use fixes::Fixes;
pub(crate) use foreign_toplevel::ForeignToplevels;
pub(crate) use gamma_control::GammaControlState;
pub(crate) use idle_notify::IdleNotifier;
pub(crate) use image_capture_source::CaptureSourceState;
pub(crate) use image_copy_capture::ImageCopyState;
pub(crate) use input_method::InputMethods;
pub(crate) use output_management::OutputManagementState;
pub(crate) use output_power::OutputPowerState;
pub(crate) use pointer_warp::PointerWarp;
pub(crate) use screencopy::ScreencopyState;
pub(crate) use session_management::SessionManagement;
pub(crate) use shortcuts_inhibit::ShortcutsInhibit;
pub(crate) use tearing_control::{TearingControl, tears};
pub(crate) use text_input::TextInputs;
pub(crate) use toplevel_drag::ToplevelDrags;
pub(crate) use transient_seat::TransientSeats;
pub(crate) use virtual_pointer::VirtualPointerState;
pub(crate) use workspace::WorkspaceState;
pub(crate) use xdg_foreign::XdgForeign;
pub(crate) use xwayland_shell::XwaylandShellState;
