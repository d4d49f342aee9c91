//! A session in a window of another desktop, as `cargo xtask run` starts it where there is a display.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use goblin_tests::{Options, Session};
use trees::desktop;

/// An X server without a screen. It ends when this is dropped.
struct Xvfb {
    server: Child,
    display: String,
}

impl Xvfb {
    fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1600x1000x24",
                "-nolisten",
                "tcp",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Xvfb cannot be started")?;
        // It writes the display that it has found free once it answers.
        let mut number = String::new();
        let stdout = server.stdout.take().context("it has a standard output")?;
        BufReader::new(stdout)
            .read_line(&mut number)
            .context("Xvfb says no display")?;
        Ok(Self {
            server,
            display: format!(":{}", number.trim()),
        })
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[tokio::test]
async fn a_session_in_a_window_has_a_bar_and_panels() -> Result<()> {
    let x = Xvfb::start()?;
    let options = Options {
        screen: None,
        environment: vec![("DISPLAY", x.display.clone().into())],
        ..Options::default()
    };
    let session = Session::start("nested", options).await?;
    let status: desktop::Status = session.namespace().read_json("/desktop/status").await?;
    ensure!(status.backend == "nested", "{status:?}");
    session
        .click("/shell/bar/screen", "button", "Applications")
        .await?;
    session
        .click("/shell/launcher/screen", "row", "Subsystems")
        .await?;
    session
        .item("/panels/subsystems/screen", "row", "mirror")
        .await?;
    session.picture("nested.png").await?;
    session.quit().await?;
    Ok(())
}
