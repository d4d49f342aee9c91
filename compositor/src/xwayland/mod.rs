//! X11 programs. Their display is there from the start; the X server behind it, Xwayland, is started
//! by the first client that connects and ends with the last. We are its window manager: each of its
//! windows is a window of the layout like any other, but for those that lie where they ask.
//!
//! smithay 0.7.0 has a window manager for Xwayland, which cannot be used here: it starts the server
//! itself, on sockets of its own, so that there is none to start on first use; a client can end the
//! process by a message of an unknown type; it waits for the server without end; and it counts the
//! places of menus in whole scales.
//!
//! | module | what it does |
//! |---|---|
//! | `display` | the number, the lock, the sockets |
//! | `server` | the process |
//! | `connection` | our connection to it, which gives up one that hangs |
//! | `plane` | between logical pixels and the X server's: a pure function |
//! | `properties` | what clients say of their windows: plain values |
//! | `wm` | the window manager's state |
//! | `events`, `requests` | what the server and its clients tell and ask |
//! | `pairing` | which surface a window is drawn on |
//! | `tell` | what the server is told of the layout |
//! | `selection`, `outgoing`, `incoming` | clipboard and primary selection, and their data |
//! | `unmanaged` | windows that lie where they ask |

mod connection;
mod display;
mod events;
mod incoming;
mod outgoing;
mod pairing;
mod plane;
mod properties;
mod requests;
mod selection;
mod server;
mod tell;
mod unmanaged;
mod wm;

use std::os::fd::AsFd;
use std::path::Path;
use std::process::Child;

use calloop::generic::Generic;
use calloop::{Interest, Mode, PostAction, RegistrationToken};
use smithay::reexports::wayland_server::Client;
use smithay::reexports::wayland_server::backend::DisconnectReason;
use tracing::{debug, info, warn};

use crate::client::ClientState;
use crate::goblin::Goblin;
use connection::X11Error;
use display::Display;
use plane::Plane;
use server::{Readiness, Server};
use wm::Wm;

/// The X11 side of a session.
#[derive(Default)]
pub(crate) struct XWayland {
    display: Option<Display>,
    life: Life,
    plane: Plane,
    /// What Wayland clients have for X11 clients to paste.
    held: selection::Held,
}

/// Whether an X server runs.
#[derive(Default)]
enum Life {
    /// There is no display.
    #[default]
    Off,
    /// Clients are waited for.
    Waiting(Vec<RegistrationToken>),
    /// A client waits, and the server is not ready yet.
    Starting(Server, RegistrationToken),
    Running {
        child: Child,
        wm: Box<Wm>,
        events: RegistrationToken,
    },
}

impl XWayland {
    fn wm(&self) -> Option<&Wm> {
        match &self.life {
            Life::Running { wm, .. } => Some(wm),
            _ => None,
        }
    }

    fn wm_mut(&mut self) -> Option<&mut Wm> {
        match &mut self.life {
            Life::Running { wm, .. } => Some(wm),
            _ => None,
        }
    }
}

impl Goblin {
    /// The value of `DISPLAY` for clients, if X11 programs can run here.
    pub(crate) fn x11_display(&self) -> Option<String> {
        self.xwayland.display.as_ref().map(Display::name)
    }

    /// Whether an X server runs, or is about to.
    pub(crate) fn x11_runs(&self) -> bool {
        matches!(
            self.xwayland.life,
            Life::Starting(..) | Life::Running { .. }
        )
    }

    /// The process of the X server.
    #[cfg(test)]
    pub(crate) fn x11_process(&self) -> Option<u32> {
        match &self.xwayland.life {
            Life::Starting(Server { child, .. }, _) | Life::Running { child, .. } => {
                Some(child.id())
            }
            Life::Off | Life::Waiting(_) => None,
        }
    }

    /// Makes the display. Without one, or without the program, the session does without.
    pub(crate) fn offer_x11(&mut self) {
        if !server::is_installed() {
            let program = server::PROGRAM;
            info!("X11 programs cannot run: there is no {program} (Debian's package xwayland)");
            return;
        }
        match Display::take(Path::new("/tmp")) {
            Ok(display) => {
                let name = display.name();
                info!("X11 clients connect to DISPLAY={name}");
                self.xwayland.display = Some(display);
                self.await_x11_client();
            }
            Err(error) => warn!("X11 programs cannot run: {error}"),
        }
    }

    /// The scale that the server takes its outputs and its windows to have.
    fn set_x11_scale(&mut self, client: &Client) {
        self.xwayland.plane = self.x11_plane();
        if let Some(state) = client.get_data::<ClientState>() {
            let scale = self.xwayland.plane.scale();
            state.compositor.set_client_scale(scale);
        }
    }

