//! `zwlr_screencopy_manager_v1`: pictures of an output or a part of it, for screenshot tools.

use std::sync::atomic::{AtomicBool, Ordering};

use smithay::output::Output;
use smithay::reexports::wayland_protocols_wlr::screencopy::v1::server::zwlr_screencopy_frame_v1::{
    self, Flags, ZwlrScreencopyFrameV1,
};
use smithay::reexports::wayland_protocols_wlr::screencopy::v1::server::zwlr_screencopy_manager_v1::{
    self, ZwlrScreencopyManagerV1,
};
use smithay::reexports::wayland_server::backend::{ClientId, GlobalId, ObjectId};
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::utils::{Buffer, Logical, Physical, Point, Rectangle};

use crate::capture::{Copied, FORMATS, Failure, Request, fits};
use crate::client::sees;
use crate::goblin::Goblin;
use crate::render::{Shot, Subject};

const VERSION: u32 = 3;

/// The state of the global.
pub(crate) struct ScreencopyState {
    _global: GlobalId,
}

impl ScreencopyState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _global: display.create_global::<Goblin, ZwlrScreencopyManagerV1, _>(VERSION, ()),
        }
    }
}

/// What a frame is to show.
pub(crate) struct FrameData {
    manager: ObjectId,
    /// With the buffer's size; `None` where there was nothing to show.
    shot: Option<(Shot, Rectangle<i32, Buffer>)>,
    /// A copy was asked for.
    used: AtomicBool,
}

impl GlobalDispatch<ZwlrScreencopyManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ZwlrScreencopyManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ZwlrScreencopyManagerV1>(&client)
    }
}

impl Dispatch<ZwlrScreencopyManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        manager: &ZwlrScreencopyManagerV1,
        request: zwlr_screencopy_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        use zwlr_screencopy_manager_v1::Request as Asked;
        let (frame, pointer, output, region) = match request {
            Asked::CaptureOutput {
                frame,
                overlay_cursor,
                output,
            } => (frame, overlay_cursor, output, None),
            Asked::CaptureOutputRegion {
                frame,
                overlay_cursor,
                output,
                x,
                y,
                width,
                height,
            } => {
                let region = (x, y, width, height);
                (frame, overlay_cursor, output, Some(region))
            }
            _ => return,
        };
        let shot = state.screencopy_shot(&output, region, pointer != 0);
        let frame = init.init(
            frame,
            FrameData {
                manager: manager.id(),
                shot,
                used: AtomicBool::new(false),
            },
        );
        let Some((_, part)) = shot else {
            return frame.failed();
        };
        let (width, height) = (part.size.w.unsigned_abs(), part.size.h.unsigned_abs());
        let [best, ..] = FORMATS;
        frame.buffer(best, width, height, width * 4);
        if frame.version() >= zwlr_screencopy_frame_v1::EVT_BUFFER_DONE_SINCE {
            frame.buffer_done();
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        manager: &ZwlrScreencopyManagerV1,
        _data: &(),
    ) {
        state.captures.forget(&manager.id());
    }
}

impl Dispatch<ZwlrScreencopyFrameV1, FrameData> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        frame: &ZwlrScreencopyFrameV1,
        request: zwlr_screencopy_frame_v1::Request,
        data: &FrameData,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
        match request {
            zwlr_screencopy_frame_v1::Request::Copy { buffer } => {
                state.screencopy_asked(frame, data, buffer, false);
            }
            zwlr_screencopy_frame_v1::Request::CopyWithDamage { buffer } => {
                state.screencopy_asked(frame, data, buffer, true);
            }
            _ => {}
        }
    }

    fn destroyed(
        state: &mut Self,
        _client: ClientId,
        frame: &ZwlrScreencopyFrameV1,
        _data: &FrameData,
    ) {
        state.captures.cancel(&frame.id());
    }
}

impl Goblin {
    /// The picture of an output, or of a region of it in its own logical coordinates, and the part
    /// of the output's memory that it covers.
    fn screencopy_shot(
        &self,
        output: &WlOutput,
        region: Option<(i32, i32, i32, i32)>,
        pointer: bool,
    ) -> Option<(Shot, Rectangle<i32, Buffer>)> {
        let output = Output::from_resource(output)?;
        let state = self.output_state(self.id_of_output(&output)?)?;
        let subject = Subject::Output(state.id);
        let canvas = self.canvas_of(subject)?;
        let whole = Rectangle::from_size(canvas.buffer_size());
        let part = match region {
            None => None,
            Some(region) => {
                let area = clipped(region, self.layout.output(state.id)?.geometry.size)?;
                // Corner by corner, so that regions side by side meet.
                let corner = |pos: Point<i32, Logical>| -> Point<i32, Physical> {
                    pos.to_f64().to_physical(canvas.scale).to_i32_round()
                };
                let (from, to) = (corner(area.loc), corner(area.loc + area.size));
                let size = ((to.x - from.x).max(1), (to.y - from.y).max(1));
                let seen = Rectangle::from_size(canvas.size);
                let area = Rectangle::new(from, size.into()).intersection(seen)?;
                Some(canvas.in_buffer(area))
            }
        };
        let shot = Shot {
            subject,
            pointer,
            part,
        };
        Some((shot, part.unwrap_or(whole)))
    }

    fn screencopy_asked(
        &mut self,
        frame: &ZwlrScreencopyFrameV1,
        data: &FrameData,
        buffer: WlBuffer,
        with_damage: bool,
    ) {
        use zwlr_screencopy_frame_v1::Error;
        if data.used.swap(true, Ordering::Relaxed) {
            return frame.post_error(Error::AlreadyUsed, "this frame was copied before");
        }
        let Some((shot, part)) = data.shot else {
            return;
        };
        if !fits(&buffer, part.size) {
            let why =
                "the buffer has not the size and format that were told, or is no shared memory";
            return frame.post_error(Error::InvalidBuffer, why);
        }
        let told = frame.clone();
        self.capture(Request {
            frame: frame.id(),
            shot,
            buffer,
            series: with_damage.then(|| data.manager.clone()),
            done: Box::new(move |_, outcome| answer(&told, outcome, with_damage)),
        });
    }
}

fn answer(frame: &ZwlrScreencopyFrameV1, outcome: Result<Copied, Failure>, with_damage: bool) {
    let Ok(copied) = outcome else {
        return frame.failed();
    };
    frame.flags(Flags::empty());
    if with_damage {
        for area in copied.damage {
            let number = i32::unsigned_abs;
            let (loc, size) = (area.loc, area.size);
            frame.damage(number(loc.x), number(loc.y), number(size.w), number(size.h));
        }
    }
    let seconds = copied.time.as_secs();
    frame.ready(
        (seconds >> 32) as u32,
        (seconds & u64::from(u32::MAX)) as u32,
        copied.time.subsec_nanos(),
    );
}

/// The part of a region that lies on an output of a size. `None` where none does.
fn clipped(
    (x, y, width, height): (i32, i32, i32, i32),
    size: smithay::utils::Size<i32, Logical>,
) -> Option<Rectangle<i32, Logical>> {
    let side = |from: i32, len: i32, whole: i32| {
        let to = from.saturating_add(len.max(0)).clamp(0, whole);
        let from = from.clamp(0, whole);
        (from < to).then_some((from, to - from))
    };
    let ((x, w), (y, h)) = side(x, width, size.w).zip(side(y, height, size.h))?;
    Some(Rectangle::new((x, y).into(), (w, h).into()))
}
