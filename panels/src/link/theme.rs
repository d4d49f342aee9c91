//! Whether the desktop is light or dark.

use futures_util::SinkExt;
use iced::futures::channel::mpsc;
use ninep::client::{Followed, From, Namespace};
use trees::desktop::{Event, Status};

use crate::feed::Feed;

/// Tells the theme of `/desktop` once it is known and each time it changes. Where the compositor is not ours,
/// nothing is told.
pub(super) async fn follow(namespace: &Namespace, mut told: mpsc::Sender<Vec<Feed>>) {
    let mut events = namespace.follow::<Event>("/desktop/event", From::Now);
    while let Some(followed) = events.next().await {
        let theme = match followed {
            Followed::Up | Followed::Lost => {
                match namespace.read_json::<Status>("/desktop/status").await {
                    Ok(status) => status.theme,
                    Err(error) => {
                        tracing::warn!("the theme of the desktop is not known: {error}");
                        continue;
                    }
                }
            }
            Followed::Event(Event::Theme { name }) => name,
            Followed::Event(_) | Followed::Down { .. } => continue,
        };
        if told.send(vec![Feed::Theme(theme)]).await.is_err() {
            return;
        }
    }
}