    /// Listens for a client, for whom the server is started.
    fn await_x11_client(&mut self) {
        self.control.dirty = true;
        let Some(display) = &self.xwayland.display else {
            return;
        };
        let mut tokens = Vec::new();
        for socket in display.sockets().unwrap_or_default() {
            let source = Generic::new(socket, Interest::READ, Mode::Level);
            let listened = self.loop_handle.insert_source(source, |_, _, goblin| {
                goblin.start_x11();
                Ok(PostAction::Continue)
            });
            match listened {
                Ok(token) => tokens.push(token),
                Err(error) => warn!("X11 clients are not listened for: {error}"),
            }
        }
        self.xwayland.life = Life::Waiting(tokens);
    }

    fn start_x11(&mut self) {
        let Life::Waiting(tokens) = &mut self.xwayland.life else {
            return;
        };
        for token in std::mem::take(tokens) {
            self.loop_handle.remove(token);
        }
        let Some(display) = self.xwayland.display.take() else {
            return;
        };
        let started = server::start(self, &display);
        self.xwayland.display = Some(display);
        let started = started.map_err(anyhow::Error::from).and_then(|server| {
            let pipe = server.ready.as_fd().try_clone_to_owned()?;
            let source = Generic::new(pipe, Interest::READ, Mode::Level);
            let token = self
                .loop_handle
                .insert_source(source, |_, _, goblin| {
                    goblin.x11_may_be_ready();
                    Ok(PostAction::Continue)
                })
                .map_err(|error| error.error)?;
            Ok((server, token))
        });
        match started {
            Ok((server, token)) => {
                info!("started Xwayland as process {}", server.child.id());
                self.set_x11_scale(&server.client);
                self.xwayland.life = Life::Starting(server, token);
                self.control.dirty = true;
            }
            Err(error) => self.x11_not_started(&error.to_string()),
        }
    }

    /// The server could not be started: who waited for it is turned away, so that it is not tried
    /// without end.
    fn x11_not_started(&mut self, why: &str) {
        warn!("Xwayland was not started: {why}");
        if let Some(display) = &self.xwayland.display {
            display.turn_away();
        }
        self.await_x11_client();
    }

    fn x11_may_be_ready(&mut self) {
        let Life::Starting(server, _) = &self.xwayland.life else {
            return;
        };
        let readiness = server::readiness(&server.ready);
        if matches!(readiness, Readiness::NotYet) {
            return;
        }
        let Life::Starting(mut server, token) = std::mem::take(&mut self.xwayland.life) else {
            return;
        };
        self.loop_handle.remove(token);
        let client = server.client.clone();
        let stream = server.wm.take();
        let wm = match (readiness, stream) {
            (Readiness::Ready, Some(stream)) => {
                Wm::start(stream, client.clone()).map_err(|error| error.to_string())
            }
            _ => Err("it ended before it was ready".to_owned()),
        };
        let running = wm.and_then(|wm| {
            let events = self.hear_x11(&wm).map_err(|error| error.to_string())?;
            Ok((wm, events))
        });
        match running {
            Ok((wm, events)) => {
                self.xwayland.life = Life::Running {
                    child: server.child,
                    wm: Box::new(wm),
                    events,
                };
                // What there is comes before what the first client copies, which would be lost.
                self.serve_x11_selections();
                let opened = self.xwayland.wm().map(Wm::let_clients_in);
                if let Some(Err(error)) = opened {
                    self.x11_failed(&error);
                }
            }
            Err(why) => {
                self.end_server(server.child, &client);
                self.x11_not_started(&why);
            }
        }
    }

    /// Listens to what the server says.
    fn hear_x11(&self, wm: &Wm) -> anyhow::Result<RegistrationToken> {
        let socket = wm.x11.stream().as_fd().try_clone_to_owned()?;
        let source = Generic::new(socket, Interest::READ, Mode::Level);
        let token = self
            .loop_handle
            .insert_source(source, |_, _, goblin| {
                goblin.drain_x11();
                Ok(PostAction::Continue)
            })
            .map_err(|error| error.error)?;
        Ok(token)
    }

    /// The conversation with the server is at an end: it has ended with its last client, crashed, or
    /// hangs. Its windows go; the next client starts it again.
    fn x11_failed(&mut self, error: &X11Error) {
        self.end_x11_transfers();
        let life = std::mem::take(&mut self.xwayland.life);
        let Life::Running { child, wm, events } = life else {
            self.xwayland.life = life;
            return;
        };
        debug!("{error}");
        info!("Xwayland has ended");
        self.loop_handle.remove(events);
        let client = wm.client.clone();
        let windows = wm.windows.values().filter_map(|window| window.window);
        for id in windows.collect::<Vec<_>>() {
            self.unmap(id);
            self.windows.remove(id);
        }
        drop(wm);
        self.end_server(child, &client);
        self.forget_x11_selections();
        self.queue_redraw_all();
        self.await_x11_client();
    }

    fn end_server(&mut self, mut child: Child, client: &Client) {
        self.display
            .backend_handle()
            .kill_client(client.id(), DisconnectReason::ConnectionClosed);
        // It may have ended by itself; else it hangs, or is about to.
        let _ = child.kill();
        self.await_end(child);
    }
}
