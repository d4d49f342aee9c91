//! There is one process of panels: a second one hands its wish to the first.

use ninep::client::{CtlError, Namespace};
use ninep::tree::ctl::Verb;
use trees::panels::PanelVerb;

use crate::Panel;

/// What became of the attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum Handover {
    /// The running process has opened the panels.
    Taken,
    /// No process of panels is running.
    Nobody,
}

/// Asks the running process, if there is one, to open these panels.
///
/// # Errors
/// It runs, but would not open one: why.
pub async fn hand_over(namespace: &Namespace, panels: &[Panel]) -> Result<Handover, CtlError> {
    if namespace.stat("/panels/status").await.is_err() {
        return Ok(Handover::Nobody);
    }
    for panel in panels {
        let path = format!("/panels/{}/ctl", panel.name());
        let _nothing = namespace.ctl(&path, &PanelVerb::Open {}.line()).await?;
    }
    Ok(Handover::Taken)
}
