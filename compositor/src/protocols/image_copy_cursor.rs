//! `ext_image_copy_capture_cursor_session_v1`: where the pointer is over something that is captured
//! without it.

use std::sync::atomic::{AtomicBool, Ordering};

use smithay::reexports::wayland_protocols::ext::image_copy_capture::v1::server::ext_image_copy_capture_cursor_session_v1::{
    self, ExtImageCopyCaptureCursorSessionV1,
};
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::{Client, DataInit, Dispatch, DisplayHandle, Resource};
use smithay::utils::{Physical, Point, Rectangle};

use super::image_capture_source::Source;
use super::image_copy_capture::Scene;
use crate::goblin::Goblin;
use crate::render::{CursorLook, Subject};

/// What goes with the object.
pub(crate) struct CursorData {
    source: Source,
    /// Its capture session was asked for.
    used: AtomicBool,
}

impl CursorData {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            used: AtomicBool::new(false),
        }
    }
}

/// A session and what it was told last.
pub(super) struct CursorSession {
    object: ExtImageCopyCaptureCursorSessionV1,
    source: Source,
    /// Where the pointer is, and its hotspot; `None` while it is elsewhere.
    told: Option<(Point<i32, Physical>, Point<i32, Physical>)>,
}

impl CursorSession {
    pub(super) fn new(object: ExtImageCopyCaptureCursorSessionV1, source: Source) -> Self {
        Self {
            object,
            source,
            told: None,
        }
    }
}

impl Dispatch<ExtImageCopyCaptureCursorSessionV1, CursorData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        object: &ExtImageCopyCaptureCursorSessionV1,
        request: ext_image_copy_capture_cursor_session_v1::Request,
        data: &CursorData,
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        let ext_image_copy_capture_cursor_session_v1::Request::GetCaptureSession { session } =
            request
        else {
            return;
        };
        let scene = Scene {
            source: data.source,
            cursor: true,
            pointer: false,
        };
        state.open_session(session, scene, init);
        if data.used.swap(true, Ordering::Relaxed) {
            let error = ext_image_copy_capture_cursor_session_v1::Error::DuplicateSession;
            object.post_error(error, "it has a capture session already");
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        object: &ExtImageCopyCaptureCursorSessionV1,
        _data: &CursorData,
    ) {
        let cursors = &mut state.globals.image_copy.cursors;
        cursors.retain(|session| session.object != *object);
    }
}

impl Goblin {
    /// How the pointer looks at a scale. `None` where nothing is drawn for it.
    pub(super) fn cursor_look(&mut self, scale: f64) -> Option<CursorLook> {
        let mut backend = self.backend.take()?;
        let look = backend.cursor_look(self, scale);
        self.backend = Some(backend);
        look
    }

    /// Tells each session where the pointer is, where that has changed.
    pub(super) fn refresh_cursor_sessions(&mut self) {
        let mut cursors = std::mem::take(&mut self.globals.image_copy.cursors);
        for session in &mut cursors {
            let now = session.source.0.and_then(|source| self.cursor_over(source));
            let before = std::mem::replace(&mut session.told, now);
            let object = &session.object;
            match (before, now) {
                (None, Some(_)) => object.enter(),
                (Some(_), None) => object.leave(),
                _ => {}
            }
            let Some((position, hotspot)) = now else {
                continue;
            };
            if before.is_none_or(|(before, _)| before != position) {
                object.position(position.x, position.y);
            }
            if before.is_none_or(|(_, before)| before != hotspot) {
                object.hotspot(hotspot.x, hotspot.y);
            }
        }
        self.globals.image_copy.cursors = cursors;
    }

    /// Where the pointer is over a source, in pixels of the source as a person sees it, and its
    /// hotspot. `None` where none of its picture is.
    fn cursor_over(
        &mut self,
        source: Subject,
    ) -> Option<(Point<i32, Physical>, Point<i32, Physical>)> {
        let shown = self.input.pointer_shown_at()?;
        let canvas = self.canvas_of(source)?;
        let origin = match source {
            Subject::Output(id) => self.output_state(id)?.origin(),
            Subject::Window(id) if self.window_under_pointer() == Some(id) => {
                self.layout.content_rect(id)?.loc
            }
            _ => return None,
        };
        let look = self.cursor_look(canvas.scale)?;
        let position: Point<i32, Physical> = (shown - origin.to_f64())
            .to_physical(canvas.scale)
            .to_i32_round();
        let drawn = Rectangle::new(position - look.hotspot, look.size);
        drawn
            .overlaps(Rectangle::from_size(canvas.size))
            .then_some((position, look.hotspot))
    }
}
