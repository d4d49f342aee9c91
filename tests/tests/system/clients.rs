//! Real programs open, take what is typed, save it and close, and nobody breaks the protocol.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use goblin_tests::{Options, Session, Watched};

const TEXT: &str = "Hello, goblin: (1 + 2) * 3 = 9!";

async fn session(test: &str) -> Result<Session> {
    Session::start(
        test,
        Options {
            wait_for: &["desktop", "shell"],
            ..Options::default()
        },
    )
    .await
}

/// Checks that a file holds the text.
fn holds(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} was not written", file.display()))?;
    ensure!(text.trim_end() == TEXT, "{} holds {text:?}", file.display());
    Ok(())
}

/// A terminal runs a program that keeps what is typed; the end of the input ends both. `run` makes the
/// command line from the program's path.
async fn terminal(test: &str, run: impl Fn(&str) -> Vec<String>) -> Result<()> {
    let session = session(test).await?;
    let file = session.home().file("typed");
    let keep = session.home().file("keep");
    std::fs::write(&keep, format!("#!/bin/sh\nexec cat > {}\n", file.display()))
        .and_then(|()| std::fs::set_permissions(&keep, Permissions::from_mode(0o700)))
        .context("a program of the test's own")?;
    let argv = run(keep.to_str().context("its path is no text")?);
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    let client = session.launch(test, &argv).await?;
    session.type_text(TEXT).await?;
    session.tap("Return").await?;
    session.picture("typed.png").await?;
    session.tap("ctrl+d").await?;
    session.gone(client.window.id).await?;
    holds(&file)?;
    client.no_protocol_error()?;
    session.quit().await?;
    Ok(())
}

/// An editor opens a file, takes text, saves it by its shortcut and closes.
async fn editor(test: &str, program: &[&str]) -> Result<()> {
    let session = session(test).await?;
    let file = session.home().file("typed.txt");
    std::fs::write(&file, "").context("a file of the test's own")?;
    let mut argv = program.to_vec();
    argv.push(file.to_str().context("its path is no text")?);
    let client = session.launch(test, &argv).await?;
    session
        .becomes("it to have read the file", client.window.id, |window| {
            window.title.contains("typed.txt")
        })
        .await?;
    client.rests().await?;
    session.type_text(TEXT).await?;
    session.picture("typed.png").await?;
    let saved = Watched::new(&session.home().home())?;
    session.tap("ctrl+s").await?;
    saved.until(|| holds(&file))?;
    // The file is there before the program knows; until it does it asks whether to save.
    client.rests().await?;
    session.close(&client).await?;
    client.no_protocol_error()?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn foot_takes_text_and_closes() -> Result<()> {
    terminal("foot", |keep| vec!["foot".into(), keep.into()]).await
}

#[tokio::test]
async fn weston_terminal_takes_text_and_closes() -> Result<()> {
    terminal("weston-terminal", |keep| {
        vec!["weston-terminal".into(), format!("--shell={keep}")]
    })
    .await
}

#[tokio::test]
async fn a_gtk4_editor_takes_text_and_closes() -> Result<()> {
    editor("gtk4", &["gnome-text-editor", "--standalone"]).await
}

#[tokio::test]
async fn a_qt_editor_takes_text_and_closes() -> Result<()> {
    editor("qt", &["featherpad", "--standalone"]).await
}

#[tokio::test]
async fn a_qt6_editor_takes_text_and_closes() -> Result<()> {
    editor("qt6", &["focuswriter"]).await
}
