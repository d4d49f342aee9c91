//! `/shell`: what the shell shows and takes, as files. The state is asked for in the window loop; what is drawn
//! is read off the drawn views.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use ninep::tree::ctl::{Refusal, Verb, add_ctl};
use ninep::tree::{Dir, Feed, Node, content, status_later};
use ninep::{Errno, Error};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use trees::shell::{Event, LauncherVerb, NotificationVerb};

use crate::message::{Message, Refused};
use crate::reply::Reply;
use crate::surfaces::{Drawn, Surfaces};

/// Bytes of events that are kept for who follows.
const FEED: usize = 256 << 10;

/// The folders with a `screen`.
const FOLDERS: [&str; 3] = ["bar", "launcher", "notifications"];

/// The feed of `/shell/event`.
pub fn feed(epoch: u64) -> Feed {
    Feed::new(epoch, FEED)
}

/// Files each redraw that shows something new as an event.
pub fn drawn(feed: Feed) -> Drawn {
    Arc::new(move |folder, rev| {
        post(
            &feed,
            &Event::Screen {
                name: folder.to_owned(),
                rev,
            },
        );
    })
}

/// Appends an event to the feed.
pub fn post(feed: &Feed, event: &Event) {
    if let Err(error) = feed.push(event) {
        tracing::error!("an event of /shell was lost: {error}");
    }
}

/// The tree. `ask` leads to the window loop.
pub fn tree(ask: &UnboundedSender<Message>, surfaces: &Surfaces, feed: &Feed) -> Arc<dyn Node> {
    let root = Dir::new();
    let asked = ask.clone();
    // Follows the state's own count closely enough for `if-rev`: it is taken from each answer.
    let rev = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&rev);
    root.add(
        "status",
        status_later(move || {
            let (asked, seen) = (asked.clone(), Arc::clone(&seen));
            async move {
                let status = answer(&asked, Message::Status).await?;
                seen.store(status.rev, Ordering::Relaxed);
                Ok(*status)
            }
        }),
    );
    root.add("event", feed.node());
    let folders = FOLDERS.map(|name| {
        let folder = root.folder(name);
        let surfaces = surfaces.clone();
        let screen = content(move || {
            let lines = screens(&surfaces, name);
            async move { lines }
        });
        folder.add("screen", screen);
        folder
    });
    let [_, launcher, notifications] = &folders;
    ctl(
        launcher,
        ask,
        &rev,
        Message::LauncherCtl as fn(Vec<LauncherVerb>, _) -> Message,
    );
    ctl(
        notifications,
        ask,
        &rev,
        Message::NotificationCtl as fn(Vec<NotificationVerb>, _) -> Message,
    );
    root
}

fn ctl<V: Verb>(
    folder: &Dir,
    ask: &UnboundedSender<Message>,
    rev: &Arc<AtomicU64>,
    message: fn(Vec<V>, Reply<Result<(), Refused>>) -> Message,
) {
    let (ask, rev) = (ask.clone(), Arc::clone(rev));
    add_ctl(
        folder,
        move || rev.load(Ordering::Relaxed),
        move |_, verbs: Vec<V>| {
            let ask = ask.clone();
            async move {
                match answer(&ask, |reply| message(verbs, reply)).await? {
                    Ok(()) => Ok(Value::Null),
                    Err(why) => Err(Refusal::new(Errno::NOENT, why)),
                }
            }
        },
    );
}

/// Asks the window loop and waits for its answer.
async fn answer<T>(
    ask: &UnboundedSender<Message>,
    question: impl FnOnce(Reply<T>) -> Message,
) -> ninep::Result<T> {
    let gone = || Error::new(Errno::SHUTDOWN, "the shell is closing");
    let (reply, answer) = Reply::new();
    ask.send(question(reply)).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())
}

/// One screen to a line.
fn screens(surfaces: &Surfaces, folder: &str) -> ninep::Result<Bytes> {
    let mut lines = Vec::new();
    for screen in surfaces.screens(folder) {
        serde_json::to_writer(&mut lines, &screen).map_err(|error| {
            Error::new(Errno::IO, format!("a screen cannot be written ({error})"))
        })?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}
