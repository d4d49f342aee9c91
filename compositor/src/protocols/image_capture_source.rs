//! `ext_output_image_capture_source_manager_v1` and
//! `ext_foreign_toplevel_image_capture_source_manager_v1`: names for what can be captured.

use smithay::output::Output;
use smithay::reexports::wayland_protocols::ext::image_capture_source::v1::server::ext_foreign_toplevel_image_capture_source_manager_v1::{
    self, ExtForeignToplevelImageCaptureSourceManagerV1,
};
use smithay::reexports::wayland_protocols::ext::image_capture_source::v1::server::ext_image_capture_source_v1::{
    self, ExtImageCaptureSourceV1,
};
use smithay::reexports::wayland_protocols::ext::image_capture_source::v1::server::ext_output_image_capture_source_manager_v1::{
    self, ExtOutputImageCaptureSourceManagerV1,
};
use smithay::reexports::wayland_server::backend::GlobalId;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, GlobalDispatch, New, Resource,
};
use smithay::wayland::foreign_toplevel_list::ForeignToplevelHandle;

use crate::client::sees;
use crate::goblin::Goblin;
use crate::layout::WindowId;
use crate::render::Subject;

const VERSION: u32 = 1;

/// The state of the two globals.
pub(crate) struct CaptureSourceState {
    _outputs: GlobalId,
    _toplevels: GlobalId,
}

impl CaptureSourceState {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            _outputs: display
                .create_global::<Goblin, ExtOutputImageCaptureSourceManagerV1, _>(VERSION, ()),
            _toplevels: display
                .create_global::<Goblin, ExtForeignToplevelImageCaptureSourceManagerV1, _>(
                    VERSION,
                    (),
                ),
        }
    }
}

/// What a source stands for: an output or a window. `None` where it was gone already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source(pub(super) Option<Subject>);

impl Source {
    /// What a client's object stands for.
    pub(super) fn of(object: &ExtImageCaptureSourceV1) -> Self {
        object.data::<Source>().copied().unwrap_or(Source(None))
    }
}

impl GlobalDispatch<ExtOutputImageCaptureSourceManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ExtOutputImageCaptureSourceManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ExtOutputImageCaptureSourceManagerV1>(&client)
    }
}

impl Dispatch<ExtOutputImageCaptureSourceManagerV1, ()> for Goblin {
    fn request(
        state: &mut Self,
        _client: &Client,
        _manager: &ExtOutputImageCaptureSourceManagerV1,
        request: ext_output_image_capture_source_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        if let ext_output_image_capture_source_manager_v1::Request::CreateSource {
            source,
            output,
        } = request
        {
            let output = Output::from_resource(&output);
            let id = output.and_then(|output| state.id_of_output(&output));
            init.init(source, Source(id.map(Subject::Output)));
        }
    }
}

impl GlobalDispatch<ExtForeignToplevelImageCaptureSourceManagerV1, ()> for Goblin {
    fn bind(
        _state: &mut Self,
        _display: &DisplayHandle,
        _client: &Client,
        manager: New<ExtForeignToplevelImageCaptureSourceManagerV1>,
        _data: &(),
        init: &mut DataInit<'_, Self>,
    ) {
        init.init(manager, ());
    }

    fn can_view(client: Client, _data: &()) -> bool {
        sees::<ExtForeignToplevelImageCaptureSourceManagerV1>(&client)
    }
}

impl Dispatch<ExtForeignToplevelImageCaptureSourceManagerV1, ()> for Goblin {
    fn request(
        _state: &mut Self,
        _client: &Client,
        _manager: &ExtForeignToplevelImageCaptureSourceManagerV1,
        request: ext_foreign_toplevel_image_capture_source_manager_v1::Request,
        _data: &(),
        _display: &DisplayHandle,
        init: &mut DataInit<'_, Self>,
    ) {
        if let ext_foreign_toplevel_image_capture_source_manager_v1::Request::CreateSource {
            source,
            toplevel_handle,
        } = request
        {
            let handle = ForeignToplevelHandle::from_resource(&toplevel_handle);
            let open = handle.filter(|handle| !handle.is_closed());
            let id = open.and_then(|handle| handle.user_data().get::<WindowId>().copied());
            init.init(source, Source(id.map(Subject::Window)));
        }
    }
}

impl Dispatch<ExtImageCaptureSourceV1, Source> for Goblin {
    fn request(
        _state: &mut Self,
        _client: &Client,
        _source: &ExtImageCaptureSourceV1,
        _request: ext_image_capture_source_v1::Request,
        _data: &Source,
        _display: &DisplayHandle,
        _init: &mut DataInit<'_, Self>,
    ) {
    }
}
