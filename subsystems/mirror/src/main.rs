//! The mirror: keeps a person's data in a store folder and serves it as `/mirror`.
//!
//! The store is plain files: `STORE/spaces/NAME/…`. One mirror at a time holds it. Clients reach it through
//! [`ninep::export`], which is also what counts and announces are made from.

mod changes;
mod counts;
mod logging;
mod mirror;
mod name;
mod scan;
mod space;
mod store;
mod tally;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use ninep::tree::{Feed, Log};
use tokio::signal::unix::{SignalKind, signal};

use mirror::Mirror;
use store::Store;

/// The mirror keeps your data and serves it as /mirror.
#[derive(Debug, Parser)]
#[command(name = "goblin-mirror", version)]
struct Args {
    /// Folder of the store [default: $XDG_DATA_HOME/goblin/mirror].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// Bytes of events kept for clients that come back.
const EVENTS_KEPT: usize = 256 << 10;
/// Bytes of log lines kept.
const LOG_KEPT: usize = 64 << 10;

fn main() -> ExitCode {
    let args = Args::parse();
    let log = Log::new(LOG_KEPT);
    logging::start(&log);
    match run(args, log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args, log: Log) -> anyhow::Result<()> {
    raise_descriptors();
    let dir = match args.store {
        Some(dir) => dir,
        None => {
            store::default_dir().context("where is the store? Give --store DIR, or set HOME")?
        }
    };
    let store = Store::open(&dir)?;
    // One thread serves. A few more do what waits for the disk, and end when there is nothing left to do.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .thread_keep_alive(Duration::from_secs(1))
        .thread_stack_size(512 << 10)
        .build()
        .context("the runtime cannot start")?;
    let served = runtime.block_on(serve(store, log));
    // A long count, or a write that nobody was told is done, does not hold up the end.
    runtime.shutdown_timeout(Duration::from_secs(1));
    served
}

async fn serve(store: Store, log: Log) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be caught")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be caught")?;
    let post = trees::srv::post(trees::mirror::NAME)?;
    let feed = Feed::new(post.epoch(), EVENTS_KEPT);
    let mirror = Mirror::open(store, feed)?;
    mirror.count();
    tracing::info!("serving {}", mirror.describe());
    tokio::select! {
        () = post.serve(tree::root(&mirror, &log)) => {}
        _ = terminate.recv() => tracing::info!("ended by SIGTERM"),
        _ = interrupt.recv() => tracing::info!("ended by SIGINT"),
    }
    Ok(())
}

/// Every fid that a client holds is a descriptor here: the soft limit of a login (1024) is soon reached.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(
            "the limit of open files stays at {:?}: {error}",
            limit.current
        );
    }
}
