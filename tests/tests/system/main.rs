//! Whole-system tests: a real session, real processes, real clients.
//!
//! `cargo xtask test system` builds the programs and runs these. Each test has a session and a home of
//! its own; what it leaves behind lies in the target folder, in `system-tests/NAME/`.

mod clients;
mod crashes;
mod demos;
mod domains;
mod faults;
mod hostile;
mod journey;
mod nested;
mod notifications;
mod rest;
mod session;
mod storage;
mod toolkits;
mod tools;
