//! Pictures that clients asked for: they wait here for a frame of the output that they belong to.
//!
//! A request makes its output draw one frame; once that is drawn the picture is taken. One that
//! waits for a change waits for the frames that changes make, and costs nothing meanwhile. So a
//! client gets no more pictures than the output has frames, and at rest there are none.

mod shm;

use std::collections::HashMap;
use std::time::Duration;

use smithay::reexports::wayland_server::backend::ObjectId;
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::utils::{Buffer, Rectangle, Size, Transform};
use tracing::warn;

use crate::backend::Backend;
use crate::goblin::Goblin;
use crate::layout::{OutputId, WindowId};
use crate::render::{CaptureError, Drawn, Shot, Subject, Watch};

pub(crate) use shm::{FORMATS, fits};

/// A picture that was copied into a client's buffer.
pub(crate) struct Copied {
    /// What of it differs from the one before, in the buffer.
    pub(crate) damage: Vec<Rectangle<i32, Buffer>>,
    /// How it lies in the buffer.
    pub(crate) transform: Transform,
    /// When, on the monotonic clock.
    pub(crate) time: Duration,
}

/// Why none was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The buffer has another size or format than the picture.
    Buffer,
    /// What it was to be of is gone.
    Gone,
    /// Its output is switched off: there is nothing to be seen.
    Dark,
    /// The renderer failed.
    Renderer,
}

/// What is done with the outcome.
pub(crate) type Done = Box<dyn FnOnce(&mut Goblin, Result<Copied, Failure>)>;

/// A picture that somebody waits for.
pub(crate) struct Request {
    /// The object that asked; with it the request goes.
    pub(crate) frame: ObjectId,
    pub(crate) shot: Shot,
    pub(crate) buffer: WlBuffer,
    /// Whose pictures follow each other: the next is taken only once something has changed since
    /// the last. `None`: at the next frame, whatever it shows.
    pub(crate) series: Option<ObjectId>,
    pub(crate) done: Done,
}

/// All requests, and what each series has seen.
#[derive(Default)]
pub(crate) struct Captures {
    pending: Vec<Request>,
    series: HashMap<(ObjectId, Subject), (Shot, Watch)>,
}

impl Captures {
    /// An object that asked for a picture is gone.
    pub(crate) fn cancel(&mut self, frame: &ObjectId) {
        self.pending.retain(|request| request.frame != *frame);
    }

    /// The object of a series is gone.
    pub(crate) fn forget(&mut self, series: &ObjectId) {
        self.series.retain(|(of, _), _| of != series);
    }

    /// The windows that somebody looks at.
    pub(crate) fn windows(&self) -> impl Iterator<Item = WindowId> {
        let pending = self.pending.iter().map(|request| request.shot.subject);
        let seen = self.series.keys().map(|(_, subject)| *subject);
        pending.chain(seen).filter_map(|subject| match subject {
            Subject::Window(id) => Some(id),
            _ => None,
        })
    }

    fn take_where(&mut self, wanted: impl Fn(&Request) -> bool) -> Vec<Request> {
        self.pending
            .extract_if(.., |request| wanted(request))
            .collect()
    }
}

/// What became of one attempt.
enum Attempt {
    /// Nothing has changed: it goes on waiting.
    Wait,
    Done(Result<Copied, Failure>),
}

impl Goblin {
    /// Asks for a picture.
    pub(crate) fn capture(&mut self, request: Request) {
        let home = self.home_of(request.shot.subject);
        let dark = |id| self.output_state(id).is_some_and(|state| !state.powered);
        if home.is_some_and(dark) && !matches!(request.shot.subject, Subject::Window(_)) {
            return (request.done)(self, Err(Failure::Dark));
        }
        self.captures.pending.push(request);
        if let Some(home) = home {
            self.queue_redraw(home);
        }
    }

