//! The small tools that people of wlroots' compositors know: each does here what it does there.

use anyhow::{Context, Result, ensure};
use goblin_tests::{Options, Pixels, Session};
use trees::desktop::OutputStatus;

/// A session whose tools find its compositor.
async fn session(test: &str) -> Result<Session> {
    let options = Options {
        wait_for: &["desktop", "shell"],
        ..Options::default()
    };
    Session::start(test, options).await
}

async fn output(session: &Session) -> Result<OutputStatus> {
    let outputs = session.outputs().await?;
    outputs.into_iter().next().context("no output")
}

#[tokio::test]
async fn outputs_are_listed_and_set() -> Result<()> {
    let session = session("tools-randr").await?;
    let listed = session.tool(&["wlr-randr"]).await?.out;
    ensure!(
        listed.contains("headless-1") && listed.contains("1920x1080"),
        "{listed}"
    );
    session
        .tool(&["wlr-randr", "--output", "headless-1", "--scale", "1.25"])
        .await?;
    ensure!((output(&session).await?.scale - 1.25).abs() < 0.001);
    let mode = ["--custom-mode", "1600x900", "--transform", "90"];
    let mut argv = vec!["wlr-randr", "--output", "headless-1"];
    argv.extend(mode);
    session.tool(&argv).await?;
    let set = output(&session).await?;
    ensure!(set.mode == (1600, 900) && set.transform == "90", "{set:?}");
    let known = session.tool(&["wayland-info"]).await?.out;
    let known = known.matches("interface: ").count();
    ensure!(known >= 55, "wayland-info lists {known} globals");
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_region_is_chosen_and_photographed() -> Result<()> {
    let session = session("tools-grim").await?;
    let client = session.launch("foot", &["foot"]).await?;
    client.rests().await?;
    let chosen = async {
        let selecting = async {
            session
                .until("slurp to cover the screen", "/desktop/event", async || {
                    let layers = output(&session).await?.layers;
                    let there = layers.iter().any(|layer| layer.namespace == "selection");
                    Ok(there.then_some(()))
                })
                .await?;
            session.press_at((700.0, 400.0)).await?;
            session.pointer_to((900.0, 500.0)).await?;
            session.picture("choosing.png").await?;
            session.drop_at((1000.0, 600.0)).await
        };
        let (said, selected) = tokio::join!(session.tool(&["slurp"]), selecting);
        selected?;
        anyhow::Ok(said?.out)
    };
    let region = chosen.await?;
    ensure!(region.trim() == "700,400 301x201", "{region:?}");
    let file = session.artifact("region.png");
    let path = file.to_str().context("its path is no text")?;
    session.tool(&["grim", "-g", region.trim(), path]).await?;
    let region = Pixels::decode(&std::fs::read(&file)?)?;
    ensure!(region.size() == (301, 201), "{:?}", region.size());
    let whole = Pixels::decode(&session.picture("whole.png").await?)?;
    ensure!(region.at(150, 100) == whole.at(850, 500), "another place");
    let all = session.artifact("all.png");
    let path = all.to_str().context("its path is no text")?;
    session.tool(&["grim", path]).await?;
    let all = Pixels::decode(&std::fs::read(&all)?)?;
    ensure!(
        all.size() == (1920, 1080) && all.at(20, 20) == whole.at(20, 20),
        "grim and the tree disagree"
    );
    session.close(&client).await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn what_is_copied_is_pasted_and_typed() -> Result<()> {
    let session = session("tools-clipboard").await?;
    let kept = session.home().file("kept");
    let keep = format!("cat > {}", kept.display());
    let client = session.launch("foot", &["foot", "sh", "-c", &keep]).await?;
    client.rests().await?;
    session.copy(&["von hier"]).await?;
    ensure!(session.tool(&["wl-paste", "-n"]).await?.out == "von hier");
    session.copy(&["--primary", "picked"]).await?;
    ensure!(session.tool(&["wl-paste", "-p", "-n"]).await?.out == "picked");
    let types = session.tool(&["wl-paste", "--list-types"]).await?.out;
    ensure!(types.contains("text/plain;charset=utf-8"), "{types}");
    let from = client.said()?;
    session.tap("ctrl+shift+v").await?;
    client.says(from, &["wl_data_offer", ".receive("]).await?;
    client.rests().await?;
    session.tool(&["wtype", " nach 北京"]).await?;
    session.tool(&["wtype", "-k", "Return"]).await?;
    client.rests().await?;
    session.picture("typed.png").await?;
    session.tap("ctrl+d").await?;
    session.gone(client.window.id).await?;
    let text = std::fs::read_to_string(&kept)?;
    ensure!(text == "von hier nach 北京\n", "{text:?}");
    client.no_protocol_error()?;
    session.quit().await?;
    Ok(())
}
