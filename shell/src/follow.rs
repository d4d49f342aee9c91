//! The trees of others: what they tell becomes messages, what a person wants becomes lines in their `ctl` files.

use ninep::Result;
use ninep::client::{CtlError, Followed, From, Namespace};
use ninep::tree::ctl::Verb as _;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::UnboundedSender;
use trees::desktop;
use trees::panels::{self, PanelVerb};
use trees::subsystems::{self, Subsystem, SubsystemVerb};
use trees::time::Millis;
use trees::{mirror, srv};

use crate::message::Message;
use crate::reach::{Desktop, Told};

/// Follows `/desktop` for ever.
pub async fn desktop(ns: Namespace, tell: UnboundedSender<Message>) {
    follow(
        &ns,
        desktop::NAME,
        &tell,
        Message::Desktop,
        Some,
        async |ns| state(ns).await,
    )
    .await;
}

/// Follows `/mirror` for ever. What happens to files is no business of the shell: whether it answers is.
pub async fn mirror(ns: Namespace, tell: UnboundedSender<Message>) {
    let drop_event = |_: serde_json::Value| None;
    follow(
        &ns,
        mirror::NAME,
        &tell,
        Message::Mirror,
        drop_event,
        async |_| Ok(()),
    )
    .await;
}

/// Follows `/subsystems` for ever.
pub async fn subsystems(ns: Namespace, tell: UnboundedSender<Message>) {
    follow(
        &ns,
        subsystems::NAME,
        &tell,
        Message::Subsystems,
        Some,
        async |ns| parts(ns).await,
    )
    .await;
}

async fn state(ns: &Namespace) -> Result<Desktop> {
    let status: desktop::Status = ns.read_json(&format!("/{}/status", desktop::NAME)).await?;
    let mut windows = Vec::with_capacity(status.windows.len());
    for id in status.windows {
        match ns
            .read_json(&format!("/{}/windows/{id}/status", desktop::NAME))
            .await
        {
            Ok(window) => windows.push(window),
            // Closed between the two looks.
            Err(error) if error.errno() == ninep::Errno::NOENT => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Desktop {
        theme: status.theme,
        windows,
        fault: status.config.error,
        questions: status.questions,
    })
}

async fn parts(ns: &Namespace) -> Result<Vec<Subsystem>> {
    let status: subsystems::Status = ns
        .read_json(&format!("/{}/status", subsystems::NAME))
        .await?;
    Ok(status.subsystems)
}

/// Follows the events of a tree over any number of its lives, reading its state anew in each, until nobody
/// listens. What is told once as out of reach is told again only after it was in reach.
async fn follow<S, E, M>(
    ns: &Namespace,
    tree: &str,
    tell: &UnboundedSender<Message>,
    message: fn(Told<S, M>) -> Message,
    pick: impl Fn(E) -> Option<M>,
    read: impl AsyncFn(&Namespace) -> Result<S>,
) where
    E: DeserializeOwned + Send + 'static,
{
    let mut events = ns.follow::<E>(&format!("/{tree}/event"), From::Now);
    while let Some(followed) = events.next().await {
        let told = match followed {
            Followed::Up | Followed::Lost => match read(ns).await {
                Ok(state) => Told::Up(state),
                Err(error) => {
                    tracing::warn!("/{tree} answers, but not with its state: {error}");
                    Told::Down {
                        since: Millis::now(),
                    }
                }
            },
            Followed::Event(event) => match pick(event) {
                Some(event) => Told::Event(event),
                None => continue,
            },
            Followed::Down { why, since } => {
                tracing::info!("/{tree} is out of reach: {why}");
                Told::Down {
                    since: since.into(),
                }
            }
        };
        if tell.send(message(told)).is_err() {
            return;
        }
    }
}

/// Writes a line to a `ctl`.
///
/// # Errors
/// Why it was refused, or why it could not be written: one line for people.
pub async fn order(ns: &Namespace, path: &str, line: &str) -> Result<(), String> {
    ns.ctl(path, line)
        .await
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// Shows a panel. If nobody answers for the panels, their process is started first.
///
/// # Errors
/// Why it could not be shown: one line for people.
pub async fn open_panel(ns: &Namespace, panel: &str) -> Result<(), String> {
    let path = format!("/{}/{panel}/ctl", panels::NAME);
    let open = PanelVerb::Open {}.line();
    match ns.ctl(&path, &open).await {
        Ok(_) => return Ok(()),
        Err(refused @ CtlError::Refused { .. }) => return Err(refused.to_string()),
        Err(CtlError::Failed(error)) => tracing::debug!("the panels do not answer yet: {error}"),
    }
    // Done when it answers, so there is nothing to wait for in between.
    let manager = format!("/{}/{}/ctl", subsystems::NAME, panels::NAME);
    order(ns, &manager, &SubsystemVerb::Start {}.line()).await?;
    order(ns, &path, &open).await
}

/// The trees of this session.
pub fn session() -> Namespace {
    srv::namespace()
}
