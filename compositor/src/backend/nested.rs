//! One output as a window of another desktop, X11 or Wayland, drawn with GLES.

use smithay::backend::renderer::damage::OutputDamageTracker;
use smithay::backend::renderer::gles::{GlesRenderer, GlesTexture};
use smithay::backend::winit::{self, WinitEvent, WinitGraphicsBackend};
use smithay::reexports::winit::dpi::LogicalSize;
use smithay::reexports::winit::window::Window as HostWindow;
use smithay::utils::{Physical, Size, Transform};

use super::{Backend, BackendError, DrawnFrame, area};
use crate::goblin::Goblin;
use crate::layout::OutputId;
use crate::outputs::{REFRESH, Setup};
use crate::render::{
    BACKGROUND, CaptureError, CursorLook, Drawn, Memory, Painter, Shot, Taken, Watch,
};

type Look = (Size<i32, Physical>, f64, Transform);

/// The backend in a window.
pub(crate) struct Nested {
    graphics: WinitGraphicsBackend<GlesRenderer>,
    painter: Painter<GlesRenderer>,
    /// The damage of the window, with the size, scale and transform it is for.
    tracker: Option<(Look, OutputDamageTracker)>,
}

impl Nested {
    /// Opens the window and gives the state its output, `nested-1`. The window's close button ends
    /// the session.
    pub(crate) fn start(
        goblin: &mut Goblin,
        size: (i32, i32),
        scale: f64,
    ) -> Result<(), BackendError> {
        let attributes = HostWindow::default_attributes()
            .with_title("goblin")
            .with_inner_size(LogicalSize::new(f64::from(size.0), f64::from(size.1)));
        let (graphics, events) = winit::init_from_attributes::<GlesRenderer>(attributes)
            .map_err(|error| BackendError::NoHost(error.to_string()))?;
        // The pointer is drawn by us, like everything else in the window.
        graphics.window().set_cursor_visible(false);
        let refresh = graphics
            .window()
            .current_monitor()
            .and_then(|monitor| monitor.refresh_rate_millihertz())
            .and_then(|rate| i32::try_from(rate).ok())
            .unwrap_or(REFRESH);
        let pixels = graphics.window_size();
        let backend = Self {
            graphics,
            painter: Painter::default(),
            tracker: None,
        };
        goblin.backend = Some(Backend::Nested(Box::new(backend)));
        let mut setup = Setup::of_size(pixels, scale);
        setup.mode.refresh = refresh;
        let setup = goblin.configured("nested-1", setup);
        let id = goblin.add_output("nested-1", setup);
        goblin
            .loop_handle
            .insert_source(events, move |event, (), goblin| match event {
                WinitEvent::Resized { size, .. } => {
                    let size = Size::from((size.w.max(1), size.h.max(1)));
                    goblin.change_output(id, Some(size), None);
                }
                WinitEvent::Input(event) => goblin.process_input(event, id),
                WinitEvent::CloseRequested => goblin.quit(),
                WinitEvent::Redraw => goblin.queue_redraw(id),
                WinitEvent::Focus(false) => goblin.release_all_keys(),
                WinitEvent::Focus(true) => {}
            })
            .map_err(|_| BackendError::EventLoop("the window"))?;
        Ok(())
    }

    pub(super) fn draw(&mut self, goblin: &Goblin, id: OutputId) -> Result<DrawnFrame, String> {
        let output = goblin.output_state(id).ok_or("the output is gone")?;
        let elements = self
            .painter
            .scene(self.graphics.renderer(), goblin, output, true);
        let turned = output.output.current_transform();
        let look = (output.mode_size(), output.scale(), turned);
        if !self.tracker.as_ref().is_some_and(|(of, _)| *of == look) {
            // EGL's windows have their origin at the bottom; the output is upright for clients.
            let transform = turned + Transform::Flipped180;
            let tracker = OutputDamageTracker::new(look.0, look.1, transform);
            self.tracker = Some((look, tracker));
        }
        let Some((_, tracker)) = &mut self.tracker else {
            return Err("no tracker".to_owned());
        };
        let (states, damage) = {
            // Binding comes first: the age of a buffer is known only of one that is bound.
            drop(self.graphics.bind().map_err(|error| error.to_string())?);
            let age = self.graphics.buffer_age().unwrap_or(0);
            let (renderer, mut target) = self.graphics.bind().map_err(|error| error.to_string())?;
            let drawn = tracker
                .render_output(renderer, &mut target, age, &elements, BACKGROUND)
                .map_err(|error| error.to_string())?;
            (drawn.states, drawn.damage.cloned())
        };
        if let Some(damage) = &damage {
            self.graphics
                .submit(Some(damage))
                .map_err(|error| error.to_string())?;
        }
        Ok(DrawnFrame {
            damage: damage.as_deref().map(area),
            states,
        })
    }

    pub(super) fn take<O>(
        &mut self,
        goblin: &Goblin,
        shot: &Shot,
        watch: Option<&mut Watch>,
        keep: impl FnOnce(&Drawn<'_>) -> O,
    ) -> Result<Option<Taken<O>>, CaptureError> {
        let renderer = self.graphics.renderer();
        self.painter
            .take::<GlesTexture, _>(renderer, goblin, shot, watch, Memory::None, keep)
    }

    pub(super) fn cursor_look(&mut self, goblin: &Goblin, scale: f64) -> Option<CursorLook> {
        let renderer = self.graphics.renderer();
        self.painter.cursor_look(renderer, goblin, scale)
    }
}
