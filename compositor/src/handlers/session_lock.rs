//! `ext_session_lock_manager_v1`: while the session is locked, nothing but the locker's surfaces is
//! drawn or gets input. Only the locker that holds the lock can end it. If it dies the session stays
//! locked, and another locker may take its place.

use smithay::desktop::PopupUngrabStrategy;
use smithay::output::Output;
use smithay::reexports::wayland_protocols::ext::session_lock::v1::server::{
    ext_session_lock_manager_v1::ExtSessionLockManagerV1,
    ext_session_lock_surface_v1::ExtSessionLockSurfaceV1,
    ext_session_lock_v1::{Error, ExtSessionLockV1, Request},
};
use smithay::reexports::wayland_server::backend::ClientId;
use smithay::reexports::wayland_server::protocol::wl_output::WlOutput;
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, Display, DisplayHandle, Resource, delegate_dispatch,
    delegate_global_dispatch,
};
use smithay::utils::{SERIAL_COUNTER, Size};
use smithay::wayland::session_lock::{
    ExtLockSurfaceUserData, LockSurface, SessionLockHandler, SessionLockManagerGlobalData,
    SessionLockManagerState, SessionLockState, SessionLocker,
};
use tracing::{info, warn};

use crate::client::sees;
use crate::goblin::Goblin;
use crate::input::Grab;
use crate::layout::OutputId;
use crate::outputs::OutputState;

/// Whether the session is locked, and by whom.
pub(crate) struct ScreenLock {
    manager: SessionLockManagerState,
    phase: Phase,
    /// The lock that rules: it alone shows surfaces and can end itself. `None` while locked: the
    /// locker died.
    holder: Option<ExtSessionLockV1>,
    surfaces: Vec<(OutputId, LockSurface)>,
    /// The lock whose request is being carried out: smithay does not pass it on.
    speaker: Option<ExtSessionLockV1>,
}

enum Phase {
    Unlocked,
    /// Nothing is shown any more, but some outputs have not drawn that yet: the locker is told
    /// when they have.
    Locking(SessionLocker, Vec<OutputId>),
    Locked,
}

impl ScreenLock {
    pub(crate) fn new(display: &DisplayHandle) -> Self {
        Self {
            manager: manager(display),
            phase: Phase::Unlocked,
            holder: None,
            surfaces: Vec::new(),
            speaker: None,
        }
    }

    /// Whether only the locker is to be shown and heard.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.phase, Phase::Unlocked)
    }

    /// The locker's surface on an output.
    pub(crate) fn surface_on(&self, output: OutputId) -> Option<&WlSurface> {
        let mut surfaces = self.surfaces.iter().filter(|(id, _)| *id == output);
        surfaces
            .next_back()
            .map(|(_, surface)| surface.wl_surface())
    }

    /// The output of one of the locker's surfaces.
    pub(super) fn output_of(&self, surface: &WlSurface) -> Option<OutputId> {
        let mut surfaces = self.surfaces.iter();
        let found = surfaces.find(|(_, other)| other.wl_surface() == surface);
        found.map(|(id, _)| *id)
    }

    fn is_held_by(&self, lock: &ExtSessionLockV1) -> bool {
        self.holder.as_ref() == Some(lock)
    }

    /// smithay 0.7.0 keeps the outputs that were asked for, of all clients, until the session is unlocked: also those of
    /// clients that died, and of surfaces that are gone. They cannot be taken from it; a state that has none takes its
    /// place, made on a display that nobody is at. Whether an output has a surface we know ourselves.
    fn forget_asked_outputs(&mut self) {
        match Display::<Goblin>::new() {
            Ok(display) => self.manager = manager(&display.handle()),
            Err(error) => warn!("the outputs that lockers asked for are not forgotten: {error}"),
        }
    }
}

fn manager(display: &DisplayHandle) -> SessionLockManagerState {
    SessionLockManagerState::new::<Goblin, _>(display, sees::<ExtSessionLockManagerV1>)
}

