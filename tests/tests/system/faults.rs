//! What a person gets wrong, or a machine: one clear line that names the thing and the way out.

use std::fs;

use anyhow::{Context, Result, ensure};
use goblin_tests::{Home, Options, Said, Session, programs, programs_but, run};
use trees::desktop;
use trees::subsystems::State;

/// Checks that a program failed with one line on standard error that has all of `words`.
fn one_line(said: &Said, words: &[&str]) -> Result<()> {
    ensure!(!said.success, "it did not fail: {said:?}");
    ensure!(
        said.err.trim_end().lines().count() == 1,
        "not one line: {}",
        said.err
    );
    for word in words {
        ensure!(said.err.contains(word), "{word:?} is not in: {}", said.err);
    }
    Ok(())
}

#[tokio::test]
async fn without_a_session_the_command_says_so() -> Result<()> {
    let home = Home::new()?;
    let environment = home.environment("en_US.UTF-8");
    let goblin = programs()?.join("goblin");
    let said = run(&goblin, ["cat", "/mirror/status"], &environment).await?;
    one_line(&said, &["/mirror", "goblin session"])
}

#[tokio::test]
async fn without_a_compositor_the_shell_and_the_panels_say_so() -> Result<()> {
    let home = Home::new()?;
    let environment = home.environment("en_US.UTF-8");
    for program in ["goblin-shell", "goblin-panels"] {
        let said = run(&programs()?.join(program), [""; 0], &environment).await?;
        one_line(&said, &["WAYLAND_DISPLAY"]).with_context(|| program.to_owned())?;
    }
    Ok(())
}

#[tokio::test]
async fn a_second_session_in_the_same_place_is_refused_and_the_first_goes_on() -> Result<()> {
    let options = Options {
        wait_for: &["mirror"],
        ..Options::default()
    };
    let session = Session::start("faults-taken", options).await?;
    let said = session
        .goblin_says(["session", "--headless", "800x600@1"])
        .await?;
    one_line(&said, &["subsystems", "XDG_RUNTIME_DIR"])?;
    session.running("mirror").await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_store_that_cannot_be_a_folder_stops_the_mirror_and_nothing_else() -> Result<()> {
    let home = Home::new()?;
    // A file in its place: permissions would not stop root.
    fs::create_dir_all(home.data().join("goblin")).context("the data folder")?;
    fs::write(home.data().join("goblin/mirror"), "in the way").context("the file in the way")?;
    let options = Options {
        wait_for: &["desktop", "shell"],
        ..Options::default()
    };
    let session = Session::start_in(home, "faults-store", options).await?;
    let words = session
        .until("the mirror to fail", "/subsystems/event", async || {
            let mirror = session.subsystem("mirror").await?;
            Ok(mirror.failure.and_then(|failure| failure.last_words))
        })
        .await?;
    let path = session
        .home()
        .data()
        .join("goblin/mirror")
        .display()
        .to_string();
    ensure!(words.contains(&path), "the path is not named: {words}");
    ensure!(
        session.subsystem("desktop").await?.state == State::Running,
        "the desktop runs on"
    );
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_broken_configuration_is_named_with_its_line_and_the_session_comes_up() -> Result<()> {
    let home = Home::new()?;
    let file = home.config().join("goblin/compositor.toml");
    fs::create_dir_all(file.parent().context("no folder")?).context("the folder")?;
    fs::write(&file, "[keyboard]\nlayout = \n").context("the configuration")?;
    let options = Options {
        wait_for: &["desktop", "shell"],
        ..Options::default()
    };
    let session = Session::start_in(home, "faults-config", options).await?;
    let status: desktop::Status = session.namespace().read_json("/desktop/status").await?;
    let error = status.config.error.context("the fault is not told")?;
    let path = file.display().to_string();
    ensure!(
        error.contains(&path) && error.contains('2'),
        "file and line are not named: {error}"
    );
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_session_whose_desktop_does_not_come_up_ends_and_says_why() -> Result<()> {
    let place = goblin_tests::artifacts("faults-desktop-programs")?;
    let script = "echo 'no pixels today' >&2; exit 4";
    let options = Options {
        programs: Some(programs_but(&place, "goblin-compositor", script)?),
        ..Options::default()
    };
    let home = Home::new()?;
    let session = options.programs.clone().context("just set")?.join("goblin");
    let environment = home.environment(options.language);
    let said = run(
        &session,
        ["session", "--headless", "800x600@1"],
        &environment,
    )
    .await?;
    ensure!(!said.success, "it ended well: {said:?}");
    let last = said.err.lines().last().context("it said nothing")?;
    for word in ["desktop", "exit code 4", "no pixels today"] {
        ensure!(last.contains(word), "{word:?} is not in: {last}");
    }
    Ok(())
}

#[tokio::test]
async fn a_service_that_dies_at_once_is_named_with_its_last_words() -> Result<()> {
    let place = goblin_tests::artifacts("faults-dies-programs")?;
    let script = "echo 'the store is on fire' >&2; exit 3";
    let programs = programs_but(&place, "goblin-mirror", script)?;
    let options = Options {
        wait_for: &["desktop", "shell"],
        programs: Some(programs),
        ..Options::default()
    };
    let session = Session::start("faults-dies", options).await?;
    let mirror = session
        .until(
            "the manager to give up or wait",
            "/subsystems/event",
            async || {
                let mirror = session.subsystem("mirror").await?;
                let again = mirror.restarts >= 2 || mirror.state == State::Failed;
                Ok(again.then_some(mirror))
            },
        )
        .await?;
    let failure = mirror.failure.context("the failure is not told")?;
    ensure!(
        failure.cause.contains('3'),
        "the exit is not named: {failure:?}"
    );
    ensure!(
        failure.last_words.as_deref() == Some("the store is on fire"),
        "{failure:?}"
    );
    session.quit().await?;
    Ok(())
}
