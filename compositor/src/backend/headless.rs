//! No screen and no GPU: outputs are pictures in memory, drawn by pixman.

use std::collections::HashMap;
use std::str::FromStr;

use smithay::backend::allocator::Fourcc;
use smithay::backend::renderer::damage::OutputDamageTracker;
use smithay::backend::renderer::element::Element;
use smithay::backend::renderer::pixman::PixmanRenderer;
use smithay::backend::renderer::{Bind, ImportAll, ImportMem, Offscreen, Renderer};
use smithay::reexports::pixman::Image;
use smithay::utils::{Physical, Rectangle, Scale, Size, Transform};
use thiserror::Error;

use super::{Backend, BackendError, DrawnFrame, area};
use crate::goblin::Goblin;
use crate::layout::OutputId;
use crate::outputs::{MAX_SIDE, SCALES, Setup};
use crate::process::want_large_pages;
use crate::render::{
    BACKGROUND, CaptureError, CursorLook, Drawn, Memory, OutputElement, Painter, Shot, Subject,
    Taken, Watch,
};

/// A virtual output as the command line gives it: `1920x1080@1.25`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VirtualOutput {
    /// Width in pixels.
    pub width: i32,
    /// Height in pixels.
    pub height: i32,
    /// Scale.
    pub scale: f64,
}

/// Why a size was refused.
#[derive(Debug, Error, PartialEq)]
#[error(
    "{0:?} is no size: write WIDTHxHEIGHT@SCALE, such as 1920x1080@1.25, sides 1 to {MAX_SIDE}, scale 0.5 to 4"
)]
pub struct BadSize(String);

impl FromStr for VirtualOutput {
    type Err = BadSize;

    fn from_str(text: &str) -> Result<Self, BadSize> {
        let bad = || BadSize(text.to_owned());
        let (size, scale) = text.split_once('@').unwrap_or((text, "1"));
        let (width, height) = size.split_once(['x', '×']).ok_or_else(bad)?;
        let side = |side: &str| {
            let side: i32 = side.trim().parse().ok()?;
            (1..=MAX_SIDE).contains(&side).then_some(side)
        };
        let scale: f64 = scale.trim().parse().ok().ok_or_else(bad)?;
        if !SCALES.contains(&scale) {
            return Err(bad());
        }
        let (width, height) = side(width).zip(side(height)).ok_or_else(bad)?;
        Ok(Self {
            width,
            height,
            scale,
        })
    }
}

impl VirtualOutput {
    /// What an output of this size is set to.
    pub(crate) fn setup(&self) -> Setup {
        Setup::of_size((self.width, self.height).into(), self.scale)
    }
}

/// Size in memory, scale and how it is turned.
type Look = (Size<i32, Physical>, f64, Transform);

struct Screen {
    image: Image<'static, 'static>,
    look: Look,
    tracker: OutputDamageTracker,
    shows: Shows,
}

/// What is on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Nothing yet, or a frame that failed halfway.
    Nothing,
    /// The image, with all of the last frame.
    Image,
    /// The buffer of a surface that fills the screen, as a screen's hardware would show it. The image is old.
    Surface,
}

/// The backend without a screen.
pub(crate) struct Headless {
    renderer: PixmanRenderer,
    painter: Painter<PixmanRenderer>,
    screens: HashMap<OutputId, Screen>,
}

impl Headless {
    /// Starts the backend and gives the state its outputs, named `headless-1` and on.
    pub(crate) fn start(
        goblin: &mut Goblin,
        outputs: &[VirtualOutput],
    ) -> Result<(), BackendError> {
        let renderer =
            PixmanRenderer::new().map_err(|error| BackendError::Renderer(error.to_string()))?;
        let backend = Self {
            renderer,
            painter: Painter::default(),
            screens: HashMap::new(),
        };
        goblin.backend = Some(Backend::Headless(Box::new(backend)));
        for (index, output) in outputs.iter().enumerate() {
            let name = format!("headless-{}", index + 1);
            let setup = goblin.configured(&name, output.setup());
            goblin.add_output(&name, setup);
        }
        Ok(())
    }

