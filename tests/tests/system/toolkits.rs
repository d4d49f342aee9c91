//! Programs of the toolkits: menus, popups, moved and resized by the pointer, filled, full screen, closed.

use anyhow::{Result, ensure};
use goblin_tests::{Client, Home, Options, Session};
use trees::desktop::{Rect, WindowStatus};

/// A program and where its window has something to click on, from the top left corner of its content.
struct Program<'a> {
    name: &'a str,
    argv: &'a [&'a str],
    /// What its title begins with once it is ready.
    title: &'a str,
    /// A menu of its menu bar; none where it has no bar.
    menu: Option<(f64, f64)>,
    /// Where the right button opens a menu.
    context: Option<(f64, f64)>,
}

fn from(origin: Rect, (x, y): (f64, f64)) -> (f64, f64) {
    (f64::from(origin.x) + x, f64::from(origin.y) + y)
}

/// Where a window with a frame of ours is taken hold of: in the middle of the bar, and at the lower right corner.
fn handles(window: &WindowStatus) -> ((f64, f64), (f64, f64)) {
    let (frame, content) = (window.frame, window.geometry);
    let bar = (
        f64::from(frame.x + frame.width / 2),
        f64::from(frame.y.midpoint(content.y)),
    );
    let corner = (
        f64::from(frame.x + frame.width) - 1.0,
        f64::from(frame.y + frame.height) - 1.0,
    );
    (bar, corner)
}

/// A menu opens and goes with Escape.
async fn menu(session: &Session, client: &Client, button: &str, at: (f64, f64)) -> Result<()> {
    let said = client.said()?;
    session.click_with(button, at).await?;
    client.says(said, &["xdg_popup", ".configure("]).await?;
    client.rests().await?;
    let app = &client.window.app_id;
    session.picture(&format!("{app}-{button}.png")).await?;
    let said = client.said()?;
    session.tap("Escape").await?;
    client.popup_goes(said).await
}

/// What every window of these goes through.
async fn handled(session: &Session, program: Program<'_>) -> Result<()> {
    let client = session.launch(program.name, program.argv).await?;
    session
        .becomes("it to be ready", client.window.id, |window| {
            window.title.starts_with(program.title)
        })
        .await?;
    client.rests().await?;
    let id = client.window.id;
    let opened = session
        .becomes("it to have the keyboard", id, |window| window.focused)
        .await?;
    let origin = opened.geometry;
    session.picture(&format!("{}.png", program.name)).await?;
    if let Some(place) = program.menu {
        menu(session, &client, "left", from(origin, place)).await?;
    }
    if let Some(place) = program.context {
        menu(session, &client, "right", from(origin, place)).await?;
    }

    let (bar, corner) = handles(&opened);
    session.press_at(corner).await?;
    session.drop_at((corner.0 + 90.0, corner.1 + 60.0)).await?;
    let (width, height) = (origin.width + 90, origin.height + 60);
    session
        .becomes("it to be larger", id, |window| {
            (window.geometry.width, window.geometry.height) == (width, height)
        })
        .await?;
    session.press_at(bar).await?;
    session.drop_at((bar.0 - 150.0, bar.1 - 70.0)).await?;
    let moved = session
        .becomes("it to be moved", id, |window| {
            (window.geometry.x, window.geometry.y) == (origin.x - 150, origin.y - 70)
        })
        .await?;
    client.rests().await?;
    session
        .picture(&format!("{}-moved.png", program.name))
        .await?;
    session.tap("super+up").await?;
    session
        .becomes("it to fill the work area", id, |window| {
            window.maximized && window.frame.width == 1920
        })
        .await?;
    session.tap("super+f").await?;
    session
        .becomes("it to fill the screen", id, |window| {
            let size = (window.geometry.width, window.geometry.height);
            window.fullscreen && size == (1920, 1080)
        })
        .await?;
    client.rests().await?;
    session
        .picture(&format!("{}-fullscreen.png", program.name))
        .await?;
    session.tap("super+f").await?;
    session.tap("super+down").await?;
    session
        .becomes("it to be where it was", id, |window| {
            !window.fullscreen && !window.maximized && window.geometry == moved.geometry
        })
        .await?;
    session.close(&client).await?;
    client.no_protocol_error()
}

