//! `org.freedesktop.Notifications` on the session bus: the thin edge between D-Bus and the queue.

use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use zbus::object_server::SignalEmitter;
use zbus::{connection, fdo, interface};

use super::hints::Hints;
use super::queue::Closed;
use super::{Action, Notification, Timeout, markup};
use crate::reply::Reply;
use crate::{icons, picture};

/// The name on the bus.
pub const NAME: &str = "org.freedesktop.Notifications";

/// The object of the server.
pub const PATH: &str = "/org/freedesktop/Notifications";

/// Actions of one notification that are kept.
const ACTIONS_AT_MOST: usize = 6;

/// Characters of the label of an action that are kept.
const LABEL_AT_MOST: usize = 60;

/// Pixels that the picture of a popup is looked up for.
const ICON_SIZE: u16 = 48;

/// What programs ask of the queue.
#[derive(Debug, Clone)]
pub enum Request {
    /// Show this one; the answer is its id.
    Notify {
        /// What to show.
        notification: Box<Notification>,
        /// The id of the one it takes the place of, or 0.
        replaces: u32,
        /// Its id.
        reply: Reply<u32>,
    },
    /// Take this one away; the answer is whether it was there.
    Close {
        /// Its id.
        id: u32,
        /// Whether it was there.
        reply: Reply<bool>,
    },
}

/// What programs are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// A notification is no more.
    Closed(Closed),
    /// The person chose an action.
    Invoked {
        /// Of which notification.
        id: u32,
        /// Which one.
        key: String,
    },
}

/// Why there are no notifications of programs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no bus to be on.
    #[error(
        "no session bus ({0}): programs cannot notify; start a dbus-daemon or set DBUS_SESSION_BUS_ADDRESS, then restart the shell"
    )]
    NoBus(zbus::Error),
    /// Another notification server was first.
    #[error(
        "{NAME} is taken on the session bus: another notification server runs; stop it and restart the shell to see notifications here"
    )]
    NameTaken,
    /// The bus went away.
    #[error("the session bus is gone: programs cannot notify until it is back")]
    BusGone,
}

/// Serves notifications on the bus of `builder` until the bus goes or nobody sends `signals` any more; `ready` is
/// called when programs can notify.
///
/// # Errors
/// If there is no bus, the name is taken, or the bus goes away.
pub async fn serve(
    builder: connection::Builder<'static>,
    requests: UnboundedSender<Request>,
    signals: &mut UnboundedReceiver<Signal>,
    ready: impl FnOnce(),
) -> Result<(), Error> {
    let builder = builder
        .allow_name_replacements(false)
        .replace_existing_names(false);
    let built = builder
        .serve_at(PATH, Server { requests })
        .name(NAME)
        .build()
        .await;
    let connection = built.map_err(|error| match error {
        zbus::Error::NameTaken => Error::NameTaken,
        other => Error::NoBus(other),
    })?;
    let emitter = SignalEmitter::new(&connection, PATH).map_err(Error::NoBus)?;
    ready();
    loop {
        let signal = tokio::select! {
            signal = signals.recv() => signal,
            () = connection.closed() => return Err(Error::BusGone),
        };
        let sent = match signal {
            None => return Ok(()),
            Some(Signal::Closed(Closed { id, reason })) => {
                Server::notification_closed(&emitter, id, reason as u32).await
            }
            Some(Signal::Invoked { id, key }) => Server::action_invoked(&emitter, id, &key).await,
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "a signal could not be sent");
        }
    }
}

struct Server {
    requests: UnboundedSender<Request>,
}

impl Server {
    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> fdo::Result<T> {
        let gone = || fdo::Error::Failed("the shell is closing".to_owned());
        let (reply, answer) = Reply::new();
        self.requests.send(request(reply)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    /// What the popups can do; markup is understood and reduced to its text.
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["actions", "body", "body-markup", "icon-static"]
    }

    /// Name, vendor, version, and the version of the specification.
    #[zbus(out_args("name", "vendor", "version", "spec_version"))]
    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("goblin-shell", "goblin", env!("CARGO_PKG_VERSION"), "1.3")
    }

    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    #[zbus(out_args("id"))]
    async fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: Vec<&str>,
        hints: Hints,
        expire_timeout: i32,
    ) -> fdo::Result<u32> {
        let names = [
            hints.image_path.as_deref(),
            Some(app_icon),
            hints.desktop_entry.as_deref(),
        ];
        let names: Vec<String> = names.into_iter().flatten().map(str::to_owned).collect();
        let pixels = hints.image_data;
        // Folders are read and pictures scaled here: not on a thread that others wait for.
        let picture = tokio::task::spawn_blocking(move || {
            let own = pixels.and_then(|pixels| pixels.picture());
            own.or_else(|| {
                names
                    .iter()
                    .find_map(|name| picture::read(&icons::find(name, ICON_SIZE)?))
            })
        })
        .await
        .ok()
        .flatten();
        let notification = Box::new(Notification {
            app: markup::one_line(app_name),
            summary: markup::one_line(summary),
            body: markup::plain(body),
            urgency: hints.urgency,
            timeout: timeout(expire_timeout),
            actions: pairs(&actions),
            resident: hints.resident,
            // Only what we ask ourselves looks like a question of ours.
            asks: false,
            picture,
        });
        self.ask(|reply| Request::Notify {
            notification,
            replaces: replaces_id,
            reply,
        })
        .await
    }

    async fn close_notification(&self, id: u32) -> fdo::Result<()> {
        if self.ask(|reply| Request::Close { id, reply }).await? {
            Ok(())
        } else {
            // The specification asks for an error without words.
            Err(fdo::Error::Failed(String::new()))
        }
    }

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn action_invoked(
        emitter: &SignalEmitter<'_>,
        id: u32,
        action_key: &str,
    ) -> zbus::Result<()>;
}

fn timeout(milliseconds: i32) -> Timeout {
    match u64::try_from(milliseconds) {
        Ok(0) => Timeout::Never,
        Ok(time) => Timeout::After(Duration::from_millis(time)),
        Err(_) => Timeout::Default,
    }
}

/// The actions: keys and labels by turns; a key without a label is dropped.
fn pairs(words: &[&str]) -> Vec<Action> {
    words
        .chunks_exact(2)
        .take(ACTIONS_AT_MOST)
        .map(|pair| Action {
            key: pair[0].to_owned(),
            label: markup::one_line(pair[1])
                .chars()
                .take(LABEL_AT_MOST)
                .collect(),
        })
        .collect()
}
