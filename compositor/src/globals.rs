//! The Wayland globals that the compositor offers: one field, one protocol.
//!
//! Who is told of a global, [`crate::domain::sees`] decides. One that every domain sees is announced
//! to all; of any other, [`sees`] is the filter.

use smithay::reexports::wayland_protocols::ext::data_control::v1::server::ext_data_control_manager_v1::ExtDataControlManagerV1;
use smithay::reexports::wayland_protocols::wp::security_context::v1::server::wp_security_context_manager_v1::WpSecurityContextManagerV1;
use smithay::reexports::wayland_protocols::xdg::shell::server::xdg_toplevel::WmCapabilities;
use smithay::reexports::wayland_protocols_misc::server_decoration::server::org_kde_kwin_server_decoration_manager::Mode as KdeMode;
use smithay::reexports::wayland_protocols_misc::zwp_virtual_keyboard_v1::server::zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1;
use smithay::reexports::wayland_protocols_wlr::data_control::v1::server::zwlr_data_control_manager_v1::ZwlrDataControlManagerV1;
use smithay::reexports::wayland_server::DisplayHandle;
use smithay::reexports::wayland_server::protocol::wl_shm;
use smithay::wayland::alpha_modifier::AlphaModifierState;
use smithay::wayland::commit_timing::CommitTimingManagerState;
use smithay::wayland::compositor::CompositorState;
use smithay::wayland::fifo::FifoManagerState;
use smithay::wayland::content_type::ContentTypeState;
use smithay::wayland::cursor_shape::CursorShapeManagerState;
use smithay::wayland::fractional_scale::FractionalScaleManagerState;
use smithay::wayland::idle_inhibit::IdleInhibitManagerState;
use smithay::wayland::output::OutputManagerState;
use smithay::wayland::pointer_constraints::PointerConstraintsState;
use smithay::wayland::pointer_gestures::PointerGesturesState;
use smithay::wayland::relative_pointer::RelativePointerManagerState;
use smithay::wayland::tablet_manager::TabletManagerState;
use smithay::wayland::virtual_keyboard::VirtualKeyboardManagerState;
use smithay::wayland::presentation::PresentationState;
use smithay::wayland::security_context::SecurityContextState;
use smithay::wayland::selection::data_device::DataDeviceState;
use smithay::wayland::selection::ext_data_control::DataControlState as ExtDataControlState;
use smithay::wayland::selection::primary_selection::PrimarySelectionState;
use smithay::wayland::selection::wlr_data_control::DataControlState as WlrDataControlState;
use smithay::wayland::shell::kde::decoration::KdeDecorationState;
use smithay::wayland::shell::wlr_layer::WlrLayerShellState;
use smithay::wayland::shell::xdg::XdgShellState;
use smithay::wayland::shell::xdg::decoration::XdgDecorationState;
use smithay::wayland::shm::ShmState;
use smithay::wayland::single_pixel_buffer::SinglePixelBufferState;
use smithay::wayland::viewporter::ViewporterState;
use smithay::wayland::xdg_activation::XdgActivationState;
use smithay::wayland::xdg_system_bell::XdgSystemBellState;
use smithay::wayland::xdg_toplevel_icon::XdgToplevelIconManager;
use smithay::wayland::xdg_toplevel_tag::XdgToplevelTagManager;

use crate::client::sees;
use crate::clock::Clock;
use crate::goblin::Goblin;
use crate::handlers::{Dialogs, FrozenIcons, ScreenLock, layer_shell};
use crate::protocols::{
    CaptureSourceState, ForeignToplevels, GammaControlState, ImageCopyState, OutputManagementState,
    OutputPowerState, ScreencopyState, VirtualPointerState, WorkspaceState,
};
use crate::protocols::{Fixes, TearingControl, TransientSeats};
use crate::protocols::{IdleNotifier, ShortcutsInhibit};
use crate::protocols::{InputMethods, TextInputs};
use crate::protocols::{PointerWarp, XdgForeign, XwaylandShellState};
use crate::protocols::{SessionManagement, ToplevelDrags};

/// The state of each global. Those that nothing asks are kept alive here all the same.
pub(crate) struct Globals {
    pub(crate) compositor: CompositorState,
    /// smithay is just being told the order of some subsurfaces.
    pub(crate) reordering: bool,
    pub(crate) xdg_shell: XdgShellState,
    pub(crate) layer_shell: WlrLayerShellState,
    pub(crate) shm: ShmState,
    pub(crate) data_device: DataDeviceState,
    pub(crate) primary_selection: PrimarySelectionState,
    pub(crate) activation: XdgActivationState,
    pub(crate) kde_decoration: KdeDecorationState,
    pub(crate) foreign_toplevels: ForeignToplevels,
    _xdg_decoration: XdgDecorationState,
    _output_manager: OutputManagerState,
    _viewporter: ViewporterState,
    _fractional_scale: FractionalScaleManagerState,
    _cursor_shape: CursorShapeManagerState,
    _presentation: PresentationState,
    _single_pixel: SinglePixelBufferState,
    pub(crate) ext_data_control: ExtDataControlState,
    pub(crate) wlr_data_control: WlrDataControlState,
    pub(crate) lock: ScreenLock,
    pub(crate) idle_notifier: IdleNotifier,
    pub(crate) shortcuts_inhibit: ShortcutsInhibit,
    pub(crate) frozen_icons: FrozenIcons,
    _fixes: Fixes,
    _tearing: TearingControl,
    _transient_seats: TransientSeats,
    pub(crate) foreign: XdgForeign,
    pub(crate) toplevel_drags: ToplevelDrags,
    pub(crate) sessions: SessionManagement,
    pub(crate) text_inputs: TextInputs,
    pub(crate) input_method: InputMethods,
    _pointer_warp: PointerWarp,
    _pointer_constraints: PointerConstraintsState,
    _relative_pointer: RelativePointerManagerState,
    _pointer_gestures: PointerGesturesState,
    _tablets: TabletManagerState,
    _virtual_keyboard: VirtualKeyboardManagerState,
    _fifo: FifoManagerState,
    _commit_timing: CommitTimingManagerState,
    _idle_inhibit: IdleInhibitManagerState,
    _alpha_modifier: AlphaModifierState,
    _content_type: ContentTypeState,
    pub(crate) dialogs: Dialogs,
    _toplevel_icon: XdgToplevelIconManager,
    _toplevel_tag: XdgToplevelTagManager,
    _system_bell: XdgSystemBellState,
    _security_context: SecurityContextState,
    pub(crate) image_copy: ImageCopyState,
    pub(crate) output_management: OutputManagementState,
    pub(crate) output_power: OutputPowerState,
    pub(crate) gamma_control: GammaControlState,
    _capture_sources: CaptureSourceState,
    pub(crate) workspaces: WorkspaceState,
    _virtual_pointer: VirtualPointerState,
    _screencopy: ScreencopyState,
    pub(crate) xwayland_shell: XwaylandShellState,
}

