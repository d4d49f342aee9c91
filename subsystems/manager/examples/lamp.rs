//! The smallest program that a manager can supervise: it posts a tree, says a line, and ends when it is asked to.
//!
//! The tests put it in the place of goblin's own programs. It serves the tree of the program whose name it was started
//! under: as `goblin-compositor` that is `/desktop`, as `goblin-mirror` it is `/mirror`.
//!
//! ```text
//! /NAME/{status,event,ctl}
//! ```

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use ninep::tree::ctl::add_ctl;
use ninep::tree::{Dir, Feed, status};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

ninep::verbs! {
    /// What a lamp can be told.
    enum LampVerb {
        /// Say a line.
        "say" => Say { line: String },
        /// End with this exit code.
        "end" => End { code: i32 },
    }
}

/// What of the environment a lamp tells.
const TOLD: [&str; 4] = [
    "WAYLAND_DISPLAY",
    "DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_CURRENT_DESKTOP",
];

fn main() -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(shine())
}

async fn shine() -> Result<ExitCode> {
    let program = std::env::args_os().next().context("no name")?;
    let program = Path::new(&program)
        .file_name()
        .context("no name")?
        .to_string_lossy()
        .into_owned();
    let name = match program
        .strip_prefix("goblin-")
        .context("not called goblin-NAME")?
    {
        "compositor" => "desktop",
        name => name,
    };
    let post = trees::srv::post(name)?;
    let root = Dir::new();
    let environment: serde_json::Map<String, Value> = TOLD
        .iter()
        .map(|name| ((*name).to_owned(), json!(std::env::var(name).ok())))
        .collect();
    let shown = json!({
        "rev": 1,
        "wayland_display": "wayland-lamp",
        "x11_display": ":lamp",
        "environment": environment,
    });
    root.add("status", status(move || shown.clone()));
    root.add("event", Feed::new(post.epoch(), 4096).node());
    let (tell, mut told) = tokio::sync::mpsc::channel(1);
    add_ctl(
        &root,
        || 1,
        move |_, verbs: Vec<LampVerb>| {
            let tell = tell.clone();
            async move {
                for verb in verbs {
                    match verb {
                        LampVerb::Say { line } => eprintln!("{line}"),
                        // One end is enough.
                        LampVerb::End { code } => drop(tell.try_send(code)),
                    }
                }
                Ok(Value::Null)
            }
        },
    );
    println!("{name} shines");
    let mut terminate = signal(SignalKind::terminate())?;
    let code = tokio::select! {
        () = post.serve(root) => 1,
        _ = terminate.recv() => 0,
        code = told.recv() => code.unwrap_or(1),
    };
    Ok(ExitCode::from(u8::try_from(code)?))
}
