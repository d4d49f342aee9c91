//! A person's eyes and hands: what is written on a screen, and a click on it.

use anyhow::{Context, Result, bail};
use trees::desktop::{self, InputVerb, OutputStatus, WindowStatus};
use trees::screen::{Item, Screen};

use crate::session::Session;

/// An item of a screen with its middle in the space of all outputs.
#[derive(Clone, Debug)]
pub struct Found {
    /// The item.
    pub item: Item,
    /// Its middle.
    pub place: (f64, f64),
}

impl Session {
    /// What a view shows now: `/shell/bar/screen` and its like. One for each surface it is on, none
    /// while it is closed.
    ///
    /// # Errors
    /// When its program is out of reach, or says what is no screen.
    pub async fn screens(&self, path: &str) -> Result<Vec<Screen>> {
        let text = self.namespace().read(path).await?;
        serde_json::Deserializer::from_slice(&text)
            .into_iter()
            .collect::<Result<_, _>>()
            .with_context(|| format!("{path} is no screen"))
    }

    /// Waits until a view shows something that `look` takes.
    ///
    /// # Errors
    /// When it does not within [`LIMIT`](crate::LIMIT); with all that it showed last.
    pub async fn shows<T>(
        &self,
        what: &str,
        path: &str,
        look: impl Fn(&Screen) -> Option<T>,
    ) -> Result<T> {
        self.until(what, &feed_of(path)?, async || {
            let screens = self.screens(path).await?;
            match screens.iter().find_map(&look) {
                Some(found) => Ok(Some(found)),
                None => bail!("{path} shows {}", written(&screens)),
            }
        })
        .await
    }

    /// Waits until a view shows an item with this role whose text contains `text`.
    ///
    /// # Errors
    /// As [`Session::shows`].
    pub async fn item(&self, path: &str, role: &str, text: &str) -> Result<Item> {
        let what = format!("a {role} {text:?} at {path}");
        self.shows(&what, path, |screen| screen.find(role, text).cloned())
            .await
    }

    /// Waits for an item and for the place of its surface on the desktop.
    ///
    /// # Errors
    /// As [`Session::shows`].
    pub async fn find(&self, path: &str, role: &str, text: &str) -> Result<Found> {
        let what = format!("a {role} {text:?} at {path}");
        let (screen, item) = self
            .shows(&what, path, |screen| {
                Some((screen.clone(), screen.find(role, text)?.clone()))
            })
            .await?;
        let what = format!("the surface {}", screen.surface);
        let origin = self
            .until(&what, "/desktop/event", async || {
                self.place_of(&screen).await
            })
            .await?;
        let (x, y) = item.center();
        let place = (
            f64::from(origin.x) + f64::from(x),
            f64::from(origin.y) + f64::from(y),
        );
        Ok(Found { item, place })
    }

    /// Waits for an item and clicks on its middle with the session's pointer.
    ///
    /// # Errors
    /// As [`Session::shows`].
    pub async fn click(&self, path: &str, role: &str, text: &str) -> Result<Found> {
        let found = self.find(path, role, text).await?;
        self.click_at(found.place).await?;
        Ok(found)
    }

