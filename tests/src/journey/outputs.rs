//! A second screen: plugged in, used, turned, unplugged and back.

use anyhow::{Result, ensure};
use trees::desktop::{OutputVerb, OutputsVerb, WindowStatus};

use super::Day;

const SECOND: &str = "second";

impl Day {
    /// The editor goes to the second screen, comes back when that is unplugged, and returns with it.
    pub(super) async fn second_screen(&self, editor: &WindowStatus) -> Result<()> {
        let session = &self.session;
        self.plug("1280x1024@1").await?;
        session
            .shows(
                "a bar on the second screen",
                "/shell/bar/screen",
                |screen| {
                    let there = (screen.width - 1280.0).abs() < 1.0;
                    (there && !screen.items.is_empty()).then_some(())
                },
            )
            .await?;
        self.station("second-screen").await?;
        session
            .click("/shell/bar/screen", "button", &editor.title)
            .await?;
        self.becomes("the editor to have the keyboard", editor, |window| {
            window.focused
        })
        .await?;
        session.tap("super+ctrl+shift+right").await?;
        self.becomes("the editor to be on the second screen", editor, |window| {
            window.output.as_deref() == Some(SECOND)
        })
        .await?;
        self.station("moved-over").await?;
        let ctl = format!("/desktop/outputs/{SECOND}/ctl");
        session
            .order(&ctl, &OutputVerb::Scale { factor: 1.25 })
            .await?;
        self.output(SECOND, "it to be of scale 1.25", |output| {
            (output.geometry.width, output.geometry.height) == (1024, 819)
        })
        .await?;
        self.station("scaled").await?;
        session
            .order(&ctl, &OutputVerb::Turn { to: "90".into() })
            .await?;
        self.output(SECOND, "it to stand upright", |output| {
            output.geometry.width < output.geometry.height
        })
        .await?;
        self.station("upright").await?;
        for verb in [
            OutputVerb::Turn {
                to: "normal".into(),
            },
            OutputVerb::Scale { factor: 1.0 },
        ] {
            session.order(&ctl, &verb).await?;
        }
        self.output(SECOND, "it to be as it was", |output| {
            output.geometry.width == 1280
        })
        .await?;

        session
            .order(
                "/desktop/outputs/ctl",
                &OutputsVerb::Remove {
                    name: SECOND.into(),
                },
            )
            .await?;
        let here = self
            .becomes("the editor to be on the first screen", editor, |window| {
                window.output.as_deref() == Some("headless-1")
            })
            .await?;
        ensure!(here.place.workspace.is_some(), "{here:?}");
        self.station("unplugged").await?;
        session
            .click("/shell/bar/screen", "button", &editor.title)
            .await?;
        self.becomes("the editor to be seen there", editor, |window| {
            window.place.visible
        })
        .await?;
        self.station("found-again").await?;
        self.plug("1280x1024@1").await?;
        self.becomes(
            "the editor to be on the second screen again",
            editor,
            |window| window.output.as_deref() == Some(SECOND) && window.place.visible,
        )
        .await?;
        self.station("plugged-in-again").await?;
        session
            .order(
                "/desktop/outputs/ctl",
                &OutputsVerb::Remove {
                    name: SECOND.into(),
                },
            )
            .await?;
        self.becomes("the editor to be on the first screen", editor, |window| {
            window.output.as_deref() == Some("headless-1")
        })
        .await?;
        Ok(())
    }

    async fn plug(&self, size: &str) -> Result<()> {
        self.session
            .order(
                "/desktop/outputs/ctl",
                &OutputsVerb::Add {
                    size: size.into(),
                    name: Some(SECOND.into()),
                },
            )
            .await?;
        self.output(SECOND, "the second screen", |_| true).await?;
        Ok(())
    }
}
