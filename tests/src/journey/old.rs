//! A program that knows no Wayland: opened, typed into, copied from and pasted into.

use anyhow::{Result, ensure};
use trees::desktop::Status;

use super::Day;

impl Day {
    /// GTK 3 as an X11 client, and xclip.
    pub(super) async fn x11(&self) -> Result<()> {
        let session = &self.session;
        let argv = ["env", "GDK_BACKEND=x11", "gtk3-demo-application"];
        // It says nothing to us: what it says to the X server is its own.
        let client = session.launch("x11", &argv).await?;
        let window = self
            .becomes("it to be ready", &client.window, |window| {
                window.title.starts_with("Application Class") && window.focused
            })
            .await?;
        let status: Status = session.namespace().read_json("/desktop/status").await?;
        ensure!(status.x11_running, "it is no X11 program: {status:?}");
        self.station("x11").await?;
        // It opens smaller than a person would write in.
        session.tap("super+right").await?;
        let window = self
            .becomes("it to fill the right half", &window, |window| {
                window.place.snapped.as_deref() == Some("right") && window.frame.width == 960
            })
            .await?;
        let text = window.geometry;
        let middle = (
            f64::from(text.x + text.width / 2),
            f64::from(text.y + text.height / 2),
        );
        // It has drawn itself so large, but where its text is now, it alone knows.
        self.settle().await?;
        session.click_at(middle).await?;
        session.type_text("I knew X when it was young").await?;
        self.station("x11-typed").await?;
        session.tap("ctrl+shift+Home").await?;
        session.tap("ctrl+c").await?;
        self.pastes("I knew X when it was young").await?;
        ensure!(
            session
                .tool(&["xclip", "-selection", "clipboard", "-o"])
                .await?
                .out
                == "I knew X when it was young"
        );

        session.copy(&["and Wayland was not born"]).await?;
        session.tap("ctrl+End").await?;
        session.tap("Return").await?;
        session.tap("ctrl+v").await?;
        self.station("x11-pasted").await?;
        session.tap("ctrl+shift+Home").await?;
        session.tap("ctrl+c").await?;
        self.pastes("I knew X when it was young\nand Wayland was not born")
            .await?;
        session.close(&client).await
    }

    /// Waits until that is what a program of the board pastes: an X11 client tells nobody that it has copied.
    async fn pastes(&self, text: &str) -> Result<()> {
        let begun = std::time::Instant::now();
        loop {
            let pasted = self.session.tool(&["wl-paste", "--no-newline"]).await;
            match pasted {
                Ok(said) if said.out == text => return Ok(()),
                other => ensure!(begun.elapsed() < crate::LIMIT, "pasted was {other:?}"),
            }
        }
    }
}
