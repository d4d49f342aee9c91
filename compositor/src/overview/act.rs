//! Opening, leaving, and carrying out what was chosen.

use std::time::Duration;

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use smithay::backend::input::TouchSlot;
use smithay::utils::{Logical, Point};
use trees::desktop::{Choosing, SwitchTo};

use super::spread::Wish;
use super::{Held, Mode, Overview, Panel, Sheet, Spot, Switcher};
use crate::clock::Due;
use crate::goblin::Goblin;
use crate::layout::{OutputId, Window, WindowId};
use crate::outputs::OutputState;

/// Alt+Tab that is let go within this time switches without a panel.
const SHOW_AFTER: Duration = Duration::from_millis(150);

/// What is open, and what of the rest of the state belongs to it.
#[derive(Default)]
pub(crate) struct Chooser {
    pub(crate) mode: Mode,
    /// Shows the panel of a walk that has just begun.
    due: Option<Due>,
    /// The finger that holds something.
    pub(crate) finger: Option<TouchSlot>,
    /// Where it was last.
    pub(crate) finger_at: Point<f64, Logical>,
    /// Where the tool of a tablet was last.
    pub(crate) tool_at: Point<f64, Logical>,
}

impl Goblin {
    /// Whether a window is being chosen, seen or not: no window has the keyboard meanwhile.
    pub(crate) fn is_choosing(&self) -> bool {
        self.chooser.mode != Mode::Closed
    }

    /// The overview, if it is open.
    pub(crate) fn overview(&self) -> Option<&Overview> {
        match &self.chooser.mode {
            Mode::Overview(overview) => Some(overview),
            Mode::Closed | Mode::Switching(_) => None,
        }
    }

    /// The switcher, if its panel is to be seen.
    pub(crate) fn switcher(&self) -> Option<&Switcher> {
        match &self.chooser.mode {
            Mode::Switching(switcher) => Some(switcher).filter(|switcher| switcher.shown),
            Mode::Closed | Mode::Overview(_) => None,
        }
    }

    /// Where everything lies on the switcher's panel, if that is to be seen.
    pub(crate) fn panel(&self) -> Option<Panel> {
        let switcher = self.switcher()?;
        Panel::of(&self.layout, self.panel_output()?, switcher.order())
    }

    fn panel_output(&self) -> Option<OutputId> {
        let on = |id: &OutputId| self.layout.output(*id).is_some();
        self.switcher()?
            .output
            .filter(on)
            .or_else(|| self.current_output())
    }

    /// Where everything lies on an output, if the overview is open.
    pub(crate) fn sheet(&self, output: OutputId) -> Option<Sheet> {
        self.overview()?;
        Sheet::of(&self.layout, output)
    }

    /// Whether a window may be seen as a picture on an output.
    pub(crate) fn is_pictured_on(&self, id: WindowId, output: OutputId) -> bool {
        if let Some(switcher) = self.switcher() {
            return switcher.order().contains(&id) && self.panel_output() == Some(output);
        }
        let Some(overview) = self.overview() else {
            return false;
        };
        let here = |of: &Window| of.output() == Some(output) && !of.is_minimised();
        overview
            .dragged()
            .is_some_and(|dragged| dragged.window == id)
            || self.layout.window(id).is_some_and(here)
    }

    /// Whether a window may be seen as a picture at all.
    pub(crate) fn is_pictured(&self, id: WindowId) -> bool {
        self.is_choosing()
            && self
                .outputs
                .iter()
                .any(|output| self.is_pictured_on(id, output.id))
    }

    /// Whether any of a window is to be drawn on an output, itself or a picture of it.
    pub(crate) fn is_seen_on(&self, id: WindowId, output: &OutputState) -> bool {
        self.is_shown_on(id, output) || self.is_pictured_on(id, output.id)
    }