    /// Moves the pointer somewhere and clicks.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn click_at(&self, place: (f64, f64)) -> Result<()> {
        self.click_with("left", place).await
    }

    /// The same with another button: `right`, `middle`.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn click_with(&self, button: &str, place: (f64, f64)) -> Result<()> {
        self.pointer_to(place).await?;
        self.button(button, None).await
    }

    /// Moves the pointer somewhere in the space of all outputs.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn pointer_to(&self, (x, y): (f64, f64)) -> Result<()> {
        self.order("/desktop/input/ctl", &InputVerb::Pointer { x, y })
            .await
    }

    /// Presses the left button somewhere, and holds it.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn press_at(&self, place: (f64, f64)) -> Result<()> {
        self.pointer_to(place).await?;
        self.button("left", Some("press")).await
    }

    /// Moves the pointer somewhere with the left button held, and lets go.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn drop_at(&self, place: (f64, f64)) -> Result<()> {
        self.pointer_to(place).await?;
        self.button("left", Some("release")).await
    }

    async fn button(&self, button: &str, action: Option<&str>) -> Result<()> {
        let verb = InputVerb::Button {
            button: button.into(),
            action: action.map(str::to_owned),
        };
        self.order("/desktop/input/ctl", &verb).await
    }

    /// Types a text into whatever has the keyboard.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.order("/desktop/input/ctl", &InputVerb::Type { text: text.into() })
            .await
    }

    /// Taps a key, such as `Return` or `ctrl+s`.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn tap(&self, key: &str) -> Result<()> {
        self.key(key, None).await
    }

    /// Presses a key by its keysym's name, such as `Alt_L`, and holds it.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn key_down(&self, key: &str) -> Result<()> {
        self.key(key, Some("press")).await
    }

    /// Lets go of a key that is held.
    ///
    /// # Errors
    /// When the compositor refuses.
    pub async fn key_up(&self, key: &str) -> Result<()> {
        self.key(key, Some("release")).await
    }

    async fn key(&self, key: &str, action: Option<&str>) -> Result<()> {
        let verb = InputVerb::Key {
            key: key.into(),
            action: action.map(str::to_owned),
        };
        self.order("/desktop/input/ctl", &verb).await
    }

    /// All windows, from front to back.
    ///
    /// # Errors
    /// When the compositor cannot be asked.
    pub async fn windows(&self) -> Result<Vec<WindowStatus>> {
        let status: desktop::Status = self.namespace().read_json("/desktop/status").await?;
        let mut windows = Vec::new();
        for id in status.windows {
            windows.push(
                self.namespace()
                    .read_json(&format!("/desktop/windows/{id}/status"))
                    .await?,
            );
        }
        Ok(windows)
    }

    /// Waits for a window that `take` takes.
    ///
    /// # Errors
    /// When none comes within [`LIMIT`](crate::LIMIT); with those that are there.
    pub async fn window(
        &self,
        what: &str,
        take: impl Fn(&WindowStatus) -> bool,
    ) -> Result<WindowStatus> {
        self.until(what, "/desktop/event", async || {
            let windows = self.windows().await?;
            if let Some(found) = windows.iter().find(|window| take(window)) {
                return Ok(Some(found.clone()));
            }
            let there: Vec<&str> = windows
                .iter()
                .map(|window| window.app_id.as_str())
                .collect();
            bail!("the windows are of {there:?}")
        })
        .await
    }

    /// Waits until the window of this number is as `is` says, and gives it.
    ///
    /// # Errors
    /// When it is not within [`LIMIT`](crate::LIMIT); with what it is.
    pub async fn becomes(
        &self,
        what: &str,
        id: desktop::WindowId,
        is: impl Fn(&WindowStatus) -> bool,
    ) -> Result<WindowStatus> {
        let path = format!("/desktop/windows/{id}/status");
        self.until(what, "/desktop/event", async || {
            let window: WindowStatus = self.namespace().read_json(&path).await?;
            if is(&window) {
                return Ok(Some(window));
            }
            bail!("it is {window:?}")
        })
        .await
    }

    /// Waits until a window is gone.
    ///
    /// # Errors
    /// When it is not within [`LIMIT`](crate::LIMIT).
    pub async fn gone(&self, id: desktop::WindowId) -> Result<()> {
        self.until(
            &format!("window {id} to close"),
            "/desktop/event",
            async || {
                let status: desktop::Status = self.namespace().read_json("/desktop/status").await?;
                Ok((!status.windows.contains(&id)).then_some(()))
            },
        )
        .await
    }

    /// How many frames each output has drawn.
    ///
    /// # Errors
    /// When the compositor cannot be asked.
    pub async fn frames(&self) -> Result<Vec<(String, u64)>> {
        Ok(self
            .outputs()
            .await?
            .into_iter()
            .map(|output| (output.name, output.frames))
            .collect())
    }

    /// All outputs that are on.
    ///
    /// # Errors
    /// When the compositor cannot be asked.
    pub async fn outputs(&self) -> Result<Vec<OutputStatus>> {
        let status: desktop::Status = self.namespace().read_json("/desktop/status").await?;
        let mut outputs = Vec::new();
        for name in status.outputs {
            outputs.push(
                self.namespace()
                    .read_json(&format!("/desktop/outputs/{name}/status"))
                    .await?,
            );
        }
        Ok(outputs)
    }

    /// Where a surface is, once it is there as large as it was drawn: a layer surface by its namespace,
    /// or the front window of an application.
    async fn place_of(&self, screen: &Screen) -> Result<Option<desktop::Rect>> {
        let drawn = |place: &desktop::Rect| {
            (place.width as f32 - screen.width).abs() < 1.0
                && (place.height as f32 - screen.height).abs() < 1.0
        };
        let outputs = self.outputs().await?;
        let layer = outputs
            .iter()
            .flat_map(|output| &output.layers)
            .find(|layer| layer.namespace == screen.surface);
        if let Some(layer) = layer {
            return Ok(Some(layer.geometry).filter(drawn));
        }
        let windows = self.windows().await?;
        let window = windows
            .iter()
            .find(|window| window.app_id == screen.surface);
        Ok(window.map(|window| window.geometry).filter(drawn))
    }
}

/// The feed that tells of a change at `/TREE/…`.
fn feed_of(path: &str) -> Result<String> {
    let tree = path.split('/').nth(1).context("a path begins with /")?;
    Ok(format!("/{tree}/event"))
}

/// All that is written on some screens, for a message.
fn written(screens: &[Screen]) -> String {
    if screens.is_empty() {
        return "nothing: it is closed".to_owned();
    }
    let items = screens.iter().flat_map(|screen| &screen.items);
    let items: Vec<String> = items
        .map(|item| format!("{} {:?} {}", item.role, item.text, item.state.join(" ")))
        .collect();
    items.join(", ")
}
