//! `goblin-panels [NAME...]`: opens panels, in this process or in the one that runs already.

mod environment;

use std::process::ExitCode;
use std::sync::OnceLock;

use anyhow::Context;
use clap::Parser;
use panels::app::App;
use panels::handover::{Handover, hand_over};
use panels::serve::{Served, tree};
use panels::{Panel, display};
use tokio::runtime::{Handle, Runtime};
use tracing_subscriber::EnvFilter;
use ui::theme::Choice;

/// The panels of goblin: storage, sync and subsystems.
///
/// Without a name the process waits for orders at /panels and ends by itself after 30 s without a window. It is light
/// or dark as the desktop is, or as GOBLIN_THEME says.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The panels to open: storage, sync, subsystems.
    #[arg(value_parser = named)]
    panels: Vec<Panel>,
}

fn named(name: &str) -> Result<Panel, String> {
    let names = || Panel::ALL.map(Panel::name).join(", ");
    Panel::named(name).ok_or_else(|| format!("there is no panel {name:?}; there are: {}", names()))
}

fn main() -> ExitCode {
    environment::set(&display::defaults());
    let filter = EnvFilter::try_from_env("GOBLIN_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,panels=info,goblin_panels=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("goblin-panels: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the asynchronous runtime cannot be started")?;
    let namespace = trees::srv::namespace();
    let handover = || runtime.block_on(hand_over(&namespace, &arguments.panels));
    if handover()? == Handover::Taken {
        return Ok(());
    }
    display::check()?;
    let post = {
        let _inside = runtime.enter();
        match trees::srv::post(trees::panels::NAME) {
            Ok(post) => post,
            // Another one was quicker by a hair.
            Err(_) if handover()? == Handover::Taken => return Ok(()),
            Err(error) => return Err(error).context("/panels cannot be posted"),
        }
    };
    let served = Served::new(post.epoch());
    let serving = runtime.spawn(post.serve(tree(&served)));
    let outcome = windows(&runtime, &namespace, &served, &arguments.panels);
    // Dropping the future removes the socket.
    serving.abort();
    let _aborted = runtime.block_on(serving);
    outcome
}

fn windows(
    runtime: &Runtime,
    namespace: &ninep::client::Namespace,
    served: &std::sync::Arc<Served>,
    panels: &[Panel],
) -> anyhow::Result<()> {
    let _first = HANDLE.set(runtime.handle().clone());
    ui::fonts::load();
    let theme = Choice::from_environment();
    let boot = {
        let (namespace, served, panels) = (namespace.clone(), served.clone(), panels.to_vec());
        move || App::new(namespace.clone(), served.clone(), &panels, theme)
    };
    iced::daemon(boot, App::update, App::view)
        .title(App::title)
        .theme(App::theme)
        .subscription(App::subscription)
        .default_font(ui::fonts::UI)
        .executor::<Shared>()
        .run()
        .context("the windows cannot be shown")
}

static HANDLE: OnceLock<Handle> = OnceLock::new();

/// iced's work goes to the one runtime of the process.
struct Shared(Handle);

impl iced::Executor for Shared {
    fn new() -> std::io::Result<Self> {
        HANDLE
            .get()
            .cloned()
            .map(Shared)
            .ok_or_else(|| std::io::Error::other("the runtime has not been started"))
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        let _detached = self.0.spawn(future);
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }

    fn enter<R>(&self, work: impl FnOnce() -> R) -> R {
        let _inside = self.0.enter();
        work()
    }
}
