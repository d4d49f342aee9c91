//! The compositor on a thread of another program, with orders in the place of devices.
//!
//! This is what the conformance suite runs (`tests/wlcs`): the compositor of a session, headless,
//! with the same globals. It has no socket, no configuration file and no `/desktop`; its clients are
//! connected by [`Embedded::connect`].

use std::collections::HashMap;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use anyhow::Context;
use calloop::EventLoop;
use calloop::channel::{Channel, Event, Sender, channel};
use smithay::backend::input::{ButtonState, TouchSlot};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::reexports::wayland_server::{Client, Display};

use crate::backend::{Headless, VirtualOutput};
use crate::clock::Clock;
use crate::config::{Config, ConfigFile};
use crate::dispatch::serve_clients;
use crate::domain::Domain;
use crate::goblin::{Goblin, Setup};
use crate::layers::layer_map_for_output;
use crate::layout::Pos;

/// The only output: as large as the suite's cases reckon with, small enough to be drawn a thousand
/// times.
const OUTPUT: VirtualOutput = VirtualOutput {
    width: 1280,
    height: 1024,
    scale: 1.0,
};

/// A client of an embedded compositor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientTag(u64);

/// A compositor that runs on a thread of its own, until this is dropped.
///
/// Each order is carried out, and told to the clients it concerns, before the call returns. Orders
/// to a compositor that has ended do nothing.
#[derive(Debug)]
pub struct Embedded {
    orders: Sender<Ordered>,
    thread: Option<JoinHandle<()>>,
    clients: AtomicU64,
}

/// An order and where to say that it is carried out.
type Ordered = (Order, SyncSender<()>);

#[derive(Debug)]
enum Order {
    Connect(UnixStream, ClientTag),
    Place(ClientTag, u32, (i32, i32)),
    PointerTo(f64, f64),
    PointerBy(f64, f64),
    Button(u32, ButtonState),
    TouchDown(TouchSlot, (f64, f64)),
    TouchMoved(TouchSlot, (f64, f64)),
    TouchUp(TouchSlot),
    Stop,
}

impl Embedded {
    /// Starts one, with the default configuration.
    ///
    /// # Errors
    /// What kept it from starting: no renderer, no keymap, no file descriptors left.
    pub fn start() -> anyhow::Result<Self> {
        let (orders, received) = channel();
        let (ready, started) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("compositor".to_owned())
            .spawn(move || {
                let mut event_loop = match prepare(received) {
                    Ok(prepared) => prepared,
                    Err(error) => return drop(ready.send(Err(error))),
                };
                // Nobody waits for it any more: the loop ends with its first order.
                let _ = ready.send(Ok(()));
                let (event_loop, goblin) = (&mut event_loop.0, &mut event_loop.1);
                if let Err(error) = event_loop.run(None, goblin, Goblin::end_turn) {
                    tracing::error!("the event loop failed: {error}");
                }
            })
            .context("no thread for the compositor")?;
        started.recv().context("the compositor's thread died")??;
        Ok(Self {
            orders,
            thread: Some(thread),
            clients: AtomicU64::new(0),
        })
    }

    /// Connects a client as a program of the board; gives its end of the connection and its tag.
    ///
    /// # Errors
    /// No socket pair could be made.
    pub fn connect(&self) -> io::Result<(UnixStream, ClientTag)> {
        let (ours, theirs) = UnixStream::pair()?;
        let tag = ClientTag(self.clients.fetch_add(1, Ordering::Relaxed));
        self.carry_out(Order::Connect(ours, tag));
        Ok((theirs, tag))
    }

    /// Puts the window of a client's surface, named by its object id, at a place: the top left of its
    /// window geometry, in logical pixels. A layer surface stays there until it commits.
    pub fn place(&self, client: ClientTag, surface: u32, to: (i32, i32)) {
        self.carry_out(Order::Place(client, surface, to));
    }

    /// Moves the pointer to a place, in logical pixels.
    pub fn pointer_to(&self, x: f64, y: f64) {
        self.carry_out(Order::PointerTo(x, y));
    }

    /// Moves the pointer by so much, in logical pixels.
    pub fn pointer_by(&self, dx: f64, dy: f64) {
        self.carry_out(Order::PointerBy(dx, dy));
    }

