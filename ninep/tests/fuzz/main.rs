//! The fuzz targets of `ninep/fuzz` on a stable compiler: the kept corpus, then random inputs grown from it, for so many
//! seconds as `GOBLIN_FUZZ_SECONDS` says or a few. `cargo xtask fuzz ninep --minutes N` sets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(
    unreachable_pub,
    reason = "the targets are shared with the programs of ninep/fuzz"
)]

#[path = "../../fuzz/shared/codec.rs"]
mod codec;
mod grow;
#[path = "../../fuzz/shared/session/mod.rs"]
mod session;

use grow::Campaign;

#[test]
fn any_bytes_are_a_message_of_one_form_or_an_error() {
    let mut campaign = Campaign::of("codec");
    campaign.run(|data| {
        codec::check(data);
        codec::seen(data)
    });
}

#[test]
fn any_session_is_what_the_model_says() {
    let mut campaign = Campaign::of("session");
    campaign.run(session::check);
}
