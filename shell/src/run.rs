//! The window loop and all that runs beside it: what [`crate::shell`] decides is carried out here.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::sync::OnceLock;
use std::time::Instant;

use futures_util::stream;
use iced_core::keyboard::key::Named;
use iced_core::keyboard::{self, Key};
use iced_core::widget::operation::scrollable::RelativeOffset;
use iced_core::window::{self, Event as WindowEvent};
use iced_core::{Event, event};
use iced_exwlshell::redraw::Scope;
use iced_exwlshell::settings::{ExWlSettings, LayerShellSettings, StartMode};
use iced_exwlshell::shell::{ShellEvent, ShellReceiver, channel};
use iced_futures::Subscription;
use iced_runtime::Task;
use iced_runtime::widget::operation;
use jiff::Timestamp;
use ninep::client::Namespace;
use ninep::tree::Feed;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use trees::shell::BAR_SURFACE;
use trees::srv::Post;
use ui::Element;
use ui::theme::Choice;
use wayland_client::Connection;

use crate::effect::{Effect, Purpose};
use crate::launcher::{self, view as launcher_view};
use crate::message::Message;
use crate::notify::server::Signal;
use crate::shell::Shell;
use crate::surfaces::{Output, Surfaces};
use crate::{beside, follow, tree};

/// What the window loop needs, made before it begins.
pub struct Parts {
    /// The compositor.
    pub connection: Connection,
    /// Our place in `srv/`.
    pub post: Post,
    /// The trees of the others.
    pub trees: Namespace,
    /// The theme.
    pub theme: Choice,
}

/// The runtime that the window loop and everything beside it share.
static RUNTIME: OnceLock<Handle> = OnceLock::new();

/// The shared runtime as iced wants it: the loop gets no threads of its own.
struct Shared(Handle);

impl iced_futures::Executor for Shared {
    fn new() -> io::Result<Self> {
        let missing = || io::Error::other("the shared runtime is not there yet");
        RUNTIME.get().cloned().map(Self).ok_or_else(missing)
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let _running = self.0.spawn(future);
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }

    fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let _inside = self.0.enter();
        f()
    }
}

/// Runs the shell until it is told to end.
///
/// # Errors
/// When the compositor goes away or refuses what a shell needs.
pub fn run(runtime: &Runtime, parts: Parts) -> Result<(), iced_exwlshell::Error> {
    let _once = RUNTIME.set(runtime.handle().clone());
    let Parts {
        connection,
        post,
        trees,
        theme,
    } = parts;
    let (tell, told) = unbounded_channel();
    let (signals, to_programs) = unbounded_channel();
    let feed = tree::feed(post.epoch());
    let surfaces = Surfaces::new(tree::drawn(feed.clone()));
    let root = tree::tree(&tell, &surfaces, &feed);
    runtime.spawn(post.serve(root));
    beside::start(runtime, &trees, &tell, to_programs);

    // A clipboard would keep a thread that wakes; the one field of the launcher does without.
    iced_exwlshell::disable_clipboard();
    let (shell_broadcast, outputs) = channel();
    let app = App {
        shell: Shell::new(theme, surfaces, Timestamp::now()),
        trees,
        feed,
        signals,
        outputs,
    };
    let once = Cell::new(Some((app, told)));
    let boot = move || {
        // iced asks for a function that could be called again; it calls it once.
        #[expect(
            clippy::expect_used,
            reason = "the loop boots once: `Instance::new` is called by `run` alone"
        )]
        let (app, told) = once.take().expect("the loop boots once");
        (app, Task::stream(messages(told)))
    };
    iced_exwlshell::daemon(boot, BAR_SURFACE, App::update, App::view)
        .subscription(App::subscription)
        .theme(|app: &App, _: window::Id| Some(app.shell.theme()))
        .on_new_shell(|info| Some(Message::Opened(info.window)))
        // Who reads the status changes nothing, and so draws nothing.
        .redraw_scope(|message| match message {
            Message::Status(_) => Scope::None,
            _ => Scope::All,
        })
        .executor::<Shared>()
        .default_font(ui::fonts::UI)
        .wl_settings(ExWlSettings {
            with_connection: Some(connection.into()),
            shell_broadcast,
            layer_settings: LayerShellSettings {
                start_mode: StartMode::Background,
                ..LayerShellSettings::default()
            },
            ..ExWlSettings::default()
        })
        .run()
}

