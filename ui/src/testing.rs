//! Views under test: pictures compared by hash, presses, and the screen as it would be served.
//!
//! Only the bundled fonts are known here and the renderer is tiny-skia, so that a picture is the same
//! on every machine. `GOBLIN_BLESS=1` writes the hashes anew; `GOBLIN_PICTURES=DIR` writes the
//! pictures as PNG, to be looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iced_core::keyboard::Key;
use iced_core::renderer::Headless;
use iced_core::widget::operation::{Operation, Outcome};
use iced_core::{Event, Settings, Size, clipboard, mouse, window};
pub use iced_test::Simulator;
use iced_test::futures::futures::executor::block_on;
use iced_test::runtime::UserInterface;
use iced_test::runtime::user_interface::Cache;
pub use iced_test::selector::{Selector, id};
pub use iced_test::simulator::press_key;

use crate::semantics::{Screen, ScreenSlot, observe};
use crate::text::{Language, with_language};
use crate::{Element, Renderer, Theme, fonts};

/// A view with a pointer and a keyboard.
pub type Stage<'a, Message> = Simulator<'a, Message, Theme, Renderer>;

/// Makes fonts, language and time zone those of every test: English, unless a test says otherwise.
pub fn prepare() {
    fonts::load_hermetic();
    crate::text::set_language(Language::English);
    crate::text::set_zone(jiff::tz::TimeZone::UTC);
}

/// Puts a view on stage, `size` logical pixels large.
pub fn stage<'a, Message: 'a>(
    size: (f32, f32),
    view: impl Into<Element<'a, Message>>,
) -> Stage<'a, Message> {
    prepare();
    let settings = Settings {
        default_font: fonts::UI,
        ..Settings::default()
    };
    Simulator::with_size(settings, Size::new(size.0, size.1), view)
}

/// A view under operations and keys, which a [`Stage`] does not offer.
pub struct Hands<'a, Message> {
    interface: UserInterface<'a, Message, Theme, Renderer>,
    renderer: Renderer,
    messages: Vec<Message>,
}

impl<'a, Message: 'a> Hands<'a, Message> {
    /// Lays out a view, `size` logical pixels large.
    ///
    /// # Panics
    /// When tiny-skia cannot draw without a window, which it always can.
    pub fn on(size: (f32, f32), view: impl Into<Element<'a, Message>>) -> Self {
        prepare();
        let renderer = <Renderer as Headless>::new(fonts::UI, 14.into(), Some("tiny-skia"));
        #[expect(clippy::expect_used, reason = "tiny-skia draws into memory")]
        let mut renderer = block_on(renderer).expect("tiny-skia needs no window");
        let size = Size::new(size.0, size.1);
        let interface = UserInterface::build(view, size, Cache::default(), &mut renderer);
        let mut hands = Self {
            interface,
            renderer,
            messages: Vec::new(),
        };
        hands.redraw();
        hands
    }

    /// Runs an operation and all that it leads to, as a program's task would.
    pub fn operate(&mut self, operation: impl Operation<()> + 'static) {
        let mut next: Option<Box<dyn Operation<()>>> = Some(Box::new(operation));
        while let Some(mut operation) = next.take() {
            self.interface.operate(&self.renderer, operation.as_mut());
            if let Outcome::Chain(chained) = operation.finish() {
                next = Some(chained);
            }
        }
    }

    /// Presses a key.
    pub fn tap(&mut self, key: Key) {
        self.send(press_key(key, None));
    }

    /// Has the view drawn.
    pub fn redraw(&mut self) {
        let now = std::time::Instant::now();
        self.send(Event::Window(window::Event::RedrawRequested(now)));
    }

    fn send(&mut self, event: Event) {
        let _state = self.interface.update(
            &[event],
            mouse::Cursor::Unavailable,
            &mut self.renderer,
            &mut clipboard::Null,
            &mut self.messages,
        );
    }

    /// What the view has said.
    pub fn said(self) -> Vec<Message> {
        self.messages
    }
}

/// What the view shows, as `/panels/NAME/screen` would say it.
pub fn screen<'a, Message: 'a>(
    size: (f32, f32),
    view: impl Into<Element<'a, Message>>,
) -> Arc<Screen> {
    let slot = ScreenSlot::new("test", |_| {});
    let mut stage = stage(size, observe(Arc::clone(&slot), view));
    let redraw = window::Event::RedrawRequested(std::time::Instant::now());
    let _statuses = stage.simulate([Event::Window(redraw)]);
    slot.latest()
}

/// Draws the view in both languages, light and dark, and compares each picture with the hash in
/// `folder`. Names the pictures that differ or have no hash yet.
///
/// # Errors
///
/// One line for each such picture, with what to do about it.
pub fn pictures<'a, Message: 'a>(
    folder: impl AsRef<Path>,
    name: &str,
    size: (f32, f32),
    view: impl Fn() -> Element<'a, Message>,
) -> Result<(), String> {
    let mut faults = Vec::new();
    for (tongue, language) in [("en", Language::English), ("zh", Language::Chinese)] {
        for (tone, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            let name = format!("{name}.{tongue}.{tone}");
            let outcome = with_language(language, || {
                picture(folder.as_ref(), &name, theme, &mut stage(size, view()))
            });
            faults.extend(outcome.err());
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n"))
    }
}

fn picture<Message>(
    folder: &Path,
    name: &str,
    theme: Theme,
    stage: &mut Stage<'_, Message>,
) -> Result<(), String> {
    // With a GPU renderer compiled in, iced_test would take that, and a picture of another name.
    if std::env::var("ICED_TEST_BACKEND").as_deref() != Ok("tiny-skia") {
        return Err(format!(
            "{name}: ICED_TEST_BACKEND is not tiny-skia; run the tests through cargo, which sets it"
        ));
    }
    let snapshot = stage
        .snapshot(&theme)
        .map_err(|error| format!("{name}: {error}"))?;
    // iced_test puts the renderer's name behind the stem and swaps what follows the last dot.
    let stem = name.replace('.', "-");
    let at = |folder: &Path| folder.join(&stem);
    let file = |extension: &str| format!("{stem}-tiny-skia.{extension}");
    if let Some(pictures) = std::env::var_os("GOBLIN_PICTURES").map(PathBuf::from) {
        let _was_there = std::fs::remove_file(pictures.join(file("png")));
        snapshot
            .matches_image(at(&pictures))
            .map_err(|error| format!("{name}: {error}"))?;
    }
    let kept = folder.join(file("sha256"));
    let bless = std::env::var_os("GOBLIN_BLESS").is_some();
    if bless {
        let _was_there = std::fs::remove_file(&kept);
    } else if !kept.exists() {
        return Err(format!(
            "{name}: no hash yet; look at it (GOBLIN_PICTURES=DIR), GOBLIN_BLESS=1"
        ));
    }
    match snapshot.matches_hash(at(folder)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!(
            "{name}: looks different; see it with GOBLIN_PICTURES=DIR"
        )),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
