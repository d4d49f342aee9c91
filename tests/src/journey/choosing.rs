//! A window is chosen by its picture: by Alt+Tab, and in the overview, where it is dragged to another workspace.

use anyhow::{Context, Result, ensure};
use trees::desktop::{Choosing, Status, WindowStatus};

use super::Day;

/// A place on the second card of the row of workspaces, of the two that a screen of 1920 by 1080 has here.
const SECOND_CARD: (f64, f64) = (1092.0, 133.0);

impl Day {
    /// The switcher's pictures, then a drag in the overview.
    pub(super) async fn choose(
        &self,
        terminal: &WindowStatus,
        editor: &WindowStatus,
    ) -> Result<()> {
        let session = &self.session;
        self.becomes("the terminal to have the keyboard", terminal, |window| {
            window.focused
        })
        .await?;
        session.key_down("Alt_L").await?;
        session.tap("Tab").await?;
        let open = self.choosing("switcher").await?;
        ensure!(
            open.chosen == Some(editor.id) && open.windows.contains(&terminal.id),
            "{open:?}"
        );
        self.station("switcher").await?;
        session.key_up("Alt_L").await?;
        self.becomes("the editor to have the keyboard", editor, |window| {
            window.focused
        })
        .await?;

        session.tap("super+a").await?;
        let open = self.choosing("overview").await?;
        ensure!(open.windows == [terminal.id, editor.id], "{open:?}");
        self.station("overview").await?;
        // The one that was opened first is the left one of the two.
        let picture = (600.0, 640.0);
        session.press_at(picture).await?;
        session.pointer_to((700.0, 500.0)).await?;
        session.pointer_to(SECOND_CARD).await?;
        self.station("dragged-in-the-overview").await?;
        session.drop_at(SECOND_CARD).await?;
        let here = terminal.place.workspace;
        let moved = self
            .becomes(
                "the terminal to be on the second workspace",
                terminal,
                |window| window.place.workspace != here && !window.place.visible,
            )
            .await?;
        ensure!(moved.place.workspace.is_some(), "{moved:?}");
        self.station("dropped-in-the-overview").await?;
        session.tap("Escape").await?;
        self.chosen().await?;
        session.tap("super+2").await?;
        self.becomes("the terminal to be seen there", terminal, |window| {
            window.place.visible && window.focused
        })
        .await?;
        session.tap("super+shift+1").await?;
        session.tap("super+1").await?;
        self.becomes("the terminal to be back", terminal, |window| {
            window.place.visible && window.place.workspace == here
        })
        .await?;
        Ok(())
    }

    /// What is open, once it is this.
    async fn choosing(&self, view: &str) -> Result<Choosing> {
        let what = format!("the {view} to open");
        self.session
            .until(&what, "/desktop/event", async || {
                let open = self.open().await?;
                Ok(open.filter(|open| open.view == view))
            })
            .await
    }

    /// Waits until nothing is open.
    async fn chosen(&self) -> Result<()> {
        self.session
            .until("the overview to close", "/desktop/event", async || {
                Ok(self.open().await?.is_none().then_some(()))
            })
            .await
    }

    async fn open(&self) -> Result<Option<Choosing>> {
        let status = self.session.namespace().read_json("/desktop/status").await;
        let status: Status = status.context("the desktop does not answer")?;
        Ok(status.choosing)
    }
}
