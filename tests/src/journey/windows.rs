//! Terminal and editor: side by side, as tiles, as tabs, minimised, on other workspaces.

use anyhow::{Context, Result, ensure};
use trees::desktop::{Verb, WindowStatus, WindowVerb, WorkspaceTarget};

use super::Day;

impl Day {
    /// A terminal, in which a line is typed.
    pub(super) async fn terminal(&self) -> Result<WindowStatus> {
        let window = self.launch("foot", &["foot"]).await?;
        ensure!(window.domain == "board", "{window:?}");
        self.session
            .type_text("echo good morning; uname -s")
            .await?;
        self.session.tap("Return").await?;
        self.station("terminal").await?;
        Ok(window)
    }

    /// An editor with a letter that is begun and saved.
    pub(super) async fn editor(&self) -> Result<WindowStatus> {
        let file = self.session.home().file("letter.txt");
        self.write(&file, "")?;
        let path = file.to_str().context("its path is no text")?;
        let window = self
            .launch("editor", &["gnome-text-editor", "--standalone", path])
            .await?;
        let window = self
            .becomes("it to have read the letter", &window, |window| {
                window.title.contains("letter.txt")
            })
            .await?;
        self.session.type_text("Dear goblin, ").await?;
        self.station("editor").await?;
        let saved = crate::Watched::new(&self.session.home().home())?;
        self.session.tap("ctrl+s").await?;
        saved.until(|| {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            ensure!(text.starts_with("Dear goblin, "), "it holds {text:?}");
            Ok(())
        })?;
        self.station("saved").await?;
        Ok(window)
    }

    /// Halves of the screen by keys, the whole by a drag to the top, nothing at all, and back by the bar.
    pub(super) async fn arrange(
        &self,
        terminal: &WindowStatus,
        editor: &WindowStatus,
    ) -> Result<()> {
        let session = &self.session;
        session.tap("super+left").await?;
        self.becomes("the editor to fill the left half", editor, |window| {
            window.place.snapped.as_deref() == Some("left") && window.frame.width == 960
        })
        .await?;
        session.tap("alt+tab").await?;
        self.becomes("the terminal to have the keyboard", terminal, |window| {
            window.focused
        })
        .await?;
        session.tap("super+right").await?;
        let half = self
            .becomes("the terminal to fill the right half", terminal, |window| {
                window.place.snapped.as_deref() == Some("right")
            })
            .await?;
        self.station("side-by-side").await?;

        let bar = (
            f64::from(half.frame.x + half.frame.width / 2),
            f64::from(half.frame.y) + 15.0,
        );
        session.press_at(bar).await?;
        session.pointer_to((1000.0, 400.0)).await?;
        session.pointer_to((960.0, 1.0)).await?;
        self.station("dragged-to-the-top").await?;
        session.drop_at((960.0, 1.0)).await?;
        self.becomes("the terminal to fill the work area", terminal, |window| {
            window.maximized && window.frame.width == 1920
        })
        .await?;
        self.station("maximised").await?;
        session.tap("super+down").await?;
        self.becomes("the terminal to float", terminal, |window| {
            !window.maximized
        })
        .await?;

        session.tap("super+m").await?;
        self.becomes("the terminal to be minimised", terminal, |window| {
            window.minimized
        })
        .await?;
        self.station("minimised").await?;
        session
            .click("/shell/bar/screen", "button", &terminal.title)
            .await?;
        self.becomes("the terminal to be back", terminal, |window| {
            !window.minimized && window.focused
        })
        .await?;
        self.station("back-by-the-bar").await?;
        session.tap("super+f").await?;
        self.becomes("the terminal to fill the screen", terminal, |window| {
            window.fullscreen
        })
        .await?;
        self.station("fullscreen").await?;
        session.tap("super+f").await?;
        self.becomes("the terminal to float again", terminal, |window| {
            !window.fullscreen
        })
        .await?;
        Ok(())
    }