    /// What `/desktop` tells of it.
    pub(crate) fn choosing_status(&self) -> Option<Choosing> {
        let numbers = |ids: &[WindowId]| ids.iter().map(|id| id.0).collect();
        match &self.chooser.mode {
            Mode::Closed => None,
            Mode::Switching(switcher) => Some(Choosing {
                view: "switcher".to_owned(),
                windows: numbers(switcher.order()),
                chosen: switcher.chosen().map(|id| id.0),
            }),
            Mode::Overview(overview) => {
                let sheets = self
                    .layout
                    .outputs()
                    .iter()
                    .filter_map(|of| self.sheet(of.id));
                let windows: Vec<WindowId> = sheets
                    .flat_map(|sheet| sheet.thumbnails)
                    .map(|thumbnail| thumbnail.window)
                    .collect();
                Some(Choosing {
                    view: "overview".to_owned(),
                    windows: numbers(&windows),
                    chosen: overview.selected.map(|id| id.0),
                })
            }
        }
    }

    /// The verb `switch`, written to `/desktop/ctl`.
    ///
    /// # Errors
    /// The session is locked, or nothing is being chosen that could be done or left.
    pub(crate) fn switch(&mut self, to: SwitchTo) -> Result<(), Refusal> {
        self.check_choosing()?;
        let walking = matches!(self.chooser.mode, Mode::Switching(_));
        match to {
            SwitchTo::Next => self.walk(true),
            SwitchTo::Previous => self.walk(false),
            SwitchTo::Done | SwitchTo::Cancel if !walking => {
                return Err(Refusal::new(Errno::INVAL, "no window is being chosen")
                    .would_work("switch next"));
            }
            SwitchTo::Done => self.end_walk(),
            SwitchTo::Cancel => self.stop_choosing(),
        }
        self.show_panel();
        Ok(())
    }

    /// The same by a key: it lasts for as long as the modifiers are `held`.
    pub(crate) fn switch_by_key(&mut self, to: SwitchTo, held: Held) {
        let begun = matches!(self.chooser.mode, Mode::Switching(_));
        match to {
            _ if self.check_choosing().is_err() => return,
            SwitchTo::Next => self.walk(true),
            SwitchTo::Previous => self.walk(false),
            SwitchTo::Done if begun => self.end_walk(),
            SwitchTo::Cancel if begun => self.stop_choosing(),
            SwitchTo::Done | SwitchTo::Cancel => return,
        }
        if let Mode::Switching(switcher) = &mut self.chooser.mode {
            switcher.held = held;
        }
        // Whoever taps a second time, or holds nothing down, looks for something.
        if begun || held == Held::default() {
            self.show_panel();
        } else if self.is_choosing() {
            self.chooser.due = self.later(SHOW_AFTER, |goblin| {
                goblin.chooser.due = None;
                goblin.show_panel();
            });
            if self.chooser.due.is_none() {
                self.show_panel();
            }
        }
    }

    /// Modifiers were let go: a walk that they were held for is over.
    pub(crate) fn modifiers_down(&mut self, down: Held) {
        if let Mode::Switching(switcher) = &self.chooser.mode
            && switcher.is_let_go(down)
        {
            self.end_walk();
        }
    }

    /// Switches at once to the window that had the focus before, or to the one that had it longest ago.
    pub(crate) fn switch_at_once(&mut self, forwards: bool) {
        self.walk(forwards);
        self.end_walk();
    }

    /// The verb `overview`. `on`: `None` is the other way.
    ///
    /// # Errors
    /// The session is locked.
    pub(crate) fn set_overview(&mut self, on: Option<bool>) -> Result<(), Refusal> {
        self.check_choosing()?;
        let open = self.overview().is_some();
        match (open, on.unwrap_or(!open)) {
            (false, true) => {
                self.take_input();
                self.chooser.mode = Mode::Overview(Overview::begin(self.layout.focused()));
                self.layout_changed();
            }
            (true, false) => self.stop_choosing(),
            (true, true) | (false, false) => {}
        }
        Ok(())
    }

