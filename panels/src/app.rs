//! The windows: which panel is in which, and what goes between panels and the outside.

mod keys;

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use iced::futures::stream::unfold;
use iced::widget::operation;
use iced::{Size, Subscription, Task, window};
use jiff::Timestamp;
use ninep::client::Namespace;
use ui::semantics::observe;
use ui::theme::Choice;
use ui::{Element, Theme};

use crate::feed::Feed;
use crate::serve::{Ask, Request, Served};
use crate::storage::{self, Storage};
use crate::subsystems::{self, LogPart, Subsystems};
use crate::sync::{self, Sync};
use crate::{Action, Order, Panel, link};

pub use keys::Key;

/// How long the process stays after its last window has closed.
const LINGER: Duration = Duration::from_secs(30);

/// The smallest window that a panel is made for, in logical pixels.
pub const SMALLEST: (f32, f32) = (820.0, 560.0);

/// All panels and their windows.
#[derive(Debug)]
pub struct App {
    namespace: Namespace,
    served: Arc<Served>,
    windows: BTreeMap<window::Id, Panel>,
    /// Who waits to hear that a window is there.
    opening: Vec<(window::Id, Request)>,
    /// The end of the process, while it has no window. Dropped by the next one: a timer that has nothing more to
    /// end would wake us, and have every window drawn.
    lingering: Option<iced::task::Handle>,
    theme: Choice,
    storage: Storage,
    sync: Sync,
    subsystems: Subsystems,
}

/// What happens to the program.
#[derive(Debug, Clone)]
pub enum Message {
    /// The trees said something.
    Feeds(Vec<Feed>),
    /// Lines of the log that is followed.
    Log(LogPart),
    /// To the storage panel.
    Storage(storage::Message),
    /// To the sync panel.
    Sync(sync::Message),
    /// To the subsystems panel.
    Subsystems(subsystems::Message),
    /// Something is asked through `/panels`.
    Asked(Request),
    /// A window is there.
    Opened(window::Id),
    /// A window is gone.
    Closed(window::Id),
    /// A key that no widget took.
    Key(window::Id, Key),
    /// The time to stay without a window is over, if nothing happened since.
    Idle,
    /// Nothing to do.
    Nothing,
}

/// What one subscription to a log is known by.
struct LogOf {
    namespace: Namespace,
    subsystem: String,
}

impl Hash for LogOf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.subsystem.hash(state);
    }
}

/// The name of the container around all of a panel.
fn root(panel: Panel) -> &'static str {
    match panel {
        Panel::Storage => "panel storage",
        Panel::Sync => "panel sync",
        Panel::Subsystems => "panel subsystems",
    }
}

impl App {
    /// The program with these panels opening.
    pub fn new(
        namespace: Namespace,
        served: Arc<Served>,
        panels: &[Panel],
        theme: Choice,
    ) -> (Self, Task<Message>) {
        let feeds = Task::run(link::feeds(namespace.clone()), Message::Feeds);
        let requests = served.requests().map_or_else(Task::none, |requests| {
            let next = |mut requests: tokio::sync::mpsc::UnboundedReceiver<Request>| async {
                requests.recv().await.map(|request| (request, requests))
            };
            Task::run(unfold(requests, next), Message::Asked)
        });
        let mut app = Self {
            namespace,
            served,
            windows: BTreeMap::new(),
            opening: Vec::new(),
            lingering: None,
            theme,
            storage: Storage::default(),
            sync: Sync::default(),
            subsystems: Subsystems::default(),
        };
        let windows = panels
            .iter()
            .map(|panel| app.open(*panel).1)
            .collect::<Vec<_>>();
        let linger = if panels.is_empty() {
            app.linger()
        } else {
            Task::none()
        };
        (
            app,
            Task::batch([feeds, requests, Task::batch(windows), linger]),
        )
    }

    /// The title of a window.
    pub fn title(&self, id: window::Id) -> String {
        self.windows
            .get(&id)
            .map_or_else(String::new, |panel| panel.title())
    }

    /// Light or dark.
    pub fn theme(&self, _id: window::Id) -> Theme {
        self.theme.theme()
    }

    /// What is listened to while it runs.
    pub fn subscription(&self) -> Subscription<Message> {
        let log = self
            .windows
            .values()
            .any(|panel| *panel == Panel::Subsystems)
            .then(|| self.subsystems.followed())
            .flatten()
            .map_or_else(Subscription::none, |subsystem| {
                let data = LogOf {
                    namespace: self.namespace.clone(),
                    subsystem: subsystem.to_owned(),
                };
                Subscription::run_with(data, |data| {
                    link::tail(data.namespace.clone(), data.subsystem.clone())
                })
                .map(Message::Log)
            });
        Subscription::batch([
            window::close_events().map(Message::Closed),
            keys::subscription(),
            log,
        ])
    }

