//! A client as many are: it has windows, a bar on every output, and learns of outputs that come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use wayland_client::globals::{GlobalListContents, registry_queue_init};
use wayland_client::protocol::{
    wl_buffer, wl_callback, wl_compositor, wl_keyboard, wl_output, wl_pointer, wl_registry,
    wl_seat, wl_shm, wl_shm_pool, wl_surface,
};
use wayland_client::{Connection, Dispatch, EventQueue, QueueHandle, delegate_noop};
use wayland_protocols::wp::fractional_scale::v1::client::{
    wp_fractional_scale_manager_v1, wp_fractional_scale_v1,
};
use wayland_protocols::wp::viewporter::client::{wp_viewport, wp_viewporter};
use wayland_protocols::xdg::decoration::zv1::client::{
    zxdg_decoration_manager_v1, zxdg_toplevel_decoration_v1,
};
use wayland_protocols::xdg::shell::client::{xdg_surface, xdg_toplevel, xdg_wm_base};
use wayland_protocols_wlr::layer_shell::v1::client::{zwlr_layer_shell_v1, zwlr_layer_surface_v1};

/// Longer than anything that is waited for takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// The height of a bar, in logical pixels.
const BAR: u32 = 24;

/// What one surface was told.
#[derive(Default)]
struct Seen {
    configured: AtomicBool,
    framed: AtomicBool,
    closed: AtomicBool,
}

pub(crate) struct Window {
    seen: Arc<Seen>,
    surface: wl_surface::WlSurface,
    xdg: xdg_surface::XdgSurface,
    toplevel: xdg_toplevel::XdgToplevel,
    decoration: zxdg_toplevel_decoration_v1::ZxdgToplevelDecorationV1,
    scale: wp_fractional_scale_v1::WpFractionalScaleV1,
    viewport: wp_viewport::WpViewport,
    size: (i32, i32),
}

impl Window {
    /// The compositor asked it to close.
    pub(crate) fn is_closed(&self) -> bool {
        self.seen.closed.load(Ordering::Relaxed)
    }

    /// Its first picture was shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.seen.framed.load(Ordering::Relaxed)
    }

    /// Closes it as a program that tidies up does.
    pub(crate) fn destroy(self) {
        self.viewport.destroy();
        self.scale.destroy();
        self.decoration.destroy();
        self.toplevel.destroy();
        self.xdg.destroy();
        self.surface.destroy();
    }
}

struct Bar {
    seen: Arc<Seen>,
    surface: wl_surface::WlSurface,
    layer: zwlr_layer_surface_v1::ZwlrLayerSurfaceV1,
}

impl Bar {
    fn destroy(self) {
        self.layer.destroy();
        self.surface.destroy();
    }
}

/// What the client heard.
#[derive(Default)]
pub(crate) struct Heard {
    /// Times that one of its windows got the keyboard.
    pub(crate) enters: u64,
    outputs: BTreeMap<u32, wl_output::WlOutput>,
    gone: BTreeSet<u32>,
    syncs: u64,
}

pub(crate) struct Client {
    connection: Connection,
    queue: EventQueue<Heard>,
    pub(crate) heard: Heard,
    compositor: wl_compositor::WlCompositor,
    shm: wl_shm::WlShm,
    base: xdg_wm_base::XdgWmBase,
    decorations: zxdg_decoration_manager_v1::ZxdgDecorationManagerV1,
    scales: wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1,
    viewporter: wp_viewporter::WpViewporter,
    layers: zwlr_layer_shell_v1::ZwlrLayerShellV1,
    /// A bar on each output, by the output's global; none where the client has no bars.
    bars: Option<BTreeMap<u32, Bar>>,
}

impl Client {
    pub(crate) fn connect(socket: &Path) -> Result<Self> {
        let connection = Connection::from_socket(UnixStream::connect(socket)?)?;
        let (globals, queue) = registry_queue_init::<Heard>(&connection)?;
        let handle = queue.handle();
        let seat: wl_seat::WlSeat = globals.bind(&handle, 5..=9, ())?;
        seat.get_keyboard(&handle, ());
        seat.get_pointer(&handle, ());
        let mut heard = Heard::default();
        let registry = globals.registry();
        globals.contents().with_list(|list| {
            for global in list.iter().filter(|global| global.interface == "wl_output") {
                let output = registry.bind(global.name, global.version.min(4), &handle, ());
                heard.outputs.insert(global.name, output);
            }
        });
        Ok(Self {
            connection,
            heard,
            compositor: globals.bind(&handle, 6..=6, ())?,
            shm: globals.bind(&handle, 1..=1, ())?,
            base: globals.bind(&handle, 5..=6, ())?,
            decorations: globals.bind(&handle, 1..=1, ())?,
            scales: globals.bind(&handle, 1..=1, ())?,
            viewporter: globals.bind(&handle, 1..=1, ())?,
            layers: globals.bind(&handle, 4..=5, ())?,
            bars: None,
            queue,
        })
    }

