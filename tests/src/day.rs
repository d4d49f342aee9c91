//! `goblin-journey`: what `cargo xtask journey` runs.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match goblin_tests::journey::whole().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin-journey: {error:#}");
            ExitCode::FAILURE
        }
    }
}
