//! The state of the compositor: one value, owned by one thread.

use calloop::{LoopHandle, LoopSignal};
use smithay::desktop::PopupManager;
use smithay::desktop::utils::OutputPresentationFeedback;
use smithay::input::{Seat, SeatState};
use smithay::reexports::wayland_server::DisplayHandle;

use crate::arrivals::Arrivals;
use crate::backend::Backend;
use crate::capture::Captures;
use crate::clock::Clock;
use crate::config::{Config, ConfigFile};
use crate::control::Feedback;
use crate::dispatch::Faults;
use crate::globals::Globals;
use crate::handlers::Pacing;
use crate::input::InputState;
use crate::layout::{FrameMetrics, Layout, OutputId};
use crate::outputs::{OutputState, Parked};
use crate::overview::Chooser;
use crate::process::Children;
use crate::selections::Selections;
use crate::windows::Windows;
use crate::xwayland::XWayland;

/// The whole state. Its parts are plain types; what connects them is in the `impl`s of the modules
/// that each concern has.
pub(crate) struct Goblin {
    pub(crate) display: DisplayHandle,
    pub(crate) loop_handle: LoopHandle<'static, Goblin>,
    pub(crate) loop_signal: LoopSignal,
    pub(crate) clock: Clock,

    pub(crate) globals: Globals,
    pub(crate) seat_state: SeatState<Goblin>,
    pub(crate) seat: Seat<Goblin>,
    pub(crate) input: InputState,
    /// The switcher or the overview.
    pub(crate) chooser: Chooser,

    /// Where every window is.
    pub(crate) layout: Layout,
    /// Something in the layout may have changed: clients are told at the end of this turn.
    pub(crate) layout_dirty: bool,
    /// The clients' side of every window.
    pub(crate) windows: Windows,
    pub(crate) popups: PopupManager,
    /// X11 programs: their display and their server.
    pub(crate) xwayland: XWayland,
    pub(crate) outputs: Vec<OutputState>,
    pub(crate) next_output: u32,
    /// Outputs that are switched off.
    pub(crate) parked: Vec<Parked>,
    /// An output may have come, gone or changed: those who manage them are told.
    pub(crate) outputs_dirty: bool,
    /// None only while it draws.
    pub(crate) backend: Option<Backend>,
    /// Commits that wait for a frame to be shown.
    pub(crate) pacing: Pacing,
    /// Frames drawn, whose clients are to be told when they were shown.
    pub(crate) feedback: Vec<(OutputId, OutputPresentationFeedback)>,

    /// What goes from one domain to another.
    pub(crate) selections: Selections,
    /// Pictures that clients wait for.
    pub(crate) captures: Captures,

    pub(crate) config: Config,
    pub(crate) config_file: ConfigFile,
    /// Turns of the event loop so far.
    pub(crate) wakeups: u64,
    pub(crate) arrivals: Arrivals,
    pub(crate) faults: Faults,
    /// What `/desktop` is told.
    pub(crate) control: Feedback,
    /// Programs started by us.
    pub(crate) children: Children,
    /// The name of our Wayland socket.
    pub(crate) socket: String,
    /// Whether pictures and injected input are allowed.
    pub(crate) testing: bool,
}

/// What the state is made with.
pub(crate) struct Setup {
    pub(crate) display: DisplayHandle,
    pub(crate) loop_handle: LoopHandle<'static, Goblin>,
    pub(crate) loop_signal: LoopSignal,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) config_file: ConfigFile,
    pub(crate) socket: String,
    pub(crate) testing: bool,
}

impl Goblin {
    /// The state before there is a backend: no outputs yet.
    pub(crate) fn new(setup: Setup) -> anyhow::Result<Self> {
        let globals = Globals::new(&setup.display);
        let mut seat_state = SeatState::new();
        let mut seat = seat_state.new_wl_seat(&setup.display, "seat0");
        seat.add_pointer();
        seat.add_touch();
        let keyboard = setup.config.keyboard.clone();
        seat.add_keyboard(keyboard.xkb(), keyboard.repeat_delay, keyboard.repeat_rate)?;
        let mut layout = Layout::new(FrameMetrics::default());
        layout.set_options(setup.config.layout);
        let mut selections = Selections::default();
        selections.policy.set_rules(setup.config.selections.clone());
        Ok(Self {
            display: setup.display,
            loop_handle: setup.loop_handle,
            loop_signal: setup.loop_signal,
            clock: setup.clock,
            globals,
            seat_state,
            seat,
            input: InputState::default(),
            chooser: Chooser::default(),
            layout,
            layout_dirty: false,
            windows: Windows::default(),
            popups: PopupManager::default(),
            xwayland: XWayland::default(),
            outputs: Vec::new(),
            next_output: 0,
            parked: Vec::new(),
            outputs_dirty: false,
            backend: None,
            pacing: Pacing::default(),
            feedback: Vec::new(),
            selections,
            captures: Captures::default(),
            config: setup.config,
            config_file: setup.config_file,
            wakeups: 0,
            arrivals: Arrivals::new()?,
            faults: Faults::default(),
            control: Feedback::default(),
            children: Children::default(),
            socket: setup.socket,
            testing: setup.testing,
        })
    }

    /// The end of one turn of the event loop: what the turn changed is told to clients, drawn where
    /// a frame is due, and sent.
    pub(crate) fn end_turn(&mut self) {
        self.wakeups += 1;
        self.settle_motion();
        self.drain_x11();
        self.popups.cleanup();
        self.refresh_choosing();
        self.refresh_layout();
        self.refresh_lock();
        self.refresh_selections();
        self.refresh_focus();
        self.refresh_x11();
        self.refresh_text_focus();
        self.refresh_method_grab();
        self.refresh_shortcuts_inhibit();
        self.refresh_constraint();
        self.refresh_idle_inhibit();
        if self.input.scene_changed {
            self.refresh_pointer();
        }
        self.publish_changes();
        self.refresh_foreign_toplevels();
        self.refresh_workspaces();
        self.refresh_sessions();
        self.refresh_output_management();
        self.refresh_image_copy();
        self.redraw_queued();
        if self.drain_x11() {
            // It was read while something else was written: nothing else would wake us for it.
            self.loop_signal.wakeup();
        }
        if let Err(error) = self.display.flush_clients() {
            tracing::warn!("some clients could not be written to: {error}");
        }
    }

    /// Ends the session.
    pub(crate) fn quit(&mut self) {
        self.loop_signal.stop();
        self.loop_signal.wakeup();
    }

    pub(crate) fn backend_kind(&self) -> &'static str {
        self.backend.as_ref().map_or("none", Backend::kind)
    }

    /// The layout changed: clients are told and the screen is drawn at the end of this turn.
    pub(crate) fn layout_changed(&mut self) {
        self.layout_dirty = true;
        self.control.dirty = true;
        self.queue_redraw_all();
    }
}
