use anyhow::{Result, bail};
use ninep::client::Namespace;
use ninep::tree::ctl::Verb;
use serde_json::Value;
use trees::panels::PanelVerb;
use trees::subsystems::SubsystemVerb;

use super::write::order;
use crate::cli::Panel;

/// Starts the panels if they are not running, and opens one.
pub(crate) async fn run(ns: &Namespace, options: &Panel) -> Result<()> {
    // A start of what runs already is done at once; one that is just ending is waited for.
    let start = SubsystemVerb::Start {}.line();
    let said = order(ns, "/subsystems/panels/ctl", &start).await?;
    if let Some(need) = said.get("waiting_for").and_then(Value::as_str) {
        bail!(
            "the panels wait for {need}, and start when it answers; see /subsystems/{need}/status"
        );
    }
    let ctl = format!("/panels/{}/ctl", options.name);
    let mut lines = PanelVerb::Open {}.line();
    if let Some(place) = &options.place {
        lines = format!(
            "{lines}\n{}",
            PanelVerb::Navigate {
                place: place.clone()
            }
            .line()
        );
    }
    order(ns, &ctl, &lines).await?;
    Ok(())
}
