//! `/panels`: what is on screen, as drawn, and orders to open, close and go.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use ninep::Errno;
use ninep::tree::ctl::{Refusal, add_ctl};
use ninep::tree::{Dir, Feed, content, status};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use trees::panels::{Event, PanelVerb, Status, Verb, app_id};
use trees::time::Millis;
use ui::semantics::ScreenSlot;
use ui::text::{Language, language};

use crate::Panel;

/// Bytes of events that are kept.
const KEEP: usize = 256 << 10;

/// Something asked for through a `ctl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Show a panel, or bring it to the front.
    Open(Panel),
    /// Close a panel.
    Close(Panel),
    /// Go to a place in a panel, opening it if need be.
    Navigate(Panel, String),
    /// End the process.
    Quit,
}

type Answer = oneshot::Sender<Result<(), String>>;

/// What one write to a `ctl` asks: all of it or none. The asker waits for the answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is asked, in order.
    pub asks: Vec<Ask>,
    answer: Arc<Mutex<Option<Answer>>>,
}

impl Request {
    /// Whether this is the same write as the other.
    pub fn is(&self, other: &Request) -> bool {
        Arc::ptr_eq(&self.answer, &other.answer)
    }

    /// Says how it went; only the first answer counts.
    pub fn answer(&self, result: Result<(), String>) {
        let answer = self
            .answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(answer) = answer {
            // The asker may have gone away, which is no concern of ours.
            let _gone = answer.send(result);
        }
    }
}

#[derive(Debug)]
struct Shown {
    rev: u64,
    open: BTreeSet<Panel>,
}

/// What the windows tell the tree.
#[derive(Debug)]
pub struct Served {
    since: Millis,
    shown: Mutex<Shown>,
    feed: Feed,
    slots: [Arc<ScreenSlot>; Panel::ALL.len()],
    asks: mpsc::UnboundedSender<Request>,
    requests: Mutex<Option<mpsc::UnboundedReceiver<Request>>>,
}

impl Served {
    /// A tree of no open panels, its events in this epoch.
    pub fn new(epoch: u64) -> Arc<Self> {
        let (asks, requests) = mpsc::unbounded_channel();
        let feed = Feed::new(epoch, KEEP);
        let slots = Panel::ALL.map(|panel| {
            let feed = feed.clone();
            ScreenSlot::new(app_id(panel.name()), move |screen| {
                push(
                    &feed,
                    &Event::Screen {
                        name: panel.name().to_owned(),
                        rev: screen.rev,
                    },
                );
            })
        });
        Arc::new(Self {
            since: Millis::now(),
            shown: Mutex::new(Shown {
                rev: 1,
                open: BTreeSet::new(),
            }),
            feed,
            slots,
            asks,
            requests: Mutex::new(Some(requests)),
        })
    }

    /// Where the drawn screens of a panel go.
    pub fn slot(&self, panel: Panel) -> Arc<ScreenSlot> {
        Arc::clone(&self.slots[panel as usize])
    }

    /// What is asked through the tree; given out once.
    pub fn requests(&self) -> Option<mpsc::UnboundedReceiver<Request>> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// A panel's window is there.
    pub fn opened(&self, panel: Panel) {
        let new = {
            let mut shown = self.shown();
            let new = shown.open.insert(panel);
            shown.rev += u64::from(new);
            new
        };
        if new {
            push(
                &self.feed,
                &Event::Opened {
                    name: panel.name().to_owned(),
                },
            );
        }
    }

    /// A panel's window is gone.
    pub fn closed(&self, panel: Panel) {
        let was = {
            let mut shown = self.shown();
            let was = shown.open.remove(&panel);
            shown.rev += u64::from(was);
            was
        };
        if was {
            push(
                &self.feed,
                &Event::Closed {
                    name: panel.name().to_owned(),
                },
            );
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> Status {
        let shown = self.shown();
        Status {
            rev: shown.rev,
            since: self.since,
            language: match language() {
                Language::English => "en",
                Language::Chinese => "zh-CN",
            }
            .to_owned(),
            open: shown
                .open
                .iter()
                .map(|panel| panel.name().to_owned())
                .collect(),
            renderer: self
                .slots
                .iter()
                .find_map(|slot| slot.renderer())
                .unwrap_or("nothing has been drawn yet")
                .to_owned(),
        }
    }

    /// The screen of a panel as JSON; empty while it is closed or not drawn yet.
    fn screen(&self, panel: Panel) -> ninep::Result<Bytes> {
        let screen = self.slots[panel as usize].latest();
        if !self.shown().open.contains(&panel) || screen.rev == 0 {
            return Ok(Bytes::new());
        }
        let mut text = serde_json::to_vec(&*screen).map_err(|error| {
            ninep::Error::new(Errno::IO, format!("the screen cannot be written: {error}"))
        })?;
        text.push(b'\n');
        Ok(text.into())
    }

    async fn ask(&self, asks: Vec<Ask>) -> Result<Value, Refusal> {
        let ending = || Refusal::new(Errno::SHUTDOWN, "the panels are ending; ask again");
        let (answer, answered) = oneshot::channel();
        let request = Request {
            asks,
            answer: Arc::new(Mutex::new(Some(answer))),
        };
        self.asks.send(request).map_err(|_| ending())?;
        match answered.await {
            Ok(Ok(())) => Ok(Value::Null),
            Ok(Err(why)) => Err(Refusal::new(Errno::INVAL, why)),
            Err(_) => Err(ending()),
        }
    }
}

fn push(feed: &Feed, event: &Event) {
    // An event of ours is an object, which is all that can be refused.
    if let Err(error) = feed.push(event) {
        tracing::error!("an event of /panels was not told: {error}");
    }
}

/// The tree of [`trees::panels`].
pub fn tree(served: &Arc<Served>) -> Arc<Dir> {
    let root = Dir::new();
    let state = Arc::clone(served);
    root.add("status", status(move || state.status()));
    root.add("event", served.feed.node());
    let (rev, state) = (Arc::clone(served), Arc::clone(served));
    add_ctl(
        &root,
        move || rev.shown().rev,
        move |_, verbs: Vec<Verb>| {
            let served = Arc::clone(&state);
            async move {
                served
                    .ask(verbs.into_iter().map(|Verb::Quit {}| Ask::Quit).collect())
                    .await
            }
        },
    );
    for panel in Panel::ALL {
        let folder = root.folder(panel.name());
        let state = Arc::clone(served);
        folder.add(
            "screen",
            content(move || std::future::ready(state.screen(panel))),
        );
        let (rev, state) = (Arc::clone(served), Arc::clone(served));
        add_ctl(
            &folder,
            move || rev.shown().rev,
            move |_, verbs: Vec<PanelVerb>| {
                let served = Arc::clone(&state);
                async move {
                    let asks = verbs.into_iter().map(|verb| match verb {
                        PanelVerb::Open {} => Ask::Open(panel),
                        PanelVerb::Close {} => Ask::Close(panel),
                        PanelVerb::Navigate { place } => Ask::Navigate(panel, place),
                    });
                    served.ask(asks.collect()).await
                }
            },
        );
    }
    root
}
