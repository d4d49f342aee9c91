//! Small programs of the board that run to their end in a session.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use trees::desktop::Status;

use crate::session::{Said, Session, run};

impl Session {
    /// The environment of a program of the board: it finds the compositor,
    /// and the X server.
    ///
    /// # Errors
    /// When the compositor cannot be asked.
    pub async fn board_environment(&self) -> Result<Vec<(OsString, OsString)>> {
        let mut environment = self.environment().to_vec();
        let status: Status = self.namespace().read_json("/desktop/status").await?;
        let socket = self.home().runtime().join(status.wayland_display);
        environment.push(("WAYLAND_DISPLAY".into(), socket.into()));
        environment.extend(
            status
                .x11_display
                .map(|name| ("DISPLAY".into(), name.into())),
        );
        Ok(environment)
    }

    /// Runs a program of the board to its end.
    ///
    /// # Errors
    /// As [`run`], and with what it said when it ends badly.
    pub async fn tool(&self, argv: &[&str]) -> Result<Said> {
        let (program, args) = argv.split_first().context("no program")?;
        let environment = self.board_environment().await?;
        let said = run(Path::new(program), args, &environment).await?;
        ensure!(said.success, "{program}: {}", said.err);
        Ok(said)
    }

    /// Copies by wl-copy, with these words. When this returns, the compositor knows of it.
    ///
    /// # Errors
    /// As [`Session::tool`].
    pub async fn copy(&self, words: &[&str]) -> Result<()> {
        // It leaves a process behind that holds on to standard error.
        let mut argv = vec!["sh", "-c", "exec wl-copy \"$@\" 2>/dev/null", "sh"];
        argv.extend(words);
        self.tool(&argv).await.map(drop)
    }
}
