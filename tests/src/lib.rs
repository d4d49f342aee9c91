//! What the whole-system tests stand on: real sessions, started headless in a home of their own, and
//! driven as a person would drive them.
//!
//! - [`Session`] starts `goblin session` and ends all of it when it is dropped. It waits by
//!   following events; nothing here sleeps to pass.
//! - [`Session::click`] finds what is written on a screen and clicks it with the session's own
//!   pointer; [`Session::type_text`] types.
//! - [`Session::launch`] starts a real program and keeps what it says to the compositor; [`Pixels`] is a
//!   picture of what it drew, for what no tree tells.
//! - [`InputMethod`] makes Chinese of keys by a script; [`Sandbox`] is a place of a subsystem's for programs.
//! - [`Session::tool`] runs a small program of the board, [`Session::copy`] copies with one.
//! - [`Home`] is the person's home; [`processes`] what `/proc` says of the session's processes.
//! - [`journey`] is a working day in some fifty steps.
//! - [`rest`] measures what a session at rest costs.
//!
//! Pictures and logs of each test lie in the target folder, in `system-tests/NAME/`.

mod client;
mod home;
mod input_method;
pub mod journey;
mod pixels;
pub mod processes;
mod programs;
pub mod rest;
mod sandbox;
mod screen;
mod session;
mod tools;
mod watched;

pub use client::Client;
pub use home::Home;
pub use input_method::InputMethod;
pub use pixels::Pixels;
pub use programs::{artifacts, programs, programs_but};
pub use sandbox::Sandbox;
pub use screen::Found;
pub use session::{LIMIT, Options, Said, Session, run};
pub use watched::Watched;
