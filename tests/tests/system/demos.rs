//! Weston's demo clients: each opens, shows what it is for, takes what a person does to it and goes.

use anyhow::{Context, Result, ensure};
use goblin_tests::{Client, LIMIT, Options, Pixels, Session};
use trees::desktop::WindowVerb;

async fn session(test: &str) -> Result<Session> {
    let options = Options {
        wait_for: &["desktop"],
        ..Options::default()
    };
    Session::start(test, options).await
}

/// Waits until a window's picture is as `is` says, and gives it.
async fn shows(session: &Session, client: &Client, is: impl Fn(&Pixels) -> bool) -> Result<Pixels> {
    let path = format!("/desktop/windows/{}", client.window.id);
    let name = format!("{}.png", client.window.app_id);
    let drawn = async {
        loop {
            let pixels = Pixels::decode(&session.picture_of(&path, &name).await?)?;
            if is(&pixels) {
                return anyhow::Ok(pixels);
            }
            // What a client draws is no event of any tree; a frame is the shortest time for another picture.
            tokio::time::sleep(std::time::Duration::from_millis(17)).await;
        }
    };
    tokio::time::timeout(LIMIT, drawn)
        .await
        .with_context(|| format!("{} does not draw what it should", client.window.app_id))?
}

/// A place in a window, from the top left corner of its content.
fn inside(client: &Client, x: i32, y: i32) -> (f64, f64) {
    let origin = client.window.geometry;
    (f64::from(origin.x + x), f64::from(origin.y + y))
}

async fn end(session: &Session, client: &Client) -> Result<()> {
    session.close(client).await?;
    client.no_protocol_error()
}

#[tokio::test]
async fn what_only_draws_is_seen() -> Result<()> {
    let session = session("demos-drawn").await?;
    for (name, more) in [
        ("simple-shm", None),
        ("simple-damage", None),
        ("subsurfaces", None),
        ("transformed", None),
        ("scaler", None),
        ("flower", None),
        ("cliptest", None),
        ("eventdemo", None),
        ("image", Some("/usr/share/weston/background.png")),
    ] {
        let program = format!("weston-{name}");
        let mut argv = vec![program.as_str()];
        argv.extend(more);
        let client = session.launch(&program, &argv).await?;
        shows(&session, &client, |pixels| pixels.colours() > 2).await?;
        end(&session, &client).await?;
    }
    session.quit().await?;
    Ok(())
}

/// It asks to fill the screen after its first commit, and draws nothing before it is told a size.
#[tokio::test]
async fn one_that_asks_late_for_the_whole_screen_gets_it() -> Result<()> {
    let session = session("demos-calibrator").await?;
    let client = session
        .launch("weston-calibrator", &["weston-calibrator"])
        .await?;
    ensure!(client.window.fullscreen, "{:?}", client.window);
    shows(&session, &client, |pixels| pixels.size() == (1920, 1080)).await?;
    end(&session, &client).await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn a_flower_is_dragged_to_another_place() -> Result<()> {
    let session = session("demos-dnd").await?;
    let client = session.launch("weston-dnd", &["weston-dnd"]).await?;
    shows(&session, &client, |pixels| pixels.colours() > 8).await?;
    let from = client.said()?;
    session.press_at(inside(&client, 132, 76)).await?;
    client.says(from, &["start_drag("]).await?;
    session.pointer_to(inside(&client, 90, 76)).await?;
    session.pointer_to(inside(&client, 52, 76)).await?;
    client.says(from, &["wl_data_device", ".motion("]).await?;
    session.picture("dragged.png").await?;
    session.drop_at(inside(&client, 52, 76)).await?;
    client.says(from, &["wl_data_device", ".drop("]).await?;
    client
        .says(from, &["wl_data_source", ".dnd_finished("])
        .await?;
    client.rests().await?;
    session.picture("dropped.png").await?;
    end(&session, &client).await?;
    session.quit().await?;
    Ok(())
}

/// Windows of one program: a dialog, a popup, another window; filled, full screen and back.
#[tokio::test]
async fn windows_pile_up_and_fill_the_screen() -> Result<()> {
    let session = session("demos-stacking").await?;
    let client = session
        .launch("weston-stacking", &["weston-stacking"])
        .await?;
    let id = client.window.id;
    client.rests().await?;
    session.tap("t").await?;
    let dialog = session
        .window("a dialog", |window| window.place.parent == Some(id))
        .await?;
    session.picture("dialog.png").await?;
    session
        .order(&format!("/desktop/windows/{id}/ctl"), &WindowVerb::Focus {})
        .await?;
    session
        .becomes("the first window to be focused", id, |window| {
            window.focused
        })
        .await?;
    let front = session.windows().await?;
    ensure!(
        front.first().map(|window| window.id) == Some(dialog.id),
        "the dialog is not above its parent"
    );
    session.tap("m").await?;
    session
        .becomes("it to fill the work area", id, |window| window.maximized)
        .await?;
    session.picture("maximised.png").await?;
    session.tap("m").await?;
    session
        .becomes("it to be small again", id, |window| !window.maximized)
        .await?;
    session.tap("f").await?;
    session
        .becomes("it to fill the screen", id, |window| window.fullscreen)
        .await?;
    session.picture("fullscreen.png").await?;
    session.tap("f").await?;
    session
        .becomes("it to be small again", id, |window| !window.fullscreen)
        .await?;
    let from = client.said()?;
    session.tap("p").await?;
    client.says(from, &["xdg_popup", ".configure("]).await?;
    client.rests().await?;
    session.picture("popup.png").await?;
    client.no_protocol_error()?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn the_pointer_is_kept_in_by_one_that_asks() -> Result<()> {
    let session = session("demos-confine").await?;
    let client = session
        .launch("weston-confine", &["weston-confine"])
        .await?;
    client.rests().await?;
    let from = client.said()?;
    session.click_at(inside(&client, 200, 200)).await?;
    client
        .says(from, &["zwp_confined_pointer_v1", ".confined("])
        .await?;
    session.picture("confined.png").await?;
    let from = client.said()?;
    session.pointer_to(inside(&client, 220, 210)).await?;
    session.pointer_to(inside(&client, 2000, 210)).await?;
    client.says(from, &["wl_pointer", ".motion("]).await?;
    client.rests().await?;
    let heard = client.log()?;
    let left = heard[from..]
        .lines()
        .find(|line| line.contains("wl_pointer") && line.contains(".leave("));
    ensure!(left.is_none(), "the pointer left: {left:?}");
    end(&session, &client).await?;
    session.quit().await?;
    Ok(())
}