    /// Presses or releases a button of linux/input-event-codes.h.
    pub fn pointer_button(&self, button: u32, pressed: bool) {
        let state = if pressed {
            ButtonState::Pressed
        } else {
            ButtonState::Released
        };
        self.carry_out(Order::Button(button, state));
    }

    /// Puts a finger down.
    pub fn touch_down(&self, finger: u32, x: f64, y: f64) {
        self.carry_out(Order::TouchDown(Some(finger).into(), (x, y)));
    }

    /// Moves a finger that is down.
    pub fn touch_moved(&self, finger: u32, x: f64, y: f64) {
        self.carry_out(Order::TouchMoved(Some(finger).into(), (x, y)));
    }

    /// Lifts a finger.
    pub fn touch_up(&self, finger: u32) {
        self.carry_out(Order::TouchUp(Some(finger).into()));
    }

    fn carry_out(&self, order: Order) {
        let (done, carried_out) = sync_channel(1);
        if self.orders.send((order, done)).is_ok() {
            // An error: it has ended, which is no fault of the caller's.
            let _ = carried_out.recv();
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.carry_out(Order::Stop);
        if let Some(thread) = self.thread.take() {
            // It panicked: that was said on its way out.
            let _ = thread.join();
        }
    }
}

fn prepare(orders: Channel<Ordered>) -> anyhow::Result<(EventLoop<'static, Goblin>, Goblin)> {
    let event_loop: EventLoop<'static, Goblin> = EventLoop::try_new()?;
    let display = Display::new()?;
    let mut goblin = Goblin::new(Setup {
        display: display.handle(),
        loop_handle: event_loop.handle(),
        loop_signal: event_loop.get_signal(),
        clock: Clock::machine(),
        config: Config::default(),
        config_file: ConfigFile::default(),
        socket: "none".to_owned(),
        testing: true,
    })?;
    serve_clients(&event_loop.handle(), &goblin.arrivals, display)?;
    let mut clients = HashMap::new();
    event_loop
        .handle()
        .insert_source(orders, move |event, (), goblin| {
            if let Event::Msg((order, done)) = event {
                goblin.take_order(order, &mut clients);
                goblin.end_turn();
                // An error: nobody waits.
                let _ = done.send(());
            }
        })
        .map_err(|error| error.error)?;
    Headless::start(&mut goblin, &[OUTPUT])?;
    goblin.end_turn();
    Ok((event_loop, goblin))
}

impl Goblin {
    fn take_order(&mut self, order: Order, clients: &mut HashMap<ClientTag, Client>) {
        let time = self.now_ms();
        match order {
            Order::Connect(stream, tag) => {
                clients.extend(
                    self.accept(stream, Domain::Board)
                        .map(|client| (tag, client)),
                );
            }
            Order::Place(tag, surface, to) => {
                if let Some(client) = clients.get(&tag) {
                    self.place_surface(client, surface, to);
                }
            }
            Order::PointerTo(x, y) => self.pointer_moved((x, y).into(), time),
            Order::PointerBy(dx, dy) => {
                let delta = (dx, dy).into();
                self.pointer_moved_by(delta, delta, time);
            }
            Order::Button(button, state) => self.pointer_button(button, state, time),
            Order::TouchDown(slot, at) => {
                self.touch_down(slot, at.into(), time);
                self.touch_frame();
            }
            Order::TouchMoved(slot, to) => {
                self.touch_moved(slot, to.into(), time);
                self.touch_frame();
            }
            Order::TouchUp(slot) => {
                self.touch_up(slot, time);
                self.touch_frame();
            }
            Order::Stop => self.quit(),
        }
    }

    fn place_surface(&mut self, client: &Client, surface: u32, to: (i32, i32)) {
        let Ok(surface) = client.object_from_protocol_id::<WlSurface>(&self.display, surface)
        else {
            return;
        };
        if let Some(window) = self.windows.of_surface(&surface) {
            let (id, mut to) = (window.id, Pos::from(to));
            if !window.shell.has_own_geometry() {
                to += window.geometry().loc;
            }
            self.layout.move_to(id, to);
        } else if let Some((id, layer)) = self.layer_of(&surface)
            && let Some(state) = self.output_state(id)
        {
            let at = Pos::from(to) - state.origin();
            layer_map_for_output(&state.output).put(&layer, at);
        }
        self.layout_changed();
    }
}
