//! The pointer: motion, buttons, the wheel.

use smithay::backend::input::ButtonState;
use smithay::desktop::PopupPointerGrab;
use smithay::input::pointer::{
    AxisFrame, ButtonEvent, CursorIcon, CursorImageSurfaceData, MotionEvent, PointerHandle,
};
use smithay::reexports::wayland_server::protocol::wl_surface::WlSurface;
use smithay::utils::{Logical, Point, SERIAL_COUNTER};
use smithay::wayland::compositor::{SurfaceAttributes, with_states};

use super::Hover;
use super::grab::{Grab, edge_cursor};
use super::hit::{Hit, Owner};
use crate::goblin::Goblin;
use crate::handlers::bounded_place;
use crate::layout::{Edges, FramePart, OutputId, Placement, WindowId};

/// `BTN_LEFT` of linux/input-event-codes.h.
pub(crate) const LEFT: u32 = 0x110;
/// `BTN_RIGHT`.
pub(crate) const RIGHT: u32 = 0x111;
/// `BTN_MIDDLE`.
pub(crate) const MIDDLE: u32 = 0x112;

/// Two presses on a title bar within this time are a double click, in milliseconds.
const DOUBLE_CLICK: u32 = 400;

/// Whether the input belongs to a popup of a client, such as a menu.
pub(super) fn in_menu(pointer: &PointerHandle<Goblin>) -> bool {
    pointer
        .with_grab(|_, grab| grab.as_any().is::<PopupPointerGrab<Goblin>>())
        .unwrap_or(false)
}

/// The surface of a hit, and where its origin lies.
fn focus_of(hit: &Hit) -> Option<(WlSurface, Point<f64, Logical>)> {
    match hit {
        Hit::Surface {
            surface, origin, ..
        } => Some((surface.clone(), *origin)),
        Hit::Frame(..) | Hit::Nothing => None,
    }
}

impl Goblin {
    /// The seat's pointer. It is added when the state is made and never taken away.
    pub(super) fn pointer(&self) -> Option<PointerHandle<Goblin>> {
        self.seat.get_pointer()
    }

    /// Where the pointer is.
    pub(crate) fn pointer_location(&self) -> Point<f64, Logical> {
        self.pointer()
            .map(|pointer| pointer.current_location())
            .unwrap_or_default()
    }

    /// The output the pointer is on.
    pub(crate) fn output_of_pointer(&self) -> Option<OutputId> {
        self.output_of(self.pointer_location())
    }

    /// A surface has committed: what is dragged, and the pointer's picture, move by the offset that it
    /// names.
    pub(crate) fn apply_offset(&mut self, surface: &WlSurface) {
        let offset = with_states(surface, |states| {
            let mut attributes = states.cached_state.get::<SurfaceAttributes>();
            attributes.current().buffer_delta.take()
        });
        let Some(offset) = offset else { return };
        if let Some(icon) = &mut self.input.dnd_icon
            && icon.surface == *surface
        {
            icon.offset = bounded_place(icon.offset + offset);
        }
        with_states(surface, |states| {
            let data = states.data_map.get::<CursorImageSurfaceData>();
            if let Some(mut cursor) = data.and_then(|data| data.lock().ok()) {
                cursor.hotspot = bounded_place(cursor.hotspot - offset);
            }
        });
    }

    fn output_of(&self, pos: Point<f64, Logical>) -> Option<OutputId> {
        let output = self.layout.output_near(pos.to_i32_floor());
        output.map(|output| output.id)
    }

    /// Milliseconds of the monotonic clock, as events carry them.
    pub(crate) fn now_ms(&self) -> u32 {
        self.clock.now().as_millis()
    }

    /// The pointer is at a place now, whoever put it there.
    pub(super) fn move_pointer(&mut self, pos: Point<f64, Logical>, time: u32) {
        let before = self.input.shown_at.replace(pos);
        self.queue_redraw_at(before);
        self.queue_redraw_at(Some(pos));
        let output = self.output_of(pos);
        if let Some(output) =
            output.filter(|_| output != before.and_then(|before| self.output_of(before)))
        {
            self.layout.set_current_output(output);
        }
        let held = self.move_grab(pos) || self.point_at_choice(pos);
        let hit = if held { Hit::Nothing } else { self.hit(pos) };
        if !held {
            self.hover(&hit);
        }
        self.send_motion(pos, &hit, time);
        self.move_dragged(pos);
        self.refresh_constraint();
    }

