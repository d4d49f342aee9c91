//! What pictures are taken of.

use smithay::backend::allocator::Fourcc;
use smithay::backend::renderer::{Color32F, Offscreen};
use smithay::utils::{Buffer, Point, Rectangle};

use super::capture::{Canvas, CaptureError, Watch, read_back, within};
use super::elements::OutputElement;
use super::readout::{Drawn, ReadOut};
use super::redraw::RedrawState;
use super::scene::{BACKGROUND, Painter, SceneRenderer};
use crate::goblin::Goblin;
use crate::layout::{OutputId, WindowId};

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// An output, as it lies in the memory of a screen: turned, where the output is.
    Output(OutputId),
    /// An output as a person sees it.
    Upright(OutputId),
    /// What a client draws in its window, whatever covers it on the screen.
    Window(WindowId),
    /// A window with its frame.
    Framed(WindowId),
    /// The pointer's picture, as large as on an output.
    Cursor(OutputId),
}

/// A picture to take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shot {
    /// What it shows.
    pub(crate) subject: Subject,
    /// With the pointer, where it is over the subject.
    pub(crate) pointer: bool,
    /// Only this part of it.
    pub(crate) part: Option<Rectangle<i32, Buffer>>,
}

impl Shot {
    /// The whole of something, without the pointer.
    pub(crate) fn whole(subject: Subject) -> Self {
        Self {
            subject,
            pointer: false,
            part: None,
        }
    }
}

/// A picture, as who asked for it has kept it, and what of it has changed since the one before.
#[derive(Debug)]
pub(crate) struct Taken<O> {
    pub(crate) picture: O,
    pub(crate) damage: Vec<Rectangle<i32, Buffer>>,
}

/// Where a picture lies, or may.
pub(crate) enum Memory<'a, T> {
    /// It is there already, as it is now.
    Shown(&'a mut T),
    /// It can be drawn there: nobody needs what is in it, and it has the picture's size.
    Free(&'a mut T),
    /// It needs memory of its own.
    None,
}

impl Goblin {
    /// How large a picture of something is. `None` where there is no such thing, and for the
    /// pointer: only who draws it knows.
    pub(crate) fn canvas_of(&self, subject: Subject) -> Option<Canvas> {
        match subject {
            Subject::Output(id) => self.output_state(id).map(|state| Canvas {
                size: state.size(),
                scale: state.scale(),
                transform: state.output.current_transform(),
            }),
            Subject::Upright(id) => self
                .output_state(id)
                .map(|state| Canvas::upright(state.size(), state.scale())),
            Subject::Window(id) => {
                let (_, scale) = self.window_picture_size(id)?;
                let size = self.layout.content_rect(id)?.size;
                let pixels = size.to_f64().to_physical(scale).to_i32_round::<i32>();
                Some(Canvas::upright(
                    (pixels.w.max(1), pixels.h.max(1)).into(),
                    scale,
                ))
            }
            Subject::Framed(id) => self
                .window_picture_size(id)
                .map(|(size, scale)| Canvas::upright(size, scale)),
            Subject::Cursor(_) => None,
        }
    }

    /// The output whose screen shows just what a picture is to show, with nothing that waits to be drawn.
    pub(crate) fn shown_as_it_is(&self, shot: &Shot) -> Option<OutputId> {
        let Subject::Output(id) = shot.subject else {
            return None;
        };
        let state = self.output_state(id)?;
        // A pointer of another output may reach over here with its picture: any pointer counts.
        let pointer = shot.pointer || self.input.pointer_shown_at().is_none();
        (pointer && state.redraw == RedrawState::Idle).then_some(id)
    }
}

impl<R> Painter<R>
where
    R: SceneRenderer,
    R::TextureId: Clone + 'static,
{
    /// Takes a picture and has it kept by `keep`; with a watch, only if something in it has changed since its last look.
    pub(crate) fn take<T, O>(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        shot: &Shot,
        watch: Option<&mut Watch>,
        memory: Memory<'_, T>,
        keep: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<Option<Taken<O>>, CaptureError>
    where
        R: ReadOut<T> + Offscreen<T>,
    {
        let (canvas, elements, ground) = self.stage(renderer, goblin, shot)?;
        let whole = Rectangle::from_size(canvas.buffer_size());
        let part = shot.part.unwrap_or(whole).intersection(whole);
        let part = part.unwrap_or(whole);
        let damage = match watch {
            Some(watch) => within(part, watch.look(&canvas, &elements)),
            None => vec![Rectangle::from_size(part.size)],
        };
        if damage.is_empty() {
            return Ok(None);
        }
        let failed = |error: R::Error| CaptureError::Render(error.to_string());
        let picture = match memory {
            Memory::Shown(shown) => renderer.read_out(shown, part, keep).map_err(failed)?,
            Memory::Free(free) => {
                read_back(renderer, free, &canvas, part, &elements, ground, keep)?
            }
            Memory::None => {
                let mut new = renderer
                    .create_buffer(Fourcc::Argb8888, canvas.buffer_size())
                    .map_err(failed)?;
                read_back(renderer, &mut new, &canvas, part, &elements, ground, keep)?
            }
        };
        Ok(Some(Taken { picture, damage }))
    }

    fn stage(
        &mut self,
        renderer: &mut R,
        goblin: &Goblin,
        shot: &Shot,
    ) -> Result<(Canvas, Vec<OutputElement<R>>, Color32F), CaptureError> {
        let canvas = goblin.canvas_of(shot.subject);
        match shot.subject {
            Subject::Output(id) | Subject::Upright(id) => {
                let (Some(canvas), Some(output)) = (canvas, goblin.output_state(id)) else {
                    return Err(CaptureError::NoOutput(String::new()));
                };
                let elements = self.scene(renderer, goblin, output, shot.pointer);
                Ok((canvas, elements, BACKGROUND))
            }
            Subject::Window(id) => {
                let canvas = canvas.ok_or(CaptureError::NoWindow(id.0))?;
                let pointer = shot.pointer && goblin.window_under_pointer() == Some(id);
                let elements = self.content(renderer, goblin, id, canvas.scale, pointer);
                Ok((canvas, elements, Color32F::TRANSPARENT))
            }
            Subject::Framed(id) => {
                let canvas = canvas.ok_or(CaptureError::NoWindow(id.0))?;
                let elements = self.window(renderer, goblin, id, canvas.scale);
                Ok((canvas, elements, Color32F::TRANSPARENT))
            }
            Subject::Cursor(id) => {
                let scale = goblin
                    .output_state(id)
                    .ok_or(CaptureError::NoOutput(String::new()))?
                    .scale();
                let look = self.cursor_look(renderer, goblin, scale);
                let look = look.ok_or(CaptureError::NoCursor)?;
                let elements = self.cursor(renderer, goblin, scale, Point::default());
                let canvas = Canvas::upright(look.size, scale);
                Ok((canvas, elements, Color32F::TRANSPARENT))
            }
        }
    }
}
