//! A Wayland client for the tests: it remembers what it was told.

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use wayland_client::backend::WaylandError;
use wayland_client::protocol::{
    wl_buffer::WlBuffer,
    wl_compositor::WlCompositor,
    wl_keyboard::WlKeyboard,
    wl_output::WlOutput,
    wl_pointer::WlPointer,
    wl_registry::WlRegistry,
    wl_seat::WlSeat,
    wl_shm::{Format, WlShm},
    wl_subcompositor::WlSubcompositor,
    wl_surface::WlSurface,
};
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle};
use wayland_protocols::wp::single_pixel_buffer::v1::client::wp_single_pixel_buffer_manager_v1::WpSinglePixelBufferManagerV1;
use wayland_protocols::wp::viewporter::client::wp_viewporter::WpViewporter;
use wayland_protocols::xdg::decoration::zv1::client::zxdg_decoration_manager_v1::ZxdgDecorationManagerV1;
use wayland_protocols::xdg::shell::client::{
    xdg_popup::XdgPopup, xdg_positioner::XdgPositioner, xdg_surface::XdgSurface,
    xdg_toplevel::XdgToplevel, xdg_wm_base::XdgWmBase,
};
use wayland_protocols_wlr::layer_shell::v1::client::{
    zwlr_layer_shell_v1::{Layer, ZwlrLayerShellV1},
    zwlr_layer_surface_v1::ZwlrLayerSurfaceV1,
};

use super::Fixture;
use super::dispatch::Heard;

pub(super) struct Client {
    connection: Connection,
    queue: EventQueue<Heard>,
    pub(super) heard: Heard,
    registry: WlRegistry,
    globals: Option<Globals>,
}

/// What every test needs, and every domain sees.
pub(super) struct Globals {
    pub(super) compositor: WlCompositor,
    pub(super) subcompositor: WlSubcompositor,
    pub(super) shm: WlShm,
    pub(super) wm_base: XdgWmBase,
    pub(super) decoration: ZxdgDecorationManagerV1,
    pub(super) viewporter: WpViewporter,
    pub(super) single_pixel: WpSinglePixelBufferManagerV1,
    pub(super) seat: WlSeat,
}

/// A surface with the role of a window.
#[derive(Clone)]
pub(super) struct TestWindow {
    pub(super) surface: WlSurface,
    pub(super) xdg: XdgSurface,
    pub(super) toplevel: XdgToplevel,
}

/// A surface with the role of a popup.
pub(super) struct TestPopup {
    pub(super) surface: WlSurface,
    pub(super) xdg: XdgSurface,
    pub(super) popup: XdgPopup,
}

/// A surface with the role of a bar.
pub(super) struct TestLayer {
    pub(super) surface: WlSurface,
    pub(super) layer: ZwlrLayerSurfaceV1,
}

