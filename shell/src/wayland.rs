//! The compositor, before the window loop takes it over: whether there is one, and whether it can hold a shell.

use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::{self, WlRegistry};
use wayland_client::{Connection, Dispatch, QueueHandle};

/// The protocol that puts surfaces on a screen edge.
const LAYER_SHELL: &str = "zwlr_layer_shell_v1";

/// Why there is no screen to be on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answers.
    #[error(
        "no compositor to connect to (WAYLAND_DISPLAY={display}): {cause}; start `goblin session`, or set \
         WAYLAND_DISPLAY to a running compositor"
    )]
    Nobody {
        /// The value of `WAYLAND_DISPLAY`.
        display: String,
        /// What went wrong.
        cause: String,
    },
    /// The compositor lacks what a shell needs.
    #[error(
        "the compositor at WAYLAND_DISPLAY={display} has no {LAYER_SHELL}: a bar cannot be put on it; use \
         goblin-compositor or another with wlr-layer-shell"
    )]
    NoLayerShell {
        /// The value of `WAYLAND_DISPLAY`.
        display: String,
    },
}

/// Connects to the compositor of the environment.
///
/// # Errors
/// If there is none, or it lacks the layer shell.
pub fn connect() -> Result<Connection, Error> {
    let display = std::env::var("WAYLAND_DISPLAY").unwrap_or_default();
    let nobody = |cause: String| Error::Nobody {
        display: display.clone(),
        cause,
    };
    let connection = Connection::connect_to_env().map_err(|error| nobody(error.to_string()))?;
    let (globals, _queue) =
        registry_queue_init::<Look>(&connection).map_err(|error| nobody(error.to_string()))?;
    let found = globals
        .contents()
        .with_list(|list| list.iter().any(|global| global.interface == LAYER_SHELL));
    if found {
        Ok(connection)
    } else {
        Err(Error::NoLayerShell { display })
    }
}

/// Looks at the globals once and at no event after.
struct Look;

impl Dispatch<WlRegistry, GlobalListContents> for Look {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}
