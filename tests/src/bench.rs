//! `goblin-bench NAME`: what `cargo xtask bench` runs. It reports, and judges nothing.

use std::process::ExitCode;

use anyhow::{Result, bail};
use goblin_tests::{Options, Session, rest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match bench(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn bench(words: &[String]) -> Result<()> {
    match words {
        [name] if name == "rest" => {
            let options = Options {
                language: "zh_CN.UTF-8",
                ..Options::default()
            };
            let session = Session::start("bench-rest", options).await?;
            eprintln!(
                "the session is up and left alone until second {} of a minute",
                rest::TO
            );
            println!("{}", rest::measure(&session).await?);
            session.quit().await?;
            Ok(())
        }
        _ => bail!("there is one bench: rest"),
    }
}
