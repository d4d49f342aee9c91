//! The load: a window of 256×256, or of the whole screen, that draws whenever it is told to, and notes when it was told what.

use std::io::Write;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::MemfdFlags;
use rustix::time::{ClockId, clock_gettime};
use wayland_client::globals::{GlobalList, GlobalListContents, registry_queue_init};
use wayland_client::protocol::{
    wl_buffer, wl_callback, wl_compositor, wl_output, wl_pointer, wl_registry, wl_seat, wl_shm,
    wl_shm_pool, wl_surface,
};
use wayland_client::{Connection, Dispatch, EventQueue, Proxy, QueueHandle, WEnum, delegate_noop};
use wayland_protocols::wp::presentation_time::client::{wp_presentation, wp_presentation_feedback};
use wayland_protocols::xdg::shell::client::{xdg_surface, xdg_toplevel, xdg_wm_base};
use wayland_protocols_wlr::virtual_pointer::v1::client::{
    zwlr_virtual_pointer_manager_v1, zwlr_virtual_pointer_v1,
};

/// The size of a window.
const WINDOW: (i32, i32) = (256, 256);
/// The size of the output, and of a window that fills it.
const SCREEN: (i32, i32) = (1920, 1080);
/// Pictures that one is drawn into while others are shown. Two are enough for a compositor that gives them back.
const BUFFERS: usize = 3;
/// Longer than anything that is waited for takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A point of the monotonic clock, in nanoseconds: what presentation times are told in.
pub(crate) type Nanos = u64;

/// The clock now.
pub(crate) fn now() -> Nanos {
    nanos(clock_gettime(ClockId::Monotonic))
}

fn nanos(at: Timespec) -> Nanos {
    at.tv_sec.cast_unsigned() * 1_000_000_000 + at.tv_nsec.cast_unsigned()
}

/// One picture that was shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// When it was handed over.
    pub(crate) committed: Nanos,
    /// When it was on the screen.
    pub(crate) presented: Nanos,
}

/// What the client was told.
#[derive(Default)]
pub(crate) struct Told {
    configured: bool,
    has_pointer: bool,
    /// Told to draw, and has not drawn since.
    pub(crate) due: Option<Nanos>,
    pub(crate) frames: u64,
    pub(crate) shown: Vec<Shown>,
    /// Pictures that were never seen.
    pub(crate) discarded: u64,
    /// When the pointer came over the window, or moved there.
    pub(crate) motions: Vec<Nanos>,
    free: Vec<bool>,
}

/// A connection with one window.
pub(crate) struct Client {
    connection: Connection,
    queue: EventQueue<Told>,
    globals: GlobalList,
    pub(crate) told: Told,
    surface: wl_surface::WlSurface,
    size: (i32, i32),
    buffers: Vec<wl_buffer::WlBuffer>,
    presentation: Option<wp_presentation::WpPresentation>,
    _pool: OwnedFd,
}

impl Client {
    /// Connects, and opens a window that has not drawn yet.
    pub(crate) fn open(socket: &Path) -> Result<Self> {
        Self::open_of(socket, WINDOW)
    }

    /// The same, with a window that fills the screen.
    pub(crate) fn open_fullscreen(socket: &Path) -> Result<Self> {
        Self::open_of(socket, SCREEN)
    }

    fn open_of(socket: &Path, size: (i32, i32)) -> Result<Self> {
        let connection = Connection::from_socket(UnixStream::connect(socket)?)?;
        let (globals, mut queue) = registry_queue_init::<Told>(&connection)?;
        let handle = queue.handle();
        let compositor: wl_compositor::WlCompositor = globals.bind(&handle, 4..=5, ())?;
        let shm: wl_shm::WlShm = globals.bind(&handle, 1..=1, ())?;
        let base: xdg_wm_base::XdgWmBase = globals.bind(&handle, 1..=2, ())?;
        let presentation = globals.bind(&handle, 1..=1, ()).ok();
        // Its pointer is asked for when it has one.
        let _: Option<wl_seat::WlSeat> = globals.bind(&handle, 1..=5, ()).ok();
        let surface = compositor.create_surface(&handle, ());
        let xdg = base.get_xdg_surface(&surface, &handle, ());
        let toplevel = xdg.get_toplevel(&handle, ());
        toplevel.set_title("bench".to_owned());
        if size == SCREEN {
            toplevel.set_fullscreen(None);
        } else {
            toplevel.set_min_size(size.0, size.1);
            toplevel.set_max_size(size.0, size.1);
        }
        surface.commit();
        let (pool, buffers) = buffers(&shm, size, &handle)?;
        let mut told = Told {
            free: vec![true; BUFFERS],
            ..Told::default()
        };
        let begun = Instant::now();
        while !told.configured {
            if begun.elapsed() > PATIENCE {
                bail!("the window was never configured");
            }
            queue.blocking_dispatch(&mut told)?;
        }
        Ok(Self {
            connection,
            queue,
            globals,
            told,
            surface,
            size,
            buffers,
            presentation,
            _pool: pool,
        })
    }