    fn check_choosing(&self) -> Result<(), Refusal> {
        if self.globals.lock.is_on() {
            let why = "the session is locked";
            return Err(Refusal::new(Errno::ACCESS, why).would_work("unlock the session first"));
        }
        Ok(())
    }

    /// Goes a window on; a walk begins with that where there is none.
    fn walk(&mut self, forwards: bool) {
        if let Mode::Switching(switcher) = &mut self.chooser.mode {
            switcher.step(if forwards { 1 } else { -1 });
            self.queue_redraw_all();
            return;
        }
        let order = self.layout.focus_history().to_vec();
        let focused = self.layout.focused().is_some();
        let Some(mut switcher) = Switcher::begin(order, focused, forwards) else {
            return;
        };
        switcher.output = self.current_output();
        self.take_input();
        self.chooser.mode = Mode::Switching(switcher);
        self.layout_changed();
    }

    fn show_panel(&mut self) {
        if let Some(due) = self.chooser.due.take() {
            self.call_off(&due);
        }
        if let Mode::Switching(switcher) = &mut self.chooser.mode
            && !switcher.shown
        {
            switcher.shown = true;
            self.take_pointer();
            // What is hidden and pictured now is to go on drawing.
            self.layout_changed();
        }
    }

    /// The walk is over: what it has come to has the focus.
    pub(crate) fn end_walk(&mut self) {
        let Mode::Switching(switcher) = &self.chooser.mode else {
            return;
        };
        let chosen = switcher.chosen();
        self.stop_choosing();
        if let Some(id) = chosen {
            self.focus_window(id);
        }
    }

    /// Neither is open any more; all is as it was.
    pub(crate) fn stop_choosing(&mut self) {
        if !self.is_choosing() {
            return;
        }
        if let Some(due) = self.chooser.due.take() {
            self.call_off(&due);
        }
        self.chooser = Chooser::default();
        self.layout_changed();
    }

    /// Menus are closed, what is dragged is let go.
    fn take_input(&mut self) {
        self.stop_choosing();
        self.end_grab(self.pointer_location());
        self.end_all_grabs();
        self.forget_layer_focus();
    }

    /// Windows may have gone, or the session is locked.
    pub(crate) fn refresh_choosing(&mut self) {
        if self.globals.lock.is_on() {
            self.stop_choosing();
        }
        let alive = |id| self.layout.window(id).is_some();
        match &mut self.chooser.mode {
            Mode::Closed => {}
            Mode::Overview(overview) => overview.retain(alive),
            Mode::Switching(switcher) => {
                if switcher.retain(alive) {
                    self.queue_redraw_all();
                }
            }
        }
        if let Mode::Switching(switcher) = &self.chooser.mode
            && switcher.chosen().is_none()
        {
            self.stop_choosing();
        }
    }

    /// Carries out what a person wants in the overview; `on`: the output they point at.
    pub(crate) fn fulfil(&mut self, wish: Wish, on: Option<OutputId>) {
        match wish {
            Wish::Nothing => {}
            Wish::Leave => self.stop_choosing(),
            Wish::Focus(window) => {
                self.stop_choosing();
                self.focus_window(window);
            }
            Wish::Close(window) => self.close_window(window),
            Wish::Show(workspace) => {
                self.stop_choosing();
                self.layout.activate_workspace(workspace);
            }
            Wish::Drop(window, spot) => self.drop_picture(window, spot, on),
        }
        self.layout_changed();
    }

    fn drop_picture(&mut self, window: WindowId, spot: Spot, on: Option<OutputId>) {
        let from = self.layout.window(window).and_then(Window::output);
        match spot {
            Spot::Workspace(workspace) => self.layout.send_to_workspace(window, workspace),
            Spot::Window(_) | Spot::Close(_) | Spot::Ground(_) => {
                if let Some(to) = on.filter(|to| Some(*to) != from) {
                    self.layout.send_to_output(window, to);
                }
            }
        }
    }
}
