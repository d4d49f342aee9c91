//! Keys, pointer and fingers while the switcher or the overview is open. What lies above the overview,
//! such as a bar, is used as ever.

use smithay::backend::input::TouchSlot;
use smithay::input::keyboard::{Keysym, ModifiersState};
use smithay::input::pointer::CursorIcon;
use smithay::utils::{Logical, Point};
use trees::desktop::{Direction, Verb};

use super::hit::Hit;
use super::pointer::{LEFT, MIDDLE};
use crate::config::Action;
use crate::goblin::Goblin;
use crate::layout::{OutputId, Rect, WindowId};
use crate::overview::{Held, Mode, Overview, Sheet, Spot};

/// What a key without a binding means while a window is being chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Go(Direction),
    Next,
    Previous,
    Take,
    Leave,
}

impl Choice {
    pub(super) fn of(symbol: Keysym) -> Option<Self> {
        Some(match symbol {
            Keysym::Left | Keysym::KP_Left => Choice::Go(Direction::Left),
            Keysym::Right | Keysym::KP_Right => Choice::Go(Direction::Right),
            Keysym::Up | Keysym::KP_Up => Choice::Go(Direction::Up),
            Keysym::Down | Keysym::KP_Down => Choice::Go(Direction::Down),
            Keysym::Tab => Choice::Next,
            Keysym::ISO_Left_Tab => Choice::Previous,
            Keysym::Return | Keysym::KP_Enter | Keysym::space => Choice::Take,
            Keysym::Escape => Choice::Leave,
            _ => return None,
        })
    }
}

/// The modifiers that a walk through the windows can be held open with.
pub(super) fn held(modifiers: &ModifiersState) -> Held {
    Held {
        ctrl: modifiers.ctrl,
        alt: modifiers.alt,
        logo: modifiers.logo,
    }
}

impl Goblin {
    /// The modifiers that are down.
    pub(super) fn held_now(&self) -> Held {
        let keyboard = self.seat.get_keyboard();
        keyboard.map_or_else(Held::default, |keyboard| held(&keyboard.modifier_state()))
    }

    /// Whether keys are for the choice of a window: one is being chosen, and neither a layer surface nor a
    /// menu of one has them.
    pub(super) fn keys_choose(&self) -> bool {
        self.is_choosing()
            && self.exclusive_layer().is_none()
            && self.input.layer_focus.is_none()
            && self.input.menu.is_none()
    }

    /// Whether a binding works meanwhile: in the switcher only those that are about it.
    pub(super) fn acts_while_choosing(&self, action: &Action) -> bool {
        let about_it = matches!(
            action,
            Action::Desktop(Verb::Switch { .. } | Verb::Overview { .. })
        );
        about_it || self.overview().is_some()
    }

    /// The window that is selected in the overview.
    pub(super) fn selected(&self) -> Option<WindowId> {
        self.overview()?.selected
    }

    /// A key without a binding was pressed.
    pub(super) fn choose_by_key(&mut self, choice: Choice) {
        if self.overview().is_some() {
            return self.choose_in_overview(choice);
        }
        let columns = self.panel().map_or(1, |panel| panel.columns());
        let columns = columns.cast_signed();
        let Mode::Switching(switcher) = &mut self.chooser.mode else {
            return;
        };
        match choice {
            Choice::Go(Direction::Left) | Choice::Previous => switcher.step(-1),
            Choice::Go(Direction::Right) | Choice::Next => switcher.step(1),
            Choice::Go(Direction::Up) => switcher.move_by(-columns),
            Choice::Go(Direction::Down) => switcher.move_by(columns),
            Choice::Take => return self.end_walk(),
            Choice::Leave => return self.stop_choosing(),
        }
        self.queue_redraw_all();
    }

    fn choose_in_overview(&mut self, choice: Choice) {
        let sheets = self.sheets();
        let pictures = sheets.iter().flat_map(|sheet| &sheet.thumbnails);
        let places: Vec<(WindowId, Rect)> = pictures.map(|of| (of.window, of.rect)).collect();
        let Mode::Overview(overview) = &mut self.chooser.mode else {
            return;
        };
        match choice {
            Choice::Go(direction) => overview.select_towards(direction, &places),
            Choice::Next => overview.select_beside(1, &places),
            Choice::Previous => overview.select_beside(-1, &places),
            Choice::Leave => return self.stop_choosing(),
            Choice::Take => {
                let selected = overview.selected;
                self.stop_choosing();
                selected.into_iter().for_each(|id| self.focus_window(id));
                return;
            }
        }
        self.queue_redraw_all();
    }

    fn sheets(&self) -> Vec<Sheet> {
        let outputs = self.layout.outputs().iter();
        outputs.filter_map(|output| self.sheet(output.id)).collect()
    }

    /// Whether a picture hangs at the pointer or at a finger.
    pub(super) fn drags_picture(&self) -> bool {
        self.overview().and_then(Overview::dragged).is_some()
    }

    /// Whether a place belongs to what is open, and not to a surface above it.
    fn is_for_choosing(&self, pos: Point<f64, Logical>) -> bool {
        let seen = self.overview().is_some() || self.switcher().is_some();
        seen && (self.drags_picture() || self.hit(pos) == Hit::Nothing)
    }