    pub(super) fn draw(&mut self, goblin: &Goblin, id: OutputId) -> Result<DrawnFrame, String> {
        let output = goblin.output_state(id).ok_or("the output is gone")?;
        self.screens
            .retain(|id, _| goblin.output_state(*id).is_some());
        let elements = self.painter.scene(&mut self.renderer, goblin, output, true);
        let size = output.mode_size();
        let look = (size, output.scale(), output.output.current_transform());
        if self
            .screens
            .get(&id)
            .is_none_or(|screen| screen.look != look)
        {
            let image = self
                .renderer
                .create_buffer(Fourcc::Xrgb8888, (size.w, size.h).into())
                .map_err(|error| error.to_string())?;
            want_large_pages(&image);
            let tracker = OutputDamageTracker::from_output(&output.output);
            self.screens.insert(
                id,
                Screen {
                    image,
                    look,
                    tracker,
                    shows: Shows::Nothing,
                },
            );
        }
        let Some(screen) = self.screens.get_mut(&id) else {
            return Err("no screen".to_owned());
        };
        // After a frame that failed halfway nothing is known of what lies there.
        let before = std::mem::replace(&mut screen.shows, Shows::Nothing);
        if fills(&elements, &look) {
            let age = usize::from(before != Shows::Nothing);
            let (damage, states) = screen
                .tracker
                .damage_output(age, &elements)
                .map_err(|error| error.to_string())?;
            screen.shows = Shows::Surface;
            return Ok(DrawnFrame {
                damage: damage.map(|rects| area(rects)),
                states,
            });
        }
        let mut target = self
            .renderer
            .bind(&mut screen.image)
            .map_err(|error| error.to_string())?;
        let age = usize::from(before == Shows::Image);
        let drawn = screen
            .tracker
            .render_output(&mut self.renderer, &mut target, age, &elements, BACKGROUND)
            .map_err(|error| error.to_string())?;
        screen.shows = Shows::Image;
        Ok(DrawnFrame {
            damage: drawn.damage.map(|rects| area(rects)),
            states: drawn.states,
        })
    }

    pub(super) fn take<O>(
        &mut self,
        goblin: &Goblin,
        shot: &Shot,
        watch: Option<&mut Watch>,
        keep: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<Option<Taken<O>>, CaptureError> {
        let screen = match shot.subject {
            Subject::Output(id) | Subject::Upright(id) => self.screens.get_mut(&id),
            _ => None,
        };
        let size = goblin.canvas_of(shot.subject).map(|canvas| {
            let size = canvas.buffer_size();
            (size.w, size.h).into()
        });
        let shown = goblin.shown_as_it_is(shot).is_some();
        let memory = match screen.filter(|screen| size == Some(screen.look.0)) {
            Some(screen) if screen.shows != Shows::Image => {
                // The image is old: the next frame that needs it draws all of it anew.
                Memory::Free(&mut screen.image)
            }
            Some(screen) if shown => Memory::Shown(&mut screen.image),
            _ => Memory::None,
        };
        // What a person sees of the screen; what lies in its memory is as it was drawn.
        let gamma = match shot.subject {
            Subject::Upright(id) => goblin
                .output_state(id)
                .and_then(|state| state.gamma.as_ref()),
            _ => None,
        };
        let keep = |view: &Drawn<'_>| match gamma {
            Some(gamma) => {
                let mut lit = view.to_capture();
                gamma.apply(&mut lit);
                keep(&lit.view())
            }
            None => keep(view),
        };
        self.painter
            .take(&mut self.renderer, goblin, shot, watch, memory, keep)
    }

    /// Whether an output shows the buffer of a surface itself.
    #[cfg(test)]
    pub(crate) fn shows_a_surface(&self, id: OutputId) -> bool {
        let screen = self.screens.get(&id);
        screen.is_some_and(|screen| screen.shows == Shows::Surface)
    }

    pub(super) fn cursor_look(&mut self, goblin: &Goblin, scale: f64) -> Option<CursorLook> {
        self.painter.cursor_look(&mut self.renderer, goblin, scale)
    }
}

/// Whether all that is to be seen of a scene is one surface's buffer, pixel for pixel.
fn fills<R>(elements: &[OutputElement<R>], (size, scale, transform): &Look) -> bool
where
    R: Renderer + ImportAll + ImportMem,
    R::TextureId: Clone + 'static,
{
    let (whole, scale) = (Rectangle::from_size(*size), Scale::from(*scale));
    let foremost = elements
        .iter()
        .find(|element| element.geometry(scale).overlaps(whole));
    *transform == Transform::Normal
        && foremost.is_some_and(|element| {
            matches!(
                element,
                OutputElement::Surface(_) | OutputElement::Clipped(_)
            ) && element.geometry(scale) == whole
                && element.transform() == Transform::Normal
                && element.src() == Rectangle::from_size((size.w, size.h).into()).to_f64()
                && element
                    .opaque_regions(scale)
                    .iter()
                    .any(|region| region.contains_rect(whole))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_with_and_without_a_scale() {
        let full = VirtualOutput {
            width: 1920,
            height: 1080,
            scale: 1.25,
        };
        assert_eq!("1920x1080@1.25".parse(), Ok(full));
        assert_eq!(
            "1920x1080".parse(),
            Ok(VirtualOutput { scale: 1.0, ..full })
        );
    }

    #[test]
    fn nonsense_is_refused_with_an_example() {
        for text in [
            "",
            "1920",
            "0x10",
            "10x10@9",
            "10x10@nan",
            "-1x5",
            "99999x1",
        ] {
            let refused = VirtualOutput::from_str(text).unwrap_err();
            assert!(refused.to_string().contains("1920x1080@1.25"), "{text}");
        }
    }
}
