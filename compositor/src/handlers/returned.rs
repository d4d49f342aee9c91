//! Pictures that a client gets back because it has drawn another.
//!
//! Both lie in memory that the client shares with us, and count as ours while their pages are mapped here. A terminal draws
//! a second picture when it loses the keyboard, and then rests: twenty of them would keep twenty pictures here that nobody will
//! look at. So what a surface showed is let go of when the next comes. What is animated comes back to each of its pictures
//! within a few frames and keeps them.

use std::sync::Mutex;
use std::time::Duration;

use smithay::backend::renderer::utils::RendererSurfaceStateUserData;
use smithay::reexports::wayland_server::protocol::wl_buffer::WlBuffer;
use smithay::wayland::compositor::{BufferAssignment, SurfaceAttributes, SurfaceData};

use crate::process::let_go_of;

/// Pictures that follow each other within this time belong to one movement.
const PAUSE: Duration = Duration::from_millis(250);
/// A movement of more pictures than this is an animation.
const SHORT: u32 = 8;

/// How a surface's pictures have followed each other.
#[derive(Debug, Default)]
struct Movement {
    last: Duration,
    pictures: u32,
}

impl Movement {
    /// There is one more, at `now`; tells whether the one before it is let go of.
    fn goes_on(&mut self, now: Duration) -> bool {
        if now.saturating_sub(self.last) > PAUSE {
            self.pictures = 0;
        }
        self.last = now;
        self.pictures = self.pictures.saturating_add(1);
        self.pictures <= SHORT
    }
}

/// A surface commits: if that is another picture, the one that it shows is let go of.
pub(super) fn commit(states: &SurfaceData, now: Duration) {
    let next = match &states
        .cached_state
        .get::<SurfaceAttributes>()
        .pending()
        .buffer
    {
        Some(BufferAssignment::NewBuffer(buffer)) => buffer.clone(),
        _ => return,
    };
    let Some(shown) = shown(states).filter(|shown| *shown != next) else {
        return;
    };
    let movement = states
        .data_map
        .get_or_insert_threadsafe(Mutex::<Movement>::default);
    let over = movement
        .lock()
        .is_ok_and(|mut movement| movement.goes_on(now));
    if over {
        let_go_of(&shown);
    }
}

/// What is shown of a surface.
fn shown(states: &SurfaceData) -> Option<WlBuffer> {
    let state = states.data_map.get::<RendererSurfaceStateUserData>()?;
    let state = state.lock().ok()?;
    state.buffer().map(|buffer| WlBuffer::clone(buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_let_go_of_until_they_are_an_animation_and_again_after_a_rest() {
        let mut movement = Movement::default();
        let mut now = Duration::from_secs(1);
        for picture in 1..100 {
            assert_eq!(movement.goes_on(now), picture <= SHORT, "{picture}");
            now += PAUSE;
        }
        now += Duration::from_millis(1);
        assert!(movement.goes_on(now));
    }
}