    /// What is at a place of the overview, the picture there, and the output.
    fn spot_at(&self, pos: Point<f64, Logical>) -> Option<(Spot, Option<Rect>, OutputId)> {
        let pos = pos.to_i32_floor();
        let output = self.layout.output_near(pos)?.id;
        let sheet = self.sheet(output)?;
        let spot = sheet.spot(pos);
        let picture = match spot {
            Spot::Window(window) => sheet.thumbnails.iter().find(|of| of.window == window),
            Spot::Close(_) | Spot::Workspace(_) | Spot::Ground(_) => None,
        };
        Some((spot, picture.map(|of| of.rect), output))
    }

    /// The pointer is at a place; returns whether that is for choosing only.
    pub(super) fn point_at_choice(&mut self, pos: Point<f64, Logical>) -> bool {
        if !self.is_for_choosing(pos) {
            if let Mode::Overview(overview) = &mut self.chooser.mode
                && overview.point_away()
            {
                self.queue_redraw_all();
            }
            return false;
        }
        let changed = match self.switcher() {
            Some(_) => self.point_at_cell(pos).is_some_and(|(_, changed)| changed),
            None => self.point_at_spot(pos),
        };
        if changed {
            self.queue_redraw_all();
        }
        let dragging = self.drags_picture();
        self.input.own_cursor = Some(if dragging {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Default
        });
        true
    }

    /// The window whose cell of the panel is at a place is chosen. Also: whether another one was.
    fn point_at_cell(&mut self, pos: Point<f64, Logical>) -> Option<(WindowId, bool)> {
        let window = self.panel()?.window_at(pos.to_i32_floor())?;
        match &mut self.chooser.mode {
            Mode::Switching(switcher) => Some((window, switcher.choose(window))),
            Mode::Closed | Mode::Overview(_) => None,
        }
    }

    fn point_at_spot(&mut self, pos: Point<f64, Logical>) -> bool {
        let spot = self.spot_at(pos);
        match (&mut self.chooser.mode, spot) {
            (Mode::Overview(overview), Some((spot, ..))) => overview.moved(spot, pos),
            _ => false,
        }
    }

    /// A button was pressed at a place; returns whether that is for choosing only.
    pub(super) fn press_choice(&mut self, pos: Point<f64, Logical>, button: u32) -> bool {
        if !self.is_for_choosing(pos) {
            return false;
        }
        if self.switcher().is_some() {
            match self.point_at_cell(pos) {
                Some(_) if button == LEFT => self.end_walk(),
                Some(_) => {}
                None => self.stop_choosing(),
            }
            return true;
        }
        let spot = self.spot_at(pos);
        if let (Mode::Overview(overview), Some((spot, picture, _))) = (&mut self.chooser.mode, spot)
        {
            match (button, spot) {
                (LEFT, _) => overview.press(spot, pos, picture),
                (MIDDLE, Spot::Window(window) | Spot::Close(window)) => self.close_window(window),
                _ => {}
            }
            self.queue_redraw_all();
        }
        true
    }

    /// The left button or the finger was let go at a place.
    pub(super) fn release_choice(&mut self, pos: Point<f64, Logical>) {
        let Some((spot, _, output)) = self.spot_at(pos) else {
            return;
        };
        if let Mode::Overview(overview) = &mut self.chooser.mode {
            let wish = overview.release(spot);
            self.input.own_cursor = None;
            self.fulfil(wish, Some(output));
        }
    }

    /// A finger went down; returns whether that is for choosing only.
    pub(super) fn finger_down(&mut self, slot: TouchSlot, pos: Point<f64, Logical>) -> bool {
        if !self.is_for_choosing(pos) {
            return false;
        }
        if self.chooser.finger.is_none() && self.press_choice(pos, LEFT) && self.is_choosing() {
            self.chooser.finger = Some(slot);
            self.chooser.finger_at = pos;
        }
        true
    }

    /// A finger moved; returns whether it is one that chooses.
    pub(super) fn finger_moved(&mut self, slot: TouchSlot, pos: Point<f64, Logical>) -> bool {
        let mine = self.chooser.finger == Some(slot);
        if mine {
            self.chooser.finger_at = pos;
            if self.point_at_spot(pos) {
                self.queue_redraw_all();
            }
        }
        mine
    }

    /// A finger went up; returns whether it is one that chooses.
    pub(super) fn finger_up(&mut self, slot: TouchSlot) -> bool {
        let mine = self.chooser.finger == Some(slot);
        if mine {
            self.chooser.finger = None;
            self.release_choice(self.chooser.finger_at);
        }
        mine
    }

    /// The tool of a tablet is over a place.
    pub(super) fn tool_moved_at_choice(&mut self, pos: Point<f64, Logical>) {
        if self.is_choosing() {
            self.chooser.tool_at = pos;
            self.point_at_choice(pos);
        }
    }

    /// The tip of a tool went down at a place, or up; returns whether that is for choosing only.
    pub(super) fn tool_at_choice(&mut self, at: Option<Point<f64, Logical>>) -> bool {
        match at {
            Some(pos) => {
                self.chooser.tool_at = pos;
                self.press_choice(pos, LEFT)
            }
            None if self.overview().is_some() && self.is_for_choosing(self.chooser.tool_at) => {
                self.release_choice(self.chooser.tool_at);
                true
            }
            None => false,
        }
    }

    /// The fingers were taken away by the device.
    pub(super) fn finger_lost(&mut self) {
        if self.chooser.finger.take().is_some()
            && let Mode::Overview(overview) = &mut self.chooser.mode
        {
            overview.let_go();
            self.queue_redraw_all();
        }
    }
}