impl SessionLockHandler for Goblin {
    fn lock_state(&mut self) -> &mut SessionLockManagerState {
        &mut self.globals.lock.manager
    }

    fn lock(&mut self, confirmation: SessionLocker) {
        if self
            .globals
            .lock
            .holder
            .as_ref()
            .is_some_and(Resource::is_alive)
        {
            // Dropped, which tells the client that it is finished.
            info!("a second locker was refused: the session is locked");
            return;
        }
        let taken_over = self.globals.lock.is_on();
        let lock = &mut self.globals.lock;
        lock.holder = Some(confirmation.ext_session_lock().clone());
        lock.surfaces.clear();
        if taken_over {
            info!("a new locker took the place of one that died");
            confirmation.lock();
            self.globals.lock.phase = Phase::Locked;
            return;
        }
        let outputs: Vec<OutputId> = self.outputs.iter().map(|output| output.id).collect();
        self.globals.lock.phase = Phase::Locking(confirmation, outputs);
        self.end_all_grabs();
        self.layout_changed();
        self.confirm_lock();
    }

    fn unlock(&mut self) {
        self.end_lock();
    }

    fn new_surface(&mut self, surface: LockSurface, output: WlOutput) {
        let lock = &self.globals.lock;
        if lock.speaker.is_none() || lock.speaker != lock.holder {
            return;
        }
        let output = Output::from_resource(&output);
        let Some(id) = output.as_ref().and_then(|output| self.id_of_output(output)) else {
            return;
        };
        if let Some(output) = output {
            output.enter(surface.wl_surface());
        }
        self.send_scale(surface.wl_surface(), Some(id));
        self.globals.lock.surfaces.push((id, surface));
        self.refresh_lock();
    }
}

impl Goblin {
    /// An output has drawn a frame: if all have drawn the locked screen, the locker is told.
    pub(crate) fn lock_drawn(&mut self, id: OutputId) {
        if let Phase::Locking(_, waiting) = &mut self.globals.lock.phase {
            waiting.retain(|output| *output != id);
            self.confirm_lock();
        }
    }

    fn confirm_lock(&mut self) {
        let lock = &mut self.globals.lock;
        let Phase::Locking(_, waiting) = &mut lock.phase else {
            return;
        };
        // A dark output shows nothing; it draws the locked screen when it gets light.
        let shows = |id| move |output: &OutputState| output.id == id && output.powered;
        waiting.retain(|id| self.outputs.iter().any(shows(*id)));
        if !waiting.is_empty() {
            return;
        }
        if let Phase::Locking(confirmation, _) = std::mem::replace(&mut lock.phase, Phase::Locked) {
            confirmation.lock();
            info!("the session is locked");
        }
    }

    /// Keeps the locker's surfaces as large as their outputs, and forgets those that are gone.
    pub(crate) fn refresh_lock(&mut self) {
        if !self.globals.lock.is_on() {
            return;
        }
        self.confirm_lock();
        let lock = &mut self.globals.lock;
        lock.surfaces.retain(|(id, surface)| {
            surface.alive() && self.outputs.iter().any(|output| output.id == *id)
        });
        for (id, surface) in &lock.surfaces {
            let Some(area) = self.layout.output(*id).map(|output| output.geometry) else {
                continue;
            };
            let side = |side: i32| side.max(1).unsigned_abs();
            let size = Size::from((side(area.size.w), side(area.size.h)));
            surface.with_pending_state(|state| state.size = Some(size));
            surface.send_configure();
        }
    }

    /// The surface that has the keyboard while the session is locked.
    pub(crate) fn lock_focus(&self) -> Option<WlSurface> {
        let lock = &self.globals.lock;
        let here = self.output_of_pointer().and_then(|id| lock.surface_on(id));
        let surface = here.or_else(|| {
            let first = lock.surfaces.first();
            first.map(|(_, surface)| surface.wl_surface())
        });
        surface.cloned()
    }

