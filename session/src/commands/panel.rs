use anyhow::{Result, bail};
use ninep::client::Namespace;
use ninep::tree::ctl::Verb;
use serde_json::Value;
use trees::panels::{self, PanelVerb};
use trees::subsystems::SubsystemVerb;

use super::write::order;
use crate::cli::Panel;
use crate::fault::answers;

/// Opens a panel; starts the panels first if they are not running.
pub(crate) async fn run(ns: &Namespace, options: &Panel) -> Result<()> {
    if answers(ns, panels::NAME) {
        match open(ns, options).await {
            // They ended in this very moment.
            Err(error) if error.is::<ninep::Error>() => {}
            done => return done,
        }
    }
    let start = SubsystemVerb::Start {}.line();
    let said = order(ns, "/subsystems/panels/ctl", &start).await?;
    if let Some(need) = said.get("waiting_for").and_then(Value::as_str) {
        bail!(
            "the panels wait for {need}, and start when it answers; see /subsystems/{need}/status"
        );
    }
    open(ns, options).await
}

async fn open(ns: &Namespace, options: &Panel) -> Result<()> {
    let ctl = format!("/panels/{}/ctl", options.name);
    let mut lines = PanelVerb::Open {}.line();
    if let Some(place) = &options.place {
        let navigate = PanelVerb::Navigate {
            place: place.clone(),
        };
        lines = format!("{lines}\n{}", navigate.line());
    }
    order(ns, &ctl, &lines).await.map(drop)
}
