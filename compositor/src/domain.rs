//! Where a client comes from. Every client belongs to one domain, and the frames of its windows
//! say which.

mod glyph;
mod selections;

pub use glyph::Glyph;
pub use selections::{SelectionKind, SelectionPolicy, SelectionRule, Verdict, Way};

/// The engine by which goblin's own manager announces a subsystem (`wp_security_context_v1`).
const OWN_ENGINE: &str = "goblin";
/// No name of a domain is longer, in characters: it has to fit a title bar.
const LONGEST_NAME: usize = 64;

/// The origin of a client.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Domain {
    /// The machine the person sits at.
    #[default]
    Board,
    /// A subsystem: a root file system run as a service.
    Subsystem {
        /// Its name, shown on each of its frames.
        name: String,
        /// Its colour: red, green, blue.
        colour: [u8; 3],
    },
}

impl Domain {
    /// The domain of clients that come through a security context.
    ///
    /// Of goblin's own engine the application is the subsystem, and names it. Another engine, such as
    /// `org.flatpak`, stands before the name of its application: none can pass for a subsystem. Where
    /// there is no application's name, that of the instance takes its place.
    #[must_use]
    pub fn of_sandbox(engine: Option<&str>, app: Option<&str>, instance: Option<&str>) -> Self {
        let app = app
            .or(instance)
            .map(printable)
            .filter(|app| !app.is_empty());
        let app = app.unwrap_or_else(|| "nameless".to_owned());
        let name = match engine.map(printable).as_deref() {
            Some(OWN_ENGINE) if app != Domain::Board.name() => app,
            Some(engine) if !engine.is_empty() => format!("{engine}/{app}"),
            Some(_) | None => format!("sandbox/{app}"),
        };
        let name: String = name.chars().take(LONGEST_NAME).collect();
        let colour = colour_of(&name);
        Domain::Subsystem { name, colour }
    }

    /// The name by which `/desktop` and the person know it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Domain::Board => "board",
            Domain::Subsystem { name, .. } => name,
        }
    }

    /// What its frames and popups are marked with. The board's own windows carry no mark.
    #[must_use]
    pub fn mark(&self) -> Option<Mark<'_>> {
        match self {
            Domain::Board => None,
            Domain::Subsystem { name, colour } => Some(Mark {
                name,
                colour: *colour,
                glyph: Glyph::of(name),
            }),
        }
    }
}

/// What says where a window comes from. All three are the compositor's own: no client draws them or
/// chooses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The domain's name.
    pub name: &'a str,
    /// Its colour: red, green, blue.
    pub colour: [u8; 3],
    /// A shape beside the colour, for eyes that do not tell colours apart.
    pub glyph: Glyph,
}

/// The globals that a client of a subsystem is told of: those by which a program shows its own
/// windows and takes its own input. What looks at the screen or at other programs' windows, gives
/// input, or changes the desktop is the board's alone.
const HARMLESS: &[&str] = &[
    "ext_background_effect_manager_v1",
    "org_kde_kwin_server_decoration_manager",
    "wl_compositor",
    "wl_data_device_manager",
    "wl_fixes",
    "wl_output",
    "wl_seat",
    "wl_shm",
    "wl_subcompositor",
    "wp_alpha_modifier_v1",
    "wp_color_manager_v1",
    "wp_color_representation_manager_v1",
    "wp_commit_timing_manager_v1",
    "wp_content_type_manager_v1",
    "wp_cursor_shape_manager_v1",
    "wp_fifo_manager_v1",
    "wp_fractional_scale_manager_v1",
    "wp_pointer_warp_v1",
    "wp_presentation",
    "wp_single_pixel_buffer_manager_v1",
    "wp_tearing_control_manager_v1",
    "wp_viewporter",
    "xdg_activation_v1",
    "xdg_session_manager_v1",
    "xdg_system_bell_v1",
    "xdg_toplevel_drag_manager_v1",
    "xdg_toplevel_icon_manager_v1",
    "xdg_toplevel_tag_manager_v1",
    "xdg_wm_base",
    "xdg_wm_dialog_v1",
    "zwp_idle_inhibit_manager_v1",
    "zwp_linux_dmabuf_v1",
    "zwp_pointer_constraints_v1",
    "zwp_pointer_gestures_v1",
    "zwp_primary_selection_device_manager_v1",
    "zwp_relative_pointer_manager_v1",
    "zwp_tablet_manager_v2",
    "zwp_text_input_manager_v3",
    "zxdg_decoration_manager_v1",
    "zxdg_exporter_v1",
    "zxdg_exporter_v2",
    "zxdg_importer_v1",
    "zxdg_importer_v2",
    "zxdg_output_manager_v1",
];

