//! A program's notification reaches the screen, and a click sends it away.

use anyhow::{Result, ensure};
use goblin_tests::{Options, Session};
use trees::desktop::Verb;

const POPUPS: &str = "/shell/notifications/screen";

#[tokio::test]
async fn a_program_says_something_and_a_person_dismisses_it() -> Result<()> {
    let session = Session::start("notifications", Options::default()).await?;
    let words = [
        "notify-send",
        "Tea is ready",
        "It has drawn for four minutes.",
    ];
    let argv = words.map(str::to_owned).to_vec();
    session.order("/desktop/ctl", &Verb::Spawn { argv }).await?;
    session
        .item(POPUPS, "text", "It has drawn for four minutes.")
        .await?;
    session.picture("notified.png").await?;
    session.click(POPUPS, "button", "Dismiss").await?;
    session
        .until("the popup to go", "/shell/event", async || {
            let screens = session.screens(POPUPS).await?;
            let gone = screens
                .iter()
                .all(|screen| screen.find("text", "four minutes").is_none());
            Ok(gone.then_some(()))
        })
        .await?;
    ensure!(
        session.subsystem("shell").await?.restarts == 0,
        "the shell died of it"
    );
    session.quit().await?;
    Ok(())
}