    /// Draws one picture and asks to be told when to draw the next; false when the compositor holds all pictures.
    pub(crate) fn draw(&mut self) -> Result<bool> {
        let Some(index) = self.told.free.iter().position(|free| *free) else {
            return Ok(false);
        };
        self.told.free[index] = false;
        let handle = self.queue.handle();
        self.surface.attach(Some(&self.buffers[index]), 0, 0);
        self.surface.damage_buffer(0, 0, self.size.0, self.size.1);
        self.surface.frame(&handle, ());
        if let Some(presentation) = &self.presentation {
            presentation.feedback(&self.surface, &handle, now());
        }
        self.surface.commit();
        self.told.due = None;
        self.connection.flush()?;
        Ok(true)
    }

    /// Waits for events until `until`, or until `enough` says so; tells which.
    pub(crate) fn wait(&mut self, until: Instant, enough: impl Fn(&Told) -> bool) -> Result<bool> {
        loop {
            self.queue.dispatch_pending(&mut self.told)?;
            self.connection.flush()?;
            if enough(&self.told) {
                return Ok(true);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            let Some(guard) = self.queue.prepare_read() else {
                continue;
            };
            let wait = Timespec {
                tv_sec: left.as_secs().cast_signed(),
                tv_nsec: left.subsec_nanos().into(),
            };
            let ready = {
                let fd = guard.connection_fd();
                poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&wait))?
            };
            if ready > 0 {
                guard.read()?;
            }
        }
    }

    /// Draws whenever it is told to, for `time`.
    pub(crate) fn animate(&mut self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        self.draw()?;
        while self.wait(until, |told| told.due.is_some())? {
            if !self.draw()? {
                // All pictures are held: the next is drawn when one comes back.
                self.wait(until, |told| told.free.contains(&true))?;
                self.draw()?;
            }
        }
        Ok(())
    }

    /// Draws the first picture and waits until it was seen.
    pub(crate) fn show(&mut self) -> Result<()> {
        self.draw()?;
        if !self.wait(Instant::now() + PATIENCE, |told| told.due.is_some())? {
            bail!("no frame callback came");
        }
        Ok(())
    }

    /// A pointer that this client moves.
    pub(crate) fn mouse(&self) -> Result<Mouse> {
        let handle = self.queue.handle();
        let manager: zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1 = self
            .globals
            .bind(&handle, 1..=1, ())
            .context("there is no virtual pointer")?;
        Ok(Mouse {
            pointer: manager.create_virtual_pointer(None, &handle, ()),
            connection: self.connection.clone(),
        })
    }
}

/// A pointer of the protocol `zwlr_virtual_pointer_v1`.
pub(crate) struct Mouse {
    pointer: zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1,
    connection: Connection,
}

impl Mouse {
    /// Puts the pointer at `x`, `y` of the output of 1920×1080.
    pub(crate) fn put(&self, x: u32, y: u32) -> Result<()> {
        self.pointer.motion_absolute(millis(), x, y, 1920, 1080);
        self.pointer.frame();
        Ok(self.connection.flush()?)
    }

    /// Moves the pointer.
    pub(crate) fn shift(&self, x: f64, y: f64) -> Result<()> {
        self.pointer.motion(millis(), x, y);
        self.pointer.frame();
        Ok(self.connection.flush()?)
    }
}

fn millis() -> u32 {
    // The protocol's clock wraps.
    u32::try_from(now() / 1_000_000 % (u64::from(u32::MAX) + 1)).unwrap_or(0)
}