    /// What lies under the pointer may have changed while it stood still.
    pub(crate) fn refresh_pointer(&mut self) {
        self.input.scene_changed = false;
        let Some(pos) = self.input.shown_at else {
            return;
        };
        if self.input.grab != Grab::None || self.drags_picture() {
            return;
        }
        let hit = self.hit(pos);
        self.hover(&hit);
        let (Some(pointer), time) = (self.pointer(), self.now_ms()) else {
            return;
        };
        let under = focus_of(&hit);
        let focus = under.as_ref().map(|(surface, _)| surface);
        if pointer.current_focus().as_ref() != focus || self.input.pointer_origin != under {
            self.send_motion(pos, &hit, time);
        }
    }

    fn send_motion(&mut self, pos: Point<f64, Logical>, hit: &Hit, time: u32) {
        let Some(pointer) = self.pointer() else {
            return;
        };
        let focus = focus_of(hit);
        self.input.pointer_origin.clone_from(&focus);
        let serial = SERIAL_COUNTER.next_serial();
        let focus = self.let_drag_in(focus);
        let event = MotionEvent {
            location: pos,
            serial,
            time,
        };
        pointer.motion(self, focus.clone(), &event);
        // The first motion after a menu is gone only ends its grab in smithay 0.7.0: the pointer stays
        // where it was.
        if pointer.current_location() != pos {
            pointer.motion(self, focus, &event);
        }
        pointer.frame(self);
    }

    /// The nearest point that is on an output.
    pub(super) fn confined(&self, pos: Point<f64, Logical>) -> Point<f64, Logical> {
        let finite = |value: f64| {
            if value.is_finite() {
                value.clamp(-1e6, 1e6)
            } else {
                0.0
            }
        };
        let pos: Point<f64, Logical> = (finite(pos.x), finite(pos.y)).into();
        let whole = pos.to_i32_floor();
        let inside = self.layout.confine(whole);
        if inside == whole {
            pos
        } else {
            inside.to_f64()
        }
    }

    fn queue_redraw_at(&mut self, pos: Option<Point<f64, Logical>>) {
        let Some(pos) = pos else { return };
        if let Some(id) = self
            .layout
            .output_near(pos.to_i32_floor())
            .map(|output| output.id)
        {
            self.queue_redraw(id);
        }
    }

    /// Marks the part of a frame under the pointer, and gives the pointer its shape.
    fn hover(&mut self, hit: &Hit) {
        let pressed = self.input.hover.filter(|hover| hover.pressed);
        let hover = match hit {
            Hit::Frame(window, part) => {
                let held = pressed.is_some_and(|old| (old.window, old.part) == (*window, *part));
                Some(Hover {
                    window: *window,
                    part: *part,
                    pressed: held,
                })
            }
            Hit::Surface { .. } | Hit::Nothing => None,
        };
        self.input.own_cursor = match hit {
            Hit::Frame(_, FramePart::Edge(edges)) => Some(edge_cursor(*edges)),
            Hit::Frame(..) | Hit::Nothing => Some(CursorIcon::Default),
            Hit::Surface { .. } => None,
        };
        if self.input.hover != hover {
            self.input.hover = hover;
            self.queue_redraw_all();
        }
    }

    /// The pointer is ours now: the client under it loses it.
    pub(crate) fn take_pointer(&mut self) {
        let (Some(pointer), time) = (self.pointer(), self.now_ms()) else {
            return;
        };
        let serial = SERIAL_COUNTER.next_serial();
        if pointer.is_grabbed() {
            pointer.unset_grab(self, serial, time);
        }
        let location = pointer.current_location();
        pointer.motion(
            self,
            None,
            &MotionEvent {
                location,
                serial,
                time,
            },
        );
        pointer.frame(self);
    }

    /// A button went down or up.
    pub(crate) fn pointer_button(&mut self, button: u32, state: ButtonState, time: u32) {
        let Some(pointer) = self.pointer() else {
            return;
        };
        self.input_happened();
        self.input.super_alone = false;
        let pos = pointer.current_location();
        if state == ButtonState::Released {
            self.release_choice(pos);
            self.button_released(button, pos, time);
            return;
        }
        if pointer.is_grabbed() {
            // A menu, a drag, or a second button of a click: the grab decides. A press outside a
            // menu closes it and moves the focus to what was hit.
            let menu = in_menu(&pointer);
            self.send_button(button, state, time);
            if menu && !in_menu(&pointer) {
                self.focus_hit(&self.hit(pos));
            }
            return;
        }
        if self.press_choice(pos, button) {
            self.input.taken_buttons.push(button);
            return;
        }
        let hit = self.hit(pos);
        self.focus_hit(&hit);
        if self.button_bound(button, &hit, pos) {
            self.input.taken_buttons.push(button);
            return;
        }
        match hit {
            Hit::Frame(window, part) => {
                self.input.taken_buttons.push(button);
                if button == LEFT {
                    self.frame_pressed(window, part, pos, time);
                }
            }
            Hit::Surface { .. } | Hit::Nothing => self.send_button(button, state, time),
        }
    }

