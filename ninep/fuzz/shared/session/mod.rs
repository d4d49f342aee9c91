//! A session from bytes: each few bytes are one step, and a model says what the server must do.
//!
//! The tree answers some requests at once, some only when a step lets them, and some reads when a step lets an event
//! happen. So all orders of answers can be had, and at each moment it is known exactly which requests are open.

mod client;
mod compound;
mod frames;
mod input;
mod model;
mod op;
mod paths;
mod reading;
mod tree;

use std::sync::Arc;

use client::Driver;
use input::Input;
use ninep::server::{Limits, Server};
use tree::{Gate, Place};

/// What the server may be used for at a time: little, so that limits are met.
pub(crate) fn limits() -> Limits {
    Limits {
        msize: 16 << 10,
        fids: model::MOST_FIDS,
        requests: 8,
        parked: model::MOST_PARKED,
        hello: std::time::Duration::from_secs(3600),
        stall: std::time::Duration::from_secs(3600),
        ..Limits::default()
    }
}

/// What a session was like: which steps came to what. Inputs that show something new are worth keeping.
pub type Seen = std::collections::BTreeSet<u32>;

/// Runs the session that `data` tells.
///
/// # Panics
/// When the server does not do what the model says.
pub fn check(data: &[u8]) -> Seen {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.map_or_else(
        |error| panic!("no runtime: {error}"),
        |runtime| runtime.block_on(session(data)),
    )
}

async fn session(data: &[u8]) -> Seen {
    let gate = Arc::new(Gate::default());
    let root: Arc<dyn ninep::tree::Node> = Place::root(&gate);
    let server = Server::new(root).limits(limits());
    let mut driver = Driver::connect(&server, &gate);
    let mut input = Input(data);
    while !input.is_empty() && driver.step(&mut input).await {}
    let seen = driver.finish().await;

    // Whatever became of the first client, the next one is served.
    let mut second = Driver::connect(&server, &gate);
    second.greet().await;
    second.finish().await;
    gate.check();
    seen
}
