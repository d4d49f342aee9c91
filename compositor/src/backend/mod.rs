//! Where frames go and input comes from.
//!
//! A backend owns a renderer and puts the state's outputs on something. `headless` keeps them in
//! memory, `nested` in a window of another desktop. A backend for a bare terminal (DRM, libinput)
//! is one more variant here: nothing outside this module knows which one runs.

mod headless;
mod nested;

use smithay::backend::renderer::element::RenderElementStates;
use smithay::utils::{Physical, Rectangle};
use thiserror::Error;

use crate::goblin::Goblin;
use crate::layout::OutputId;
use crate::render::{Capture, CaptureError, CursorLook, Drawn, Shot, Subject, Taken, Watch};

pub(crate) use headless::Headless;
pub(crate) use headless::{BadSize, VirtualOutput};
pub(crate) use nested::Nested;

/// Why a backend could not start.
#[derive(Debug, Error)]
pub(crate) enum BackendError {
    /// There is no desktop to open a window in.
    #[error(
        "no desktop to open a window in ({0}): set WAYLAND_DISPLAY or DISPLAY, or use --backend headless"
    )]
    NoHost(String),
    /// The renderer could not start.
    #[error("the renderer could not start: {0}")]
    Renderer(String),
    /// The event loop took no more sources.
    #[error("the event loop took no source for {0}")]
    EventLoop(&'static str),
}

/// A frame that was drawn.
pub(crate) struct DrawnFrame {
    /// Pixels that may have changed; none if nothing did.
    pub(crate) damage: Option<u64>,
    /// What of each surface was seen.
    pub(crate) states: RenderElementStates,
}

/// Pixels of all of `rects`.
fn area(rects: &[Rectangle<i32, Physical>]) -> u64 {
    let side = |side: i32| u64::from(side.unsigned_abs());
    rects
        .iter()
        .map(|rect| side(rect.size.w).saturating_mul(side(rect.size.h)))
        .sum()
}

/// The backend that runs.
pub(crate) enum Backend {
    Headless(Box<Headless>),
    Nested(Box<Nested>),
}

impl Backend {
    /// Its name in `/desktop/status`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Backend::Headless(_) => "headless",
            Backend::Nested(_) => "nested",
        }
    }

    /// Whether outputs are as many and as large as anybody likes.
    pub(crate) fn has_virtual_outputs(&self) -> bool {
        matches!(self, Backend::Headless(_))
    }

    /// Whether the light of an output can be changed.
    pub(crate) fn has_gamma(&self) -> bool {
        matches!(self, Backend::Headless(_))
    }

    /// Draws an output.
    pub(crate) fn draw(&mut self, goblin: &Goblin, id: OutputId) -> Result<DrawnFrame, String> {
        match self {
            Backend::Headless(backend) => backend.draw(goblin, id),
            Backend::Nested(backend) => backend.draw(goblin, id),
        }
    }

    /// Takes a picture; with a watch, only if something in it has changed since its last look.
    pub(crate) fn take<O>(
        &mut self,
        goblin: &Goblin,
        shot: &Shot,
        watch: Option<&mut Watch>,
        keep: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<Option<Taken<O>>, CaptureError> {
        match self {
            Backend::Headless(backend) => backend.take(goblin, shot, watch, keep),
            Backend::Nested(backend) => backend.take(goblin, shot, watch, keep),
        }
    }

    /// A picture of something as it is now, the pointer left out.
    pub(crate) fn picture(
        &mut self,
        goblin: &Goblin,
        subject: Subject,
    ) -> Result<Capture, CaptureError> {
        let taken = self.take(goblin, &Shot::whole(subject), None, |view| {
            view.to_capture()
        })?;
        taken
            .map(|taken| taken.picture)
            .ok_or_else(|| CaptureError::Render("it gave no picture".to_owned()))
    }

    /// How the pointer looks at a scale. `None` where nothing is drawn for it.
    pub(crate) fn cursor_look(&mut self, goblin: &Goblin, scale: f64) -> Option<CursorLook> {
        match self {
            Backend::Headless(backend) => backend.cursor_look(goblin, scale),
            Backend::Nested(backend) => backend.cursor_look(goblin, scale),
        }
    }
}
