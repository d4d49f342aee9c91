//! A service that dies is back with its data, and nobody else dies with it.

use anyhow::{Context, Result, ensure};
use goblin_tests::{Options, Session, processes};
use trees::subsystems::State;

const NOTE: &str = "/mirror/spaces/home/data/note";
const PANEL: &str = "/panels/storage/screen";
const BAR: &str = "/shell/bar/screen";

/// A session with one file in the mirror and the storage panel open on it.
async fn session_with_a_file(test: &str) -> Result<Session> {
    let session = Session::start(test, Options::default()).await?;
    let note = session.home().file("note");
    std::fs::write(&note, "kept\n").context("a file of the test's own")?;
    session
        .goblin(["put", note.to_str().context("its path is no text")?, NOTE])
        .await?;
    session.goblin(["panel", "storage"]).await?;
    session.item(PANEL, "text", "1 file").await?;
    Ok(session)
}

#[tokio::test]
async fn a_dead_mirror_is_shown_and_comes_back_with_its_data() -> Result<()> {
    let session = session_with_a_file("crash-mirror").await?;
    session.item(BAR, "light", "Mirror").await?;

    // The manager would have it back before anybody could look: it has to wait until we have.
    let manager = session.manager()?;
    let mirror = session.subsystem("mirror").await?;
    processes::pause(manager)?;
    processes::kill_now(mirror.pid.context("the mirror has no process")?)?;
    session.item(BAR, "light", "Mirror silent since").await?;
    session
        .item(PANEL, "text", "/mirror is out of reach")
        .await?;
    session.item(PANEL, "text", "No answer since").await?;
    session.picture("silent.png").await?;
    processes::resume(manager)?;

    let again = session.running("mirror").await?;
    let failure = again.failure.context("its death is not told")?;
    ensure!(failure.cause.contains("signal 9"), "{failure:?}");
    ensure!(
        again.restarts == 1,
        "started again {} times",
        again.restarts
    );
    session.item(PANEL, "text", "1 file").await?;
    session
        .shows("a mirror that answers, on the bar", BAR, |screen| {
            let light = screen.find("light", "Mirror")?;
            (!light.text.contains("silent")).then_some(())
        })
        .await?;
    ensure!(
        session.goblin(["cat", NOTE]).await? == "kept\n",
        "the data is not there"
    );
    session.picture("back.png").await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_dead_shell_takes_no_window_with_it_and_its_bar_returns() -> Result<()> {
    let session = session_with_a_file("crash-shell").await?;
    let foot = session.launch("foot", &["foot", "cat"]).await?;
    let before: Vec<u64> = session
        .windows()
        .await?
        .iter()
        .map(|window| window.id)
        .collect();

    let shell = session.crash("shell").await?;
    ensure!(shell.state == State::Running, "{shell:?}");
    session.item(BAR, "button", "Applications").await?;
    let after: Vec<u64> = session
        .windows()
        .await?
        .iter()
        .map(|window| window.id)
        .collect();
    ensure!(after == before, "windows were {before:?} and are {after:?}");
    foot.no_protocol_error()?;
    session.picture("bar-is-back.png").await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_dead_compositor_is_back_with_a_shell() -> Result<()> {
    let session = Session::start("crash-desktop", Options::default()).await?;
    session.crash("desktop").await?;
    session.item(BAR, "button", "Applications").await?;
    ensure!(
        session.subsystem("mirror").await?.restarts == 0,
        "the mirror has no part in it"
    );
    session.quit().await?;
    Ok(())
}
