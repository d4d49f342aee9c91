//! The state as `/desktop` tells it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::handlers::hints_of;
use smithay::desktop::{LayerSurface, find_popup_root_surface};
use smithay::wayland::shell::wlr_layer::Layer;
use trees::desktop::{
    InputStatus, Keyboard, Layer as LayerStatus, OutputPerf, OutputStatus, Perf, Rect, Status,
    WindowPlace, WindowStatus, Workspace,
};

use crate::goblin::Goblin;
use crate::layers::layer_map_for_output;
use crate::layout::{self, WindowId};
use crate::outputs::{OutputState, turn_name};

impl Goblin {
    pub(super) fn desktop_status(&self) -> Status {
        Status {
            rev: self.control.rev.load(Ordering::Relaxed),
            backend: self.backend_kind().to_owned(),
            wayland_display: self.socket.clone(),
            x11_display: self.x11_display(),
            x11_running: self.x11_runs(),
            focus: self.keyboard_window().map(|id| id.0),
            outputs: self
                .outputs
                .iter()
                .map(|output| output.output.name())
                .collect(),
            disabled: self
                .parked
                .iter()
                .map(|parked| parked.name.clone())
                .collect(),
            windows: self.layout.stacking().iter().rev().map(|id| id.0).collect(),
            choosing: self.choosing_status(),
            locked: self.globals.lock.is_on(),
            testing: self.testing,
            theme: self.config.theme.name().to_owned(),
            config: self.config_file.told(),
            questions: self.selections.questions(),
            since: self.control.since,
        }
    }

    pub(super) fn desktop_perf(&self) -> Perf {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let of = |state: &OutputState| {
            let times = state.costs.times();
            OutputPerf {
                name: state.output.name(),
                frames: state.frames,
                empty: state.costs.empty,
                damage: state.costs.damage,
                last_us: micros(times.last),
                median_us: micros(times.median),
                worst_us: micros(times.worst),
            }
        };
        let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let cpu = Duration::try_from(cpu).unwrap_or_default();
        Perf {
            wakeups: self.wakeups,
            cpu_ms: u64::try_from(cpu.as_millis()).unwrap_or(u64::MAX),
            since: self.control.since,
            faults: self.faults.count,
            outputs: self.outputs.iter().map(of).collect(),
        }
    }

    pub(super) fn input_status(&mut self) -> InputStatus {
        InputStatus {
            rev: self.control.rev.load(Ordering::Relaxed),
            keyboard: self.keyboard_status(),
            pointer: self.input.pointer_shown_at().map(|at| (at.x, at.y)),
            input_method: self.globals.input_method.is_there(),
            devices: self.input.devices.clone(),
        }
    }

    fn keyboard_status(&mut self) -> Keyboard {
        let config = &self.config.keyboard;
        let mut status = Keyboard {
            layouts: Vec::new(),
            layout: String::new(),
            caps_lock: false,
            num_lock: false,
            repeat_delay: config.repeat_delay,
            repeat_rate: config.repeat_rate,
        };
        let Some(keyboard) = self.seat.get_keyboard() else {
            return status;
        };
        let modifiers = keyboard.modifier_state();
        (status.caps_lock, status.num_lock) = (modifiers.caps_lock, modifiers.num_lock);
        keyboard.with_xkb_state(self, |context| {
            if let Ok(xkb) = context.xkb().lock() {
                let name = |layout| xkb.layout_name(layout).to_owned();
                status.layouts = xkb.layouts().map(name).collect();
                status.layout = name(xkb.active_layout());
            }
        });
        status
    }

    pub(super) fn output_status(&self, name: &str) -> Option<OutputStatus> {
        let state = self.output_named(name)?;
        let geometry = self.layout.output(state.id)?.geometry;
        let mode = state.output.current_mode()?;
        Some(OutputStatus {
            rev: self.control.rev.load(Ordering::Relaxed),
            name: name.to_owned(),
            geometry: rect(geometry),
            mode: (mode.size.w, mode.size.h),
            refresh: mode.refresh,
            scale: state.scale(),
            transform: turn_name(state.output.current_transform()).to_owned(),
            powered: state.powered,
            frames: state.frames,
            last_frame: state.last_frame,
            layers: self.layers(state),
            workspaces: self.workspaces(state),
        })
    }

