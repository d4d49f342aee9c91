//! The verbs of `/desktop/outputs/ctl` and of an output's own `ctl`. One list is one transaction:
//! it is tried out whole before any of it is done.

use ninep::Errno;
use ninep::tree::ctl::Refusal;
use serde_json::{Value, json};
use trees::desktop::{OutputVerb, OutputsVerb};

use super::{Outcome, gone};
use crate::backend::{Backend, VirtualOutput};
use crate::goblin::Goblin;
use crate::outputs::{Setup, turn_named};

fn refused(why: impl Into<String>) -> Refusal {
    Refusal::new(Errno::INVAL, why)
}

impl Goblin {
    pub(super) fn output_verbs(&mut self, name: &str, verbs: Vec<OutputVerb>) -> Outcome {
        let id = self.output_named(name).map(|output| output.id);
        let (Some(id), Some(before)) = (id, id.and_then(|id| self.setup_of(id))) else {
            return Err(gone(format_args!("output {name:?}")));
        };
        let (mut setup, mut powered, mut shown) = (before, None, None);
        for verb in verbs {
            match verb {
                OutputVerb::Workspace { to } => shown = Some(to),
                verb => change(&mut setup, &mut powered, verb)?,
            }
        }
        if setup.mode != before.mode && !self.has_virtual_outputs() {
            return Err(refused("the size of this output is its window's"));
        }
        setup.check().map_err(refused)?;
        if setup != before {
            self.set_up_output(id, setup);
        }
        if let Some(on) = powered {
            self.power_output(id, on);
        }
        if let Some(to) = shown {
            self.show_workspace(id, to);
        }
        Ok(Value::Null)
    }

    pub(super) fn outputs_verbs(&mut self, verbs: Vec<OutputsVerb>) -> Outcome {
        let Ok([verb]) = <[OutputsVerb; 1]>::try_from(verbs) else {
            // An output that went cannot be brought back as it was.
            return Err(refused("outputs come and go one at a time: write one verb"));
        };
        match verb {
            OutputsVerb::Add { size, name } => self.add_virtual_output(&size, name),
            OutputsVerb::Remove { name } => {
                self.check_virtual_outputs()?;
                let id = self.output_named(&name).map(|state| state.id);
                let parked = self.parked.iter().any(|parked| parked.name == name);
                match id {
                    Some(id) => self.remove_output(id),
                    None if parked => {
                        self.parked.retain(|parked| parked.name != name);
                        self.outputs_dirty = true;
                    }
                    None => return Err(gone(format_args!("output {name:?}"))),
                }
                Ok(Value::Null)
            }
            OutputsVerb::Disable { name } => {
                self.check_virtual_outputs()?;
                let id = self.output_named(&name).map(|state| state.id);
                let id = id.ok_or_else(|| gone(format_args!("output {name:?}")))?;
                self.park_output(id);
                Ok(Value::Null)
            }
            OutputsVerb::Enable { name } => {
                let parked = self.parked.iter().find(|parked| parked.name == name);
                let setup = parked.map(|parked| parked.setup);
                let setup = setup.ok_or_else(|| gone(format_args!("disabled output {name:?}")))?;
                self.unpark_output(&name, setup);
                Ok(Value::Null)
            }
        }
    }

    fn add_virtual_output(&mut self, size: &str, name: Option<String>) -> Outcome {
        self.check_virtual_outputs()?;
        let output: VirtualOutput = size
            .parse()
            .map_err(|reason: crate::backend::BadSize| refused(reason.to_string()))?;
        let name = name.unwrap_or_else(|| self.free_output_name());
        self.check_new_output(&name).map_err(refused)?;
        let setup = self.configured(&name, output.setup());
        self.add_output(&name, setup);
        Ok(json!({ "name": name }))
    }

    fn check_virtual_outputs(&self) -> Result<(), Refusal> {
        if self.has_virtual_outputs() {
            return Ok(());
        }
        let why = format!("a {} session has the outputs it has", self.backend_kind());
        Err(Refusal::new(Errno::NOTSUP, why).would_work("a headless session"))
    }

    fn has_virtual_outputs(&self) -> bool {
        self.backend
            .as_ref()
            .is_some_and(Backend::has_virtual_outputs)
    }
}

/// What a verb makes of an output.
fn change(setup: &mut Setup, powered: &mut Option<bool>, verb: OutputVerb) -> Result<(), Refusal> {
    match verb {
        OutputVerb::Scale { factor } => setup.scale = factor,
        // It is no matter of the setup.
        OutputVerb::Workspace { .. } => {}
        OutputVerb::Mode {
            width,
            height,
            refresh,
        } => {
            setup.mode.size = (width, height).into();
            setup.mode.refresh = refresh.unwrap_or(setup.mode.refresh);
        }
        OutputVerb::Move { x, y } => setup.place = Some((x, y).into()),
        OutputVerb::Turn { to } => {
            let turn = turn_named(&to);
            setup.transform = turn.ok_or_else(|| {
                let why = format!("an output cannot be turned to {to:?}");
                refused(why).would_work(
                    "normal, 90, 180, 270, flipped, flipped-90, flipped-180 or flipped-270",
                )
            })?;
        }
        OutputVerb::Power { to } => {
            *powered = Some(match to.as_str() {
                "on" => true,
                "off" => false,
                other => {
                    let why = format!("an output's power is not {other:?}");
                    return Err(refused(why).would_work("power on, power off"));
                }
            });
        }
    }
    Ok(())
}
