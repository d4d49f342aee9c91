//! The edge to 9P: follows the trees for the panels, and carries out what the panels want done.

mod tail;
mod theme;

use std::time::Duration;

use futures_util::{FutureExt, SinkExt};
use iced::futures::Stream;
use iced::futures::channel::mpsc;
use jiff::Timestamp;
use ninep::client::{Follow, Followed, From, Namespace};
use ninep::tree::ctl::Verb;
use ninep::wire::QidKind;
use serde::de::DeserializeOwned;
use trees::desktop::{WindowStatus, WindowVerb};
use trees::{mirror, subsystems};

pub use tail::tail;

use crate::feed::{Feed, Heard, Line};
use crate::storage::{Entry, Kind};
use crate::{Order, Panel};

/// The most that is told at once: a thousand files written are drawn a few times, not a thousand times.
const BATCH: usize = 256;
/// How long a burst of writes is let run before its disk is measured again.
const SETTLE: Duration = Duration::from_millis(400);

/// Follows `/mirror`, `/subsystems` and the theme of `/desktop` for ever, over any number of their restarts.
pub fn feeds(namespace: Namespace) -> impl Stream<Item = Vec<Feed>> {
    iced::stream::channel(4, async move |told: mpsc::Sender<Vec<Feed>>| {
        let mirror = follow::<mirror::Status, mirror::Event>(
            // From the oldest, because the sync panel shows what happened before it was opened.
            namespace.follow("/mirror/event", From::Oldest),
            &namespace,
            "/mirror/status",
            Feed::Mirror,
            told.clone(),
        );
        let subsystems = follow::<subsystems::Status, subsystems::Event>(
            namespace.follow("/subsystems/event", From::Now),
            &namespace,
            "/subsystems/status",
            Feed::Subsystems,
            told.clone(),
        );
        let theme = theme::follow(&namespace, told);
        let _ended = tokio::join!(mirror, subsystems, theme);
    })
}

async fn follow<Status, Event>(
    mut follow: Follow<Line<Event>>,
    namespace: &Namespace,
    status: &str,
    wrap: fn(Heard<Status, Event>) -> Feed,
    mut told: mpsc::Sender<Vec<Feed>>,
) where
    Status: DeserializeOwned,
    Event: DeserializeOwned + Send + 'static,
{
    while let Some(first) = follow.next().await {
        let mut batch = vec![heard(first, namespace, status).await];
        while batch.len() < BATCH {
            match follow.next().now_or_never() {
                Some(Some(next)) => batch.push(heard(next, namespace, status).await),
                Some(None) | None => break,
            }
        }
        if told
            .send(batch.into_iter().map(wrap).collect())
            .await
            .is_err()
        {
            return;
        }
    }
}

async fn heard<Status: DeserializeOwned, Event>(
    followed: Followed<Line<Event>>,
    namespace: &Namespace,
    status: &str,
) -> Heard<Status, Event> {
    match followed {
        Followed::Up | Followed::Lost => match namespace.read_json(status).await {
            Ok(status) => Heard::Status(status),
            Err(error) => Heard::Down {
                since: Timestamp::now(),
                cause: error.to_string(),
            },
        },
        Followed::Event(line) => Heard::Event(line),
        Followed::Down { why, since } => Heard::Down {
            since: Timestamp::try_from(since).unwrap_or_else(|_| Timestamp::now()),
            cause: why.to_string(),
        },
    }
}

/// Writes an order to its `ctl`.
///
/// # Errors
/// Why it was refused, for people.
pub async fn write(namespace: Namespace, order: Order) -> Result<(), String> {
    match namespace.ctl(&order.path, &order.line).await {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Lists a folder.
///
/// # Errors
/// Why it cannot be listed, for people.
pub async fn list(namespace: Namespace, path: String) -> Result<Vec<Entry>, String> {
    let entries = namespace
        .list(&path)
        .await
        .map_err(|error| error.to_string())?;
    let entry = |entry: ninep::client::Entry| Entry {
        name: entry.name,
        kind: if entry.attr.qid.kind.is_dir() {
            Kind::Folder
        } else if entry.attr.qid.kind == QidKind::SYMLINK {
            Kind::Link
        } else {
            Kind::File
        },
        bytes: entry.attr.size,
        changed: changed(&entry.attr),
    };
    Ok(entries.into_iter().map(entry).collect())
}

fn changed(attr: &ninep::wire::Attr) -> Timestamp {
    let nanoseconds = i32::try_from(attr.mtime.nsec).unwrap_or(0);
    i64::try_from(attr.mtime.sec)
        .ok()
        .and_then(|seconds| Timestamp::new(seconds, nanoseconds).ok())
        .unwrap_or(Timestamp::MAX)
}

/// Reads the mirror's status again, once a burst of writes has had time to settle. None if it cannot
/// be read: whoever follows the mirror is told of that in its own way.
pub async fn measure(namespace: Namespace) -> Option<Feed> {
    tokio::time::sleep(SETTLE).await;
    let status = namespace.read_json("/mirror/status").await.ok()?;
    Some(Feed::Mirror(Heard::Status(status)))
}

/// Asks the compositor to bring the window of a panel to the front; Wayland lets no program do so by
/// itself. Where the compositor is not ours, nothing happens.
pub async fn raise(namespace: Namespace, panel: Panel) {
    let app_id = trees::panels::app_id(panel.name());
    let Ok(windows) = namespace.list("/desktop/windows").await else {
        return;
    };
    for window in windows {
        let folder = format!("/desktop/windows/{}", window.name);
        let status = namespace
            .read_json::<WindowStatus>(&format!("{folder}/status"))
            .await;
        if status.is_ok_and(|status| status.app_id == app_id) {
            let focus = namespace
                .ctl(&format!("{folder}/ctl"), &WindowVerb::Focus {}.line())
                .await;
            if let Err(error) = focus {
                tracing::warn!("{app_id} could not be brought to the front: {error}");
            }
        }
    }
}