    /// The output whose frames a picture goes by.
    pub(crate) fn home_of(&self, subject: Subject) -> Option<OutputId> {
        let id = match subject {
            Subject::Output(id) | Subject::Upright(id) | Subject::Cursor(id) => Some(id),
            Subject::Window(id) | Subject::Framed(id) => {
                let home = self.layout.window(id).and_then(|window| window.output());
                home.filter(|id| self.output_state(*id).is_some_and(|state| state.powered))
            }
        };
        // A window is seen by whoever captures it, whatever output has frames.
        let light = || self.outputs.iter().find(|state| state.powered);
        id.or_else(|| light().or(self.outputs.first()).map(|state| state.id))
    }

    /// A frame of an output was drawn: the pictures that wait for it are taken.
    pub(crate) fn serve_captures(&mut self, id: OutputId) {
        if self.captures.pending.is_empty() {
            return;
        }
        let Some(mut backend) = self.backend.take() else {
            return;
        };
        let pending = std::mem::take(&mut self.captures.pending);
        let (due, mut waiting): (Vec<_>, Vec<_>) = pending
            .into_iter()
            .partition(|request| self.home_of(request.shot.subject) == Some(id));
        let mut done = Vec::new();
        for request in due {
            match self.attempt(&mut backend, &request) {
                Attempt::Wait => waiting.push(request),
                Attempt::Done(outcome) => done.push((request.done, outcome)),
            }
        }
        self.backend = Some(backend);
        self.captures.pending = waiting;
        for (tell, outcome) in done {
            tell(self, outcome);
        }
    }

    fn attempt(&mut self, backend: &mut Backend, request: &Request) -> Attempt {
        let shot = request.shot;
        // Behind a lock nobody looks at a window; an output shows the locker.
        if self.globals.lock.is_on() && matches!(shot.subject, Subject::Window(_)) {
            return Attempt::Wait;
        }
        let size = |canvas: Size<i32, Buffer>| shot.part.map_or(canvas, |part| part.size);
        let canvas = self.canvas_of(shot.subject);
        if canvas.is_some_and(|canvas| !fits(&request.buffer, size(canvas.buffer_size()))) {
            return Attempt::Done(Err(Failure::Buffer));
        }
        let key = request.series.clone().map(|of| (of, shot.subject));
        // It is put back below: the backend looks at the rest of the state meanwhile.
        let seen = key.as_ref().map(|key| {
            let known = self.captures.series.remove(key);
            known.filter(|(of, _)| *of == shot).map(|(_, watch)| watch)
        });
        let mut watch = seen.map(Option::unwrap_or_default);
        let write = |picture: &Drawn<'_>| shm::write(&request.buffer, picture);
        let taken = backend.take(self, &shot, watch.as_mut(), write);
        let outcome = match taken {
            Ok(None) | Err(CaptureError::NoCursor) => Attempt::Wait,
            Ok(Some(taken)) => Attempt::Done(taken.picture.map(|()| Copied {
                damage: taken.damage,
                transform: canvas.map_or(Transform::Normal, |canvas| canvas.transform),
                time: self.clock.now().into(),
            })),
            Err(CaptureError::NoOutput(_) | CaptureError::NoWindow(_)) => {
                Attempt::Done(Err(Failure::Gone))
            }
            Err(error) => {
                warn!("a picture was not taken: {error}");
                Attempt::Done(Err(Failure::Renderer))
            }
        };
        // Who missed a picture has seen nothing: the next one holds all of it.
        if let (Some(key), Some(watch)) = (key, watch)
            && !matches!(outcome, Attempt::Done(Err(_)))
        {
            self.captures.series.insert(key, (shot, watch));
        }
        outcome
    }

    /// Something is gone or dark, and with it the pictures that were to be taken of it.
    pub(crate) fn fail_captures_of(&mut self, subject: Subject, why: Failure) {
        let lost = self
            .captures
            .take_where(|request| request.shot.subject == subject);
        self.captures.series.retain(|(_, of), _| *of != subject);
        for request in lost {
            (request.done)(self, Err(why));
        }
    }

    /// A window that is not on the screen drew something: whoever looks at it all the same is due.
    pub(crate) fn hidden_content_changed(&mut self, id: WindowId) {
        if self.captures.windows().any(|looked| looked == id)
            && let Some(home) = self.home_of(Subject::Window(id))
        {
            self.queue_redraw(home);
        }
    }
}