    /// The workspace is tiled: columns, a split, tabs, one more window that floats above.
    pub(super) async fn tile(&self, terminal: &WindowStatus, editor: &WindowStatus) -> Result<()> {
        let session = &self.session;
        session.tap("super+t").await?;
        for window in [terminal, editor] {
            self.becomes("it to be a tile", window, |window| window.place.tiled)
                .await?;
        }
        self.station("tiled").await?;
        let third = self.launch("demo", &["weston-eventdemo"]).await?;
        self.becomes("the third to be a tile", &third, |window| {
            window.place.tiled
        })
        .await?;
        self.station("three-columns").await?;
        session.tap("super+comma").await?;
        self.columns(&[1, 2]).await?;
        self.station("joined").await?;
        session.tap("super+equal").await?;
        session.tap("super+equal").await?;
        self.station("grown").await?;
        session.tap("super+w").await?;
        session
            .until("two tabs", "/desktop/event", async || {
                let outputs = session.outputs().await?;
                let spaces = outputs.iter().flat_map(|output| &output.workspaces);
                let splits = spaces.flat_map(|space| space.columns.iter().flatten());
                let tabs = splits.map(Vec::len).max().unwrap_or_default();
                Ok((tabs == 2).then_some(()))
            })
            .await?;
        self.station("tabs").await?;
        session.tap("super+tab").await?;
        self.becomes("another tab to be shown", &third, |window| !window.focused)
            .await?;
        self.station("next-tab").await?;
        session.tap("super+shift+tab").await?;
        self.becomes("the third to be shown again", &third, |window| {
            window.focused
        })
        .await?;
        session.tap("super+w").await?;
        self.columns(&[1, 2]).await?;
        session.tap("super+v").await?;
        self.becomes("the third to float", &third, |window| !window.place.tiled)
            .await?;
        self.station("one-floats").await?;
        session.tap("alt+f4").await?;
        session.gone(third.id).await?;
        session
            .order("/desktop/ctl", &Verb::Tiling { on: Some(false) })
            .await?;
        for window in [terminal, editor] {
            self.becomes("it to float", window, |window| !window.place.tiled)
                .await?;
        }
        self.station("floating").await
    }

    /// Waits until the workspace shown has columns of so many splits, in any order.
    async fn columns(&self, wanted: &[usize]) -> Result<()> {
        let session = &self.session;
        session
            .until(
                &format!("columns of {wanted:?}"),
                "/desktop/event",
                async || {
                    let outputs = session.outputs().await?;
                    let mut spaces = outputs.iter().flat_map(|output| &output.workspaces);
                    let space = spaces.find(|space| space.active).context("none shown")?;
                    let mut found: Vec<usize> = space.columns.iter().map(Vec::len).collect();
                    found.sort_unstable();
                    ensure!(found == wanted, "they are of {found:?}");
                    Ok(Some(()))
                },
            )
            .await
    }

    /// The terminal goes to another workspace, and to the one for what is wanted now and then.
    pub(super) async fn workspaces(
        &self,
        terminal: &WindowStatus,
        editor: &WindowStatus,
    ) -> Result<()> {
        let session = &self.session;
        // A click for the one that has the keyboard already would be carried out who knows when.
        session
            .order(
                &format!("/desktop/windows/{}/ctl", editor.id),
                &WindowVerb::Focus {},
            )
            .await?;
        session
            .click("/shell/bar/screen", "button", &terminal.title)
            .await?;
        self.becomes("the terminal to have the keyboard", terminal, |window| {
            window.focused
        })
        .await?;
        session.tap("super+shift+2").await?;
        self.becomes("the terminal to be elsewhere", terminal, |window| {
            !window.place.visible
        })
        .await?;
        self.station("sent-away").await?;
        session.tap("super+2").await?;
        self.becomes("the terminal to be seen", terminal, |window| {
            window.place.visible
        })
        .await?;
        self.station("second-workspace").await?;
        session.tap("super+s").await?;
        session
            .order(
                "/desktop/ctl",
                &Verb::Workspace {
                    to: WorkspaceTarget::Number(1),
                },
            )
            .await?;
        self.becomes("the terminal to come along", terminal, |window| {
            window.place.sticky && window.place.visible
        })
        .await?;
        self.becomes("the editor to be seen", editor, |window| {
            window.place.visible
        })
        .await?;
        self.station("sticky").await?;
        session.tap("super+s").await?;
        self.becomes("the terminal to stay", terminal, |window| {
            !window.place.sticky
        })
        .await?;
        session.tap("super+shift+grave").await?;
        self.becomes("the terminal to be put aside", terminal, |window| {
            window.place.scratch && !window.place.visible
        })
        .await?;
        session.tap("super+grave").await?;
        self.becomes("the terminal to be shown", terminal, |window| {
            window.place.visible
        })
        .await?;
        self.station("scratch").await?;
        session.tap("super+shift+grave").await?;
        self.becomes("the terminal to be among the others", terminal, |window| {
            !window.place.scratch
        })
        .await?;
        Ok(())
    }

    /// All windows are closed by the bar.
    pub(super) async fn close_all(&self) -> Result<()> {
        let session = &self.session;
        self.station("evening").await?;
        for window in session.windows().await? {
            session
                .order(
                    &format!("/desktop/windows/{}/ctl", window.id),
                    &WindowVerb::Close {},
                )
                .await?;
            session.gone(window.id).await?;
        }
        self.station("empty").await
    }
}
