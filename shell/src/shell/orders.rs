//! Lines for the `ctl` files of other trees, and the orders that come to ours.

use ninep::tree::ctl::Verb as _;
use trees::desktop::{self, Verb, WindowId, WindowVerb};
use trees::panels::PANELS;
use trees::shell::LauncherVerb;

use super::Shell;
use crate::bar::window_ctl;
use crate::effect::{Effect, Order, Purpose};
use crate::launcher::{Catalogue, Shown, Target};
use crate::message::Refused;
use crate::reply::Reply;

/// What starts an entry of the launcher.
pub(super) fn start(target: &Target, catalogue: &Catalogue) -> Option<Effect> {
    match target {
        Target::Panel(panel) => Some(Effect::OpenPanel(panel)),
        Target::App(place) => catalogue.get(*place).map(spawn),
    }
}

fn spawn(shown: &Shown) -> Effect {
    Effect::Order(Order {
        path: format!("/{}/ctl", desktop::NAME),
        line: Verb::Spawn {
            argv: shown.app.command.clone(),
        }
        .line(),
        purpose: Purpose::Start(shown.name.clone()),
    })
}

/// What does something to a window.
pub(super) fn window(id: WindowId, verb: &WindowVerb) -> Effect {
    Effect::Order(Order {
        path: window_ctl(id),
        line: verb.line(),
        purpose: Purpose::Window,
    })
}

impl Shell {
    /// Carries out the lines of one write to `/shell/launcher/ctl`: all of them or none.
    pub(super) fn launcher_ctl(
        &mut self,
        verbs: Vec<LauncherVerb>,
        reply: &Reply<Result<(), Refused>>,
    ) -> Vec<Effect> {
        let starts = verbs.iter().map(|verb| match verb {
            LauncherVerb::Start { entry } => self.entry(entry).map(Some),
            _ => Ok(None),
        });
        let starts: Vec<Option<Effect>> = match starts.collect() {
            Ok(starts) => starts,
            Err(refused) => {
                reply.send(Err(refused));
                return Vec::new();
            }
        };
        let mut effects = Vec::new();
        for (verb, start) in verbs.into_iter().zip(starts) {
            effects.extend(match verb {
                LauncherVerb::Open {} if self.launcher.is_some() => Vec::new(),
                LauncherVerb::Open {} => self.open_launcher(""),
                LauncherVerb::Close {} => self.close_launcher(),
                LauncherVerb::Search { text } => self.open_launcher(&text),
                LauncherVerb::Start { .. } => {
                    let closing = self.close_launcher();
                    start.into_iter().chain(closing).collect()
                }
            });
        }
        reply.send(Ok(()));
        effects
    }

    /// An entry of the launcher by its name in a line: `panel:NAME`, or an application's desktop id.
    fn entry(&self, name: &str) -> Result<Effect, Refused> {
        if let Some(panel) = name.strip_prefix("panel:") {
            let known = PANELS.into_iter().find(|known| *known == panel);
            return known.map(Effect::OpenPanel).ok_or_else(|| {
                format!(
                    "{panel:?} is no panel; the panels are {}",
                    PANELS.join(", ")
                )
            });
        }
        let id = name.strip_suffix(".desktop").unwrap_or(name);
        self.catalogue.by_id(id).map(spawn).ok_or_else(|| {
            format!("no application has the desktop id {id:?}; `search {id}` shows what there is")
        })
    }
}
