//! `ext_image_copy_capture_manager_v1`: sessions that copy an output, a window or the pointer's
//! picture into a client's buffers, one frame after the other as they change.

use std::sync::Mutex;

use smithay::reexports::wayland_protocols::ext::image_copy_capture::v1::server::ext_image_copy_capture_frame_v1::{
    self, ExtImageCopyCaptureFrameV1, FailureReason,
};
use smithay::reexports::wayland_protocols::ext::image_copy_capture::v1::server::ext_image_copy_capture_manager_v1::{
    self, ExtImageCopyCaptureManagerV1, Options,
};
use smithay::reexports::wayland_protocols::ext::image_copy_capture::v1::server::ext_image_copy_capture_session_v1::{
    self, ExtImageCopyCaptureSessionV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId, ObjectId};
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::reexports::wayland_server::protocol::wl_shm::Format;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource, WEnum,
};
use smithay::utils::{Buffer, Size};

use super::image_capture_source::Source;
use super::image_copy_cursor::{CursorData, CursorSession};
use crate::capture::{Copied, FORMATS, Failure, Request};
use crate::client::sees;
use crate::goblin::Goblin;
use crate::render::{Shot, Subject};

const VERSION: u32 = 1;

/// The state of the global.
pub(crate) struct ImageCopyState {
    sessions: Vec<Session>,
    pub(super) cursors: Vec<CursorSession>,
    _global: GlobalId,
}

impl ImageCopyState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            sessions: Vec::new(),
            cursors: Vec::new(),
            _global: display.create_global::<Goblin, ExtImageCopyCaptureManagerV1, _>(VERSION, ()),
        }
    }
}

/// What a session copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scene {
    pub(super) source: Source,
    /// The pointer's picture over the source, not the source.
    pub(super) cursor: bool,
    /// With the pointer painted in.
    pub(super) pointer: bool,
}

struct Session {
    object: ExtImageCopyCaptureSessionV1,
    scene: Scene,
    /// The size that the client was told.
    told: Option<Size<i32, Buffer>>,
    stopped: bool,
    frame: Option<ObjectId>,
}

/// What a frame copies.
pub(crate) struct FrameData {
    session: ObjectId,
    scene: Scene,
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    buffer: Option<WlBuffer>,
    captured: bool,
}

impl GlobalDispatch<ExtImageCopyCaptureManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ExtImageCopyCaptureManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ExtImageCopyCaptureManagerV1>(&client)
    }
}

impl Dispatch<ExtImageCopyCaptureManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        manager: &ExtImageCopyCaptureManagerV1,
        request: ext_image_copy_capture_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        match request {
            ext_image_copy_capture_manager_v1::Request::CreateSession {
                session,
                source,
                options,
            } => {
                let options = match options {
                    WEnum::Value(options) => Some(options),
                    WEnum::Unknown(_) => None,
                };
                let scene = Scene {
                    source: Source::of(&source),
                    cursor: false,
                    pointer: options.is_some_and(|options| options.contains(Options::PaintCursors)),
                };
                state.open_session(session, scene, init);
                if options.is_none() {
                    let error = ext_image_copy_capture_manager_v1::Error::InvalidOption;
                    manager.post_error(error, "there is no such option");
                }
            }
            ext_image_copy_capture_manager_v1::Request::CreatePointerCursorSession {
                session,
                source,
                ..
            } => {
                let source = Source::of(&source);
                let object = init.init(session, CursorData::new(source));
                let session = CursorSession::new(object, source);
                state.globals.image_copy.cursors.push(session);
            }
            _ => {}
        }
    }
}

impl Dispatch<ExtImageCopyCaptureSessionV1, Scene> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        object: &ExtImageCopyCaptureSessionV1,
        request: ext_image_copy_capture_session_v1::Request,
        scene: &Scene,
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let ext_image_copy_capture_session_v1::Request::CreateFrame { frame } = request else {
            return;
        };
        let data = FrameData {
            session: object.id(),
            scene: *scene,
            asked: Mutex::default(),
        };
        let frame = init.init(frame, data);
        let sessions = &mut state.globals.image_copy.sessions;
        if let Some(session) = sessions
            .iter_mut()
            .find(|session| session.object == *object)
            && session.frame.replace(frame.id()).is_some()
        {
            let error = ext_image_copy_capture_session_v1::Error::DuplicateFrame;
            object.post_error(error, "the frame before has not been destroyed");
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        object: &ExtImageCopyCaptureSessionV1,
        _data: &Scene,
    ) {
        let sessions = &mut state.globals.image_copy.sessions;
        sessions.retain(|session| session.object != *object);
        state.captures.forget(&object.id());
    }
}

