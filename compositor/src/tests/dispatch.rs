//! What a test's client was told, in order.

use std::collections::HashMap;

use wayland_client::backend::ObjectId;
use wayland_client::protocol::{
    wl_buffer, wl_callback, wl_compositor, wl_keyboard, wl_output, wl_pointer, wl_region,
    wl_registry, wl_seat, wl_shm, wl_shm_pool, wl_subcompositor, wl_subsurface, wl_surface,
};
use wayland_client::{Connection, Dispatch, Proxy, QueueHandle, WEnum, delegate_noop};
use wayland_protocols::wp::fractional_scale::v1::client::{
    wp_fractional_scale_manager_v1::WpFractionalScaleManagerV1,
    wp_fractional_scale_v1::{self, WpFractionalScaleV1},
};
use wayland_protocols::wp::single_pixel_buffer::v1::client::wp_single_pixel_buffer_manager_v1::WpSinglePixelBufferManagerV1;
use wayland_protocols::wp::viewporter::client::{
    wp_viewport::WpViewport, wp_viewporter::WpViewporter,
};
use wayland_protocols::xdg::decoration::zv1::client::{
    zxdg_decoration_manager_v1::ZxdgDecorationManagerV1, zxdg_toplevel_decoration_v1,
};
use wayland_protocols::xdg::shell::client::{
    xdg_popup, xdg_positioner::XdgPositioner, xdg_surface, xdg_toplevel, xdg_wm_base,
};
use wayland_protocols_wlr::layer_shell::v1::client::{
    zwlr_layer_shell_v1::ZwlrLayerShellV1, zwlr_layer_surface_v1,
};

/// One configure of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Configure {
    pub(super) size: (i32, i32),
    pub(super) states: Vec<xdg_toplevel::State>,
}

impl Configure {
    pub(super) fn has(&self, state: xdg_toplevel::State) -> bool {
        self.states.contains(&state)
    }
}

#[derive(Default)]
pub(super) struct Heard {
    pub(super) globals: HashMap<String, (u32, u32)>,
    /// How often a registry was told of a global.
    pub(super) globals_told: u32,
    pub(super) syncs: u32,
    /// Configures of each toplevel.
    pub(super) windows: HashMap<ObjectId, Vec<Configure>>,
    /// Toplevels asked to close.
    pub(super) closes: Vec<ObjectId>,
    /// Last configure serial of each xdg_surface.
    serials: HashMap<ObjectId, u32>,
    /// Serial, width and height of the configures of each layer surface.
    pub(super) layers: HashMap<ObjectId, Vec<(u32, u32, u32)>>,
    /// Layer surfaces told to go.
    pub(super) layers_closed: Vec<ObjectId>,
    /// Place and size of each popup, last configured.
    pub(super) popups: HashMap<ObjectId, (i32, i32, i32, i32)>,
    pub(super) popups_done: Vec<ObjectId>,
    /// The surface that has the keyboard.
    pub(super) keyboard: Option<ObjectId>,
    /// Keys heard: code and whether it is down.
    pub(super) keys: Vec<(u32, bool)>,
    /// The surface under the pointer, and where on it.
    pub(super) pointer: Option<(ObjectId, f64, f64)>,
    /// The serial of the event that gave the pointer.
    pub(super) pointer_serial: u32,
    /// What the pointer did over surfaces, in order: where it came or went, `press`, `scroll`.
    pub(super) pointer_acts: Vec<String>,
    /// Serials of presses.
    pub(super) presses: Vec<u32>,
    /// Scrolled so far, right and down.
    pub(super) scrolled: (f64, f64),
    /// Frame callbacks that came.
    pub(super) frames: u32,
    pub(super) decoration: Option<zxdg_toplevel_decoration_v1::Mode>,
    /// Clipboard and drags.
    pub(super) data: super::selection::HeardData,
    pub(super) control: super::data_control::HeardControl,
    /// Primary selections.
    pub(super) marked: super::crossing_drag::HeardPrimary,
    /// What windows and other surfaces were told, in order.
    pub(super) told: Vec<String>,
    /// What objects said whose protocol only one test speaks, in order.
    pub(super) notes: Vec<(ObjectId, String)>,
}

impl Heard {
    /// The last configure of a surface that is not acknowledged yet.
    pub(super) fn take_serial(&mut self, surface: &xdg_surface::XdgSurface) -> Option<u32> {
        self.serials.remove(&surface.id())
    }

    /// What an object said, in order, each as the event's `Debug` writes it; what is told here is
    /// not told again.
    pub(super) fn take_notes(&mut self, object: &impl Proxy) -> Vec<String> {
        let id = object.id();
        let (mine, others) = std::mem::take(&mut self.notes)
            .into_iter()
            .partition(|(other, _)| *other == id);
        self.notes = others;
        let mine: Vec<(ObjectId, String)> = mine;
        mine.into_iter().map(|(_, note)| note).collect()
    }