fn buffers(
    shm: &wl_shm::WlShm,
    (width, height): (i32, i32),
    handle: &QueueHandle<Told>,
) -> Result<(OwnedFd, Vec<wl_buffer::WlBuffer>)> {
    let memory = rustix::fs::memfd_create("bench", MemfdFlags::CLOEXEC)?;
    let mut file = std::fs::File::from(memory.try_clone()?);
    let (count, bytes) = (i32::try_from(BUFFERS)?, width * height * 4);
    for shade in 0..count {
        let shade = u8::try_from(shade * 60)?;
        file.write_all(&vec![shade; usize::try_from(bytes)?])?;
    }
    let pool = shm.create_pool(memory.as_fd(), bytes * count, handle, ());
    let buffers = (0..BUFFERS)
        .map(|index| {
            let offset = i32::try_from(index).unwrap_or(0) * bytes;
            let format = wl_shm::Format::Xrgb8888;
            pool.create_buffer(offset, width, height, width * 4, format, handle, index)
        })
        .collect();
    Ok((memory, buffers))
}

impl Dispatch<wl_buffer::WlBuffer, usize> for Told {
    fn event(
        told: &mut Self,
        _: &wl_buffer::WlBuffer,
        event: wl_buffer::Event,
        index: &usize,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let wl_buffer::Event::Release = event {
            told.free[*index] = true;
        }
    }
}

impl Dispatch<wl_callback::WlCallback, ()> for Told {
    fn event(
        told: &mut Self,
        _: &wl_callback::WlCallback,
        _: wl_callback::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        told.frames += 1;
        told.due = Some(now());
    }
}

impl Dispatch<wp_presentation_feedback::WpPresentationFeedback, Nanos> for Told {
    fn event(
        told: &mut Self,
        _: &wp_presentation_feedback::WpPresentationFeedback,
        event: wp_presentation_feedback::Event,
        committed: &Nanos,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wp_presentation_feedback::Event::Presented {
                tv_sec_hi,
                tv_sec_lo,
                tv_nsec,
                ..
            } => {
                let seconds = u64::from(tv_sec_hi) << 32 | u64::from(tv_sec_lo);
                told.shown.push(Shown {
                    committed: *committed,
                    presented: seconds * 1_000_000_000 + u64::from(tv_nsec),
                });
            }
            wp_presentation_feedback::Event::Discarded => told.discarded += 1,
            _ => {}
        }
    }
}

impl Dispatch<xdg_surface::XdgSurface, ()> for Told {
    fn event(
        told: &mut Self,
        surface: &xdg_surface::XdgSurface,
        event: xdg_surface::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        if let xdg_surface::Event::Configure { serial } = event {
            surface.ack_configure(serial);
            told.configured = true;
        }
    }
}

impl Dispatch<xdg_wm_base::XdgWmBase, ()> for Told {
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

impl Dispatch<wl_seat::WlSeat, ()> for Told {
    fn event(
        told: &mut Self,
        seat: &wl_seat::WlSeat,
        event: wl_seat::Event,
        (): &(),
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        if let wl_seat::Event::Capabilities {
            capabilities: WEnum::Value(has),
        } = event
            && has.contains(wl_seat::Capability::Pointer)
            && !told.has_pointer
        {
            told.has_pointer = true;
            seat.get_pointer(handle, ());
        }
    }
}

impl Dispatch<wl_pointer::WlPointer, ()> for Told {
    fn event(
        told: &mut Self,
        _: &wl_pointer::WlPointer,
        event: wl_pointer::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        // Its first place over the window comes with the entering.
        if let wl_pointer::Event::Enter { .. } | wl_pointer::Event::Motion { .. } = event {
            told.motions.push(now());
        }
    }
}

impl Dispatch<wl_registry::WlRegistry, GlobalListContents> for Told {
    fn event(
        _: &mut Self,
        _: &wl_registry::WlRegistry,
        _: <wl_registry::WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}

delegate_noop!(Told: wl_compositor::WlCompositor);
delegate_noop!(Told: wl_shm_pool::WlShmPool);
delegate_noop!(Told: ignore wl_shm::WlShm);
delegate_noop!(Told: ignore wl_output::WlOutput);
delegate_noop!(Told: ignore wl_surface::WlSurface);
delegate_noop!(Told: ignore xdg_toplevel::XdgToplevel);
delegate_noop!(Told: ignore wp_presentation::WpPresentation);
delegate_noop!(Told: zwlr_virtual_pointer_manager_v1::ZwlrVirtualPointerManagerV1);
delegate_noop!(Told: zwlr_virtual_pointer_v1::ZwlrVirtualPointerV1);