    fn button_released(&mut self, button: u32, pos: Point<f64, Logical>, time: u32) {
        let taken = self
            .input
            .taken_buttons
            .iter()
            .position(|taken| *taken == button);
        let grabbed = self.end_grab(pos);
        let released = self.input.hover.filter(|hover| hover.pressed);
        if let Some(hover) = &mut self.input.hover {
            hover.pressed = false;
        }
        match taken {
            Some(index) => drop(self.input.taken_buttons.remove(index)),
            None => self.send_button(button, ButtonState::Released, time),
        }
        if let (Some(hover), false) = (released, grabbed) {
            self.frame_clicked(hover.window, hover.part);
            self.queue_redraw_all();
        }
        if grabbed {
            // The pointer is the client's again.
            let hit = self.hit(pos);
            self.hover(&hit);
            self.send_motion(pos, &hit, time);
        }
    }

    fn send_button(&mut self, button: u32, state: ButtonState, time: u32) {
        let Some(pointer) = self.pointer() else {
            return;
        };
        let serial = SERIAL_COUNTER.next_serial();
        pointer.button(
            self,
            &ButtonEvent {
                serial,
                time,
                button,
                state,
            },
        );
        pointer.frame(self);
    }

    /// Super and a button anywhere on a window move and resize it.
    fn button_bound(&mut self, button: u32, hit: &Hit, pos: Point<f64, Logical>) -> bool {
        let window = match hit {
            Hit::Surface {
                of: Owner::Window(id),
                ..
            }
            | Hit::Frame(id, _) => *id,
            Hit::Surface { .. } | Hit::Nothing => return false,
        };
        let logo = self
            .seat
            .get_keyboard()
            .is_some_and(|keyboard| keyboard.modifier_state().logo);
        match button {
            LEFT if logo => self.begin_move(window, pos),
            RIGHT if logo => {
                let Some(frame) = self.layout.frame_rect(window) else {
                    return false;
                };
                self.begin_resize(window, Edges::nearest(frame, pos.to_i32_floor()), pos);
            }
            _ => return false,
        }
        true
    }

    fn frame_pressed(
        &mut self,
        window: WindowId,
        part: FramePart,
        pos: Point<f64, Logical>,
        time: u32,
    ) {
        match part {
            FramePart::Edge(edges) => self.begin_resize(window, edges, pos),
            FramePart::Tab(index) => {
                let tab = self
                    .layout
                    .tabs(window)
                    .and_then(|(tabs, _)| tabs.get(index).copied());
                if let Some(tab) = tab {
                    self.focus_window(tab);
                    self.input.grab = Grab::Pressed {
                        window: tab,
                        at: pos,
                    };
                }
            }
            FramePart::TitleBar => {
                let last = self.input.last_press.replace((time, window));
                let double = last
                    .is_some_and(|(at, id)| id == window && time.wrapping_sub(at) <= DOUBLE_CLICK);
                if double {
                    self.input.last_press = None;
                    self.toggle_maximised(window);
                } else {
                    self.input.grab = Grab::Pressed { window, at: pos };
                }
            }
            FramePart::Minimise | FramePart::Maximise | FramePart::Close => {
                self.input.hover = Some(Hover {
                    window,
                    part,
                    pressed: true,
                });
                self.queue_redraw_all();
            }
        }
    }

    /// A button of a frame was pressed and released over it.
    fn frame_clicked(&mut self, window: WindowId, part: FramePart) {
        match part {
            FramePart::Close => self.close_window(window),
            FramePart::Maximise => self.toggle_maximised(window),
            FramePart::Minimise => {
                self.layout.set_minimised(window, true);
                self.layout_changed();
            }
            FramePart::TitleBar | FramePart::Tab(_) | FramePart::Edge(_) => {}
        }
    }

    pub(crate) fn toggle_maximised(&mut self, window: WindowId) {
        let maximised = self
            .layout
            .window(window)
            .is_some_and(crate::layout::Window::is_maximised);
        let placement = if maximised {
            Placement::Floating
        } else {
            Placement::Maximised
        };
        self.layout.set_placement(window, placement);
        self.layout_changed();
    }

    /// The wheel turned, or fingers slid.
    pub(crate) fn pointer_axis(&mut self, frame: AxisFrame) {
        let Some(pointer) = self.pointer() else {
            return;
        };
        self.input_happened();
        pointer.axis(self, frame);
        pointer.frame(self);
    }
}