impl Dispatch<ExtImageCopyCaptureFrameV1, FrameData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        frame: &ExtImageCopyCaptureFrameV1,
        request: ext_image_copy_capture_frame_v1::Request,
        data: &FrameData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        use ext_image_copy_capture_frame_v1::{Error, Request as Wish};
        let Ok(mut asked) = data.asked.lock() else {
            return;
        };
        let late = asked.captured && !matches!(request, Wish::Destroy);
        if late {
            return frame.post_error(Error::AlreadyCaptured, "this frame was captured before");
        }
        match request {
            Wish::AttachBuffer { buffer } => asked.buffer = Some(buffer),
            Wish::DamageBuffer {
                x,
                y,
                width,
                height,
            } if x < 0 || y < 0 || width <= 0 || height <= 0 => {
                let why = "the damage begins before the buffer, or is empty";
                frame.post_error(Error::InvalidBufferDamage, why);
            }
            // Every copy is of the whole picture: what the buffer held does not matter.
            Wish::DamageBuffer { .. } => {}
            Wish::Capture => match asked.buffer.take() {
                Some(buffer) => {
                    asked.captured = true;
                    drop(asked);
                    state.capture_frame(frame, data, buffer);
                }
                None => frame.post_error(Error::NoBuffer, "attach a buffer first"),
            },
            _ => {}
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        frame: &ExtImageCopyCaptureFrameV1,
        data: &FrameData,
    ) {
        state.captures.cancel(&frame.id());
        for session in &mut state.globals.image_copy.sessions {
            if session.object.id() == data.session {
                session.frame.take_if(|id| *id == frame.id());
            }
        }
    }
}

impl Goblin {
    /// Begins a session; its constraints are told at the end of this turn.
    pub(super) fn open_session(
        &mut self,
        session: New<ExtImageCopyCaptureSessionV1>,
        scene: Scene,
        init: &mut DataInit<'_, Self>,
    ) {
        let object = init.init(session, scene);
        self.globals.image_copy.sessions.push(Session {
            object,
            scene,
            told: None,
            stopped: false,
            frame: None,
        });
    }

    /// What is to be drawn for a session.
    fn subject_of(&self, scene: Scene) -> Option<Subject> {
        let source = scene.source.0?;
        if scene.cursor {
            // Only a source that is there has a pointer over it.
            self.canvas_of(source)?;
            return self.home_of(source).map(Subject::Cursor);
        }
        Some(source)
    }

    fn capture_frame(
        &mut self,
        frame: &ExtImageCopyCaptureFrameV1,
        data: &FrameData,
        buffer: WlBuffer,
    ) {
        let sessions = &self.globals.image_copy.sessions;
        let session = sessions
            .iter()
            .find(|session| session.object.id() == data.session);
        let stopped = session.is_some_and(|session| session.stopped);
        let series = session.map(|session| session.object.id());
        let Some(subject) = self.subject_of(data.scene).filter(|_| !stopped) else {
            return frame.failed(FailureReason::Stopped);
        };
        let told = frame.clone();
        self.capture(Request {
            frame: frame.id(),
            shot: Shot {
                subject,
                pointer: data.scene.pointer,
                part: None,
            },
            buffer,
            series,
            done: Box::new(move |_, outcome| answer(&told, outcome)),
        });
    }

    /// Tells each session the size of what it copies, where that has changed, and ends those whose
    /// source is gone.
    pub(crate) fn refresh_image_copy(&mut self) {
        if self.globals.image_copy.sessions.is_empty() && self.globals.image_copy.cursors.is_empty()
        {
            return;
        }
        self.refresh_cursor_sessions();
        let mut sessions = std::mem::take(&mut self.globals.image_copy.sessions);
        for session in sessions.iter_mut().filter(|session| !session.stopped) {
            let subject = self.subject_of(session.scene);
            let size = subject.and_then(|subject| self.copied_size(subject));
            let Some(size) = size else {
                session.stopped = true;
                session.object.stopped();
                continue;
            };
            if session.told.replace(size) != Some(size) {
                let (width, height) = (size.w.unsigned_abs(), size.h.unsigned_abs());
                session.object.buffer_size(width, height);
                // What is not a whole screen may let through what is behind it.
                let whole = matches!(subject, Some(Subject::Output(_)));
                let clear =
                    |format: &&Format| matches!(format, Format::Argb8888 | Format::Abgr8888);
                for format in FORMATS.iter().filter(|format| whole || clear(format)) {
                    session.object.shm_format(*format);
                }
                session.object.done();
            }
        }
        self.globals.image_copy.sessions = sessions;
    }

    fn copied_size(&mut self, subject: Subject) -> Option<Size<i32, Buffer>> {
        if let Subject::Cursor(id) = subject {
            let scale = self.output_state(id)?.scale();
            let look = self.cursor_look(scale);
            // Of a pointer that shows nothing there is no picture: one pixel stands for it.
            let size = look.map_or((1, 1).into(), |look| look.size);
            return Some((size.w, size.h).into());
        }
        self.canvas_of(subject).map(|canvas| canvas.buffer_size())
    }
}

fn answer(frame: &ExtImageCopyCaptureFrameV1, outcome: Result<Copied, Failure>) {
    let copied = match outcome {
        Ok(copied) => copied,
        Err(failure) => {
            return frame.failed(match failure {
                Failure::Buffer => FailureReason::BufferConstraints,
                Failure::Gone => FailureReason::Stopped,
                Failure::Dark | Failure::Renderer => FailureReason::Unknown,
            });
        }
    };
    frame.transform(copied.transform.into());
    for area in copied.damage {
        frame.damage(area.loc.x, area.loc.y, area.size.w, area.size.h);
    }
    let seconds = copied.time.as_secs();
    frame.presentation_time(
        (seconds >> 32) as u32,
        (seconds & u64::from(u32::MAX)) as u32,
        copied.time.subsec_nanos(),
    );
    frame.ready();
}