    /// From now on it keeps a bar on every output.
    pub(crate) fn keep_bars(&mut self) -> Result<()> {
        self.bars = Some(BTreeMap::new());
        self.tend()
    }

    /// A window of a size that asks for its first configure.
    pub(crate) fn window(&self, title: &str, size: (i32, i32)) -> Window {
        let handle = self.queue.handle();
        let seen = Arc::new(Seen::default());
        let surface = self.compositor.create_surface(&handle, ());
        let scale = self.scales.get_fractional_scale(&surface, &handle, ());
        let viewport = self.viewporter.get_viewport(&surface, &handle, ());
        let xdg = self
            .base
            .get_xdg_surface(&surface, &handle, Arc::clone(&seen));
        let toplevel = xdg.get_toplevel(&handle, Arc::clone(&seen));
        let decoration = self
            .decorations
            .get_toplevel_decoration(&toplevel, &handle, ());
        toplevel.set_title(title.to_owned());
        toplevel.set_app_id("soak".to_owned());
        surface.commit();
        Window {
            seen,
            surface,
            xdg,
            toplevel,
            decoration,
            scale,
            viewport,
            size,
        }
    }

    /// Waits for the first configure of windows, and draws them.
    pub(crate) fn show(&mut self, windows: &[Window]) -> Result<()> {
        let configured = |window: &Window| window.seen.configured.load(Ordering::Relaxed);
        self.wait("configures", |_| windows.iter().all(configured))?;
        let handle = self.queue.handle();
        for window in windows {
            window.surface.frame(&handle, Arc::clone(&window.seen));
            self.draw(&window.surface, window.size)?;
        }
        self.flush()
    }

    /// Gives a surface content of a size, from memory of its own.
    fn draw(&self, surface: &wl_surface::WlSurface, (width, height): (i32, i32)) -> Result<()> {
        let handle = self.queue.handle();
        let memory = memfd_create("soak", MemfdFlags::CLOEXEC)?;
        let bytes = width * height * 4;
        ftruncate(&memory, bytes.unsigned_abs().into())?;
        let pool = self.shm.create_pool(memory.as_fd(), bytes, &handle, ());
        let format = wl_shm::Format::Xrgb8888;
        let buffer = pool.create_buffer(0, width, height, width * 4, format, &handle, ());
        pool.destroy();
        surface.attach(Some(&buffer), 0, 0);
        surface.damage_buffer(0, 0, width, height);
        surface.commit();
        Ok(())
    }

    /// Hears all there is to hear to what was sent.
    pub(crate) fn roundtrip(&mut self) -> Result<()> {
        let wanted = self.heard.syncs + 1;
        self.connection.display().sync(&self.queue.handle(), ());
        self.wait("an answer", |heard| heard.syncs >= wanted)
    }

    /// Waits until something holds.
    pub(crate) fn wait(&mut self, what: &str, holds: impl Fn(&Heard) -> bool) -> Result<()> {
        let begun = Instant::now();
        loop {
            self.queue.dispatch_pending(&mut self.heard)?;
            self.tend()?;
            self.flush()?;
            if holds(&self.heard) {
                return Ok(());
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            if left.is_zero() {
                bail!("waited in vain for {what}");
            }
            let Some(guard) = self.queue.prepare_read() else {
                continue;
            };
            let timeout = Timespec::try_from(left)?;
            let ready = {
                let fd = guard.connection_fd();
                poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&timeout))?
            };
            if ready > 0 {
                guard.read()?;
            }
        }
    }

    fn flush(&self) -> Result<()> {
        Ok(self.connection.flush()?)
    }

    /// Lets go of outputs that are gone and keeps a bar on those that are there.
    fn tend(&mut self) -> Result<()> {
        for name in std::mem::take(&mut self.heard.gone) {
            if let Some(output) = self.heard.outputs.remove(&name) {
                output.release();
            }
            if let Some(bar) = self.bars.as_mut().and_then(|bars| bars.remove(&name)) {
                bar.destroy();
            }
        }
        let Some(mut bars) = self.bars.take() else {
            return Ok(());
        };
        let handle = self.queue.handle();
        for (name, output) in &self.heard.outputs {
            let bar = bars.entry(*name).or_insert_with(|| {
                let seen = Arc::new(Seen::default());
                let surface = self.compositor.create_surface(&handle, ());
                let layer = self.layers.get_layer_surface(
                    &surface,
                    Some(output),
                    zwlr_layer_shell_v1::Layer::Top,
                    "soak".to_owned(),
                    &handle,
                    Arc::clone(&seen),
                );
                layer.set_size(0, BAR);
                layer.set_anchor(zwlr_layer_surface_v1::Anchor::from_bits_truncate(1 | 4 | 8));
                layer.set_exclusive_zone(BAR.cast_signed());
                surface.commit();
                Bar {
                    seen,
                    surface,
                    layer,
                }
            });
            let seen = &bar.seen;
            if seen.configured.swap(false, Ordering::Relaxed)
                && !seen.closed.load(Ordering::Relaxed)
            {
                self.draw(&bar.surface, (64, BAR.cast_signed()))?;
            }
        }
        self.bars = Some(bars);
        Ok(())
    }
}

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Heard {
    fn event(
        heard: &mut Self,
        registry: &wl_registry::WlRegistry,
        event: wl_registry::Event,
        _: &GlobalListContents,
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        match event {
            wl_registry::Event::Global {
                name,
                interface,
                version,
            } if interface == "wl_output" => {
                let output = registry.bind(name, version.min(4), handle, ());
                heard.outputs.insert(name, output);
            }
            wl_registry::Event::GlobalRemove { name } => {
                heard.gone.insert(name);
            }
            _ => {}
        }
    }
}

