//! The state of the shell and its rules: what happens, and what is to be done about it. No I/O here.

mod notes;
mod orders;

use std::collections::HashMap;
use std::time::Instant;

use iced_core::window;
use jiff::Timestamp;
use trees::desktop;
use trees::shell::Event;
use trees::time::Millis;
use ui::text::Language;
use ui::theme::Choice;
use ui::{Element, Theme};

use crate::bar::{self, Bar};
use crate::effect::Effect;
use crate::launcher::{self, Catalogue, Launcher};
use crate::message::Message;
use crate::notify::own::Own;
use crate::notify::queue::Queue;
use crate::notify::{self};
use crate::reach::{Desktop, Reach, Told};
use crate::surfaces::{Surfaces, What};

/// The shell.
#[derive(Debug)]
pub struct Shell {
    theme: Choice,
    since: Millis,
    rev: u64,
    surfaces: Surfaces,
    bar: Bar,
    catalogue: Catalogue,
    launcher: Option<Launcher>,
    queue: Queue,
    /// When each notification came.
    came: HashMap<u32, Millis>,
    own: Own,
    /// The notification that speaks of a part.
    of_part: HashMap<String, u32>,
    /// The notification that asks a question of the compositor's.
    asked: HashMap<u64, u32>,
    server: Result<(), String>,
}

impl Shell {
    /// A shell that was started at `now`.
    pub fn new(theme: Choice, surfaces: Surfaces, now: Timestamp) -> Self {
        Self {
            theme,
            since: Millis::now(),
            rev: 1,
            surfaces,
            bar: Bar::new(now),
            catalogue: Catalogue::default(),
            launcher: None,
            queue: Queue::default(),
            came: HashMap::new(),
            own: Own::default(),
            of_part: HashMap::new(),
            asked: HashMap::new(),
            server: Err("not asked for yet".to_owned()),
        }
    }

    /// The theme of every surface.
    pub fn theme(&self) -> Theme {
        self.theme.theme()
    }

    /// Whether the launcher is open.
    pub fn launcher_is_open(&self) -> bool {
        self.launcher.is_some()
    }