    fn has_lock_surface(&self, output: &WlOutput) -> bool {
        let output = Output::from_resource(output);
        let id = output.and_then(|output| self.id_of_output(&output));
        let mut surfaces = self.globals.lock.surfaces.iter();
        surfaces.any(|(on, surface)| Some(*on) == id && surface.alive())
    }

    fn end_lock(&mut self) {
        let lock = &mut self.globals.lock;
        lock.phase = Phase::Unlocked;
        lock.holder = None;
        lock.surfaces.clear();
        info!("the session is unlocked");
        self.layout_changed();
    }

    /// Menus, drags, whatever the pointer holds: no client keeps any input.
    pub(crate) fn end_all_grabs(&mut self) {
        if let Some(mut menu) = self.input.menu.take() {
            menu.ungrab(PopupUngrabStrategy::All);
        }
        let window = self.input.grab.window();
        window.into_iter().for_each(|id| self.end_grab_of(id));
        self.input.grab = Grab::None;
        self.input.dnd_icon = None;
        self.globals.toplevel_drags.end();
        let (serial, time) = (SERIAL_COUNTER.next_serial(), self.now_ms());
        if let Some(keyboard) = self.seat.get_keyboard() {
            keyboard.unset_grab(self);
        }
        if let Some(pointer) = self.seat.get_pointer() {
            pointer.unset_grab(self, serial, time);
        }
        if let Some(touch) = self.seat.get_touch() {
            touch.cancel(self);
        }
    }
}

delegate_global_dispatch!(Goblin: [
    ExtSessionLockManagerV1: SessionLockManagerGlobalData
] => SessionLockManagerState);
delegate_dispatch!(Goblin: [ExtSessionLockManagerV1: ()] => SessionLockManagerState);
delegate_dispatch!(Goblin: [
    ExtSessionLockSurfaceV1: ExtLockSurfaceUserData
] => SessionLockManagerState);

// smithay 0.7.0 tells a client that may not unlock so, and then unlocks all the same; and it does
// not say whose request it passes on. So each is looked at here first.
impl Dispatch<ExtSessionLockV1, SessionLockState> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        lock: &ExtSessionLockV1,
        request: Request,
        data: &SessionLockState,
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let state = &goblin.globals.lock;
        let held = state.is_held_by(lock);
        let confirmed = held && matches!(state.phase, Phase::Locked);
        match &request {
            Request::UnlockAndDestroy if !confirmed => {
                lock.post_error(Error::InvalidUnlock, "this lock does not hold the session");
                return;
            }
            // Given up before it was confirmed.
            Request::Destroy if held && !confirmed => goblin.end_lock(),
            Request::GetLockSurface { output, .. } if held && goblin.has_lock_surface(output) => {
                lock.post_error(Error::DuplicateOutput, "this output has a lock surface");
                return;
            }
            _ => {}
        }
        let asks = matches!(request, Request::GetLockSurface { .. });
        goblin.globals.lock.speaker = Some(lock.clone());
        <SessionLockManagerState as Dispatch<_, _, Self>>::request(
            goblin, client, lock, request, data, display, data_init,
        );
        goblin.globals.lock.speaker = None;
        if asks {
            goblin.globals.lock.forget_asked_outputs();
        }
    }

    fn destroyed(goblin: &mut Self, _: ClientId, lock: &ExtSessionLockV1, _: &SessionLockState) {
        if !goblin.globals.lock.is_held_by(lock) {
            return;
        }
        if matches!(goblin.globals.lock.phase, Phase::Locking(..)) {
            goblin.end_lock();
        } else if goblin.globals.lock.is_on() {
            warn!("the locker died: the session stays locked until another locker takes over");
            goblin.globals.lock.holder = None;
            goblin.globals.lock.surfaces.clear();
            goblin.queue_redraw_all();
        }
    }
}
