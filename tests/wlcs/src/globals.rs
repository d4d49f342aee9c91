//! Which globals the compositor offers: asked of itself, so that no second list can go stale.

use std::io;

use compositor::Embedded;
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::wl_registry::{Event, WlRegistry};
use wayland_client::{Connection, Dispatch, QueueHandle};

/// Name and version of each global that a program of the board sees.
pub(crate) fn of(server: &Embedded) -> io::Result<Vec<(String, u32)>> {
    let (stream, _) = server.connect()?;
    let connection = Connection::from_socket(stream).map_err(io::Error::other)?;
    let (globals, _queue) =
        registry_queue_init::<Registry>(&connection).map_err(io::Error::other)?;
    let list = globals.contents().clone_list();
    let named = list
        .into_iter()
        .map(|global| (global.interface, global.version));
    Ok(named.collect())
}

struct Registry;

impl Dispatch<WlRegistry, GlobalListContents> for Registry {
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        // The list that was asked for is all that is wanted.
    }
}