    /// When a notification's time is up next.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.queue.next_deadline()
    }

    /// Takes what happened, and says what is to be done.
    pub fn update(&mut self, message: Message, now: Instant) -> Vec<Effect> {
        match message {
            Message::Output(output) => {
                let known = self.surfaces.update_output(&output);
                if known {
                    Vec::new()
                } else {
                    vec![self.open(What::Bar(output))]
                }
            }
            Message::OutputRemoved(global) => {
                self.close(|what| matches!(what, What::Bar(output) if output.global == global))
            }
            Message::Opened(window) => {
                let launcher = self.surfaces.launcher() == Some(window);
                if launcher {
                    vec![Effect::FocusSearch]
                } else {
                    Vec::new()
                }
            }
            Message::Closed(window) => self.closed(window, now),
            Message::Unfocused(window) if self.surfaces.launcher() == Some(window) => {
                self.close_launcher()
            }
            Message::Unfocused(_) => Vec::new(),

            Message::Desktop(told) => self.desktop(told, now),
            Message::Mirror(told) => self.mirror(&told, now),
            Message::Subsystems(told) => self.subsystems(told, now),
            Message::Apps(apps) => {
                self.catalogue = Catalogue::new(apps);
                if let Some(launcher) = &mut self.launcher {
                    launcher.search(&self.catalogue);
                }
                Vec::new()
            }
            Message::Minute(now) => {
                self.bar.now = now;
                Vec::new()
            }
            Message::Expire => {
                let gone = self.queue.expire(now);
                self.gone(gone)
            }
            Message::Program(request) => self.program(request, now),
            Message::Server(server) => {
                self.server = server;
                self.rev += 1;
                Vec::new()
            }
            Message::Failed(purpose, cause) => self.failed(&purpose, &cause, now),

            Message::Status(reply) => {
                reply.send(Box::new(self.status()));
                Vec::new()
            }
            Message::LauncherCtl(verbs, reply) => self.launcher_ctl(verbs, &reply),
            Message::NotificationCtl(verbs, reply) => self.notification_ctl(verbs, &reply, now),
            Message::Quit => vec![Effect::Quit],

            Message::Bar(message) => self.bar(&message),
            Message::Launcher(message) => self.launcher(message),
            Message::Popup(id, message) => self.popup(id, &message, now),
            Message::ToLoop(window, action) => vec![Effect::Surface(window, *action)],
        }
    }

    /// What a window shows.
    pub fn view(&self, window: window::Id) -> Element<'_, Message> {
        let Some(surface) = self.surfaces.get(window) else {
            return iced_widget::space().into();
        };
        let content = match surface.what {
            What::Bar(_) => self.view_bar(),
            What::Launcher { .. } => self.view_launcher(),
            What::Notification { id, .. } => self.view_notification(id),
        };
        ui::semantics::observe(surface.slot, content).into()
    }

    /// The bar, the same on every output.
    pub fn view_bar(&self) -> Element<'_, Message> {
        bar::view::view(&self.bar, &self.catalogue, self.launcher.is_some()).map(Message::Bar)
    }

    /// The launcher; nothing if it is closed.
    pub fn view_launcher(&self) -> Element<'_, Message> {
        match &self.launcher {
            Some(launcher) => {
                launcher::view::view(launcher, &self.catalogue).map(Message::Launcher)
            }
            None => iced_widget::space().into(),
        }
    }

    /// The popup of a notification; nothing if it is gone.
    pub fn view_notification(&self, id: u32) -> Element<'_, Message> {
        match self.queue.get(id) {
            Some(notification) => {
                notify::view::view(notification).map(move |message| Message::Popup(id, message))
            }
            None => iced_widget::space().into(),
        }
    }

    fn open(&self, what: What) -> Effect {
        let (window, action) = self.surfaces.open(what);
        Effect::Surface(window, action)
    }

    fn close(&self, which: impl Fn(&What) -> bool) -> Vec<Effect> {
        let changes = self.surfaces.close(which).into_iter();
        changes
            .map(|(window, action)| Effect::Surface(window, action))
            .collect()
    }

    /// The compositor took a surface away, most likely with its output.
    fn closed(&mut self, window: window::Id, now: Instant) -> Vec<Effect> {
        match self.surfaces.closed(window) {
            Some(What::Launcher { .. }) => self.close_launcher(),
            // What it had to say is not said yet: it is shown again, where there is an output.
            Some(What::Notification { .. }) if !self.surfaces.outputs().is_empty() => {
                self.restack()
            }
            Some(What::Notification { id, .. }) => {
                let gone = self.queue.close(id, notify::queue::Reason::Undefined, now);
                self.gone(gone)
            }
            Some(What::Bar(_)) | None => Vec::new(),
        }
    }

    fn desktop(&mut self, told: Told<Desktop, desktop::Event>, now: Instant) -> Vec<Effect> {
        if let Some(reach) = told.reach() {
            self.bar.desktop = reach;
        }
        match told {
            Told::Up(Desktop {
                theme,
                windows,
                fault,
                questions,
            }) => {
                self.theme.follow(&theme);
                self.bar.windows.replace(windows);
                let mut effects = self.configuration(fault.as_deref(), now);
                effects.extend(self.all_asked(&questions, now));
                return effects;
            }
            Told::Down { .. } => {
                self.bar.windows.replace(Vec::new());
                return self.all_asked(&[], now);
            }
            Told::Event(desktop::Event::SelectionAsked { question }) => {
                return self.asked(&question, now);
            }
            Told::Event(desktop::Event::SelectionSettled { id, .. }) => {
                return self.settled(id, now);
            }
            Told::Event(desktop::Event::Binding { name }) if name == "launcher" => {
                return self.toggle_launcher();
            }
            Told::Event(desktop::Event::Config { error }) => {
                return self.configuration(error.as_deref(), now);
            }
            Told::Event(desktop::Event::Theme { name }) => self.theme.follow(&name),
            Told::Event(event) => self.bar.windows.apply(&event),
        }
        Vec::new()
    }

    fn bar(&mut self, message: &bar::Message) -> Vec<Effect> {
        use trees::desktop::WindowVerb;

        match *message {
            bar::Message::Launcher => self.toggle_launcher(),
            bar::Message::Focus(id) => vec![orders::window(id, &WindowVerb::Focus {})],
            bar::Message::Close(id) => vec![orders::window(id, &WindowVerb::Close {})],
            bar::Message::Panel(panel) => vec![Effect::OpenPanel(panel)],
        }
    }

    fn toggle_launcher(&mut self) -> Vec<Effect> {
        if self.launcher.is_some() {
            self.close_launcher()
        } else {
            self.open_launcher("")
        }
    }

    /// Shows the launcher with this search, whether it was open or not.
    fn open_launcher(&mut self, query: &str) -> Vec<Effect> {
        let was_open = self.launcher.is_some();
        self.launcher = Some(Launcher::new(query.to_owned(), &self.catalogue));
        if was_open {
            return vec![Effect::Reveal(0.0)];
        }
        self.rev += 1;
        vec![
            self.open(self.surfaces.new_launcher()),
            Effect::Post(Event::Launcher { open: true }),
        ]
    }

    fn close_launcher(&mut self) -> Vec<Effect> {
        if self.launcher.take().is_none() {
            return Vec::new();
        }
        self.rev += 1;
        let mut effects = self.close(|what| matches!(what, What::Launcher { .. }));
        effects.push(Effect::Post(Event::Launcher { open: false }));
        effects
    }

    fn launcher(&mut self, message: launcher::Message) -> Vec<Effect> {
        let Some(launcher) = &mut self.launcher else {
            return Vec::new();
        };
        match message {
            launcher::Message::Search(query) => {
                launcher.query = query;
                launcher.search(&self.catalogue);
                vec![Effect::Reveal(0.0)]
            }
            launcher::Message::Move(by) => {
                launcher.step(by);
                vec![Effect::Reveal(launcher.share())]
            }
            launcher::Message::Start => self.start_found(None),
            launcher::Message::Choose(place) => self.start_found(Some(place)),
            launcher::Message::Close => self.close_launcher(),
        }
    }

    fn start_found(&mut self, place: Option<usize>) -> Vec<Effect> {
        let Some(launcher) = &self.launcher else {
            return Vec::new();
        };
        let target = launcher.found.get(place.unwrap_or(launcher.chosen));
        let Some(effect) = target.and_then(|target| orders::start(target, &self.catalogue)) else {
            return Vec::new();
        };
        let mut effects = vec![effect];
        effects.extend(self.close_launcher());
        effects
    }

    fn mirror(&mut self, told: &Told<(), ()>, now: Instant) -> Vec<Effect> {
        let Some(reach) = told.reach() else {
            return Vec::new();
        };
        self.bar.mirror = reach;
        let word = self.own.mirror(&self.bar.mirror, self.bar.mirror_part());
        self.say(word, now)
    }

    fn subsystems(
        &mut self,
        told: Told<Vec<trees::subsystems::Subsystem>, trees::subsystems::Event>,
        now: Instant,
    ) -> Vec<Effect> {
        use trees::subsystems::Event;

        if let Some(reach) = told.reach() {
            self.bar.subsystems = reach;
        }
        let news = match told {
            Told::Up(parts) => {
                self.bar.parts.clear();
                parts
            }
            Told::Down { .. } => {
                self.bar.parts.clear();
                Vec::new()
            }
            Told::Event(Event::State { subsystem }) => vec![subsystem],
            Told::Event(Event::Quit {}) => {
                self.own.quit();
                Vec::new()
            }
            Told::Event(Event::Log { .. }) => Vec::new(),
        };
        let mut effects = Vec::new();
        for part in news {
            let word = self.own.part(&part);
            self.bar.take_part(part);
            effects.extend(self.say(word, now));
        }
        effects
    }

    fn status(&self) -> trees::shell::Status {
        trees::shell::Status {
            rev: self.rev,
            since: self.since,
            language: match ui::text::language() {
                Language::English => "en",
                Language::Chinese => "zh-CN",
            }
            .to_owned(),
            launcher: self.launcher.is_some(),
            notifications: self
                .queue
                .shown()
                .map(|(id, shown)| self.told(id, shown))
                .collect(),
            notification_server: self.server.clone(),
        }
    }
}

impl Reach {
    /// Whether the tree answers.
    pub fn is_up(&self) -> bool {
        *self == Self::Up
    }
}
