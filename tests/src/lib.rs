//! What the whole-system tests stand on: real sessions, started headless in a home of their own, and
//! driven as a person would drive them.
//!
//! - [`Session`] starts `goblin session` and ends all of it when it is dropped. It waits by
//!   following events; nothing here sleeps to pass.
//! - [`Session::click`] finds what is written on a screen and clicks it with the session's own
//!   pointer; [`Session::type_text`] types.
//! - [`Home`] is the person's home; [`processes`] what `/proc` says of the session's processes.
//! - [`rest`] measures what a session at rest costs.
//!
//! Pictures and logs of each test lie in the target folder, in `system-tests/NAME/`.

mod client;
mod home;
pub mod processes;
mod programs;
pub mod rest;
mod screen;
mod session;
mod watched;

pub use client::Client;
pub use home::Home;
pub use programs::{artifacts, programs, programs_but};
pub use screen::Found;
pub use session::{LIMIT, Options, Said, Session, run};
pub use watched::Watched;
