//! What runs beside the window loop and tells it things: followers of trees, the notification server, the scan of
//! applications, the clock, signals.

use std::time::Duration;

use jiff::Timestamp;
use ninep::client::Namespace;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::launcher::apps::Scan;
use crate::launcher::watch;
use crate::message::Message;
use crate::notify::server::{self, Signal};
use crate::{bar, follow};

/// Starts everything that tells the window loop things. `to_programs` is what programs are told on D-Bus.
pub(crate) fn start(
    runtime: &Runtime,
    trees: &Namespace,
    tell: &UnboundedSender<Message>,
    to_programs: UnboundedReceiver<Signal>,
) {
    runtime.spawn(follow::desktop(trees.clone(), tell.clone()));
    runtime.spawn(follow::mirror(trees.clone(), tell.clone()));
    runtime.spawn(follow::subsystems(trees.clone(), tell.clone()));
    runtime.spawn(notifications(tell.clone(), to_programs));
    runtime.spawn(applications(tell.clone()));
    runtime.spawn(ends(tell.clone()));
    let minute = tell.clone();
    if let Err(error) =
        bar::clock::follow(move || minute.send(Message::Minute(Timestamp::now())).is_ok())
    {
        tracing::error!("the clock stands still: {error}");
    }
}

/// Serves notifications. A bus that goes away is started again by the manager at the same address, so it is
/// looked for a few times; where there never was one, or another server has the name, the shell goes on without.
async fn notifications(tell: UnboundedSender<Message>, mut signals: UnboundedReceiver<Signal>) {
    let (requests, mut asked) = unbounded_channel();
    let serving = async {
        let mut waits = [1, 2, 4, 8, 16].into_iter().map(Duration::from_secs);
        let mut served = false;
        loop {
            let bus = zbus::connection::Builder::session();
            let serving = server::serve(bus, requests.clone(), &mut signals, || {
                served = true;
                let _ended = tell.send(Message::Server(Ok(())));
            });
            let Err(error) = serving.await else { return };
            tracing::warn!("{error}");
            let again = matches!(error, server::Error::BusGone | server::Error::NoBus(_)) && served;
            let _ended = tell.send(Message::Server(Err(error.to_string())));
            match waits.next() {
                Some(wait) if again => tokio::time::sleep(wait).await,
                _ => return,
            }
        }
    };
    let passing = async {
        while let Some(request) = asked.recv().await {
            if tell.send(Message::Program(request)).is_err() {
                return;
            }
        }
    };
    tokio::join!(serving, passing);
}

async fn applications(tell: UnboundedSender<Message>) {
    let language = match ui::text::language() {
        ui::text::Language::English => "en-US",
        ui::text::Language::Chinese => "zh-CN",
    };
    let (scans, mut apps) = unbounded_channel();
    let passing = async {
        while let Some(apps) = apps.recv().await {
            if tell.send(Message::Apps(apps)).is_err() {
                return;
            }
        }
    };
    tokio::join!(watch::follow(Scan::of_session(language), scans), passing);
}

/// Ends the shell in order when it is asked to end.
async fn ends(tell: UnboundedSender<Message>) {
    use tokio::signal::unix::{SignalKind, signal};

    match (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            let _ended = tell.send(Message::Quit);
        }
        (Err(error), _) | (_, Err(error)) => tracing::warn!("signals are not listened to: {error}"),
    }
}
