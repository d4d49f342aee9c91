//! Where a client comes from. Every client belongs to one domain, and the frames of its windows
//! say which.

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
    /// The name by which `/desktop` and the person know it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Domain::Board => "board",
            Domain::Subsystem { name, .. } => name,
        }
    }

    /// The colour that marks its frames. The board's own windows carry none.
    #[must_use]
    pub fn colour(&self) -> Option<[u8; 3]> {
        match self {
            Domain::Board => None,
            Domain::Subsystem { colour, .. } => Some(*colour),
        }
    }
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

/// Whether the clients of a domain are told of a global, and so may bind it. `interface` is the
/// global's, as the protocol names it. The board sees all; to a subsystem, one that is not known to
/// be harmless does not exist.
#[must_use]
pub fn sees(domain: &Domain, interface: &str) -> bool {
    match domain {
        Domain::Board => true,
        Domain::Subsystem { .. } => HARMLESS.contains(&interface),
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
}
