//! The verbs of `/desktop/ctl` and of a window's. One list is one transaction: it
//! is checked whole before any of it is done.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use serde_json::{Value, json};
use trees::desktop::{Direction, Event, Verb, WindowVerb, WorkspaceTarget};

use super::{Outcome, gone};
use crate::config::Theme;
use crate::goblin::Goblin;
use crate::layout::{OutputId, WindowId, Workspace, WorkspaceId};

/// The longest name of a workspace, in characters.
const LONGEST_NAME: usize = 64;

pub(super) fn refused(why: impl Into<String>) -> Refusal {
    Refusal::new(Errno::INVAL, why)
}

fn theme(name: &str) -> Result<Theme, Refusal> {
    match name {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        other => Err(refused(format!("there is no theme {other:?}")).would_work("light or dark")),
    }
}

fn workspace_name(name: &str) -> Result<String, Refusal> {
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if fits && !name.contains(char::is_control) {
        return Ok(name.to_owned());
    }
    let why = format!("{name:?} is no name for a workspace");
    Err(refused(why).would_work(format!("1 to {LONGEST_NAME} characters on one line")))
}

impl Goblin {
    pub(super) fn desktop_verbs(&mut self, verbs: Vec<Verb>) -> Outcome {
        let mut programs = 0;
        for verb in &verbs {
            match verb {
                Verb::Theme { name } => drop(theme(name)?),
                Verb::NameWorkspace { name: Some(name) } => drop(workspace_name(name)?),
                Verb::Spawn { argv } if argv.is_empty() => {
                    return Err(refused("spawn names no program").would_work("spawn foot"));
                }
                Verb::Spawn { .. } => programs += 1,
                Verb::Selection { id, .. } if !self.selections.is_asked(*id) => {
                    return Err(gone(format_args!("question {id}")));
                }
                _ => {}
            }
        }
        // A program that was started cannot be taken back.
        if programs > 0 && verbs.len() > 1 {
            return Err(refused("spawn must be the only verb of a write"));
        }
        let mut result = Value::Null;
        for verb in verbs {
            result = self.desktop_verb(&verb)?;
        }
        Ok(result)
    }

    /// Carries out a verb of the desktop, written to its `ctl` or bound to a key.
    pub(crate) fn desktop_verb(&mut self, verb: &Verb) -> Outcome {
        match verb {
            Verb::Spawn { argv } => {
                let pid = self.spawn(argv).map_err(|reason| {
                    Refusal::new(Errno::NOENT, reason.to_string())
                        .would_work("a program on PATH, or its absolute path")
                })?;
                return Ok(json!({ "pid": pid }));
            }
            Verb::Theme { name } => self.set_theme(theme(name)?),
            Verb::Reload {} => self.reload_config().map_err(refused)?,
            Verb::Quit {} => self.quit(),
            Verb::Selection { id, answer } => self.answer_selection(*id, *answer),
            Verb::Event { name } => self.publish(&Event::Binding { name: name.clone() }),
            Verb::NextWindow {} => self.switch_at_once(true),
            Verb::PreviousWindow {} => self.switch_at_once(false),
            Verb::Switch { to } => self.switch(*to)?,
            Verb::Overview { on } => self.set_overview(*on)?,
            Verb::RestoreLast {} => self.restore_last(),
            Verb::NextLayout {} => self.switch_layout(1),
            Verb::PreviousLayout {} => self.switch_layout(-1),
            Verb::NextTab {} => self.switch_tab(1),
            Verb::PreviousTab {} => self.switch_tab(-1),
            Verb::FocusTowards { direction } => {
                let from = self.layout.focused();
                let next = match from {
                    Some(from) => self.layout.window_towards(from, *direction),
                    None => self
                        .current_output()
                        .and_then(|of| self.layout.recent_on(of)),
                };
                match next {
                    Some(next) => self.focus_window(next),
                    None => self.focus_output(*direction),
                }
            }
            Verb::FocusOutput { direction } => self.focus_output(*direction),
            Verb::Workspace { to } => {
                if let Some(output) = self.current_output() {
                    self.show_workspace(output, *to);
                }
            }
            Verb::NameWorkspace { name } => {
                let name = name.as_deref().map(workspace_name).transpose()?;
                if let Some(shown) = self.shown_workspace() {
                    self.layout.name_workspace(shown, name.as_deref());
                }
            }
            Verb::Tiling { on } => {
                let shown = self.shown_workspace();
                if let Some(shown) = shown {
                    let now = self
                        .layout
                        .workspace(shown)
                        .is_some_and(Workspace::is_tiling);
                    self.layout.set_tiling(shown, on.unwrap_or(!now));
                }
            }
            Verb::SendWorkspace { to } => {
                let shown = self.shown_workspace();
                let next = self
                    .current_output()
                    .and_then(|from| self.layout.output_towards(from, *to));
                if let (Some(shown), Some(next)) = (shown, next) {
                    self.layout.send_workspace_to_output(shown, next);
                }
            }
            Verb::Scratch {} => {
                let output = self
                    .current_output()
                    .filter(|_| !self.layout.is_scratch_shown());
                self.layout.show_scratch(output);
            }
        }
        self.layout_changed();
        Ok(Value::Null)
    }

    fn shown_workspace(&self) -> Option<WorkspaceId> {
        self.layout.active_workspace(self.current_output()?)
    }

    pub(super) fn show_workspace(&mut self, output: OutputId, to: WorkspaceTarget) {
        if let Some(target) = self.layout.workspace_at(output, to) {
            self.forget_layer_focus();
            self.layout.activate_workspace(target);
            self.layout_changed();
        }
    }

    fn switch_tab(&mut self, step: i32) {
        let next = self
            .layout
            .focused()
            .and_then(|id| self.layout.tab_beside(id, step));
        if let Some(next) = next {
            self.focus_window(next);
        }
    }

    fn focus_output(&mut self, direction: Direction) {
        let next = self
            .current_output()
            .and_then(|from| self.layout.output_towards(from, direction));
        if let Some(next) = next {
            self.forget_layer_focus();
            self.layout.focus_output(next);
        }
    }

    pub(super) fn window_verbs(&mut self, id: WindowId, verbs: Vec<WindowVerb>) -> Outcome {
        if self.layout.window(id).is_none() {
            return Err(gone(format_args!("window {id}")));
        }
        verbs
            .iter()
            .try_for_each(|verb| self.check_window_verb(verb))?;
        for verb in verbs {
            self.window_verb(id, &verb)?;
        }
        self.layout_changed();
        Ok(Value::Null)
    }
}