impl Client {
    pub(super) fn new(stream: UnixStream) -> Self {
        let connection = Connection::from_socket(stream).unwrap();
        let queue = connection.new_event_queue();
        let registry = connection.display().get_registry(&queue.handle(), ());
        Self {
            connection,
            queue,
            heard: Heard::default(),
            registry,
            globals: None,
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn handle(&self) -> QueueHandle<Heard> {
        self.queue.handle()
    }

    pub(super) fn globals(&self) -> &Globals {
        self.globals.as_ref().expect("bind_globals came first")
    }

    pub(super) fn bind_globals(&mut self) {
        let globals = Globals {
            compositor: self.bind(),
            subcompositor: self.bind(),
            shm: self.bind(),
            wm_base: self.bind(),
            decoration: self.bind(),
            viewporter: self.bind(),
            single_pixel: self.bind(),
            seat: self.bind(),
        };
        let handle = self.handle();
        let _: WlPointer = globals.seat.get_pointer(&handle, ());
        let _: WlKeyboard = globals.seat.get_keyboard(&handle, ());
        let _: WlOutput = self.bind();
        self.globals = Some(globals);
    }

    pub(super) fn bind<P>(&self) -> P
    where
        P: Proxy + 'static,
        Heard: Dispatch<P, ()>,
    {
        self.bind_with(())
    }

    /// Binds a global, and gives the object something to go with it.
    pub(super) fn bind_with<P, U>(&self, data: U) -> P
    where
        P: Proxy + 'static,
        U: Send + Sync + 'static,
        Heard: Dispatch<P, U>,
    {
        let name = P::interface().name;
        let (number, version) = self.heard.globals[name];
        let version = version.min(P::interface().version);
        self.registry.bind(number, version, &self.handle(), data)
    }

    /// Sends what is pending and hears what the server has to say to all of it.
    pub(super) fn roundtrip(&mut self, fixture: &mut Fixture) {
        self.try_roundtrip(fixture).unwrap();
    }

    /// The same for a client that may be cut off meanwhile.
    pub(super) fn try_roundtrip(&mut self, fixture: &mut Fixture) -> Result<(), WaylandError> {
        let wanted = self.heard.syncs + 1;
        let _ = self.connection.display().sync(&self.handle(), ());
        let begun = Instant::now();
        while self.heard.syncs < wanted {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "the server does not answer"
            );
            self.connection.flush()?;
            fixture.turn();
            if let Some(guard) = self.connection.prepare_read() {
                match guard.read() {
                    Err(WaylandError::Io(error))
                        if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                    Ok(_) => {}
                }
            }
            if let Err(error) = self.queue.dispatch_pending(&mut self.heard) {
                match error {
                    wayland_client::DispatchError::Backend(error) => return Err(error),
                    other => panic!("{other}"),
                }
            }
        }
        Ok(())
    }

    /// What the server cut this client off for.
    pub(super) fn protocol_error(&self) -> Option<String> {
        self.connection.protocol_error().map(|error| {
            format!(
                "{}: {} {}",
                error.object_interface, error.code, error.message
            )
        })
    }

    /// A buffer of one colour: red, green, blue.
    pub(super) fn buffer(&self, width: i32, height: i32, colour: [u8; 3]) -> WlBuffer {
        let [r, g, b] = colour;
        let pixels = usize::try_from(width * height).unwrap();
        self.buffer_of((width, height), &[b, g, r, 0xff].repeat(pixels))
    }

    /// A buffer of these pixels: blue, green, red and alpha.
    fn buffer_of(&self, (width, height): (i32, i32), data: &[u8]) -> WlBuffer {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(data).unwrap();
        let handle = self.handle();
        let pool = self
            .globals()
            .shm
            .create_pool(file.as_fd(), width * height * 4, &handle, ());
        let buffer = pool.create_buffer(0, width, height, width * 4, Format::Argb8888, &handle, ());
        pool.destroy();
        buffer
    }

    /// Draws a window at a size with dark lines a pixel thin in it, as text would have.
    pub(super) fn draw_lines(&mut self, window: &TestWindow, size: (i32, i32), colour: [u8; 3]) {
        let [r, g, b] = colour;
        let (width, height) = size;
        let mut data = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let inside = (12..width - 12).contains(&x) && (12..height - 12).contains(&y);
                let line = inside && (y / 12 % 2 == 0) && (x % 3 == 0 || y % 4 == 0);
                let dark = if line { 4 } else { 1 };
                data.extend([b / dark, g / dark, r / dark, 0xff]);
            }
        }
        let buffer = self.buffer_of((width, height), &data);
        window.surface.attach(Some(&buffer), 0, 0);
        window.surface.damage_buffer(0, 0, i32::MAX, i32::MAX);
        window.surface.commit();
    }

    pub(super) fn surface(&self) -> WlSurface {
        self.globals().compositor.create_surface(&self.handle(), ())
    }

    /// A window that has asked for nothing but its role yet.
    pub(super) fn bare_window(&self) -> TestWindow {
        self.window_of(self.surface())
    }

    /// The same of a surface that is there already.
    pub(super) fn window_of(&self, surface: WlSurface) -> TestWindow {
        let handle = self.handle();
        let xdg = self
            .globals()
            .wm_base
            .get_xdg_surface(&surface, &handle, ());
        let toplevel = xdg.get_toplevel(&handle, ());
        TestWindow {
            surface,
            xdg,
            toplevel,
        }
    }

    /// A mapped window of one colour, with a frame of the server's.
    pub(super) fn open(
        &mut self,
        fixture: &mut Fixture,
        (width, height): (i32, i32),
        colour: [u8; 3],
    ) -> TestWindow {
        let window = self.bare_window();
        let handle = self.handle();
        let _ = self
            .globals()
            .decoration
            .get_toplevel_decoration(&window.toplevel, &handle, ());
        window.surface.commit();
        self.roundtrip(fixture);
        self.draw(&window, (width, height), colour);
        self.roundtrip(fixture);
        window
    }

    /// Acknowledges the last configure and draws a window at a size.
    pub(super) fn draw(&mut self, window: &TestWindow, size: (i32, i32), colour: [u8; 3]) {
        if let Some(serial) = self.heard.take_serial(&window.xdg) {
            window.xdg.ack_configure(serial);
        }
        let buffer = self.buffer(size.0, size.1, colour);
        window.surface.attach(Some(&buffer), 0, 0);
        window.surface.damage_buffer(0, 0, i32::MAX, i32::MAX);
        window.surface.commit();
    }

    pub(super) fn layer(&self, layer: Layer, namespace: &str) -> TestLayer {
        let surface = self.surface();
        let layer = self.layer_of(&surface, layer, namespace);
        TestLayer { surface, layer }
    }

    /// Gives a surface the role of a bar.
    pub(super) fn layer_of(
        &self,
        surface: &WlSurface,
        layer: Layer,
        namespace: &str,
    ) -> ZwlrLayerSurfaceV1 {
        let shell: ZwlrLayerShellV1 = self.bind();
        let handle = self.handle();
        shell.get_layer_surface(surface, None, layer, namespace.to_owned(), &handle, ())
    }

    /// Draws a layer surface at the size it was last told.
    pub(super) fn draw_layer(&mut self, layer: &TestLayer, colour: [u8; 3]) {
        let (serial, width, height) = self.heard.layers[&layer.layer.id()]
            .last()
            .copied()
            .unwrap();
        layer.layer.ack_configure(serial);
        let (width, height) = (
            i32::try_from(width).unwrap(),
            i32::try_from(height).unwrap(),
        );
        let buffer = self.buffer(width, height, colour);
        layer.surface.attach(Some(&buffer), 0, 0);
        layer.surface.damage_buffer(0, 0, width, height);
        layer.surface.commit();
    }

    /// A positioner for a popup of a size, below the top left of its parent.
    pub(super) fn positioner(&self, width: i32, height: i32) -> XdgPositioner {
        let positioner = self.globals().wm_base.create_positioner(&self.handle(), ());
        positioner.set_size(width, height);
        positioner.set_anchor_rect(0, 0, 10, 10);
        positioner
    }

    pub(super) fn popup(&self, parent: &TestWindow, positioner: &XdgPositioner) -> TestPopup {
        self.popup_of(&parent.xdg, positioner)
    }

    /// A popup of a window or of another popup.
    pub(super) fn popup_of(&self, parent: &XdgSurface, positioner: &XdgPositioner) -> TestPopup {
        self.popup_with(Some(parent), positioner)
    }

    /// A popup that is to get its parent by another protocol.
    pub(super) fn orphan_popup(&self, positioner: &XdgPositioner) -> TestPopup {
        self.popup_with(None, positioner)
    }

    fn popup_with(&self, parent: Option<&XdgSurface>, positioner: &XdgPositioner) -> TestPopup {
        let handle = self.handle();
        let surface = self.surface();
        let xdg = self
            .globals()
            .wm_base
            .get_xdg_surface(&surface, &handle, ());
        let popup = xdg.get_popup(parent, positioner, &handle, ());
        TestPopup {
            surface,
            xdg,
            popup,
        }
    }
}
