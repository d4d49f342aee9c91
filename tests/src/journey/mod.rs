//! A working day in some fifty steps: at each station a person's act, a wait for what shows that it is done, a look at what the
//! trees say, and a picture of every output.
//!
//! [`light`] is in the tests. [`whole`] is the same day with a browser, a film and fcitx5: `cargo xtask journey`.

mod choosing;
mod media;
mod old;
mod outputs;
mod trust;
mod windows;
mod words;

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use trees::desktop::{OutputStatus, WindowStatus};

use crate::client::Client;
use crate::session::{Options, Session};

/// The day without what is heavy to install.
///
/// # Errors
/// When a station is not reached.
pub async fn light() -> Result<()> {
    let day = Day::begin("journey-light").await?;
    day.morning().await?;
    day.evening().await
}

/// The whole day.
///
/// # Errors
/// When a station is not reached.
pub async fn whole() -> Result<()> {
    let day = Day::begin("journey").await?;
    day.morning().await?;
    day.browser().await?;
    day.film().await?;
    day.pinyin().await?;
    day.evening().await
}

/// The day as far as it has come.
struct Day {
    session: Session,
    stations: Cell<u32>,
    programs: std::cell::RefCell<Vec<Client>>,
}

impl Day {
    async fn begin(name: &str) -> Result<Self> {
        let options = Options {
            wait_for: &["desktop", "shell", "mirror"],
            ..Options::default()
        };
        Ok(Self {
            session: Session::start(name, options).await?,
            stations: Cell::new(0),
            programs: std::cell::RefCell::default(),
        })
    }

    /// What both days have.
    async fn morning(&self) -> Result<()> {
        self.arrive().await?;
        let terminal = self.terminal().await?;
        let editor = self.editor().await?;
        self.arrange(&terminal, &editor).await?;
        self.choose(&terminal, &editor).await?;
        self.tile(&terminal, &editor).await?;
        self.workspaces(&terminal, &editor).await?;
        self.second_screen(&editor).await?;
        self.chinese(&editor).await?;
        self.x11().await?;
        self.settings().await?;
        self.stranger().await
    }

    /// Everything is closed by the buttons of its frame, and the session ends.
    async fn evening(self) -> Result<()> {
        self.close_all().await?;
        let Self {
            session, programs, ..
        } = self;
        for program in programs.into_inner() {
            program.no_protocol_error()?;
        }
        session.quit().await?;
        Ok(())
    }

    /// A station is reached: its picture of each output, once they have come to rest.
    async fn station(&self, name: &str) -> Result<()> {
        self.settle().await?;
        let number = self.stations.get() + 1;
        self.stations.set(number);
        for (place, output) in self.session.outputs().await?.iter().enumerate() {
            let more = if place == 0 { "" } else { "-second" };
            self.session
                .picture_of(
                    &format!("/desktop/outputs/{}", output.name),
                    &format!("{number:02}-{name}{more}.png"),
                )
                .await?;
        }
        Ok(())
    }

    /// Waits until no output has drawn for a while, or for as long as a moving picture is looked at.
    async fn settle(&self) -> Result<()> {
        const QUIET: Duration = Duration::from_millis(200);
        const MOVING: Duration = Duration::from_secs(2);
        let begun = Instant::now();
        let (mut drawn, mut since) = (self.session.frames().await?, begun);
        while since.elapsed() < QUIET && begun.elapsed() < MOVING {
            tokio::time::sleep(QUIET / 10).await;
            let now = self.session.frames().await?;
            if now != drawn {
                (drawn, since) = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Starts a program as a binding would, and keeps an eye on what it says.
    async fn launch(&self, name: &str, argv: &[&str]) -> Result<WindowStatus> {
        let client = self.session.launch(name, argv).await?;
        client.rests().await?;
        let window = client.window.clone();
        self.programs.borrow_mut().push(client);
        Ok(window)
    }

    /// A file of the person's.
    fn write(&self, path: &Path, text: &str) -> Result<()> {
        let folder = path.parent().context("no folder")?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(path, text))
            .with_context(|| format!("{} cannot be written", path.display()))
    }

    /// The output of this name, once it is as `is` says.
    async fn output(
        &self,
        name: &str,
        what: &str,
        is: impl Fn(&OutputStatus) -> bool,
    ) -> Result<OutputStatus> {
        self.session
            .until(what, "/desktop/event", async || {
                let outputs = self.session.outputs().await?;
                let output = outputs.iter().find(|output| output.name == name);
                match output.filter(|output| is(output)) {
                    Some(output) => Ok(Some(output.clone())),
                    None => bail!("the outputs are {outputs:?}"),
                }
            })
            .await
    }

    /// What the window is now, once it is as `is` says.
    async fn becomes(
        &self,
        what: &str,
        window: &WindowStatus,
        is: impl Fn(&WindowStatus) -> bool,
    ) -> Result<WindowStatus> {
        self.session.becomes(what, window.id, is).await
    }

    /// The desk with nothing on it but the bar; a program is found and started from the keyboard.
    async fn arrive(&self) -> Result<()> {
        let session = &self.session;
        session
            .shows("a bar", "/shell/bar/screen", |screen| {
                screen.find("button", "Applications").cloned()
            })
            .await?;
        self.station("arrived").await?;
        session.tap("super").await?;
        session
            .shows("the launcher", "/shell/launcher/screen", |screen| {
                screen.find("field", "").cloned()
            })
            .await?;
        self.station("launcher").await?;
        session.type_text("foot").await?;
        session
            .shows("foot to be found", "/shell/launcher/screen", |screen| {
                let row = screen.find("row", "Foot").cloned();
                row.filter(|row| row.state.iter().any(|state| state == "selected"))
            })
            .await?;
        self.station("found").await?;
        session.tap("Return").await?;
        let window = session
            .window("a terminal", |window| window.app_id == "foot")
            .await?;
        self.station("started").await?;
        session.tap("alt+f4").await?;
        session.gone(window.id).await
    }

    /// The person's own settings: taken at once, refused with the line when they are wrong, mended.
    async fn settings(&self) -> Result<()> {
        let file = self.session.home().config().join("goblin/compositor.toml");
        self.write(&file, "theme = \"dark\"\n\n[layout]\ngap = 24\n")?;
        self.session
            .until("the desk to be dark", "/desktop/event", async || {
                let status: trees::desktop::Status = self
                    .session
                    .namespace()
                    .read_json("/desktop/status")
                    .await?;
                Ok((status.theme == "dark").then_some(()))
            })
            .await?;
        self.station("dark").await?;
        self.write(&file, "theme = \"dark\"\n\n[layout]\ngap = wide\n")?;
        let error = self.configuration(|error| error.is_some()).await?;
        let error = error.context("just seen")?;
        ensure!(
            error.contains("compositor.toml") && error.contains('4'),
            "file and line are not named: {error}"
        );
        self.station("settings-broken").await?;
        self.write(&file, "theme = \"light\"\n\n[layout]\ngap = 16\n")?;
        self.configuration(|error| error.is_none()).await?;
        self.station("settings-mended").await
    }

    /// Waits until the fault of the configuration is as `is` says.
    async fn configuration(&self, is: impl Fn(Option<&str>) -> bool) -> Result<Option<String>> {
        self.session
            .until(
                "the configuration to be read",
                "/desktop/event",
                async || {
                    let status: trees::desktop::Status = self
                        .session
                        .namespace()
                        .read_json("/desktop/status")
                        .await?;
                    let error = status.config.error;
                    Ok(is(error.as_deref()).then_some(error))
                },
            )
            .await
    }
}