impl Globals {
    /// Announces every global on the display.
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        // Without the window menu, which there is none of.
        let capabilities = [
            WmCapabilities::Fullscreen,
            WmCapabilities::Maximize,
            WmCapabilities::Minimize,
        ];
        let primary_selection = PrimarySelectionState::new::<Goblin>(display);
        Self {
            compositor: CompositorState::new_v6::<Goblin>(display),
            reordering: false,
            xdg_shell: XdgShellState::new_with_capabilities::<Goblin>(display, capabilities),
            layer_shell: layer_shell(display),
            shm: ShmState::new::<Goblin>(
                display,
                [wl_shm::Format::Abgr8888, wl_shm::Format::Xbgr8888],
            ),
            data_device: DataDeviceState::new::<Goblin>(display),
            activation: XdgActivationState::new::<Goblin>(display),
            kde_decoration: KdeDecorationState::new::<Goblin>(display, KdeMode::Server),
            foreign_toplevels: ForeignToplevels::new(display),
            _xdg_decoration: XdgDecorationState::new::<Goblin>(display),
            _output_manager: OutputManagerState::new_with_xdg_output::<Goblin>(display),
            _viewporter: ViewporterState::new::<Goblin>(display),
            _fractional_scale: FractionalScaleManagerState::new::<Goblin>(display),
            _cursor_shape: CursorShapeManagerState::new::<Goblin>(display),
            _presentation: PresentationState::new::<Goblin>(display, Clock::ID),
            _single_pixel: SinglePixelBufferState::new::<Goblin>(display),
            ext_data_control: ExtDataControlState::new::<Goblin, _>(
                display,
                Some(&primary_selection),
                sees::<ExtDataControlManagerV1>,
            ),
            wlr_data_control: WlrDataControlState::new::<Goblin, _>(
                display,
                Some(&primary_selection),
                sees::<ZwlrDataControlManagerV1>,
            ),
            primary_selection,
            lock: ScreenLock::new(display),
            _fixes: Fixes::new(display),
            _tearing: TearingControl::new(display),
            _transient_seats: TransientSeats::new(display),
            foreign: XdgForeign::new(display),
            toplevel_drags: ToplevelDrags::new(display),
            sessions: SessionManagement::new(display),
            _fifo: FifoManagerState::new::<Goblin>(display),
            _commit_timing: CommitTimingManagerState::new::<Goblin>(display),
            text_inputs: TextInputs::new(display),
            input_method: InputMethods::new(display),
            _pointer_warp: PointerWarp::new(display),
            _pointer_constraints: PointerConstraintsState::new::<Goblin>(display),
            _relative_pointer: RelativePointerManagerState::new::<Goblin>(display),
            _pointer_gestures: PointerGesturesState::new::<Goblin>(display),
            _tablets: TabletManagerState::new::<Goblin>(display),
            _virtual_keyboard: VirtualKeyboardManagerState::new::<Goblin, _>(
                display,
                sees::<ZwpVirtualKeyboardManagerV1>,
            ),
            idle_notifier: IdleNotifier::new(display),
            shortcuts_inhibit: ShortcutsInhibit::new(display),
            frozen_icons: FrozenIcons::default(),
            _idle_inhibit: IdleInhibitManagerState::new::<Goblin>(display),
            _alpha_modifier: AlphaModifierState::new::<Goblin>(display),
            _content_type: ContentTypeState::new::<Goblin>(display),
            dialogs: Dialogs::new(display),
            _toplevel_icon: XdgToplevelIconManager::new::<Goblin>(display),
            _toplevel_tag: XdgToplevelTagManager::new::<Goblin>(display),
            _system_bell: XdgSystemBellState::new::<Goblin>(display),
            _security_context: SecurityContextState::new::<Goblin, _>(
                display,
                sees::<WpSecurityContextManagerV1>,
            ),
            image_copy: ImageCopyState::new(display),
            output_management: OutputManagementState::new(display),
            output_power: OutputPowerState::new(display),
            gamma_control: GammaControlState::new(display),
            _capture_sources: CaptureSourceState::new(display),
            workspaces: WorkspaceState::new(display),
            _virtual_pointer: VirtualPointerState::new(display),
            _screencopy: ScreencopyState::new(display),
            xwayland_shell: XwaylandShellState::new(display),
        }
    }
}
