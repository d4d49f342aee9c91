//! `/desktop` over 9P: the shape is that of [`trees::desktop`], the answers come from the state's
//! thread through [`Command`]s.

mod files;
mod port;
mod serve;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, Feed, Log, content, status_later};
use trees::desktop::Event;

use crate::control::Command;
use crate::layout::WindowId;

pub(crate) use port::Port;
pub(crate) use serve::post;

/// What a feed keeps for followers that come late, in bytes.
const KEEP: usize = 256 << 10;

/// The files, as the state's thread changes them.
pub(crate) struct Tree {
    root: Arc<Dir>,
    outputs: Arc<Dir>,
    windows: Arc<Dir>,
    feed: Feed,
    port: Port,
}

impl Tree {
    /// The files that are always there. `epoch` begins the feed, `rev` is the desktop's.
    pub(crate) fn new(epoch: u64, port: Port, log: &Log, rev: &Arc<AtomicU64>) -> Self {
        let root = Dir::new();
        let feed = Feed::new(epoch, KEEP);
        let asked = port.clone();
        root.add("status", status_later(move || asked.ask(Command::Status)));
        let spent = port.clone();
        root.add("perf", status_later(move || spent.ask(Command::Perf)));
        let set = port.clone();
        root.add("config", status_later(move || set.ask(Command::Config)));
        root.add("event", feed.node());
        root.add("log", log.node());
        let ctl = port.clone();
        let changes = Arc::clone(rev);
        let count = move || changes.load(Ordering::Relaxed);
        add_ctl(&root, count, move |_, verbs| {
            ctl.tell(|reply| Command::Desktop(verbs, reply))
        });
        let input = root.folder("input");
        let seat = port.clone();
        input.add(
            "status",
            status_later(move || seat.ask(Command::InputStatus)),
        );
        let hands = port.clone();
        add_ctl(
            &input,
            || 0,
            move |_, verbs| hands.tell(|reply| Command::Input(verbs, reply)),
        );
        let (outputs, windows) = (root.folder("outputs"), root.folder("windows"));
        let (screens, count) = (port.clone(), Arc::clone(rev));
        let count = move || count.load(Ordering::Relaxed);
        add_ctl(&outputs, count, move |_, verbs| {
            screens.tell(|reply| Command::Outputs(verbs, reply))
        });
        Self {
            root,
            outputs,
            windows,
            feed,
            port,
        }
    }

    /// The folder to serve.
    pub(crate) fn root(&self) -> Arc<Dir> {
        Arc::clone(&self.root)
    }

    /// Adds a line to `event`.
    pub(crate) fn event(&self, event: &Event) -> ninep::Result<()> {
        self.feed.push(event).map(drop)
    }

    pub(crate) fn output_added(&self, name: &str, rev: Arc<AtomicU64>) {
        let folder = self.outputs.folder(name);
        files::output(&folder, name, &self.port, rev);
    }

    pub(crate) fn output_removed(&self, name: &str) {
        drop(self.outputs.remove(name));
    }

    pub(crate) fn window_opened(&self, id: WindowId, rev: Arc<AtomicU64>) {
        let folder = self.windows.folder(id.to_string());
        files::window(&folder, id, &self.port, rev);
    }

    pub(crate) fn window_closed(&self, id: WindowId) {
        drop(self.windows.remove(&id.to_string()));
    }
}

/// A file whose bytes are asked for at open.
fn picture(
    port: &Port,
    make: impl Fn(PictureReply) -> Command + Send + Sync + 'static,
) -> Arc<dyn ninep::tree::Node> {
    let port = port.clone();
    content(move || {
        let asked = port.ask(&make);
        async move {
            let taken: Result<Vec<u8>, _> = asked.await?;
            taken
                .map(Into::into)
                .map_err(|refusal: ninep::tree::ctl::Refusal| {
                    ninep::Error::new(refusal.errno, refusal.why)
                })
        }
    })
}

type PictureReply = crate::control::Reply<Result<Vec<u8>, ninep::tree::ctl::Refusal>>;