/// What arrives on the channel, as a stream.
fn messages(told: UnboundedReceiver<Message>) -> impl futures_util::Stream<Item = Message> {
    stream::unfold(told, async |mut told| {
        told.recv().await.map(|message| (message, told))
    })
}

/// The shell with its ways out.
struct App {
    shell: Shell,
    trees: Namespace,
    feed: Feed,
    signals: UnboundedSender<Signal>,
    outputs: ShellReceiver,
}

impl App {
    fn update(&mut self, message: Message) -> Task<Message> {
        let effects = self.shell.update(message, Instant::now());
        Task::batch(
            effects
                .into_iter()
                .map(|effect| self.carry_out(effect))
                .collect::<Vec<_>>(),
        )
    }

    fn view(&self, window: window::Id) -> Element<'_, Message> {
        self.shell.view(window)
    }

    fn carry_out(&self, effect: Effect) -> Task<Message> {
        match effect {
            Effect::Order(order) => {
                let trees = self.trees.clone();
                let work = async move {
                    let done = follow::order(&trees, &order.path, &order.line).await;
                    done.err()
                        .map(|cause| Message::Failed(order.purpose, cause))
                };
                Task::future(work).and_then(Task::done)
            }
            Effect::OpenPanel(panel) => {
                let trees = self.trees.clone();
                let work = async move {
                    let done = follow::open_panel(&trees, panel).await;
                    done.err()
                        .map(|cause| Message::Failed(Purpose::Panel(panel), cause))
                };
                Task::future(work).and_then(Task::done)
            }
            Effect::Surface(window, action) => {
                Task::done(Message::ToLoop(window, Box::new(action)))
            }
            Effect::FocusSearch => operation::focus(launcher_view::FIELD),
            Effect::Reveal(share) => {
                operation::snap_to(launcher_view::LIST, RelativeOffset { x: 0.0, y: share })
            }
            Effect::Signal(signal) => {
                // Without a notification server nobody is there to be told.
                let _nobody = self.signals.send(signal);
                Task::none()
            }
            Effect::Post(event) => {
                tree::post(&self.feed, &event);
                Task::none()
            }
            Effect::Quit => iced_runtime::exit(),
        }
    }

    fn subscription(&self) -> Subscription<Message> {
        let outputs = self.outputs.listen().filter_map(output);
        let windows = iced_futures::event::listen_with(window_event);
        let mut all = vec![outputs, windows];
        if self.shell.launcher_is_open() {
            all.push(iced_futures::event::listen_with(key));
        }
        if let Some(deadline) = self.shell.next_deadline() {
            all.push(Subscription::run_with(deadline, expire));
        }
        Subscription::batch(all)
    }
}

fn output(event: ShellEvent) -> Option<Message> {
    match event {
        ShellEvent::OutputAdded(output) | ShellEvent::OutputUpdated(output) => {
            let logical = output.logical_size;
            Some(Message::Output(Output {
                global: output.id,
                name: output.name.clone(),
                height: logical.and_then(|(_, height)| u32::try_from(height).ok()),
            }))
        }
        ShellEvent::OutputRemoved(output) => Some(Message::OutputRemoved(output.id)),
        _ => None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a function as iced calls it")]
fn window_event(event: Event, _: event::Status, window: window::Id) -> Option<Message> {
    match event {
        Event::Window(WindowEvent::Closed) => Some(Message::Closed(window)),
        Event::Window(WindowEvent::Unfocused) => Some(Message::Unfocused(window)),
        _ => None,
    }
}

/// The keys of the launcher that the search field leaves alone or only uses to lose the focus.
#[expect(clippy::needless_pass_by_value, reason = "a function as iced calls it")]
fn key(event: Event, _: event::Status, _: window::Id) -> Option<Message> {
    let Event::Keyboard(keyboard::Event::KeyPressed {
        key: Key::Named(key),
        ..
    }) = event
    else {
        return None;
    };
    let message = match key {
        Named::Escape => launcher::Message::Close,
        Named::ArrowDown => launcher::Message::Move(1),
        Named::ArrowUp => launcher::Message::Move(-1),
        _ => return None,
    };
    Some(Message::Launcher(message))
}

fn expire(deadline: &Instant) -> impl futures_util::Stream<Item = Message> + use<> {
    let deadline = *deadline;
    stream::once(async move {
        tokio::time::sleep_until(deadline.into()).await;
        Message::Expire
    })
}
