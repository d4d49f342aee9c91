//! What the compositor keeps for each connected client.

use std::os::unix::net::UnixStream;
use std::sync::Arc;

use smithay::reexports::wayland_server::backend::{ClientData, ClientId, DisconnectReason};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{Client, Resource};
use smithay::wayland::compositor::CompositorClientState;
use tracing::{debug, warn};

use crate::arrivals::Arrivals;
use crate::domain::{self, Domain};
use crate::goblin::Goblin;

/// The state of one client, from its connection to its end.
#[derive(Debug, Default)]
pub(crate) struct ClientState {
    pub(crate) compositor: CompositorClientState,
    pub(crate) domain: Domain,
    pub(crate) kind: Kind,
}

/// What a client is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// A program.
    #[default]
    Program,
    /// The X server that we started, for all X11 programs together.
    Xwayland,
}

impl ClientData for ClientState {
    fn initialized(&self, id: ClientId) {
        debug!(?id, domain = self.domain.name(), "client connected");
    }

    fn disconnected(&self, id: ClientId, reason: DisconnectReason) {
        match reason {
            DisconnectReason::ConnectionClosed => debug!(?id, "client left"),
            DisconnectReason::ProtocolError(error) => warn!(
                "disconnected a client that broke a protocol: {} on {}@{}: {}",
                error.code, error.object_interface, error.object_id, error.message
            ),
        }
    }
}

/// The domain of a client.
pub(crate) fn domain_of(client: &Client) -> Domain {
    let state = client.get_data::<ClientState>();
    state.map_or(Domain::Board, |state| state.domain.clone())
}

/// Whether a client is told of the global whose interface is `I`. What every global's filter asks.
pub(crate) fn sees<I: Resource>(client: &Client) -> bool {
    let interface = I::interface().name;
    client.get_data::<ClientState>().is_some_and(|state| {
        let xwayland = state.kind == Kind::Xwayland && interface == domain::FOR_XWAYLAND;
        xwayland || domain::sees(&state.domain, interface)
    })
}

impl Goblin {
    /// Takes a new connection on the socket of a domain.
    pub(crate) fn accept(&mut self, stream: UnixStream, domain: Domain) -> Option<Client> {
        self.accept_as(stream, domain, Kind::Program)
    }

    /// The same, of a client of a kind.
    pub(crate) fn accept_as(
        &mut self,
        stream: UnixStream,
        domain: Domain,
        kind: Kind,
    ) -> Option<Client> {
        let state = ClientState {
            domain,
            kind,
            ..ClientState::default()
        };
        let taken = Arrivals::follow(&stream).and_then(|followed| {
            let client = self.display.insert_client(stream, Arc::new(state))?;
            self.arrivals
                .belongs(followed, client.id(), &self.display)?;
            Ok(client)
        });
        taken
            .inspect_err(|error| warn!("a client could not be taken in: {error}"))
            .ok()
    }

    /// The client of a surface and the domain it belongs to.
    pub(crate) fn domain_of(&self, surface: &WlSurface) -> Domain {
        let client = surface.client();
        client.as_ref().map_or(Domain::Board, domain_of)
    }

    /// The process at the other end of a surface's connection, where the kernel tells.
    pub(crate) fn pid_of(&self, surface: &WlSurface) -> Option<i32> {
        let client = surface.client()?;
        client
            .get_credentials(&self.display)
            .ok()
            .map(|credentials| credentials.pid)
    }
}
