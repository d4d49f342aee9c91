//! `goblin-journey [--light]`: what `cargo xtask journey` runs.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let light = std::env::args().nth(1).as_deref() == Some("--light");
    let day = if light {
        goblin_tests::journey::light().await
    } else {
        goblin_tests::journey::whole().await
    };
    match day {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin-journey: {error:#}");
            ExitCode::FAILURE
        }
    }
}
