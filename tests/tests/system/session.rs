//! A session comes up, answers, keeps what it was given, and goes.

use anyhow::{Context, Result, ensure};
use goblin_tests::{Options, Session};
use ninep::client::{Followed, From};
use trees::mirror::{Action, Event};
use trees::{desktop, machine, mirror, shell, subsystems};

/// Every tree answers with its own type, and the bar is drawn in the person's language.
async fn comes_up(test: &str, language: &'static str, expected: &str) -> Result<()> {
    let session = Session::start(
        test,
        Options {
            language,
            ..Options::default()
        },
    )
    .await?;
    let ns = session.namespace();

    let listed = session.goblin(["ls", "/"]).await?;
    for tree in ["desktop", "machine", "mirror", "shell", "subsystems"] {
        ensure!(
            listed
                .split_whitespace()
                .any(|name| name.trim_end_matches('/') == tree),
            "{listed}"
        );
    }
    let desktop: desktop::Status = ns.read_json("/desktop/status").await?;
    ensure!(
        desktop.backend == "headless" && desktop.testing,
        "{desktop:?}"
    );
    let manager: subsystems::Status = ns.read_json("/subsystems/status").await?;
    ensure!(manager.subsystems.len() >= 4, "{manager:?}");
    let machine: machine::Status = ns.read_json("/machine/status").await?;
    ensure!(
        machine.memory.total > 0 && !machine.disks.is_empty(),
        "{machine:?}"
    );
    let mirror: mirror::Status = ns.read_json("/mirror/status").await?;
    ensure!(
        mirror.spaces.iter().any(|space| space.name == "home"),
        "{mirror:?}"
    );
    let shell: shell::Status = ns.read_json("/shell/status").await?;
    ensure!(shell.language == expected, "{shell:?}");

    let bar = session
        .shows(
            "a bar as wide as the screen",
            "/shell/bar/screen",
            |screen| (screen.width > 1900.0 && !screen.items.is_empty()).then(|| screen.clone()),
        )
        .await?;
    ensure!(bar.surface == shell::BAR_SURFACE, "{bar:?}");
    let png = session.picture("desktop.png").await?;
    ensure!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "a picture is a PNG");
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn comes_up_in_english() -> Result<()> {
    comes_up("session-en", "en_US.UTF-8", "en").await
}

#[tokio::test]
async fn comes_up_in_chinese() -> Result<()> {
    comes_up("session-zh", "zh_CN.UTF-8", "zh-CN").await
}

#[tokio::test]
async fn what_one_client_writes_another_sees_as_an_event() -> Result<()> {
    let options = Options {
        wait_for: &["mirror"],
        ..Options::default()
    };
    let session = Session::start("session-event", options).await?;
    let mut feed = session
        .namespace()
        .follow::<Event>("/mirror/event", From::Now);
    ensure!(
        feed.next().await == Some(Followed::Up),
        "the mirror answers"
    );

    let note = session.home().file("note.txt");
    std::fs::write(&note, "seen\n").context("a file of the test's own")?;
    let note = note.to_str().context("its path is no text")?;
    session
        .goblin(["put", note, "/mirror/spaces/home/data/note.txt"])
        .await?;

    let seen = async {
        while let Some(followed) = feed.next().await {
            if let Followed::Event(Event::File {
                action,
                path,
                bytes,
                who,
                space,
                ..
            }) = followed
            {
                return Some((action, path, bytes, who.program, space.files));
            }
        }
        None
    };
    let seen = tokio::time::timeout(goblin_tests::LIMIT, seen)
        .await?
        .context("the feed ended")?;
    ensure!(
        seen.0 == Action::Created && seen.1 == "note.txt" && seen.2 == 5,
        "{seen:?}"
    );
    ensure!(
        seen.3.as_deref() == Some("goblin") && seen.4 == 1,
        "{seen:?}"
    );

    let read = session
        .goblin(["cat", "/mirror/spaces/home/data/note.txt"])
        .await?;
    ensure!(read == "seen\n", "{read:?}");
    session.quit().await?;
    Ok(())
}