async fn toolkit(test: &str, program: Program<'_>) -> Result<()> {
    let options = Options {
        wait_for: &["desktop", "shell"],
        ..Options::default()
    };
    let home = Home::new()?;
    // It would fill the screen from the start.
    let settings = home.config().join("GottCode");
    std::fs::create_dir_all(&settings)?;
    std::fs::write(
        settings.join("FocusWriter.conf"),
        "[Window]\nFullscreen=false\n",
    )?;
    let session = Session::start_in(home, test, options).await?;
    handled(&session, program).await?;
    session.quit().await?;
    Ok(())
}

#[tokio::test]
async fn gtk3() -> Result<()> {
    let program = Program {
        name: "gtk3",
        argv: &["gtk3-demo-application"],
        title: "Application Class",
        menu: Some((40.0, 14.0)),
        context: Some((100.0, 110.0)),
    };
    toolkit("toolkits-gtk3", program).await
}

#[tokio::test]
async fn gtk4() -> Result<()> {
    let program = Program {
        name: "gtk4",
        argv: &["gtk4-demo-application"],
        title: "Application Class",
        menu: Some((40.0, 14.0)),
        context: Some((80.0, 80.0)),
    };
    toolkit("toolkits-gtk4", program).await
}

#[tokio::test]
async fn qt5() -> Result<()> {
    let program = Program {
        name: "qt5",
        argv: &["featherpad", "--standalone"],
        title: "Untitled",
        menu: Some((16.0, 12.0)),
        context: Some((300.0, 250.0)),
    };
    toolkit("toolkits-qt5", program).await
}

#[tokio::test]
async fn qt6() -> Result<()> {
    let program = Program {
        name: "qt6",
        argv: &["focuswriter"],
        title: "(Untitled",
        menu: None,
        context: Some((640.0, 300.0)),
    };
    toolkit("toolkits-qt6", program).await
}

/// GTK's own header bars: it is the client that says when it is moved and resized.
#[tokio::test]
async fn one_with_a_frame_of_its_own_is_moved_and_resized_by_it() -> Result<()> {
    let options = Options {
        wait_for: &["desktop"],
        ..Options::default()
    };
    let session = Session::start("toolkits-own-frame", options).await?;
    let client = session.launch("gtk4-demo", &["gtk4-demo"]).await?;
    client.rests().await?;
    let (id, origin) = (client.window.id, client.window.geometry);
    ensure!(client.window.frame == origin, "{:?}", client.window);
    let said = client.said()?;
    session.press_at(from(origin, (150.0, 20.0))).await?;
    session.pointer_to(from(origin, (200.0, 40.0))).await?;
    session.pointer_to(from(origin, (250.0, 70.0))).await?;
    client.says(said, &["xdg_toplevel", ".move("]).await?;
    session.drop_at(from(origin, (250.0, 70.0))).await?;
    let moved = session
        .becomes("it to be moved", id, |window| {
            (window.geometry.x, window.geometry.y) == (origin.x + 100, origin.y + 50)
        })
        .await?
        .geometry;
    let said = client.said()?;
    let corner = (f64::from(moved.width) + 2.0, f64::from(moved.height) + 2.0);
    session.press_at(from(moved, corner)).await?;
    client.says(said, &["xdg_toplevel", ".resize("]).await?;
    session
        .drop_at(from(moved, (corner.0 + 120.0, corner.1 + 80.0)))
        .await?;
    session
        .becomes("it to be larger", id, |window| {
            (window.geometry.width, window.geometry.height)
                == (moved.width + 120, moved.height + 80)
        })
        .await?;
    client.rests().await?;
    session.picture("resized.png").await?;
    session.close(&client).await?;
    client.no_protocol_error()?;
    session.quit().await?;
    Ok(())
}
