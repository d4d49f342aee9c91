//! Any bytes as a message of any dialect and direction.
#![no_main]

#[path = "../shared/codec.rs"]
#[allow(dead_code, reason = "the run on stable steers by `seen`")]
mod codec;

libfuzzer_sys::fuzz_target!(|data: &[u8]| codec::check(data));
