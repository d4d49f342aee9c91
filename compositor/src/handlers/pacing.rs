//! `wp_fifo_manager_v1` and `wp_commit_timing_manager_v1`: commits that wait, for the frame before them
//! to be shown or for a time. A commit that waits holds up nobody but its own client, and what keeps
//! it waiting always ends: a hidden window's frames count as shown after a while.

use std::time::Duration;

use rustix::time::Timespec;
use smithay::delegate_fifo;
use smithay::reexports::wayland_protocols::wp::commit_timing::v1::server::{
    wp_commit_timer_v1::{self, WpCommitTimerV1},
    wp_commit_timing_manager_v1::{self, WpCommitTimingManagerV1},
};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{
    Client, DataInit, Dispatch, DisplayHandle, Resource, Weak, delegate_global_dispatch,
};
use smithay::utils::{Monotonic, Time};
use smithay::wayland::commit_timing::{CommitTimerBarrierStateUserData, CommitTimingManagerState};
use smithay::wayland::compositor::{add_pre_commit_hook, with_states};
use smithay::wayland::fifo::FifoBarrierCachedState;

use crate::client::ClientState;
use crate::goblin::Goblin;

/// A frame that no output has shown by then counts as shown: its window is hidden.
const HIDDEN: Duration = Duration::from_millis(100);

/// Surfaces whose last commit is a barrier to the next.
#[derive(Debug, Default)]
pub(crate) struct Pacing {
    waiting: Vec<WlSurface>,
    /// A timer will see to those that no output shows.
    armed: bool,
}

impl Pacing {
    /// Whether any commit is a barrier at the moment.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

/// The surface is watched for timed commits.
struct Watched;

impl Goblin {
    /// A surface has committed: if it set a barrier, that is lifted when the frame is shown.
    pub(super) fn pace(&mut self, surface: &WlSurface) {
        let barred = with_states(surface, |states| {
            let cached = &states.cached_state;
            cached.has::<FifoBarrierCachedState>()
                && cached
                    .get::<FifoBarrierCachedState>()
                    .current()
                    .barrier
                    .is_some()
        });
        if !barred {
            return;
        }
        if !self.pacing.waiting.contains(surface) {
            self.pacing.waiting.push(surface.clone());
        }
        if !self.pacing.armed {
            self.pacing.armed = self.after(HIDDEN, |goblin| {
                goblin.pacing.armed = false;
                goblin.lift_barriers(|_| true);
            });
        }
    }

    /// A refresh cycle has ended in which these surfaces were shown.
    pub(crate) fn lift_barriers(&mut self, shown: impl Fn(&WlSurface) -> bool) {
        let (lifted, waiting) = std::mem::take(&mut self.pacing.waiting)
            .into_iter()
            .filter(Resource::is_alive)
            .partition::<Vec<_>, _>(|surface| shown(surface));
        self.pacing.waiting = waiting;
        for surface in &lifted {
            with_states(surface, |states| {
                let mut cached = states.cached_state.get::<FifoBarrierCachedState>();
                if let Some(barrier) = cached.current().barrier.take() {
                    barrier.signal();
                }
            });
        }
        lifted.iter().for_each(|surface| self.go_on(surface));
    }

    /// What a surface's client has committed and nothing bars any more takes effect.
    fn go_on(&mut self, surface: &WlSurface) {
        let display = self.display.clone();
        if let Some(client) = surface.client()
            && let Some(state) = client.get_data::<ClientState>()
        {
            state.compositor.blocker_cleared(self, &display);
        }
    }

    /// Lets the commits of a surface go whose time has come, and looks again when the next one's
    /// does.
    fn release_timed(&mut self, surface: &WlSurface) -> bool {
        let now = self.clock.now();
        let (released, next) = with_states(surface, |states| {
            let barriers = states.data_map.get::<CommitTimerBarrierStateUserData>();
            let Some(mut barriers) = barriers.and_then(|barriers| barriers.lock().ok()) else {
                return (false, None);
            };
            let released = barriers.signal_until(now);
            (
                released,
                barriers.next_deadline().map(Time::<Monotonic>::from),
            )
        });
        if let Some(next) = next {
            let (weak, delay) = (surface.downgrade(), until(now, next));
            self.after(delay, move |goblin| {
                if let Ok(surface) = weak.upgrade()
                    && goblin.release_timed(&surface)
                {
                    goblin.go_on(&surface);
                }
            });
        }
        released
    }
}

/// How long it is from one time to another; nothing where that is past.
fn until(from: Time<Monotonic>, to: Time<Monotonic>) -> Duration {
    let (from, to) = (Timespec::from(from), Timespec::from(to));
    let part = |time: Timespec| {
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        Duration::from_secs(seconds).saturating_add(Duration::from_nanos(
            u64::try_from(time.tv_nsec).unwrap_or(0),
        ))
    };
    part(to).saturating_sub(part(from))
}

delegate_fifo!(Goblin);
delegate_global_dispatch!(Goblin: [
    WpCommitTimingManagerV1: bool
] => CommitTimingManagerState);

impl Dispatch<WpCommitTimingManagerV1, bool> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        manager: &WpCommitTimingManagerV1,
        request: wp_commit_timing_manager_v1::Request,
        managed: &bool,
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        let surface = match &request {
            wp_commit_timing_manager_v1::Request::GetTimer { surface, .. } => Some(surface.clone()),
            _ => None,
        };
        <CommitTimingManagerState as Dispatch<_, _, Self>>::request(
            goblin, client, manager, request, managed, display, data_init,
        );
        // After smithay's own hook, which makes the barrier that this one lifts.
        if let Some(surface) = surface
            && with_states(&surface, |states| {
                states.data_map.insert_if_missing_threadsafe(|| Watched)
            })
        {
            add_pre_commit_hook::<Self, _>(&surface, |goblin, _, surface| {
                goblin.release_timed(surface);
            });
        }
    }
}

// smithay 0.7.0 takes any number of nanoseconds.
impl Dispatch<WpCommitTimerV1, Weak<WlSurface>> for Goblin {
    fn request(
        goblin: &mut Self,
        client: &Client,
        timer: &WpCommitTimerV1,
        request: wp_commit_timer_v1::Request,
        surface: &Weak<WlSurface>,
        display: &DisplayHandle,
        data_init: &mut DataInit<'_, Self>,
    ) {
        if let wp_commit_timer_v1::Request::SetTimestamp { tv_nsec, .. } = &request
            && *tv_nsec >= 1_000_000_000
        {
            let reason = "a second has a thousand million nanoseconds";
            timer.post_error(wp_commit_timer_v1::Error::InvalidTimestamp, reason);
            return;
        }
        <CommitTimingManagerState as Dispatch<_, _, Self>>::request(
            goblin, client, timer, request, surface, display, data_init,
        );
    }
}