    /// What a window shows.
    pub fn view(&self, id: window::Id) -> Element<'_, Message> {
        let Some(panel) = self.windows.get(&id).copied() else {
            return iced::widget::space().into();
        };
        let now = Timestamp::now();
        let content = match panel {
            Panel::Storage => self.storage.view(now).map(Message::Storage),
            Panel::Sync => self.sync.view(now).map(Message::Sync),
            Panel::Subsystems => self.subsystems.view(now).map(Message::Subsystems),
        };
        let whole = iced::widget::container(content).id(root(panel));
        observe(self.served.slot(panel), whole).into()
    }

    /// Takes a message in.
    pub fn update(&mut self, message: Message) -> Task<Message> {
        let now = Timestamp::now();
        match message {
            Message::Feeds(feeds) => {
                let tasks = feeds.into_iter().map(|feed| self.feed(feed, now));
                Task::batch(tasks.collect::<Vec<_>>())
            }
            Message::Log(part) => self.tell_subsystems(subsystems::Message::Log(part), now),
            Message::Storage(message) => self.tell_storage(message, now),
            Message::Sync(message) => self.tell_sync(message, now),
            Message::Subsystems(message) => self.tell_subsystems(message, now),
            Message::Asked(request) => self.asked(&request),
            Message::Opened(id) => self.opened(id),
            Message::Closed(id) => self.closed(id),
            Message::Key(id, key) => self.key(id, key),
            Message::Idle if self.windows.is_empty() => iced::exit(),
            Message::Idle | Message::Nothing => Task::none(),
        }
    }

    fn feed(&mut self, feed: Feed, now: Timestamp) -> Task<Message> {
        match feed {
            Feed::Mirror(heard) => {
                let sync = self.tell_sync(sync::Message::Mirror(heard.clone()), now);
                Task::batch([
                    sync,
                    self.tell_storage(storage::Message::Mirror(heard), now),
                ])
            }
            Feed::Subsystems(heard) => {
                let storage = storage::Message::Manager(heard.clone());
                let sync = sync::Message::Manager(heard.clone());
                Task::batch([
                    self.tell_storage(storage, now),
                    self.tell_sync(sync, now),
                    self.tell_subsystems(subsystems::Message::Manager(heard), now),
                ])
            }
            Feed::Theme(name) => {
                self.theme.follow(&name);
                Task::none()
            }
        }
    }

    fn tell_storage(&mut self, message: storage::Message, now: Timestamp) -> Task<Message> {
        let actions = self.storage.update(message, now);
        self.act(Panel::Storage, actions)
    }

    fn tell_sync(&mut self, message: sync::Message, now: Timestamp) -> Task<Message> {
        let actions = self.sync.update(message, now);
        self.act(Panel::Sync, actions)
    }

    fn tell_subsystems(&mut self, message: subsystems::Message, now: Timestamp) -> Task<Message> {
        let actions = self.subsystems.update(message, now);
        self.act(Panel::Subsystems, actions)
    }

    fn act(&self, panel: Panel, actions: Vec<Action>) -> Task<Message> {
        Task::batch(
            actions
                .into_iter()
                .map(|action| self.carry_out(panel, action)),
        )
    }

    fn carry_out(&self, panel: Panel, action: Action) -> Task<Message> {
        let namespace = self.namespace.clone();
        match action {
            Action::Write(order) => {
                let done = done(panel, order.clone());
                Task::perform(link::write(namespace, order), done)
            }
            Action::List { path } => {
                Task::perform(link::list(namespace, path.clone()), move |result| {
                    Message::Storage(storage::Message::Listed(path.clone(), result))
                })
            }
            Action::Measure => Task::perform(link::measure(namespace), |feed| {
                feed.map_or(Message::Nothing, |feed| Message::Feeds(vec![feed]))
            }),
            Action::Copy(text) => iced::clipboard::write(text),
            Action::Focus(field) => operation::focus(field),
            Action::ToTop(list) => operation::scroll_to(
                list,
                iced::widget::scrollable::AbsoluteOffset { x: 0.0, y: 0.0 },
            ),
        }
    }

    /// Does all that one write asks for, or says why none of it can be done.
    fn asked(&mut self, request: &Request) -> Task<Message> {
        if let Some(why) = request.asks.iter().find_map(|ask| self.cannot(ask)) {
            request.answer(Err(why));
            return Task::none();
        }
        let mut tasks = Vec::new();
        for ask in request.asks.clone() {
            tasks.push(match ask {
                Ask::Open(panel) => self.show(panel, request),
                Ask::Close(panel) => self.window_of(panel).map_or_else(Task::none, window::close),
                Ask::Navigate(panel, place) => {
                    let go = self
                        .navigate(panel, &place)
                        .map(|actions| self.act(panel, actions));
                    Task::batch([
                        go.unwrap_or_else(|_| Task::none()),
                        self.show(panel, request),
                    ])
                }
                Ask::Quit => iced::exit(),
            });
        }
        if !self.opening.iter().any(|(_, opening)| opening.is(request)) {
            request.answer(Ok(()));
        }
        Task::batch(tasks)
    }

    /// Why something asked for cannot be done.
    fn cannot(&self, ask: &Ask) -> Option<String> {
        match ask {
            Ask::Navigate(Panel::Storage, place) => storage::place(place).err(),
            Ask::Navigate(Panel::Subsystems, place) => self.subsystems.find(place).err(),
            _ => None,
        }
    }

    fn navigate(&mut self, panel: Panel, place: &str) -> Result<Vec<Action>, String> {
        match panel {
            Panel::Storage => self.storage.navigate(place),
            Panel::Sync => Ok(self.sync.navigate(place)),
            Panel::Subsystems => self.subsystems.navigate(place),
        }
    }

    fn window_of(&self, panel: Panel) -> Option<window::Id> {
        self.windows
            .iter()
            .find(|(_, shown)| **shown == panel)
            .map(|(id, _)| *id)
    }

    /// Opens a panel, or brings its window to the front; the asker hears when it is there.
    fn show(&mut self, panel: Panel, request: &Request) -> Task<Message> {
        if let Some(id) = self.window_of(panel) {
            let raise = link::raise(self.namespace.clone(), panel);
            return Task::batch([
                window::gain_focus(id),
                Task::perform(raise, |()| Message::Nothing),
            ]);
        }
        let (id, open) = self.open(panel);
        self.opening.push((id, request.clone()));
        open
    }

    fn open(&mut self, panel: Panel) -> (window::Id, Task<Message>) {
        let settings = window::Settings {
            size: Size::new(1080.0, 720.0),
            min_size: Some(SMALLEST.into()),
            platform_specific: window::settings::PlatformSpecific {
                application_id: trees::panels::app_id(panel.name()),
                ..window::settings::PlatformSpecific::default()
            },
            ..window::Settings::default()
        };
        let (id, open) = window::open(settings);
        self.windows.insert(id, panel);
        self.lingering = None;
        (id, open.map(Message::Opened))
    }

    fn opened(&mut self, id: window::Id) -> Task<Message> {
        if let Some(panel) = self.windows.get(&id) {
            self.served.opened(*panel);
        }
        let there: Vec<Request> = self
            .opening
            .extract_if(.., |(opening, _)| *opening == id)
            .map(|(_, it)| it)
            .collect();
        for request in there {
            // A write that asked for several windows is answered with the last of them.
            if !self.opening.iter().any(|(_, opening)| opening.is(&request)) {
                request.answer(Ok(()));
            }
        }
        Task::none()
    }

    fn closed(&mut self, id: window::Id) -> Task<Message> {
        if let Some(panel) = self.windows.remove(&id) {
            self.served.closed(panel);
        }
        if self.windows.is_empty() {
            self.linger()
        } else {
            Task::none()
        }
    }

    fn linger(&mut self) -> Task<Message> {
        let (end, handle) =
            Task::perform(tokio::time::sleep(LINGER), |()| Message::Idle).abortable();
        self.lingering = Some(handle.abort_on_drop());
        end
    }

    fn key(&mut self, id: window::Id, key: Key) -> Task<Message> {
        let Some(panel) = self.windows.get(&id).copied() else {
            return Task::none();
        };
        match key {
            Key::Walk(way) => iced::advanced::widget::operate(ui::focus::walk(root(panel), way)),
            Key::Leave => {
                let now = Timestamp::now();
                match panel {
                    Panel::Storage => self.tell_storage(storage::Message::Leave, now),
                    Panel::Sync => self.tell_sync(sync::Message::Only(None), now),
                    Panel::Subsystems => self.tell_subsystems(subsystems::Message::Understood, now),
                }
            }
            Key::Close => window::close(id),
        }
    }
}

/// What tells a panel how its order went.
fn done(panel: Panel, order: Order) -> impl Fn(Result<(), String>) -> Message {
    move |result| {
        let order = order.clone();
        match panel {
            Panel::Storage => Message::Storage(storage::Message::Done(order, result)),
            Panel::Sync => Message::Sync(sync::Message::Done(order, result)),
            Panel::Subsystems => Message::Subsystems(subsystems::Message::Done(order, result)),
        }
    }
}