/// The global by which an X server speaks of its windows. Only the one that we start ourselves is told
/// of it: see [`client`](crate::client).
pub const FOR_XWAYLAND: &str = "xwayland_shell_v1";

/// Whether the clients of a domain are told of a global, and so may bind it. `interface` is the
/// global's, as the protocol names it. The board sees all but what is our X server's
/// alone; to a subsystem, one that is not known to
/// be harmless does not exist.
#[must_use]
pub fn sees(domain: &Domain, interface: &str) -> bool {
    match domain {
        Domain::Board => interface != FOR_XWAYLAND,
        Domain::Subsystem { .. } => HARMLESS.contains(&interface),
    }
}

/// A name as it may stand on a frame: without controls, and without marks that turn the direction
/// of the text around.
fn printable(name: &str) -> String {
    let turns = |c: char| matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    name.chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .take(LONGEST_NAME)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A number of a name, always the same (FNV-1a).
fn hash_of(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The colour of a domain that was given none: of one name always the same, one of 24 hues, all equally
/// strong.
fn colour_of(name: &str) -> [u8; 3] {
    let hue = (hash_of(name) >> 32) % 24;
    // A sixth of the circle has four hues: one channel is full, one empty, one rises or falls.
    let step = |part: u64| u8::try_from(0x30 + part * 0x28).unwrap_or(u8::MAX);
    let (rising, falling) = (step(hue % 4), step(4 - hue % 4));
    let (low, high) = (step(0), step(4));
    match hue / 4 {
        0 => [high, rising, low],
        1 => [falling, high, low],
        2 => [low, high, rising],
        3 => [low, falling, high],
        4 => [rising, low, high],
        _ => [high, low, falling],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subsystem_sees_what_is_harmless_and_nothing_that_nobody_thought_of() {
        let inside = Domain::Subsystem {
            name: "debian".to_owned(),
            colour: [1, 2, 3],
        };
        assert!(sees(&inside, "wl_compositor") && sees(&inside, "xdg_wm_base"));
        for interface in ["zwlr_screencopy_manager_v1", "zwlr_layer_shell_v1", "new"] {
            assert!(!sees(&inside, interface), "{interface}");
            assert!(sees(&Domain::Board, interface), "{interface}");
        }
        assert!(HARMLESS.is_sorted(), "so that an entry is found");
    }

    fn name(engine: Option<&str>, app: Option<&str>, instance: Option<&str>) -> String {
        Domain::of_sandbox(engine, app, instance).name().to_owned()
    }

    #[test]
    fn a_sandbox_cannot_pass_for_the_board_or_for_a_subsystem() {
        assert_eq!(name(Some("goblin"), Some("debian"), Some("7")), "debian");
        assert_eq!(
            name(Some("org.flatpak"), Some("debian"), None),
            "org.flatpak/debian"
        );
        assert_eq!(name(None, Some("debian"), None), "sandbox/debian");
        assert_eq!(name(Some("goblin"), Some("board"), None), "goblin/board");
        assert_eq!(
            name(Some("goblin"), Some("bo\u{200b}ard\n"), None),
            "goblin/board"
        );
        assert_eq!(name(Some(""), None, Some("7")), "sandbox/7");
        assert_eq!(name(None, Some("\u{202e}"), None), "sandbox/nameless");
        assert_eq!(name(None, Some(&"x".repeat(5000)), None).len(), 64);
    }

    #[test]
    fn a_name_has_one_colour_and_names_differ() {
        let domain = |app| Domain::of_sandbox(Some("goblin"), Some(app), None);
        let colour = |app| domain(app).mark().map(|mark| mark.colour);
        assert_eq!(colour("debian"), colour("debian"));
        let apps = ["debian", "arch", "fedora", "alpine", "work", "bank"];
        let mut colours: Vec<_> = apps.map(colour).to_vec();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() >= 5, "{colours:?}");
    }
}
