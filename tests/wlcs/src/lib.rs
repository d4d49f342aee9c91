//! The compositor as a module of the Wayland conformance test suite, WLCS.
//!
//! WLCS loads this library, starts a compositor for each of its cases, connects clients to it, and
//! moves its pointer and fingers. What it meets is the compositor of a session, headless, with
//! exactly the globals that a session offers the board's own programs. `cargo xtask test wlcs` runs
//! the suite; what is known to fail, and why, is in `expected-failures.txt` beside this crate.

mod ffi;
mod globals;
mod server;
