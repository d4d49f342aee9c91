//! Things for tests of this crate.

use trees::desktop::{Hints, Rect, WindowPlace, WindowStatus};
use trees::subsystems::{Kind, State, Subsystem};
use trees::time::Millis;

/// A window.
pub(crate) fn window(id: u64, title: &str) -> WindowStatus {
    WindowStatus {
        rev: 1,
        id,
        title: title.to_owned(),
        app_id: "foot".to_owned(),
        domain: "board".to_owned(),
        pid: None,
        geometry: Rect::default(),
        frame: Rect::default(),
        output: None,
        focused: false,
        maximized: false,
        fullscreen: false,
        minimized: false,
        hints: Hints::default(),
        place: WindowPlace::default(),
    }
}

/// A subsystem.
pub(crate) fn part(name: &str, state: State) -> Subsystem {
    Subsystem {
        rev: 1,
        name: name.to_owned(),
        kind: Kind::Process,
        state,
        on_demand: false,
        pid: None,
        since: Millis(0),
        restarts: 0,
        retry: None,
        waiting_for: None,
        failure: None,
    }
}