    /// Whether a drag is over one of this client's surfaces.
    pub(super) fn dragged_over(&self) -> bool {
        self.data.is_dragged_over()
    }

    pub(super) fn configures(&self, toplevel: &xdg_toplevel::XdgToplevel) -> &[Configure] {
        self.windows.get(&toplevel.id()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn last_configure(&self, toplevel: &xdg_toplevel::XdgToplevel) -> &Configure {
        self.configures(toplevel)
            .last()
            .expect("the window was configured")
    }
}

/// Marks the callback of a frame, so that it is told from that of a sync.
pub(super) struct FrameMark;

/// Notes what objects of some kinds say, for [`Heard::take_notes`].
macro_rules! note_events {
    ($($proxy:ty),+ $(,)?) => {$(
        impl wayland_client::Dispatch<$proxy, ()> for $crate::tests::dispatch::Heard {
            fn event(
                heard: &mut Self,
                object: &$proxy,
                event: <$proxy as wayland_client::Proxy>::Event,
                (): &(),
                _: &wayland_client::Connection,
                _: &wayland_client::QueueHandle<Self>,
            ) {
                let id = wayland_client::Proxy::id(object);
                heard.notes.push((id, format!("{event:?}")));
            }
        }
    )+};
}
pub(super) use note_events;

macro_rules! hear {
    ($proxy:ty, $data:ty, |$heard:ident, $object:ident, $event:ident| $body:block) => {
        impl Dispatch<$proxy, $data> for Heard {
            fn event(
                $heard: &mut Self,
                $object: &$proxy,
                $event: <$proxy as Proxy>::Event,
                _: &$data,
                _: &Connection,
                _: &QueueHandle<Self>,
            ) $body
        }
    };
}

hear!(wl_registry::WlRegistry, (), |heard, _registry, event| {
    if let wl_registry::Event::Global {
        name,
        interface,
        version,
    } = event
    {
        heard.globals_told += 1;
        heard.globals.entry(interface).or_insert((name, version));
    }
});
hear!(wl_callback::WlCallback, (), |heard, _callback, _event| {
    heard.syncs += 1;
});
hear!(
    wl_callback::WlCallback,
    FrameMark,
    |heard, _callback, _event| {
        heard.frames += 1;
    }
);
hear!(xdg_wm_base::XdgWmBase, (), |_heard, base, event| {
    if let xdg_wm_base::Event::Ping { serial } = event {
        base.pong(serial);
    }
});
hear!(xdg_surface::XdgSurface, (), |heard, surface, event| {
    if let xdg_surface::Event::Configure { serial } = event {
        heard.told.push("xdg_surface: configure".to_owned());
        heard.serials.insert(surface.id(), serial);
    }
});
hear!(xdg_toplevel::XdgToplevel, (), |heard, toplevel, event| {
    match event {
        xdg_toplevel::Event::Configure {
            width,
            height,
            states,
        } => {
            let states = numbers(&states);
            let states: Vec<xdg_toplevel::State> =
                states.filter_map(|number| number.try_into().ok()).collect();
            heard.told.push(format!(
                "xdg_toplevel: configure {width}x{height} {states:?}"
            ));
            let configure = Configure {
                size: (width, height),
                states,
            };
            heard
                .windows
                .entry(toplevel.id())
                .or_default()
                .push(configure);
        }
        xdg_toplevel::Event::Close => heard.closes.push(toplevel.id()),
        xdg_toplevel::Event::ConfigureBounds { width, height } => heard
            .told
            .push(format!("xdg_toplevel: bounds {width}x{height}")),
        xdg_toplevel::Event::WmCapabilities { capabilities } => {
            let can = numbers(&capabilities);
            let can: Vec<xdg_toplevel::WmCapabilities> =
                can.filter_map(|number| number.try_into().ok()).collect();
            heard
                .told
                .push(format!("xdg_toplevel: capabilities {can:?}"));
        }
        _ => {}
    }
});
hear!(xdg_popup::XdgPopup, (), |heard, popup, event| {
    match event {
        xdg_popup::Event::Configure {
            x,
            y,
            width,
            height,
        } => {
            heard
                .told
                .push(format!("xdg_popup: configure {x},{y} {width}x{height}"));
            heard.popups.insert(popup.id(), (x, y, width, height));
        }
        xdg_popup::Event::PopupDone => heard.popups_done.push(popup.id()),
        _ => {}
    }
});
hear!(
    zwlr_layer_surface_v1::ZwlrLayerSurfaceV1,
    (),
    |heard, layer, event| {
        if let zwlr_layer_surface_v1::Event::Closed = event {
            heard.layers_closed.push(layer.id());
        }
        if let zwlr_layer_surface_v1::Event::Configure {
            serial,
            width,
            height,
        } = event
        {
            heard
                .told
                .push(format!("zwlr_layer_surface_v1: configure {width}x{height}"));
            heard
                .layers
                .entry(layer.id())
                .or_default()
                .push((serial, width, height));
        }
    }
);
hear!(
    zxdg_toplevel_decoration_v1::ZxdgToplevelDecorationV1,
    (),
    |heard, _decoration, event| {
        if let zxdg_toplevel_decoration_v1::Event::Configure { mode } = event {
            heard.told.push(format!("decoration: {mode:?}"));
            heard.decoration = mode.into_result().ok();
        }
    }
);
hear!(wl_keyboard::WlKeyboard, (), |heard, _keyboard, event| {
    match event {
        wl_keyboard::Event::Enter { surface, .. } => {
            heard.told.push("wl_keyboard: enter".to_owned());
            heard.keyboard = Some(surface.id());
        }
        wl_keyboard::Event::Leave { .. } => heard.keyboard = None,
        wl_keyboard::Event::Key { key, state, .. } => {
            let down = state == WEnum::Value(wl_keyboard::KeyState::Pressed);
            heard.keys.push((key, down));
        }
        _ => {}
    }
});
hear!(wl_pointer::WlPointer, (), |heard, _pointer, event| {
    match event {
        wl_pointer::Event::Enter {
            surface,
            surface_x,
            surface_y,
            serial,
        } => {
            heard.pointer_serial = serial;
            heard.pointer = Some((surface.id(), surface_x, surface_y));
            heard.pointer_acts.push(format!("{surface_x} {surface_y}"));
        }
        wl_pointer::Event::Leave { .. } => heard.pointer = None,
        wl_pointer::Event::Motion {
            surface_x,
            surface_y,
            ..
        } => {
            if let Some((_, x, y)) = &mut heard.pointer {
                (*x, *y) = (surface_x, surface_y);
            }
            heard.pointer_acts.push(format!("{surface_x} {surface_y}"));
        }
        wl_pointer::Event::Axis { axis, value, .. } => {
            heard.pointer_acts.push("scroll".to_owned());
            match axis {
                WEnum::Value(wl_pointer::Axis::HorizontalScroll) => heard.scrolled.0 += value,
                _ => heard.scrolled.1 += value,
            }
        }
        wl_pointer::Event::Button {
            serial,
            state: WEnum::Value(wl_pointer::ButtonState::Pressed),
            ..
        } => {
            heard.pointer_acts.push("press".to_owned());
            heard.presses.push(serial);
        }
        _ => {}
    }
});

hear!(wl_surface::WlSurface, (), |heard, _surface, event| {
    let told = match event {
        wl_surface::Event::Enter { .. } => "enter".to_owned(),
        wl_surface::Event::Leave { .. } => "leave".to_owned(),
        wl_surface::Event::PreferredBufferScale { factor } => format!("scale {factor}"),
        wl_surface::Event::PreferredBufferTransform { transform } => {
            format!("transform {transform:?}")
        }
        _ => return,
    };
    heard.told.push(format!("wl_surface: {told}"));
});
hear!(WpFractionalScaleV1, (), |heard, _scale, event| {
    if let wp_fractional_scale_v1::Event::PreferredScale { scale } = event {
        heard
            .told
            .push(format!("wp_fractional_scale_v1: {scale}/120"));
    }
});

/// The numbers in an array of the wire. Their order means nothing: it is that of their size.
fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_ne_bytes);
    let mut numbers: Vec<u32> = bytes.chunks_exact(4).filter_map(number).collect();
    numbers.sort_unstable();
    numbers.into_iter()
}

delegate_noop!(Heard: ignore WpFractionalScaleManagerV1);
delegate_noop!(Heard: ignore wl_compositor::WlCompositor);
delegate_noop!(Heard: ignore wl_subcompositor::WlSubcompositor);
delegate_noop!(Heard: ignore wl_subsurface::WlSubsurface);
delegate_noop!(Heard: ignore wl_region::WlRegion);
delegate_noop!(Heard: ignore wl_shm::WlShm);
delegate_noop!(Heard: ignore wl_shm_pool::WlShmPool);
delegate_noop!(Heard: ignore wl_buffer::WlBuffer);
delegate_noop!(Heard: ignore wl_seat::WlSeat);
delegate_noop!(Heard: ignore wl_output::WlOutput);
delegate_noop!(Heard: ignore ZwlrLayerShellV1);
delegate_noop!(Heard: ignore ZxdgDecorationManagerV1);
delegate_noop!(Heard: ignore WpViewporter);
delegate_noop!(Heard: ignore WpViewport);
delegate_noop!(Heard: ignore WpSinglePixelBufferManagerV1);
delegate_noop!(Heard: ignore XdgPositioner);
