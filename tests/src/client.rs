//! Real programs in a session, with an eye on what they say to the compositor.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use trees::desktop::{Verb, WindowStatus, WindowVerb};

use crate::processes;
use crate::session::{LIMIT, Session};

/// A program that was started by the compositor and has opened a window.
pub struct Client {
    /// Its window.
    pub window: WindowStatus,
    log: PathBuf,
}

impl Session {
    /// Has the compositor start a program, and waits for the window that it opens. What it says to the
    /// compositor goes to `NAME.wayland.log`.
    ///
    /// # Errors
    /// When none opens.
    pub async fn launch(&self, name: &str, argv: &[&str]) -> Result<Client> {
        let log = self.artifact(&format!("{name}.wayland.log"));
        let mut words = vec![
            "sh".to_owned(),
            "-c".to_owned(),
            // The first word is the log's, the others are the program's.
            "exec env WAYLAND_DEBUG=1 \"$@\" 2>\"$0\"".to_owned(),
            log.to_str()
                .context("the log's path is no text")?
                .to_owned(),
        ];
        words.extend(argv.iter().map(|word| (*word).to_owned()));
        let before: Vec<_> = self
            .windows()
            .await?
            .iter()
            .map(|window| window.id)
            .collect();
        self.order("/desktop/ctl", &Verb::Spawn { argv: words })
            .await?;
        let window = self
            .window(&format!("a window of {name}"), |window| {
                !before.contains(&window.id)
            })
            .await
            .with_context(|| format!("`{}` shows nothing", argv.join(" ")))?;
        Ok(Client { window, log })
    }

    /// Asks a program's window to close, and waits until window and process are gone.
    ///
    /// # Errors
    /// When they stay.
    pub async fn close(&self, client: &Client) -> Result<()> {
        let id = client.window.id;
        self.order(&format!("/desktop/windows/{id}/ctl"), &WindowVerb::Close {})
            .await?;
        self.gone(id).await?;
        if let Some(pid) = client.window.pid {
            let ended = processes::ended(pid, LIMIT).await?;
            ensure!(
                ended,
                "{} closed its window but does not end",
                client.window.app_id
            );
        }
        Ok(())
    }
}

impl Client {
    /// Waits until the program has said nothing for a while: one that opens a window before it has read its file says nowhere
    /// that it has, and puts the caret at the start when it has. The while is shorter than a caret takes to blink.
    ///
    /// # Errors
    /// When its log cannot be read, or it never rests.
    pub async fn rests(&self) -> Result<()> {
        const QUIET: Duration = Duration::from_millis(350);
        let begun = Instant::now();
        let (mut said, mut since) = (0, begun);
        while begun.elapsed() < LIMIT {
            let length = fs::metadata(&self.log)
                .with_context(|| format!("{} cannot be read", self.log.display()))?
                .len();
            if length != said {
                (said, since) = (length, Instant::now());
            } else if since.elapsed() >= QUIET {
                return Ok(());
            }
            tokio::time::sleep(QUIET / 10).await;
        }
        bail!("{} never rests", self.window.app_id)
    }

    /// How much the two have said to each other so far: where [`Client::says`] begins to look.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn said(&self) -> Result<usize> {
        Ok(self.log()?.len())
    }

    /// Waits for a line of the log after `from` that has all of `words`, and gives it. A popup, for example, is there when
    /// it was configured.
    ///
    /// # Errors
    /// When none comes within [`LIMIT`].
    pub async fn says(&self, from: usize, words: &[&str]) -> Result<String> {
        said_in(&self.log, from, words).await
    }

    /// Waits until a popup that is destroyed in the log after `from` is gone for the compositor too: the client says it
    /// before it is heard, and until then a click is one beside an open menu.
    ///
    /// # Errors
    /// When none goes within [`LIMIT`].
    pub async fn popup_goes(&self, from: usize) -> Result<()> {
        let gone = self.says(from, &["xdg_popup", ".destroy("]).await?;
        let number = number_of(&gone, "xdg_popup")
            .with_context(|| format!("no popup's number in {gone:?}"))?;
        self.says(from, &[&format!(".delete_id({number})")]).await?;
        Ok(())
    }

    /// Everything that the two have said to each other so far.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> Result<String> {
        let log = fs::read(&self.log)
            .with_context(|| format!("{} cannot be read", self.log.display()))?;
        Ok(String::from_utf8_lossy(&log).into_owned())
    }

    /// Checks that the program spoke with the compositor, and that neither called the other wrong.
    ///
    /// # Errors
    /// With the lines that tell of a protocol error.
    pub fn no_protocol_error(&self) -> Result<()> {
        let log = self.log()?;
        ensure!(
            log.contains(".commit("),
            "{} says nothing of what {} drew",
            self.log.display(),
            self.window.app_id
        );
        let errors = protocol_errors(&log);
        ensure!(
            errors.is_empty(),
            "{}: {}",
            self.window.app_id,
            errors.join("\n")
        );
        Ok(())
    }
}

/// The number of the first object of `interface` in a line of a log: `xdg_popup@44`, or with a newer library `xdg_popup#44`.
fn number_of(line: &str, interface: &str) -> Option<u32> {
    let (_, rest) = line.split_once(interface)?;
    let rest = rest.strip_prefix(['@', '#'])?;
    let end = rest.find(|char: char| !char.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// Waits for a line of a log after `from` that has all of `words`, and gives it.
pub(crate) async fn said_in(log: &Path, from: usize, words: &[&str]) -> Result<String> {
    const LOOK: Duration = Duration::from_millis(20);
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        // A program that is being started has none yet.
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let line = text
            .get(from..)
            .unwrap_or_default()
            .lines()
            .find(|line| words.iter().all(|word| line.contains(word)));
        if let Some(line) = line {
            return Ok(line.to_owned());
        }
        tokio::time::sleep(LOOK).await;
    }
    bail!("{} never says {words:?}", log.display())
}

/// The lines of a `WAYLAND_DEBUG` log in which the server ends the connection for an error. Old
/// versions of libwayland write `wl_display@1`, new ones `wl_display#1`.
fn protocol_errors(log: &str) -> Vec<&str> {
    const ERRORS: &[&str] = &[
        "wl_display@1.error(",
        "wl_display#1.error(",
        "Protocol error",
    ];
    log.lines()
        .filter(|line| ERRORS.iter().any(|error| line.contains(error)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_event_is_seen_in_old_and_new_logs() {
        let log = "[1.0]  -> wl_surface@3.commit()\n[1.1] wl_display@1.error(wl_surface@3, 1, \"x\")\n\
                   [1.2] wl_display#1.error(xdg_surface#4, 3, \"y\")\n[1.3] wl_display@1.delete_id(3)\n";
        assert_eq!(protocol_errors(log).len(), 2);
    }

    #[test]
    fn an_object_has_its_number_in_old_and_new_logs() {
        for line in [
            "[1.0]  -> xdg_popup@44.destroy()",
            "-> xdg_popup#44.destroy()",
        ] {
            assert_eq!(number_of(line, "xdg_popup"), Some(44), "{line}");
        }
        assert_eq!(number_of("-> wl_surface@3.destroy()", "xdg_popup"), None);
    }
}
