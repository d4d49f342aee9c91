//! Who may know whom: the table of DESIGN.md section 3, as data.

/// A crate of the workspace.
pub(super) struct Room {
    /// The name of its package.
    pub(super) name: &'static str,
    /// The packages of ours that it may depend on, for whatever purpose.
    pub(super) may_know: &'static [&'static str],
    /// Which foreign libraries it must never see, not even through others.
    pub(super) never: &'static [&'static str],
}

/// What a machine without a screen cannot build. A name stands for all that begin with it.
const SCREEN: &[&str] = &[
    "iced",
    "smithay",
    "softbuffer",
    "tiny-skia",
    "wayland-",
    "wgpu",
    "winit",
    "x11",
    "xkb",
];

const WIDGETS: &[&str] = &["iced"];
const NOTHING: &[&str] = &[];

/// Every crate of the workspace has its row, and every row its crate.
pub(super) const ROOMS: &[Room] = &[
    Room {
        name: "goblin-ninep",
        may_know: &[],
        never: SCREEN,
    },
    Room {
        name: "goblin-trees",
        may_know: &["goblin-ninep"],
        never: SCREEN,
    },
    Room {
        name: "goblin-mirror",
        may_know: &["goblin-trees", "goblin-ninep"],
        never: SCREEN,
    },
    Room {
        name: "goblin-manager",
        may_know: &["goblin-trees", "goblin-ninep"],
        never: SCREEN,
    },
    Room {
        name: "goblin-compositor",
        may_know: &["goblin-trees", "goblin-ninep"],
        never: WIDGETS,
    },
    Room {
        name: "goblin-ui",
        may_know: &["goblin-trees"],
        never: NOTHING,
    },
    Room {
        name: "goblin-shell",
        may_know: &["goblin-ui", "goblin-trees", "goblin-ninep"],
        // Neither wgpu; but metadata joins the features of all crates. See wgpu.rs.
        never: NOTHING,
    },
    Room {
        name: "goblin-panels",
        may_know: &["goblin-ui", "goblin-trees", "goblin-ninep"],
        never: NOTHING,
    },
    Room {
        name: "goblin-session",
        may_know: &["goblin-trees", "goblin-ninep"],
        never: SCREEN,
    },
    Room {
        name: "goblin-tests",
        may_know: &["goblin-trees", "goblin-ninep"],
        never: WIDGETS,
    },
    Room {
        name: "goblin-wlcs",
        may_know: &["goblin-compositor"],
        never: WIDGETS,
    },
    Room {
        name: "goblin-guest",
        may_know: &[],
        never: SCREEN,
    },
    Room {
        name: "xtask",
        may_know: &[],
        never: SCREEN,
    },
];