    /// The workspaces of an output, in order.
    pub(super) fn workspaces(&self, state: &OutputState) -> Vec<Workspace> {
        let active = self.layout.active_workspace(state.id);
        let row = self.layout.workspaces(state.id).iter();
        let numbers = |ids: &[WindowId]| ids.iter().map(|id| id.0).collect::<Vec<_>>();
        row.filter_map(|id| {
            let workspace = self.layout.workspace(*id)?;
            let splits = |column: layout::TileColumn<'_>| column.map(numbers).collect();
            Some(Workspace {
                id: id.0,
                name: workspace.name().map(str::to_owned),
                active: active == Some(*id),
                tiling: workspace.is_tiling(),
                windows: self.layout.windows_in(*id).map(|id| id.0).collect(),
                columns: workspace.columns().map(splits).collect(),
            })
        })
        .collect()
    }

    fn window_place(&self, model: &layout::Window) -> WindowPlace {
        WindowPlace {
            workspace: match model.place() {
                layout::Place::Workspace(id) => Some(id.0),
                layout::Place::Sticky | layout::Place::Scratch => None,
            },
            visible: self.layout.is_visible(model.id()),
            tiled: model.is_tiled(),
            snapped: match model.placement() {
                layout::Placement::Snapped(part) => Some(part.word().to_owned()),
                _ => None,
            },
            sticky: model.is_sticky(),
            on_top: model.is_on_top(),
            scratch: model.is_scratch(),
            parent: model.parent().map(|parent| parent.0),
        }
    }

    /// The layer surfaces that an output shows, from bottom to top.
    pub(super) fn layers(&self, state: &OutputState) -> Vec<LayerStatus> {
        let map = layer_map_for_output(&state.output);
        let kinds = [
            (Layer::Background, "background"),
            (Layer::Bottom, "bottom"),
            (Layer::Top, "top"),
            (Layer::Overlay, "overlay"),
        ];
        let shown = |surface: &&LayerSurface| Self::has_content(surface.wl_surface());
        let layers = kinds.into_iter().flat_map(|(kind, word)| {
            map.layers_on(kind)
                .filter(shown)
                .filter_map(|surface| {
                    let mut place = map.layer_geometry(surface)?;
                    place.loc += state.origin();
                    Some(LayerStatus {
                        namespace: surface.namespace().to_owned(),
                        layer: word.to_owned(),
                        geometry: rect(place),
                    })
                })
                .collect::<Vec<_>>()
        });
        layers.collect()
    }

    /// The window as it is now, with the revision that was published last.
    pub(super) fn window_status(&self, id: WindowId) -> Option<WindowStatus> {
        let (window, model) = (self.windows.get(id)?, self.layout.window(id)?);
        let output = model.output().and_then(|output| self.output_state(output));
        Some(WindowStatus {
            rev: self.control.window_rev(id),
            id: id.0,
            title: window.title.clone(),
            app_id: window.app_id.clone(),
            domain: window.domain.name().to_owned(),
            pid: window.pid,
            geometry: rect(self.layout.content_rect(id)?),
            frame: rect(self.layout.frame_rect(id)?),
            output: output.map(|output| output.output.name()),
            focused: self.keyboard_window() == Some(id),
            maximized: model.is_maximised(),
            fullscreen: model.is_fullscreen(),
            minimized: model.is_minimised(),
            hints: hints_of(window),
            place: self.window_place(model),
        })
    }

    /// The window that has the keyboard, itself or through one of its popups.
    pub(crate) fn keyboard_window(&self) -> Option<WindowId> {
        let focus = self.seat.get_keyboard()?.current_focus()?;
        self.windows.id_of(&focus).or_else(|| {
            let popup = self.popups.find_popup(&focus)?;
            self.windows.id_of(&find_popup_root_surface(&popup).ok()?)
        })
    }
}

fn rect(rect: layout::Rect) -> Rect {
    Rect {
        x: rect.loc.x,
        y: rect.loc.y,
        width: rect.size.w,
        height: rect.size.h,
    }
}
