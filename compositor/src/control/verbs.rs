//! The verbs of `/desktop/ctl` and of a window's. One list is one transaction: it
//! is checked whole before any of it is done.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use serde_json::{Value, json};
use trees::desktop::{Verb, WindowVerb};

use super::{Outcome, gone};
use crate::config::Theme;
use crate::goblin::Goblin;
use crate::layout::{Extent, Placement, WindowId};

fn refused(why: impl Into<String>) -> Refusal {
    Refusal::new(Errno::INVAL, why)
}

fn theme(name: &str) -> Result<Theme, Refusal> {
    match name {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        other => Err(refused(format!("there is no theme {other:?}")).would_work("light or dark")),
    }
}

impl Goblin {
    pub(super) fn desktop_verbs(&mut self, verbs: Vec<Verb>) -> Outcome {
        let mut programs = 0;
        for verb in &verbs {
            match verb {
                Verb::Theme { name } => drop(theme(name)?),
                Verb::Spawn { argv } if argv.is_empty() => {
                    return Err(refused("spawn names no program").would_work("spawn foot"));
                }
                Verb::Spawn { .. } => programs += 1,
                Verb::Reload {} | Verb::Quit {} => {}
            }
        }
        // A program that was started cannot be taken back.
        if programs > 0 && verbs.len() > 1 {
            return Err(refused("spawn must be the only verb of a write"));
        }
        let mut result = Value::Null;
        for verb in verbs {
            match verb {
                Verb::Spawn { argv } => {
                    let pid = self.spawn(&argv).map_err(|reason| {
                        Refusal::new(Errno::NOENT, reason.to_string())
                            .would_work("a program on PATH, or its absolute path")
                    })?;
                    result = json!({ "pid": pid });
                }
                Verb::Theme { name } => self.set_theme(theme(&name)?),
                Verb::Reload {} => self.reload_config().map_err(refused)?,
                Verb::Quit {} => self.quit(),
            }
        }
        Ok(result)
    }

    pub(super) fn window_verbs(&mut self, id: WindowId, verbs: Vec<WindowVerb>) -> Outcome {
        if self.layout.window(id).is_none() {
            return Err(gone(format_args!("window {id}")));
        }
        for verb in &verbs {
            if let WindowVerb::Resize { width, height } = verb
                && (*width < 1 || *height < 1)
            {
                return Err(refused("a window has at least one pixel").would_work("resize 800 600"));
            }
        }
        for verb in verbs {
            self.window_verb(id, &verb);
        }
        self.layout_changed();
        Ok(Value::Null)
    }

    fn window_verb(&mut self, id: WindowId, verb: &WindowVerb) {
        match *verb {
            WindowVerb::Close {} => self.close_window(id),
            WindowVerb::Focus {} => self.focus_window(id),
            WindowVerb::Move { x, y } => {
                self.float(id);
                self.layout.move_to(id, (x, y).into());
            }
            WindowVerb::Resize { width, height } => {
                self.float(id);
                self.layout.resize_to(id, Extent::from((width, height)));
            }
            WindowVerb::Maximize {} => {
                self.layout.set_minimised(id, false);
                self.layout.set_placement(id, Placement::Maximised);
            }
            WindowVerb::Fullscreen {} => {
                self.layout.set_minimised(id, false);
                self.layout.set_fullscreen(id, true, None);
            }
            WindowVerb::Minimize {} => self.layout.set_minimised(id, true),
            WindowVerb::Restore {} => {
                let hidden = self
                    .layout
                    .window(id)
                    .is_some_and(crate::layout::Window::is_minimised);
                if hidden {
                    self.focus_window(id);
                } else {
                    self.float(id);
                }
            }
        }
    }

    /// The window floats, whatever it filled.
    fn float(&mut self, id: WindowId) {
        self.layout.set_fullscreen(id, false, None);
        self.layout.set_placement(id, Placement::Floating);
    }
}
