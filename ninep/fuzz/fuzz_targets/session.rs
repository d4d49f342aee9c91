//! A sequence of requests against the live server, with a model of its fids and tags.
#![no_main]

#[path = "../shared/session/mod.rs"]
mod session;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    session::check(data);
});