impl Dispatch<wl_callback::WlCallback, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &wl_callback::WlCallback,
        _: wl_callback::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        heard.syncs += 1;
    }
}

impl Dispatch<wl_callback::WlCallback, Arc<Seen>> for Heard {
    fn event(
        _: &mut Self,
        _: &wl_callback::WlCallback,
        _: wl_callback::Event,
        seen: &Arc<Seen>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        seen.framed.store(true, Ordering::Relaxed);
    }
}

impl Dispatch<wl_keyboard::WlKeyboard, ()> for Heard {
    fn event(
        heard: &mut Self,
        _: &wl_keyboard::WlKeyboard,
        event: wl_keyboard::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_keyboard::Event::Enter { .. } = event {
            heard.enters += 1;
        }
    }
}

impl Dispatch<xdg_surface::XdgSurface, Arc<Seen>> for Heard {
    fn event(
        _: &mut Self,
        xdg: &xdg_surface::XdgSurface,
        event: xdg_surface::Event,
        seen: &Arc<Seen>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            xdg.ack_configure(serial);
            seen.configured.store(true, Ordering::Relaxed);
        }
    }
}

impl Dispatch<xdg_toplevel::XdgToplevel, Arc<Seen>> for Heard {
    fn event(
        _: &mut Self,
        _: &xdg_toplevel::XdgToplevel,
        event: xdg_toplevel::Event,
        seen: &Arc<Seen>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_toplevel::Event::Close = event {
            seen.closed.store(true, Ordering::Relaxed);
        }
    }
}

impl Dispatch<zwlr_layer_surface_v1::ZwlrLayerSurfaceV1, Arc<Seen>> for Heard {
    fn event(
        _: &mut Self,
        layer: &zwlr_layer_surface_v1::ZwlrLayerSurfaceV1,
        event: zwlr_layer_surface_v1::Event,
        seen: &Arc<Seen>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            zwlr_layer_surface_v1::Event::Configure { serial, .. } => {
                layer.ack_configure(serial);
                seen.configured.store(true, Ordering::Relaxed);
            }
            zwlr_layer_surface_v1::Event::Closed => seen.closed.store(true, Ordering::Relaxed),
            _ => {}
        }
    }
}

impl Dispatch<xdg_wm_base::XdgWmBase, ()> for Heard {
    fn event(
        _: &mut Self,
        base: &xdg_wm_base::XdgWmBase,
        event: xdg_wm_base::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_wm_base::Event::Ping { serial } = event {
            base.pong(serial);
        }
    }
}

impl Dispatch<wl_buffer::WlBuffer, ()> for Heard {
    fn event(
        _: &mut Self,
        buffer: &wl_buffer::WlBuffer,
        event: wl_buffer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        // Each has one picture: it is done with.
        if let wl_buffer::Event::Release = event {
            buffer.destroy();
        }
    }
}

delegate_noop!(Heard: wl_compositor::WlCompositor);
delegate_noop!(Heard: wl_shm_pool::WlShmPool);
delegate_noop!(Heard: zwlr_layer_shell_v1::ZwlrLayerShellV1);
delegate_noop!(Heard: zxdg_decoration_manager_v1::ZxdgDecorationManagerV1);
delegate_noop!(Heard: wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1);
delegate_noop!(Heard: wp_viewporter::WpViewporter);
delegate_noop!(Heard: wp_viewport::WpViewport);
delegate_noop!(Heard: ignore wp_fractional_scale_v1::WpFractionalScaleV1);
delegate_noop!(Heard: ignore zxdg_toplevel_decoration_v1::ZxdgToplevelDecorationV1);
delegate_noop!(Heard: ignore wl_shm::WlShm);
delegate_noop!(Heard: ignore wl_seat::WlSeat);
delegate_noop!(Heard: ignore wl_pointer::WlPointer);
delegate_noop!(Heard: ignore wl_output::WlOutput);
delegate_noop!(Heard: ignore wl_surface::WlSurface);
