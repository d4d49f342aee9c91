//! A thousand files, from the terminal to the storage panel.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};
use goblin_tests::{Options, Session};

const FILES: usize = 1_000;
const PANEL: &str = "/panels/storage/screen";

#[tokio::test]
async fn a_thousand_files_are_counted_on_a_panel_opened_from_the_launcher() -> Result<()> {
    let session = Session::start("storage", Options::default()).await?;

    let folder = session.home().file("many");
    fs::create_dir(&folder).context("a folder of the test's own")?;
    let files: Vec<String> = (0..FILES)
        .map(|n| {
            let file = folder.join(format!("file {n}"));
            fs::write(&file, format!("{n}\n")).context("a file of the test's own")?;
            file.to_str()
                .map(str::to_owned)
                .context("its path is no text")
        })
        .collect::<Result<_>>()?;
    let start = Instant::now();
    let mut words = vec!["put"];
    words.extend(files.iter().map(String::as_str));
    words.push("/mirror/spaces/home/data/");
    session.goblin(words).await?;
    let put = start.elapsed();

    session
        .click("/shell/bar/screen", "button", "Applications")
        .await?;
    let start = Instant::now();
    session
        .click("/shell/launcher/screen", "row", "Storage")
        .await?;
    session.item(PANEL, "text", "1,000 files").await?;
    let opened = start.elapsed();
    session.picture("thousand.png").await?;

    // The panel stands open: only the mirror's event can tell it of one more.
    let one = session.home().file("one more");
    fs::write(&one, "1000\n").context("a file of the test's own")?;
    let one = one.to_str().context("its path is no text")?;
    session
        .goblin(["put", one, "/mirror/spaces/home/data/"])
        .await?;
    let start = Instant::now();
    session.item(PANEL, "text", "1,001 files").await?;
    println!(
        "{FILES} files put in {put:?}; panel opened and right in {opened:?}; one more seen {:?} after \
         its put ended",
        start.elapsed()
    );
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn what_was_put_is_there_in_the_next_session() -> Result<()> {
    let options = Options {
        wait_for: &["mirror"],
        ..Options::default()
    };
    let session = Session::start("storage-again", options.clone()).await?;
    let note = session.home().file("note");
    fs::write(&note, "kept\n").context("a file of the test's own")?;
    let note = note.to_str().context("its path is no text")?;
    session
        .goblin(["put", note, "/mirror/spaces/home/data/note"])
        .await?;
    let home = session.quit().await?;
    let session = Session::start_in(home, "storage-again", options).await?;
    let kept = session
        .goblin(["cat", "/mirror/spaces/home/data/note"])
        .await?;
    anyhow::ensure!(kept == "kept\n", "{kept:?}");
    session.quit().await?;
    Ok(())
}
